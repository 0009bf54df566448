#include "indexer/exit.h"
#include "indexer/listing.h"
#include "indexer/options.h"

#include <stddef.h>

typedef struct export
{
    const char *collections, *output;
    bool with_collections, immutable;
    size_t profile;
}
export;

static const char *const profiles[] = {"default", "source", NULL};

static const cairn_option options[] = {
    {.name = "collections",
     .kind = CAIRN_OPTION_TEXT,
     .argument = "ID,...",
     .at = offsetof(export, collections),
     .help = "only these; all when not given"},
    {.name = "with-collections",
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(export, with_collections),
     .help =
         "the collections' own documents first, so that 'cairn ingest' of the output makes the whole catalog again"},
    {.name = "output",
     .letter = 'o',
     .kind = CAIRN_OPTION_TEXT,
     .argument = "FILE",
     .at = offsetof(export, output),
     .help = "instead of standard output; the file appears when it is whole"},
    {.name = "profile",
     .kind = CAIRN_OPTION_CHOICE,
     .choices = profiles,
     .at = offsetof(export, profile),
     .help = "source: in the source's own words, before any upgrade or repair"},
    CAIRN_READER_OPTION(export, immutable),
    {0},
};

static const cairn_search_limits limits = {.max_limit = UINT32_MAX, .max_list = 1000000, .max_vertices = 1};

typedef struct documents {
    const cairn_search *search;
    bool print, source;
    cairn_buf text;
} documents;

static cairn_code add_collection(void *context, const cairn_collection_row *row, cairn_error *error)
{
    documents *d = context;
    const cairn_search *search = d->search;
    if (!d->print || (search->n_collections && !cairn_list_has(search->collections, search->n_collections, row->id)))
        return CAIRN_OK;
    return cairn_reader_print_collection(row, d->source, &d->text, error);
}

/* A collection that was named and is not there is a mistake, not an empty export. */
static cairn_code check_names(const cairn_search *search, cairn_session *session, cairn_error *error)
{
    char quoted[120];
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < search->n_collections && code == CAIRN_OK; i++) {
        code = cairn_session_has_collection(session, search->collections[i], error);
        if (code == CAIRN_NOT_FOUND) {
            cairn_error_clear(error);
            cairn_error_set(error, code, "no collection '%s': 'cairn info CATALOG' lists those there are",
                            cairn_quote(search->collections[i], quoted, sizeof(quoted)));
        }
    }
    return code;
}

static cairn_code read_collections(void *context, cairn_session *session, cairn_error *error)
{
    documents *d = context;
    cairn_buf_reset(&d->text);
    cairn_code code = check_names(d->search, session, error);
    return code == CAIRN_OK ? cairn_session_collections(session, NULL, add_collection, d, error) : code;
}

static cairn_code write_all(const export *values, cairn_reader *reader, const cairn_search *search,
                            cairn_output *output, cairn_error *error)
{
    uint64_t count;
    documents d = {.search = search,
                   .print = values->with_collections,
                   .source = values->profile == 1,
                   .text = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT)};
    const cairn_listing listing = {.reader = reader,
                                   .search = search,
                                   .print = cairn_listing_print_document,
                                   .source = values->profile == 1,
                                   .output = output};
    cairn_code code = cairn_reader_run(reader, read_collections, &d, error);
    if (code == CAIRN_OK)
        code = cairn_output_write(output, cairn_buf_span(&d.text), error);
    cairn_buf_free(&d.text);
    return code == CAIRN_OK ? cairn_listing_run(&listing, &count, error) : code;
}

static cairn_code write_output(const export *values, cairn_reader *reader, const cairn_search *search,
                               cairn_error *error)
{
    cairn_output output;
    cairn_code code = cairn_output_open(&output, values->output, error);
    if (code == CAIRN_OK)
        code = write_all(values, reader, search, &output, error);
    if (code == CAIRN_OK)
        code = cairn_output_close(&output, error);
    cairn_output_abandon(&output);
    return code;
}

static cairn_code export_catalog(const export *values, const char *path, cairn_arena *arena, cairn_error *error)
{
    bool known;
    cairn_search search = {0};
    cairn_reader reader;
    cairn_span names = cairn_span_of(values->collections);
    cairn_code code = CAIRN_OK;
    if (names.p)
        code = cairn_search_set(&search, cairn_span_of("collections"), names, &limits, arena, &known, error);
    if (code == CAIRN_OK)
        code = cairn_reader_open(&reader, path, values->immutable, error);
    if (code != CAIRN_OK)
        return code;
    code = write_output(values, &reader, &search, error);
    cairn_reader_close(&reader);
    return code;
}

static int run(int argc, char **argv)
{
    export values = {0};
    cairn_operands operands = {.min = 1, .max = 1, .names = "CATALOG"};
    cairn_error error = CAIRN_ERROR_INIT;
    int exit = cairn_options_read(&cairn_command_export, options, argc, argv, &values, &operands);
    if (exit >= 0)
        return exit;
    cairn_arena *arena = cairn_arena_new(CAIRN_READER_MAX_TEXT);
    if (!arena)
        return cairn_exit_of(CAIRN_NOMEM);
    cairn_code code = export_catalog(&values, operands.items[0], arena, &error);
    cairn_arena_free(arena);
    return code == CAIRN_OK ? CAIRN_EXIT_OK : cairn_report(&cairn_command_export, &error);
}

const cairn_command cairn_command_export = {
    .name = "export",
    .summary = "print all items as NDJSON",
    .usage = "cairn export CATALOG [options]",
    .help = "One item a line, newest first. 'cairn ingest' makes the same catalog again of\n"
            "what --with-collections prints, apart from links between documents. Of\n"
            "--profile source it does too, but items that name no collection need\n"
            "--collection then. The catalog is read in short pages; export a catalog that\n"
            "nobody writes to if it must be one state.\n"
            "\n"
            "Examples:\n"
            "  $ cairn export demo.cairn --output items.ndjson\n"
            "  $ cairn export demo.cairn --with-collections | cairn ingest copy.cairn -\n"
            "  $ cairn export demo.cairn --collections landsat --profile source\n",
    .run = run,
};
