/* Sorted by datetime first: the time order either way, in groups of equal time. What has no time comes last. */
#include "store/sqlite/search.h"

typedef struct timed {
    best best;
    bool without_time; /* the rows that are walked over have none */
    bool begun;
    cairn_time time; /* of the group */
    uint64_t from;   /* rows that were looked at before the group */
} timed;

static cairn_code end_group(timed *t, const item_row *next, cairn_error *error)
{
    t->begun = true;
    t->from = t->best.run->looked_at;
    t->time = next->position.time;
    return best_flush(&t->best, error);
}

/* With one key the groups of items without time are single rows, since ties are in the order of the walk. */
static bool is_other_group(const timed *t, const item_row *row)
{
    if (t->without_time)
        return t->best.run->search->sort.n == 1;
    return !t->begun || cairn_time_compare(row->position.time, t->time) != 0;
}

static cairn_code take(search_run *run, void *context, const item_row *row, bool *full, cairn_error *error)
{
    timed *t = context;
    bool has_time = row->position.time.sec != INT64_MIN;
    cairn_code code = CAIRN_OK;
    *full = has_time == t->without_time;
    if (*full)
        return CAIRN_OK;
    if (is_other_group(t, row))
        code = end_group(t, row, error);
    *full = sort_is_full(run);
    if (!code && !*full && run->search->sort.n > 1)
        code = sort_check_budget(run, 1, t->from, error);
    return code || *full ? code : best_offer(&t->best, row, error);
}

/* Where a walk begins that must see all rows of the group at `time`. */
static cairn_position edge(cairn_time time, bool backward)
{
    static const cairn_span lowest = CAIRN_SPAN_LIT(""), highest = CAIRN_SPAN_LIT("\xff");
    cairn_span name = backward ? highest : lowest;
    return (cairn_position){.time = time, .collection = name, .id = name};
}

static cairn_code walk(search_run *run, timed *t, const cairn_position *from, bool backward, cairn_error *error)
{
    bool ended;
    t->begun = false;
    t->from = run->looked_at;
    cairn_code code = scan_rows(run, from, backward, take, t, &ended, error);
    return code ? code : best_flush(&t->best, error);
}

/* Among those that have one. */
static cairn_code walk_timed(search_run *run, timed *t, cairn_error *error)
{
    const cairn_position *page = run->page->position;
    bool within = page && page->keys[0].type != CAIRN_SORT_NONE;
    bool backward = run->search->sort.keys[0].descending == run->page->backward;
    cairn_position from = within ? edge(page->time, backward) : edge(CAIRN_TIME_MIN, false);
    t->without_time = false;
    return walk(run, t, within || backward ? &from : NULL, backward, error);
}

static cairn_code walk_without_time(search_run *run, timed *t, cairn_error *error)
{
    cairn_position from = edge(CAIRN_TIME_MIN, run->page->backward);
    t->without_time = true;
    return walk(run, t, &from, run->page->backward, error);
}

cairn_code time_order(search_run *run, cairn_error *error)
{
    const cairn_page *page = run->page;
    bool at_none = page->position && page->position->keys[0].type == CAIRN_SORT_NONE;
    bool at_time = page->position && !at_none;
    timed t = {0};
    cairn_code code = best_begin(&t.best, run, error);
    run->plan.way = "time order";
    if (!code && page->backward && !at_time)
        code = walk_without_time(run, &t, error);
    if (!code && (page->backward || !at_none) && !sort_is_full(run))
        code = walk_timed(run, &t, error);
    if (!code && !page->backward && !sort_is_full(run))
        code = walk_without_time(run, &t, error);
    best_end(&t.best);
    return code;
}
