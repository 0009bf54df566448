/* A page in the order of time, by a walk over the R*Tree: candidates come by the time that they may have at most (or at
 * least), so the page is found as soon as nothing that is left could come before its end. */
#include "store/sqlite/space_search.h"

/* By time first: the default order, or datetime as the first key. Items without a time are where a position says that
 * they are not asked for, or last anyway. */
static bool is_by_time(const search_run *run, bool *oldest_first)
{
    const cairn_sort *sort = &run->search->sort;
    const cairn_page *page = run->page;
    *oldest_first = page->backward;
    if (sort->n == 0)
        return true;
    if (sort->keys[0].property.field != CAIRN_CQL2_DATETIME)
        return false;
    *oldest_first = sort->keys[0].descending == page->backward;
    return page->position ? page->position->keys[0].type != CAIRN_SORT_NONE : !page->backward;
}

cairn_code space_page_begin(space_page *page, search_run *run, bool *usable, cairn_error *error)
{
    bool oldest_first;
    *page = (space_page){.run = run};
    *usable = false;
    if (!is_by_time(run, &oldest_first) || run->sink)
        return CAIRN_OK;
    cairn_code code = space_ask(run, true, oldest_first, &page->asked, error);
    *usable = !code && page->asked.usable;
    if (*usable) {
        space_walk_begin(&page->walk, run->session, &page->asked.query);
        code = best_begin(&page->best, run, error);
    }
    return code;
}

void space_page_end(space_page *page)
{
    space_walk_end(&page->walk);
    best_end(&page->best);
}

/* Nothing with this bound, or one behind it, comes before the worst of what is kept. Of the same step it might. */
static bool is_settled(const space_page *page, int64_t bound)
{
    const best *best = &page->best;
    bool all = page->asked.query.all;
    sqlite3_int64 slot = all ? -1 : 0; /* any: steps of a stretch are the same in all */
    if (best->n <= page->run->page->limit)
        return false;
    cairn_time worst = best->heap[0].position.time;
    if (page->asked.query.oldest_first)
        return worst.sec != INT64_MIN && space_steps(all, space_step_up(slot, worst)) < bound;
    return space_steps(all, space_step_down(slot, worst)) > bound;
}

static cairn_code offer_entry(space_page *page, const space_entry *entry, cairn_error *error)
{
    item_row row;
    sqlite3_stmt *statement = NULL;
    cairn_code code = space_row(page->run, entry->entry >> 1, &statement, &row, error);
    if (!code && !space_comes_twice(&page->asked.query, &row, entry->entry, &entry->cell))
        code = best_offer(&page->best, &row, error);
    if (statement)
        sqlite3_reset(statement);
    return code;
}

static cairn_code offer_loose(space_page *page, cairn_error *error)
{
    sqlite3_stmt *rows;
    int rc = SQLITE_DONE;
    cairn_code code = space_loose_query(page->run, &page->asked, &rows, error);
    if (code || !rows)
        return code;
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        item_row row;
        item_row_read_whole(rows, &row);
        page->run->fetched++;
        code = row.has_place ? best_offer(&page->best, &row, error) : CAIRN_OK;
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(page->run->session->db, rc, "searching", error);
    sqlite3_reset(rows);
    return code;
}

static cairn_code look_ahead(space_page *page, cairn_error *error)
{
    uint64_t before = page->walk.tree.read;
    cairn_code code = page->has_next ? CAIRN_OK : space_walk_next(&page->walk, &page->has_next, &page->next, error);
    page->run->nodes += page->walk.tree.read - before;
    page->ended = !page->has_next;
    return code;
}

/* The next candidate, unless the page is found without it; `whole`: all are wanted. */
static cairn_code step(space_page *page, bool whole, bool *found, cairn_error *error)
{
    cairn_code code = look_ahead(page, error);
    *found = !code && (page->ended || (!whole && is_settled(page, page->next.bound)));
    if (code || *found)
        return code;
    page->has_next = false;
    return offer_entry(page, &page->next, error);
}

cairn_code space_page_go(space_page *page, double until, bool *found, cairn_error *error)
{
    cairn_code code = page->begun ? CAIRN_OK : offer_loose(page, error);
    page->begun = true;
    *found = false;
    while (!code && !*found && run_micros(page->run) < until)
        code = step(page, false, found, error);
    return code;
}

cairn_code space_page_count(space_page *page, cairn_error *error)
{
    search_run *run = page->run;
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_code code = CAIRN_OK;
    if (!run->page->count_budget || run->page->position || run->counted)
        return CAIRN_OK;
    while (!code && !page->ended && run_cost(run) < run->page->count_budget) {
        bool found;
        code = step(page, true, &found, &fault);
    }
    run->counted = !code && page->ended;
    run->matched = page->best.matched;
    if (code == CAIRN_DEADLINE || code == CAIRN_TOO_LARGE) /* the page itself was found */
        return CAIRN_OK;
    return code ? cairn_error_set(error, code, "%s", fault.message) : CAIRN_OK;
}

cairn_code space_page_flush(space_page *page, cairn_error *error)
{
    page->run->plan.way = "r*tree";
    return best_flush(&page->best, error);
}
