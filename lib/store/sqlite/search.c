/* A search: choose a way, collect hits, cut the page out of them, deliver.
 *
 * The choice is simple and bounded. Ids are looked up. A place is looked for in the R*Tree as long as it gives few
 * candidates: those are checked and sorted. Where it gives many, hits are dense, and the scan of the default order
 * finds the first page soon. Histograms and slices of time will make the choice finer; it is all in collect(). */
#include "store/sqlite/internal.h"

#include "base/clock.h"

#include <stdlib.h>

static bool box_decides(const search_run *run, const item_row *row, bool *match)
{
    if (!row->has_place) {
        *match = run->search->null_geometry_hits;
        return true;
    }
    cairn_box area = cairn_area_box(run->area);
    if (!cairn_box_meets(area, row->box)) {
        *match = false;
        return true;
    }
    if (cairn_area_is_box(run->area) && cairn_box_contains(area, row->box)) {
        *match = true;
        return true;
    }
    return false;
}

static cairn_code out_of_time(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_DEADLINE, "out of time");
}

static cairn_code footprint_meets(search_run *run, const item_row *row, bool *match, cairn_error *error)
{
    sqlite_session *session = run->session;
    sqlite3_stmt *footprint;
    if (session_is_late(session)) /* an area of many parts may take long for each footprint */
        return out_of_time(error);
    cairn_code code = session_query(session, Q_FOOTPRINT, &footprint, error);
    if (code)
        return code;
    sqlite3_bind_int64(footprint, 1, row->key);
    int rc = sqlite3_step(footprint);
    if (rc == SQLITE_ROW)
        code = cairn_area_meets(run->area, row->box, db_column_span(footprint, 0), match, error);
    else
        code = db_error(session->db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "reading a footprint", error);
    sqlite3_reset(footprint);
    return code;
}

cairn_code row_matches(search_run *run, const item_row *row, bool *match, cairn_error *error)
{
    enum { ROWS_BETWEEN_CLOCKS = 64 };
    const cairn_search *search = run->search;
    *match = false;
    if (++run->looked_at % ROWS_BETWEEN_CLOCKS == 0 && session_is_late(run->session))
        return out_of_time(error);
    if (search->has_datetime && !cairn_interval_meets(row->range, search->datetime))
        return CAIRN_OK;
    if (search->n_collections && !cairn_list_has(search->collections, search->n_collections, row->position.collection))
        return CAIRN_OK;
    if (search->n_ids && !cairn_list_has(search->ids, search->n_ids, row->position.id))
        return CAIRN_OK;
    if (run->area && !box_decides(run, row, match))
        return footprint_meets(run, row, match, error);
    if (!run->area)
        *match = true;
    return CAIRN_OK;
}

static cairn_code collect(search_run *run, cairn_error *error)
{
    bool done = false;
    cairn_code code = CAIRN_OK;
    if (run->search->n_ids) {
        code = probe_ids(run, error);
        done = true;
    } else if (run->area && !run->search->null_geometry_hits) {
        code = probe_boxes(run, &done, error);
    }
    return code || done ? code : scan_order(run, error);
}

/* ---- the page ---- */

static int compare_hits(const void *a, const void *b)
{
    return cairn_position_compare(&((const hit *)a)->position, &((const hit *)b)->position);
}

/* Candidates come once for each box that they have in each box of the area. */
static void sort_unique(hits *hits)
{
    if (!hits->n)
        return;
    qsort(hits->list, hits->n, sizeof *hits->list, compare_hits);
    size_t kept = 1;
    for (size_t i = 1; i < hits->n; i++)
        if (hits->list[i].key != hits->list[kept - 1].key)
            hits->list[kept++] = hits->list[i];
    hits->n = kept;
}

static void reverse(hits *hits)
{
    for (size_t i = 0, j = hits->n; i + 1 < j; i++) {
        hit other = hits->list[--j];
        hits->list[j] = hits->list[i];
        hits->list[i] = other;
    }
}

typedef struct slice {
    size_t from, to;
    bool more;
} slice;

/* The part of the sorted hits that is the page. */
static slice cut_complete(const hits *hits, const cairn_page *page)
{
    slice all = {0, hits->n, false};
    if (page->position && !page->backward)
        while (all.from < all.to && cairn_position_compare(&hits->list[all.from].position, page->position) <= 0)
            all.from++;
    if (page->position && page->backward)
        while (all.to > all.from && cairn_position_compare(&hits->list[all.to - 1].position, page->position) >= 0)
            all.to--;
    all.more = all.to - all.from > page->limit;
    if (all.more && page->backward)
        all.from = all.to - page->limit;
    else if (all.more)
        all.to = all.from + page->limit;
    return all;
}

static slice cut_scanned(hits *hits, const cairn_page *page)
{
    bool more = hits->n > page->limit;
    if (more)
        hits->n = page->limit;
    if (page->backward)
        reverse(hits);
    return (slice){0, hits->n, more};
}

static cairn_code body_length(sqlite_session *session, sqlite3_int64 key, uint64_t *out, cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = session_query(session, Q_LENGTH, &statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(statement, 1, key);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *out = (uint64_t)sqlite3_column_int64(statement, 0);
    else
        code = db_error(session->db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "reading an item", error);
    sqlite3_reset(statement);
    return code;
}

/* Ends the page where the bodies reach page->max_bytes, counted from the side where the page begins. */
static cairn_code cut_bytes(search_run *run, slice *page, cairn_error *error)
{
    if (!run->page->max_bytes || run->page->without_body)
        return CAIRN_OK;
    uint64_t bytes = 0;
    size_t n = page->to - page->from;
    for (size_t k = 0; k < n; k++) {
        size_t at = run->page->backward ? page->to - 1 - k : page->from + k;
        uint64_t length = 0;
        cairn_code code = body_length(run->session, run->hits.list[at].key, &length, error);
        if (code)
            return code;
        bytes += length;
        if (bytes <= run->page->max_bytes || k == 0)
            continue;
        page->more = true;
        if (run->page->backward)
            page->from = at + 1;
        else
            page->to = at;
        return CAIRN_OK;
    }
    return CAIRN_OK;
}

static cairn_code deliver(search_run *run, slice page, cairn_item_sink sink, void *context, cairn_result *result,
                          cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = page.from; !code && i < page.to; i++)
        code = session_deliver(run->session, &run->hits.list[i], run->page, sink, context, error);
    result->returned = (uint32_t)(page.to - page.from);
    result->more = page.more || run->cut;
    result->cut = run->cut;
    result->looked_at = run->looked_at;
    if (result->returned) {
        result->first = run->hits.list[page.from].position;
        result->last = run->hits.list[page.to - 1].position;
    }
    return code;
}

cairn_code sqlite_session_search(cairn_session *base, const cairn_search *search, const cairn_page *page,
                                 cairn_arena *arena, cairn_item_sink sink, void *context, cairn_result *result,
                                 cairn_error *error)
{
    search_run run = {.session = (sqlite_session *)base, .search = search, .page = page, .arena = arena};
    *result = (cairn_result){0};
    cairn_code code = cairn_search_area(search, base->geos, arena, &run.area, error);
    if (!code)
        code = collect(&run, error);
    if (code)
        return code;
    run.session->deadline = 0; /* what was found in time is given */
    slice part;
    if (run.complete) {
        sort_unique(&run.hits);
        run.matched = run.hits.n;
        run.counted = page->count_budget > 0;
        part = cut_complete(&run.hits, page);
    } else {
        part = cut_scanned(&run.hits, page);
    }
    result->matched_known = run.counted;
    result->matched = run.matched;
    code = cut_bytes(&run, &part, error);
    return code ? code : deliver(&run, part, sink, context, result, error);
}
