/* Inside lib/store/sqlite/check*.c: one run of `cairn check`. */
#ifndef CAIRN_STORE_SQLITE_CHECK_H
#define CAIRN_STORE_SQLITE_CHECK_H

#include "store/sqlite/internal.h"

typedef struct checker {
    sqlite_session *session;
    cairn_finding_sink sink;
    cairn_progress_sink progress;
    void *context;
    uint64_t findings, done, total;
    cairn_arena *arena; /* of the item, or collection, in hand */
    cairn_buf text, document;
    sqlite3_stmt *space, *space_all; /* an entry of either tree */
    sqlite3_int64 loose_from;

    slots slots;
    item_parts parts;
    uint64_t *values;     /* how many the items have, by slot */
    uint64_t words;       /* a sum over all words of all items */
    bool unreadable;      /* an item could not be read: the sums can't be right */
    sqlite3_stmt *stored; /* an item's properties */
    sqlite3_stmt *value;  /* one entry of the index */
} checker;

/* `row` may be NULL. */
void check_report(checker *checker, const char *where, const item_row *row, const char *message);
void check_report_collection(checker *checker, const char *where, cairn_span id, const char *message);
/* The integer that a query with one number in it yields. */
cairn_code check_count(checker *checker, const char *sql, sqlite3_int64 about, sqlite3_int64 *out, cairn_error *error);

/* ---- check_schema.c: the tables of the file, against those that this program makes ---- */
/* *same is false when some are missing or others: then the rest can't be checked. */
cairn_code check_schema(checker *checker, bool *same, cairn_error *error);

/* ---- check_space.c: the two trees, and the hot numbers ---- */
cairn_code check_space_begin(checker *checker, cairn_error *error);
void check_space_end(checker *checker);
cairn_code check_space_item(checker *checker, const item_row *row, sqlite3_int64 slot, cairn_error *error);
/* `stored` against what the properties of the item's bytes yield. */
cairn_code check_hot(checker *checker, const item_row *row, cairn_span stored, cairn_span properties,
                     cairn_error *error);

/* ---- check_parts.c: what is kept of the items' properties ---- */
cairn_code check_parts_begin(checker *checker, cairn_error *error);
void check_parts_end(checker *checker);
/* `properties` are those of the item's bytes, checked text. */
cairn_code check_parts_item(checker *checker, const item_row *row, cairn_span properties, cairn_error *error);
/* `item` is the whole document, as it is stored. */
cairn_code check_traits(checker *checker, const item_row *row, unsigned stored, cairn_span item, cairn_error *error);
/* After all items: nothing may be there that belongs to none. */
cairn_code check_parts_rest(checker *checker, cairn_error *error);

/* ---- check_collections.c: what is kept of each collection, against its items ---- */
cairn_code check_collections(checker *checker, cairn_error *error);

#endif
