/* What is known of the properties of several collections, united by name. Belongs to one thread. */
#ifndef CAIRN_API_PROPERTY_UNION_H
#define CAIRN_API_PROPERTY_UNION_H

#include "base/arena.h"
#include "store/property.h"

enum { CAIRN_UNITED_VALUES_MAX = 32 };

typedef struct cairn_united_property {
    cairn_span name;
    /* Items by the type of their value. */
    uint64_t integers, numbers, strings, booleans, arrays, objects;
    bool has_range; /* of numbers */
    double minimum, maximum;
    bool has_times;                             /* every string is an RFC 3339 time */
    bool enumerated;                            /* `values` has all of them */
    cairn_span values[CAIRN_UNITED_VALUES_MAX]; /* JSON; listed in order: numbers, then the others by bytes */
    size_t n_values;
} cairn_united_property;

typedef struct cairn_property_union {
    cairn_arena *arena;
    cairn_united_property **slots; /* by hash; a power of two of them */
    size_t room, n;
} cairn_property_union;

/* Adds what a collection has. False at the arena's cap. */
bool cairn_property_union_add(cairn_property_union *all, const cairn_property *property);

/* All of them by name (bytes ascending), all->n; in the arena, NULL at its cap. */
const cairn_united_property **cairn_property_union_list(const cairn_property_union *all);

#endif
