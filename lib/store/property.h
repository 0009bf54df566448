/* What a catalog knows of the properties of its items, by collection: kept in the transaction that writes the items,
 * exact at every commit, but for what is said below of ranges and values in collections of many items. Queryables,
 * summaries and the planner read it. Only the members of `properties` themselves are told of, not what is nested in
 * them. */
#ifndef CAIRN_STORE_PROPERTY_H
#define CAIRN_STORE_PROPERTY_H

#include "base/error.h"
#include "base/span.h"

#include <stdint.h>

enum {
    CAIRN_PROPERTY_NAMES_MAX = 1000, /* in one collection; further ones are not told of */
    CAIRN_PROPERTY_NAME_BYTES = 256, /* longer names neither */
    CAIRN_PROPERTY_VALUES_MAX = 64,  /* distinct values are enumerated up to so many */
    CAIRN_PROPERTY_VALUE_BYTES = 128 /* longer values end the enumeration */
};

typedef struct cairn_property_value {
    cairn_span json; /* a string, number or boolean, in its shortest spelling; of an array property: of its members */
    uint64_t count;  /* items that have it */
} cairn_property_value;

typedef struct cairn_property {
    cairn_span collection; /* id */
    cairn_span name;       /* "eo:cloud_cover" */
    /* Items by the type of their value; null counts as not having it. */
    uint64_t integers, numbers /* that are no integers */, strings, booleans, arrays, objects;
    bool has_range; /* of numbers */
    double minimum, maximum;
    cairn_span minimum_json, maximum_json; /* the same in the shortest spelling that reads back as the same double */
    bool has_times;                        /* every string is an RFC 3339 time: the range of the times */
    cairn_span first, last;                /* canonical text of query/sort.h */
    /* `values` has all of them. In a collection of more than CAIRN_PROPERTY_VALUES_MAX items, what had not once may
     * stay so while an item has the property, until the collection is counted anew (a store that keeps no counts does
     * that each time); in a smaller one the answer is exact. */
    bool enumerated;
    const cairn_property_value *values; /* by count descending, then by their text */
    size_t n_values;
    uint64_t times; /* strings that are RFC 3339 times */
    /* Items that have the minimum, and so on. In a collection of many items it may be 0 after a deletion or
     * replacement: then the range is wider than theirs, until the collection is counted anew. */
    uint64_t minimum_items, maximum_items, first_items, last_items;
} cairn_property;

/* Puts values into the order that they have in a property. */
void cairn_property_values_sort(cairn_property_value *values, size_t n);

typedef cairn_code (*cairn_property_sink)(void *context, const cairn_property *property, cairn_error *error);

static inline uint64_t cairn_property_items(const cairn_property *p)
{
    return p->integers + p->numbers + p->strings + p->booleans + p->arrays + p->objects;
}

#endif
