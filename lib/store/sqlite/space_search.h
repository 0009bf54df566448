/* Searches by the R*Trees of space.h: where candidates lie, a page of them in the order of time, all of them, and how
 * many there are. */
#ifndef CAIRN_STORE_SQLITE_SPACE_SEARCH_H
#define CAIRN_STORE_SQLITE_SPACE_SEARCH_H

#include "store/sqlite/search.h"
#include "store/sqlite/space_walk.h"

/* ---- space_asked.c: the search in the trees' terms ---- */
typedef struct space_asked {
    bool usable;       /* every match has a place, within a box that is known; and few items are in no tree */
    space_query query; /* every match that is in the tree has an entry that meets it */
    /* What lies wholly within one of these matches, that is: needs no look. NULL: none does. */
    const space_cell *sure;
    size_t n_sure;
    const loose_facts *loose;
} space_asked;
/* With the times of the page's position when `oldest_first` is the direction in which the page goes. */
cairn_code space_ask(search_run *run, bool paged, bool oldest_first, space_asked *out, cairn_error *error);
/* Item keys that are in no tree. */
uint64_t space_loose_rows(const space_asked *asked);
/* Steps the statement through the loose rows. Q_LOOSE_ROWS, bound and not yet stepped; NULL in *out: there are none. */
cairn_code space_loose_query(search_run *run, const space_asked *asked, sqlite3_stmt **out, cairn_error *error);
/* The item's own row. The statement must be reset when done with it. */
cairn_code space_row(search_run *run, sqlite3_int64 key, sqlite3_stmt **statement, item_row *out, cairn_error *error);
/* The item lies over the antimeridian and the entry is its western part: then *out is the cell of its other entry. */
bool space_eastern_part(const item_row *row, sqlite3_int64 entry, const space_cell *cell, space_cell *out);
/* So it is, and that other entry meets the query as well, and stands for both. */
bool space_comes_twice(const space_query *query, const item_row *row, sqlite3_int64 entry, const space_cell *cell);

/* ---- space_page.c: a page in the order of time ---- */
typedef struct space_page {
    search_run *run;
    space_asked asked;
    space_walk walk;
    best best;
    space_entry next; /* that is not yet looked at */
    bool has_next;
    bool begun, ended; /* ended: nothing is left */
} space_page;
/* Whether the page can be found so; then it must be ended. */
cairn_code space_page_begin(space_page *page, search_run *run, bool *usable, cairn_error *error);
void space_page_end(space_page *page);
/* Goes on until the page is found (*found), or run_micros() has reached `until`. */
cairn_code space_page_go(space_page *page, double until, bool *found, cairn_error *error);
/* Goes on when it is found, to count, as long as the budget of the page lasts. */
cairn_code space_page_count(space_page *page, cairn_error *error);
/* What was found goes to the run's hits, which must be empty. */
cairn_code space_page_flush(space_page *page, cairn_error *error);

/* ---- space_count.c ---- */

/* Counts all matches where that needs no look at most of them and is within the page's budget: sets counted and
 * matched, or a guess. */
cairn_code space_count(search_run *run, cairn_error *error);
/* All candidates, unless there are more than found->most. Some may be no items. */
cairn_code space_candidates(search_run *run, candidates *found, bool *usable, cairn_error *error);

#endif
