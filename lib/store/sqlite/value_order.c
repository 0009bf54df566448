/* Rows in the order that the index of a promoted property gives: sorted by its values, or, where the filter leaves a
 * few values only, in the default order. */
#include "store/sqlite/search.h"

/* Calls best_offer (or gives the row at once) on the item. */
static cairn_code look_at(best *best, sqlite3_int64 key, cairn_error *error)
{
    search_run *run = best->run;
    sqlite3_stmt *statement;
    item_row row;
    bool match;
    cairn_code code = session_query(run->session, Q_ITEM_ROW, &statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(statement, 1, key);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        item_row_read(statement, &row);
        if (!run->sink) {
            code = best_offer(best, &row, error);
        } else if (!(code = row_matches(run, &row, &match, error)) && match) {
            run->streamed++;
            code = row_deliver(run->session, &row, run->page, run->sink, run->context, error);
        }
    } else {
        code = db_error(run->session->db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "searching", error);
    }
    sqlite3_reset(statement);
    return code;
}

/* ---- sorted by its values ---- */

static cairn_code walk_groups(value_walk *walk, best *best, cairn_error *error)
{
    search_run *run = walk->run;
    bool one_key = run->search->sort.n == 1;
    value_step step;
    uint64_t from = run->looked_at;
    cairn_code code = value_walk_next(walk, &step, error);
    while (!code && !step.ended) {
        if (!(one_key ? step.same_sec : step.same_value)) {
            code = best_flush(best, error);
            from = run->looked_at;
            if (code || sort_is_full(run))
                return code;
        }
        code = one_key ? CAIRN_OK : sort_check_budget(run, 1, from, error);
        if (!code)
            code = look_at(best, step.key, error);
        if (!code)
            code = value_walk_next(walk, &step, error);
    }
    return code ? code : best_flush(best, error);
}

static cairn_code walk_values(search_run *run, best *best, const slot *slot, cairn_error *error)
{
    const cairn_page *page = run->page;
    const cairn_position *position = page->position;
    bool within = position && position->keys[0].type != CAIRN_SORT_NONE;
    value_walk walk = {.run = run,
                       .property = slot->number * 2,
                       .up = run->search->sort.keys[0].descending == page->backward,
                       .backward = page->backward};
    collection_list collections;
    bound_limits(bound_of(run, &slot->property), &walk.low, &walk.high);
    cairn_code code = value_collections(run, walk.property, &collections, error);
    if (!code)
        code = narrow_times(run, CAIRN_SPAN_NONE, &walk.newest, &walk.oldest, error);
    if (code)
        return code;
    const cairn_sort_value *from = within ? &position->keys[0] : walk.up ? &walk.low : &walk.high;
    bool at_time = within && run->search->sort.n == 1;
    sqlite3_int64 sec = at_time ? back_sec(position->time) : page->backward ? INT64_MAX : INT64_MIN;
    code = value_walk_open(&walk, &collections, from, 1, sec, error);
    if (!code)
        code = walk_groups(&walk, best, error);
    value_walk_close(&walk);
    return code;
}

/* ---- what has no value: last, in the default order ---- */

typedef struct rest {
    best best;
    uint64_t from;
} rest;

static cairn_code take_rest(search_run *run, void *context, const item_row *row, bool *full, cairn_error *error)
{
    rest *rest = context;
    bool one_key = run->search->sort.n == 1;
    cairn_code code = one_key ? best_flush(&rest->best, error) : sort_check_budget(run, 1, rest->from, error);
    *full = !code && sort_is_full(run);
    return code || *full ? code : best_offer(&rest->best, row, error);
}

static cairn_code walk_rest(search_run *run, const slot *slot, cairn_error *error)
{
    const cairn_page *page = run->page;
    const cairn_position *position = page->position;
    bool within = position && position->keys[0].type == CAIRN_SORT_NONE && run->search->sort.n == 1;
    bool everywhere = false, ended;
    rest rest = {.from = run->looked_at};
    if (bound_of(run, &slot->property)) /* then it has a value */
        return CAIRN_OK;
    cairn_code code = value_is_everywhere(run, slot, &everywhere, error);
    if (code || everywhere || (code = best_begin(&rest.best, run, error)))
        return code;
    rest.best.only_none = true;
    code = scan_rows(run, within ? position : NULL, page->backward, take_rest, &rest, &ended, error);
    if (!code)
        code = best_flush(&rest.best, error);
    best_end(&rest.best);
    return code;
}

cairn_code value_order(search_run *run, const slot *slot, cairn_error *error)
{
    const cairn_page *page = run->page;
    bool at_none = page->position && page->position->keys[0].type == CAIRN_SORT_NONE;
    bool at_value = page->position && !at_none;
    best best;
    cairn_code code = best_begin(&best, run, error);
    run->plan.way = "property index, in its order";
    run->plan.index = slot->property.name;
    if (!code && page->backward && !at_value)
        code = walk_rest(run, slot, error);
    if (!code && (page->backward || !at_none) && !sort_is_full(run))
        code = walk_values(run, &best, slot, error);
    if (!code && !page->backward && !sort_is_full(run))
        code = walk_rest(run, slot, error);
    best_end(&best);
    return code;
}

/* ---- a few values, in the default order ---- */

static bool goes_on(const search_run *run)
{
    return run->sink || !sort_is_full(run) || (run->counting && run_cost(run) < run->page->count_budget);
}

static cairn_code walk_by_time(value_walk *walk, best *best, cairn_error *error)
{
    search_run *run = walk->run;
    value_step step;
    cairn_code code = value_walk_next(walk, &step, error);
    while (!code && !step.ended) {
        if (!step.same_sec && (code = best_flush(best, error)))
            return code;
        if (!goes_on(run))
            return CAIRN_OK;
        code = look_at(best, step.key, error);
        if (!code)
            code = value_walk_next(walk, &step, error);
    }
    run->counted = !code && run->counting;
    return code ? code : best_flush(best, error);
}

/* Each row once: a property has one value, but an array may have several of those that are asked for. A step of the
 * walk costs far less than the look into an item that it may save. */
bool value_has_time_order(const value_choice *choice, uint64_t items)
{
    enum { MOST_CURSORS = 1024, QUARTERS = 3 };
    size_t n = choice->slot ? choice->bound->n_values : 0;
    return choice->known && n && (n == 1 || !choice->bound->member) && choice->collections.n <= MOST_CURSORS / n &&
           choice->estimate / QUARTERS <= items / 4;
}

cairn_code value_time_order(search_run *run, const value_choice *choice, cairn_error *error)
{
    const cairn_page *page = run->page;
    value_walk walk = {.run = run, .property = choice->property, .by_time = true, .backward = page->backward};
    best best;
    run->plan.way = "property index, in time order";
    run->plan.index = choice->slot->property.name;
    run->counting = page->count_budget && !page->position;
    sqlite3_int64 sec = page->position ? back_sec(page->position->time) : page->backward ? INT64_MAX : INT64_MIN;
    cairn_code code = narrow_times(run, CAIRN_SPAN_NONE, &walk.newest, &walk.oldest, error);
    if (code || (code = best_begin(&best, run, error)))
        return code;
    code = value_walk_open(&walk, &choice->collections, choice->bound->values, choice->bound->n_values, sec, error);
    if (!code)
        code = walk_by_time(&walk, &best, error);
    run->counted_over = run->looked_at;
    run->counted_of = choice->estimate;
    value_walk_close(&walk);
    best_end(&best);
    return code;
}
