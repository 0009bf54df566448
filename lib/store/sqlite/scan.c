/* The scan of the default order, by the covering indexes: of one collection, of several merged, or of all. */
#include "store/sqlite/space_search.h"

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

typedef struct walk {
    search_run *run;
    const cairn_position *position; /* NULL: from the end */
    bool backward;
    cursor *cursors;
    size_t n;
} walk;

/* Sorts behind any name. */
static const cairn_span highest = CAIRN_SPAN_LIT("\xff");

static void begin_at(bounds *bounds, const cairn_position *position)
{
    bounds->sec = back_sec(position->time);
    bounds->nsec = back_nsec(position->time);
    bounds->collection = position->collection;
    bounds->id = position->id;
}

static cairn_code make_bounds(const walk *walk, cairn_span collection, bounds *out, cairn_error *error)
{
    enum { BEFORE_ANY_NSEC = -1000000000, AFTER_ANY_NSEC = 1 };
    sqlite3_int64 newest, oldest;
    cairn_code code = narrow_times(walk->run, collection, &newest, &oldest, error);
    if (code)
        return code;
    const cairn_position *position = walk->position;
    const cairn_span lowest = {"", 0};
    if (walk->backward) {
        *out = (bounds){oldest, AFTER_ANY_NSEC, highest, highest, newest};
        if (position && back_sec(position->time) <= oldest)
            begin_at(out, position);
    } else {
        *out = (bounds){newest, BEFORE_ANY_NSEC, lowest, lowest, oldest};
        if (position && back_sec(position->time) >= newest)
            begin_at(out, position);
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

static cairn_code advance(const walk *walk, cursor *cursor, cairn_error *error)
{
    int rc = sqlite3_step(cursor->statement);
    cursor->live = rc == SQLITE_ROW;
    if (cursor->live)
        item_row_read(cursor->statement, &cursor->row);
    return cursor->live || rc == SQLITE_DONE ? CAIRN_OK : db_error(walk->run->session->db, rc, "searching", error);
}

static cairn_code open_cursor(const walk *walk, size_t k, cairn_span collection, cairn_error *error)
{
    sqlite_session *session = walk->run->session;
    cursor *cursor = &walk->cursors[k];
    bounds bounds;
    cairn_code code = make_bounds(walk, collection, &bounds, error);
    if (code)
        return code;
    if (collection.p)
        code = session_order_query(session, k, walk->backward, &cursor->statement, error);
    else
        code = session_query(session, walk->backward ? Q_ORDER_ALL_BACK : Q_ORDER_ALL, &cursor->statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(cursor->statement, 1, bounds.sec);
    sqlite3_bind_int(cursor->statement, 2, bounds.nsec);
    db_bind_span(cursor->statement, 3, collection.p ? collection : bounds.collection);
    db_bind_span(cursor->statement, 4, collection.p ? id_bound(&bounds, collection) : bounds.id);
    sqlite3_bind_int64(cursor->statement, 5, bounds.last_sec);
    return advance(walk, cursor, error);
}

/* The cursor whose row is next in the direction of the walk. */
static cursor *next_cursor(const walk *walk)
{
    cursor *best = NULL;
    for (size_t i = 0; i < walk->n; i++) {
        cursor *at = &walk->cursors[i];
        if (!at->live)
            continue;
        int order = best ? cairn_position_compare(&at->row.position, &best->row.position) : 0;
        if (!best || (walk->backward ? order > 0 : order < 0))
            best = at;
    }
    return best;
}

static cairn_code pause_at(search_run *run, const item_row *row, cairn_error *error)
{
    run->paused = true;
    return cairn_position_copy(run->arena, &row->position, &run->resume) ? CAIRN_OK : out_of_memory(error);
}

static cairn_code walk_on(const walk *walk, row_taker take, void *context, bool *ended, cairn_error *error)
{
    search_run *run = walk->run;
    cursor *at;
    bool full = false;
    while ((at = next_cursor(walk))) {
        cairn_code code = take(run, context, &at->row, &full, error);
        if (!code && !full && run->pause_at > 0 && run_micros(run) >= run->pause_at)
            return pause_at(run, &at->row, error);
        if (code || full)
            return code;
        if ((code = advance(walk, at, error)))
            return code;
    }
    *ended = true;
    return CAIRN_OK;
}

cairn_code scan_rows(search_run *run, const cairn_position *position, bool backward, row_taker take, void *context,
                     bool *ended, cairn_error *error)
{
    size_t wanted = run->narrow.n_collections;
    bool merged = wanted >= 1 && wanted <= MAX_MERGED;
    walk walk = {run, position, backward, NULL, merged ? wanted : 1};
    cairn_code code = CAIRN_OK;
    walk.cursors = cairn_arena_calloc(run->arena, walk.n, sizeof *walk.cursors);
    *ended = false;
    if (!walk.cursors)
        return out_of_memory(error);
    for (size_t i = 0; !code && i < walk.n; i++)
        code = open_cursor(&walk, i, merged ? run->narrow.collections[i] : CAIRN_SPAN_NONE, error);
    if (!code)
        code = walk_on(&walk, take, context, ended, error);
    for (size_t i = 0; i < walk.n; i++)
        if (walk.cursors[i].statement)
            sqlite3_reset(walk.cursors[i].statement);
    return code;
}

/* ---- the page ---- */

/* What an index alone tells is not counted on the way. */
static bool counts_apart(const search_run *run)
{
    const cairn_search *search = run->search;
    bool by_place = run->area && !run->search->null_geometry_hits && !search->filter && !search->text && !search->n_ids;
    return by_place || has_times_only(run);
}

/* Counts behind the page as long as the budget lasts. */
static bool goes_on(const search_run *run)
{
    if (run->sink || run->hits.n <= run->page->limit)
        return true;
    return run->counting && !run->counts_apart && run_cost(run) < run->page->count_budget;
}

static cairn_code keep(search_run *run, const item_row *row, cairn_error *error)
{
    if (run->sink) {
        run->streamed++;
        return row_deliver(run->session, row, run->page, run->sink, run->context, error);
    }
    return run->hits.n <= run->page->limit ? hits_add(&run->hits, row->key, &row->position, run->arena, error)
                                           : CAIRN_OK;
}

static cairn_code take_in_order(search_run *run, void *context, const item_row *row, bool *full, cairn_error *error)
{
    (void)context;
    bool match;
    *full = !goes_on(run);
    if (*full)
        return CAIRN_OK;
    run->counted_over++;
    cairn_code code = row_matches(run, row, &match, error);
    if (code || !match)
        return code;
    run->matched += run->counting;
    return keep(run, row, error);
}

cairn_code scan_order_begin(search_run *run, cairn_error *error)
{
    const cairn_page *page = run->page;
    cairn_code code = count_by_tally(run, error);
    run->counting = page->count_budget && !page->position && !run->counted;
    run->counts_apart = run->counting && counts_apart(run);
    return code;
}

cairn_code scan_order_page(search_run *run, cairn_error *error)
{
    bool ended;
    const cairn_position *from = run->paused ? &run->resume : run->page->position;
    run->paused = false;
    cairn_code code = scan_rows(run, from, run->page->backward, take_in_order, NULL, &ended, error);
    run->counted |= !code && run->counting && ended;
    return code;
}

cairn_code scan_order_end(search_run *run, cairn_error *error)
{
    if (run->counted || !run->counts_apart)
        return CAIRN_OK;
    return has_times_only(run) ? count_by_times(run, error) : space_count(run, error);
}

static cairn_code take_count(search_run *run, void *context, const item_row *row, bool *full, cairn_error *error)
{
    const uint64_t *spent = context;
    bool match = false;
    *full = run_cost(run) - *spent >= run->page->count_budget;
    cairn_code code = *full ? CAIRN_OK : row_matches(run, row, &match, error);
    run->matched += match;
    return code;
}

cairn_code scan_count(search_run *run, cairn_error *error)
{
    cairn_error fault = CAIRN_ERROR_INIT;
    bool ended = false;
    uint64_t spent = run_cost(run), before = run->looked_at;
    cairn_code code = count_by_tally(run, error);
    if (code || run->counted || !run->page->count_budget || run->page->position)
        return code;
    run->counting = true;
    run->matched = 0;
    if (has_times_only(run))
        return count_by_times(run, error);
    code = scan_rows(run, NULL, false, take_count, &spent, &ended, &fault);
    run->counted = !code && ended;
    run->counted_over = run->looked_at - before;
    if (code == CAIRN_DEADLINE) /* the page itself was found in time */
        return CAIRN_OK;
    return code ? cairn_error_set(error, code, "%s", fault.message) : CAIRN_OK;
}
