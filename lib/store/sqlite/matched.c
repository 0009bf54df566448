/* How many items match, where that needs no look at each of them. */
#include "store/sqlite/search.h"

cairn_code count_items(search_run *run, uint64_t *out, cairn_error *error)
{
    const narrowed *narrow = &run->narrow;
    const collection_facts *facts;
    cairn_code code = CAIRN_OK;
    *out = 0;
    if (!narrow->n_collections && !(code = facts_of_all(run->session, &facts, error)))
        *out = facts->items;
    for (size_t i = 0; !code && i < narrow->n_collections; i++)
        if (!(code = facts_of(run->session, narrow->collections[i], &facts, error)))
            *out += facts->items;
    return code;
}

cairn_code count_by_tally(search_run *run, cairn_error *error)
{
    const cairn_search *search = run->search;
    if (!run->page->count_budget || run->area || search->has_datetime || search->n_ids || search->filter ||
        search->text)
        return CAIRN_OK;
    cairn_code code = count_items(run, &run->matched, error);
    run->counted = !code;
    return code;
}

/* ---- by an index alone ---- */

bool has_times_only(const search_run *run)
{
    const cairn_search *search = run->search;
    return search->has_datetime && !run->area && !search->n_ids && !search->filter && !search->text &&
           run->narrow.n_collections <= MAX_MERGED;
}

/* Runs the count of a stretch of the order, whose columns are how many rows were seen and how many of them match. */
static cairn_code add_count(search_run *run, sqlite3_stmt *count, int matching, cairn_error *error)
{
    int rc = sqlite3_step(count);
    cairn_code code = CAIRN_OK;
    if (rc == SQLITE_ROW) {
        run->counted_over += (uint64_t)sqlite3_column_int64(count, 0);
        run->matched += (uint64_t)sqlite3_column_int64(count, matching);
    } else {
        code = db_error(run->session->db, rc, "counting", error);
    }
    sqlite3_reset(count);
    return code;
}

static sqlite3_int64 rows_left(const search_run *run)
{
    uint64_t left = run->page->count_budget - run->counted_over;
    return left < INT64_MAX ? (sqlite3_int64)left + 1 : INT64_MAX;
}

/* Where each range is its item's sort time, none of them has to be looked at. */
static cairn_code add_instants(search_run *run, cairn_span collection, cairn_error *error)
{
    cairn_interval asked = run->search->datetime;
    sqlite3_stmt *count;
    cairn_code code = session_query(run->session, collection.p ? Q_TIMES_COUNT : Q_TIMES_COUNT_ALL, &count, error);
    if (code)
        return code;
    db_bind_span(count, 1, collection);
    sqlite3_bind_int64(count, 2, back_sec(asked.end));
    sqlite3_bind_int(count, 3, back_nsec(asked.end));
    sqlite3_bind_int64(count, 4, back_sec(asked.start));
    sqlite3_bind_int(count, 5, back_nsec(asked.start));
    sqlite3_bind_int64(count, 6, rows_left(run));
    return add_count(run, count, 0, error);
}

/* Adds what there is in a collection, or in all. */
static cairn_code add_times(search_run *run, cairn_span collection, cairn_error *error)
{
    cairn_interval asked = run->search->datetime;
    const collection_facts *facts;
    sqlite3_stmt *count;
    sqlite3_int64 newest, oldest;
    cairn_code code = facts_of(run->session, collection, &facts, error);
    if (!code && facts->lead == 0 && facts->lag == 0 && !cairn_time_is_open(asked.start) &&
        !cairn_time_is_open(asked.end))
        return add_instants(run, collection, error);
    if (!code)
        code = session_query(run->session, collection.p ? Q_MEETING : Q_MEETING_ALL, &count, error);
    if (!code)
        code = narrow_times(run, collection, &newest, &oldest, error);
    if (code)
        return code;
    db_bind_span(count, 1, collection);
    sqlite3_bind_int64(count, 2, newest);
    sqlite3_bind_int64(count, 3, oldest);
    sqlite3_bind_int64(count, 4, asked.start.sec);
    sqlite3_bind_int64(count, 5, asked.start.nsec);
    sqlite3_bind_int64(count, 6, asked.end.sec);
    sqlite3_bind_int64(count, 7, asked.end.nsec);
    sqlite3_bind_int64(count, 8, rows_left(run));
    return add_count(run, count, 1, error);
}

cairn_code count_by_times(search_run *run, cairn_error *error)
{
    const narrowed *narrow = &run->narrow;
    uint64_t budget = run->page->count_budget;
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_code code = CAIRN_OK;
    run->matched = run->counted_over = 0;
    if (!narrow->n_collections)
        code = add_times(run, CAIRN_SPAN_NONE, &fault);
    for (size_t i = 0; !code && i < narrow->n_collections && run->counted_over <= budget; i++)
        code = add_times(run, narrow->collections[i], &fault);
    run->counted = !code && run->counted_over <= budget;
    if (code == CAIRN_DEADLINE) /* the page itself was found in time */
        return CAIRN_OK;
    return code ? cairn_error_set(error, code, "%s", fault.message) : CAIRN_OK;
}
