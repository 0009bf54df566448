#include "base/json.h"

#include "base/fixed.h"
#include "base/number.h"
#include "base/utf8.h"

#include <limits.h>
#include <stdint.h>

static unsigned hex_value(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* The value of XXXX of a checked \uXXXX. */
static uint32_t read_four(const char *p)
{
    return hex_value(p[0]) << 12 | hex_value(p[1]) << 8 | hex_value(p[2]) << 4 | hex_value(p[3]);
}

/* With *p behind "\u". A lone surrogate comes back as itself and is encoded as U+FFFD. */
static uint32_t read_unicode(const char **p, const char *end)
{
    uint32_t code = read_four(*p);
    *p += 4;
    if (code < 0xD800 || code > 0xDBFF || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
        return code;
    uint32_t low = read_four(*p + 2);
    if (low < 0xDC00 || low > 0xDFFF)
        return code;
    *p += 6;
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

/* Decodes the escape at *p, which it passes; returns the number of bytes in `out`. */
static size_t read_escape(const char **p, const char *end, char out[4])
{
    static const char MEANING[128] = {['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t'};
    char c = (*p)[1];
    *p += 2;
    if (c == 'u')
        return cairn_utf8_encode(read_unicode(p, end), out);
    out[0] = MEANING[(unsigned char)c & 127] ? MEANING[(unsigned char)c & 127] : c;
    return 1;
}

/* What is between the quotes of a string value; absent for another kind. */
static cairn_span string_inside(cairn_span value)
{
    if (value.n < 2 || value.p[0] != '"')
        return CAIRN_SPAN_NONE;
    return cairn_span_make(value.p + 1, value.n - 2);
}

static bool has_escape(cairn_span inside)
{
    return inside.n && memchr(inside.p, '\\', inside.n);
}

/* Compares the decoded inside of a string. */
static bool inside_is(cairn_span inside, cairn_span text)
{
    /* An escape is longer than what it stands for. */
    if (!text.p || inside.n <= text.n)
        return cairn_span_equal(inside, text) && !has_escape(inside);
    if ((text.n && inside.p[0] != text.p[0] && inside.p[0] != '\\') || !has_escape(inside))
        return false;
    const char *p = inside.p;
    const char *end = inside.p + inside.n;
    size_t at = 0;
    while (p < end) {
        char piece[4];
        size_t n = 1;
        if (*p == '\\')
            n = read_escape(&p, end, piece);
        else
            piece[0] = *p++;
        if (n > text.n - at || memcmp(text.p + at, piece, n) != 0)
            return false;
        at += n;
    }
    return at == text.n;
}

bool cairn_json_key_spells(cairn_span key, const char *name)
{
    return inside_is(key, cairn_span_of(name));
}

bool cairn_json_string_is(cairn_span value, const char *text)
{
    cairn_span inside = string_inside(value);
    return inside.p && inside_is(inside, cairn_span_of(text));
}

/* Decoding never makes a text longer. */
static cairn_span decode(cairn_span inside, cairn_arena *arena)
{
    char *out = arena ? cairn_arena_alloc(arena, inside.n + 1) : NULL;
    if (!out)
        return CAIRN_SPAN_NONE;
    const char *p = inside.p;
    const char *end = inside.p + inside.n;
    char *to = out;
    while (p < end) {
        char piece[4];
        if (*p != '\\') {
            *to++ = *p++;
            continue;
        }
        size_t n = read_escape(&p, end, piece);
        memcpy(to, piece, n);
        to += n;
    }
    *to = '\0';
    return cairn_span_make(out, (size_t)(to - out));
}

cairn_span cairn_json_string(cairn_span value, cairn_arena *arena)
{
    cairn_span inside = string_inside(value);
    return inside.p && has_escape(inside) ? decode(inside, arena) : inside;
}

bool cairn_json_number(cairn_span value, double *out)
{
    return cairn_json_kind(value) == '0' && cairn_number_double(value, out);
}

bool cairn_json_integer(cairn_span value, long long *out)
{
    return cairn_json_kind(value) == '0' && cairn_number_integer(value, out);
}

static void add_pointer_piece(cairn_fixed *pointer, const char *piece, size_t n)
{
    if (n == 1 && *piece == '~')
        cairn_fixed_add(pointer, "~0", 2);
    else if (n == 1 && *piece == '/')
        cairn_fixed_add(pointer, "~1", 2);
    else
        cairn_fixed_add(pointer, piece, n);
}

void cairn_json_pointer(char *out, const char *prefix, cairn_span key)
{
    size_t used = strnlen(prefix, CAIRN_ERROR_POINTER_MAX - 1);
    memmove(out, prefix, used);
    cairn_fixed pointer = cairn_fixed_begin(out, CAIRN_ERROR_POINTER_MAX, used);
    cairn_fixed_add(&pointer, "/", 1);
    const char *p = key.p;
    const char *end = cairn_span_end(key);
    while (p < end) {
        char decoded[4];
        if (*p == '\\' && end - p >= (end - p > 1 && p[1] == 'u' ? 6 : 2)) {
            size_t n = read_escape(&p, end, decoded);
            add_pointer_piece(&pointer, decoded, n);
            continue;
        }
        size_t n = cairn_utf8_length(p, end);
        add_pointer_piece(&pointer, p, n ? n : 1);
        p += n ? n : 1;
    }
}

void cairn_json_position(cairn_span text, size_t offset, int *line, int *column)
{
    size_t lines = 1;
    const char *start = text.p;
    const char *end = text.p + (offset < text.n ? offset : text.n);
    for (const char *p = start; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++) {
        lines++;
        start = p + 1;
    }
    size_t columns = (size_t)(end - start) + 1;
    *line = lines < INT_MAX ? (int)lines : INT_MAX;
    *column = columns < INT_MAX ? (int)columns : INT_MAX;
}
