/* Joins of envelopes: what is in both, and what is in any. */
#include "query/cql2/envelope_parts.h"

typedef struct list {
    const cairn_span *at; /* NULL: any */
    size_t n;
} list;

static list ids_of(const cairn_cql2_envelope *envelope)
{
    return (list){envelope->ids, envelope->n_ids};
}

static list collections_of(const cairn_cql2_envelope *envelope)
{
    return (list){envelope->collections, envelope->n_collections};
}

/* ---- both ---- */

static bool list_meet(list *into, list other, cairn_arena *arena)
{
    if (!other.at)
        return true;
    if (!into->at) {
        *into = other;
        return true;
    }
    cairn_span *both = cairn_arena_calloc(arena, into->n + 1, sizeof *both);
    size_t n = 0, j = 0;
    if (!both)
        return false;
    for (size_t i = 0; i < into->n; i++) {
        while (j < other.n && cairn_span_compare(other.at[j], into->at[i]) < 0)
            j++;
        if (j < other.n && cairn_span_equal(other.at[j], into->at[i]))
            both[n++] = into->at[i];
    }
    *into = (list){both, n};
    return true;
}

static cairn_time later(cairn_time a, cairn_time b)
{
    return cairn_time_compare(a, b) > 0 ? a : b;
}

static cairn_time earlier(cairn_time a, cairn_time b)
{
    return cairn_time_compare(a, b) < 0 ? a : b;
}

static void interval_meet(bool *has, cairn_interval *into, bool other_has, cairn_interval other)
{
    if (!other_has)
        return;
    *into = *has ? (cairn_interval){later(into->start, other.start), earlier(into->end, other.end)} : other;
    *has = true;
}

static double extent_of(cairn_box box)
{
    double width = box.east - box.west;
    return (width < 0 ? width + 360 : width) * (box.north - box.south);
}

/* A footprint that meets two boxes need not meet what they share: the smaller one is kept. */
static void box_meet(cairn_cql2_envelope *into, const cairn_cql2_envelope *other)
{
    if (!other->has_box || (into->has_box && extent_of(into->box) <= extent_of(other->box)))
        return;
    into->has_box = true;
    into->box = other->box;
}

bool cairn_cql2_envelope_meet(cairn_cql2_envelope *into, const cairn_cql2_envelope *other, cairn_arena *arena)
{
    list ids = ids_of(into), collections = collections_of(into);
    into->nothing |= other->nothing;
    if (into->nothing)
        return true;
    if (!list_meet(&ids, ids_of(other), arena) || !list_meet(&collections, collections_of(other), arena) ||
        !cairn_cql2_bounds_meet(into, other, arena))
        return false;
    into->ids = ids.at;
    into->n_ids = ids.n;
    into->collections = collections.at;
    into->n_collections = collections.n;
    interval_meet(&into->has_time, &into->time, other->has_time, other->time);
    interval_meet(&into->has_instant, &into->instant, other->has_instant, other->instant);
    box_meet(into, other);
    into->nothing |= (ids.at && !ids.n) || (collections.at && !collections.n) ||
                     (into->has_instant && cairn_time_compare(into->instant.start, into->instant.end) > 0);
    return true;
}

/* ---- any ---- */

static bool list_hull(const cairn_cql2_envelope *const *all, size_t n, list (*list_of)(const cairn_cql2_envelope *),
                      cairn_arena *arena, list *out)
{
    size_t total = 0, at = 0;
    *out = (list){NULL, 0};
    for (size_t i = 0; i < n; i++) {
        if (!list_of(all[i]).at)
            return true;
        total += list_of(all[i]).n;
    }
    cairn_span *spans = cairn_arena_calloc(arena, total + 1, sizeof *spans);
    if (!spans)
        return false;
    for (size_t i = 0; i < n; i++) {
        list part = list_of(all[i]);
        memcpy(spans + at, part.at, part.n * sizeof *spans);
        at += part.n;
    }
    *out = (list){spans, cairn_list_sort(spans, total)};
    return true;
}

static void interval_hull(bool *has, cairn_interval *into, bool other_has, cairn_interval other)
{
    *has &= other_has;
    if (*has)
        *into = (cairn_interval){earlier(into->start, other.start), later(into->end, other.end)};
}

static void hull_of_two(cairn_cql2_envelope *into, const cairn_cql2_envelope *other)
{
    interval_hull(&into->has_time, &into->time, other->has_time, other->time);
    interval_hull(&into->has_instant, &into->instant, other->has_instant, other->instant);
    into->has_box &= other->has_box;
    if (into->has_box)
        into->box = cairn_box_union(into->box, other->box);
}

bool cairn_cql2_envelope_hull(const cairn_cql2_envelope *all, size_t n, cairn_arena *arena, cairn_cql2_envelope *out)
{
    const cairn_cql2_envelope **some = cairn_arena_calloc(arena, n + 1, sizeof *some);
    size_t count = 0;
    list ids, collections;
    *out = (cairn_cql2_envelope){0};
    if (!some)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!all[i].nothing)
            some[count++] = &all[i];
    out->nothing = count == 0;
    if (count == 0)
        return true;
    if (!list_hull(some, count, ids_of, arena, &ids) || !list_hull(some, count, collections_of, arena, &collections))
        return false;
    *out = *some[0];
    for (size_t i = 1; i < count; i++)
        hull_of_two(out, some[i]);
    out->ids = ids.at;
    out->n_ids = ids.n;
    out->collections = collections.at;
    out->n_collections = collections.n;
    return cairn_cql2_bounds_hull(some, count, arena, out);
}
