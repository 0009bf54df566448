#include "base/clock.h"
#include "base/uri.h"
#include "indexer/asking.h"
#include "indexer/editor.h"
#include "indexer/enrich_catalog.h"
#include "indexer/exit.h"
#include "indexer/interrupt.h"
#include "indexer/records.h"
#include "stac/time.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { JOBS = 8, TIMEOUT = 30, MAX_TIMEOUT = 3600, RETRIES = 2, MAX_RETRIES = 20 };
#define ASKED_BYTES ((size_t)1 << 28)

typedef struct values {
    cairn_asking asking;
    cairn_option_list prefixes;
    const char *output;
    bool overwrite, all_assets, dry_run, quiet;
    uint64_t jobs, timeout, retries, wait;
    size_t progress;
} values;

static const cairn_option options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = CAIRN_OPTION_TEXT,
     .argument = "OUT",
     .at = offsetof(values, output),
     .help = "where the items of a FILE go, one a line; - is standard output (default)"},
    {.name = "dry-run",
     .letter = 'n',
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(values, dry_run),
     .help = "open the files, print for each item which fields would be filled, and change nothing"},
    {.name = "overwrite",
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(values, overwrite),
     .help = "what the file says takes the place of what an asset says; every file is opened"},
    {.name = "all-assets",
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(values, all_assets),
     .help = "also assets of roles thumbnail, overview and metadata, and of other media types"},
    {.name = "only-prefix",
     .kind = CAIRN_OPTION_LIST,
     .argument = "PREFIX",
     .at = offsetof(values, prefixes),
     .help = "open only hrefs that begin with PREFIX, which ends in a slash; may be given again"},
    CAIRN_ASKING_TEXT(values, asking, "collections", collections, "ID,...", "items of these collections"),
    CAIRN_ASKING_TEXT(values, asking, "ids", ids, "ID,...", "items with one of these ids"),
    CAIRN_ASKING_TEXT(values, asking, "bbox", bbox, "W,S,E,N", "items whose footprint meets this box"),
    CAIRN_ASKING_TEXT(values, asking, "datetime", datetime, "TIME", "items of this instant or interval START/END"),
    CAIRN_ASKING_TEXT(values, asking, "filter", filter, "CQL2", "items that meet this condition (CQL2-Text)"),
    {.name = "jobs",
     .letter = 'j',
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "N",
     .min = 1,
     .max = CAIRN_ENRICH_MAX_JOBS,
     .at = offsetof(values, jobs),
     .help = "files that are opened at a time (default 8)"},
    {.name = "timeout",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "SECONDS",
     .min = 1,
     .max = MAX_TIMEOUT,
     .at = offsetof(values, timeout),
     .help = "for each request to a server (default 30)"},
    {.name = "retries",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "N",
     .max = MAX_RETRIES,
     .at = offsetof(values, retries),
     .help = "of requests that fail in a way that may pass (default 2)"},
    {.name = "wait",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "SECONDS",
     .max = CAIRN_EDITOR_WAIT_MAX,
     .at = offsetof(values, wait),
     .help = "how long to wait for another writer (default 30)"},
    {.name = "progress",
     .kind = CAIRN_OPTION_CHOICE,
     .choices = cairn_progress_names,
     .at = offsetof(values, progress),
     .help = "a line on the terminal, plain lines each few seconds, json: a summary for programs on standard error, or "
             "none"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(values, quiet),
     .help = "no progress and no summary, only what can't be read"},
    CAIRN_EXTENSIONS_OPTION,
    {0},
};

/* ---- what is told ---- */

static void print_lines(const values *v, const cairn_enrich_counts *counts)
{
    typedef unsigned long long whole;
    fprintf(stderr, "items %llu, %s %llu, complete before %llu", (whole)counts->items,
            v->dry_run ? "would change" : "changed", (whole)counts->changed, (whole)counts->complete);
    if (v->prefixes.n)
        fprintf(stderr, ", passed over %llu", (whole)counts->items_passed_over);
    fprintf(stderr, "\nfiles opened %llu, failed %llu, passed over %llu\n", (whole)counts->opened,
            (whole)counts->failed, (whole)counts->passed_over);
}

static void print_summary(const values *v, const cairn_enrich_counts *counts, const cairn_progress *progress)
{
    typedef unsigned long long whole;
    double seconds = cairn_progress_seconds(progress);
    if (progress->mode == CAIRN_PROGRESS_JSON)
        fprintf(
            stderr,
            "{\"event\":\"summary\",\"items\":%llu,\"changed\":%llu,\"complete\":%llu,\"opened\":%llu,"
            "\"failed\":%llu,\"passed_over\":%llu,\"items_passed_over\":%llu,\"seconds\":%.3f,\"interrupted\":%s}\n",
            (whole)counts->items, (whole)counts->changed, (whole)counts->complete, (whole)counts->opened,
            (whole)counts->failed, (whole)counts->passed_over, (whole)counts->items_passed_over, seconds,
            cairn_interrupted() ? "true" : "false");
    else if (!v->quiet)
        print_lines(v, counts);
}

/* ---- the run ---- */

static int check_prefix(const char *prefix)
{
    char quoted[120];
    cairn_span span = cairn_span_of(prefix);
    cairn_quote(span, quoted, sizeof quoted);
    if (!cairn_uri_is_absolute(span))
        return cairn_usage_error(&cairn_command_enrich,
                                 "--only-prefix '%s' has no scheme, so no href begins with it; expected one such as "
                                 "%s%s",
                                 quoted, *prefix == '/' ? "file://" : "file:///data/ or https://data.example/",
                                 *prefix == '/' ? quoted : "");
    if (!cairn_span_ends(span, "/"))
        return cairn_usage_error(&cairn_command_enrich,
                                 "--only-prefix '%s' does not end in a slash, so hosts and folders whose names "
                                 "only begin like it would be covered, too",
                                 quoted);
    return CAIRN_OPTIONS_GO_ON;
}

static int check_prefixes(const values *v)
{
    int exit = CAIRN_OPTIONS_GO_ON;
    for (size_t i = 0; i < v->prefixes.n && exit == CAIRN_OPTIONS_GO_ON; i++)
        exit = check_prefix(v->prefixes.items[i]);
    return exit;
}

static bool is_file(const char *path)
{
    return strcmp(path, "-") == 0 || cairn_records_form_of(path) != CAIRN_RECORDS_ANY;
}

/* Only the items of a file go elsewhere. */
static int check_output(const values *v, const char *path)
{
    struct stat facts;
    char quoted[120];
    if (!v->output || is_file(path))
        return CAIRN_OPTIONS_GO_ON;
    if (stat(path, &facts) == 0 && S_ISDIR(facts.st_mode))
        return cairn_usage_error(&cairn_command_enrich,
                                 "'%s' is a folder, expected a FILE of items: give its files one by one, or ingest it "
                                 "and complete the CATALOG",
                                 cairn_quote(cairn_span_of(path), quoted, sizeof quoted));
    return cairn_usage_error(&cairn_command_enrich,
                             "--output is for the items of a FILE; a CATALOG is completed in its place");
}

static cairn_code enrich_file(const cairn_enrich_run_options *how, const values *v, const char *path,
                              cairn_error *error)
{
    cairn_code code = cairn_output_open(how->output, v->output, error);
    if (code == CAIRN_OK)
        code = cairn_enrich_file(how, path, error);
    if (code == CAIRN_OK)
        return cairn_output_close(how->output, error);
    cairn_output_abandon(how->output);
    return code;
}

static cairn_code enrich_catalog(const cairn_enrich_run_options *how, const values *v, const char *path,
                                 cairn_error *error)
{
    cairn_search search = {0};
    cairn_arena *arena = cairn_arena_new(ASKED_BYTES);
    cairn_code code = arena ? cairn_asking_read(&v->asking, arena, &search, error) : cairn_error_no_memory(error);
    if (code == CAIRN_OK)
        code = cairn_output_open(how->output, NULL, error);
    if (code == CAIRN_OK)
        code = cairn_enrich_catalog(how, path, &search, error);
    if (code == CAIRN_OK)
        code = cairn_output_close(how->output, error);
    cairn_arena_free(arena);
    return code;
}

static int finish(const values *v, const cairn_enrich_run_options *how, cairn_code code, cairn_error *error)
{
    const cairn_enrich_counts *counts = &how->enrich->counts;
    cairn_error late = CAIRN_ERROR_INIT;
    bool refused = how->enrich->journal && cairn_journal_count(how->enrich->journal, CAIRN_JOURNAL_REFUSED) > 0;
    cairn_progress_pause(how->progress);
    if (cairn_journal_close(how->enrich->journal, &late) != CAIRN_OK && code == CAIRN_OK) {
        *error = late;
        code = late.code;
    }
    if (code == CAIRN_OK)
        print_summary(v, counts, how->progress);
    if (code == CAIRN_OK && cairn_interrupted()) {
        cairn_say(&cairn_command_enrich, "interrupted; what was done is kept, and the same command goes on");
        return CAIRN_EXIT_FAILED;
    }
    if (code == CAIRN_OK)
        return refused ? CAIRN_EXIT_REFUSED : CAIRN_EXIT_OK;
    return code == CAIRN_INVALID && *error->parameter ? cairn_asking_report(&cairn_command_enrich, error)
                                                      : cairn_report(&cairn_command_enrich, error);
}

static cairn_code start(cairn_enrich *enrich, const values *v, cairn_progress *progress, cairn_error *error)
{
    const cairn_raster_options raster = {.timeout = (int)v->timeout, .retries = (int)v->retries};
    const cairn_journal_options journal = {.out = stderr, .pause = cairn_progress_pause, .pause_context = progress};
    cairn_code code = cairn_raster_start(&raster, error);
    if (code != CAIRN_OK)
        return code;
    cairn_interrupt_install();
    enrich->journal = cairn_journal_open(&journal, error);
    if (!enrich->journal)
        return error->code;
    return cairn_enrich_open(enrich) ? CAIRN_OK : cairn_error_no_memory(error);
}

static int enrich_all(const values *v, const char *path)
{
    char now[CAIRN_TIME_TEXT_MAX];
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_output output = {0};
    cairn_progress progress;
    cairn_enrich *enrich = calloc(1, sizeof *enrich);
    if (!enrich)
        return cairn_exit_of(CAIRN_NOMEM);
    bool silent = v->quiet && v->progress == CAIRN_PROGRESS_AUTO;
    cairn_progress_start(&progress, silent ? CAIRN_PROGRESS_NONE : (cairn_progress_mode)v->progress);
    cairn_time_format((cairn_time){.sec = cairn_clock_wall()}, now);
    enrich->rules = (cairn_enrich_rules){.overwrite = v->overwrite,
                                         .all_assets = v->all_assets,
                                         .prefixes = v->prefixes.items,
                                         .n_prefixes = v->prefixes.n,
                                         .now = cairn_span_of(now)};
    enrich->jobs = v->jobs;
    const cairn_enrich_run_options how = {
        .enrich = enrich, .progress = &progress, .output = &output, .dry_run = v->dry_run, .wait = v->wait};
    cairn_code code = start(enrich, v, &progress, &error);
    if (code == CAIRN_OK)
        code = (is_file(path) ? enrich_file : enrich_catalog)(&how, v, path, &error);
    int exit = finish(v, &how, code, &error);
    cairn_enrich_close(enrich);
    free(enrich);
    return exit;
}

static int run(int argc, char **argv)
{
    values v = {.jobs = JOBS, .timeout = TIMEOUT, .retries = RETRIES, .wait = CAIRN_EDITOR_WAIT};
    cairn_operands operands = {.min = 1, .max = 1, .names = "CATALOG|FILE"};
    int exit = cairn_options_read(&cairn_command_enrich, options, argc, argv, &v, &operands);
    if (exit < 0)
        exit = check_prefixes(&v);
    if (exit < 0)
        exit = check_output(&v, operands.items[0]);
    return exit >= 0 ? exit : enrich_all(&v, operands.items[0]);
}

const cairn_command cairn_command_enrich = {
    .name = "enrich",
    .summary = "complete items by what the files of their assets say (needs GDAL)",
    .usage = "cairn enrich CATALOG|FILE [options]",
    .help = "Opens the GeoTIFF, JPEG 2000 and netCDF assets of items, on disk or by http, s3,\n"
            "gs and az, looks at their headers and fills in what items lack: reference\n"
            "system, transform, shape, data type, nodata, scale, offset and unit of bands,\n"
            "size, and the media type of cloud optimised GeoTIFFs. What is there stays,\n"
            "unless --overwrite is given. Afterwards clients such as stackstac and odc-stac\n"
            "load the items: see 'cairn doctor' and docs/enrich.md.\n"
            "\n"
            "A file that can't be read is told, the others are done. Each batch is kept when\n"
            "it is done, and a second run opens only what is still missing. profile=source\n"
            "goes on to give what the source said. Of a FILE (NDJSON, a FeatureCollection, an\n"
            "item) the items are printed.\n"
            "\n"
            "This machine opens what the hrefs name: for a catalog of strangers say by\n"
            "--only-prefix what that may be. Credentials of clouds come from the environment,\n"
            "as GDAL reads them (AWS_ACCESS_KEY_ID, AWS_NO_SIGN_REQUEST=YES ...).\n"
            "\n"
            "Exit code: 0 all done, 3 some files could not be read, 1 failed or interrupted.\n"
            "\n"
            "Examples:\n"
            "  $ cairn enrich demo.cairn --only-prefix file:///data/\n"
            "  $ cairn enrich demo.cairn --collections landsat --only-prefix https://files.example/ --dry-run\n"
            "  $ cairn enrich items.ndjson --only-prefix s3://my-bucket/ -o complete.ndjson\n",
    .run = run,
};
