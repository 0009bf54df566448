/* Most rows that a filter refuses are refused by one of its bounds: by a number beside the item's place, or by the
 * index of a promoted property, either of which is looked up sooner than the item's properties are unpacked. */
#include "store/hot.h"
#include "store/sqlite/search.h"

static unsigned hot_number_of(const cairn_cql2_bound *bound)
{
    const cairn_cql2_property *property = bound->property;
    bool plain = !bound->member && property->field == CAIRN_CQL2_IN_PROPERTIES && property->n == 1;
    return plain ? cairn_hot_number(property->path[0]) : 0;
}

/* Whether there is a value can be looked up for each of a few. */
static bool is_short_list(const cairn_cql2_bound *bound)
{
    enum { FEW = 4 };
    return bound->n_values && bound->n_values <= FEW;
}

cairn_code bounds_prepare(search_run *run, cairn_error *error)
{
    const cairn_cql2_envelope *filter = &run->narrow.filter;
    run->bounds = cairn_arena_calloc(run->arena, filter->n_bounds + 1, sizeof *run->bounds);
    if (!run->bounds)
        return out_of_memory(error);
    for (size_t i = 0; i < filter->n_bounds; i++) {
        row_bounds one = {.bound = &filter->bounds[i], .hot = hot_number_of(&filter->bounds[i])};
        cairn_code code = CAIRN_OK;
        if (is_short_list(one.bound))
            code = session_slot(run->session, one.bound->property, &one.slot, error);
        if (code)
            return code;
        if (one.hot || one.slot)
            run->bounds[run->n_bounds++] = one;
    }
    return CAIRN_OK;
}

/* What is not among the hot numbers may be in the properties. */
static cairn_code allows_hot(search_run *run, const row_bounds *one, const item_row *row, bool *out, cairn_error *error)
{
    cairn_span hot = row->hot;
    cairn_sort_value value;
    cairn_code code = row->is_whole ? CAIRN_OK : row_hot(run->session, row->key, &hot, error);
    cairn_span json = code ? CAIRN_SPAN_NONE : cairn_hot_get(hot, one->hot);
    if (code || !json.p)
        return code;
    if (!cairn_sort_value_of(one->bound->property, json, run->session->texts->scratch, &value))
        return out_of_memory(error);
    *out = bound_has(one->bound, &value);
    return CAIRN_OK;
}

static cairn_code has_value(search_run *run, const row_bounds *one, const item_row *row, sqlite3_int64 collection,
                            const cairn_sort_value *value, bool *out, cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = session_query(run->session, Q_HAS_VALUE, &statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(statement, 1, one->slot->number * 2 + one->bound->member);
    sqlite3_bind_int64(statement, 2, collection);
    values_bind(statement, 3, value);
    sqlite3_bind_int64(statement, 4, back_sec(row->position.time));
    sqlite3_bind_int64(statement, 5, row->key);
    int rc = sqlite3_step(statement);
    *out = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        code = db_error(run->session->db, rc, "searching", error);
    sqlite3_reset(statement);
    return code;
}

static cairn_code allows_values(search_run *run, const row_bounds *one, const item_row *row, bool *out,
                                cairn_error *error)
{
    const collection_facts *facts;
    cairn_code code = facts_of(run->session, row->position.collection, &facts, error);
    bool has = code || !facts->exists; /* it can't be told */
    for (size_t i = 0; !code && !has && i < one->bound->n_values; i++)
        code = has_value(run, one, row, facts->slot, &one->bound->values[i], &has, error);
    *out = has;
    return code;
}

cairn_code bounds_allow(search_run *run, const item_row *row, bool *out, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    *out = true;
    for (size_t i = 0; !code && *out && i < run->n_bounds; i++) {
        const row_bounds *one = &run->bounds[i];
        code = one->hot ? allows_hot(run, one, row, out, error) : allows_values(run, one, row, out, error);
    }
    return code;
}
