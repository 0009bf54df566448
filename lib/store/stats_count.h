/* Inside lib/store/stats*.c: what is counted of one property. */
#ifndef CAIRN_STORE_STATS_COUNT_H
#define CAIRN_STORE_STATS_COUNT_H

#include "base/arena.h"
#include "stac/time.h"
#include "store/property.h"

typedef struct stats_value {
    char kind; /* of JSON */
    double number;
    uint64_t hash;   /* of a string's text */
    cairn_span text; /* owned */
    uint64_t count;
    uint64_t item; /* the last one that was counted: several members of its array may be equal */
} stats_value;

typedef struct stats_count {
    uint64_t integers, numbers, strings, booleans, arrays, objects, times;
    /* An extreme that no item has any more is a bound: nothing lies beyond it. */
    bool has_range, has_span; /* of numbers; of times */
    double minimum, maximum;
    cairn_time first, last;
    uint64_t minimum_items, maximum_items, first_items, last_items;
    stats_value *values;
    size_t n_values, cap_values;
    bool endless; /* values are not enumerated */
    bool stale;   /* must be counted anew */
} stats_count;

/* Counts `json` in and `old` out; either may be absent. `item` is another number for each item; `scratch` holds what is
 * decoded. False when out of memory. */
bool stats_count_change(stats_count *count, cairn_span old, cairn_span json, uint64_t item, cairn_arena *scratch);
/* Takes the ranges up as they were told; false when they can't be true. */
bool stats_count_load_ranges(stats_count *count, const cairn_property *property);
/* Adds a value as it was told; false when out of memory. */
bool stats_count_load_value(stats_count *count, const cairn_property_value *value, cairn_arena *scratch);
void stats_count_free(stats_count *count);

/* An extreme is a bound only. */
static inline bool stats_count_is_loose(const stats_count *c)
{
    return (c->has_range && (!c->minimum_items || !c->maximum_items)) ||
           (c->has_span && (!c->first_items || !c->last_items));
}

static inline uint64_t stats_count_items(const stats_count *c)
{
    return c->integers + c->numbers + c->strings + c->booleans + c->arrays + c->objects;
}

#endif
