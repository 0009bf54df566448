/* Bounds for indexes: what the request asks for, and what every match of its filter must satisfy. */
#include "store/sqlite/search.h"

/* Sorted lists; n = 0: any. The result may be empty, which is *nothing. */
static bool meet_lists(const cairn_span *asked, size_t n_asked, const cairn_span *known, size_t n_known,
                       cairn_arena *arena, const cairn_span **out, size_t *n, bool *nothing)
{
    *out = n_asked ? asked : known;
    *n = n_asked ? n_asked : n_known;
    if (!n_asked || !known)
        return true;
    cairn_span *both = cairn_arena_calloc(arena, n_known + 1, sizeof *both);
    if (!both)
        return false;
    *n = 0;
    *out = both;
    for (size_t i = 0; i < n_known; i++)
        if (cairn_list_has(asked, n_asked, known[i]))
            both[(*n)++] = known[i];
    *nothing |= *n == 0;
    return true;
}

cairn_code narrow_search(search_run *run, cairn_error *error)
{
    const cairn_search *search = run->search;
    narrowed *narrow = &run->narrow;
    cairn_cql2_envelope *filter = &narrow->filter;
    if (search->filter && !cairn_cql2_envelope_of(search->filter, run->arena, filter))
        return out_of_memory(error);
    narrow->nothing = filter->nothing;
    if (!meet_lists(search->ids, search->n_ids, filter->ids, filter->n_ids, run->arena, &narrow->ids, &narrow->n_ids,
                    &narrow->nothing) ||
        !meet_lists(search->collections, search->n_collections, filter->collections, filter->n_collections, run->arena,
                    &narrow->collections, &narrow->n_collections, &narrow->nothing))
        return out_of_memory(error);
    return CAIRN_OK;
}

/* ---- time ---- */

static int64_t minus(int64_t a, int64_t b)
{
    int64_t out;
    if (__builtin_sub_overflow(a, b, &out))
        return b > 0 ? INT64_MIN : INT64_MAX;
    return out;
}

cairn_code narrow_lags(sqlite_session *session, cairn_span collection, int64_t *lead, int64_t *lag, cairn_error *error)
{
    const collection_facts *facts;
    cairn_code code = facts_of(session, collection, &facts, error);
    *lead = code ? 0 : facts->lead;
    *lag = code ? 0 : facts->lag;
    return code;
}

static void raise_to(sqlite3_int64 *at, sqlite3_int64 to)
{
    *at = to > *at ? to : *at;
}

static void lower_to(sqlite3_int64 *at, sqlite3_int64 to)
{
    *at = to < *at ? to : *at;
}

/* Items whose range, or the stretch from it to the sort time, meets `time`. */
static void narrow_by_range(cairn_interval time, int64_t lead, int64_t lag, sqlite3_int64 *newest,
                            sqlite3_int64 *oldest)
{
    if (time.end.sec != INT64_MAX && lead != INT64_MAX)
        raise_to(newest, minus(minus(0, time.end.sec), lead));
    if (time.start.sec != INT64_MIN && lag != INT64_MAX)
        lower_to(oldest, minus(lag, time.start.sec));
}

cairn_code narrow_times(search_run *run, cairn_span collection, sqlite3_int64 *newest, sqlite3_int64 *oldest,
                        cairn_error *error)
{
    const cairn_cql2_envelope *filter = &run->narrow.filter;
    *newest = INT64_MIN;
    *oldest = INT64_MAX;
    if (filter->has_instant) {
        raise_to(newest, back_sec(filter->instant.end));
        lower_to(oldest, back_sec(filter->instant.start));
    }
    if (!run->search->has_datetime && !filter->has_time)
        return CAIRN_OK;
    int64_t lead = 0, lag = 0;
    cairn_code code = narrow_lags(run->session, collection, &lead, &lag, error);
    if (code)
        return code;
    if (run->search->has_datetime)
        narrow_by_range(run->search->datetime, lead, lag, newest, oldest);
    if (filter->has_time)
        narrow_by_range(filter->time, lead, lag, newest, oldest);
    return CAIRN_OK;
}
