/* A page of the default order, where the search is for a place: two ways at once. The scan of the order finds a page
 * soon where many items match, the walk over the R*Tree where few do. Which it is nobody knows before: they take turns,
 * each of them twice as long as before, so that together they take no longer than a few times the better one. */
#include "store/sqlite/space_search.h"

bool goes_by_time(const search_run *run)
{
    return !run->best && !run->sink;
}

typedef struct turns {
    search_run *run;
    space_page page;
    hits scanned;
    double slice; /* microseconds of a turn */
} turns;

static cairn_code scan(turns *t, bool *found, cairn_error *error)
{
    search_run *run = t->run;
    run->pause_at = run_micros(run) + t->slice;
    cairn_code code = scan_order_page(run, error);
    run->pause_at = 0;
    *found = !code && !run->paused;
    return code;
}

static cairn_code walk(turns *t, bool *found, cairn_error *error)
{
    search_run *run = t->run;
    hits scanned = run->hits;
    uint64_t matched = run->matched;
    run->hits = (hits){0};
    cairn_code code = space_page_go(&t->page, run_micros(run) + t->slice, found, error);
    run->matched = matched; /* of the scan */
    if (code || !*found)
        run->hits = scanned;
    return code;
}

/* The scan comes first where the area is a good part of the world. */
static bool is_wide(const search_run *run)
{
    enum { SHARE = 8 };
    static const double world = 360.0 * 180;
    cairn_box box = run->area ? cairn_area_box(run->area) : run->narrow.filter.box;
    double width = box.east - box.west + (box.west > box.east ? 360 : 0);
    return width * (box.north - box.south) >= world / SHARE;
}

static cairn_code end_walk(turns *t, cairn_error *error)
{
    search_run *run = t->run;
    cairn_code code = CAIRN_OK;
    if (run->page->count_budget && !run->page->position && t->page.ended) {
        run->counted = true;
        run->matched = t->page.best.matched;
    } else if (run->counting && !run->counted) {
        code = run->counts_apart ? space_count(run, error) : space_page_count(&t->page, error);
    }
    run->counted_over = 0; /* of the scan, which did not end */
    return code ? code : space_page_flush(&t->page, error);
}

static cairn_code take_turns(turns *t, cairn_error *error)
{
    enum { FIRST_SLICE = 200 };
    bool scans = is_wide(t->run), found = false;
    cairn_code code = scan_order_begin(t->run, error);
    t->slice = FIRST_SLICE;
    for (unsigned turn = 0; !code && !found; turn++, scans = !scans) {
        code = scans ? scan(t, &found, error) : walk(t, &found, error);
        if (turn % 2)
            t->slice *= 2;
        if (found)
            break;
    }
    if (code)
        return code;
    if (!scans)
        return end_walk(t, error);
    t->run->plan.way = "time order";
    return scan_order_end(t->run, error);
}

cairn_code search_by_time(search_run *run, bool *done, cairn_error *error)
{
    turns t = {.run = run};
    cairn_code code = space_page_begin(&t.page, run, done, error);
    if (!code && *done)
        code = take_turns(&t, error);
    space_page_end(&t.page);
    return code;
}
