#include "indexer/journal.h"

#include "base/json.h"
#include "indexer/message.h"
#include "indexer/reasons.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { KINDS = 3, SHOWN_OF_A_REASON = 3, SHOWN_OF_A_KIND = 20, SHOWN_REMOTE = 3, LISTED_REASONS = 25 };

/* A buffer for one line of the reject file: a record of the largest size, escaped as a string. */
static const size_t line_max = (size_t)2 << 30;

struct cairn_journal {
    cairn_journal_options options;
    FILE *reject;
    bool reject_failed;
    uint64_t counts[KINDS];
    uint64_t shown[KINDS];
    uint64_t remote;
    cairn_reasons reasons[KINDS];
    cairn_buf line;
};

static const char *const kind_names[KINDS] = {"refused", "warning", "failed"};

static cairn_code reject_error(const cairn_journal *journal, cairn_error *error)
{
    return cairn_error_set(error, CAIRN_IO, "%s: the rejected records cannot be written: %s",
                           journal->options.reject_path, strerror(errno));
}

cairn_journal *cairn_journal_open(const cairn_journal_options *options, cairn_error *error)
{
    cairn_journal *journal = calloc(1, sizeof *journal);
    if (!journal) {
        cairn_error_no_memory(error);
        return NULL;
    }
    journal->options = *options;
    journal->line = (cairn_buf)CAIRN_BUF_INIT(line_max);
    if (!options->reject_path)
        return journal;
    journal->reject = fopen(options->reject_path, "ae");
    if (!journal->reject) {
        reject_error(journal, error);
        free(journal);
        return NULL;
    }
    return journal;
}

static cairn_span place_of(cairn_journal *journal, const cairn_journal_note *note)
{
    cairn_buf *line = &journal->line;
    cairn_buf_reset(line);
    char name[1024];
    cairn_buf_add_text(line, cairn_quote(cairn_span_of(note->source), name, sizeof name));
    if (note->line)
        cairn_buf_printf(line, ":%llu", (unsigned long long)note->line);
    return cairn_buf_span(line);
}

static void print_text(cairn_journal *journal, cairn_journal_kind kind, const cairn_journal_note *note)
{
    char pointer[1024]; /* a record's keys may hold line ends and what terminals obey */
    cairn_span place = place_of(journal, note);
    fprintf(journal->options.out, "%.*s: %s: %s%s%.*s\n", CAIRN_SPAN_FMT(place), kind_names[kind],
            cairn_quote(note->pointer, pointer, sizeof pointer), note->pointer.n ? ": " : "",
            CAIRN_SPAN_FMT(note->message));
}

/* {"source":...,"line":...,"pointer":...,"message":...  without the brace at the end; members before it are there. */
static void add_note(cairn_buf *line, const cairn_journal_note *note)
{
    cairn_buf_add_text(line, "\"source\":");
    cairn_buf_add_json_string(line, cairn_span_of(note->source));
    cairn_buf_printf(line, ",\"line\":%llu,\"pointer\":", (unsigned long long)note->line);
    cairn_buf_add_json_string(line, note->pointer);
    cairn_buf_add_text(line, ",\"message\":");
    cairn_buf_add_json_string(line, note->message);
}

static void print_json(cairn_journal *journal, cairn_journal_kind kind, const cairn_journal_note *note)
{
    cairn_buf *line = &journal->line;
    cairn_buf_reset(line);
    cairn_buf_printf(line, "{\"kind\":\"%s\",", kind_names[kind]);
    add_note(line, note);
    cairn_buf_add_text(line, "}\n");
    fwrite(line->p, 1, line->n, journal->options.out);
}

static bool is_shown(cairn_journal *journal, cairn_journal_kind kind, const cairn_reason *reason)
{
    if (!journal->options.out || (kind == CAIRN_JOURNAL_WARNING && journal->options.no_warnings))
        return false;
    if (journal->options.all || kind == CAIRN_JOURNAL_FAILED)
        return true;
    return journal->shown[kind] < SHOWN_OF_A_KIND && (!reason || reason->shown < SHOWN_OF_A_REASON);
}

static void tell(cairn_journal *journal, cairn_journal_kind kind, const cairn_journal_note *note)
{
    journal->counts[kind]++;
    cairn_reason *reason = cairn_reasons_count(&journal->reasons[kind], note->pointer, note->message);
    if (!is_shown(journal, kind, reason))
        return;
    journal->shown[kind]++;
    if (reason)
        reason->shown++;
    if (journal->options.pause)
        journal->options.pause(journal->options.pause_context);
    if (journal->options.json)
        print_json(journal, kind, note);
    else
        print_text(journal, kind, note);
}

static void write_reject(cairn_journal *journal, const cairn_journal_note *note, cairn_span record, bool is_json)
{
    cairn_buf *line = &journal->line;
    cairn_buf_reset(line);
    cairn_buf_add_byte(line, '{');
    add_note(line, note);
    cairn_buf_add_text(line, ",\"record\":");
    if (!record.p)
        cairn_buf_add_text(line, "null");
    else if (is_json)
        cairn_json_minify(record, line);
    else
        cairn_buf_add_json_string(line, record);
    cairn_buf_add_text(line, "}\n");
    if (line->failed || fwrite(line->p, 1, line->n, journal->reject) != line->n)
        journal->reject_failed = true;
}

/* The pointer is told with the message, which need not say it again. */
static cairn_journal_note behind_pointer(const cairn_journal_note *note)
{
    cairn_journal_note out = *note;
    out.message = cairn_message_behind(note->pointer, note->message);
    return out;
}

void cairn_journal_refuse(cairn_journal *journal, const cairn_journal_note *note, cairn_span record,
                          bool record_is_json)
{
    cairn_journal_note told = behind_pointer(note);
    tell(journal, CAIRN_JOURNAL_REFUSED, &told);
    if (journal->reject)
        write_reject(journal, &told, record, record_is_json);
}

void cairn_journal_warn(cairn_journal *journal, const cairn_journal_note *note)
{
    cairn_journal_note told = behind_pointer(note);
    tell(journal, CAIRN_JOURNAL_WARNING, &told);
}

void cairn_journal_fail(cairn_journal *journal, const cairn_journal_note *note)
{
    tell(journal, CAIRN_JOURNAL_FAILED, note);
}

void cairn_journal_remote(cairn_journal *journal, const cairn_journal_note *note)
{
    if (journal->remote++ < SHOWN_REMOTE || journal->options.all)
        tell(journal, CAIRN_JOURNAL_WARNING, note);
}

uint64_t cairn_journal_count(const cairn_journal *journal, cairn_journal_kind kind)
{
    return journal->counts[kind];
}

uint64_t cairn_journal_remote_count(const cairn_journal *journal)
{
    return journal->remote;
}

cairn_code cairn_journal_flush(cairn_journal *journal, cairn_error *error)
{
    if (journal->reject && (fflush(journal->reject) != 0 || journal->reject_failed))
        return reject_error(journal, error);
    return CAIRN_OK;
}

bool cairn_journal_is_reject(const cairn_journal *journal, dev_t device, ino_t inode)
{
    struct stat facts;
    return journal->reject && fstat(fileno(journal->reject), &facts) == 0 && S_ISREG(facts.st_mode) &&
           facts.st_dev == device && facts.st_ino == inode;
}

static int by_count(const void *a, const void *b)
{
    const cairn_reason *x = a, *y = b;
    return (x->count < y->count) - (x->count > y->count);
}

/* The kinds of which more came than were shown. */
static void list_reasons(cairn_journal *journal, cairn_journal_kind kind)
{
    cairn_reasons *reasons = &journal->reasons[kind];
    if (journal->shown[kind] == journal->counts[kind])
        return;
    qsort(reasons->items, reasons->n, sizeof *reasons->items, by_count);
    fprintf(journal->options.out, "%s, by kind (count, and the first of each):\n",
            kind == CAIRN_JOURNAL_REFUSED ? "refused" : "warnings");
    for (size_t i = 0; i < reasons->n && i < LISTED_REASONS; i++)
        fprintf(journal->options.out, "%10llu  %s\n", (unsigned long long)reasons->items[i].count,
                reasons->items[i].example);
    if (reasons->n > LISTED_REASONS)
        fprintf(journal->options.out, "            and %zu kinds more\n", reasons->n - LISTED_REASONS);
}

static void list_all(cairn_journal *journal)
{
    if (!journal->options.out || journal->options.json)
        return;
    if (journal->options.pause)
        journal->options.pause(journal->options.pause_context);
    list_reasons(journal, CAIRN_JOURNAL_REFUSED);
    if (!journal->options.no_warnings)
        list_reasons(journal, CAIRN_JOURNAL_WARNING);
}

cairn_code cairn_journal_close(cairn_journal *journal, cairn_error *error)
{
    if (!journal)
        return CAIRN_OK;
    list_all(journal);
    cairn_code code = cairn_journal_flush(journal, error);
    if (journal->reject && fclose(journal->reject) != 0 && code == CAIRN_OK)
        code = reject_error(journal, error);
    for (size_t i = 0; i < KINDS; i++)
        cairn_reasons_free(&journal->reasons[i]);
    cairn_buf_free(&journal->line);
    free(journal);
    return code;
}
