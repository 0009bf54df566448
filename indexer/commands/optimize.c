#include "indexer/editor.h"
#include "indexer/exit.h"
#include "indexer/interrupt.h"
#include "indexer/options.h"
#include "indexer/progress.h"
#include "indexer/renew.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

enum { MOST_JOBS = 64 };

typedef struct optimize {
    uint64_t wait, jobs;
    size_t progress;
    bool load_ready, compact, fast;
} optimize;

static const cairn_option options[] = {
    {.name = "compact",
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(optimize, compact),
     .help = "bring all items into the compact form: a file of less than half the size, each answer costs more"},
    {.name = "fast",
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(optimize, fast),
     .help = "bring all items back into the form that they are ingested in"},
    {.name = "jobs",
     .letter = 'j',
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "N",
     .max = MOST_JOBS,
     .at = offsetof(optimize, jobs),
     .help = "threads that pack items (default: as many as there are processors)"},
    {.name = "load-ready",
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(optimize, load_ready),
     .help = "first make the load-ready form of all items anew from their source's own words, for a catalog that an "
             "earlier version wrote"},
    {.name = "wait",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "SECONDS",
     .max = CAIRN_EDITOR_WAIT_MAX,
     .at = offsetof(optimize, wait),
     .help = "how long to wait for another writer (default 30)"},
    {.name = "progress",
     .kind = CAIRN_OPTION_CHOICE,
     .choices = cairn_progress_names,
     .at = offsetof(optimize, progress),
     .help = "how far --compact and --fast are, on standard error: auto, line, plain, json (nothing), none"},
    CAIRN_EXTENSIONS_OPTION,
    {0},
};

static unsigned long long size_of(const char *path)
{
    struct stat there;
    return stat(path, &there) == 0 ? (unsigned long long)there.st_size : 0;
}

static void show_progress(void *context, uint64_t done, uint64_t total)
{
    const cairn_progress_facts facts = {.bytes = done, .total = total, .counts_items = true};
    cairn_progress_tick(context, &facts);
}

static bool is_interrupted(void *context)
{
    (void)context;
    return cairn_interrupted();
}

static cairn_code optimize_catalog(const char *path, const optimize *values, cairn_error *error)
{
    const cairn_sqlite_options opening = {.program = "cairn optimize",
                                          .lock_wait_ms = cairn_editor_wait_ms(values->wait)};
    cairn_progress progress;
    const cairn_optimizing how = {.form = values->compact ? CAIRN_FORM_COMPACT
                                          : values->fast  ? CAIRN_FORM_FAST
                                                          : CAIRN_FORM_AS_IT_IS,
                                  .threads = (unsigned)values->jobs,
                                  .progress = show_progress,
                                  .stop = is_interrupted,
                                  .context = &progress};
    cairn_store *store;
    cairn_sqlite_temporary_beside(path);
    cairn_interrupt_install();
    cairn_progress_start(&progress, (cairn_progress_mode)values->progress);
    cairn_code code = cairn_sqlite_open(path, &opening, &store, error);
    if (code != CAIRN_OK)
        return code;
    code = cairn_store_optimize(store, &how, error);
    cairn_progress_pause(&progress);
    cairn_store_close(store);
    return code;
}

static void tell_refused(cairn_span collection, cairn_span id, const cairn_error *error)
{
    char where[120], what[120];
    cairn_say(&cairn_command_optimize, "%s/%s stays as it is: %s", cairn_quote(collection, where, sizeof(where)),
              cairn_quote(id, what, sizeof(what)), error ? error->message : "it is read as no item");
}

/* Reads it first, so it is brought up to this version before. */
static cairn_code renew(const char *path, uint64_t wait, cairn_error *error)
{
    cairn_editor editor;
    cairn_renewed renewed;
    cairn_code code = cairn_editor_open(&editor, path, "cairn optimize", wait, error);
    if (code != CAIRN_OK)
        return code;
    code = cairn_renew_items(&editor, tell_refused, &renewed, error);
    code = cairn_editor_close(&editor, code, error);
    if (code == CAIRN_OK)
        printf("%s: %llu items read anew, %llu changed\n", path, (unsigned long long)renewed.items,
               (unsigned long long)renewed.changed);
    return code;
}

static int run(int argc, char **argv)
{
    optimize values = {.wait = CAIRN_EDITOR_WAIT};
    cairn_operands operands = {.min = 1, .max = 1, .names = "CATALOG"};
    cairn_error error = CAIRN_ERROR_INIT;
    int exit = cairn_options_read(&cairn_command_optimize, options, argc, argv, &values, &operands);
    if (exit >= 0)
        return exit;
    if (values.compact && values.fast)
        return cairn_usage_error(&cairn_command_optimize, "--compact and --fast lead to different forms: choose one");
    const char *path = operands.items[0];
    unsigned long long before = size_of(path);
    if (values.load_ready && renew(path, values.wait, &error) != CAIRN_OK)
        return cairn_report(&cairn_command_optimize, &error);
    if (optimize_catalog(path, &values, &error) != CAIRN_OK)
        return cairn_report(&cairn_command_optimize, &error);
    printf("%s: %llu bytes before, %llu now\n", path, before, size_of(path));
    return CAIRN_EXIT_OK;
}

const cairn_command cairn_command_optimize = {
    .name = "optimize",
    .summary = "compact a catalog and bring its statistics up to date",
    .usage = "cairn optimize CATALOG [options]",
    .help = "Useful after many deletions or replacements. Needs free room for two copies of\n"
            "the file beside it, and is the writer while it runs. A catalog of an older\n"
            "version is brought up to this one. Properties that an extension marks as indexed\n"
            "get their index where the catalog lacks it, and all properties are counted anew.\n"
            "\n"
            "With --compact the items are packed with dictionaries that are made from\n"
            "themselves: less than half the file, the same answers, but each costs more\n"
            "(docs/ingest.md). What is written later comes in the fast form until\n"
            "--compact is run again, which takes only that. --fast leads back; without\n"
            "either the items stay in the form that they have. Interrupted or killed,\n"
            "what was done is kept, and the same command goes on.\n"
            "\n"
            "With --load-ready items that an earlier version wrote get the form that clients\n"
            "load straight away (docs/load-ready.md), as items that are ingested now do; what\n"
            "their source said stays what it was.\n"
            "\n"
            "Examples:\n"
            "  $ cairn optimize demo.cairn\n"
            "  $ cairn optimize demo.cairn --compact\n"
            "  $ cairn optimize demo.cairn --load-ready\n",
    .run = run,
};
