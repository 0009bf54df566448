#include "indexer/editor.h"
#include "indexer/exit.h"
#include "indexer/options.h"
#include "indexer/renew.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

typedef struct optimize {
    uint64_t wait;
    bool load_ready;
} optimize;

static const cairn_option options[] = {
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
    CAIRN_EXTENSIONS_OPTION,
    {0},
};

static unsigned long long size_of(const char *path)
{
    struct stat there;
    return stat(path, &there) == 0 ? (unsigned long long)there.st_size : 0;
}

static cairn_code optimize_catalog(const char *path, uint64_t wait, cairn_error *error)
{
    const cairn_sqlite_options how = {.program = "cairn optimize", .lock_wait_ms = cairn_editor_wait_ms(wait)};
    cairn_store *store;
    cairn_code code = cairn_sqlite_open(path, &how, &store, error);
    if (code != CAIRN_OK)
        return code;
    code = cairn_store_optimize(store, error);
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
    const char *path = operands.items[0];
    unsigned long long before = size_of(path);
    if (values.load_ready && renew(path, values.wait, &error) != CAIRN_OK)
        return cairn_report(&cairn_command_optimize, &error);
    if (optimize_catalog(path, values.wait, &error) != CAIRN_OK)
        return cairn_report(&cairn_command_optimize, &error);
    printf("%s: %llu bytes before, %llu now\n", path, before, size_of(path));
    return CAIRN_EXIT_OK;
}

const cairn_command cairn_command_optimize = {
    .name = "optimize",
    .summary = "compact a catalog and bring its statistics up to date",
    .usage = "cairn optimize CATALOG [options]",
    .help = "Useful after many deletions or replacements. Needs free room for a copy of the\n"
            "file, and is the writer while it runs. A catalog of an older version is brought\n"
            "up to this one. Properties that an extension marks as indexed get their index\n"
            "where the catalog lacks it, and all properties are counted anew.\n"
            "\n"
            "With --load-ready items that an earlier version wrote get the form that clients\n"
            "load straight away (docs/load-ready.md), as items that are ingested now do; what\n"
            "their source said stays what it was.\n"
            "\n"
            "Examples:\n"
            "  $ cairn optimize demo.cairn\n"
            "  $ cairn optimize demo.cairn --load-ready\n",
    .run = run,
};
