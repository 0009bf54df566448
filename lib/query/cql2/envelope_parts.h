/* Inside lib/query/cql2: what the parts of the envelope share. See envelope.h for what it means. */
#ifndef CAIRN_QUERY_CQL2_ENVELOPE_PARTS_H
#define CAIRN_QUERY_CQL2_ENVELOPE_PARTS_H

#include "query/cql2/envelope.h"
#include "query/cql2/evaluate_value.h"

/* A few that narrow most are enough; bounds beyond them are dropped, which is safe. */
enum { CAIRN_CQL2_MAX_BOUNDS = 16 };

typedef struct cairn_cql2_enveloper {
    cairn_cql2_run run; /* evaluates constants; its arena holds all that is made */
    bool *constant;     /* by node.index: the same for all records, geometries left out */
} cairn_cql2_enveloper;

/* ---- envelope_join.c ---- */

/* *into becomes the envelope of what is in both. False at the arena's cap. */
bool cairn_cql2_envelope_meet(cairn_cql2_envelope *into, const cairn_cql2_envelope *other, cairn_arena *arena);
/* The envelope of what is in any of them. */
bool cairn_cql2_envelope_hull(const cairn_cql2_envelope *all, size_t n, cairn_arena *arena, cairn_cql2_envelope *out);

/* ---- envelope_bounds.c ---- */

bool cairn_cql2_bounds_meet(cairn_cql2_envelope *into, const cairn_cql2_envelope *other, cairn_arena *arena);
bool cairn_cql2_bounds_hull(const cairn_cql2_envelope *const *all, size_t n, cairn_arena *arena,
                            cairn_cql2_envelope *out);
/* Sorts by cairn_sort_value_compare and leaves each value once. */
size_t cairn_cql2_bound_values_sort(cairn_sort_value *values, size_t n);

/* ---- envelope_leaf.c: what a condition that is true (or false: `wanted`) tells ---- */

bool cairn_cql2_envelope_leaf(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted,
                              cairn_cql2_envelope *out);

/* ---- envelope_time.c ---- */

/* "a KIND b" where `a` is a property or an interval of them, and `b` is constant; `kind` is a T_ function. */
bool cairn_cql2_envelope_temporal(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted,
                                  cairn_cql2_envelope *out);
/* "property KIND time" where `kind` is = < <= > >=. */
bool cairn_cql2_envelope_compare_time(cairn_cql2_enveloper *e, cairn_cql2_kind kind,
                                      const cairn_cql2_property *property, cairn_interval time,
                                      cairn_cql2_envelope *out);
/* One bound on one property, with its ends or values set by the caller; NULL at the arena's cap. */
cairn_cql2_bound *cairn_cql2_envelope_bound(cairn_cql2_enveloper *e, const cairn_cql2_property *property,
                                            cairn_cql2_envelope *out);

#endif
