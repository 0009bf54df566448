#include "indexer/reasons.h"

#include "base/buf.h"

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
            cairn_buf_add_text(key, "/…");
        else
            cairn_buf_add_span(key, segment);
        free_name = cairn_span_is(segment, "/assets") || cairn_span_is(segment, "/alternate");
        at += n;
    }
    if (pointer.n)
        cairn_buf_add_text(key, ": ");
}

/* The end of the quoted words that begin at `at` with a quote. */
static size_t quoted_end(cairn_span text, size_t at)
{
    for (size_t i = at + 1; i < text.n; i++) {
        if (text.p[i] == '\\')
            i++;
        else if (text.p[i] == '"')
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

static void add_message(cairn_buf *key, cairn_span message)
{
    for (size_t at = 0; at < message.n;) {
        char c = message.p[at];
        if (c == '"') {
            cairn_buf_add_text(key, "\"…\"");
            at = quoted_end(message, at);
        } else if (is_digit(c)) {
            cairn_buf_add_byte(key, 'N');
            at = number_end(message, at);
        } else {
            cairn_buf_add_byte(key, c);
            at++;
        }
    }
}

cairn_reason *cairn_reasons_count(cairn_reasons *reasons, cairn_span pointer, cairn_span message)
{
    cairn_buf key = CAIRN_BUF_INIT(KEY_MAX);
    add_pointer(&key, pointer);
    add_message(&key, message);
    cairn_span text = cairn_buf_span(&key);
    cairn_reason *found = NULL;
    for (size_t i = 0; i < reasons->n && !found; i++)
        if (cairn_span_is(text, reasons->items[i].key))
            found = &reasons->items[i];
    if (!found && reasons->n == CAIRN_REASONS_MAX)
        found = &reasons->items[CAIRN_REASONS_MAX - 1];
    if (!found) {
        bool last = reasons->n == CAIRN_REASONS_MAX - 1;
        char *copy = last ? strdup("others") : strndup(text.p, text.n);
        if (copy) {
            found = &reasons->items[reasons->n++];
            *found = (cairn_reason){.key = copy};
        }
    }
    if (found)
        found->count++;
    cairn_buf_free(&key);
    return found;
}

void cairn_reasons_free(cairn_reasons *reasons)
{
    for (size_t i = 0; i < reasons->n; i++)
        free(reasons->items[i].key);
    reasons->n = 0;
}
