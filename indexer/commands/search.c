#include "indexer/asking.h"
#include "indexer/estimate.h"
#include "indexer/exit.h"
#include "indexer/listing.h"
#include "query/csv.h"
#include "store/notes.h"

#include <stddef.h>
#include <stdio.h>

typedef struct search {
    cairn_asking asking;
    uint64_t limit;
    size_t format, profile;
    cairn_estimate_flags estimate;
    cairn_hrefs_flags hrefs;
    bool immutable;
} search;

static const char *const formats[] = {"ids", "ndjson", "geojson", "csv", "count", NULL};
enum { FORMAT_IDS, FORMAT_NDJSON, FORMAT_GEOJSON, FORMAT_CSV, FORMAT_COUNT };
static const char *const profiles[] = {"load-ready", "source", "default", NULL};

static const cairn_option options[] = {
    CAIRN_ASKING_OPTIONS(search, asking),
    {.name = "limit",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "N",
     .min = 1,
     .at = offsetof(search, limit),
     .help = "at most so many; all when not given"},
    {.name = "format",
     .letter = 'f',
     .kind = CAIRN_OPTION_CHOICE,
     .choices = formats,
     .at = offsetof(search, format),
     .help = "ids: collection, a tab, id (default)\nndjson: one item a line\ngeojson: one FeatureCollection\n"
             "csv: a line with the names of --fields, then one for each item\ncount: how many there are"},
    {.name = "profile",
     .kind = CAIRN_OPTION_CHOICE,
     .choices = profiles,
     .at = offsetof(search, profile),
     .help = "source: items in their source's own words, before any upgrade or repair"},
    CAIRN_HREFS_OPTIONS(search, hrefs, "loadable, of --profile source source"),
    CAIRN_ESTIMATE_OPTIONS(search, estimate),
    CAIRN_EXTENSIONS_OPTION,
    CAIRN_READER_OPTION(search, immutable),
    {0},
};

/* Fields of what is not printed: a slip that looks as if it had been heeded. */
static cairn_code check_format(const search *values, cairn_error *error)
{
    bool fielded = values->format != FORMAT_IDS && values->format != FORMAT_COUNT;
    if (fielded || !values->asking.fields)
        return CAIRN_OK;
    cairn_error_set(error, CAIRN_INVALID, "there are no fields in --format %s, expected it with ndjson, geojson or csv",
                    formats[values->format]);
    return cairn_error_at_parameter(error, "fields");
}

/* ---- collections that are not there ---- */

typedef struct absence {
    const cairn_search *request;
    bool *absent; /* one for each collection that is asked for */
} absence;

static cairn_code find_absent(void *context, cairn_session *session, cairn_error *error)
{
    absence *a = context;
    for (size_t i = 0; i < a->request->n_collections; i++) {
        cairn_code code = cairn_session_has_collection(session, a->request->collections[i], error);
        if (code != CAIRN_OK && code != CAIRN_NOT_FOUND)
            return code;
        a->absent[i] = code == CAIRN_NOT_FOUND;
        cairn_error_clear(error);
    }
    return CAIRN_OK;
}

/* No error: the answer for a collection that is not there is that it has no items. But a wrong name looks the same, so
 * they are told, and *exit says so. */
static cairn_code tell_absent(const cairn_search *request, cairn_reader *reader, cairn_arena *arena, int *exit,
                              cairn_error *error)
{
    char quoted[120];
    if (request->n_collections == 0)
        return CAIRN_OK;
    absence a = {request, cairn_arena_calloc(arena, request->n_collections, sizeof(bool))};
    if (!a.absent)
        return cairn_error_no_memory(error);
    cairn_code code = cairn_reader_run(reader, find_absent, &a, error);
    for (size_t i = 0; i < request->n_collections && code == CAIRN_OK; i++)
        if (a.absent[i]) {
            cairn_say(&cairn_command_search, "no collection '%s'",
                      cairn_quote(request->collections[i], quoted, sizeof(quoted)));
            *exit = CAIRN_EXIT_REFUSED;
        }
    return code;
}

/* ---- printing ---- */

static cairn_code print_feature(const cairn_listing *listing, cairn_session *session, const cairn_item_row *row,
                                uint64_t number, cairn_buf *out, cairn_error *error)
{
    if (number && !cairn_buf_add_byte(out, ','))
        return cairn_error_no_memory(error);
    return cairn_listing_print_document(listing, session, row, number, out, error);
}

static cairn_code write_text(cairn_output *output, const char *text, cairn_error *error)
{
    return cairn_output_write(output, cairn_span_of(text), error);
}

static cairn_code print_geojson(cairn_listing *listing, uint64_t *count, cairn_error *error)
{
    char end[64];
    cairn_code code = write_text(listing->output, "{\"type\":\"FeatureCollection\",\"features\":[\n", error);
    if (code == CAIRN_OK)
        code = cairn_listing_run(listing, count, error);
    if (code != CAIRN_OK)
        return code;
    snprintf(end, sizeof(end), "],\"numberReturned\":%llu}\n", (unsigned long long)*count);
    return write_text(listing->output, end, error);
}

typedef struct csv_listing {
    cairn_listing listing;
    const cairn_csv *csv;
    cairn_arena *scratch; /* of a row */
} csv_listing;

static cairn_code print_row(const cairn_listing *listing, cairn_session *session, const cairn_item_row *row,
                            uint64_t number, cairn_buf *out, cairn_error *error)
{
    const csv_listing *l = (const csv_listing *)listing;
    cairn_buf open = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    (void)number;
    cairn_arena_reset(l->scratch);
    cairn_code code = cairn_hrefs_row_text(listing->hrefs, session, row, listing->source, &open, error);
    if (code == CAIRN_OK && !cairn_csv_row(l->csv, cairn_buf_span(&open), l->scratch, out))
        code = cairn_error_set(error, CAIRN_NOMEM, "no memory for a row of a document of %zu bytes", open.n);
    cairn_buf_free(&open);
    return code;
}

static cairn_code print_rows(csv_listing *l, uint64_t *count, cairn_error *error)
{
    cairn_buf header = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    cairn_code code = CAIRN_OK;
    if (!cairn_csv_header(l->csv, &header))
        code = cairn_error_no_memory(error);
    if (code == CAIRN_OK)
        code = cairn_output_write(l->listing.output, cairn_buf_span(&header), error);
    cairn_buf_free(&header);
    return code == CAIRN_OK ? cairn_listing_run(&l->listing, count, error) : code;
}

static cairn_code print_csv(const cairn_listing *listing, const char *fields, uint64_t *count, cairn_error *error)
{
    csv_listing l = {.listing = *listing, .scratch = cairn_arena_new(CAIRN_READER_MAX_TEXT)};
    cairn_arena *arena = cairn_arena_new(CAIRN_READER_MAX_TEXT);
    cairn_code code = l.scratch && arena ? cairn_csv_from_text(cairn_span_of(fields), arena, &l.csv, error)
                                         : cairn_error_no_memory(error);
    if (code == CAIRN_OK)
        code = print_rows(&l, count, error);
    cairn_arena_free(l.scratch);
    cairn_arena_free(arena);
    return code;
}

static cairn_code print_count(cairn_listing *listing, uint64_t *count, cairn_error *error)
{
    char text[32];
    cairn_output *output = listing->output;
    listing->output = NULL;
    cairn_code code = cairn_listing_run(listing, count, error);
    if (code != CAIRN_OK)
        return code;
    snprintf(text, sizeof(text), "%llu\n", (unsigned long long)*count);
    return write_text(output, text, error);
}

static cairn_code print_hits(const search *values, cairn_reader *reader, const cairn_search *request,
                             cairn_hrefs *hrefs, uint64_t *count, cairn_error *error)
{
    static const cairn_listing_print prints[] = {[FORMAT_IDS] = cairn_listing_print_ids,
                                                 [FORMAT_NDJSON] = cairn_listing_print_document,
                                                 [FORMAT_GEOJSON] = print_feature,
                                                 [FORMAT_CSV] = print_row,
                                                 [FORMAT_COUNT] = NULL};
    cairn_output output;
    cairn_listing listing = {.reader = reader,
                             .search = request,
                             .limit = values->limit,
                             .print = prints[values->format],
                             .without_body = values->format == FORMAT_IDS || values->format == FORMAT_COUNT,
                             .source = values->profile == 1,
                             .hrefs = hrefs,
                             .output = &output};
    cairn_code code = cairn_output_open(&output, NULL, error);
    if (code != CAIRN_OK)
        return code;
    if (values->format == FORMAT_GEOJSON)
        return print_geojson(&listing, count, error);
    if (values->format == FORMAT_CSV)
        return print_csv(&listing, values->asking.fields, count, error);
    if (values->format == FORMAT_COUNT)
        return print_count(&listing, count, error);
    return cairn_listing_run(&listing, count, error);
}

/* ---- nothing found ---- */

typedef struct hints {
    const cairn_search *request;
    cairn_arena *arena;
    cairn_notes notes;
} hints;

static cairn_code read_notes(void *context, cairn_session *session, cairn_error *error)
{
    hints *h = context;
    return cairn_notes_of(session, h->request, h->arena, &h->notes, error);
}

/* That there is nothing is the answer all the same, so a fault here is none of the search. */
static void tell_why(const cairn_search *request, cairn_reader *reader, cairn_arena *arena)
{
    hints h = {.request = request, .arena = arena};
    cairn_error ignored = CAIRN_ERROR_INIT;
    if (cairn_reader_run(reader, read_notes, &h, &ignored) != CAIRN_OK)
        return;
    for (size_t i = 0; i < h.notes.n; i++)
        cairn_say(&cairn_command_search, "note: %s", h.notes.at[i]);
}

static int search_catalog(const search *values, const char *path, cairn_hrefs *hrefs, cairn_arena *arena)
{
    cairn_search request = {0};
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_reader reader;
    int exit = CAIRN_EXIT_OK;
    uint64_t count = 0;
    cairn_code code = check_format(values, &error);
    if (code == CAIRN_OK)
        code = cairn_asking_read(&values->asking, arena, &request, &error);
    if (code == CAIRN_INVALID || code == CAIRN_TOO_LARGE)
        return cairn_asking_report(&cairn_command_search, &error);
    if (code == CAIRN_OK)
        code = cairn_reader_open(&reader, path, values->immutable, &error);
    if (code != CAIRN_OK)
        return cairn_report(&cairn_command_search, &error);
    code = tell_absent(&request, &reader, arena, &exit, &error);
    if (code == CAIRN_OK)
        code = cairn_estimate_is_asked(&values->estimate)
                   ? cairn_estimate_print(&values->estimate, &reader, &request, arena, &count, &error)
                   : print_hits(values, &reader, &request, hrefs, &count, &error);
    if (code == CAIRN_OK && count == 0)
        tell_why(&request, &reader, arena);
    cairn_reader_close(&reader);
    if (code == CAIRN_INVALID) /* a polygon that GEOS finds fault with */
        return cairn_asking_report(&cairn_command_search, &error);
    return code == CAIRN_OK ? exit : cairn_report(&cairn_command_search, &error);
}

static int run(int argc, char **argv)
{
    search values = {0};
    cairn_operands operands = {.min = 1, .max = 1, .names = "CATALOG"};
    int exit = cairn_options_read(&cairn_command_search, options, argc, argv, &values, &operands);
    if (exit >= 0)
        return exit;
    cairn_arena *arena = cairn_arena_new(CAIRN_READER_MAX_TEXT);
    if (!arena)
        return cairn_exit_of(CAIRN_NOMEM);
    cairn_hrefs hrefs;
    cairn_error error = CAIRN_ERROR_INIT;
    if (cairn_hrefs_open(&hrefs, &values.hrefs, values.profile == 1 ? CAIRN_HREF_SOURCE : CAIRN_HREF_LOADABLE, &error))
        exit = cairn_usage_report(&cairn_command_search, &error);
    else
        exit = search_catalog(&values, operands.items[0], &hrefs, arena);
    cairn_hrefs_close(&hrefs);
    cairn_arena_free(arena);
    return exit;
}

const cairn_command cairn_command_search = {
    .name = "search",
    .summary = "print the items that meet a search",
    .usage = "cairn search CATALOG [options]",
    .help = "The options mean what the parameters of STAC API's Item Search mean, and all\n"
            "that are given must be met. Without any, every item is printed. Newest first,\n"
            "unless --sortby says otherwise; items without a time last; then by collection\n"
            "and id. The catalog is read in short pages, so a writer never waits for a long\n"
            "listing. How properties are named in conditions: docs/filters.md. A collection\n"
            "that is asked for and not there is told, and the exit code is 3 then. When\n"
            "nothing is found, notes on standard error tell what may be a mistake.\n"
            "\n"
            "Examples:\n"
            "  $ cairn search demo.cairn --bbox 5.9,45.8,10.5,47.9\n"
            "  $ cairn search demo.cairn --datetime 2019-01-01T00:00:00Z/.. --format count\n"
            "  $ cairn search demo.cairn --limit 2 --format geojson\n"
            "  $ cairn search demo.cairn --filter \"eo:cloud_cover < 20 AND platform LIKE 'landsat%'\"\n"
            "  $ cairn search demo.cairn --query '{\"eo:cloud_cover\":{\"lte\":20}}' --q 'sea ice'\n"
            "  $ cairn search demo.cairn --sortby -eo:cloud_cover,id --format ndjson --fields id,eo:cloud_cover\n"
            "  $ cairn search demo.cairn --format csv --fields id,datetime,eo:cloud_cover,bbox\n"
            "  $ cairn search demo.cairn --bbox 170,-90,-170,90 --null-geometry match\n"
            "  $ cairn search demo.cairn --collections landsat --estimate\n"
            "  $ echo '{\"type\":\"Point\",\"coordinates\":[7.4,46.9]}' | cairn search demo.cairn --intersects -\n",
    .run = run,
};
