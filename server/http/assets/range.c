#include "http/assets/range.h"

#include "http/words.h"

#include <stdlib.h>

/* first-pos "-" [last-pos], or "-" suffix-length. */
typedef struct spec {
    bool has_first, has_last;
    uint64_t first, last;
} spec;

/* Digits at the front of *text, which are taken off; what is larger than 64 bits is as good as the largest number. */
static bool take_position(cairn_span *text, uint64_t *out)
{
    size_t n = 0;
    bool overflow = false;
    *out = 0;
    for (; n < text->n && text->p[n] >= '0' && text->p[n] <= '9'; n++) {
        overflow |= __builtin_mul_overflow(*out, 10, out);
        overflow |= __builtin_add_overflow(*out, (uint64_t)(text->p[n] - '0'), out);
    }
    if (overflow)
        *out = UINT64_MAX;
    *text = cairn_span_make(text->p + n, text->n - n);
    return n > 0;
}

static bool parse_spec(cairn_span text, spec *out)
{
    out->has_first = take_position(&text, &out->first);
    if (!cairn_span_starts(text, "-"))
        return false;
    text = cairn_span_make(text.p + 1, text.n - 1);
    out->has_last = take_position(&text, &out->last);
    if (text.n || (!out->has_first && !out->has_last))
        return false;
    return !out->has_first || !out->has_last || out->first <= out->last;
}

/* False when no byte of the file is in it. */
static bool resolve(const spec *asked, uint64_t size, cairn_byte_range *out)
{
    if (!asked->has_first) {
        out->length = asked->last < size ? asked->last : size;
        out->offset = size - out->length;
        return out->length > 0;
    }
    if (asked->first >= size)
        return false;
    uint64_t last = asked->has_last && asked->last < size ? asked->last : size - 1;
    *out = (cairn_byte_range){asked->first, last - asked->first + 1};
    return true;
}

static int by_offset(const void *a, const void *b)
{
    const cairn_byte_range *left = a, *right = b;
    return (left->offset > right->offset) - (left->offset < right->offset);
}

static bool overlaps_too_often(const cairn_byte_range *ranges, size_t n)
{
    cairn_byte_range sorted[CAIRN_MAX_RANGES];
    size_t overlaps = 0;
    uint64_t end = 0;
    memcpy(sorted, ranges, n * sizeof *ranges);
    qsort(sorted, n, sizeof *sorted, by_offset);
    for (size_t i = 0; i < n; i++) {
        overlaps += sorted[i].offset < end;
        if (sorted[i].offset + sorted[i].length > end)
            end = sorted[i].offset + sorted[i].length;
    }
    return overlaps > CAIRN_MAX_OVERLAPS;
}

/* "bytes=" off the front. */
static bool take_unit(cairn_span *header)
{
    const char *equals = header->p ? memchr(header->p, '=', header->n) : NULL;
    if (!equals || !cairn_word_is(cairn_span_make(header->p, (size_t)(equals - header->p)), "bytes"))
        return false;
    *header = cairn_span_make(equals + 1, header->n - (size_t)(equals + 1 - header->p));
    return true;
}

cairn_range_verdict cairn_range_parse(cairn_span header, uint64_t size, cairn_byte_range ranges[CAIRN_MAX_RANGES],
                                      size_t *n)
{
    cairn_span member;
    spec asked;
    size_t specs = 0;
    bool wants_suffix = false;
    *n = 0;
    if (!take_unit(&header))
        return CAIRN_RANGE_NONE;
    for (; cairn_list_next(&header, &member); specs++) {
        if (!parse_spec(member, &asked))
            return CAIRN_RANGE_NONE;
        wants_suffix |= !asked.has_first && asked.last > 0;
        if (specs < CAIRN_MAX_RANGES)
            *n += resolve(&asked, size, &ranges[*n]);
    }
    if (specs == 0 || (size == 0 && wants_suffix))
        return CAIRN_RANGE_NONE;
    if (specs > CAIRN_MAX_RANGES || overlaps_too_often(ranges, *n))
        return CAIRN_RANGE_TOO_MANY;
    return *n ? CAIRN_RANGE_SOME : CAIRN_RANGE_BEYOND_FILE;
}
