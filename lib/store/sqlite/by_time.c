/* A page of the default order, where the search is for a place: two ways at once. The scan of the order finds a page
 * soon where many items match, the walk over the R*Tree where few do. Which it is nobody knows before: they take turns,
 * each of them twice as long as before, so that together they take no longer than a few times the better one. The way
 * that has found so much that it will soon be at its end goes on. */
#include "store/sqlite/space_search.h"

#include <math.h>

bool goes_by_time(const search_run *run)
{
    return !run->best && !run->sink;
}

typedef enum way { WALK, SCAN, WAYS } way;

typedef struct turns {
    search_run *run;
    space_page page;
    double slice;       /* microseconds of a turn */
    double spent[WAYS]; /* so far */
    bool gave_up;       /* the walk: more waited for its turn in it than may; it can't go on */
} turns;

static cairn_code scan(turns *t, double until, bool *found, cairn_error *error)
{
    search_run *run = t->run;
    run->pause_at = until;
    cairn_code code = scan_order_page(run, error);
    run->pause_at = 0;
    *found = !code && !run->paused;
    return code;
}

static cairn_code walk(turns *t, double until, bool *found, cairn_error *error)
{
    search_run *run = t->run;
    hits scanned = run->hits;
    uint64_t matched = run->matched;
    *found = false;
    if (t->gave_up)
        return CAIRN_OK;
    run->hits = (hits){0};
    cairn_code code = space_page_go(&t->page, until, found, error);
    run->matched = matched; /* of the scan */
    if (code || !*found)
        run->hits = scanned;
    t->gave_up = code == CAIRN_TOO_LARGE;
    if (!t->gave_up)
        return code;
    cairn_error_clear(error);
    return CAIRN_OK;
}

static cairn_code take_turn(turns *t, way way, double slice, bool *found, cairn_error *error)
{
    double begun = run_micros(t->run);
    cairn_code code = way == SCAN ? scan(t, begun + slice, found, error) : walk(t, begun + slice, found, error);
    t->spent[way] += run_micros(t->run) - begun;
    return code;
}

/* Microseconds that a way may still take, if it finds on as it has found so far. */
static double expected(const turns *t, way way)
{
    double wanted = (double)t->run->page->limit + 1;
    double n = (double)(way == SCAN ? t->run->hits.n : t->page.best.n);
    if (n == 0)
        return INFINITY;
    return n < wanted ? t->spent[way] * (wanted - n) / n : 0;
}

/* A turn, and a longer one where that is likely to be the last. */
static cairn_code go(turns *t, way way, bool *found, cairn_error *error)
{
    enum { SURELY = 2 };
    cairn_code code = take_turn(t, way, t->slice, found, error);
    double left = expected(t, way);
    bool likely = left <= SURELY * t->slice || left * SURELY <= expected(t, way == SCAN ? WALK : SCAN);
    if (code || *found || isinf(left) || !likely)
        return code;
    return take_turn(t, way, fmax(left * SURELY, t->slice), found, error);
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
    way way = is_wide(t->run) ? SCAN : WALK;
    bool found = false;
    cairn_code code = scan_order_begin(t->run, error);
    t->slice = FIRST_SLICE;
    for (unsigned turn = 0; !code; turn++, way = way == SCAN ? WALK : SCAN) {
        code = go(t, way, &found, error);
        if (found)
            break;
        if (turn % 2)
            t->slice *= 2;
    }
    if (code)
        return code;
    if (way == WALK)
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
