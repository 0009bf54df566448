#include "query/fields_names.h"

/* Where the rest of a name stands towards `key` and the byte `next` behind it: -1 before, 0 with it, 1 after.
 * `next` < 0: the name's own end. */
static int place(cairn_span rest, cairn_span key, int next)
{
    size_t n = rest.n < key.n ? rest.n : key.n;
    int order = n ? memcmp(rest.p, key.p, n) : 0;
    if (order != 0)
        return order < 0 ? -1 : 1;
    if (rest.n < key.n)
        return -1;
    int found = rest.n == key.n ? -1 : (unsigned char)rest.p[key.n];
    return (found > next) - (found < next);
}

/* The first name that is not before (with `after`: that is after) the place. */
static size_t bound(cairn_field_names from, size_t at, cairn_span key, int next, bool after)
{
    size_t low = 0, high = from.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        cairn_span path = from.p[middle].path;
        int order = place(cairn_span_make(path.p + at, path.n - at), key, next);
        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const cairn_field_name *cairn_field_names_find(cairn_field_names from, size_t at, cairn_span key,
                                               cairn_field_names *below)
{
    size_t exact = bound(from, at, key, -1, false);
    size_t first = bound(from, at, key, '.', false), end = bound(from, at, key, '.', true);
    *below = (cairn_field_names){from.p + first, end - first};
    bool found =
        exact < from.n && place(cairn_span_make(from.p[exact].path.p + at, from.p[exact].path.n - at), key, -1) == 0;
    return found ? &from.p[exact] : NULL;
}
