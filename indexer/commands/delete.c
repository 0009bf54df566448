#include "indexer/editor.h"
#include "indexer/exit.h"
#include "indexer/input.h"
#include "indexer/options.h"

#include <stddef.h>
#include <stdio.h>

enum { BATCH = 10000 }; /* deletions a transaction */

typedef struct delete
{
    const char *ids_from;
    bool all, quiet;
    uint64_t wait;
}
delete;

static const cairn_option options[] = {
    {.name = "ids-from",
     .kind = CAIRN_OPTION_TEXT,
     .argument = "FILE",
     .at = offsetof(delete, ids_from),
     .help = "also the ids in this file, one a line; - is standard input"},
    {.name = "all",
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(delete, all),
     .help = "the collection itself with all its items"},
    {.name = "yes", .kind = CAIRN_OPTION_FLAG, .at = offsetof(delete, all), .help = "the same as --all"},
    {.name = "wait",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "SECONDS",
     .max = CAIRN_EDITOR_WAIT_MAX,
     .at = offsetof(delete, wait),
     .help = "how long to wait for another writer (default 30)"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(delete, quiet),
     .help = "don't print what was deleted, nor which ids are not there"},
    CAIRN_EXTENSIONS_OPTION,
    {0},
};

typedef struct deletion {
    const delete *values;
    cairn_writer *writer;
    cairn_span collection;
    uint64_t deleted, missing;
    uint64_t in_batch;
} deletion;

static void say_missing(const deletion *d, cairn_span id)
{
    char quoted[120], where[120];
    if (!d->values->quiet)
        cairn_say(&cairn_command_delete, "no item '%s' in collection '%s'", cairn_quote(id, quoted, sizeof(quoted)),
                  cairn_quote(d->collection, where, sizeof(where)));
}

static cairn_code begin_next_batch(deletion *d, cairn_error *error)
{
    if (d->in_batch++ < BATCH)
        return CAIRN_OK;
    d->in_batch = 1;
    cairn_code code = cairn_writer_commit(d->writer, error);
    return code == CAIRN_OK ? cairn_writer_begin(d->writer, error) : code;
}

static cairn_code delete_one(deletion *d, cairn_span id, cairn_error *error)
{
    cairn_error local = CAIRN_ERROR_INIT;
    cairn_code code = begin_next_batch(d, error);
    if (code != CAIRN_OK)
        return code;
    code = cairn_writer_delete_item(d->writer, d->collection, id, &local);
    if (code == CAIRN_OK) {
        d->deleted++;
    } else if (code == CAIRN_NOT_FOUND) {
        d->missing++;
        say_missing(d, id);
        code = CAIRN_OK;
    } else {
        *error = local;
    }
    return code;
}

static cairn_code delete_listed(deletion *d, const char *path, cairn_error *error)
{
    cairn_input_lines lines;
    cairn_span id;
    cairn_code code = cairn_input_lines_open(&lines, path, error);
    if (code != CAIRN_OK)
        return code;
    while ((code = cairn_input_lines_next(&lines, &id, error)) == CAIRN_OK && id.p)
        if ((code = delete_one(d, id, error)) != CAIRN_OK)
            break;
    cairn_input_lines_close(&lines);
    return code;
}

static cairn_code delete_whole(deletion *d, cairn_error *error)
{
    char quoted[120];
    cairn_code code = cairn_writer_delete_collection(d->writer, d->collection, &d->deleted, error);
    if (code == CAIRN_NOT_FOUND) {
        cairn_error_clear(error);
        cairn_error_set(error, code, "no collection '%s': 'cairn info CATALOG' lists those there are",
                        cairn_quote(d->collection, quoted, sizeof(quoted)));
    }
    return code;
}

static cairn_code delete_all(deletion *d, const cairn_operands *operands, cairn_error *error)
{
    cairn_code code = cairn_writer_begin(d->writer, error);
    if (code == CAIRN_OK && d->values->all)
        code = delete_whole(d, error);
    for (int i = 2; i < operands->n && code == CAIRN_OK; i++)
        code = delete_one(d, cairn_span_of(operands->items[i]), error);
    if (code == CAIRN_OK && d->values->ids_from)
        code = delete_listed(d, d->values->ids_from, error);
    return code == CAIRN_OK ? cairn_writer_commit(d->writer, error) : code;
}

static int check_usage(const delete *values, const cairn_operands *operands)
{
    bool some = operands->n > 2 || values->ids_from;
    if (values->all && some)
        return cairn_usage_error(&cairn_command_delete, "--all deletes the whole collection: give no ids with it");
    if (!values->all && !some)
        return cairn_usage_error(&cairn_command_delete,
                                 "expected ids to delete, or --all for collection '%s' with all its items",
                                 operands->items[1]);
    return CAIRN_OPTIONS_GO_ON;
}

static int print_outcome(const deletion *d)
{
    if (!d->values->quiet && d->values->all)
        printf("deleted the collection and %llu items\n", (unsigned long long)d->deleted);
    else if (!d->values->quiet)
        printf("deleted %llu, not found %llu\n", (unsigned long long)d->deleted, (unsigned long long)d->missing);
    return d->missing ? CAIRN_EXIT_REFUSED : CAIRN_EXIT_OK;
}

static int run(int argc, char **argv)
{
    delete values = {.wait = CAIRN_EDITOR_WAIT};
    cairn_operands operands = {.min = 2, .max = -1, .names = "CATALOG COLLECTION and what to delete of it"};
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_editor editor;
    int exit = cairn_options_read(&cairn_command_delete, options, argc, argv, &values, &operands);
    if (exit < 0)
        exit = check_usage(&values, &operands);
    if (exit >= 0)
        return exit;
    deletion d = {.values = &values, .collection = cairn_span_of(operands.items[1])};
    cairn_code code = cairn_editor_open(&editor, operands.items[0], "cairn delete", values.wait, &error);
    if (code == CAIRN_OK) {
        d.writer = editor.writer;
        code = cairn_editor_close(&editor, delete_all(&d, &operands, &error), &error);
    }
    return code == CAIRN_OK ? print_outcome(&d) : cairn_report(&cairn_command_delete, &error);
}

const cairn_command cairn_command_delete = {
    .name = "delete",
    .summary = "delete items, or a whole collection",
    .usage = "cairn delete CATALOG COLLECTION [ID...] [options]",
    .help = "Ids that are not there are told on standard error, and the exit code is then\n"
            "3; the others are deleted all the same. An id that begins with a dash goes\n"
            "behind '--'. Deletions are committed in batches of 10,000. The file keeps its\n"
            "size until 'cairn optimize'.\n"
            "\n"
            "Examples:\n"
            "  $ cairn delete demo.cairn landsat LC08_195028_20200504\n"
            "  $ cairn search demo.cairn --collections landsat --limit 2 | cut -f 2 > gone.txt\n"
            "  $ cairn delete demo.cairn landsat --ids-from gone.txt\n"
            "  $ cairn delete demo.cairn landsat --all\n",
    .run = run,
};
