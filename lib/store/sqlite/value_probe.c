/* Candidates by the filter's bounds on promoted properties. */
#include "store/sqlite/search.h"

static bool is_better(const value_choice *a, const value_choice *than)
{
    if (!than->slot || a->known != than->known)
        return !than->slot || a->known;
    return a->estimate < than->estimate;
}

cairn_code value_choose(search_run *run, value_choice *out, cairn_error *error)
{
    const cairn_cql2_envelope *filter = &run->narrow.filter;
    cairn_code code = CAIRN_OK;
    *out = (value_choice){0};
    for (size_t i = 0; !code && i < filter->n_bounds; i++) {
        value_choice one = {.bound = &filter->bounds[i]};
        code = session_slot(run->session, one.bound->property, &one.slot, error);
        if (code || !one.slot)
            continue;
        one.property = one.slot->number * 2 + one.bound->member;
        code = value_collections(run, one.property, &one.collections, error);
        if (!code)
            code = value_estimate(run, one.slot, one.bound, &one.collections, &one.known, &one.estimate, error);
        if (!code && is_better(&one, out))
            *out = one;
    }
    return code;
}

static cairn_code probe_range(search_run *run, const value_choice *choice, const cairn_sort_value *low,
                              const cairn_sort_value *high, candidates *found, cairn_error *error)
{
    sqlite3_stmt *probe;
    cairn_code code = session_query(run->session, Q_VALUE_PROBE, &probe, error);
    for (size_t i = 0; !code && i < choice->collections.n && found->n <= found->most; i++) {
        sqlite3_bind_int64(probe, 1, choice->property);
        sqlite3_bind_int64(probe, 2, choice->collections.slots[i]);
        values_bind(probe, 3, low);
        values_bind(probe, 4, high);
        sqlite3_bind_int64(probe, 5, (sqlite3_int64)(found->most + 1 - found->n));
        code = candidates_gather(run, probe, 0, found, error);
    }
    return code;
}

cairn_code probe_values(search_run *run, const value_choice *choice, size_t most, bool *done, cairn_error *error)
{
    const cairn_cql2_bound *bound = choice->bound;
    candidates found;
    cairn_sort_value low, high;
    cairn_code code = candidates_new(run, most, &found, error);
    bound_limits(bound, &low, &high);
    if (!code && !bound->n_values)
        code = probe_range(run, choice, &low, &high, &found, error);
    for (size_t i = 0; !code && i < bound->n_values && found.n <= found.most; i++)
        code = probe_range(run, choice, &bound->values[i], &bound->values[i], &found, error);
    if (!code)
        code = candidates_finish(run, &found, done, error);
    if (!code && *done) {
        run->plan.way = "property index";
        run->plan.index = choice->slot->property.name;
    }
    return code;
}
