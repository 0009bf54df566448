#include "indexer/records.h"

#include "base/buf.h"
#include "indexer/scan.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 * 1024, MAX_SEGMENTS = 8, MAGIC = 8 };

typedef enum state {
    STATE_VALUE,    /* between documents, the next one is looked for */
    STATE_LINES,    /* one record a line */
    STATE_DOCUMENT, /* inside of a document, its scan is under way */
    STATE_ELEMENTS, /* inside of a streamed array, in front of an element or its end */
    STATE_SKIP,     /* the rest of a line that is too long is thrown away */
    STATE_END,
} state;

/* Where a piece of the envelope came from. */
typedef struct segment {
    size_t offset;
    uint64_t line;
} segment;

struct cairn_records {
    cairn_stream *stream;
    size_t max_record;
    char *bytes; /* the window: bytes[begin..end) is read and still to be used */
    size_t cap, begin, end;
    bool read_end; /* the stream has no more */
    uint64_t line; /* of bytes[begin] */
    size_t used;   /* bytes of the last entry, consumed by the next call */
    state state;
    cairn_records_form form;
    bool begun;      /* the first bytes were looked at */
    bool gave;       /* this call has something to give */
    uint64_t values; /* records given so far */
    bool first_element;
    cairn_scan scan;
    cairn_buf envelope;
    segment segments[MAX_SEGMENTS];
    size_t segment_n;
    uint64_t document_line;
};

cairn_records *cairn_records_new(cairn_stream *take_stream, cairn_records_form form, size_t max_record_bytes)
{
    cairn_records *records = calloc(1, sizeof *records);
    if (!records) {
        cairn_stream_close(take_stream);
        return NULL;
    }
    records->stream = take_stream;
    records->max_record = max_record_bytes;
    records->line = 1;
    records->form = form;
    records->state = form == CAIRN_RECORDS_LINES ? STATE_LINES : STATE_VALUE;
    records->envelope = (cairn_buf)CAIRN_BUF_INIT(max_record_bytes);
    return records;
}

void cairn_records_free(cairn_records *records)
{
    if (!records)
        return;
    cairn_stream_close(records->stream);
    cairn_buf_free(&records->envelope);
    free(records->bytes);
    free(records);
}

const cairn_stream *cairn_records_stream(const cairn_records *records)
{
    return records->stream;
}

/* ---- the window ---- */

static size_t available(const cairn_records *records)
{
    return records->end - records->begin;
}

static const char *window(const cairn_records *records)
{
    return records->bytes + records->begin;
}

static uint64_t count_newlines(const char *p, size_t n)
{
    uint64_t count = 0;
    const char *end = p + n;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
        count++;
        p++;
    }
    return count;
}

static void consume(cairn_records *records, size_t n)
{
    if (n == 0)
        return;
    records->line += count_newlines(window(records), n);
    records->begin += n;
}

static cairn_code make_room(cairn_records *records, cairn_error *error)
{
    if (records->begin > 0 && (records->begin == records->end || records->end == records->cap)) {
        memmove(records->bytes, window(records), available(records));
        records->end -= records->begin;
        records->begin = 0;
    }
    if (records->end < records->cap)
        return CAIRN_OK;
    size_t cap = records->cap ? records->cap * 2 : FIRST_ROOM;
    char *bytes = cap > records->cap ? realloc(records->bytes, cap) : NULL;
    if (!bytes)
        return cairn_error_set(error, CAIRN_NOMEM, "out of memory for a record of %zu bytes", records->cap);
    records->bytes = bytes;
    records->cap = cap;
    return CAIRN_OK;
}

/* Reads more behind the window; sets read_end at the end of the stream. */
static cairn_code fill(cairn_records *records, cairn_error *error)
{
    cairn_code code = make_room(records, error);
    size_t n = 0;
    if (code == CAIRN_OK)
        code =
            cairn_stream_read(records->stream, records->bytes + records->end, records->cap - records->end, &n, error);
    if (code != CAIRN_OK)
        return code;
    records->end += n;
    records->read_end = n == 0;
    return CAIRN_OK;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\x1e';
}

/* Consumes white space, record separators (RFC 8142, RFC 7464) and, at the very beginning, a byte order mark. */
static cairn_code skip_space(cairn_records *records, cairn_error *error)
{
    while (!records->begun && !records->read_end && available(records) < 3) {
        cairn_code code = fill(records, error);
        if (code != CAIRN_OK)
            return code;
    }
    if (!records->begun && available(records) >= 3 && memcmp(window(records), "\xEF\xBB\xBF", 3) == 0)
        records->begin += 3;
    records->begun = true;
    for (;;) {
        size_t n = 0;
        while (n < available(records) && is_space(window(records)[n]))
            n++;
        consume(records, n);
        if (available(records) > 0 || records->read_end)
            return CAIRN_OK;
        cairn_code code = fill(records, error);
        if (code != CAIRN_OK)
            return code;
    }
}

/* ---- entries ---- */

/* `used` bytes at the window's begin are the entry; they stay until the next call. */
static void give(cairn_records *records, cairn_records_entry *out, cairn_records_kind kind, size_t used)
{
    *out = (cairn_records_entry){.kind = kind, .line = records->line};
    out->text = cairn_span_trim(cairn_span_make(window(records), used));
    records->used = used;
    records->gave = true;
    records->values += kind == CAIRN_RECORDS_VALUE;
}

static void give_fault(cairn_records *records, cairn_records_entry *out, uint64_t line, const char *fault)
{
    *out = (cairn_records_entry){.kind = CAIRN_RECORDS_FAULT, .line = line, .fault = fault};
    records->gave = true;
}

/* Nothing behind it can be told apart. */
static void give_up(cairn_records *records, cairn_records_entry *out, uint64_t line, const char *fault)
{
    records->state = STATE_END;
    give_fault(records, out, line, fault);
}

static const char too_large[] = "the record is larger than --max-record-bytes allows";
static const char cut_off[] = "JSON: the file ends inside of this document";

/* ---- lines ---- */

static cairn_code next_line(cairn_records *records, cairn_records_entry *out, cairn_error *error)
{
    cairn_code code = skip_space(records, error);
    size_t looked = 0;
    while (code == CAIRN_OK) {
        size_t n = available(records);
        const char *newline = n > looked ? memchr(window(records) + looked, '\n', n - looked) : NULL;
        size_t length = newline ? (size_t)(newline - window(records)) : n;
        if (length > records->max_record) {
            records->state = STATE_SKIP;
            give_fault(records, out, records->line, too_large);
            return CAIRN_OK;
        }
        if (newline || records->read_end) {
            give(records, out, n ? CAIRN_RECORDS_VALUE : CAIRN_RECORDS_END, length);
            return CAIRN_OK;
        }
        looked = n;
        code = fill(records, error);
    }
    return code;
}

static cairn_code skip_line(cairn_records *records, cairn_error *error)
{
    for (;;) {
        const char *newline = available(records) ? memchr(window(records), '\n', available(records)) : NULL;
        if (newline) {
            consume(records, (size_t)(newline - window(records)) + 1);
            break;
        }
        records->begin = records->end;
        if (records->read_end)
            break;
        cairn_code code = fill(records, error);
        if (code != CAIRN_OK)
            return code;
    }
    records->state = STATE_LINES;
    return CAIRN_OK;
}

/* ---- values, told apart by their content ---- */

static void start_document(cairn_records *records)
{
    records->state = STATE_DOCUMENT;
    records->document_line = records->line;
    records->segment_n = 0;
    cairn_buf_reset(&records->envelope);
    cairn_scan_start(&records->scan, window(records)[0] == '{');
}

/* Something in a document that begins no JSON object or array: its line shows the checker what is wrong. */
static cairn_code give_garbage(cairn_records *records, cairn_records_entry *out, cairn_error *error)
{
    cairn_code code = next_line(records, out, error);
    records->state = STATE_END;
    return code;
}

/* What begins no text: NULL when it may be one. */
static const char *binary_fault(cairn_span head)
{
    static const struct {
        const char *magic, *fault;
    } kinds[] = {
        {"\x89HDF", "is no JSON (HDF5 or netCDF-4); give the STAC item that describes it"},
        {"CDF", "is no JSON (netCDF); give the STAC item that describes it"},
        {"II*", "is no JSON (TIFF); give the STAC item that describes it"},
        {"MM", "is no JSON (TIFF); give the STAC item that describes it"},
    };
    bool binary = false;
    for (size_t i = 0; i < head.n && i < MAGIC; i++)
        binary = binary || ((unsigned char)head.p[i] < ' ' && !is_space(head.p[i]));
    for (size_t i = 0; binary && i < sizeof kinds / sizeof *kinds; i++)
        if (cairn_span_starts(head, kinds[i].magic))
            return kinds[i].fault;
    return binary ? "is no JSON but binary data; expected STAC in UTF-8" : NULL;
}

/* The source begins with what is no JSON: one refusal for all of it when it is no text either. */
static cairn_code refuse_binary(cairn_records *records, cairn_records_entry *out, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    while (code == CAIRN_OK && available(records) < MAGIC && !records->read_end)
        code = fill(records, error);
    const char *fault = code == CAIRN_OK ? binary_fault(cairn_span_make(window(records), available(records))) : NULL;
    if (fault)
        give_up(records, out, records->line, fault);
    return code;
}

/* Decides what the next value is. */
static cairn_code start_value(cairn_records *records, cairn_records_entry *out, cairn_error *error)
{
    cairn_code code = skip_space(records, error);
    if (code != CAIRN_OK)
        return code;
    char c = available(records) ? window(records)[0] : '\0';
    if (available(records) > 0 && c != '{' && c != '[' && records->values == 0)
        code = refuse_binary(records, out, error);
    if (code != CAIRN_OK || records->gave)
        return code;
    if (available(records) == 0)
        records->state = STATE_END;
    else if (c == '{' || c == '[')
        start_document(records);
    else if (records->form == CAIRN_RECORDS_DOCUMENT)
        return give_garbage(records, out, error);
    else
        records->state = STATE_LINES;
    return CAIRN_OK;
}

static bool add_segment(cairn_records *records, size_t n)
{
    if (records->segment_n < MAX_SEGMENTS)
        records->segments[records->segment_n++] = (segment){records->envelope.n, records->line};
    return cairn_buf_add(&records->envelope, window(records), n);
}

static bool is_one_line(const cairn_records *records, size_t n)
{
    return memchr(window(records), '\n', n) == NULL;
}

/* The offset of what follows the value of `n` bytes, available() when nothing does. */
static cairn_code find_next(cairn_records *records, size_t n, size_t *next, cairn_error *error)
{
    for (;;) {
        while (n < available(records) && is_space(window(records)[n]))
            n++;
        *next = n;
        if (n < available(records) || records->read_end)
            return CAIRN_OK;
        cairn_code code = fill(records, error);
        if (code != CAIRN_OK)
            return code;
    }
}

/* A value without streamed arrays: what follows decides whether it was a line among others. */
static cairn_code give_document(cairn_records *records, cairn_records_entry *out, cairn_error *error)
{
    size_t n = records->scan.at;
    size_t next = 0;
    cairn_code code = find_next(records, n, &next, error);
    if (code != CAIRN_OK)
        return code;
    bool last = next == available(records);
    bool line = !last && is_one_line(records, n);
    records->state = line ? STATE_LINES : STATE_VALUE;
    if (line && is_one_line(records, next))
        return CAIRN_OK; /* something stands behind it on its own line: that line is one record, and wrong */
    bool alone = last && records->values == 0;
    give(records, out, n > records->max_record ? CAIRN_RECORDS_FAULT : CAIRN_RECORDS_VALUE, n);
    out->alone = alone;
    out->fault = n > records->max_record ? too_large : NULL;
    return CAIRN_OK;
}

static void give_envelope(cairn_records *records, cairn_records_entry *out)
{
    if (!add_segment(records, records->scan.at)) {
        give_up(records, out, records->document_line, too_large);
        return;
    }
    give(records, out, CAIRN_RECORDS_ENVELOPE, records->scan.at);
    out->line = records->document_line;
    out->text = cairn_buf_span(&records->envelope);
    records->state = STATE_VALUE;
}

static void start_elements(cairn_records *records, cairn_records_entry *out)
{
    size_t n = records->scan.at + 1;
    if (!add_segment(records, n)) {
        give_up(records, out, records->document_line, too_large);
        return;
    }
    consume(records, n);
    records->state = STATE_ELEMENTS;
    records->first_element = true;
}

/* The stream ends inside of the document: the checker says what is missing. */
static void end_early(cairn_records *records, cairn_records_entry *out)
{
    if (records->envelope.n > 0) {
        give_up(records, out, records->document_line, cut_off);
        return;
    }
    records->state = STATE_END;
    give(records, out, CAIRN_RECORDS_VALUE, available(records));
}

/* Goes on with the scan behind a line's end inside of a string, which no JSON has; true when that shows that lines of
 * text are being read. */
static bool is_broken_line(cairn_records *records)
{
    bool line =
        records->form != CAIRN_RECORDS_DOCUMENT && records->envelope.n == 0 && is_one_line(records, records->scan.at);
    if (line)
        records->state = STATE_LINES;
    records->scan.at++;
    return line;
}

static cairn_code run_document(cairn_records *records, cairn_records_entry *out, cairn_error *error)
{
    cairn_scan *scan = &records->scan;
    for (;;) {
        cairn_scan_event event = cairn_scan_run(scan, cairn_span_make(window(records), available(records)));
        if (event == CAIRN_SCAN_END && records->envelope.n == 0)
            return give_document(records, out, error);
        if (event == CAIRN_SCAN_END) {
            give_envelope(records, out);
            return CAIRN_OK;
        }
        if (event == CAIRN_SCAN_ARRAY && records->segment_n < MAX_SEGMENTS - 1) {
            start_elements(records, out);
            return CAIRN_OK;
        }
        if (event == CAIRN_SCAN_ARRAY)
            scan->streams = false;
        if (event == CAIRN_SCAN_NEWLINE && is_broken_line(records))
            return CAIRN_OK;
        if (event != CAIRN_SCAN_MORE)
            continue;
        if (available(records) > records->max_record)
            give_up(records, out, records->document_line, too_large);
        else if (records->read_end)
            end_early(records, out);
        if (records->gave)
            return CAIRN_OK;
        cairn_code code = fill(records, error);
        if (code != CAIRN_OK)
            return code;
    }
}

/* ---- elements of a streamed array ---- */

/* The end of the object or array at the window's begin: 0 when it is not there yet. */
static size_t value_end(cairn_records *records)
{
    cairn_span text = cairn_span_make(window(records), available(records));
    for (;;) {
        cairn_scan_event event = cairn_scan_run(&records->scan, text);
        if (event != CAIRN_SCAN_NEWLINE)
            return event == CAIRN_SCAN_END ? records->scan.at : 0;
        records->scan.at++;
    }
}

/* The same of anything else. */
static size_t word_end(const cairn_records *records)
{
    cairn_span text = cairn_span_make(window(records), available(records));
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == ',' || text.p[i] == ']' || is_space(text.p[i]))
            return i;
    return 0;
}

/* What was scanned of an element that is too large is thrown away, so that the elements behind it are still found. */
static void drop_scanned(cairn_records *records)
{
    consume(records, records->scan.at);
    records->scan.at = records->scan.key = records->scan.value = 0;
}

static cairn_code run_element(cairn_records *records, cairn_records_entry *out, cairn_error *error)
{
    bool brackets = window(records)[0] == '{' || window(records)[0] == '[', large = false;
    uint64_t line = records->line;
    cairn_scan_start(&records->scan, false);
    records->first_element = false;
    for (;;) {
        size_t n = brackets ? value_end(records) : word_end(records);
        large = large || (n ? n : available(records)) > records->max_record;
        if (n > 0 && !large) {
            give(records, out, CAIRN_RECORDS_VALUE, n);
            return CAIRN_OK;
        }
        if (n > 0) {
            consume(records, n);
            give_fault(records, out, line, too_large);
            return CAIRN_OK;
        }
        if (records->read_end || (large && !brackets)) {
            give_up(records, out, line, large ? too_large : cut_off);
            return CAIRN_OK;
        }
        if (large)
            drop_scanned(records);
        cairn_code code = fill(records, error);
        if (code != CAIRN_OK)
            return code;
    }
}

/* Consumes white space and gives the byte behind it, 0 at the end of the stream. */
static cairn_code peek(cairn_records *records, char *c, cairn_error *error)
{
    cairn_code code = skip_space(records, error);
    *c = available(records) ? window(records)[0] : '\0';
    return code;
}

static cairn_code next_element(cairn_records *records, cairn_records_entry *out, cairn_error *error)
{
    char c = '\0';
    cairn_code code = peek(records, &c, error);
    if (code == CAIRN_OK && c == ']') {
        cairn_scan_resume(&records->scan);
        records->state = STATE_DOCUMENT;
        return CAIRN_OK;
    }
    bool comma = c == ',' && !records->first_element;
    if (code == CAIRN_OK && comma) {
        consume(records, 1);
        code = peek(records, &c, error);
    }
    if (code != CAIRN_OK)
        return code;
    if (c == '\0')
        give_up(records, out, records->document_line, cut_off);
    else if (!comma && !records->first_element)
        give_up(records, out, records->line,
                "JSON: expected ',' or ']' behind an element; the rest of the file is not read");
    else if (c == ',' || c == ']')
        give_up(records, out, records->line, "JSON: expected an element; the rest of the file is not read");
    else
        return run_element(records, out, error);
    return CAIRN_OK;
}

/* One step: gives an entry, or changes the state. */
static cairn_code step(cairn_records *records, cairn_records_entry *out, cairn_error *error)
{
    switch (records->state) {
    case STATE_VALUE:
        return start_value(records, out, error);
    case STATE_LINES:
        return next_line(records, out, error);
    case STATE_SKIP:
        return skip_line(records, error);
    case STATE_DOCUMENT:
        return run_document(records, out, error);
    case STATE_ELEMENTS:
        return next_element(records, out, error);
    case STATE_END:
        break;
    }
    *out = (cairn_records_entry){.kind = CAIRN_RECORDS_END};
    records->gave = true;
    return CAIRN_OK;
}

cairn_code cairn_records_next(cairn_records *records, cairn_records_entry *out, cairn_error *error)
{
    consume(records, records->used);
    records->used = 0;
    records->gave = false;
    while (!records->gave) {
        cairn_code code = step(records, out, error);
        if (code != CAIRN_OK) {
            records->state = STATE_END;
            return code;
        }
    }
    return CAIRN_OK;
}

uint64_t cairn_records_envelope_line(const cairn_records *records, size_t offset)
{
    size_t i = records->segment_n;
    while (i > 1 && records->segments[i - 1].offset > offset)
        i--;
    if (i == 0)
        return records->document_line;
    const segment *from = &records->segments[i - 1];
    size_t n = offset < records->envelope.n ? offset : records->envelope.n;
    return from->line + count_newlines(records->envelope.p + from->offset, n - from->offset);
}
