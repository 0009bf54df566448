/* CASEI, ACCENTI, lower and upper. One of the two files that know utf8proc. */
#include "query/cql2/evaluate_value.h"

#include "base/utf8.h"

#include <utf8proc.h>

enum { MOST_MARKS = 64 };

/* More than MOST_MARKS marks in a row: they are sorted in time that grows with their square. */
static bool is_overloaded(cairn_span text)
{
    size_t marks = 0;
    const char *end = text.p + text.n;
    for (const char *at = text.p; at < end && marks <= MOST_MARKS;) {
        size_t length = cairn_utf8_length(at, end);
        if (length == 0)
            return true;
        utf8proc_int32_t code = (utf8proc_int32_t)cairn_utf8_decode(at, length);
        marks = length > 1 && utf8proc_get_property(code)->combining_class ? marks + 1 : 0;
        at += length;
    }
    return marks > MOST_MARKS;
}

static bool is_ascii(cairn_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] >= 0x80)
            return false;
    return true;
}

static bool fold_ascii(cairn_span text, cairn_cql2_fold how, cairn_arena *arena, cairn_span *out)
{
    *out = text;
    if (how == CAIRN_CQL2_FOLD_ACCENTS)
        return true;
    char *copy = cairn_arena_alloc(arena, text.n + 1);
    if (!copy)
        return false;
    char from = how == CAIRN_CQL2_FOLD_UPPER ? 'a' : 'A';
    for (size_t i = 0; i < text.n; i++) {
        bool turns = text.p[i] >= from && text.p[i] <= from + ('Z' - 'A');
        copy[i] = turns ? (char)(text.p[i] ^ 0x20) : text.p[i];
    }
    *out = cairn_span_make(copy, text.n);
    return true;
}

/* Letter by letter: a letter becomes one of at most 4 bytes. */
static bool map_letters(cairn_span text, cairn_cql2_fold how, cairn_arena *arena, cairn_span *out)
{
    const char *end = text.p + text.n;
    char *copy = text.n < SIZE_MAX / 4 ? cairn_arena_alloc(arena, text.n * 2 + 4) : NULL;
    size_t n = 0;
    if (!copy)
        return false;
    for (const char *at = text.p; at < end;) {
        size_t length = cairn_utf8_length(at, end);
        utf8proc_int32_t code = (utf8proc_int32_t)cairn_utf8_decode(at, length ? length : 1);
        code = how == CAIRN_CQL2_FOLD_LOWER ? utf8proc_tolower(code) : utf8proc_toupper(code);
        n += cairn_utf8_encode((uint32_t)code, copy + n);
        at += length ? length : 1;
    }
    *out = cairn_span_make(copy, n);
    return true;
}

static bool normalize(cairn_span text, utf8proc_option_t options, cairn_arena *arena, cairn_span *out)
{
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text.p;
    utf8proc_ssize_t n = (utf8proc_ssize_t)text.n;
    *out = CAIRN_SPAN_NONE;
    utf8proc_ssize_t need = utf8proc_decompose(bytes, n, NULL, 0, options);
    if (need < 0)
        return true;
    utf8proc_int32_t *codes = cairn_arena_calloc(arena, (size_t)need + 1, sizeof *codes);
    if (!codes)
        return false;
    need = utf8proc_decompose(bytes, n, codes, need, options);
    utf8proc_ssize_t length = need < 0 ? need : utf8proc_reencode(codes, need, options);
    if (length >= 0)
        *out = cairn_span_make((const char *)codes, (size_t)length);
    return true;
}

bool cairn_cql2_fold_text(cairn_span text, cairn_cql2_fold how, cairn_arena *arena, cairn_span *out)
{
    if (is_ascii(text))
        return fold_ascii(text, how, arena, out);
    if (how == CAIRN_CQL2_FOLD_LOWER || how == CAIRN_CQL2_FOLD_UPPER)
        return map_letters(text, how, arena, out);
    *out = CAIRN_SPAN_NONE;
    if (is_overloaded(text))
        return true;
    utf8proc_option_t options =
        (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                            (how == CAIRN_CQL2_FOLD_CASE ? UTF8PROC_CASEFOLD : UTF8PROC_STRIPMARK));
    return normalize(text, options, arena, out);
}

cairn_cql2_value cairn_cql2_run_fold(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_cql2_value value = cairn_cql2_value_of(run, node->args[0]);
    cairn_span folded;
    if (value.type != CAIRN_CQL2_V_STRING)
        return CAIRN_CQL2_NULL;
    cairn_cql2_fold how = node->kind == CAIRN_CQL2_K_CASEI ? CAIRN_CQL2_FOLD_CASE : CAIRN_CQL2_FOLD_ACCENTS;
    if (!cairn_cql2_fold_text(value.text, how, run->arena, &folded))
        return cairn_cql2_run_full(run);
    return cairn_cql2_value_string(folded);
}
