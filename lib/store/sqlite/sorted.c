/* By sort keys. An index that has the first key gives the rows in groups of equal values, which are sorted by the rest;
 * else all matches are looked at, as one group. */
#include "store/sqlite/search.h"

static cairn_code refuse(const search_run *run, size_t key, cairn_error *error)
{
    char quoted[80];
    const cairn_cql2_property *property = &run->search->sort.keys[key].property;
    bool can_be_promoted = property->field == CAIRN_CQL2_IN_PROPERTIES;
    cairn_quote(cairn_cql2_property_key(property), quoted, sizeof quoted);
    cairn_error_set(error, CAIRN_INVALID,
                    "sorting by '%s' would have to look at more than %llu items; expected a narrower search "
                    "(collections, bbox, datetime, filter)%s%s%s",
                    quoted, (unsigned long long)run->page->sort_budget,
                    can_be_promoted ? ", or an index made by `cairn queryables add " : "",
                    can_be_promoted ? quoted : "", can_be_promoted ? "`" : "");
    cairn_error_at_parameter(error, "sortby");
    return CAIRN_INVALID;
}

cairn_code sort_check_budget(const search_run *run, size_t key, uint64_t since, cairn_error *error)
{
    if (!run->page->sort_budget || run->looked_at - since < run->page->sort_budget)
        return CAIRN_OK;
    return refuse(run, key < run->search->sort.n ? key : run->search->sort.n - 1, error);
}

static cairn_code take(search_run *run, void *context, const item_row *row, bool *full, cairn_error *error)
{
    *full = false;
    cairn_code code = sort_check_budget(run, 0, 0, error);
    return code ? code : best_offer(context, row, error);
}

/* Where nothing narrows the walk, the collections tell how long it is. */
static cairn_code check_length(search_run *run, uint64_t items, cairn_error *error)
{
    const cairn_cql2_envelope *filter = &run->narrow.filter;
    bool narrowed = run->search->has_datetime || filter->has_time || filter->has_instant;
    if (narrowed || !run->page->sort_budget || items <= run->page->sort_budget)
        return CAIRN_OK;
    return refuse(run, 0, error);
}

static cairn_code sort_all(search_run *run, uint64_t items, cairn_error *error)
{
    best best;
    bool ended;
    cairn_code code = check_length(run, items, error);
    if (code || (code = best_begin(&best, run, error)))
        return code;
    run->plan.way = "sort of all";
    run->counting = run->page->count_budget > 0;
    code = scan_rows(run, NULL, false, take, &best, &ended, error);
    run->counted = !code && run->counting;
    if (!code)
        code = best_flush(&best, error);
    best_end(&best);
    return code;
}

/* Names are in order over all collections. */
static cairn_code names_are_worth_it(search_run *run, uint64_t items, bool *out, cairn_error *error)
{
    enum { SHARE = 4 };
    sqlite3_stmt *statement;
    *out = !run->narrow.n_collections;
    if (*out)
        return CAIRN_OK;
    cairn_code code = session_query(run->session, Q_TOTALS, &statement, error);
    if (code)
        return code;
    int rc = sqlite3_step(statement);
    *out = rc == SQLITE_ROW && (uint64_t)sqlite3_column_int64(statement, 0) / SHARE <= items;
    if (rc != SQLITE_ROW)
        code = db_error(run->session->db, rc, "sorting", error);
    sqlite3_reset(statement);
    return code;
}

/* By an index, where one has the first key. */
static cairn_code sort_by_index(search_run *run, cairn_error *error)
{
    const cairn_cql2_property *property = &run->search->sort.keys[0].property;
    const slot *slot;
    if (property->field == CAIRN_CQL2_DATETIME)
        return time_order(run, error);
    if (property->field == CAIRN_CQL2_ID)
        return name_order(run, error);
    cairn_code code = session_slot(run->session, property, &slot, error);
    return code ? code : value_order(run, slot, error);
}

cairn_code sort_has_index(search_run *run, uint64_t items, bool *out, cairn_error *error)
{
    const cairn_cql2_property *property = &run->search->sort.keys[0].property;
    const slot *slot = NULL;
    cairn_code code = CAIRN_OK;
    *out = property->field == CAIRN_CQL2_DATETIME;
    if (property->field == CAIRN_CQL2_ID)
        return names_are_worth_it(run, items, out, error);
    if (property->field == CAIRN_CQL2_IN_PROPERTIES)
        code = session_slot(run->session, property, &slot, error);
    *out |= slot != NULL;
    return code;
}

/* Few items are sorted sooner than they are found in an index; and where a stretch of time is asked for, the index has
 * many other items among them. */
static bool are_few(const search_run *run, uint64_t expected)
{
    enum { PAGES = 4, FEW_IN_TIME = 10000 };
    const cairn_cql2_envelope *filter = &run->narrow.filter;
    bool timed = run->search->has_datetime || filter->has_time || filter->has_instant;
    bool allowed = !run->page->sort_budget || expected < run->page->sort_budget;
    return allowed && (expected / PAGES <= run->page->limit || (timed && expected <= FEW_IN_TIME));
}

cairn_code sort_rows(search_run *run, uint64_t items, cairn_error *error)
{
    bool indexed = false;
    uint64_t expected;
    cairn_code code = estimate_items(run, &expected, error);
    if (!code && !are_few(run, expected))
        code = sort_has_index(run, items, &indexed, error);
    if (code || !indexed)
        return code ? code : sort_all(run, items, error);
    code = sort_by_index(run, error);
    return code ? code : scan_count(run, error);
}
