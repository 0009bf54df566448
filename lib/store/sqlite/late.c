/* A new catalog is filled without the indexes whose rows come in an order of their own: with millions of items each row
 * would be written to a page that is in no cache. They are made at the end, sorted. */
#include "store/sqlite/internal.h"

static const cairn_span mark = CAIRN_SPAN_LIT("late_indexes");

static const char *const drop[] = {
    "DROP INDEX IF EXISTS item_order",
    "DROP INDEX IF EXISTS item_order_all",
    "DELETE FROM item_value",
};

/* As schema/001_catalog.sql has them; `cairn check` compares them with it. */
static const char order[] = "CREATE INDEX IF NOT EXISTS item_order ON item(collection, back_sec, back_nsec, id,"
                            " start_sec, start_nsec, end_sec, end_nsec, west, south, east, north)";
static const char order_all[] = "CREATE INDEX IF NOT EXISTS item_order_all ON item(back_sec, back_nsec, collection, id,"
                                " start_sec, start_nsec, end_sec, end_nsec, west, south, east, north)";

cairn_code late_read(sqlite3 *db, bool *out, cairn_error *error)
{
    sqlite3_int64 there = 0;
    cairn_code code = db_integer(db, "SELECT EXISTS(SELECT 1 FROM meta WHERE key='late_indexes')", &there, error);
    *out = there != 0;
    return code;
}

static cairn_code set_mark(sqlite_writer *writer, bool late, cairn_error *error)
{
    sqlite3_stmt *set;
    cairn_code code = writer_query(writer, late ? W_META_PUT : W_META_DELETE, &set, error);
    if (code)
        return code;
    db_bind_span(set, 1, mark);
    if (late)
        sqlite3_bind_int(set, 2, 1);
    return db_run(writer->db, set, "writing the catalog", error);
}

cairn_code late_begin_when_large(sqlite_writer *writer, cairn_error *error)
{
    const sqlite_store *store = (const sqlite_store *)writer->base.store;
    uint64_t from = store->options.late_from ? store->options.late_from : CAIRN_LATE_FROM;
    if (!writer->was_empty || writer->slots.late || writer->added <= from)
        return CAIRN_OK;
    cairn_code code = set_mark(writer, true, error);
    for (size_t i = 0; !code && i < sizeof drop / sizeof *drop; i++)
        code = db_exec(writer->db, drop[i], "writing the catalog", error);
    writer->slots.late = !code;
    return code;
}

/* ---- making them ---- */

typedef struct listener {
    cairn_progress_sink progress;
    void *context;
} listener;

/* Items are told of twice, as those of both trees are. */
static void tell_twice(void *context, uint64_t done, uint64_t total)
{
    const listener *to = context;
    to->progress(to->context, 2 * done, 2 * total);
}

static cairn_code make_values(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error)
{
    listener to = {progress, context};
    return promote_fill_sorted(writer, progress ? tell_twice : NULL, &to, error);
}

static cairn_code make_order(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error)
{
    (void)progress, (void)context;
    return db_exec(writer->db, order, "making an index", error);
}

static cairn_code make_order_all(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error)
{
    (void)progress, (void)context;
    cairn_code code = db_exec(writer->db, order_all, "making an index", error);
    return code ? code : set_mark(writer, false, error);
}

static cairn_code (*const steps[])(sqlite_writer *writer, cairn_progress_sink progress, void *context,
                                   cairn_error *error) = {make_values, make_order, make_order_all};

/* Each in a batch of its own, so that the -wal holds one of them. */
static cairn_code run_steps(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; !code && i < sizeof steps / sizeof *steps; i++) {
        code = sqlite_writer_begin(&writer->base, error);
        if (!code)
            code = steps[i](writer, progress, context, error);
        code = writer_end(writer, code, error);
    }
    return code;
}

/* What is sorted is kept in files: it may be larger than the memory. SQLite sorts in as much memory as a cache has. */
cairn_code late_end(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error)
{
    bool late = false;
    writer->was_empty = false;
    cairn_code code = late_read(writer->db, &late, error);
    if (code || !late)
        return code;
    code = db_exec(writer->db, "PRAGMA temp_store=FILE; PRAGMA cache_size=-98304", "making an index", error);
    if (!code)
        code = run_steps(writer, progress, context, error);
    slots_free(&writer->slots); /* read again at the next begin */
    cairn_code set = db_exec(writer->db, WRITER_MEMORY, "making an index", code ? NULL : error);
    return code ? code : set;
}
