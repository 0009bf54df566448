/* The writer: one at a time in the world, by the write lock; the only one that checkpoints. */
#include "store/sqlite/space.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>
#include <unistd.h>

/* Of a collection's items in the trees. */
#define COLLECTION_ENTRIES                                                                                             \
    " (SELECT key * 2 FROM item WHERE collection=?1 AND west IS NOT NULL UNION ALL"                                    \
    " SELECT key * 2 + 1 FROM item WHERE collection=?1 AND west > east)"

static const char *const write_text[W_COUNT] = {
    [W_FIND] = "SELECT " ITEM_COLUMNS " FROM item WHERE id=?2 AND collection=?1",
    [W_INSERT] =
        "INSERT INTO item(key, collection, id, back_sec, back_nsec, start_sec, start_nsec, end_sec, end_nsec,"
        " west, south, east, north, footprint, hot) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
        " ?14, ?15)",
    [W_UPDATE] = "UPDATE item SET collection=?2, id=?3, back_sec=?4, back_nsec=?5, start_sec=?6, start_nsec=?7,"
                 " end_sec=?8, end_nsec=?9, west=?10, south=?11, east=?12, north=?13, footprint=?14, hot=?15"
                 " WHERE key=?1",
    [W_UPDATE_REST] = "UPDATE item SET footprint=?2, hot=?3 WHERE key=?1",
    [W_DELETE] = "DELETE FROM item WHERE key=?1",
    [W_BODY_PUT] =
        "INSERT OR REPLACE INTO item_body(key, encoding, crc, length, changed, body, source_encoding, source_crc,"
        " source_length, source, traits) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [W_BODY_GET] = "SELECT b.encoding, b.crc, b.length, " ITEM_BODY ", b.source_encoding, b.source_crc,"
                   " b.source_length, b.source, p.encoding, p.crc, p.length, p.properties FROM " ITEM_BODY_TABLES
                   " WHERE b.key=?1",
    [W_BODY_DELETE] = "DELETE FROM item_body WHERE key=?1",
    [W_HOT_SET] = "UPDATE item SET hot=?2 WHERE key=?1",
    [W_HOT_ROWS] = "SELECT encoding, crc, length, properties, key FROM item_properties ORDER BY key",
    [W_SPACE_INSERT] = "INSERT OR REPLACE INTO item_space VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [W_SPACE_DELETE] = "DELETE FROM item_space WHERE entry=?1",
    [W_SPACE_ALL_INSERT] = "INSERT OR REPLACE INTO item_space_all VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [W_SPACE_ALL_DELETE] = "DELETE FROM item_space_all WHERE entry=?1",
    [W_LOOSE_ROWS] = "SELECT i.*, c.slot FROM (SELECT " ITEM_COLUMNS " FROM item WHERE key>=?1 AND west IS NOT NULL"
                     " ORDER BY key LIMIT ?2) i CROSS JOIN collection c ON c.id=i.collection",
    [W_ALL_ROWS] = "SELECT " ITEM_COLUMNS " FROM item INDEXED BY item_order_all"
                   " ORDER BY back_sec, back_nsec, collection, id",
    [W_COLLECTION_GET] = "SELECT made, items, west, south, east, north, start_sec, start_nsec, end_sec, end_nsec, lead,"
                         " lag, body, source, declared, slot FROM collection WHERE id=?1",
    [W_COLLECTION_PUT] = "INSERT INTO collection(id, title, made, body, source) VALUES(?1, ?2, ?3, ?4, ?5)",
    [W_COLLECTION_TEXT] = "UPDATE collection SET title=?2, made=?3, body=?4, source=?5, declared=NULL WHERE id=?1",
    [W_COLLECTION_TALLY] = "UPDATE collection SET items=?2, west=?3, south=?4, east=?5, north=?6, start_sec=?7,"
                           " start_nsec=?8, end_sec=?9, end_nsec=?10, lead=?11, lag=?12, body=?13, declared=?14"
                           " WHERE id=?1",
    [W_COLLECTION_DELETE] = "DELETE FROM collection WHERE id=?1",
    [W_COLLECTION_ROWS] = "SELECT " ITEM_COLUMNS " FROM item WHERE collection=?1",
    [W_COLLECTION_ORDER] = "SELECT " ITEM_COLUMNS " FROM item INDEXED BY item_order WHERE collection=?1",
    [W_COLLECTION_SPACE_DELETE] = "DELETE FROM item_space WHERE entry IN" COLLECTION_ENTRIES,
    [W_COLLECTION_SPACE_ALL_DELETE] = "DELETE FROM item_space_all WHERE entry IN" COLLECTION_ENTRIES,
    [W_COLLECTION_BODIES_DELETE] = "DELETE FROM item_body WHERE key IN (SELECT key FROM item WHERE collection=?1)",
    [W_COLLECTION_VALUES_DELETE] =
        "DELETE FROM item_value WHERE collection=(SELECT slot FROM collection WHERE id=?1) AND property IN"
        " (SELECT slot * 2 FROM promoted UNION ALL SELECT slot * 2 + 1 FROM promoted)",
    [W_COLLECTION_PROPERTIES_DELETE] =
        "DELETE FROM item_properties WHERE key IN (SELECT key FROM item WHERE collection=?1)",
    [W_COLLECTION_COUNTS_DELETE] = "DELETE FROM property WHERE collection=(SELECT slot FROM collection WHERE id=?1)",
    [W_COLLECTION_TRAITS_DELETE] = "DELETE FROM item_traits WHERE collection=(SELECT slot FROM collection WHERE id=?1)",
    [W_COLLECTION_WORDS_DELETE] = "DELETE FROM collection_text WHERE rowid=(SELECT slot FROM collection WHERE id=?1)",
    [W_COLLECTION_ITEMS_DELETE] = "DELETE FROM item WHERE collection=?1",
    /* LIMIT keeps the order of the keys, in which the rows lie; so no properties are sorted. */
    [W_COLLECTION_PROPERTIES] =
        "SELECT p.encoding, p.crc, p.length, p.properties, i.key, i.id FROM"
        " (SELECT key, id FROM item WHERE collection=?1 ORDER BY key LIMIT -1) i CROSS JOIN item_properties p"
        " ON p.key=i.key",
    [W_COLLECTION_BODIES] =
        "SELECT i.*, b.encoding, b.crc, b.length, b.body FROM (SELECT " ITEM_COLUMNS " FROM item WHERE collection=?1"
        " ORDER BY key LIMIT -1) i CROSS JOIN item_body b ON b.key=i.key",
    [W_COLLECTION_WORDS_PUT] = "INSERT OR REPLACE INTO collection_text(rowid, words) VALUES(?1, ?2)",
    [W_PROPERTIES_PUT] = "INSERT OR REPLACE INTO item_properties(key, encoding, crc, length, body_at,"
                         " properties) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [W_PROPERTIES_GET] = "SELECT encoding, crc, length, properties FROM item_properties WHERE key=?1",
    [W_PROPERTIES_DELETE] = "DELETE FROM item_properties WHERE key=?1",
    [W_WORDS_PUT] = "INSERT INTO item_text(rowid, words) VALUES(?1, ?2)",
    [W_WORDS_DELETE] = "INSERT INTO item_text(item_text, rowid, words) VALUES('delete', ?1, ?2)",
    [W_VALUE_PUT] = "INSERT OR REPLACE INTO item_value(property, collection, value, back_sec, key)"
                    " VALUES(?1, ?2, ?3, ?4, ?5)",
    [W_VALUE_DELETE] =
        "DELETE FROM item_value WHERE property=?1 AND collection=?2 AND value=?3 AND back_sec=?4 AND key=?5",
    [W_COUNT_GET] = "SELECT NULL, " PROPERTY_COLUMNS " FROM property WHERE collection=?1 ORDER BY name",
    [W_COUNT_PUT] = "INSERT OR REPLACE INTO property(collection, " PROPERTY_COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, ?6,"
                    " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    [W_COUNT_DELETE] = "DELETE FROM property WHERE collection=?1 AND name=?2",
    [W_COUNT_CLEAR] = "DELETE FROM property WHERE collection=?1",
    [W_TRAITS_ADD] = "INSERT INTO item_traits(collection, traits, items) VALUES(?1, ?2, ?3)"
                     " ON CONFLICT(collection, traits) DO UPDATE SET items=items + ?3",
    [W_TRAITS_SWEEP] = "DELETE FROM item_traits WHERE collection=?1 AND traits=?2 AND items=0",
    [W_TRAITS_GET] = "SELECT traits FROM item_body WHERE key=?1",
    [W_TRAITS_SET] = "UPDATE item_body SET traits=?2 WHERE key=?1",
    [W_TRAITS_BODIES] =
        "SELECT b.encoding, b.crc, b.length, " ITEM_BODY ", b.key, b.traits FROM " ITEM_BODY_TABLES " ORDER BY b.key",
    [W_META_PUT] = "INSERT OR REPLACE INTO meta(key, value) VALUES(?1, ?2)",
    [W_META_GET] = "SELECT value FROM meta WHERE key=?1",
    [W_META_DELETE] = "DELETE FROM meta WHERE key=?1",
    [W_GENERATION] = "UPDATE meta SET value=value + 1 WHERE key='generation'",
};

cairn_code writer_query(sqlite_writer *writer, write_id id, sqlite3_stmt **out, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    if (!writer->queries[id])
        code = db_prepare(writer->db, write_text[id], &writer->queries[id], error);
    *out = writer->queries[id];
    return code;
}

static int on_wal_commit(void *context, sqlite3 *db, const char *name, int pages)
{
    (void)db, (void)name;
    ((sqlite_writer *)context)->wal_pages = pages;
    return SQLITE_OK;
}

/* WAL lets readers go on while we write. Where memory can't be shared, or a reader never pauses, rollback mode does as
 * well; and a -wal is a second copy of all that is written. */
static cairn_code choose_journal(sqlite_writer *writer, bool wal, cairn_error *error)
{
    sqlite3_stmt *mode = NULL;
    cairn_code code =
        db_prepare(writer->db, wal ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode=DELETE", &mode, error);
    if (code)
        return code;
    int rc = sqlite3_step(mode);
    if (rc == SQLITE_ROW)
        writer->in_wal = cairn_span_is(db_column_span(mode, 0), "wal");
    else
        code = db_error(writer->db, rc, "opening the catalog for writing", error);
    sqlite3_finalize(mode);
    if (writer->in_wal)
        sqlite3_wal_hook(writer->db, on_wal_commit, writer);
    return code;
}

static cairn_code open_for_writing(sqlite_writer *writer, const sqlite_store *store, cairn_error *error)
{
    catalog_file file;
    sqlite3_int64 version = 0;
    cairn_code code = catalog_file_inspect(store->path, &file, error);
    if (!code)
        code = catalog_file_check_wal(store->path, &file, error);
    if (code)
        return code;
    catalog_remove_leftovers(store->path, &file);
    code = db_open(store->path, SQLITE_OPEN_READWRITE, "", store->options.busy_ms, &writer->db, error);
    if (!code)
        code = dictionaries_attach(writer->db, writer->codec, error);
    if (!code)
        code = db_exec(writer->db, "PRAGMA synchronous=FULL; " WRITER_MEMORY, "opening the catalog for writing", error);
    if (!code) /* not the header's word, which a journal or a -wal may know better */
        code = db_integer(writer->db, "PRAGMA user_version", &version, error);
    if (!code)
        code = schema_migrate(writer->db, (int)version, fill_schema, writer, error);
    if (!code)
        code = choose_journal(writer, !file.on_network && !store->options.alone, error);
    return code ? code : promote_at_open(writer, error);
}

cairn_code sqlite_writer_open(cairn_store *base, cairn_writer **out, cairn_error *error)
{
    enum { TEXT_BYTES = 1 << 30 };
    const sqlite_store *store = (const sqlite_store *)base;
    if (store->options.immutable)
        return cairn_error_set(error, CAIRN_INVALID, "%s: was opened as immutable, so it can't be written",
                               store->path);
    sqlite_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return cairn_error_no_memory(error);
    writer->base.store = base;
    writer->lock.fd = -1;
    writer->codec = cairn_codec_new(1);
    writer->old_text = writer->new_text = writer->hot = (cairn_buf)CAIRN_BUF_INIT(TEXT_BYTES);
    writer->loose_from = INT64_MAX;
    bool ready = parts_begin(&writer->old_parts);
    ready &= parts_begin(&writer->new_parts);
    cairn_code code = CAIRN_OK;
    if (!writer->codec || !ready)
        code = cairn_error_no_memory(error);
    if (!code)
        code =
            catalog_lock_take(store->path, store->options.lock_wait_ms, store->options.program, &writer->lock, error);
    if (!code)
        code = open_for_writing(writer, store, error);
    if (code) {
        sqlite_writer_close(&writer->base, NULL);
        return code;
    }
    writer->ready = true;
    *out = &writer->base;
    return CAIRN_OK;
}

/* Back to one file. A reader that has the catalog open keeps it in WAL mode: then the -wal is left, empty unless a
 * reader was slower than our patience. */
static void leave_one_file(sqlite_writer *writer)
{
    enum { CHECKPOINT_PATIENCE_MS = 10000, MODE_PATIENCE_MS = 200 };
    const char *path = ((sqlite_store *)writer->base.store)->path;
    sqlite3_busy_timeout(writer->db, CHECKPOINT_PATIENCE_MS);
    if (sqlite3_wal_checkpoint_v2(writer->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL))
        cairn_log(CAIRN_LOG_WARN,
                  "%s: slow readers kept a part of what was written in %s-wal; all is safe, but rename no "
                  "other catalog over this one before the next write to it is done",
                  path, path);
    sqlite3_busy_timeout(writer->db, MODE_PATIENCE_MS);
    db_exec(writer->db, "PRAGMA journal_mode=DELETE", "closing the catalog", NULL);
}

/* Large indexes take minutes, for which nobody who has come in the meantime is to wait. */
static cairn_code end_alone(sqlite_writer *writer, cairn_error *error)
{
    catalog_file file;
    const sqlite_store *store = (const sqlite_store *)writer->base.store;
    if (writer->in_wal || !store->options.alone)
        return CAIRN_OK;
    cairn_code code = catalog_file_inspect(store->path, &file, error);
    return code ? code : choose_journal(writer, !file.on_network, error);
}

cairn_code sqlite_writer_finish(cairn_writer *base, cairn_progress_sink progress, void *context, cairn_error *error)
{
    sqlite_writer *writer = (sqlite_writer *)base;
    cairn_code code = writer->slots.late ? end_alone(writer, error) : CAIRN_OK;
    if (!code)
        code = late_end(writer, progress, context, error);
    return code ? code : space_fasten(writer, progress, context, error);
}

/* Without it all searches are right, but slower. */
static void fasten_rest(sqlite_writer *writer)
{
    cairn_error fault = CAIRN_ERROR_INIT;
    if (!writer->ready || writer->leave_loose || !sqlite_writer_finish(&writer->base, NULL, NULL, &fault))
        return;
    cairn_log(CAIRN_LOG_WARN, "%s: the indexes do not have the newest items yet: %s; `cairn optimize` tries it again",
              ((sqlite_store *)writer->base.store)->path, fault.message);
}

cairn_code sqlite_writer_close(cairn_writer *base, cairn_error *error)
{
    sqlite_writer *writer = (sqlite_writer *)base;
    sqlite_writer_rollback(base);
    fasten_rest(writer);
    for (size_t i = 0; i < W_COUNT; i++)
        sqlite3_finalize(writer->queries[i]);
    tally_forget_all(writer);
    if (writer->db && writer->in_wal)
        leave_one_file(writer);
    int rc = sqlite3_close(writer->db);
    cairn_code code = rc ? db_error(NULL, rc, "closing the catalog", error) : CAIRN_OK;
    catalog_lock_release(&writer->lock);
    cairn_codec_free(writer->codec);
    slots_free(&writer->slots);
    held_values_free(&writer->held);
    parts_end(&writer->old_parts);
    parts_end(&writer->new_parts);
    cairn_buf_free(&writer->old_text);
    cairn_buf_free(&writer->new_text);
    cairn_buf_free(&writer->hot);
    free(writer);
    return code;
}

cairn_code sqlite_writer_begin(cairn_writer *base, cairn_error *error)
{
    sqlite_writer *writer = (sqlite_writer *)base;
    cairn_code code = db_exec(writer->db, "BEGIN IMMEDIATE", "writing the catalog", error);
    writer->in_batch = !code;
    writer->now = cairn_clock_wall();
    if (!code && !writer->slots.arena)
        code = slots_load(writer->db, &writer->slots, error);
    if (!code)
        code = space_get_loose(writer, error);
    if (code)
        sqlite_writer_rollback(base);
    return code;
}

cairn_code sqlite_writer_commit(cairn_writer *base, cairn_error *error)
{
    enum { CHECKPOINT_PAGES = 32768 };
    sqlite_writer *writer = (sqlite_writer *)base;
    sqlite3_stmt *generation;
    cairn_code code = tally_save_all(writer, error);
    if (!code)
        code = late_begin_when_large(writer, error);
    if (!code && !writer->slots.late)
        code = held_values_write(writer, error);
    held_values_forget(&writer->held); /* the late ones are made of the items themselves */
    if (!code)
        code = writer_query(writer, W_GENERATION, &generation, error);
    if (!code)
        code = db_run(writer->db, generation, "writing the catalog", error);
    if (!code)
        code = db_exec(writer->db, "COMMIT", "committing", error);
    if (code) {
        sqlite_writer_rollback(base);
        return code;
    }
    writer->in_batch = false;
    if (writer->wal_pages > CHECKPOINT_PAGES)
        sqlite3_wal_checkpoint_v2(writer->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return CAIRN_OK;
}

void sqlite_writer_rollback(cairn_writer *base)
{
    sqlite_writer *writer = (sqlite_writer *)base;
    if (!writer->in_batch)
        return;
    writer->in_batch = false;
    tally_forget_all(writer);
    held_values_forget(&writer->held);
    if (!sqlite3_get_autocommit(writer->db))
        db_exec(writer->db, "ROLLBACK", "rolling back", NULL);
    slots_free(&writer->slots); /* read again at the next begin */
}

cairn_code writer_end(sqlite_writer *writer, cairn_code code, cairn_error *error)
{
    if (!code)
        return sqlite_writer_commit(&writer->base, error);
    sqlite_writer_rollback(&writer->base);
    return code;
}

void cairn_sqlite_tidy(const char *path)
{
    catalog_file file;
    cairn_store *store = NULL;
    cairn_writer *writer = NULL;
    cairn_sqlite_options options = {.program = "cairnd", .busy_ms = 200};
    if (catalog_file_inspect(path, &file, NULL) || !file.in_wal_mode || access(path, W_OK) != 0)
        return;
    if (cairn_sqlite_open(path, &options, &store, NULL))
        return;
    if (!sqlite_writer_open(store, &writer, NULL) && writer) {
        ((sqlite_writer *)writer)->leave_loose = true; /* nobody waits for that here */
        sqlite_writer_close(writer, NULL);
    }
    cairn_store_close(store);
}
