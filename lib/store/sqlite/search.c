/* A search: choose a way, collect hits, cut the page out of them, deliver.
 *
 * The choice is simple and bounded. Ids are looked up. An index is asked as long as it gives few candidates: those are
 * checked and sorted. Where it gives many, hits are dense, and the scan of the default order finds the first page soon.
 */
#include "store/sqlite/search.h"

static cairn_code probe(search_run *run, bool *done, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    if (run->narrow.n_ids) {
        *done = true;
        return probe_ids(run, error);
    }
    code = probe_boxes(run, done, error);
    if (!code && !*done && run->search->text)
        code = probe_text(run, done, error);
    return code;
}

static cairn_code collect(search_run *run, cairn_error *error)
{
    bool done = run->narrow.nothing;
    run->complete = done;
    cairn_code code = done ? CAIRN_OK : probe(run, &done, error);
    if (code || done)
        return code;
    if (run->search->sort.n)
        return sort_all(run, error);
    run->plan.way = "time order";
    return scan_order(run, error);
}

/* What was found in time is given, where it is the beginning of the page and not any part of it. */
static cairn_code after_deadline(search_run *run, cairn_code code, cairn_error *error)
{
    bool in_order = !run->complete && !run->sink && run->hits.n;
    if (code != CAIRN_DEADLINE || !in_order)
        return code;
    cairn_error_clear(error);
    run->cut = run->hits.n <= run->page->limit;
    return CAIRN_OK;
}

static cairn_code prepare(search_run *run, cairn_error *error)
{
    const cairn_search *search = run->search;
    cairn_geos *geos = run->session->base.geos;
    row_texts_forget(run->session);
    cairn_code code = cairn_search_area(search, geos, run->arena, &run->area, error);
    if (!code && search->filter)
        code = cairn_cql2_matcher_new(search->filter, geos, run->arena, &run->matcher, error);
    return code ? code : narrow_search(run, error);
}

static void tell(const search_run *run, cairn_result *result)
{
    result->cut = run->cut;
    result->looked_at = run->looked_at;
    result->returned += run->streamed;
    result->plan = run->plan;
    result->plan.way = run->plan.way ? run->plan.way : "nothing can match";
    result->plan.candidates = run->looked_at;
    result->plan.evaluated = run->evaluated;
}

cairn_code sqlite_session_search(cairn_session *base, const cairn_search *search, const cairn_page *page,
                                 cairn_arena *arena, cairn_item_sink sink, void *context, cairn_result *result,
                                 cairn_error *error)
{
    search_run run = {.session = (sqlite_session *)base, .search = search, .page = page, .arena = arena};
    *result = (cairn_result){0};
    if (page->any_order && page->limit == UINT32_MAX && (!page->max_bytes || page->without_body)) {
        run.sink = sink;
        run.context = context;
    }
    cairn_code code = prepare(&run, error);
    if (!code)
        code = after_deadline(&run, collect(&run, error), error);
    if (!code) {
        run.session->deadline = 0; /* what was found in time is given */
        code = page_deliver(&run, sink, context, result, error);
        tell(&run, result);
    }
    row_texts_forget(run.session);
    return code;
}
