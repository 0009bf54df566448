/* The store: where a catalog is kept. This is the interface; sqlite/ is the default, memory/ the reference that
 * evaluates everything by brute force and the oracle of the differential tests. It takes a checked search and gives raw
 * item bytes; nothing above it sees SQL, and it never sees HTTP.
 *
 * Reading: a cairn_store is opened once; each thread opens a session of its own (a read connection, its statements and
 * its GEOS context). Between begin and end all answers come from one committed state.
 * Writing: one writer at a time in the world (the second gets CAIRN_BUSY, or waits); what was put is seen by others
 * when commit returns, and survives a crash from then on. */
#ifndef CAIRN_STORE_STORE_H
#define CAIRN_STORE_STORE_H

#include "query/position.h"
#include "query/search.h"
#include "stac/collection.h"
#include "stac/item.h"
#include "stac/traits.h"
#include "store/pack.h"
#include "store/property.h"

typedef struct cairn_store cairn_store;
typedef struct cairn_session cairn_session;
typedef struct cairn_writer cairn_writer;

/* ---- rows: valid only during the callback ---- */

typedef struct cairn_item_row {
    cairn_span collection, id;
    cairn_time time;     /* sort time */
    cairn_packed body;   /* open form, see stac/document.h */
    cairn_packed source; /* a patch (base/patch.h) that turns the body into the source's own words; absent: the same */
    int64_t changed;     /* when it was last written, seconds since 1970 (0: unknown) */
    unsigned traits;     /* of the body, see stac/traits.h */
    cairn_span text;     /* the body's, where it is unpacked and checked already; absent mostly */
    /* With page.with_properties only: */
    cairn_span properties; /* the item's `properties`, checked text */
    cairn_interval range;  /* what `datetime` searches are matched with */
    bool has_place;
    cairn_box box;
    cairn_span footprint; /* WKB */
} cairn_item_row;

typedef struct cairn_collection_row {
    cairn_span id, title; /* title may be absent */
    cairn_span body;      /* open form, plain */
    cairn_span source;    /* open form of the source's own words, absent when the same */
    bool made;            /* by Cairn: its extent follows its items */
    uint64_t items;
    cairn_extent extent; /* of its items */
} cairn_collection_row;

/* How many items of a collection have these traits. */
typedef struct cairn_traits_row {
    cairn_span collection;
    unsigned traits;
    uint64_t items;
} cairn_traits_row;

/* Return CAIRN_OK to go on; anything else ends the walk and is returned by it. */
typedef cairn_code (*cairn_item_sink)(void *context, const cairn_item_row *row, cairn_error *error);
typedef cairn_code (*cairn_collection_sink)(void *context, const cairn_collection_row *row, cairn_error *error);
typedef cairn_code (*cairn_traits_sink)(void *context, const cairn_traits_row *row, cairn_error *error);

/* ---- searching ---- */

typedef struct cairn_page {
    uint32_t limit;                 /* at most so many rows; UINT32_MAX: all */
    uint64_t max_bytes;             /* ends when the plain bodies reach this, with at least one row; 0: no limit */
    const cairn_position *position; /* NULL: from the start */
    bool backward;                  /* rows before position (those nearest to it), still in forward order */
    uint64_t count_budget;  /* count all matches if no more than so many candidates must be looked at; 0: don't */
    bool without_body;      /* rows come without body and source (ids, counting) */
    bool with_properties;   /* rows come with properties, range and footprint */
    bool without_footprint; /* which may then be missing nevertheless */
    bool any_order;       /* the order of rows does not matter (aggregations); only with limit UINT32_MAX. All or none:
                             CAIRN_DEADLINE however many came */
    uint64_t sort_budget; /* a sort that must look at more items than this is CAIRN_INVALID (parameter sortby), naming
                             the property to  promote; 0: no limit */
} cairn_page;

/* How a search was done, for `explain`. */
typedef struct cairn_plan {
    const char *way;     /* "ids", "r*tree", "property index", "free text index", "time order", "sort of all", ... */
    cairn_span index;    /* the property of a property index, or absent */
    uint64_t candidates; /* rows that the index gave */
    uint64_t evaluated;  /* rows on which the filter was evaluated */
} cairn_plan;

typedef struct cairn_result {
    uint32_t returned;
    bool more; /* there are rows beyond the page in its direction */
    bool cut;  /* the deadline ended the page early; more is true */
    bool matched_known;
    uint64_t matched;    /* exact when matched_known */
    uint64_t looked_at;  /* candidates that were examined */
    bool estimate_known; /* when matched is not: a rough guess of it is there */
    uint64_t estimate;
    cairn_plan plan;
    cairn_position first,
        last; /* of the page, with their sort keys, in the arena, when returned > 0; not in any_order */
} cairn_result;

/* ---- the catalog as a whole ---- */

/* What was committed: two equal stamps of one opened store say that nothing was committed between the moments when they
 * were taken. Not the other way round. Those of two openings, of the same file even, are not to be compared. */
typedef struct cairn_stamp {
    unsigned char bytes[32];
} cairn_stamp;

typedef struct cairn_catalog_info {
    cairn_span id, title, description; /* of the root catalog that was crawled; absent when unknown */
    cairn_span token_key;              /* CAIRN_KEY_BYTES */
    uint64_t items, collections;
    uint64_t generation; /* changes with every commit */
    int schema_version;
    uint64_t bytes;            /* of the file(s) */
    bool compact;              /* it was brought into the compact form; what was written since is in the fast one */
    uint64_t compact_items;    /* then */
    uint64_t dictionaries;     /* that they are packed with, */
    uint64_t dictionary_bytes; /* as they are kept */
} cairn_catalog_info;

typedef enum cairn_put { CAIRN_PUT_ADDED, CAIRN_PUT_REPLACED, CAIRN_PUT_UNCHANGED, CAIRN_PUT_SKIPPED } cairn_put;
typedef enum cairn_conflict { CAIRN_CONFLICT_REPLACE, CAIRN_CONFLICT_SKIP, CAIRN_CONFLICT_ERROR } cairn_conflict;

/* An item ready to be written: read, and packed by a worker. `source` is a packed patch, absent when the same. */
typedef struct cairn_item_record {
    const cairn_item *item; /* its body matters only where properties_text is absent */
    cairn_packed body, source;
    cairn_span properties_text; /* the `properties` of the body; absent: the store looks for them */
    cairn_packed properties;    /* they packed; absent: the store packs them. Where their bytes lie within
                                   the body's (cairn_properties_pack()), they are not kept twice */
} cairn_item_record;

typedef struct cairn_finding {
    const char *where; /* "item", "index", "body", "file", ... */
    cairn_span collection, id;
    const char *message;
} cairn_finding;
typedef void (*cairn_finding_sink)(void *context, const cairn_finding *finding);
typedef void (*cairn_progress_sink)(void *context, uint64_t done, uint64_t total);

/* How texts of items are kept. Both forms may stand side by side: what is written is in the fast one. */
typedef enum cairn_form {
    CAIRN_FORM_AS_IT_IS,
    CAIRN_FORM_FAST,    /* to be sent as they are to clients that take gzip */
    CAIRN_FORM_COMPACT, /* a third of that, but unpacked and packed anew for each reply */
} cairn_form;

/* How a store is optimized; all zero: the form stays, with as many threads as there are processors, silently. */
typedef struct cairn_optimizing {
    cairn_form form;
    unsigned threads;             /* that pack items */
    cairn_progress_sink progress; /* items that have the form, of all; or NULL */
    bool (*stop)(void *context);  /* asked now and then: true ends it with CAIRN_DEADLINE; or NULL */
    void *context;                /* of both */
} cairn_optimizing;

/* A property that is promoted to an index. */
typedef struct cairn_promoted {
    cairn_span name;
    bool built_in;  /* by its extension's descriptor, not by `cairn queryables add` */
    uint64_t items; /* that the index holds */
} cairn_promoted;
typedef cairn_code (*cairn_promoted_sink)(void *context, const cairn_promoted *promoted, cairn_error *error);

/* ---- operations of a store; the functions below call them ---- */

typedef struct cairn_store_ops {
    const char *name;
    void (*close)(cairn_store *store);
    cairn_code (*session_open)(cairn_store *store, cairn_session **out, cairn_error *error);
    void (*session_close)(cairn_session *session);
    cairn_code (*begin)(cairn_session *session, int64_t deadline, cairn_error *error);
    cairn_code (*end)(cairn_session *session, cairn_error *error);
    cairn_code (*search)(cairn_session *session, const cairn_search *search, const cairn_page *page, cairn_arena *arena,
                         cairn_item_sink sink, void *context, cairn_result *result, cairn_error *error);
    cairn_code (*item)(cairn_session *session, cairn_span collection, cairn_span id, cairn_item_sink sink,
                       void *context, cairn_error *error);
    cairn_code (*collections)(cairn_session *session, const cairn_text_query *text, cairn_collection_sink sink,
                              void *context, cairn_error *error);
    cairn_code (*collection)(cairn_session *session, cairn_span id, cairn_collection_sink sink, void *context,
                             cairn_error *error);
    cairn_code (*info)(cairn_session *session, cairn_arena *arena, cairn_catalog_info *out, cairn_error *error);
    cairn_code (*properties)(cairn_session *session, cairn_span collection, cairn_property_sink sink, void *context,
                             cairn_error *error);
    cairn_code (*promoted)(cairn_session *session, cairn_promoted_sink sink, void *context, cairn_error *error);
    cairn_code (*times)(cairn_session *session, cairn_span collection, cairn_interval sort_times, uint64_t stop,
                        uint64_t *count, cairn_time *newest, cairn_error *error);

    cairn_code (*traits)(cairn_session *session, cairn_span collection, cairn_traits_sink sink, void *context,
                         cairn_error *error);

    bool (*stamp)(cairn_store *store, cairn_stamp *out); /* may be NULL: never told */
    cairn_code (*writer_open)(cairn_store *store, cairn_writer **out, cairn_error *error);
    cairn_code (*writer_close)(cairn_writer *writer, cairn_error *error);
    cairn_code (*write_begin)(cairn_writer *writer, cairn_error *error);
    cairn_code (*commit)(cairn_writer *writer, cairn_error *error);
    /* May be NULL: nothing is ever left behind. */
    cairn_code (*finish)(cairn_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error);
    void (*rollback)(cairn_writer *writer);
    cairn_code (*put_item)(cairn_writer *writer, const cairn_item_record *record, cairn_conflict conflict,
                           cairn_put *what, cairn_error *error);
    cairn_code (*delete_item)(cairn_writer *writer, cairn_span collection, cairn_span id, cairn_error *error);
    cairn_code (*put_collection)(cairn_writer *writer, const cairn_collection *collection, cairn_conflict conflict,
                                 cairn_put *what, cairn_error *error);
    cairn_code (*ensure_collection)(cairn_writer *writer, cairn_span id, bool make, bool *made, cairn_error *error);
    cairn_code (*delete_collection)(cairn_writer *writer, cairn_span id, uint64_t *items, cairn_error *error);
    cairn_code (*set_catalog)(cairn_writer *writer, const cairn_catalog *catalog, bool only_if_unset,
                              cairn_error *error);
    cairn_code (*promote)(cairn_writer *writer, cairn_span name, cairn_progress_sink progress, void *context,
                          uint64_t *items, cairn_error *error);
    cairn_code (*demote)(cairn_writer *writer, cairn_span name, cairn_error *error);
    cairn_code (*check)(cairn_store *store, cairn_finding_sink sink, cairn_progress_sink progress, void *context,
                        uint64_t *findings, cairn_error *error);
    cairn_code (*optimize)(cairn_store *store, const cairn_optimizing *how, cairn_error *error);
} cairn_store_ops;

/* Every implementation's struct begins with these. */
struct cairn_store {
    const cairn_store_ops *ops;
};
struct cairn_session {
    cairn_store *store;
    cairn_geos *geos;
    cairn_codec *codec;
    bool late;       /* set by the store: in this transaction something was ended or left out when its deadline came */
    bool texts_only; /* set by who asks, within a transaction: rows may come without `source`, and with `text` */
};
struct cairn_writer {
    cairn_store *store;
};

void cairn_store_close(cairn_store *store);
/* Cheap (a microsecond or two): it reads no catalog and needs no session. Safe from any thread. False when it can't be
 * told, as when the file was replaced. Take it before a transaction begins: what that sees is then no older than the
 * stamp. */
bool cairn_store_stamp(cairn_store *store, cairn_stamp *out);

/* A session for the calling thread. */
cairn_code cairn_session_open(cairn_store *store, cairn_session **out, cairn_error *error);
void cairn_session_close(cairn_session *session);
/* A read transaction that must be over at `deadline` (cairn_clock_now() nanoseconds; 0: none): later calls end with
 * CAIRN_DEADLINE. CAIRN_CONFLICT from end (or from any call between) means that the file was replaced in the meantime
 * and the answer must be thrown away: reopen the session and ask again. */
cairn_code cairn_session_begin(cairn_session *session, int64_t deadline, cairn_error *error);
cairn_code cairn_session_end(cairn_session *session, cairn_error *error);

/* Calls `sink` for each row of the page, in order. When the deadline comes after at least one row: CAIRN_OK with
 * result->cut; with none: CAIRN_DEADLINE. Settles the arena (cairn_arena_settle), so that no
 * geometry of the session's GEOS context stays in it. The same search gives the same rows in the same order in every
 * store. */
cairn_code cairn_session_search(cairn_session *session, const cairn_search *search, const cairn_page *page,
                                cairn_arena *arena, cairn_item_sink sink, void *context, cairn_result *result,
                                cairn_error *error);
/* One item; CAIRN_NOT_FOUND. */
cairn_code cairn_session_item(cairn_session *session, cairn_span collection, cairn_span id, cairn_item_sink sink,
                              void *context, cairn_error *error);
/* All collections by id (bytes ascending), those that match `text` when it is not NULL; one collection, or
 * CAIRN_NOT_FOUND. */
cairn_code cairn_session_collections(cairn_session *session, const cairn_text_query *text, cairn_collection_sink sink,
                                     void *context, cairn_error *error);
cairn_code cairn_session_collection(cairn_session *session, cairn_span id, cairn_collection_sink sink, void *context,
                                    cairn_error *error);
/* CAIRN_OK when there is a collection with that id, else CAIRN_NOT_FOUND, as cairn_session_collection() says it. */
cairn_code cairn_session_has_collection(cairn_session *session, cairn_span id, cairn_error *error);
cairn_code cairn_session_info(cairn_session *session, cairn_arena *arena, cairn_catalog_info *out, cairn_error *error);
/* What is known of the properties of a collection's items, by name (bytes ascending); of all collections when
 * `collection` is absent, by collection and name. */
cairn_code cairn_session_properties(cairn_session *session, cairn_span collection, cairn_property_sink sink,
                                    void *context, cairn_error *error);
/* The promoted properties by name. */
cairn_code cairn_session_promoted(cairn_session *session, cairn_promoted_sink sink, void *context, cairn_error *error);
/* How many items of the collection have a sort time within `sort_times` (ends belong to it), counted up to `stop`; and
 * the newest of their times, when there are any. Cheap for a small `stop`: a calendar is made of such questions. */
cairn_code cairn_session_times(cairn_session *session, cairn_span collection, cairn_interval sort_times, uint64_t stop,
                               uint64_t *count, cairn_time *newest, cairn_error *error);

/* Which traits the items of a collection have, and how many items each; of all collections when `collection` is absent.
 * By collection and traits, ascending. */
cairn_code cairn_session_traits(cairn_session *session, cairn_span collection, cairn_traits_sink sink, void *context,
                                cairn_error *error);

/* ---- writing: open, then begin, put ..., commit or rollback, as often as wanted, then close ---- */

/* Takes the write lock. */
cairn_code cairn_writer_open(cairn_store *store, cairn_writer **out, cairn_error *error);
/* Rolls back what is open, leaves one file where nobody else has the catalog open, gives the lock back. */
cairn_code cairn_writer_close(cairn_writer *writer, cairn_error *error);
cairn_code cairn_writer_begin(cairn_writer *writer, cairn_error *error);
/* Durable when it returns. Brings extents of made collections up to date. */
cairn_code cairn_writer_commit(cairn_writer *writer, cairn_error *error);
/* Brings indexes that were left behind while much was written up to date, in transactions of its own; `progress` (may
 * be NULL) is called now and then. cairn_writer_close() does the same, silently. Until then searches are right, but
 * slower. Not within a batch. */
cairn_code cairn_writer_finish(cairn_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error);
void cairn_writer_rollback(cairn_writer *writer);

/* Adds or replaces an item by (collection, id). Its collection must exist. With CAIRN_CONFLICT_ERROR an existing one is
 * CAIRN_CONFLICT, unless it is the same. No trace of an old place or time is left. */
cairn_code cairn_writer_put_item(cairn_writer *writer, const cairn_item_record *record, cairn_conflict conflict,
                                 cairn_put *what, cairn_error *error);
cairn_code cairn_writer_delete_item(cairn_writer *writer, cairn_span collection, cairn_span id, cairn_error *error);
/* A collection given by a source replaces a made one always. */
cairn_code cairn_writer_put_collection(cairn_writer *writer, const cairn_collection *collection,
                                       cairn_conflict conflict, cairn_put *what, cairn_error *error);
/* CAIRN_OK when it exists; else makes a minimal one (`make`) or CAIRN_NOT_FOUND. */
cairn_code cairn_writer_ensure_collection(cairn_writer *writer, cairn_span id, bool make, bool *made,
                                          cairn_error *error);
/* Deletes a collection and its items, and says how many. */
cairn_code cairn_writer_delete_collection(cairn_writer *writer, cairn_span id, uint64_t *items, cairn_error *error);
cairn_code cairn_writer_set_catalog(cairn_writer *writer, const cairn_catalog *catalog, bool only_if_unset,
                                    cairn_error *error);

/* Promotes a property (any name of a filter that leads into `properties`, nested ones too) to an index, for filters and
 * sorts, and takes it away again. `*items` (may be NULL) is how many items the index holds (0 in a store without
 * indexes). Within a batch. CAIRN_CONFLICT when it is promoted already, CAIRN_NOT_FOUND when not, CAIRN_INVALID for
 * what is no property. */
cairn_code cairn_writer_promote(cairn_writer *writer, cairn_span name, cairn_progress_sink progress, void *context,
                                uint64_t *items, cairn_error *error);
cairn_code cairn_writer_demote(cairn_writer *writer, cairn_span name, cairn_error *error);

/* Integrity: the file, the indexes, every item re-read and compared with its index rows. Calls `sink` for each fault.
 */
cairn_code cairn_store_check(cairn_store *store, cairn_finding_sink sink, cairn_progress_sink progress, void *context,
                             uint64_t *findings, cairn_error *error);
/* Brings items into a form, statistics up to date, and takes out of the file what is not used. Takes the write lock.
 * What was done stays done when it is stopped, fails, or the process is killed. */
cairn_code cairn_store_optimize(cairn_store *store, const cairn_optimizing *how, cairn_error *error);

/* The whole text of a row: body, or the source's own words when `source`; open form, appended to `out`. */
cairn_code cairn_row_text(cairn_session *session, const cairn_item_row *row, bool source, cairn_buf *out,
                          cairn_error *error);

#endif
