#include "store/property.h"

#include <stdlib.h>

static int by_count(const void *a, const void *b)
{
    const cairn_property_value *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return cairn_span_compare(x->json, y->json);
}

void cairn_property_values_sort(cairn_property_value *values, size_t n)
{
    if (n)
        qsort(values, n, sizeof *values, by_count);
}
