/* What the files of the SQLite store share. Nothing here is seen outside of lib/store/sqlite. */
#ifndef CAIRN_STORE_SQLITE_INTERNAL_H
#define CAIRN_STORE_SQLITE_INTERNAL_H

#include "base/number.h"
#include "query/sort.h"
#include "store/sqlite/sqlite_store.h"
#include "store/stats.h"

#include <sqlite3.h>
#include <sys/stat.h>

enum {
    CAIRN_APPLICATION_ID = 0x43524e31, /* "CRN1" */
    CAIRN_SCHEMA_VERSION = 4,
    CAIRN_PAGE_BYTES = 16384,
};

/* ---- file.c: the file itself, before SQLite sees it ---- */

typedef struct catalog_file {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
    bool in_wal_mode; /* by the header */
    int schema_version;
    off_t wal_size;     /* -1: there is no -wal */
    off_t journal_size; /* -1: there is no -journal */
    bool has_shm;
    bool on_network; /* a file system shared between hosts: no WAL, no memory map */
} catalog_file;

/* Reads header and surroundings; refuses what is no catalog, or a newer one. Not while this process has a connection to
 * the same file that holds locks: closing any descriptor of a file drops them (POSIX). */
cairn_code catalog_file_inspect(const char *path, catalog_file *out, cairn_error *error);
/* CAIRN_CONFLICT, saying the way out, when a -wal of another catalog stands beside. */
cairn_code catalog_file_check_wal(const char *path, const catalog_file *file, cairn_error *error);
/* The stat part only; false when the file is gone. */
bool catalog_file_stat(const char *path, catalog_file *out);
/* path + suffix, malloc'ed. */
char *catalog_file_sibling(const char *path, const char *suffix);

/* ---- lock.c: one writer in the world ---- */
typedef struct catalog_lock {
    int fd;
    char *path;
} catalog_lock;
cairn_code catalog_lock_take(const char *catalog, int wait_ms, const char *program, catalog_lock *lock,
                             cairn_error *error);
void catalog_lock_release(catalog_lock *lock);

/* ---- db.c: SQLite in our words ---- */

/* Opens a connection with what every connection of ours has. `uri_flags` such as "immutable=1", or "". */
cairn_code db_open(const char *path, int flags, const char *uri_flags, int busy_ms, sqlite3 **out, cairn_error *error);
/* Turns a result code into an error: never shows SQL. `what` says what was being done. */
cairn_code db_error(sqlite3 *db, int rc, const char *what, cairn_error *error);
cairn_code db_exec(sqlite3 *db, const char *sql, const char *what, cairn_error *error);
cairn_code db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, cairn_error *error);
/* Steps a statement that returns no row, and resets it. */
cairn_code db_run(sqlite3 *db, sqlite3_stmt *statement, const char *what, cairn_error *error);
/* The first column of the first row as an integer. */
cairn_code db_integer(sqlite3 *db, const char *sql, sqlite3_int64 *out, cairn_error *error);
void db_bind_span(sqlite3_stmt *statement, int index, cairn_span text);  /* as TEXT; absent: NULL */
void db_bind_blob(sqlite3_stmt *statement, int index, cairn_span bytes); /* absent: NULL */
cairn_span db_column_span(sqlite3_stmt *statement, int column);          /* TEXT or BLOB; NULL: absent */
/* A packed text from the columns with these numbers; absent when its bytes are NULL. */
cairn_packed db_column_packed(sqlite3_stmt *row, int encoding, int crc, int length, int bytes);
/* The other way round. */
void db_bind_packed(sqlite3_stmt *statement, int encoding, int crc, int length, int bytes, const cairn_packed *packed);

/* ---- dictionary.c ---- */
/* Gives the codec the dictionaries of the catalog: they are read when they are wanted. The codec may not be used for
 * compact texts after `db` was closed. */
cairn_code dictionaries_attach(sqlite3 *db, cairn_codec *codec, cairn_error *error);

/* ---- store.c ---- */
typedef struct catalog_stamps catalog_stamps; /* stamp.c */
typedef struct sqlite_store {
    cairn_store base;
    char *name; /* as it was given: perhaps a symbolic link that is pointed elsewhere one day */
    char *path; /* of the real file, beside which -wal and lock stand */
    cairn_sqlite_options options;
    int fd;                 /* O_PATH, so that closing it drops no lock of SQLite's: tells when the file is gone */
    catalog_file file;      /* as it was when opened */
    bool immutable;         /* opened so, by option or because of left-overs */
    catalog_stamps *stamps; /* NULL: not told of this one */
} sqlite_store;

/* Another file stands at the path: what is open is not touched by that. */
bool sqlite_store_renamed_over(const sqlite_store *store);
/* An immutable opening sees no changes by itself, so any change of the file itself spoils what was read. */
bool sqlite_store_changed_in_place(const sqlite_store *store);

/* ---- stamp.c ---- */
/* `fd` of the catalog's file (O_PATH will do), borrowed. NULL where stamps can't be relied on, or out of memory. */
catalog_stamps *catalog_stamps_new(int fd);
void catalog_stamps_free(catalog_stamps *stamps);
bool sqlite_store_stamp(cairn_store *base, cairn_stamp *out);
/* The same for a file in rollback mode that shows a write no later than its stamp does; else false. */
bool sqlite_store_still(const sqlite_store *store, cairn_stamp *out);

/* ---- recover.c ---- */
/* Plays back the journal of a writer that died, if nobody is writing and we may: a reader can't. */
cairn_code catalog_recover(const char *path, cairn_error *error);
/* Removes the -wal and -shm of a catalog that is gone from beside one in rollback mode, unless somebody is writing. The
 * caller knows that the catalog that they belonged to has no name any more. */
void catalog_sweep(const char *path);
/* The same under the write lock, when `file` is in rollback mode. */
void catalog_remove_leftovers(const char *path, const catalog_file *file);

/* ---- slots.c: the promoted properties ---- */
typedef struct slot {
    sqlite3_int64 number;
    cairn_cql2_property property; /* .name is promoted.name */
    const struct cairn_cql2_source *sources;
    size_t n_sources;
    bool built_in;
    bool readable; /* sources and type are those of the kept definition: the index is kept up by them */
    bool current;  /* and they are what this program would make it by: else it can't be used for reading */
} slot;
/* A name of the item's own properties that a slot's value may stand under: those of one name follow each other. */
typedef struct slot_name {
    cairn_span name;
    size_t place; /* of what was found, in a list of all sources of all slots */
} slot_name;
typedef struct slots {
    cairn_arena *arena;
    slot *list; /* by name */
    size_t n;
    size_t n_sources; /* of all */
    slot_name *names; /* a hash table of n_names, a power of two; places that are not used have no name */
    size_t n_names;
    bool late; /* nothing is in the index yet (late.c): no slot is current */
} slots;
/* Free `out` in any case. */
cairn_code slots_load(sqlite3 *db, slots *out, cairn_error *error);
void slots_free(slots *slots);
/* Makes the table of names, for a list that was put together. False at the arena's cap. */
bool slots_index(slots *slots);
/* Where the hash of a name leads to in the table. */
size_t slots_place(const slots *slots, cairn_span name);
/* The source is a member of the properties by itself: nothing to descend into. */
bool slots_is_plain(const struct cairn_cql2_source *source);
/* What a name, of a filter or as it is kept, is promoted as; its sources and `definition` in the arena. CAIRN_INVALID
 * for what does not lead into the properties. */
cairn_code slot_of(cairn_span name, cairn_arena *arena, slot *out, cairn_span *definition, cairn_error *error);

/* ---- session.c ---- */

/* Prepared when first used, kept for the session's life. */
typedef enum query_id {
    Q_BEGIN,
    Q_TOUCH,
    Q_COMMIT,
    Q_ROLLBACK,
    Q_ITEM_KEY,
    Q_BODY,
    Q_LENGTH,
    Q_FOOTPRINT,
    Q_ITEM_ROW,
    Q_IDS,
    Q_IDS_COLLECTION,
    Q_ORDER_ALL,
    Q_ORDER_ALL_BACK,
    Q_COLLECTIONS,
    Q_COLLECTION,
    Q_META,
    Q_TOTALS,
    Q_KNOWN,
    Q_KNOWN_ALL,
    Q_PROMOTED,
    Q_PROPERTIES,
    Q_TEXT_PROBE,
    Q_COLLECTIONS_TEXT,
    Q_COLLECTIONS_ALL_BUT,
    Q_STATISTICS,
    Q_VALUE_COUNT,
    Q_VALUE_COLLECTION,
    Q_VALUE_PROBE,
    Q_VALUE_UP,
    Q_VALUE_DOWN,
    Q_VALUE_ROWS,
    Q_VALUE_ROWS_BACK,
    Q_TIMES_COUNT,
    Q_TIMES_NEWEST,
    Q_MEETING,
    Q_MEETING_ALL,
    Q_NAMES_UP,
    Q_NAMES_DOWN,
    Q_TRAITS,
    Q_TRAITS_ALL,
    Q_SPACE_NODE,
    Q_SPACE_ALL_NODE,
    Q_SPACE_NODES,
    Q_SPACE_ALL_NODES,
    Q_FACTS,
    Q_FACTS_ALL,
    Q_LOOSE,
    Q_LOOSE_ROWS,
    Q_SLOT_TAKEN,
    Q_HOT,
    Q_TIMES_COUNT_ALL,
    Q_HAS_VALUE,
    Q_COUNT,
} query_id;

enum { MAX_MERGED = 64 }; /* collections whose orders are merged; more than that scan the order over all */

typedef struct sqlite_session {
    cairn_session base;
    sqlite3 *db;
    int64_t deadline;
    bool unindexed;           /* the orders have no index (late.c), */
    uint64_t unindexed_at;    /* as of this value of epoch */
    sqlite3_int64 generation; /* of the transaction */
    uint32_t data_version;    /* SQLite's count of changes that it saw in the file, though they be none of ours */
    uint64_t epoch;           /* while it stays the same, so do both, and all that was read; from 1 */
    sqlite3_stmt *queries[Q_COUNT];
    sqlite3_stmt *order[MAX_MERGED];      /* one collection each, forward */
    sqlite3_stmt *order_back[MAX_MERGED]; /* and backward */
    struct row_texts *texts;              /* search.h */
    struct session_facts *facts;          /* facts.c */
    struct space_nodes *nodes;            /* space_node.c; NULL: none was read yet */
    slots promoted;                       /* as of promoted_at, an epoch */
    uint64_t promoted_at;
    struct item_cache *items; /* NULL: nothing is kept */
    struct still *still;      /* still.h; NULL: all is read under locks */
    bool seen_same;           /* the file is as still_is_same() wants it: seen just before the next begin */
    cairn_arena *info_arena;  /* of `info`, as of info_at; NULL: not read yet */
    cairn_catalog_info info;
    uint64_t info_at; /* an epoch */
} sqlite_session;

cairn_code session_query(sqlite_session *session, query_id id, sqlite3_stmt **out, cairn_error *error);
/* The k-th statement over one collection's order. */
cairn_code session_order_query(sqlite_session *session, size_t k, bool backward, sqlite3_stmt **out,
                               cairn_error *error);
/* They are prepared anew when they are wanted. None may be running. */
void session_forget_statements(sqlite_session *session);
/* Notes it in the session when it is. */
bool session_is_late(sqlite_session *session);
/* Into session->generation, data_version and epoch. */
cairn_code session_read_generation(sqlite_session *session, cairn_error *error);

/* ---- row.c: item rows as the searches see them ---- */

/* The columns of every query that yields item rows, in this order. */
#define ITEM_COLUMNS                                                                                                   \
    "key, collection, id, back_sec, back_nsec, start_sec, start_nsec, end_sec, end_nsec, west, south, east, north"

/* The whole packed body of an item, from ITEM_BODY_TABLES: the block of the properties is put back into its place. */
#define ITEM_BODY                                                                                                      \
    "CASE WHEN p.body_at IS NULL THEN b.body ELSE CAST(substr(b.body, 1, p.body_at) || p.properties ||"                \
    " substr(b.body, p.body_at + 1) AS BLOB) END"
#define ITEM_BODY_TABLES "item_body b LEFT JOIN item_properties p ON p.key=b.key"

typedef struct item_row {
    sqlite3_int64 key;
    cairn_position position; /* strings borrowed from the statement, until its next step */
    cairn_interval range;
    bool has_place;
    cairn_box box;
    bool is_whole;             /* read from the item's own row, not from an index: these are known, too */
    cairn_span hot, footprint; /* borrowed; absent when it has none */
} item_row;
void item_row_read(sqlite3_stmt *statement, item_row *out);
/* Of a query for ITEM_COLUMNS and WHOLE_COLUMNS. */
#define WHOLE_COLUMNS "hot, footprint"
void item_row_read_whole(sqlite3_stmt *statement, item_row *out);
/* The extent of a collection from eight columns: west to north, start and end. */
cairn_extent extent_read(sqlite3_stmt *statement, int column);

/* The sort time as stored: negated, so that ascending order is newest first. */
sqlite3_int64 back_sec(cairn_time time);
int back_nsec(cairn_time time);

/* ---- search.c and its parts: see search.h ---- */

/* An item that is given; its strings and sort keys live elsewhere. */
typedef struct hit {
    sqlite3_int64 key;
    cairn_position position;
} hit;
cairn_code session_deliver(sqlite_session *session, const hit *hit, const cairn_page *page, cairn_item_sink sink,
                           void *context, cairn_error *error);
cairn_code sqlite_session_search(cairn_session *base, const cairn_search *search, const cairn_page *page,
                                 cairn_arena *arena, cairn_item_sink sink, void *context, cairn_result *result,
                                 cairn_error *error);
cairn_code sqlite_session_times(cairn_session *base, cairn_span collection, cairn_interval sort_times, uint64_t stop,
                                uint64_t *count, cairn_time *newest, cairn_error *error);

cairn_code sqlite_session_open(cairn_store *store, cairn_session **out, cairn_error *error);
void sqlite_session_close(cairn_session *session);
cairn_code sqlite_session_begin(cairn_session *session, int64_t deadline, cairn_error *error);
cairn_code sqlite_session_end(cairn_session *session, cairn_error *error);
cairn_code sqlite_session_item(cairn_session *session, cairn_span collection, cairn_span id, cairn_item_sink sink,
                               void *context, cairn_error *error);
cairn_code sqlite_session_collections(cairn_session *session, const cairn_text_query *text, cairn_collection_sink sink,
                                      void *context, cairn_error *error);
cairn_code sqlite_session_collection(cairn_session *session, cairn_span id, cairn_collection_sink sink, void *context,
                                     cairn_error *error);
cairn_code sqlite_session_info(cairn_session *session, cairn_arena *arena, cairn_catalog_info *out, cairn_error *error);
void catalog_info_forget(sqlite_session *session);

/* ---- values.c: what the index holds of an item ---- */
typedef struct index_value {
    sqlite3_int64 property; /* as in the table item_value */
    cairn_sort_value value;
} index_value;
typedef struct index_values {
    index_value *list; /* ordered, each once */
    size_t n, cap;
} index_values;
/* False at the arena's cap. */
bool values_make(const slots *slots, cairn_span properties, cairn_arena *arena, index_values *out);
int values_compare(const index_value *a, const index_value *b);
/* Binds the value: REAL, TEXT or BLOB. */
void values_bind(sqlite3_stmt *statement, int index, const cairn_sort_value *value);

/* ---- known.c: what the tables property and promoted tell ---- */

/* The columns of the table property that property_read() wants, behind the id of the collection. */
#define PROPERTY_COLUMNS                                                                                               \
    "name, integers, numbers, strings, booleans, arrays, objects, times, minimum, maximum, first, last, "              \
    "minimum_items, maximum_items, first_items, last_items, enumerated, list"
typedef struct property_row {
    cairn_property property; /* borrows from the statement, until its next step, and from below */
    char minimum[CAIRN_NUMBER_PRINT_MAX], maximum[CAIRN_NUMBER_PRINT_MAX];
    cairn_property_value values[CAIRN_PROPERTY_VALUES_MAX];
} property_row;
/* False when its list is none. */
bool property_read(sqlite3_stmt *statement, property_row *out);

cairn_code sqlite_session_properties(cairn_session *base, cairn_span collection, cairn_property_sink sink,
                                     void *context, cairn_error *error);
cairn_code sqlite_session_promoted(cairn_session *base, cairn_promoted_sink sink, void *context, cairn_error *error);

/* ---- migrate.c ---- */
/* Each step is one transaction. `fill` (may be NULL, where there are no items) makes what is new in `version` from what
 * there is, in the same transaction. */
typedef cairn_code (*schema_fill)(void *context, int version, cairn_error *error);
cairn_code schema_migrate(sqlite3 *db, int from, schema_fill fill, void *context, cairn_error *error);
/* CAIRN_UNSUPPORTED, saying the next step, for a catalog that must be migrated before it is read. */
cairn_code schema_check(sqlite3 *db, const char *path, cairn_error *error);

/* ---- parts.c: what is kept of an item's properties ---- */
typedef struct item_parts {
    cairn_arena *arena; /* of the values */
    cairn_span properties;
    cairn_buf words;
    index_values values;
} item_parts;
bool parts_begin(item_parts *parts);
void parts_end(item_parts *parts);
/* Makes them anew; `properties` is borrowed. */
cairn_code parts_make(item_parts *parts, const slots *slots, cairn_span id, cairn_span properties, cairn_error *error);

/* ---- tally.c: what a collection's row says of its items, kept in memory during a batch ---- */
typedef struct tally_traits {
    unsigned traits;
    int64_t items; /* that came and went in the batch */
} tally_traits;
typedef struct tally {
    char *id; /* owned, with length */
    size_t id_size;
    sqlite3_int64 slot;
    bool made, dirty, stale;
    bool recount; /* the properties are to be counted anew */
    uint64_t items;
    cairn_extent extent;
    int64_t lead, lag;   /* seconds that a range begins before, ends after the sort time; saturated */
    cairn_stats *counts; /* of properties; NULL: not loaded */
    tally_traits *traits;
    size_t n_traits;
    uint64_t changed; /* items whose properties were written since they were all counted, or the writer was opened */
    struct tally *next;
} tally;

typedef enum write_id {
    W_FIND,
    W_INSERT,
    W_UPDATE,
    W_UPDATE_REST,
    W_DELETE,
    W_BODY_PUT,
    W_BODY_GET,
    W_BODY_DELETE,
    W_HOT_SET,
    W_HOT_ROWS,
    W_SPACE_INSERT,
    W_SPACE_DELETE,
    W_SPACE_ALL_INSERT,
    W_SPACE_ALL_DELETE,
    W_LOOSE_ROWS,
    W_ALL_ROWS,
    W_COLLECTION_GET,
    W_COLLECTION_PUT,
    W_COLLECTION_TEXT,
    W_COLLECTION_TALLY,
    W_COLLECTION_DELETE,
    W_COLLECTION_ROWS,
    W_COLLECTION_ORDER,
    W_COLLECTION_SPACE_DELETE,
    W_COLLECTION_SPACE_ALL_DELETE,
    W_COLLECTION_BODIES_DELETE,
    W_COLLECTION_VALUES_DELETE,
    W_COLLECTION_PROPERTIES_DELETE,
    W_COLLECTION_COUNTS_DELETE,
    W_COLLECTION_TRAITS_DELETE,
    W_COLLECTION_WORDS_DELETE,
    W_COLLECTION_ITEMS_DELETE,
    W_COLLECTION_PROPERTIES,
    W_COLLECTION_BODIES,
    W_COLLECTION_WORDS_PUT,
    W_PROPERTIES_PUT,
    W_PROPERTIES_GET,
    W_PROPERTIES_DELETE,
    W_WORDS_PUT,
    W_WORDS_DELETE,
    W_VALUE_PUT,
    W_VALUE_DELETE,
    W_COUNT_GET,
    W_COUNT_PUT,
    W_COUNT_DELETE,
    W_COUNT_CLEAR,
    W_TRAITS_ADD,
    W_TRAITS_SWEEP,
    W_TRAITS_GET,
    W_TRAITS_SET,
    W_TRAITS_BODIES,
    W_META_PUT,
    W_META_GET,
    W_META_DELETE,
    W_GENERATION,
    W_COUNT,
} write_id;

enum { TALLY_BUCKETS = 1024 };

/* Rows of item_value that are not yet written. Whoever deletes some in another way writes them first. */
typedef struct held_value held_value;
typedef struct held_values {
    held_value *list;
    size_t n, room;
    cairn_arena *texts;
} held_values;

typedef struct sqlite_writer {
    cairn_writer base;
    sqlite3 *db;
    catalog_lock lock;
    bool in_batch;
    bool in_wal;
    bool ready;       /* it was opened */
    bool leave_loose; /* when it is closed */
    bool was_empty;   /* the catalog, when it was opened */
    uint64_t added;   /* items, since then */
    int wal_pages;    /* in the -wal after the last commit */
    sqlite3_stmt *queries[W_COUNT];
    tally *tallies[TALLY_BUCKETS];
    size_t n_counts; /* tallies that hold counts of properties */
    slots slots;     /* what is promoted, as it stands in the batch */
    held_values held;
    item_parts old_parts, new_parts;
    cairn_codec *codec; /* to compare texts that were packed at different levels, and to pack properties */
    cairn_buf old_text, new_text;
    cairn_buf hot;            /* of the item in hand */
    sqlite3_int64 loose_from; /* items with this key and more are in no tree (space.h) */
    int64_t now;
} sqlite_writer;

cairn_code tally_get(sqlite_writer *writer, cairn_span id, tally **out, cairn_error *error);
/* Counts a row in or out; what can't be counted out exactly makes the tally stale, to be made anew when saved. */
void tally_add(tally *tally, const item_row *row);
void tally_drop(tally *tally, const item_row *row);
cairn_code tally_save_all(sqlite_writer *writer, cairn_error *error);
void tally_forget(sqlite_writer *writer, tally *gone);
void tally_forget_all(sqlite_writer *writer);

/* ---- counts.c: the table property, for a tally ---- */
/* The counts of the collection, loaded when they are not yet. They are the tally's. */
cairn_code counts_get(sqlite_writer *writer, tally *tally, cairn_stats **out, cairn_error *error);
/* Collections of so many items have exact ranges at every commit. */
enum { COUNTED_ANEW = 20000 };
/* Writes what changed; counts the collection anew where that is needed. */
cairn_code counts_save(sqlite_writer *writer, tally *tally, cairn_error *error);
/* Frees those of all tallies when there are many: they must be saved. */
void counts_trim(sqlite_writer *writer);

/* ---- held_values.c: the rows of item_value ---- */
cairn_code held_values_put(sqlite_writer *writer, const tally *tally, const item_row *row, const index_value *value,
                           cairn_error *error);
/* Writes what is held first. */
cairn_code held_values_delete(sqlite_writer *writer, const tally *tally, const item_row *row, const index_value *value,
                              cairn_error *error);
cairn_code held_values_write(sqlite_writer *writer, cairn_error *error);
/* Those of a batch that is given up. */
void held_values_forget(held_values *held);
void held_values_free(held_values *held);

/* ---- traits.c: what is known of items without opening them ---- */
/* The rows that item_traits has to have. */
#define TRAITS_COUNTED                                                                                                 \
    "SELECT c.slot, b.traits, count(*) FROM item i JOIN collection c ON c.id=i.collection JOIN item_body b"            \
    " ON b.key=i.key GROUP BY c.slot, b.traits"
/* Counts an item in; counts out the one that has the key, whose body must still be there. All in memory, until they are
 * saved with the tally. */
cairn_code traits_add(tally *tally, unsigned traits, cairn_error *error);
cairn_code traits_drop(sqlite_writer *writer, tally *tally, sqlite3_int64 key, cairn_error *error);
cairn_code traits_save(sqlite_writer *writer, tally *tally, cairn_error *error);
/* Makes them anew from all bodies. Within a batch. */
cairn_code traits_renew(sqlite_writer *writer, cairn_error *error);
cairn_code sqlite_session_traits(cairn_session *base, cairn_span collection, cairn_traits_sink sink, void *context,
                                 cairn_error *error);

/* ---- view.c: a collection as it is served ---- */
typedef struct collection_view {
    cairn_span body;
    cairn_span declared; /* absent: the same as the body, or there is none */
} collection_view;
/* From what is declared and the tally; texts in the arena. */
cairn_code view_make(sqlite_writer *writer, tally *tally, cairn_arena *arena, collection_view *out, cairn_error *error);
/* Puts the words of a collection into the index of free text. `body` is its open form. */
cairn_code view_put_words(sqlite_writer *writer, sqlite3_int64 slot, cairn_span id, cairn_span body,
                          cairn_error *error);

/* ---- fill.c ---- */
/* A schema_fill of a writer. */
cairn_code fill_schema(void *writer, int version, cairn_error *error);
/* Counts the properties of all collections anew. Within a batch. */
cairn_code fill_counts(sqlite_writer *writer, cairn_error *error);

/* ---- promote.c ---- */
/* Enters the built-in properties that are neither promoted nor demoted into the table `promoted`; no more. */
cairn_code promote_built_in(sqlite3 *db, cairn_error *error);
/* The same, with their index; and makes anew what was made otherwise. Within a batch. */
cairn_code promote_missing(sqlite_writer *writer, cairn_error *error);
/* What must be so before anything is written. */
cairn_code promote_at_open(sqlite_writer *writer, cairn_error *error);
cairn_code sqlite_promote(cairn_writer *base, cairn_span name, cairn_progress_sink progress, void *context,
                          uint64_t *items, cairn_error *error);
cairn_code sqlite_demote(cairn_writer *base, cairn_span name, cairn_error *error);

/* Fills the index of all that is promoted, in its order. Within a batch, with an empty index; temp_store is FILE. */
cairn_code promote_fill_sorted(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error);

/* ---- late.c: indexes that are made when a new catalog has been filled ---- */
/* A catalog that was empty when the writer was opened, and to which it has added more items than this, lacks the
 * indexes item_order and item_order_all, and all of item_value, until the writer finishes or is closed;
 * meta.late_indexes says so. Sessions answer the same meanwhile, by reading more. */
enum { CAIRN_LATE_FROM = 100000 };
cairn_code late_read(sqlite3 *db, bool *out, cairn_error *error);
/* At the end of a batch. */
cairn_code late_begin_when_large(sqlite_writer *writer, cairn_error *error);
/* Makes what is missing, in batches of its own. What an interrupted writer left is made, too. */
cairn_code late_end(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error);

/* ---- writer.c and its parts ---- */
#define WRITER_MEMORY "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-262144"
cairn_code writer_query(sqlite_writer *writer, write_id id, sqlite3_stmt **out, cairn_error *error);
/* Ends the batch: committed when the code of its steps is CAIRN_OK, else rolled back; returns what came of it. */
cairn_code writer_end(sqlite_writer *writer, cairn_code code, cairn_error *error);

/* The properties of an item as they are written. */
typedef struct item_properties {
    cairn_span text;
    cairn_packed packed; /* absent: nobody has packed them yet */
    bool within;         /* the stored body lacks them, */
    size_t body_at;      /* at this place */
} item_properties;

/* Writes what is kept of an item's properties, in the place of what was kept of `old` (NULL: a new item). The counts
 * follow. */
cairn_code parts_write(sqlite_writer *writer, tally *tally, const item_row *old, const item_row *row,
                       const item_properties *properties, cairn_error *error);
/* Takes it away. */
cairn_code parts_drop(sqlite_writer *writer, tally *tally, const item_row *row, cairn_error *error);
/* Takes an item's words away, which are made anew. */
cairn_code parts_drop_words(sqlite_writer *writer, sqlite3_int64 key, cairn_span id, cairn_span properties,
                            cairn_error *error);

cairn_code sqlite_put_item(cairn_writer *base, const cairn_item_record *record, cairn_conflict conflict,
                           cairn_put *what, cairn_error *error);
cairn_code sqlite_delete_item(cairn_writer *base, cairn_span collection, cairn_span id, cairn_error *error);
cairn_code sqlite_put_collection(cairn_writer *base, const cairn_collection *collection, cairn_conflict conflict,
                                 cairn_put *what, cairn_error *error);
cairn_code sqlite_ensure_collection(cairn_writer *base, cairn_span id, bool make, bool *made, cairn_error *error);
cairn_code sqlite_delete_collection(cairn_writer *base, cairn_span id, uint64_t *items, cairn_error *error);
cairn_code sqlite_set_catalog(cairn_writer *base, const cairn_catalog *catalog, bool only_if_unset, cairn_error *error);
cairn_code sqlite_writer_open(cairn_store *store, cairn_writer **out, cairn_error *error);
cairn_code sqlite_writer_close(cairn_writer *writer, cairn_error *error);
cairn_code sqlite_writer_begin(cairn_writer *writer, cairn_error *error);
cairn_code sqlite_writer_commit(cairn_writer *writer, cairn_error *error);
cairn_code sqlite_writer_finish(cairn_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error);
void sqlite_writer_rollback(cairn_writer *writer);

cairn_code sqlite_check(cairn_store *store, cairn_finding_sink sink, cairn_progress_sink progress, void *context,
                        uint64_t *findings, cairn_error *error);
cairn_code sqlite_optimize(cairn_store *store, const cairn_optimizing *how, cairn_error *error);

#endif
