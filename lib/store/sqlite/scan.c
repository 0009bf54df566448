/* The scan of the default order, by the covering indexes: of one collection, of several merged, or of all. */
#include "store/sqlite/internal.h"

/* Where the scan begins (exclusive) and how far it may go, in stored terms. */
typedef struct bounds {
    sqlite3_int64 sec;
    int nsec;
    cairn_span collection, id;
    sqlite3_int64 last_sec; /* inclusive */
} bounds;

typedef struct cursor {
    sqlite3_stmt *statement;
    item_row row;
    bool live;
} cursor;

/* Sorts behind any name. */
static const cairn_span highest = CAIRN_SPAN_LIT("\xff");

static int64_t minus(int64_t a, int64_t b)
{
    int64_t out;
    if (__builtin_sub_overflow(a, b, &out))
        return b > 0 ? INT64_MIN : INT64_MAX;
    return out;
}

/* How far ranges reach beyond the sort times that the index is ordered by. */
static cairn_code read_lags(sqlite_session *session, cairn_span collection, int64_t *lead, int64_t *lag,
                            cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = session_query(session, collection.p ? Q_LAGS : Q_LAGS_ALL, &statement, error);
    if (code)
        return code;
    if (collection.p)
        db_bind_span(statement, 1, collection);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        *lead = sqlite3_column_int64(statement, 0);
        *lag = sqlite3_column_int64(statement, 1);
    } else {
        code = db_error(session->db, rc, "searching", error);
    }
    sqlite3_reset(statement);
    return code;
}

/* The stored seconds between which all items of the time lie: newest (smallest) and oldest. */
static cairn_code time_bounds(search_run *run, cairn_span collection, sqlite3_int64 *newest, sqlite3_int64 *oldest,
                              cairn_error *error)
{
    *newest = INT64_MIN;
    *oldest = INT64_MAX;
    if (!run->search->has_datetime)
        return CAIRN_OK;
    int64_t lead = 0, lag = 0;
    cairn_code code = read_lags(run->session, collection, &lead, &lag, error);
    if (code)
        return code;
    cairn_interval time = run->search->datetime;
    if (time.end.sec != INT64_MAX && lead != INT64_MAX)
        *newest = minus(minus(0, time.end.sec), lead);
    if (time.start.sec != INT64_MIN && lag != INT64_MAX)
        *oldest = minus(lag, time.start.sec);
    return CAIRN_OK;
}

static void begin_at(bounds *bounds, const cairn_position *position)
{
    bounds->sec = back_sec(position->time);
    bounds->nsec = back_nsec(position->time);
    bounds->collection = position->collection;
    bounds->id = position->id;
}

static cairn_code make_bounds(search_run *run, cairn_span collection, bounds *out, cairn_error *error)
{
    enum { BEFORE_ANY_NSEC = -1000000000, AFTER_ANY_NSEC = 1 };
    sqlite3_int64 newest, oldest;
    cairn_code code = time_bounds(run, collection, &newest, &oldest, error);
    if (code)
        return code;
    const cairn_page *page = run->page;
    const cairn_span lowest = {"", 0};
    if (page->backward) {
        *out = (bounds){oldest, AFTER_ANY_NSEC, highest, highest, newest};
        if (page->position && back_sec(page->position->time) <= oldest)
            begin_at(out, page->position);
    } else {
        *out = (bounds){newest, BEFORE_ANY_NSEC, lowest, lowest, oldest};
        if (page->position && back_sec(page->position->time) >= newest)
            begin_at(out, page->position);
    }
    return CAIRN_OK;
}

/* One collection's order has no collection in its key, so a position in another collection is put just before or behind
 * the items of the same time. */
static cairn_span id_bound(const bounds *bounds, cairn_span collection)
{
    int order = cairn_span_compare(collection, bounds->collection);
    if (order == 0)
        return bounds->id;
    return order < 0 ? highest : (cairn_span){"", 0};
}

static cairn_code advance(search_run *run, cursor *cursor, cairn_error *error)
{
    int rc = sqlite3_step(cursor->statement);
    cursor->live = rc == SQLITE_ROW;
    if (cursor->live)
        item_row_read(cursor->statement, &cursor->row);
    return cursor->live || rc == SQLITE_DONE ? CAIRN_OK : db_error(run->session->db, rc, "searching", error);
}

static cairn_code open_cursor(search_run *run, size_t k, cairn_span collection, cursor *cursor, cairn_error *error)
{
    bounds bounds;
    cairn_code code = make_bounds(run, collection, &bounds, error);
    if (code)
        return code;
    bool backward = run->page->backward;
    if (collection.p)
        code = session_order_query(run->session, k, backward, &cursor->statement, error);
    else
        code = session_query(run->session, backward ? Q_ORDER_ALL_BACK : Q_ORDER_ALL, &cursor->statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(cursor->statement, 1, bounds.sec);
    sqlite3_bind_int(cursor->statement, 2, bounds.nsec);
    db_bind_span(cursor->statement, 3, collection.p ? collection : bounds.collection);
    db_bind_span(cursor->statement, 4, collection.p ? id_bound(&bounds, collection) : bounds.id);
    sqlite3_bind_int64(cursor->statement, 5, bounds.last_sec);
    return advance(run, cursor, error);
}

/* The cursor whose row is next in the direction of the scan. */
static cursor *next_cursor(cursor *cursors, size_t n, bool backward)
{
    cursor *best = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!cursors[i].live)
            continue;
        int order = best ? cairn_position_compare(&cursors[i].row.position, &best->row.position) : 0;
        if (!best || (backward ? order > 0 : order < 0))
            best = &cursors[i];
    }
    return best;
}

/* Counts behind the page as long as the budget lasts. */
static bool goes_on(search_run *run, bool counting)
{
    if (run->hits.n <= run->page->limit)
        return true;
    return counting && !run->counted && run->looked_at < run->page->count_budget;
}

static cairn_code walk(search_run *run, cursor *cursors, size_t n, cairn_error *error)
{
    bool counting = run->page->count_budget && !run->page->position && !run->counted;
    cursor *at;
    while ((at = next_cursor(cursors, n, run->page->backward)) && goes_on(run, counting)) {
        bool match;
        cairn_code code = row_matches(run, &at->row, &match, error);
        if (!code && match && run->hits.n <= run->page->limit)
            code = hits_add(&run->hits, &at->row, run->arena, error);
        if (!code && match && counting)
            run->matched++;
        if (!code)
            code = advance(run, at, error);
        if (code)
            return code;
    }
    if (counting && !at)
        run->counted = true;
    return CAIRN_OK;
}

/* Without a condition on the items themselves the collections' own counts are the answer. */
static cairn_code count_by_tally(search_run *run, cairn_error *error)
{
    const cairn_search *search = run->search;
    if (!run->page->count_budget || run->area || search->has_datetime || search->n_ids)
        return CAIRN_OK;
    sqlite3_stmt *statement;
    cairn_code code = session_query(run->session, search->n_collections ? Q_COLLECTION : Q_TOTALS, &statement, error);
    size_t rounds = search->n_collections ? search->n_collections : 1;
    for (size_t i = 0; !code && i < rounds; i++) {
        if (search->n_collections)
            db_bind_span(statement, 1, search->collections[i]);
        int rc = sqlite3_step(statement);
        if (rc == SQLITE_ROW)
            run->matched += (uint64_t)sqlite3_column_int64(statement, search->n_collections ? 5 : 0);
        else if (rc != SQLITE_DONE)
            code = db_error(run->session->db, rc, "counting", error);
        sqlite3_reset(statement);
    }
    run->counted = !code;
    return code;
}

cairn_code scan_order(search_run *run, cairn_error *error)
{
    size_t wanted = run->search->n_collections;
    bool merged = wanted >= 1 && wanted <= MAX_MERGED;
    size_t n = merged ? wanted : 1;
    cursor *cursors = cairn_arena_calloc(run->arena, n, sizeof *cursors);
    if (!cursors)
        return cairn_error_set(error, CAIRN_NOMEM, "out of memory");
    cairn_code code = count_by_tally(run, error);
    for (size_t i = 0; !code && i < n; i++)
        code = open_cursor(run, i, merged ? run->search->collections[i] : CAIRN_SPAN_NONE, &cursors[i], error);
    if (!code)
        code = walk(run, cursors, n, error);
    for (size_t i = 0; i < n; i++)
        if (cursors[i].statement)
            sqlite3_reset(cursors[i].statement);
    if (code == CAIRN_DEADLINE && run->hits.n) {
        cairn_error_clear(error);
        run->cut = true;
        return CAIRN_OK;
    }
    return code;
}
