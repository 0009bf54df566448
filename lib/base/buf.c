#include "base/buf.h"

#include "base/number.h"
#include "base/utf8.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 256 };

void cairn_buf_free(cairn_buf *buf)
{
    free(buf->p);
    buf->p = NULL;
    buf->n = buf->cap = 0;
    buf->failed = false;
}

void cairn_buf_reset(cairn_buf *buf)
{
    buf->n = 0;
    buf->failed = false;
}

static size_t grown_capacity(const cairn_buf *buf, size_t need)
{
    size_t cap = buf->cap ? buf->cap : FIRST_CAPACITY;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    return cap > buf->max ? buf->max : cap;
}

static bool grow(cairn_buf *buf, size_t n)
{
    if (n > buf->max || buf->n > buf->max - n)
        return false;
    if (buf->p && buf->n + n <= buf->cap)
        return true;
    size_t cap = grown_capacity(buf, buf->n + n);
    if (cap == SIZE_MAX)
        return false;
    char *p = realloc(buf->p, cap + 1); /* one more for the NUL that printf writes */
    if (!p)
        return false;
    buf->p = p;
    buf->cap = cap;
    return true;
}

char *cairn_buf_reserve(cairn_buf *buf, size_t n)
{
    if (!buf->failed && !grow(buf, n))
        buf->failed = true;
    return buf->failed ? NULL : buf->p + buf->n;
}

bool cairn_buf_add(cairn_buf *buf, const void *bytes, size_t n)
{
    char *to = cairn_buf_reserve(buf, n);
    if (!to)
        return false;
    if (n)
        memcpy(to, bytes, n);
    buf->n += n;
    return true;
}

bool cairn_buf_add_span(cairn_buf *buf, cairn_span bytes)
{
    return cairn_buf_add(buf, bytes.p, bytes.n);
}

bool cairn_buf_add_around(cairn_buf *buf, cairn_span whole, cairn_span part)
{
    const char *behind = part.p + part.n;
    return cairn_buf_add(buf, whole.p, (size_t)(part.p - whole.p)) &&
           cairn_buf_add(buf, behind, (size_t)(whole.p + whole.n - behind));
}

bool cairn_buf_add_text(cairn_buf *buf, const char *text)
{
    return cairn_buf_add(buf, text, strlen(text));
}

bool cairn_buf_add_byte(cairn_buf *buf, char byte)
{
    return cairn_buf_add(buf, &byte, 1);
}

bool cairn_buf_printf(cairn_buf *buf, const char *format, ...)
{
    va_list ap;
    va_list again;
    va_start(ap, format);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    char *to = n >= 0 ? cairn_buf_reserve(buf, (size_t)n) : NULL;
    if (to) {
        vsnprintf(to, (size_t)n + 1, format, again);
        buf->n += (size_t)n;
    }
    buf->failed |= !to;
    va_end(again);
    va_end(ap);
    return to != NULL;
}

static bool add_json_escape(cairn_buf *buf, unsigned char c)
{
    static const char SHORT[0x20] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    if (c == '"' || c == '\\')
        return cairn_buf_add(buf, (char[]){'\\', (char)c}, 2);
    if (SHORT[c])
        return cairn_buf_add(buf, (char[]){'\\', SHORT[c]}, 2);
    return cairn_buf_printf(buf, "\\u%04x", c);
}

/* The length of what needs no escape at the start of a text. */
static size_t plain_run(const char *p, const char *end)
{
    const char *start = p;
    while (p < end && (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\') {
        size_t n = cairn_utf8_length(p, end);
        if (n == 0)
            break;
        p += n;
    }
    return (size_t)(p - start);
}

bool cairn_buf_add_json_string(cairn_buf *buf, cairn_span text)
{
    const char *p = text.p;
    const char *end = text.p + text.n;
    cairn_buf_add_byte(buf, '"');
    while (p < end && !buf->failed) {
        size_t run = plain_run(p, end);
        cairn_buf_add(buf, p, run);
        p += run;
        if (p == end)
            break;
        if ((unsigned char)*p < 0x80)
            add_json_escape(buf, (unsigned char)*p);
        else
            cairn_buf_add_text(buf, "\xEF\xBF\xBD");
        p++;
    }
    return cairn_buf_add_byte(buf, '"');
}

bool cairn_buf_add_json_number(cairn_buf *buf, double value)
{
    char text[CAIRN_NUMBER_PRINT_MAX];
    return isfinite(value) ? cairn_buf_add(buf, text, cairn_number_print(value, text))
                           : cairn_buf_add_text(buf, "null");
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

bool cairn_buf_add_url_segment(cairn_buf *buf, cairn_span text)
{
    static const char HEX[] = "0123456789ABCDEF";
    bool dots = cairn_span_is(text, ".") || cairn_span_is(text, "..");
    size_t plain = 0; /* what was not yet added begins here */
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (is_unreserved(text.p[i]) && !dots)
            continue;
        cairn_buf_add(buf, text.p + plain, i - plain);
        cairn_buf_add(buf, (char[]){'%', HEX[c >> 4], HEX[c & 15]}, 3);
        plain = i + 1;
    }
    return cairn_buf_add(buf, text.p + plain, text.n - plain);
}
