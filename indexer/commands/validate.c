#include "indexer/exit.h"
#include "indexer/interrupt.h"
#include "indexer/output.h"
#include "indexer/reading.h"

#include <stddef.h>

enum { BATCH_RECORDS = 256, BATCH_BYTES = 8 << 20, SUMMARY_MAX = 4096 };

typedef struct validate {
    cairn_reading_flags reading;
    size_t format;
    bool quiet;

    cairn_journal *journal;
    cairn_tally tally;
} validate;

enum { FORMAT_TEXT, FORMAT_JSON };
static const char *const formats[] = {"text", "json", NULL};

static const cairn_option options[] = {
    CAIRN_READING_OPTIONS(validate, reading),
    {.name = "format",
     .kind = CAIRN_OPTION_CHOICE,
     .choices = formats,
     .at = offsetof(validate, format),
     .help = "what is printed: text (default), or a JSON object {kind, source, line, pointer, message} a line"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(validate, quiet),
     .help = "only what would be refused, no warnings and no summary"},
    {0},
};

/* Stands for the collection that an item alone need not name. */
static const char no_collection[] = "unnamed";

static cairn_code take_valid(validate *self, const cairn_outcome *outcome)
{
    if (outcome->kind == CAIRN_KIND_CATALOG) {
        self->tally.catalogs++;
        return CAIRN_OK;
    }
    bool item = outcome->kind == CAIRN_KIND_ITEM;
    cairn_counts *counts = cairn_tally_of(&self->tally, outcome->kind);
    counts->read++;
    cairn_reading_warn(self->journal, counts, outcome, item ? &outcome->item.warnings : &outcome->collection.warnings);
    return CAIRN_OK;
}

static cairn_code take(void *context, const cairn_outcome *outcome, cairn_error *error)
{
    validate *self = context;
    (void)error;
    if (outcome->verdict == CAIRN_VERDICT_TAKEN)
        return take_valid(self, outcome);
    if (outcome->verdict == CAIRN_VERDICT_IGNORED)
        self->tally.ignored++;
    else
        cairn_reading_refuse(self->journal, &self->tally, outcome, outcome->error);
    return CAIRN_OK;
}

static cairn_code commit(void *context, cairn_error *error)
{
    (void)context;
    return cairn_output_flush(error);
}

static void tick(void *context)
{
    (void)context;
}

static void print_count(const char *what, uint64_t valid, uint64_t refused, uint64_t warned)
{
    if (valid + refused > 0)
        printf("%-12s %llu valid (%llu with warnings), %llu refused\n", what, (unsigned long long)valid,
               (unsigned long long)warned, (unsigned long long)refused);
}

static void print_summary(const validate *self)
{
    const cairn_tally *tally = &self->tally;
    if (self->format == FORMAT_JSON) {
        cairn_buf out = CAIRN_BUF_INIT(SUMMARY_MAX);
        cairn_buf_printf(&out,
                         "{\"kind\":\"summary\",\"items\":{\"read\":%llu,\"refused\":%llu,\"warned\":%llu},"
                         "\"collections\":{\"read\":%llu,\"refused\":%llu,\"warned\":%llu},"
                         "\"catalogs\":{\"read\":%llu,\"refused\":%llu},\"ignored\":%llu,\"failed_sources\":%llu}\n",
                         (unsigned long long)tally->items.read, (unsigned long long)tally->items.refused,
                         (unsigned long long)tally->items.warned, (unsigned long long)tally->collections.read,
                         (unsigned long long)tally->collections.refused, (unsigned long long)tally->collections.warned,
                         (unsigned long long)cairn_tally_catalogs(tally), (unsigned long long)tally->catalogs_refused,
                         (unsigned long long)tally->ignored,
                         (unsigned long long)cairn_journal_count(self->journal, CAIRN_JOURNAL_FAILED));
        fwrite(cairn_buf_span(&out).p, 1, out.n, stdout);
        cairn_buf_free(&out);
    } else if (!self->quiet) {
        print_count("items", cairn_counts_taken(&tally->items), tally->items.refused, tally->items.warned);
        print_count("collections", cairn_counts_taken(&tally->collections), tally->collections.refused,
                    tally->collections.warned);
        print_count("catalogs", tally->catalogs, tally->catalogs_refused, 0);
        if (tally->ignored)
            printf("%-12s %llu\n", "not STAC", (unsigned long long)tally->ignored);
    }
}

static cairn_code read_all(validate *self, const cairn_operands *operands, cairn_error *error)
{
    cairn_journal_options journal = {
        .out = stdout, .json = self->format == FORMAT_JSON, .all = true, .no_warnings = self->quiet};
    cairn_pipeline_options pipeline = {
        .work = {.strict = self->reading.strict, .level = 1},
        .threads = self->reading.threads,
        .batch_records = BATCH_RECORDS,
        .batch_bytes = BATCH_BYTES,
        .max_record_bytes = self->reading.max_record_bytes,
    };
    cairn_sink sink = {.context = self, .take = take, .commit = commit, .tick = tick};
    cairn_sources *sources = NULL;
    if (!self->reading.collection)
        self->reading.collection = no_collection;
    self->journal = cairn_journal_open(&journal, error);
    if (!self->journal)
        return error->code;
    cairn_code code = cairn_reading_open(&self->reading, operands->items, operands->n, self->journal, &sources, error);
    cairn_interrupt_install();
    if (code == CAIRN_OK)
        code = cairn_pipeline_run(sources, &pipeline, &sink, error);
    cairn_sources_close(sources);
    return code;
}

static int run(int argc, char **argv)
{
    validate self = {.reading = CAIRN_READING_DEFAULTS};
    cairn_operands operands = {.min = 0, .max = -1, .names = "SOURCE..."};
    cairn_error error = CAIRN_ERROR_INIT;
    self.reading.threads = cairn_pipeline_default_threads();
    int exit = cairn_options_read(&cairn_command_validate, options, argc, argv, &self, &operands);
    if (exit < 0)
        exit = cairn_reading_check(&cairn_command_validate, &self.reading, operands.n);
    if (exit >= 0)
        return exit;
    cairn_code code = read_all(&self, &operands, &error);
    if (code == CAIRN_OK) {
        print_summary(&self);
        exit = cairn_reading_exit(self.journal, &self.tally);
        code = cairn_output_flush(&error);
    }
    cairn_error unused = CAIRN_ERROR_INIT; /* there is no reject file that could fail */
    cairn_journal_close(self.journal, &unused);
    return code == CAIRN_OK ? exit : cairn_report(&cairn_command_validate, &error);
}

const cairn_command cairn_command_validate = {
    .name = "validate",
    .summary = "check STAC files as ingest would, without a catalog",
    .usage = "cairn validate SOURCE... [options]",
    .help = "Sources are those of 'cairn ingest'. Each record that would be refused is\n"
            "printed with its file and line, the JSON pointer and what was expected, and\n"
            "each warning. Items need not name a collection here.\n"
            "\n"
            "Exit code: 0 nothing would be refused, 3 something would, 1 failed, 2 wrong\n"
            "usage.\n"
            "\n"
            "Examples:\n"
            "  $ cairn validate items.ndjson\n"
            "  $ cairn validate catalog.json --strict\n"
            "  $ cairn validate items.ndjson --format json\n",
    .run = run,
};
