/* A search: choose a way, collect hits, cut the page out of them, deliver.
 *
 * The choice is simple and bounded. Ids are looked up. An index is asked as long as it gives few candidates: those are
 * checked and sorted. Where it gives many, hits are dense, and the scan of the order that is asked for finds the first
 * page soon: an index of the first sort key, or the default order. */
#include "store/sqlite/space_search.h"

#include <math.h>

/* As many candidates as are looked at sooner than the rows that a page of them is spread over. */
static cairn_code worthwhile(search_run *run, uint64_t items, size_t *out, cairn_error *error)
{
    enum { MOST = 20000, MOST_SORTED = 200000 };
    bool indexed = true;
    double rows = sqrt(((double)run->page->limit + 1) * (double)items);
    cairn_code code = run->best ? sort_has_index(run, items, &indexed, error) : CAIRN_OK;
    size_t most = indexed ? MOST : MOST_SORTED;
    if (!indexed) /* then all of them are looked at */
        rows = (double)items;
    *out = rows < MAX_CANDIDATES ? MAX_CANDIDATES : rows > (double)most ? most : (size_t)rows;
    return code;
}

/* How many candidates of a box are looked at where they must be sorted by something else, or are all wanted. */
static cairn_code worthwhile_in_box(search_run *run, uint64_t items, size_t *out, cairn_error *error)
{
    enum { SHARE = 6, MOST = 1 << 20 };
    *out = MAX_CANDIDATES;
    if (!run->sink)
        return run->best ? worthwhile(run, items, out, error) : CAIRN_OK;
    uint64_t rows;
    cairn_code code = estimate_items(run, &rows, error);
    if (!code && rows / SHARE > MAX_CANDIDATES)
        *out = rows / SHARE < MOST ? (size_t)(rows / SHARE) : MOST;
    return code;
}

/* Indexes that may give few candidates, the most promising one first. A list of values may be walked in the default
 * order instead, which gives the first page sooner. */
static cairn_code probe(search_run *run, const value_choice *choice, uint64_t items, bool *done, cairn_error *error)
{
    enum { FEW = 100 };
    size_t most = MAX_CANDIDATES, most_in_box;
    cairn_code code = choice->known ? worthwhile(run, items, &most, error) : CAIRN_OK;
    if (!code)
        code = worthwhile_in_box(run, items, &most_in_box, error);
    bool hopeless = !choice->slot || (choice->known && choice->estimate > most);
    bool first = !hopeless && choice->known && choice->estimate <= FEW;
    bool later = !hopeless && !first && (run->best || !value_has_time_order(choice, items));
    if (!code && first)
        code = probe_values(run, choice, most, done, error);
    if (!code && !*done)
        code = goes_by_time(run) ? search_by_time(run, done, error) : probe_boxes(run, most_in_box, done, error);
    if (!code && !*done && run->search->text)
        code = probe_text(run, done, error);
    if (!code && !*done && later)
        code = probe_values(run, choice, most, done, error);
    return code;
}

static cairn_code walk_in_order(search_run *run, const value_choice *choice, uint64_t items, cairn_error *error)
{
    if (run->best)
        return sort_rows(run, items, error);
    if (choice->slot && value_has_time_order(choice, items))
        return value_time_order(run, choice, error);
    run->plan.way = "time order";
    cairn_code code = scan_order_begin(run, error);
    if (!code)
        code = scan_order_page(run, error);
    return code ? code : scan_order_end(run, error);
}

static cairn_code collect(search_run *run, cairn_error *error)
{
    bool done = run->narrow.nothing;
    value_choice choice = {0};
    uint64_t items = 0;
    run->complete = done;
    if (done)
        return CAIRN_OK;
    if (run->narrow.n_ids)
        return probe_ids(run, error);
    cairn_code code = CAIRN_OK;
    if (run->narrow.filter.n_bounds)
        code = value_choose(run, &choice, error);
    if (!code && (choice.slot || run->best))
        code = count_items(run, &items, error);
    if (!code)
        code = probe(run, &choice, items, &done, error);
    return code || done ? code : walk_in_order(run, &choice, items, error);
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
    run->unpacked_before = run->session->texts->unpacked;
    cairn_code code = cairn_search_area(search, geos, run->arena, &run->area, error);
    if (!code && search->filter)
        code = cairn_cql2_matcher_new(search->filter, geos, run->arena, &run->matcher, error);
    if (!code)
        code = narrow_search(run, error);
    if (!code && run->page->count_budget)
        code = run_weigh_rows(run, error);
    return code ? code : bounds_prepare(run, error);
}

/* Matches so far, scaled up to all that there is to look at. */
static cairn_code estimate(search_run *run, cairn_result *result, cairn_error *error)
{
    uint64_t items = run->counted_of;
    if (!run->counted && run->has_guess) {
        result->estimate = run->guess;
        result->estimate_known = true;
        return CAIRN_OK;
    }
    if (run->counted || !run->counting || !run->counted_over)
        return CAIRN_OK;
    cairn_code code = items ? CAIRN_OK : estimate_items(run, &items, error);
    if (code)
        return code;
    double share = (double)run->matched / (double)run->counted_over;
    uint64_t guess = (uint64_t)(share * (double)items);
    result->estimate = guess > run->matched ? guess : run->matched;
    result->estimate_known = true;
    return CAIRN_OK;
}

static void tell(const search_run *run, cairn_result *result)
{
    cairn_span index = run->plan.index.p ? cairn_arena_copy(run->arena, run->plan.index) : CAIRN_SPAN_NONE;
    result->cut = run->cut;
    result->looked_at = run->looked_at;
    result->returned += run->streamed;
    result->plan = run->plan;
    result->plan.way = run->plan.way ? run->plan.way : "nothing can match";
    result->plan.candidates = run->looked_at;
    result->plan.evaluated = run->evaluated;
    result->plan.index = index;
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
    best best = {0};
    cairn_code code = prepare(&run, error);
    if (!code && search->sort.n && !run.sink) {
        run.best = &best;
        code = best_begin(&best, &run, error);
    }
    if (!code)
        code = after_deadline(&run, collect(&run, error), error);
    if (!code) {
        run.session->deadline = 0; /* what was found in time is given */
        code = page_deliver(&run, sink, context, result, error);
        if (!code)
            code = estimate(&run, result, error);
        tell(&run, result);
    }
    best_end(&best);
    row_texts_forget(run.session);
    return code;
}
