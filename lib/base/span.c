#include "base/span.h"

#include <stdlib.h>

static int compare_spans(const void *a, const void *b)
{
    return cairn_span_compare(*(const cairn_span *)a, *(const cairn_span *)b);
}

size_t cairn_list_sort(cairn_span *list, size_t n)
{
    size_t kept = 0;
    if (n)
        qsort(list, n, sizeof *list, compare_spans);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || !cairn_span_equal(list[kept - 1], list[i]))
            list[kept++] = list[i];
    return kept;
}

bool cairn_list_has(const cairn_span *list, size_t n, cairn_span value)
{
    return n && bsearch(&value, list, n, sizeof *list, compare_spans);
}

bool cairn_list_next(cairn_span *rest, cairn_span *member)
{
    while (rest->n) {
        const char *comma = memchr(rest->p, ',', rest->n);
        size_t n = comma ? (size_t)(comma - rest->p) : rest->n, step = comma ? n + 1 : n;
        *member = cairn_span_trim(cairn_span_make(rest->p, n));
        *rest = cairn_span_make(rest->p + step, rest->n - step);
        if (member->n)
            return true;
    }
    return false;
}
