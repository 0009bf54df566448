#include "indexer/doctor.h"
#include "indexer/exit.h"
#include "indexer/interrupt.h"
#include "indexer/listing.h"
#include "indexer/reading.h"
#include "indexer/remote.h"

#include <stddef.h>
#include <sys/stat.h>

enum { BATCH_RECORDS = 256, BATCH_BYTES = 8 << 20, URL_LIMIT = 1000, REASONS = 3 };
enum { TIMEOUT = 60, MAX_TIMEOUT = 86400 };
#define MAX_BYTES  ((uint64_t)64 << 20)
#define MOST_BYTES ((uint64_t)1 << 30)

enum { FORMAT_TEXT, FORMAT_JSON };
enum {
    PROFILE_LOAD_READY,
    PROFILE_SOURCE,
    PROFILE_DEFAULT,
    PROFILE_OWN
}; /* OWN: as the items stand where they are looked at */
#define NO_LIMIT_GIVEN UINT64_MAX

typedef struct values {
    cairn_option_list clients;
    size_t profile, format;
    bool compare, items, details, immutable;
    uint64_t limit, reasons, timeout, max_bytes;
} values;

static const char *const formats[] = {"text", "json", NULL};
static const char *const profiles[] = {"load-ready", "source", "default", NULL};

static const cairn_option options[] = {
    {.name = "client",
     .letter = 'c',
     .kind = CAIRN_OPTION_LIST,
     .argument = "NAME",
     .at = offsetof(values, clients),
     .help = "only this one: stackstac, odc-stac, rioxarray, xpystac, intake-stac or gdal-stacit; may be given again"},
    {.name = "compare",
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(values, compare),
     .help = "as Cairn serves the items, with what loads of the source's own words before it: BEFORE -> AFTER"},
    {.name = "profile",
     .kind = CAIRN_OPTION_CHOICE,
     .choices = profiles,
     .at = offsetof(values, profile),
     .help = "load-ready: judge the items as Cairn serves them (without this option so for a CATALOG)\nsource: in the "
             "source's own words (so for a FILE or URL)\ndefault: load-ready"},
    {.name = "items",
     .letter = 'i',
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(values, items),
     .help = "also each item on a line, before the rest"},
    {.name = "details",
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(values, details),
     .help = "reasons of each collection, not of all together"},
    {.name = "reasons",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "N",
     .at = offsetof(values, reasons),
     .help = "so many of each client are told (default 3)"},
    {.name = "limit",
     .letter = 'l',
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "N",
     .max = UINT32_MAX - 1,
     .at = offsetof(values, limit),
     .help = "look at so many items at most, 0: all (default: all of a CATALOG or FILE, 1000 of a URL)"},
    {.name = "format",
     .letter = 'f',
     .kind = CAIRN_OPTION_CHOICE,
     .choices = formats,
     .at = offsetof(values, format),
     .help = "text: a table (default)\njson: an object on one line, after one for each item with --items"},
    {.name = "timeout",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "SECONDS",
     .min = 1,
     .max = MAX_TIMEOUT,
     .at = offsetof(values, timeout),
     .help = "for each document of a URL (default 60)"},
    {.name = "max-bytes",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "N",
     .min = 1024,
     .max = MOST_BYTES,
     .at = offsetof(values, max_bytes),
     .help = "refuse larger documents and records (default 64M)"},
    CAIRN_READER_OPTION(values, immutable),
    {0},
};

typedef struct state {
    const values *values;
    cairn_doctor doctor;
    cairn_output output;
    cairn_buf text; /* to be printed */
    uint64_t taken; /* items of the present operand */
    uint64_t limit; /* of them; 0: none */
    bool failed;    /* a source could not be read to its end; it was told */
} state;

static bool is_full(const state *s)
{
    return s->limit && s->taken >= s->limit;
}

/* ---- one item ---- */

static cairn_code take_item(state *s, const cairn_doctor_item *item, cairn_error *error)
{
    const cairn_loads_verdict *verdicts;
    cairn_code code = cairn_doctor_take(&s->doctor, item, &verdicts, error);
    s->taken++;
    if (code != CAIRN_OK || !s->values->items)
        return code;
    cairn_buf_reset(&s->text);
    bool ok = s->values->format == FORMAT_JSON ? cairn_doctor_item_json(&s->doctor, item, verdicts, &s->text)
                                               : cairn_doctor_item_text(&s->doctor, item, verdicts, &s->text);
    return ok ? cairn_output_write(&s->output, cairn_buf_span(&s->text), error) : cairn_error_no_memory(error);
}

/* What the reading of a record came to. */
static cairn_code take_outcome(state *s, const cairn_outcome *outcome, cairn_error *error)
{
    if (outcome->verdict == CAIRN_VERDICT_REFUSED)
        s->doctor.refused++;
    if (outcome->verdict != CAIRN_VERDICT_TAKEN || outcome->kind != CAIRN_KIND_ITEM)
        return CAIRN_OK;
    const cairn_doctor_item item = {.collection = outcome->item.collection,
                                    .id = outcome->item.id,
                                    .served = outcome->item.body,
                                    .source = outcome->item.source};
    return take_item(s, &item, error);
}

/* ---- a catalog ---- */

typedef struct catalog {
    cairn_listing listing; /* first: prints get it */
    state *state;
    cairn_buf served, source;
} catalog;

static cairn_code unpack(cairn_session *session, const cairn_item_row *row, bool source, cairn_buf *out,
                         cairn_error *error)
{
    cairn_buf_reset(out);
    return cairn_row_text(session, row, source, out, error);
}

/* A page is read again when the catalog was replaced meanwhile: what was counted stays counted. */
static cairn_code take_row(const cairn_listing *listing, cairn_session *session, const cairn_item_row *row,
                           uint64_t number, cairn_buf *out, cairn_error *error)
{
    catalog *c = (catalog *)(uintptr_t)listing;
    const state *s = c->state;
    (void)out;
    if (number < s->taken)
        return CAIRN_OK;
    if (cairn_interrupted())
        return cairn_error_set(error, CAIRN_DEADLINE, "interrupted");
    bool wants_source = row->source.bytes.p && (s->doctor.source || s->doctor.compare);
    cairn_code code = unpack(session, row, false, &c->served, error);
    if (code == CAIRN_OK && wants_source)
        code = unpack(session, row, true, &c->source, error);
    if (code != CAIRN_OK)
        return code;
    const cairn_doctor_item item = {.collection = row->collection,
                                    .id = row->id,
                                    .served = cairn_buf_span(&c->served),
                                    .source = wants_source ? cairn_buf_span(&c->source) : CAIRN_SPAN_NONE};
    return take_item(c->state, &item, error);
}

static cairn_code judge_catalog(state *s, const char *path, cairn_error *error)
{
    cairn_reader reader;
    const cairn_search all = {0};
    uint64_t count;
    cairn_code code = cairn_reader_open(&reader, path, s->values->immutable, error);
    if (code != CAIRN_OK)
        return code;
    catalog c = {.listing = {.reader = &reader, .search = &all, .limit = s->limit, .print = take_row},
                 .state = s,
                 .served = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT),
                 .source = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT)};
    code = cairn_listing_run(&c.listing, &count, error);
    cairn_buf_free(&c.served);
    cairn_buf_free(&c.source);
    cairn_reader_close(&reader);
    return code;
}

/* ---- files ---- */

/* Stands for the collection that an item alone need not name. */
static const char no_collection[] = "(none)";

typedef struct files {
    state *state;
    cairn_journal *journal;
    bool ended; /* by the limit */
} files;

static cairn_code take_record(void *context, const cairn_outcome *outcome, cairn_error *error)
{
    files *f = context;
    if (outcome->verdict == CAIRN_VERDICT_REFUSED) {
        cairn_tally unused = {0};
        cairn_reading_refuse(f->journal, &unused, outcome, outcome->error);
    }
    f->ended = is_full(f->state);
    if (f->ended)
        return cairn_error_set(error, CAIRN_DEADLINE, "there are enough items");
    return take_outcome(f->state, outcome, error);
}

static cairn_code commit(void *context, cairn_error *error)
{
    (void)context, (void)error;
    return CAIRN_OK;
}

static void tick(void *context)
{
    (void)context;
}

static cairn_code judge_files(state *s, char *path, cairn_error *error)
{
    const cairn_journal_options journal = {.out = stderr, .no_warnings = true};
    cairn_reading_flags flags = CAIRN_READING_DEFAULTS;
    flags.collection = no_collection;
    flags.max_record_bytes = s->values->max_bytes;
    const cairn_pipeline_options pipeline = {.work = {.level = 1},
                                             .threads = cairn_pipeline_default_threads(),
                                             .batch_records = BATCH_RECORDS,
                                             .batch_bytes = BATCH_BYTES,
                                             .max_record_bytes = flags.max_record_bytes};
    files f = {.state = s, .journal = cairn_journal_open(&journal, error)};
    const cairn_sink sink = {.context = &f, .take = take_record, .commit = commit, .tick = tick};
    cairn_sources *sources = NULL;
    if (!f.journal)
        return error->code;
    cairn_code code = cairn_reading_open(&flags, &path, 1, f.journal, &sources, error);
    if (code == CAIRN_OK)
        code = cairn_pipeline_run(sources, &pipeline, &sink, error);
    cairn_sources_close(sources);
    s->failed = s->failed || cairn_journal_count(f.journal, CAIRN_JOURNAL_FAILED) > 0;
    cairn_error unused = CAIRN_ERROR_INIT; /* there is no reject file that could fail */
    cairn_journal_close(f.journal, &unused);
    if (!f.ended)
        return code;
    cairn_error_clear(error);
    return CAIRN_OK;
}

/* ---- URLs ---- */

typedef struct remote {
    state *state;
    cairn_tools *tools;
    cairn_arena *arena; /* of one record */
} remote;

static cairn_code take_remote(void *context, cairn_span text, cairn_span place, cairn_error *error)
{
    remote *r = context;
    char quoted[256];
    const cairn_origin origin = {.name = place, .base = place, .collection = cairn_span_of(no_collection)};
    cairn_outcome outcome = {.origin = &origin, .text = text, .line = 1, .is_checked = true};
    cairn_arena_reset(r->arena);
    cairn_work_on(r->tools, r->arena, &outcome);
    if (outcome.verdict == CAIRN_VERDICT_REFUSED)
        cairn_say(&cairn_command_doctor, "%s: refused: %s", cairn_quote(place, quoted, sizeof quoted),
                  outcome.error->message);
    return take_outcome(r->state, &outcome, error);
}

static cairn_code judge_url(state *s, const char *url, cairn_error *error)
{
    const values *v = s->values;
    const cairn_remote_options remote_options = {.fetch = {.seconds = v->timeout, .max_bytes = v->max_bytes},
                                                 .limit = s->limit};
    const cairn_work_options work = {.level = 1};
    remote r = {.state = s, .tools = cairn_tools_new(&work), .arena = cairn_arena_new(MOST_BYTES)};
    cairn_code code = r.tools && r.arena
                          ? cairn_remote_walk(cairn_span_of(url), &remote_options, take_remote, &r, error)
                          : cairn_error_no_memory(error);
    cairn_tools_free(r.tools);
    cairn_arena_free(r.arena);
    return code;
}

/* ---- the command ---- */

static bool is_catalog(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    char first[sizeof magic] = "";
    struct stat there; /* what is read from a pipe is gone from it */
    FILE *file = stat(path, &there) == 0 && S_ISREG(there.st_mode) ? fopen(path, "rbe") : NULL;
    bool is = file && fread(first, 1, sizeof first, file) == sizeof first && memcmp(first, magic, sizeof magic) == 0;
    if (file)
        fclose(file);
    return is;
}

/* In the source's own words: where the items are looked at in place, unless otherwise wanted. */
static bool judges_source(const values *v, bool catalog)
{
    if (v->compare)
        return false;
    return v->profile == PROFILE_OWN ? !catalog : v->profile == PROFILE_SOURCE;
}

static cairn_code judge(state *s, char *operand, cairn_error *error)
{
    const values *v = s->values;
    bool url = cairn_fetch_is_url(cairn_span_of(operand));
    bool catalog = !url && strcmp(operand, "-") != 0 && is_catalog(operand);
    s->taken = 0;
    s->limit = v->limit != NO_LIMIT_GIVEN ? v->limit : url ? URL_LIMIT : 0;
    s->doctor.source = judges_source(v, catalog);
    return url       ? judge_url(s, operand, error)
           : catalog ? judge_catalog(s, operand, error)
                     : judge_files(s, operand, error);
}

static cairn_code print_summary(state *s, cairn_error *error)
{
    cairn_buf_reset(&s->text);
    bool json = s->values->format == FORMAT_JSON;
    if (!json && s->values->items)
        cairn_buf_add_byte(&s->text, '\n');
    bool ok = json ? cairn_doctor_json(&s->doctor, &s->text) : cairn_doctor_text(&s->doctor, &s->text);
    return ok ? cairn_output_write(&s->output, cairn_buf_span(&s->text), error) : cairn_error_no_memory(error);
}

static cairn_code print_heading(state *s, cairn_error *error)
{
    if (!s->values->items || s->values->format == FORMAT_JSON)
        return CAIRN_OK;
    cairn_buf_reset(&s->text);
    return cairn_doctor_item_heading(&s->doctor, &s->text)
               ? cairn_output_write(&s->output, cairn_buf_span(&s->text), error)
               : cairn_error_no_memory(error);
}

/* A URL is not repeated: it may hold a token. */
static int say_nothing_found(const cairn_operands *operands)
{
    char quoted[256];
    cairn_span first = cairn_span_of(operands->items[0]);
    bool names = operands->n == 1 && !cairn_fetch_is_url(first);
    cairn_say(&cairn_command_doctor, "nothing to judge: there is no item in %s",
              names ? cairn_quote(first, quoted, sizeof quoted) : "what was named");
    return CAIRN_EXIT_FAILED;
}

/* What was found is printed also when it ended early; the fault is told behind it. */
static int judge_all(state *s, const cairn_operands *operands)
{
    cairn_error error = CAIRN_ERROR_INIT, late = CAIRN_ERROR_INIT;
    cairn_code code = cairn_output_open(&s->output, NULL, &error);
    if (code == CAIRN_OK)
        code = print_heading(s, &error);
    cairn_interrupt_install();
    for (int i = 0; code == CAIRN_OK && i < operands->n; i++)
        code = judge(s, operands->items[i], &error);
    if (code == CAIRN_OK || s->doctor.all.items > 0)
        print_summary(s, &late);
    if (late.code == CAIRN_OK)
        cairn_output_close(&s->output, &late);
    if (code != CAIRN_OK || late.code != CAIRN_OK)
        return cairn_report(&cairn_command_doctor, code != CAIRN_OK ? &error : &late);
    if (s->failed || cairn_interrupted())
        return CAIRN_EXIT_FAILED;
    if (s->doctor.all.items == 0 && s->doctor.refused == 0)
        return say_nothing_found(operands);
    return cairn_doctor_all_well(&s->doctor) ? CAIRN_EXIT_OK : CAIRN_EXIT_REFUSED;
}

/* The client of that name; false when there is none. */
static bool want(cairn_doctor *doctor, const char *name)
{
    for (size_t i = 0; i < CAIRN_N_CLIENTS; i++) {
        if (strcmp(name, cairn_client_name((cairn_client)i)) == 0) {
            doctor->wanted[i] = true;
            return true;
        }
    }
    return false;
}

static int choose_clients(cairn_doctor *doctor, const values *v)
{
    for (size_t i = 0; i < CAIRN_N_CLIENTS; i++)
        doctor->wanted[i] = v->clients.n == 0;
    for (size_t i = 0; i < v->clients.n; i++)
        if (!want(doctor, v->clients.items[i]))
            return cairn_usage_error(&cairn_command_doctor,
                                     "--client: expected stackstac, odc-stac, rioxarray, xpystac, intake-stac or "
                                     "gdal-stacit, found '%s'",
                                     v->clients.items[i]);
    if (v->compare && v->profile != PROFILE_OWN)
        return cairn_usage_error(&cairn_command_doctor, "--compare judges both profiles: leave --profile out");
    return CAIRN_OPTIONS_GO_ON;
}

static int run(int argc, char **argv)
{
    values v = {.profile = PROFILE_OWN,
                .limit = NO_LIMIT_GIVEN,
                .reasons = REASONS,
                .timeout = TIMEOUT,
                .max_bytes = MAX_BYTES};
    cairn_operands operands = {.min = 1, .max = -1, .names = "CATALOG|FILE|URL..."};
    state s = {.values = &v, .text = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT)};
    cairn_error error = CAIRN_ERROR_INIT;
    int exit = cairn_options_read(&cairn_command_doctor, options, argc, argv, &v, &operands);
    if (exit < 0)
        exit = choose_clients(&s.doctor, &v);
    if (exit >= 0)
        return exit;
    s.doctor.compare = v.compare;
    s.doctor.details = v.details;
    s.doctor.most = v.reasons;
    if (!cairn_doctor_init(&s.doctor)) {
        cairn_error_no_memory(&error);
        return cairn_report(&cairn_command_doctor, &error);
    }
    exit = judge_all(&s, &operands);
    cairn_buf_free(&s.text);
    cairn_doctor_free(&s.doctor);
    return exit;
}

const cairn_command cairn_command_doctor = {
    .name = "doctor",
    .summary = "say which clients load the items, and if not, why and what would mend it",
    .usage = "cairn doctor CATALOG|FILE|URL... [options]",
    .help = "For each item and client: would the plain call give a lazy array? That is\n"
            "stackstac.stack(item) and odc.stac.load([item], chunks={}) of the whole item,\n"
            "and at least one asset, previews apart, for rioxarray, xpystac, intake-stac\n"
            "and GDAL's STACIT. Nothing is fetched for it but the items themselves: a\n"
            "verdict says whether the client has what it reads, not whether the bytes are\n"
            "there. docs/clients.md has the versions, and what each of them reads.\n"
            "\n"
            "The items of a CATALOG are judged as Cairn serves them, those of a FILE\n"
            "(whatever 'cairn ingest' reads, - for standard input) or URL (an item, a\n"
            "search or collection of an API, a static catalog; http and https) as they\n"
            "stand there. --compare shows for either what serving them load-ready changes.\n"
            "'load, but' is told of items that load, where something is to be known.\n"
            "\n"
            "Exit code: 0 all of them load, 3 some don't or can't be read, 1 failed, or there\n"
            "is no item to judge, 2 wrong usage.\n"
            "\n"
            "Examples:\n"
            "  $ cairn doctor demo.cairn\n"
            "  $ cairn doctor demo.cairn --compare\n"
            "  $ cairn doctor items.ndjson --client odc-stac --client stackstac --items\n"
            "  $ cairn doctor catalog.json --format json\n",
    .run = run,
};
