/* What every match of a filter must satisfy: a safe over-approximation that indexes can use. AND intersects, OR takes
 * the hull, NOT is pushed down first (unknown stays unknown, so NOT (a < b) is within a >= b). What can't be said is
 * unbounded. Thread-safety: no state; the envelope borrows from the filter. */
#ifndef CAIRN_QUERY_CQL2_ENVELOPE_H
#define CAIRN_QUERY_CQL2_ENVELOPE_H

#include "query/cql2/ast.h"
#include "query/sort.h"

/* A property, read as a filter reads it (with its other generations), lies within [low, high] (values as
 * cairn_sort_value_of() makes them; both of one type) or, when `n_values`, is one of `values` (sorted, unique).
 * `member`: the property is an array that has one of the values (A_CONTAINS, A_OVERLAPS, A_EQUALS). */
typedef struct cairn_cql2_bound {
    const cairn_cql2_property *property;
    bool member;
    bool has_low, has_high; /* ends belong to it, even for < and > */
    cairn_sort_value low, high;
    const cairn_sort_value *values;
    size_t n_values;
} cairn_cql2_bound;

typedef struct cairn_cql2_envelope {
    bool nothing; /* no item can match */
    /* The stretch from the first to the last of the item's range and its datetime meets it: begins at or before `end`,
     * and ends at or after `start`. `start` may be after `end`: then it covers what is between them. */
    bool has_time;
    cairn_interval time;
    bool has_instant;
    cairn_interval instant; /* the item has a datetime, and it lies within */
    bool has_box;
    cairn_box box;                       /* the item's footprint has a place and its box meets this one */
    const cairn_span *ids, *collections; /* any of them, sorted by bytes, unique; NULL: any */
    size_t n_ids, n_collections;
    const cairn_cql2_bound *bounds; /* all of them hold */
    size_t n_bounds;
} cairn_cql2_envelope;

/* A property's name without `properties.` in front: what two properties are compared by. */
cairn_span cairn_cql2_property_key(const cairn_cql2_property *property);

/* False at the arena's cap. */
bool cairn_cql2_envelope_of(const cairn_cql2 *filter, cairn_arena *arena, cairn_cql2_envelope *out);

#endif
