#include "store/sqlite/item_cache.h"
#include "store/sqlite/search.h"
#include "store/sqlite/space_walk.h"
#include "store/sqlite/still.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

#define COLLECTIONS                                                                                                    \
    "SELECT id, title, body, coalesce(source, declared), made, items, west, south, east, north, start_sec, "           \
    "start_nsec, "                                                                                                     \
    "end_sec, end_nsec FROM collection"

/* Of at most ?8 items with a sort time between stored seconds: how many there are, and how many ranges meet ?4 to ?7.
 */
#define MEETING(index, where)                                                                                          \
    "SELECT count(*), coalesce(sum((start_sec, start_nsec)<=(?6, ?7) AND (end_sec, end_nsec)>=(?4, ?5)), 0) FROM"      \
    " (SELECT coalesce(start_sec, -back_sec) AS start_sec, coalesce(start_nsec, -back_nsec) AS start_nsec,"            \
    " coalesce(end_sec, -back_sec) AS end_sec, coalesce(end_nsec, -back_nsec) AS end_nsec FROM item INDEXED BY " index \
    " WHERE " where " AND back_sec>=?2 AND back_sec<=?3 LIMIT ?8)"

static const char *const query_text[Q_COUNT] = {
    [Q_BEGIN] = "BEGIN",
    [Q_TOUCH] = "SELECT value FROM meta WHERE key='generation'",
    [Q_COMMIT] = "COMMIT",
    [Q_ROLLBACK] = "ROLLBACK",
    [Q_ITEM_KEY] = "SELECT " ITEM_COLUMNS " FROM item WHERE id=?2 AND collection=?1",
    [Q_BODY] = "SELECT b.encoding, b.crc, b.length, b.changed, b.body, b.source_encoding, b.source_crc,"
               " b.source_length, b.source, b.traits, p.body_at, CASE WHEN p.body_at IS NOT NULL THEN p.properties END"
               " FROM " ITEM_BODY_TABLES " WHERE b.key=?1",
    [Q_LENGTH] = "SELECT length FROM item_body WHERE key=?1",
    [Q_FOOTPRINT] = "SELECT footprint FROM item WHERE key=?1",
    [Q_ITEM_ROW] = "SELECT " ITEM_COLUMNS ", " WHOLE_COLUMNS " FROM item WHERE key=?1",
    [Q_IDS] = "SELECT " ITEM_COLUMNS " FROM item WHERE id=?1",
    [Q_IDS_COLLECTION] = "SELECT " ITEM_COLUMNS " FROM item WHERE id=?1 AND collection=?2",
    [Q_ORDER_ALL] = "SELECT " ITEM_COLUMNS " FROM item INDEXED BY item_order_all"
                    " WHERE (back_sec, back_nsec, collection, id) > (?1, ?2, ?3, ?4) AND back_sec<=?5"
                    " ORDER BY back_sec, back_nsec, collection, id",
    [Q_ORDER_ALL_BACK] = "SELECT " ITEM_COLUMNS " FROM item INDEXED BY item_order_all"
                         " WHERE (back_sec, back_nsec, collection, id) < (?1, ?2, ?3, ?4) AND back_sec>=?5"
                         " ORDER BY back_sec DESC, back_nsec DESC, collection DESC, id DESC",
    [Q_COLLECTIONS] = COLLECTIONS " ORDER BY id",
    [Q_COLLECTION] = COLLECTIONS " WHERE id=?1",
    [Q_META] = "SELECT value FROM meta WHERE key=?1",
    [Q_TOTALS] = "SELECT coalesce(sum(items), 0), count(*), (SELECT value FROM meta WHERE key='compact'),"
                 " (SELECT count(*) FROM dictionary), (SELECT coalesce(sum(length(bytes)), 0) FROM dictionary)"
                 " FROM collection",
    [Q_PROPERTIES] = "SELECT encoding, crc, length, properties FROM item_properties WHERE key=?1",
    [Q_COLLECTIONS_TEXT] = COLLECTIONS " WHERE slot IN (SELECT rowid FROM collection_text WHERE collection_text"
                                       " MATCH ?1) ORDER BY id",
    [Q_COLLECTIONS_ALL_BUT] = COLLECTIONS " WHERE slot NOT IN (SELECT rowid FROM collection_text WHERE collection_text"
                                          " MATCH ?1) ORDER BY id",
    [Q_STATISTICS] = "SELECT NULL, " PROPERTY_COLUMNS " FROM property WHERE collection=?1 AND name=?2",
    [Q_VALUE_COUNT] = "SELECT count(*) FROM item_value WHERE property=?1 AND collection=?2",
    [Q_VALUE_COLLECTION] = "SELECT collection FROM item_value WHERE property=?1 AND collection>?2"
                           " ORDER BY collection LIMIT 1",
    [Q_VALUE_PROBE] = "SELECT key FROM item_value WHERE property=?1 AND collection=?2 AND value>=?3 AND value<=?4"
                      " LIMIT ?5",
    [Q_VALUE_UP] = "SELECT value FROM item_value WHERE property=?1 AND collection=?2 AND (value, back_sec)>(?3, ?4)"
                   " AND value<=?5 ORDER BY value LIMIT 1",
    [Q_VALUE_DOWN] = "SELECT value FROM item_value WHERE property=?1 AND collection=?2 AND (value, back_sec)<(?3, ?4)"
                     " AND value>=?5 ORDER BY value DESC LIMIT 1",
    [Q_VALUE_ROWS] = "SELECT back_sec, key FROM item_value WHERE property=?1 AND collection=?2 AND value=?3"
                     " AND (back_sec, key)>(?4, ?5) AND back_sec<=?6 ORDER BY back_sec, key LIMIT ?7",
    [Q_VALUE_ROWS_BACK] = "SELECT back_sec, key FROM item_value WHERE property=?1 AND collection=?2 AND value=?3"
                          " AND (back_sec, key)<(?4, ?5) AND back_sec>=?6 ORDER BY back_sec DESC, key DESC LIMIT ?7",
    [Q_TIMES_COUNT] = "SELECT count(*) FROM (SELECT 1 FROM item INDEXED BY item_order WHERE collection=?1"
                      " AND (back_sec, back_nsec)>=(?2, ?3) AND (back_sec, back_nsec)<=(?4, ?5) LIMIT ?6)",
    [Q_TIMES_NEWEST] = "SELECT back_sec, back_nsec FROM item INDEXED BY item_order WHERE collection=?1"
                       " AND (back_sec, back_nsec)>=(?2, ?3) AND (back_sec, back_nsec)<=(?4, ?5)"
                       " ORDER BY back_sec, back_nsec LIMIT 1",
    [Q_MEETING] = MEETING("item_order", "collection=?1"),
    [Q_MEETING_ALL] = MEETING("item_order_all", "?1 IS NULL"),
    [Q_NAMES_UP] = "SELECT " ITEM_COLUMNS " FROM item INDEXED BY item_name WHERE id>=?1 ORDER BY id",
    [Q_NAMES_DOWN] = "SELECT " ITEM_COLUMNS " FROM item INDEXED BY item_name WHERE id<=?1 ORDER BY id DESC",
    [Q_TRAITS] = "SELECT c.id, t.traits, t.items FROM collection c JOIN item_traits t ON t.collection=c.slot"
                 " WHERE c.id=?1 ORDER BY t.traits",
    [Q_TRAITS_ALL] = "SELECT c.id, t.traits, t.items FROM collection c JOIN item_traits t ON t.collection=c.slot"
                     " ORDER BY c.id, t.traits",
    [Q_TEXT_PROBE] = "SELECT rowid FROM item_text WHERE item_text MATCH ?1 LIMIT ?2",
    [Q_SPACE_NODE] = "SELECT data FROM item_space_node WHERE nodeno=?1",
    [Q_SPACE_ALL_NODE] = "SELECT data FROM item_space_all_node WHERE nodeno=?1",
    [Q_SPACE_NODES] = "SELECT max(nodeno) FROM item_space_node",
    [Q_SPACE_ALL_NODES] = "SELECT max(nodeno) FROM item_space_all_node",
    [Q_FACTS] = "SELECT slot, items, lead, lag, start_sec, end_sec FROM collection WHERE id=?1",
    [Q_FACTS_ALL] = "SELECT coalesce(max(slot), 0), coalesce(sum(items), 0), coalesce(max(lead), 0),"
                    " coalesce(max(lag), 0), min(start_sec), max(end_sec) FROM collection",
    [Q_LOOSE] = "SELECT coalesce((SELECT value FROM meta WHERE key='loose_from'), 9223372036854775807),"
                " coalesce((SELECT max(key) FROM item), 0)",
    [Q_LOOSE_ROWS] = "SELECT " ITEM_COLUMNS ", " WHOLE_COLUMNS " FROM item WHERE key>=?1",
    [Q_SLOT_TAKEN] = "SELECT 1 FROM collection WHERE slot=?1",
    [Q_TIMES_COUNT_ALL] = "SELECT count(*) FROM (SELECT 1 FROM item INDEXED BY item_order_all WHERE ?1 IS NULL"
                          " AND (back_sec, back_nsec)>=(?2, ?3) AND (back_sec, back_nsec)<=(?4, ?5) LIMIT ?6)",
    [Q_HAS_VALUE] = "SELECT 1 FROM item_value WHERE property=?1 AND collection=?2 AND value=?3 AND back_sec=?4"
                    " AND key=?5",
    [Q_HOT] = "SELECT hot FROM item WHERE key=?1",
    [Q_KNOWN] = "SELECT c.id, " PROPERTY_COLUMNS " FROM collection c JOIN property p ON p.collection=c.slot"
                " WHERE c.id=?1 ORDER BY p.name",
    [Q_KNOWN_ALL] = "SELECT c.id, " PROPERTY_COLUMNS " FROM collection c JOIN property p ON p.collection=c.slot"
                    " ORDER BY c.id, p.name",
    [Q_PROMOTED] = "SELECT name, built_in, (SELECT count(*) FROM item_value WHERE property=p.slot * 2) +"
                   " (SELECT count(DISTINCT key) FROM item_value WHERE property=p.slot * 2 + 1)"
                   " FROM promoted p ORDER BY name",
};

static const char order_text[] = "SELECT " ITEM_COLUMNS " FROM item INDEXED BY item_order WHERE collection=?3"
                                 " AND (back_sec, back_nsec, id) > (?1, ?2, ?4) AND back_sec<=?5"
                                 " ORDER BY back_sec, back_nsec, id";
static const char order_back_text[] = "SELECT " ITEM_COLUMNS " FROM item INDEXED BY item_order WHERE collection=?3"
                                      " AND (back_sec, back_nsec, id) < (?1, ?2, ?4) AND back_sec>=?5"
                                      " ORDER BY back_sec DESC, back_nsec DESC, id DESC";

/* A catalog that is being filled lacks the indexes of both orders. */
static cairn_code prepare(sqlite_session *session, const char *sql, sqlite3_stmt **out, cairn_error *error)
{
    static const char hint[] = " INDEXED BY item_order";
    char plain[1024];
    const char *at = session->unindexed ? strstr(sql, hint) : NULL;
    if (!at)
        return db_prepare(session->db, sql, out, error);
    const char *rest = at + strlen(hint);
    rest += strncmp(rest, "_all", 4) == 0 ? 4 : 0;
    snprintf(plain, sizeof plain, "%.*s%s", (int)(at - sql), sql, rest);
    return db_prepare(session->db, plain, out, error);
}

cairn_code session_query(sqlite_session *session, query_id id, sqlite3_stmt **out, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    if (!session->queries[id])
        code = prepare(session, query_text[id], &session->queries[id], error);
    *out = session->queries[id];
    return code;
}

cairn_code session_order_query(sqlite_session *session, size_t k, bool backward, sqlite3_stmt **out, cairn_error *error)
{
    sqlite3_stmt **slot = backward ? &session->order_back[k] : &session->order[k];
    cairn_code code = CAIRN_OK;
    if (!*slot)
        code = prepare(session, backward ? order_back_text : order_text, slot, error);
    *out = *slot;
    return code;
}

bool session_is_late(sqlite_session *session)
{
    bool late = session->deadline && cairn_clock_now() >= session->deadline;
    session->base.late |= late;
    return late;
}

static int on_progress(void *context)
{
    return session_is_late(context);
}

cairn_code cairn_sqlite_set_cache(cairn_session *session, uint64_t bytes, cairn_error *error)
{
    char pragma[64];
    snprintf(pragma, sizeof pragma, "PRAGMA cache_size=-%llu", (unsigned long long)(bytes >> 10));
    return db_exec(((sqlite_session *)session)->db, pragma, "opening the catalog", error);
}

static cairn_code open_db(const sqlite_store *store, sqlite_session *session, cairn_error *error)
{
    enum { STEPS_BETWEEN_CLOCKS = 1000 };
    const cairn_sqlite_options *options = &store->options;
    const char *layer = options->still && !options->mmap_bytes ? still_uri_flags() : "";
    cairn_code code = db_open(store->path, SQLITE_OPEN_READONLY, store->immutable ? "immutable=1" : layer,
                              options->busy_ms, &session->db, error);
    if (code)
        return code;
    char pragmas[160];
    snprintf(pragmas, sizeof pragmas, "PRAGMA query_only=1; PRAGMA cache_size=-%llu; PRAGMA mmap_size=%llu",
             (unsigned long long)(options->cache_bytes >> 10), (unsigned long long)options->mmap_bytes);
    sqlite3_progress_handler(session->db, STEPS_BETWEEN_CLOCKS, on_progress, session);
    code = db_exec(session->db, pragmas, "opening the catalog", error);
    return code ? code : schema_check(session->db, store->path, error);
}

/* Of replies that are compressed as a whole: takes less than half the time of level 6, for an eighth more bytes. */
enum { REPLY_LEVEL = 1 };

cairn_code sqlite_session_open(cairn_store *store, cairn_session **out, cairn_error *error)
{
    sqlite_session *session = calloc(1, sizeof *session);
    if (!session)
        return cairn_error_no_memory(error);
    session->base.store = store;
    session->base.geos = cairn_geos_new();
    session->base.codec = cairn_codec_new(REPLY_LEVEL);
    cairn_code code = CAIRN_OK;
    if (!session->base.geos || !session->base.codec)
        code = cairn_error_no_memory(error);
    if (!code)
        code = row_texts_open(session, error);
    if (!code)
        code = facts_open(session, error);
    if (!code)
        code = open_db((sqlite_store *)store, session, error);
    if (!code)
        code = dictionaries_attach(session->db, session->base.codec, error);
    if (!code && sqlite_store_renamed_over((sqlite_store *)store))
        code = cairn_error_set(error, CAIRN_CONFLICT, "the catalog was replaced while it was opened");
    if (code) {
        sqlite_session_close(&session->base);
        return code;
    }
    session->items = item_cache_new(((sqlite_store *)store)->options.item_cache_bytes);
    session->still = still_new(session->db);
    *out = &session->base;
    return CAIRN_OK;
}

static void forget_statement(sqlite3_stmt **statement)
{
    sqlite3_finalize(*statement);
    *statement = NULL;
}

void session_forget_statements(sqlite_session *session)
{
    for (size_t i = 0; i < Q_COUNT; i++)
        forget_statement(&session->queries[i]);
    for (size_t i = 0; i < MAX_MERGED; i++) {
        forget_statement(&session->order[i]);
        forget_statement(&session->order_back[i]);
    }
}

void sqlite_session_close(cairn_session *base)
{
    sqlite_session *session = (sqlite_session *)base;
    session_forget_statements(session);
    row_texts_close(session);
    facts_close(session);
    space_nodes_free(session->nodes);
    slots_free(&session->promoted);
    catalog_info_forget(session);
    item_cache_free(session->items);
    sqlite3_close(session->db);
    still_free(session->still);
    cairn_geos_free(base->geos);
    cairn_codec_free(base->codec);
    free(session);
}

/* ---- items ---- */

cairn_code sqlite_session_item(cairn_session *base, cairn_span collection, cairn_span id, cairn_item_sink sink,
                               void *context, cairn_error *error)
{
    sqlite_session *session = (sqlite_session *)base;
    sqlite3_stmt *find;
    cairn_code code = session_query(session, Q_ITEM_KEY, &find, error);
    if (code)
        return code;
    db_bind_span(find, 1, collection);
    db_bind_span(find, 2, id);
    int rc = sqlite3_step(find);
    if (rc == SQLITE_ROW) {
        item_row row;
        item_row_read(find, &row);
        hit found = {row.key, row.position};
        code = session_deliver(session, &found, NULL, sink, context, error);
    } else if (rc == SQLITE_DONE) {
        char quoted[160];
        code = cairn_error_set(error, CAIRN_NOT_FOUND, "there is no item \"%s\" in this collection",
                               cairn_quote(id, quoted, sizeof quoted));
    } else {
        code = db_error(session->db, rc, "reading an item", error);
    }
    sqlite3_reset(find);
    return code;
}
