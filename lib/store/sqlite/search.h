/* Inside lib/store/sqlite: what the parts of a search share.
 *
 * A search goes: narrow.c draws bounds for indexes out of the request and its filter; a way is chosen that gives
 * candidates (ids, probes, an order); match.c decides on each of them, the filter last; hits.c and sorted.c keep what
 * belongs to the page; page.c cuts and delivers it. */
#ifndef CAIRN_STORE_SQLITE_SEARCH_H
#define CAIRN_STORE_SQLITE_SEARCH_H

#include "query/cql2/envelope.h"
#include "store/sqlite/internal.h"

/* ---- row_texts.c: an item's properties and text, unpacked once while it is looked at ---- */
typedef struct row_texts {
    cairn_arena *scratch; /* of one row */
    cairn_buf properties, open, body, words;
    sqlite3_int64 properties_of, body_of; /* keys of the items that they are of; 0: none */
    sqlite3_stmt *footprint;              /* that must be reset, or NULL */
} row_texts;
cairn_code row_texts_open(sqlite_session *session, cairn_error *error);
void row_texts_close(sqlite_session *session);
/* Call between rows, and before a transaction begins. */
void row_texts_forget(sqlite_session *session);
/* The answers live until the next row. */
cairn_code row_properties(sqlite_session *session, sqlite3_int64 key, cairn_span *out, cairn_error *error);
cairn_code row_body(sqlite_session *session, sqlite3_int64 key, cairn_span *out, cairn_error *error);
cairn_code row_footprint(sqlite_session *session, sqlite3_int64 key, cairn_span *out, cairn_error *error);

/* ---- hits.c ---- */

/* Strings and sort keys in the arena. */
typedef struct hits {
    hit *list;
    size_t n, cap;
} hits;
cairn_code hits_add(hits *hits, sqlite3_int64 key, const cairn_position *position, cairn_arena *arena,
                    cairn_error *error);
/* Sorts by the search's order and leaves each item once. */
void hits_sort_unique(hits *hits, const cairn_sort *sort);
void hits_reverse(hits *hits);

/* ---- narrow.c ---- */

/* Where every match lies: the request and the envelope of its filter. */
typedef struct narrowed {
    bool nothing;
    const cairn_span *ids, *collections; /* sorted by bytes; n = 0: any */
    size_t n_ids, n_collections;
    cairn_cql2_envelope filter; /* its lists are merged into those above */
} narrowed;

typedef struct search_run {
    sqlite_session *session;
    const cairn_search *search;
    const cairn_page *page;
    cairn_arena *arena;
    cairn_area *area;            /* NULL: anywhere */
    cairn_cql2_matcher *matcher; /* NULL: no filter */
    narrowed narrow;
    hits hits;
    uint64_t looked_at, evaluated;
    uint64_t matched;
    bool complete; /* hits has every match, unsorted; else those of the page, in the order of the walk */
    bool counted;  /* matched is exact */
    bool counting; /* matches are counted on the way */
    bool cut;      /* the deadline came */
    cairn_plan plan;
    uint64_t expected;    /* candidates that the walk would have in all, as far as it is known; 0: unknown */
    cairn_item_sink sink; /* of a search in any order: rows go there at once */
    void *context;
    uint32_t streamed;
} search_run;

cairn_code narrow_search(search_run *run, cairn_error *error);
/* The stored seconds between which the sort times of all matches lie: newest (smallest) and oldest. `collection` may be
 * absent: all. */
cairn_code narrow_times(search_run *run, cairn_span collection, sqlite3_int64 *newest, sqlite3_int64 *oldest,
                        cairn_error *error);
/* How far ranges reach beyond the sort times that the index is ordered by. */
cairn_code narrow_lags(sqlite_session *session, cairn_span collection, int64_t *lead, int64_t *lag, cairn_error *error);

/* ---- match.c ---- */

/* Does the row match all of the search? */
cairn_code row_matches(search_run *run, const item_row *row, bool *match, cairn_error *error);
/* The row as a filter and sort keys see it. */
typedef struct row_record {
    sqlite_session *session;
    const item_row *row;
    cairn_cql2_item item;
    cairn_cql2_record inside; /* over `item` */
    cairn_code fault;         /* of reading, the first one */
    cairn_error *error;
} row_record;
void row_record_open(row_record *r, sqlite_session *session, const item_row *row, cairn_cql2_record *record,
                     cairn_error *error);
/* The row's place in the order of the search: keys in the scratch arena, strings borrowed. `keys` has room for
 * CAIRN_SORT_MAX_KEYS. */
cairn_code row_position(search_run *run, const item_row *row, cairn_sort_value *keys, cairn_position *out,
                        cairn_error *error);
/* What looking at rows has cost; a row that the filter was evaluated on weighs more. */
uint64_t run_cost(const search_run *run);

/* ---- probe.c: all candidates at once ---- */

/* By ids: every match. */
cairn_code probe_ids(search_run *run, cairn_error *error);
/* By the R*Tree: every match, unless there are more candidates than it is worth; then *done is false. */
cairn_code probe_boxes(search_run *run, bool *done, cairn_error *error);
/* By the words of free text. */
cairn_code probe_text(search_run *run, bool *done, cairn_error *error);

/* ---- scan.c: the default order ---- */

/* Looks at rows until it says *full. */
typedef cairn_code (*row_taker)(search_run *run, void *context, const item_row *row, bool *full, cairn_error *error);
/* From `position` (NULL: the end) on in the default order, or against it. */
cairn_code scan_rows(search_run *run, const cairn_position *position, bool backward, row_taker take, void *context,
                     bool *ended, cairn_error *error);
/* In the default order from the page's position until the page is full (one more than its limit). */
cairn_code scan_order(search_run *run, cairn_error *error);
/* How many items there are in the collections of the search. */
cairn_code count_items(search_run *run, uint64_t *out, cairn_error *error);
/* Without a condition on the items themselves the collections' own counts are the answer. */
cairn_code count_by_tally(search_run *run, cairn_error *error);

/* ---- sorted.c: by sort keys ---- */
cairn_code sort_all(search_run *run, cairn_error *error);

/* ---- page.c ---- */
cairn_code page_deliver(search_run *run, cairn_item_sink sink, void *context, cairn_result *result, cairn_error *error);
/* session_deliver() of a row that a statement stands at. */
cairn_code row_deliver(sqlite_session *session, const item_row *row, const cairn_page *page, cairn_item_sink sink,
                       void *context, cairn_error *error);

cairn_code out_of_memory(cairn_error *error);

#endif
