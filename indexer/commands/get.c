#include "indexer/exit.h"
#include "indexer/options.h"
#include "indexer/output.h"
#include "indexer/reader.h"

#include <stddef.h>

typedef struct get {
    size_t profile;
    bool immutable;
    cairn_hrefs_flags hrefs;
} get;

static const char *const profiles[] = {"load-ready", "source", "default", NULL};

static const cairn_option options[] = {
    {.name = "profile",
     .kind = CAIRN_OPTION_CHOICE,
     .choices = profiles,
     .at = offsetof(get, profile),
     .help = "source: in the source's own words, before any upgrade or repair"},
    CAIRN_HREFS_OPTIONS(get, hrefs, "loadable, of --profile source source"),
    CAIRN_READER_OPTION(get, immutable),
    {0},
};

typedef struct wanted {
    cairn_span collection, id; /* id absent: the collection's own document */
    bool source;
    cairn_hrefs hrefs;
    cairn_session *session;
    cairn_buf text;
} wanted;

static cairn_code take_item(void *context, const cairn_item_row *row, cairn_error *error)
{
    wanted *w = context;
    return cairn_reader_print_item(w->session, row, w->source, &w->hrefs, &w->text, error);
}

static cairn_code take_collection(void *context, const cairn_collection_row *row, cairn_error *error)
{
    wanted *w = context;
    return cairn_reader_print_collection(row, w->source, &w->text, error);
}

static cairn_code no_such_collection(const wanted *w, cairn_error *error)
{
    char quoted[120];
    cairn_error_clear(error);
    return cairn_error_set(error, CAIRN_NOT_FOUND, "no collection '%s': 'cairn info CATALOG' lists those there are",
                           cairn_quote(w->collection, quoted, sizeof(quoted)));
}

static cairn_code no_such_item(const wanted *w, cairn_error *error)
{
    char quoted[120], where[120];
    cairn_error_clear(error);
    return cairn_error_set(
        error, CAIRN_NOT_FOUND, "no item '%s' in collection '%s': 'cairn search CATALOG --ids ID' looks in all of them",
        cairn_quote(w->id, quoted, sizeof(quoted)), cairn_quote(w->collection, where, sizeof(where)));
}

static cairn_code look_up(void *context, cairn_session *session, cairn_error *error)
{
    wanted *w = context;
    cairn_buf_reset(&w->text);
    w->session = session;
    if (w->id.p) {
        cairn_code code = cairn_session_item(session, w->collection, w->id, take_item, w, error);
        return code == CAIRN_NOT_FOUND ? no_such_item(w, error) : code;
    }
    cairn_code code = cairn_session_collection(session, w->collection, take_collection, w, error);
    return code == CAIRN_NOT_FOUND ? no_such_collection(w, error) : code;
}

static cairn_code print_document(const char *path, bool immutable, wanted *w, cairn_error *error)
{
    cairn_reader reader;
    cairn_output output;
    cairn_code code = cairn_reader_open(&reader, path, immutable, error);
    if (code != CAIRN_OK)
        return code;
    code = cairn_reader_run(&reader, look_up, w, error);
    cairn_reader_close(&reader);
    if (code == CAIRN_OK)
        code = cairn_output_open(&output, NULL, error);
    return code == CAIRN_OK ? cairn_output_write(&output, cairn_buf_span(&w->text), error) : code;
}

static int run(int argc, char **argv)
{
    get values = {0};
    cairn_operands operands = {.min = 2, .max = 3, .names = "CATALOG COLLECTION [ID]"};
    cairn_error error = CAIRN_ERROR_INIT;
    int exit = cairn_options_read(&cairn_command_get, options, argc, argv, &values, &operands);
    if (exit >= 0)
        return exit;
    wanted w = {.collection = cairn_span_of(operands.items[1]),
                .id = operands.n > 2 ? cairn_span_of(operands.items[2]) : CAIRN_SPAN_NONE,
                .source = values.profile == 1,
                .text = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT)};
    cairn_code code =
        cairn_hrefs_open(&w.hrefs, &values.hrefs, w.source ? CAIRN_HREF_SOURCE : CAIRN_HREF_LOADABLE, &error);
    if (code == CAIRN_INVALID) {
        cairn_hrefs_close(&w.hrefs);
        return cairn_usage_report(&cairn_command_get, &error);
    }
    if (code == CAIRN_OK)
        code = print_document(operands.items[0], values.immutable, &w, &error);
    cairn_hrefs_close(&w.hrefs);
    cairn_buf_free(&w.text);
    return code == CAIRN_OK ? CAIRN_EXIT_OK : cairn_report(&cairn_command_get, &error);
}

const cairn_command cairn_command_get = {
    .name = "get",
    .summary = "print one item, or one collection's own document",
    .usage = "cairn get CATALOG COLLECTION [ID] [options]",
    .help = "The document is one line of JSON. Links that a server writes (self, parent,\n"
            "next ...) are not in it; hrefs that were relative in the source are absolute.\n"
            "\n"
            "Examples:\n"
            "  $ cairn get demo.cairn landsat\n"
            "  $ cairn get demo.cairn landsat LC08_195028_20200504\n"
            "  $ cairn get demo.cairn landsat LC08_195028_20200504 --profile source\n",
    .run = run,
};
