#include "indexer/reasons.h"

#include "base/buf.h"
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEY_MAX = 400 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Names of assets and indexes are no part of a kind. */
static void add_pointer(cairn_buf *key, cairn_span pointer)
{
    bool free_name = false;
    for (size_t at = 0; at < pointer.n;) {
        size_t n = 1;
        while (at + n < pointer.n && pointer.p[at + n] != '/')
            n++;
        cairn_span segment = {pointer.p + at, n};
        bool index = n > 1 && is_digit(segment.p[1]);
        if (free_name || index)
            cairn_buf_add_text(key, "/*");
        else
            cairn_buf_add_span(key, segment);
        free_name = cairn_span_is(segment, "/assets") || cairn_span_is(segment, "/alternate");
        at += n;
    }
    if (pointer.n)
        cairn_buf_add_text(key, ": ");
}

/* The end of the quoted words or the list that begin at `at`. */
static size_t group_end(cairn_span text, size_t at)
{
    char close = text.p[at] == '[' ? ']' : text.p[at];
    size_t depth = 0;
    for (size_t i = at + 1; i < text.n; i++) {
        if (text.p[i] == '\\')
            i++;
        else if (text.p[i] == '[' && close == ']')
            depth++;
        else if (text.p[i] == close && depth-- == 0)
            return i + 1;
    }
    return text.n;
}

static size_t number_end(cairn_span text, size_t at)
{
    while (at < text.n && (is_digit(text.p[at]) || text.p[at] == '.' || text.p[at] == '-'))
        at++;
    return at;
}

/* An apostrophe within a word is no quote. */
static bool opens_group(cairn_span text, size_t at)
{
    char c = text.p[at];
    return c == '"' || c == '[' || (c == '\'' && (at == 0 || text.p[at - 1] == ' '));
}

static void add_message(cairn_buf *key, cairn_span message)
{
    for (size_t at = 0; at < message.n;) {
        char c = message.p[at];
        if (opens_group(message, at)) {
            cairn_buf_add_byte(key, '"');
            at = group_end(message, at);
        } else if (is_digit(c) || c == '-') {
            cairn_buf_add_byte(key, 'N');
            at = number_end(message, at);
        } else {
            cairn_buf_add_byte(key, c);
            at++;
        }
    }
}

static cairn_reason *find(cairn_reasons *reasons, cairn_span key)
{
    for (size_t i = 0; i < reasons->n; i++)
        if (cairn_span_is(key, reasons->items[i].key))
            return &reasons->items[i];
    return reasons->n == CAIRN_REASONS_MAX ? &reasons->items[CAIRN_REASONS_MAX - 1] : NULL;
}

static char *make_example(cairn_span pointer, cairn_span message)
{
    char *text = NULL, quoted[1024];
    const char *between = pointer.n ? ": " : "";
    int n = asprintf(&text, "%s%s%.*s", cairn_quote(pointer, quoted, sizeof quoted), between, CAIRN_SPAN_FMT(message));
    return n >= 0 ? text : NULL;
}

static cairn_reason *add(cairn_reasons *reasons, cairn_span key, cairn_span pointer, cairn_span message)
{
    bool last = reasons->n == CAIRN_REASONS_MAX - 1;
    char *copy = strndup(key.p, key.n);
    char *example = last ? strdup("others") : make_example(pointer, message);
    if (!copy || !example) {
        free(copy);
        free(example);
        return NULL;
    }
    cairn_reason *reason = &reasons->items[reasons->n++];
    *reason = (cairn_reason){.key = copy, .example = example};
    return reason;
}

cairn_reason *cairn_reasons_count(cairn_reasons *reasons, cairn_span pointer, cairn_span message)
{
    cairn_buf key = CAIRN_BUF_INIT(KEY_MAX);
    add_pointer(&key, pointer);
    add_message(&key, message);
    cairn_reason *reason = find(reasons, cairn_buf_span(&key));
    if (!reason)
        reason = add(reasons, cairn_buf_span(&key), pointer, message);
    if (reason)
        reason->count++;
    cairn_buf_free(&key);
    return reason;
}

void cairn_reasons_free(cairn_reasons *reasons)
{
    for (size_t i = 0; i < reasons->n; i++) {
        free(reasons->items[i].key);
        free(reasons->items[i].example);
    }
    reasons->n = 0;
}
