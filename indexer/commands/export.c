#include "indexer/esm.h"
#include "indexer/exit.h"
#include "indexer/listing.h"
#include "indexer/options.h"

#include <stddef.h>

typedef struct export
{
    const char *collections, *output;
    bool with_collections, immutable;
    size_t format, profile;
    cairn_esm_wanted esm;
    cairn_hrefs_flags hrefs;
}
export;

static const char *const formats[] = {"ndjson", "esm", NULL};
enum { FORMAT_NDJSON, FORMAT_ESM };
static const char *const profiles[] = {"load-ready", "source", "default", NULL};

static const cairn_option options[] = {
    {.name = "collections",
     .kind = CAIRN_OPTION_TEXT,
     .argument = "ID,...",
     .at = offsetof(export, collections),
     .help = "only these; all when not given"},
    {.name = "format",
     .letter = 'f',
     .kind = CAIRN_OPTION_CHOICE,
     .choices = formats,
     .at = offsetof(export, format),
     .help = "ndjson: one item a line (default)\nesm: an ESM collection for intake-esm, OUTPUT.json and OUTPUT.csv.gz, "
             "one row for each asset"},
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
    CAIRN_HREFS_OPTIONS(export, hrefs, "source, so that a copy of the catalog is one; of esm loadable"),
    {.name = "esm-formats",
     .kind = CAIRN_OPTION_TEXT,
     .argument = "FORMAT,...",
     .at = offsetof(export, esm.formats),
     .help = "of esm: assets of these formats, of netcdf, zarr, reference (kerchunk), opendap, tiff and grib; "
             "default: the first four, which intake-esm opens by itself"},
    {.name = "esm-columns",
     .kind = CAIRN_OPTION_TEXT,
     .argument = "FIELD,...",
     .at = offsetof(export, esm.columns),
     .help = "of esm: only these properties as columns; default: all that the items have"},
    {.name = "esm-groupby",
     .kind = CAIRN_OPTION_TEXT,
     .argument = "COLUMN,...",
     .at = offsetof(export, esm.groupby),
     .help = "of esm: rows that have these alike make one dataset; default: what tells simulations apart (source_id, "
             "experiment_id, member_id, table_id ...) and format, else collection and asset"},
    {.name = "esm-variable",
     .kind = CAIRN_OPTION_TEXT,
     .argument = "COLUMN",
     .at = offsetof(export, esm.variable),
     .help = "of esm: the column that names the variables of a row; default: variable_id where all items have it, "
             "else 'variable', made of cube:variables or the asset's key"},
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

static cairn_code read_collections(void *context, cairn_session *session, cairn_error *error)
{
    documents *d = context;
    cairn_buf_reset(&d->text);
    cairn_code code = cairn_reader_check_collections(d->search, session, error);
    return code == CAIRN_OK ? cairn_session_collections(session, NULL, add_collection, d, error) : code;
}

static cairn_code write_all(const export *values, cairn_reader *reader, const cairn_search *search, cairn_hrefs *hrefs,
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
                                   .hrefs = hrefs,
                                   .output = output};
    cairn_code code = cairn_reader_run(reader, read_collections, &d, error);
    if (code == CAIRN_OK)
        code = cairn_output_write(output, cairn_buf_span(&d.text), error);
    cairn_buf_free(&d.text);
    return code == CAIRN_OK ? cairn_listing_run(&listing, &count, error) : code;
}

static cairn_code write_output(const export *values, cairn_reader *reader, const cairn_search *search,
                               cairn_hrefs *hrefs, cairn_error *error)
{
    cairn_output output;
    cairn_code code = cairn_output_open(&output, values->output, error);
    if (code == CAIRN_OK)
        code = write_all(values, reader, search, hrefs, &output, error);
    if (code == CAIRN_OK)
        code = cairn_output_close(&output, error);
    cairn_output_abandon(&output);
    return code;
}

/* Names of collections that are not there are refused as for NDJSON. */
static cairn_code check_collections(void *context, cairn_session *session, cairn_error *error)
{
    return cairn_reader_check_collections(context, session, error);
}

static cairn_code write_esm(const export *values, cairn_reader *reader, cairn_search *search, cairn_hrefs *hrefs,
                            cairn_arena *arena, cairn_error *error)
{
    cairn_esm_wanted wanted = values->esm;
    wanted.output = values->output;
    wanted.hrefs = hrefs;
    cairn_code code = cairn_reader_run(reader, check_collections, search, error);
    return code == CAIRN_OK ? cairn_esm_write(&wanted, reader, search, arena, error) : code;
}

static cairn_code export_catalog(const export *values, const char *path, cairn_hrefs *hrefs, cairn_arena *arena,
                                 cairn_error *error)
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
    code = values->format == FORMAT_ESM ? write_esm(values, &reader, &search, hrefs, arena, error)
                                        : write_output(values, &reader, &search, hrefs, error);
    cairn_reader_close(&reader);
    return code;
}

/* An option of the other format: a slip that looks as if it had been heeded. */
static cairn_code check_usage(const export *values, cairn_error *error)
{
    const cairn_esm_wanted *esm = &values->esm;
    bool of_esm = esm->formats || esm->columns || esm->groupby || esm->variable;
    if (values->format == FORMAT_NDJSON && of_esm)
        return cairn_error_set(error, CAIRN_INVALID, "the options --esm-... are for --format esm");
    if (values->format == FORMAT_ESM && (values->with_collections || values->profile))
        return cairn_error_set(error, CAIRN_INVALID, "--with-collections and --profile are for --format ndjson");
    if (values->format == FORMAT_ESM && !values->output)
        return cairn_error_set(error, CAIRN_INVALID,
                               "expected --output DIR/NAME, which --format esm makes DIR/NAME.json "
                               "and DIR/NAME.csv.gz of");
    return CAIRN_OK;
}

static int run(int argc, char **argv)
{
    export values = {0};
    cairn_operands operands = {.min = 1, .max = 1, .names = "CATALOG"};
    cairn_error error = CAIRN_ERROR_INIT;
    int exit = cairn_options_read(&cairn_command_export, options, argc, argv, &values, &operands);
    if (exit >= 0)
        return exit;
    if (check_usage(&values, &error) != CAIRN_OK)
        return cairn_usage_report(&cairn_command_export, &error);
    cairn_arena *arena = cairn_arena_new(CAIRN_READER_MAX_TEXT);
    if (!arena)
        return cairn_exit_of(CAIRN_NOMEM);
    cairn_hrefs hrefs;
    bool esm = values.format == FORMAT_ESM;
    cairn_code code = cairn_hrefs_open(&hrefs, &values.hrefs, esm ? CAIRN_HREF_LOADABLE : CAIRN_HREF_SOURCE, &error);
    bool usage = code == CAIRN_INVALID;
    if (code == CAIRN_OK)
        code = export_catalog(&values, operands.items[0], &hrefs, arena, &error);
    cairn_hrefs_close(&hrefs);
    cairn_arena_free(arena);
    if (usage || (code == CAIRN_INVALID && error.parameter[0] == '-'))
        return cairn_usage_report(&cairn_command_export, &error);
    return code == CAIRN_OK ? CAIRN_EXIT_OK : cairn_report(&cairn_command_export, &error);
}

const cairn_command cairn_command_export = {
    .name = "export",
    .summary = "write all items as NDJSON, or as a table for intake-esm",
    .usage = "cairn export CATALOG [options]",
    .help = "One item a line, newest first. 'cairn ingest' makes the same catalog again of\n"
            "what --with-collections prints, apart from links between documents. Of\n"
            "--profile source it does too, but items that name no collection need\n"
            "--collection then. The catalog is read in short pages; export a catalog that\n"
            "nobody writes to if it must be one state.\n"
            "\n"
            "--format esm writes an ESM collection instead, which intake-esm opens without\n"
            "a server: intake.open_esm_datastore('OUTPUT.json'). docs/esm.md has its columns\n"
            "and how rows are joined to datasets.\n"
            "\n"
            "Examples:\n"
            "  $ cairn export demo.cairn --output items.ndjson\n"
            "  $ cairn export demo.cairn --with-collections | cairn ingest copy.cairn -\n"
            "  $ cairn export demo.cairn --collections landsat --profile source\n"
            "  $ cairn export demo.cairn --format esm --output demo-esm --esm-formats tiff\n"
            "  $ cairn export demo.cairn -f esm -o scenes --esm-formats tiff --esm-groupby platform,datetime\n",
    .run = run,
};
