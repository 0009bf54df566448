#include "query/names.h"

#include <stdint.h>

/* Longer names are not worth a guess. */
enum { NAME_MAX_BYTES = 64 };

/* Nearly every name of three letters is two edits from another one. */
enum { SHORT = 3 };

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Damerau-Levenshtein with adjacent transpositions (optimal string alignment), over bytes. */
static size_t edit_distance(cairn_span a, cairn_span b)
{
    size_t rows[3][NAME_MAX_BYTES + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.n; j++)
        above[j] = before[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            char x = fold(a.p[i - 1]), y = fold(b.p[j - 1]);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == fold(b.p[j - 2]) && fold(a.p[i - 2]) == y)
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[b.n];
}

const char *cairn_name_nearest(cairn_span unknown, const char *const *names)
{
    const char *nearest = NULL;
    size_t nearest_distance = SIZE_MAX;
    if (unknown.n == 0 || unknown.n > NAME_MAX_BYTES)
        return NULL;
    for (; *names; names++) {
        cairn_span name = cairn_span_of(*names);
        if (name.n > NAME_MAX_BYTES)
            continue;
        size_t distance = edit_distance(unknown, name);
        size_t longer = name.n > unknown.n ? name.n : unknown.n;
        bool near = unknown.n <= SHORT ? distance <= 1 : 2 * distance <= longer;
        if (near && distance < nearest_distance) {
            nearest = *names;
            nearest_distance = distance;
        }
    }
    return nearest;
}
