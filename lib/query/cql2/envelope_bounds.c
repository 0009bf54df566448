/* Bounds on properties: what is within both, and within any. */
#include "query/cql2/envelope_parts.h"

#include <stdlib.h>

static int compare_values(const void *a, const void *b)
{
    return cairn_sort_value_compare(a, b);
}

size_t cairn_cql2_bound_values_sort(cairn_sort_value *values, size_t n)
{
    size_t kept = 0;
    qsort(values, n, sizeof *values, compare_values);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || cairn_sort_value_compare(&values[kept - 1], &values[i]) != 0)
            values[kept++] = values[i];
    return kept;
}

static const cairn_cql2_bound *find(const cairn_cql2_envelope *envelope, const cairn_cql2_bound *like)
{
    cairn_span key = cairn_cql2_property_key(like->property);
    for (size_t i = 0; i < envelope->n_bounds; i++)
        if (envelope->bounds[i].member == like->member &&
            cairn_span_equal(cairn_cql2_property_key(envelope->bounds[i].property), key))
            return &envelope->bounds[i];
    return NULL;
}

/* The least and greatest value, whatever form the bound has. */
static void ends_of(const cairn_cql2_bound *bound, const cairn_sort_value **low, const cairn_sort_value **high)
{
    *low = bound->n_values ? &bound->values[0] : bound->has_low ? &bound->low : NULL;
    *high = bound->n_values ? &bound->values[bound->n_values - 1] : bound->has_high ? &bound->high : NULL;
}

static cairn_sort_type type_of(const cairn_cql2_bound *bound)
{
    const cairn_sort_value *low, *high;
    ends_of(bound, &low, &high);
    const cairn_sort_value *one = low ? low : high;
    return one ? one->type : CAIRN_SORT_NONE;
}

/* Values of lists may be of several types; ends are of one. */
static bool is_of_one_type(const cairn_cql2_bound *bound)
{
    const cairn_sort_value *low, *high;
    ends_of(bound, &low, &high);
    return !low || !high || low->type == high->type;
}

/* ---- both ---- */

static bool is_within(const cairn_cql2_bound *bound, const cairn_sort_value *value)
{
    if (bound->n_values)
        return bsearch(value, bound->values, bound->n_values, sizeof *value, compare_values) != NULL;
    return value->type == type_of(bound) && (!bound->has_low || cairn_sort_value_compare(value, &bound->low) >= 0) &&
           (!bound->has_high || cairn_sort_value_compare(value, &bound->high) <= 0);
}

/* In their own place: a list belongs to one bound, and what is met with it is not used again. So a long list that meets
 * many conditions takes no more memory. */
static void keep_within(cairn_cql2_bound *bound, const cairn_cql2_bound *other, bool *nothing)
{
    cairn_sort_value *kept = (cairn_sort_value *)bound->values;
    size_t n = 0;
    for (size_t i = 0; i < bound->n_values; i++)
        if (is_within(other, &bound->values[i]))
            kept[n++] = bound->values[i];
    *nothing |= n == 0;
    bound->n_values = n;
}

static void narrow_ends(cairn_cql2_bound *bound, const cairn_cql2_bound *other, bool *nothing)
{
    if (type_of(bound) != type_of(other)) {
        *nothing = true;
        return;
    }
    if (other->has_low && (!bound->has_low || cairn_sort_value_compare(&other->low, &bound->low) > 0))
        bound->low = other->low;
    if (other->has_high && (!bound->has_high || cairn_sort_value_compare(&other->high, &bound->high) < 0))
        bound->high = other->high;
    bound->has_low |= other->has_low;
    bound->has_high |= other->has_high;
    *nothing |= bound->has_low && bound->has_high && cairn_sort_value_compare(&bound->low, &bound->high) > 0;
}

/* A property has one value, so that what holds for both of its bounds is within both; an array may meet them with
 * different members. */
static void meet_one(cairn_cql2_envelope *into, cairn_cql2_bound *bounds, const cairn_cql2_bound *other)
{
    const cairn_cql2_bound *same = other->member ? NULL : find(into, other);
    if (!same) {
        if (into->n_bounds < CAIRN_CQL2_MAX_BOUNDS)
            bounds[into->n_bounds++] = *other;
        return;
    }
    cairn_cql2_bound *bound = &bounds[same - into->bounds];
    if (!bound->n_values && other->n_values) {
        cairn_cql2_bound ends = *bound;
        *bound = *other;
        keep_within(bound, &ends, &into->nothing);
    } else if (bound->n_values) {
        keep_within(bound, other, &into->nothing);
    } else {
        narrow_ends(bound, other, &into->nothing);
    }
}

bool cairn_cql2_bounds_meet(cairn_cql2_envelope *into, const cairn_cql2_envelope *other, cairn_arena *arena)
{
    if (other->n_bounds == 0)
        return true;
    cairn_cql2_bound *bounds = cairn_arena_calloc(arena, CAIRN_CQL2_MAX_BOUNDS, sizeof *bounds);
    if (!bounds)
        return false;
    if (into->n_bounds)
        memcpy(bounds, into->bounds, into->n_bounds * sizeof *bounds);
    into->bounds = bounds;
    for (size_t i = 0; i < other->n_bounds && !into->nothing; i++)
        meet_one(into, bounds, &other->bounds[i]);
    return true;
}

/* ---- any ---- */

static bool gather_values(const cairn_cql2_envelope *const *all, size_t n, cairn_cql2_bound *bound, cairn_arena *arena)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        total += find(all[i], bound)->n_values;
    cairn_sort_value *values = cairn_arena_calloc(arena, total + 1, sizeof *values);
    if (!values)
        return false;
    for (size_t i = 0; i < n; i++) {
        const cairn_cql2_bound *part = find(all[i], bound);
        memcpy(values + at, part->values, part->n_values * sizeof *values);
        at += part->n_values;
    }
    bound->n_values = cairn_cql2_bound_values_sort(values, total);
    bound->values = values;
    return true;
}

/* False when nothing bounds it any more. */
static bool widen_ends(const cairn_cql2_envelope *const *all, size_t n, cairn_cql2_bound *bound)
{
    const cairn_sort_value *low, *high, *other_low, *other_high;
    ends_of(bound, &low, &high);
    cairn_sort_type type = type_of(bound);
    for (size_t i = 0; i < n; i++) {
        const cairn_cql2_bound *part = find(all[i], bound);
        if (type_of(part) != type || !is_of_one_type(part))
            return false;
        ends_of(part, &other_low, &other_high);
        low = !low || !other_low ? NULL : cairn_sort_value_compare(other_low, low) < 0 ? other_low : low;
        high = !high || !other_high ? NULL : cairn_sort_value_compare(other_high, high) > 0 ? other_high : high;
    }
    cairn_cql2_bound wide = {.property = bound->property, .member = bound->member, .has_low = low, .has_high = high};
    wide.low = low ? *low : wide.low;
    wide.high = high ? *high : wide.high;
    *bound = wide;
    return low || high;
}

bool cairn_cql2_bounds_hull(const cairn_cql2_envelope *const *all, size_t n, cairn_arena *arena,
                            cairn_cql2_envelope *out)
{
    cairn_cql2_bound *bounds = cairn_arena_calloc(arena, CAIRN_CQL2_MAX_BOUNDS, sizeof *bounds);
    if (!bounds)
        return false;
    out->n_bounds = 0;
    out->bounds = bounds;
    for (size_t i = 0; i < all[0]->n_bounds; i++) {
        cairn_cql2_bound bound = all[0]->bounds[i];
        bool in_all = true, listed = bound.n_values > 0;
        for (size_t k = 0; k < n && in_all; k++) {
            const cairn_cql2_bound *part = find(all[k], &bound);
            in_all = part != NULL;
            listed &= part && part->n_values;
        }
        if (in_all && listed && !gather_values(all, n, &bound, arena))
            return false;
        if (in_all && (listed || widen_ends(all, n, &bound)))
            bounds[out->n_bounds++] = bound;
    }
    return true;
}
