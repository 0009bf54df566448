/* Inside lib/store/sqlite: what the parts of a search share.
 *
 * A search goes: narrow.c draws bounds for indexes out of the request and its filter; a way is chosen that gives
 * candidates (ids, probes, an order); match.c decides on each of them, the filter last; hits.c and sorted.c keep what
 * belongs to the page; page.c cuts and delivers it. */
#ifndef CAIRN_STORE_SQLITE_SEARCH_H
#define CAIRN_STORE_SQLITE_SEARCH_H

#include "query/cql2/envelope.h"
#include "store/sqlite/internal.h"

/* ---- facts.c: what is known of collections, asked for once a generation ---- */
typedef struct collection_facts {
    bool exists;        /* else all is 0 */
    sqlite3_int64 slot; /* of all: the greatest */
    uint64_t items;
    int64_t lead, lag; /* how far ranges reach beyond the sort times; of all: the greatest */
    bool has_times;
    sqlite3_int64 start, end; /* of the items; seconds */
} collection_facts;
/* Items with a key of `from` and more are in no R*Tree; there is none behind `to`. */
typedef struct loose_facts {
    sqlite3_int64 from, to;
} loose_facts;
cairn_code facts_open(sqlite_session *session, cairn_error *error);
void facts_close(sqlite_session *session);
/* The answers live until the next question. `collection` absent: all. */
cairn_code facts_of(sqlite_session *session, cairn_span collection, const collection_facts **out, cairn_error *error);
cairn_code facts_of_all(sqlite_session *session, const collection_facts **out, cairn_error *error);
cairn_code facts_of_loose(sqlite_session *session, const loose_facts **out, cairn_error *error);

/* ---- row_texts.c: an item's properties and text, unpacked once while it is looked at ---- */
typedef struct row_texts {
    cairn_arena *scratch; /* of one row */
    cairn_buf properties, open, body, words;
    cairn_buf packed;                     /* of row_packed() */
    sqlite3_int64 properties_of, body_of; /* keys of the items that they are of; 0: none */
    sqlite3_stmt *footprint, *hot;        /* that must be reset, or NULL */
    uint64_t unpacked;                    /* texts, ever */
} row_texts;
cairn_code row_texts_open(sqlite_session *session, cairn_error *error);
void row_texts_close(sqlite_session *session);
/* Call between rows, and before a transaction begins. */
void row_texts_forget(sqlite_session *session);
/* The packed body in a row of Q_BODY, valid until the next one. */
cairn_code row_packed(sqlite_session *session, sqlite3_stmt *statement, cairn_packed *out, cairn_error *error);
/* The answers live until the next row. */
cairn_code row_properties(sqlite_session *session, sqlite3_int64 key, cairn_span *out, cairn_error *error);
cairn_code row_body(sqlite_session *session, sqlite3_int64 key, cairn_span *out, cairn_error *error);
cairn_code row_footprint(sqlite_session *session, sqlite3_int64 key, cairn_span *out, cairn_error *error);
/* store/hot.h; absent when there is nothing. */
cairn_code row_hot(sqlite_session *session, sqlite3_int64 key, cairn_span *out, cairn_error *error);

/* ---- hits.c ---- */

/* Strings and sort keys in the arena. */
typedef struct hits {
    hit *list;
    size_t n, cap;
} hits;
cairn_code hits_add(hits *hits, sqlite3_int64 key, const cairn_position *position, cairn_arena *arena,
                    cairn_error *error);
/* Sorts by the default order and leaves each item once. */
void hits_sort_unique(hits *hits);
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
    struct row_bounds *bounds;
    size_t n_bounds;
    hits hits;
    uint64_t looked_at, evaluated;
    uint64_t unpacked_before; /* row_texts.unpacked */
    uint64_t fetched, nodes;  /* items' rows, read by key; nodes of R*Trees */
    uint64_t row_cost;        /* of such a row, beside a look at one of the default order */
    uint64_t matched;
    bool complete; /* hits has every match, unsorted, without sort keys; else the page's, in the order of the walk */
    bool counted;  /* matched is exact */
    bool counting; /* matches are counted on the way */
    bool counts_apart;                 /* but not behind the page: count_by_times() does that */
    uint64_t counted_over, counted_of; /* rows that were counted over, of so many (0: those of estimate_items) */
    bool has_guess;                    /* of matches, where they are not counted */
    uint64_t guess;
    double pause_at; /* scans stop when run_micros() has reached this, and say where; 0: never */
    bool paused;
    cairn_position resume; /* the last row that was looked at */
    bool cut;              /* the deadline came */
    cairn_plan plan;
    struct best *best;    /* candidates go there, when they are to be sorted */
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
/* The row's place in the order of the search: keys in the scratch arena, strings borrowed. `keys` has room for
 * CAIRN_SORT_MAX_KEYS. */
cairn_code row_position(search_run *run, const item_row *row, cairn_sort_value *keys, cairn_position *out,
                        cairn_error *error);
/* Sets row_cost. */
cairn_code run_weigh_rows(search_run *run, cairn_error *error);
/* What looking at rows has cost; a row that the filter was evaluated on weighs more. */
uint64_t run_cost(const search_run *run);
/* About how many microseconds all of it took, whatever else the machine did: two ways are compared by it. */
double run_micros(const search_run *run);
/* The area can tell more of a box than its own box does. */
bool run_area_tells(const search_run *run);

/* ---- bounds.c: what the filter's bounds tell of a row, without its properties ---- */
typedef struct row_bounds {
    const cairn_cql2_bound *bound;
    unsigned hot;     /* store/hot.h; 0: it is none */
    const slot *slot; /* of an index that tells whether the item has one of the values; NULL: none does */
} row_bounds;
/* Which bounds can tell something. */
cairn_code bounds_prepare(search_run *run, cairn_error *error);
/* *out false: the row does not match the filter. */
cairn_code bounds_allow(search_run *run, const item_row *row, bool *out, cairn_error *error);

/* ---- probe.c: all candidates at once ---- */

/* More candidates than this are dense enough for the scan of the default order to find a page among them. */
enum { MAX_CANDIDATES = 2000 };
typedef struct candidates {
    sqlite3_int64 *keys;
    size_t n, most; /* one more than `most` says that there are too many */
} candidates;
cairn_code candidates_new(search_run *run, size_t most, candidates *out, cairn_error *error);
/* Takes the first column of the rows, shifted right. */
cairn_code candidates_gather(search_run *run, sqlite3_stmt *probe, int shift, candidates *found, cairn_error *error);
/* Checks each of them, unless there are too many: then *done is false. */
cairn_code candidates_finish(search_run *run, const candidates *found, bool *done, cairn_error *error);

/* By ids: every match. */
cairn_code probe_ids(search_run *run, cairn_error *error);
/* By the R*Tree: every match, unless there are more candidates than `most`; then *done is false. */
cairn_code probe_boxes(search_run *run, size_t most, bool *done, cairn_error *error);
/* By the words of free text. */
cairn_code probe_text(search_run *run, bool *done, cairn_error *error);

/* ---- scan.c: the default order ---- */

/* Looks at rows until it says *full. */
typedef cairn_code (*row_taker)(search_run *run, void *context, const item_row *row, bool *full, cairn_error *error);
/* From `position` (NULL: the end) on in the default order, or against it. */
cairn_code scan_rows(search_run *run, const cairn_position *position, bool backward, row_taker take, void *context,
                     bool *ended, cairn_error *error);
/* In the default order from the page's position until the page is full (one more than its limit), or the run is paused:
 * then call scan_order_page() again. Begin once, and end when the page is full. */
cairn_code scan_order_begin(search_run *run, cairn_error *error);
cairn_code scan_order_page(search_run *run, cairn_error *error);
/* Counts on, as far as that is wanted. */
cairn_code scan_order_end(search_run *run, cairn_error *error);
/* ---- by_time.c ---- */
bool goes_by_time(const search_run *run);
/* In the default order, by its scan and the R*Tree in turns; *done false: the search is for no place. */
cairn_code search_by_time(search_run *run, bool *done, cairn_error *error);

/* Counts all matches, whatever the page, as long as the budget lasts. */
cairn_code scan_count(search_run *run, cairn_error *error);

/* ---- matched.c: how many match, without a look at each ---- */

/* How many items there are in the collections of the search. */
cairn_code count_items(search_run *run, uint64_t *out, cairn_error *error);
/* Without a condition on the items themselves the collections' own counts are the answer. */
cairn_code count_by_tally(search_run *run, cairn_error *error);
/* Nothing but a stretch of time (and collections) is asked for: then an index alone tells how many match, */
bool has_times_only(const search_run *run);
/* as long as it has no more than the budget of rows to look at. Sets counted, matched, counted_over; when the deadline
 * comes, it is not counted. */
cairn_code count_by_times(search_run *run, cairn_error *error);

/* ---- best.c: the best of a group of rows, no more than the page still needs ---- */
typedef struct best best;
struct best {
    search_run *run;
    hit *heap; /* the root is the worst */
    size_t n, cap;
    cairn_arena *arena; /* texts of the heap, and of those that were pushed out of it */
    size_t packed;      /* bytes in it when it last held nothing else */
    bool only_none;     /* only rows that have no value for the first key */
    uint64_t matched;   /* rows, kept or not */
};
cairn_code best_begin(best *best, search_run *run, cairn_error *error);
void best_end(best *best);
/* Takes the row when it matches, stands beyond the page's position, and is good enough. */
cairn_code best_offer(best *best, const item_row *row, cairn_error *error);
/* The group is over: what is kept goes to the run's hits, in the order of the walk. */
cairn_code best_flush(best *best, cairn_error *error);

/* ---- sorted.c: by sort keys ---- */

/* Chooses the way. `items`: count_items(). */
cairn_code sort_rows(search_run *run, uint64_t items, cairn_error *error);
/* There is an index for the first key. */
cairn_code sort_has_index(search_run *run, uint64_t items, bool *out, cairn_error *error);
/* CAIRN_INVALID when more rows were looked at, since there were `since`, than the page allows; `key` is the one that
 * could do with an index. */
cairn_code sort_check_budget(const search_run *run, size_t key, uint64_t since, cairn_error *error);
/* The page has all that it needs. */
static inline bool sort_is_full(const search_run *run)
{
    return run->hits.n > run->page->limit;
}

/* ---- time_order.c, name_order.c, value_order.c: by an index that has the first key ---- */
cairn_code time_order(search_run *run, cairn_error *error);
cairn_code name_order(search_run *run, cairn_error *error);
cairn_code value_order(search_run *run, const slot *slot, cairn_error *error);

/* ---- values_read.c: the index of promoted properties ---- */

/* The index for a property, or NULL. */
cairn_code session_slot(sqlite_session *session, const cairn_cql2_property *property, const slot **out,
                        cairn_error *error);
/* The bound that the filter sets on a property's value, or NULL. */
const cairn_cql2_bound *bound_of(const search_run *run, const cairn_cql2_property *property);
/* The least and greatest value that a bound (or NULL) leaves; they need not be there. */
void bound_limits(const cairn_cql2_bound *bound, cairn_sort_value *low, cairn_sort_value *high);
/* The value is one that the bound leaves. */
bool bound_has(const cairn_cql2_bound *bound, const cairn_sort_value *value);
/* Slots of the search's collections; without any, of those that have rows in the index. */
typedef struct collection_list {
    sqlite3_int64 *slots;
    size_t n;
} collection_list;
cairn_code value_collections(search_run *run, sqlite3_int64 property, collection_list *out, cairn_error *error);
/* How many items may meet a bound, by what is known of the property; *known is false where nothing is. */
cairn_code value_estimate(search_run *run, const slot *slot, const cairn_cql2_bound *bound,
                          const collection_list *collections, bool *known, uint64_t *out, cairn_error *error);
/* How many items may have one and the same value; 0: few, as far as is known. */
cairn_code value_largest_group(search_run *run, const slot *slot, uint64_t *out, cairn_error *error);
/* All items have a value that is no array or object. */
cairn_code value_is_everywhere(search_run *run, const slot *slot, bool *out, cairn_error *error);

/* ---- value_walk.c: the index in an order, merged over collections ---- */
typedef struct value_cursor value_cursor;
typedef struct value_walk {
    search_run *run;
    sqlite3_int64 property; /* as in the table item_value */
    bool by_time;           /* each cursor stays with its value; merged by time */
    bool up;                /* values ascending; else descending */
    bool backward;          /* against the default order among equal values */
    cairn_sort_value low, high;
    sqlite3_int64 newest, oldest; /* stored seconds */
    value_cursor *cursors;
    size_t n_cursors;
    value_cursor **heap; /* live ones; the next one first */
    size_t n;
    cairn_sort_value last; /* of the row before */
    cairn_buf last_text;
    sqlite3_int64 last_sec;
    bool begun;
} value_walk;
/* Where a walk begins: at `from` and, among rows with just that value, at the second `sec`; both belong to it. By time
 * there is a cursor for each collection and value of `values`, else one for each collection. Close in any case. */
cairn_code value_walk_open(value_walk *walk, const collection_list *collections, const cairn_sort_value *values,
                           size_t n_values, sqlite3_int64 sec, cairn_error *error);
void value_walk_close(value_walk *walk);
typedef struct value_step {
    sqlite3_int64 key;
    bool same_value; /* as the row before, */
    bool same_sec;   /* and its second (by time: that alone) */
    bool ended;
} value_step;
cairn_code value_walk_next(value_walk *walk, value_step *out, cairn_error *error);

/* ---- value_probe.c ---- */

/* The bound of the filter that an index narrows most by. */
typedef struct value_choice {
    const slot *slot; /* NULL: there is none */
    const cairn_cql2_bound *bound;
    sqlite3_int64 property; /* as in the table item_value */
    collection_list collections;
    bool known;
    uint64_t estimate; /* of candidates, when known */
} value_choice;
cairn_code value_choose(search_run *run, value_choice *out, cairn_error *error);
/* By the index: every match, unless there are more candidates than `most`; then *done is false. */
cairn_code probe_values(search_run *run, const value_choice *choice, size_t most, bool *done, cairn_error *error);
/* The bound is a list of values, and has so few of the `items` that their own order is shorter than the plain one. */
bool value_has_time_order(const value_choice *choice, uint64_t items);
/* In the default order, among the values of such a bound. */
cairn_code value_time_order(search_run *run, const value_choice *choice, cairn_error *error);

/* ---- estimate.c ---- */

/* About how many items there are in the collections and the stretch of time that the search is narrowed to. */
cairn_code estimate_items(search_run *run, uint64_t *out, cairn_error *error);

/* ---- page.c ---- */
cairn_code page_deliver(search_run *run, cairn_item_sink sink, void *context, cairn_result *result, cairn_error *error);
/* session_deliver() of a row that a statement stands at. */
cairn_code row_deliver(sqlite_session *session, const item_row *row, const cairn_page *page, cairn_item_sink sink,
                       void *context, cairn_error *error);

cairn_code out_of_memory(cairn_error *error);

#endif
