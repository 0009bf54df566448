/* The page: cut out of the hits, and delivered. */
#include "store/sqlite/item_cache.h"
#include "store/sqlite/search.h"

typedef struct slice {
    size_t from, to;
    bool more;
} slice;

/* The part of the sorted hits that is the page. */
static slice cut_complete(const search_run *run)
{
    const cairn_page *page = run->page;
    const hit *list = run->hits.list;
    slice all = {0, run->hits.n, false};
    if (page->position && !page->backward)
        while (all.from < all.to && cairn_position_compare(&list[all.from].position, page->position) <= 0)
            all.from++;
    if (page->position && page->backward)
        while (all.to > all.from && cairn_position_compare(&list[all.to - 1].position, page->position) >= 0)
            all.to--;
    all.more = all.to - all.from > page->limit;
    if (all.more && page->backward)
        all.from = all.to - page->limit;
    else if (all.more)
        all.to = all.from + page->limit;
    return all;
}

static slice cut_scanned(search_run *run)
{
    bool more = run->hits.n > run->page->limit;
    if (more)
        run->hits.n = run->page->limit;
    if (run->page->backward)
        hits_reverse(&run->hits);
    return (slice){0, run->hits.n, more};
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

/* Ends a page that is read backward where the bodies reach page->max_bytes, counted from the side where it begins. */
static cairn_code cut_bytes(const search_run *run, slice *page, cairn_error *error)
{
    if (!run->page->max_bytes || run->page->without_body || !run->page->backward)
        return CAIRN_OK;
    uint64_t bytes = 0;
    for (size_t at = page->to; at-- > page->from;) {
        uint64_t length = 0;
        cairn_code code = body_length(run->session, run->hits.list[at].key, &length, error);
        if (code)
            return code;
        bytes += length;
        if (bytes <= run->page->max_bytes || at + 1 == page->to)
            continue;
        page->more = true;
        page->from = at + 1;
        return CAIRN_OK;
    }
    return CAIRN_OK;
}

/* Passes rows on as long as there is room for their bodies, and one in any case. */
typedef struct measured {
    cairn_item_sink sink;
    void *context;
    uint64_t bytes, most;
    bool begun, full;
} measured;

static cairn_code give_measured(void *context, const cairn_item_row *row, cairn_error *error)
{
    measured *to = context;
    to->bytes += row->body.length;
    to->full = to->begun && to->bytes > to->most;
    to->begun = true;
    return to->full ? CAIRN_OK : to->sink(to->context, row, error);
}

static cairn_code deliver(const search_run *run, slice page, cairn_item_sink sink, void *context, cairn_result *result,
                          cairn_error *error)
{
    measured to = {.sink = sink, .context = context, .most = run->page->max_bytes};
    bool forward = run->page->max_bytes && !run->page->backward;
    cairn_code code = CAIRN_OK;
    if (!forward)
        to.most = UINT64_MAX;
    for (size_t i = page.from; !code && i < page.to; i++) {
        code = session_deliver(run->session, &run->hits.list[i], run->page, give_measured, &to, error);
        if (to.full) {
            page.more = true;
            page.to = i;
        }
    }
    result->returned = (uint32_t)(page.to - page.from);
    result->more = page.more || run->cut;
    if (result->returned) {
        result->first = run->hits.list[page.from].position;
        result->last = run->hits.list[page.to - 1].position;
    }
    return code;
}

cairn_code page_deliver(search_run *run, cairn_item_sink sink, void *context, cairn_result *result, cairn_error *error)
{
    slice part;
    if (run->complete) {
        hits_sort_unique(&run->hits);
        run->matched = run->hits.n;
        run->counted = run->page->count_budget > 0;
        part = cut_complete(run);
    } else {
        part = cut_scanned(run);
    }
    result->matched_known = run->counted;
    result->matched = run->matched;
    cairn_code code = cut_bytes(run, &part, error);
    return code ? code : deliver(run, part, sink, context, result, error);
}

/* ---- one row ---- */

static cairn_code add_columns(sqlite_session *session, sqlite3_int64 key, cairn_item_row *row, cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = session_query(session, Q_ITEM_ROW, &statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(statement, 1, key);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        item_row columns;
        item_row_read(statement, &columns);
        row->range = columns.range;
        row->has_place = columns.has_place;
        row->box = columns.box;
    } else {
        code = db_error(session->db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "reading an item", error);
    }
    sqlite3_reset(statement);
    return code;
}

static cairn_code add_properties(sqlite_session *session, sqlite3_int64 key, const item_row *known,
                                 const cairn_page *page, cairn_item_row *row, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    if (known) {
        row->range = known->range;
        row->has_place = known->has_place;
        row->box = known->box;
    } else {
        row_texts_forget(session);
        code = add_columns(session, key, row, error);
    }
    if (!code)
        code = row_properties(session, key, &row->properties, error);
    if (!code && row->has_place && !page->without_footprint)
        code = row_footprint(session, key, &row->footprint, error);
    return code;
}

static void take_cached(const cached_item *item, cairn_item_row *row)
{
    row->text = cairn_span_make(item->text, item->length);
    row->body = (cairn_packed){CAIRN_ENCODING_PLAIN, item->crc, item->length, row->text};
    row->changed = item->changed;
    row->traits = item->traits;
}

/* Takes the text from the cache, or puts it there. */
static cairn_code pass_cache(sqlite_session *session, sqlite3_int64 key, cairn_item_row *row, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    const cached_item *item = item_cache_confirm(session->items, key, row);
    if (!item)
        code = item_cache_enter(session->items, session->base.codec, key, row, &item, error);
    if (!code && item)
        take_cached(item, row);
    return code;
}

static cairn_code give_body(sqlite_session *session, sqlite3_int64 key, cairn_item_row *row, cairn_item_sink sink,
                            void *context, cairn_error *error)
{
    sqlite3_stmt *body;
    cairn_code code = session_query(session, Q_BODY, &body, error);
    if (code)
        return code;
    sqlite3_bind_int64(body, 1, key);
    int rc = sqlite3_step(body);
    if (rc == SQLITE_ROW) {
        row->source = db_column_packed(body, 5, 6, 7, 8);
        row->changed = sqlite3_column_int64(body, 3);
        row->traits = (unsigned)sqlite3_column_int64(body, 9);
        code = row_packed(session, body, &row->body, error);
        if (!code && session->base.texts_only && session->items)
            code = pass_cache(session, key, row, error);
        if (!code)
            code = sink(context, row, error);
    } else {
        code = rc == SQLITE_DONE ? cairn_error_set(error, CAIRN_CORRUPT, "an item has no body; run `cairn check`")
                                 : db_error(session->db, rc, "reading an item", error);
    }
    sqlite3_reset(body);
    return code;
}

static cairn_code give(sqlite_session *session, sqlite3_int64 key, const cairn_position *position,
                       const item_row *known, const cairn_page *page, cairn_item_sink sink, void *context,
                       cairn_error *error)
{
    cairn_item_row row = {.collection = position->collection, .id = position->id, .time = position->time};
    cairn_code code = CAIRN_OK;
    if (page && page->with_properties)
        code = add_properties(session, key, known, page, &row, error);
    if (code)
        return code;
    if (page && page->without_body)
        return sink(context, &row, error);
    if (session->base.texts_only && session->items) {
        const cached_item *item = item_cache_get(session->items, key);
        if (item) {
            take_cached(item, &row);
            return sink(context, &row, error);
        }
    }
    return give_body(session, key, &row, sink, context, error);
}

cairn_code session_deliver(sqlite_session *session, const hit *hit, const cairn_page *page, cairn_item_sink sink,
                           void *context, cairn_error *error)
{
    return give(session, hit->key, &hit->position, NULL, page, sink, context, error);
}

cairn_code row_deliver(sqlite_session *session, const item_row *row, const cairn_page *page, cairn_item_sink sink,
                       void *context, cairn_error *error)
{
    return give(session, row->key, &row->position, row, page, sink, context, error);
}
