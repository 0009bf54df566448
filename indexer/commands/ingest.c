#include "base/deflate.h"
#include "indexer/editor.h"
#include "indexer/exit.h"
#include "indexer/interrupt.h"
#include "indexer/output.h"
#include "indexer/progress.h"
#include "indexer/reading.h"
#include "indexer/records.h"
#include "indexer/writing.h"

#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BATCH_BYTES = 32 << 20, BATCH_MAX = 1000000, SUMMARY_MAX = 1 << 20 };

typedef struct ingest {
    cairn_reading_flags reading;
    const char *reject;
    bool strict_collections, quiet;
    size_t on_conflict, progress_mode;
    uint64_t batch, level, wait;

    const char *path; /* of the catalog */
    cairn_journal *journal;
    cairn_sources *sources;
    cairn_editor editor;
    cairn_writing writing;
    cairn_progress progress;
    cairn_progress finishing; /* of the index, once that has begun */
} ingest;

/* In the order of cairn_conflict. */
static const char *const conflicts[] = {"replace", "skip", "error", NULL};

static const cairn_option options[] = {
    CAIRN_READING_OPTIONS(ingest, reading),
    {.name = "strict-collections",
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(ingest, strict_collections),
     .help = "refuse items whose collection the catalog lacks, instead of making a minimal one"},
    {.name = "on-conflict",
     .kind = CAIRN_OPTION_CHOICE,
     .choices = conflicts,
     .at = offsetof(ingest, on_conflict),
     .help = "what is done with an item that is there already, in another form (default replace); error refuses it"},
    {.name = "reject",
     .kind = CAIRN_OPTION_TEXT,
     .argument = "FILE",
     .at = offsetof(ingest, reject),
     .help = "append refused records to FILE, a JSON object {source, line, pointer, message, record} a line"},
    {.name = "batch",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "N",
     .min = 1,
     .max = BATCH_MAX,
     .at = offsetof(ingest, batch),
     .help = "records in a transaction, at most; one that takes 3 seconds ends before (default 20000)"},
    {.name = "level",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "N",
     .min = 1,
     .max = 12,
     .at = offsetof(ingest, level),
     .help = "how hard items are compressed, from 1 (quick) to 12 (small); default 1, which makes them as small as 6"},
    {.name = "wait",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "SECONDS",
     .max = CAIRN_EDITOR_WAIT_MAX,
     .at = offsetof(ingest, wait),
     .help =
         "how long to wait while somebody else writes to the catalog (default: as long as it takes; 0: not at all)"},
    {.name = "progress",
     .kind = CAIRN_OPTION_CHOICE,
     .choices = cairn_progress_names,
     .at = offsetof(ingest, progress_mode),
     .help = "a line on the terminal, plain lines each few seconds, JSON lines on standard output (one for each commit "
             "and a summary), or none"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(ingest, quiet),
     .help = "no progress, no warnings and no summary, only what is refused or fails"},
    CAIRN_EXTENSIONS_OPTION,
    {0},
};

/* ---- what is told ---- */

static void tell_commit(void *context)
{
    const ingest *self = context;
    if (self->progress.mode != CAIRN_PROGRESS_JSON)
        return;
    const cairn_tally *tally = &self->writing.tally;
    cairn_buf line = CAIRN_BUF_INIT(SUMMARY_MAX);
    cairn_buf_printf(&line, "{\"event\":\"commit\",\"committed\":%llu,\"read\":%llu,\"refused\":%llu,\"source\":",
                     (unsigned long long)tally->committed, (unsigned long long)tally->items.read,
                     (unsigned long long)cairn_tally_refused(tally));
    cairn_buf_add_json_string(&line, cairn_buf_span(&self->writing.safe_place));
    cairn_buf_printf(&line, ",\"line\":%llu,\"seconds\":%.3f}\n", (unsigned long long)self->writing.safe_line,
                     cairn_progress_seconds(&self->progress));
    fwrite(line.p, 1, line.n, stdout);
    fflush(stdout);
    cairn_buf_free(&line);
}

static void tick(void *context)
{
    ingest *self = context;
    cairn_progress_facts facts = {.items = self->writing.tally.committed};
    cairn_sources_position(self->sources, &facts.bytes, &facts.total);
    cairn_progress_tick(&self->progress, &facts);
}

/* Items of both trees are told of as if they were one after the other. */
static void tell_finish(void *context, uint64_t done, uint64_t total)
{
    ingest *self = context;
    if (!self->finishing.out) {
        cairn_progress_pause(&self->progress);
        cairn_progress_start(&self->finishing, self->progress.mode);
    }
    cairn_progress_facts facts = {
        .bytes = done / 2, .total = total / 2, .counts_items = true, .what = "index of places"};
    cairn_progress_tick(&self->finishing, &facts);
    self->progress.line_shown |= self->finishing.line_shown;
}

static void add_summary_json(const ingest *self, int exit, cairn_buf *out)
{
    const cairn_tally *tally = &self->writing.tally;
    double seconds = cairn_progress_seconds(&self->progress);
    cairn_buf_add_text(out, "{\"event\":\"summary\",\"catalog\":");
    cairn_buf_add_json_string(out, cairn_span_of(self->path));
    cairn_buf_add_byte(out, ',');
    cairn_counts_json(&tally->items, out);
    cairn_buf_add_text(out, ",\"collections\":{");
    cairn_counts_json(&tally->collections, out);
    cairn_buf_printf(out, ",\"made\":%llu},\"catalogs\":{\"read\":%llu,\"refused\":%llu}",
                     (unsigned long long)tally->made, (unsigned long long)cairn_tally_catalogs(tally),
                     (unsigned long long)tally->catalogs_refused);
    cairn_buf_printf(out, ",\"ignored\":%llu,\"remote_links\":%llu,\"failed_sources\":%llu,\"warnings\":%llu",
                     (unsigned long long)tally->ignored, (unsigned long long)cairn_journal_remote_count(self->journal),
                     (unsigned long long)cairn_journal_count(self->journal, CAIRN_JOURNAL_FAILED),
                     (unsigned long long)cairn_journal_count(self->journal, CAIRN_JOURNAL_WARNING));
    cairn_buf_printf(out,
                     ",\"batches\":%llu,\"committed\":%llu,\"seconds\":%.3f,\"items_per_second\":%.1f,"
                     "\"interrupted\":%s,\"exit\":%d}\n",
                     (unsigned long long)tally->batches, (unsigned long long)tally->committed, seconds,
                     (double)tally->items.read / seconds, cairn_interrupted() ? "true" : "false", exit);
}

static void add_line_of(const char *what, uint64_t count, cairn_buf *out)
{
    if (count > 0)
        cairn_buf_printf(out, "%-12s %llu\n", what, (unsigned long long)count);
}

static void add_summary_text(const ingest *self, cairn_buf *out)
{
    const cairn_tally *tally = &self->writing.tally;
    double seconds = cairn_progress_seconds(&self->progress);
    cairn_buf_printf(out, "%-12s ", "items");
    cairn_counts_text(&tally->items, out);
    cairn_buf_printf(out, "\n%-12s ", "collections");
    cairn_counts_text(&tally->collections, out);
    cairn_buf_printf(out, ", made %llu\n", (unsigned long long)tally->made);
    if (cairn_tally_catalogs(tally) > 0)
        cairn_buf_printf(out, "%-12s read %llu, refused %llu\n", "catalogs",
                         (unsigned long long)cairn_tally_catalogs(tally), (unsigned long long)tally->catalogs_refused);
    add_line_of("not STAC", tally->ignored, out);
    add_line_of("remote links", cairn_journal_remote_count(self->journal), out);
    add_line_of("failed", cairn_journal_count(self->journal, CAIRN_JOURNAL_FAILED), out);
    cairn_buf_printf(out, "%-12s %llu batches in %.1f s, %.0f items/s\n", "committed",
                     (unsigned long long)tally->batches, seconds, (double)tally->items.read / seconds);
}

static void print_summary(const ingest *self, int exit)
{
    cairn_buf out = CAIRN_BUF_INIT(SUMMARY_MAX);
    if (self->progress.mode == CAIRN_PROGRESS_JSON)
        add_summary_json(self, exit, &out);
    else if (!self->quiet)
        add_summary_text(self, &out);
    fwrite(cairn_buf_span(&out).p, 1, out.n, stdout);
    cairn_buf_free(&out);
}

/* An empty folder or file is easily a wrong name. */
static void warn_of_nothing(const ingest *self)
{
    const cairn_tally *tally = &self->writing.tally;
    bool any = tally->items.read || tally->collections.read || cairn_tally_catalogs(tally);
    if (!any && !self->quiet && !cairn_interrupted() && !cairn_journal_count(self->journal, CAIRN_JOURNAL_FAILED))
        cairn_say(&cairn_command_ingest, "warning: no record was read: there is no item, collection or catalog in what "
                                         "was given");
}

static void say_where_it_stopped(const ingest *self)
{
    const cairn_writing *writing = &self->writing;
    cairn_say(&cairn_command_ingest, "interrupted behind %.*s:%llu; %llu items are committed; the same command goes on",
              CAIRN_SPAN_FMT(cairn_buf_span(&writing->safe_place)), (unsigned long long)writing->safe_line,
              (unsigned long long)writing->tally.committed);
}

/* ---- the run ---- */

/* `*made`: it was not there before. */
static cairn_code make_catalog(const char *path, bool *made, cairn_error *error)
{
    cairn_code code = access(path, F_OK) != 0 ? cairn_sqlite_create(path, error) : CAIRN_CONFLICT;
    *made = code == CAIRN_OK;
    if (code != CAIRN_CONFLICT)
        return code;
    cairn_error_clear(error); /* it is there, or somebody else was quicker */
    return CAIRN_OK;
}

static cairn_code open_catalog(ingest *self, cairn_error *error)
{
    static const char program[] = "cairn ingest";
    bool made = false;
    cairn_code code = make_catalog(self->path, &made, error);
    if (code != CAIRN_OK)
        return code;
    cairn_sqlite_temporary_beside(self->path);
    code = made ? cairn_editor_open_new(&self->editor, self->path, program, error)
                : cairn_editor_open(&self->editor, self->path, program, 0, error);
    if (code != CAIRN_BUSY || self->wait == 0)
        return code;
    cairn_say(&cairn_command_ingest, "%s; waiting", error->message);
    cairn_error_clear(error);
    return cairn_editor_open(&self->editor, self->path, program, self->wait, error);
}

static cairn_code open_all(ingest *self, const cairn_operands *operands, cairn_error *error)
{
    cairn_journal_options journal = {.out = self->progress.mode == CAIRN_PROGRESS_JSON ? NULL : stderr,
                                     .no_warnings = self->quiet,
                                     .reject_path = self->reject,
                                     .pause = cairn_progress_pause,
                                     .pause_context = &self->progress};
    self->journal = cairn_journal_open(&journal, error);
    if (!self->journal)
        return error->code;
    cairn_code code =
        cairn_reading_open(&self->reading, operands->items + 1, operands->n - 1, self->journal, &self->sources, error);
    return code == CAIRN_OK ? open_catalog(self, error) : code;
}

/* The records of a transaction, in equal parts of at most so many: what workers have in hand is all in memory. */
static size_t part_of(uint64_t batch)
{
    enum { AT_ONCE = 250 };
    uint64_t parts = (batch + AT_ONCE - 1) / AT_ONCE;
    return (size_t)(batch / parts);
}

static cairn_code write_all(ingest *self, cairn_error *error)
{
    cairn_pipeline_options pipeline = {
        .work = {.strict = self->reading.strict, .pack = true, .level = (int)self->level},
        .threads = self->reading.threads,
        .batch_records = part_of(self->batch),
        .batch_bytes = BATCH_BYTES,
        .max_record_bytes = self->reading.max_record_bytes,
    };
    cairn_writing *writing = &self->writing;
    writing->writer = self->editor.writer;
    writing->journal = self->journal;
    writing->conflict = (cairn_conflict)self->on_conflict;
    writing->strict_collections = self->strict_collections;
    writing->batch = pipeline.batch_records;
    writing->most = self->batch;
    writing->committed = tell_commit;
    writing->tick = tick;
    writing->context = self;
    cairn_writing_init(writing);
    cairn_sink sink = cairn_writing_sink(writing);
    cairn_interrupt_install();
    cairn_code code = cairn_pipeline_run(self->sources, &pipeline, &sink, error);
    if (code == CAIRN_OK)
        code = cairn_writing_end(writing, error);
    return code == CAIRN_OK ? cairn_writer_finish(self->editor.writer, tell_finish, self, error) : code;
}

/* Closes what is open, and gives the exit code. */
static int finish(ingest *self, cairn_code code, cairn_error *error)
{
    code = cairn_editor_close(&self->editor, code, error);
    cairn_progress_pause(&self->progress);
    int exit = code == CAIRN_OK ? cairn_reading_exit(self->journal, &self->writing.tally) : cairn_exit_of(code);
    if (self->writing.committed) {
        print_summary(self, exit);
        if (code == CAIRN_OK)
            warn_of_nothing(self);
        if (cairn_interrupted())
            say_where_it_stopped(self);
    }
    cairn_sources_close(self->sources);
    cairn_error late = CAIRN_ERROR_INIT;
    if (cairn_journal_close(self->journal, &late) != CAIRN_OK && code == CAIRN_OK) {
        *error = late;
        code = late.code;
    }
    if (code == CAIRN_OK)
        code = cairn_output_flush(error);
    if (code == CAIRN_OK)
        return exit;
    if (self->writing.tally.batches > 0)
        cairn_say(&cairn_command_ingest, "%llu items were committed before it failed",
                  (unsigned long long)self->writing.tally.committed);
    return cairn_report(&cairn_command_ingest, error);
}

/* A catalog of a source's name, or that is a folder, is a source that stands in the catalog's place. */
static int check_order(const char *path)
{
    struct stat facts;
    char quoted[120];
    bool folder = stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
    if (!folder && cairn_records_form_of(path) == CAIRN_RECORDS_ANY)
        return CAIRN_OPTIONS_GO_ON;
    return cairn_usage_error(
        &cairn_command_ingest, "'%s' is %s: the catalog comes first: cairn ingest CATALOG SOURCE...",
        cairn_quote(cairn_span_of(path), quoted, sizeof quoted), folder ? "a folder" : "a source by its name");
}

static int run(int argc, char **argv)
{
    ingest self = {.reading = CAIRN_READING_DEFAULTS, .batch = 20000, .level = 1, .wait = CAIRN_EDITOR_WAIT_MAX};
    cairn_operands operands = {.min = 1, .max = -1, .names = "CATALOG SOURCE..."};
    self.reading.threads = cairn_pipeline_default_threads();
    int exit = cairn_options_read(&cairn_command_ingest, options, argc, argv, &self, &operands);
    if (exit < 0)
        exit = check_order(operands.items[0]);
    if (exit < 0)
        exit = cairn_reading_check(&cairn_command_ingest, &self.reading, operands.n - 1);
    if (exit >= 0)
        return exit;
    self.path = operands.items[0];
    bool silent = self.quiet && self.progress_mode == CAIRN_PROGRESS_AUTO;
    cairn_progress_start(&self.progress, silent ? CAIRN_PROGRESS_NONE : (cairn_progress_mode)self.progress_mode);
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_code code = open_all(&self, &operands, &error);
    if (code == CAIRN_OK)
        code = write_all(&self, &error);
    exit = finish(&self, code, &error);
    cairn_writing_free(&self.writing);
    return exit;
}

const cairn_command cairn_command_ingest = {
    .name = "ingest",
    .summary = "read STAC from files, folders and static catalogs into a catalog",
    .usage = "cairn ingest CATALOG SOURCE... [options]",
    .help = "CATALOG is made when it is not there. A SOURCE is an item, collection or catalog\n"
            "JSON; a FeatureCollection; NDJSON (.ndjson .jsonl .geojsonl); any of them as .gz\n"
            "or .zst; - for standard input; or a folder, in which JSON that is not STAC is\n"
            "skipped. From a catalog.json or collection.json its child, children, item and\n"
            "items links are followed. Sources are local: links to the network are counted,\n"
            "not fetched.\n"
            "\n"
            "Items without 'collection' belong to the collection under which they were found,\n"
            "else to --collection, else to one named after the catalog that links to them.\n"
            "What is wrong with a record is repaired for the index with a warning, or the\n"
            "record is refused; the others are taken. Each batch is one transaction, and the\n"
            "same command run again finishes what was interrupted.\n"
            "\n"
            "Exit code: 0 all taken, 3 some refused, 1 failed or interrupted, 2 wrong usage.\n"
            "\n"
            "Examples:\n"
            "  $ cairn ingest new.cairn catalog.json\n"
            "  $ cairn ingest new.cairn items.ndjson --collection demo --reject refused.ndjson\n"
            "  $ cat items.ndjson | cairn ingest new.cairn - --asset-base https://example.com/data\n"
            "\n"
            "Mend refused records and take them again:\n"
            "  $ jq -c .record refused.ndjson | cairn ingest new.cairn -\n",
    .run = run,
};
