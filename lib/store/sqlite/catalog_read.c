/* Collections, the catalog as a whole, and how many items there are in a stretch of time. */
#include "store/sqlite/search.h"

#include "base/secret.h"

#include <stdlib.h>

/* ---- collections ---- */

static cairn_code give_collection(sqlite3_stmt *statement, cairn_collection_sink sink, void *context,
                                  cairn_error *error)
{
    cairn_collection_row row = {
        .id = db_column_span(statement, 0),
        .title = db_column_span(statement, 1),
        .body = db_column_span(statement, 2),
        .source = db_column_span(statement, 3),
        .made = sqlite3_column_int(statement, 4) != 0,
        .items = (uint64_t)sqlite3_column_int64(statement, 5),
        .extent = extent_read(statement, 6),
    };
    return sink(context, &row, error);
}

cairn_code sqlite_session_collections(cairn_session *base, const cairn_text_query *text, cairn_collection_sink sink,
                                      void *context, cairn_error *error)
{
    enum { EXPRESSION_BYTES = 1 << 20 };
    sqlite_session *session = (sqlite_session *)base;
    sqlite3_stmt *statement = NULL;
    bool all_but = false;
    cairn_buf words = CAIRN_BUF_INIT(EXPRESSION_BYTES);
    cairn_code code = CAIRN_OK;
    int rc = SQLITE_DONE;
    if (text && !cairn_text_to_fts5(text, &words, &all_but))
        code = cairn_error_no_memory(error);
    query_id query = !text ? Q_COLLECTIONS : all_but ? Q_COLLECTIONS_ALL_BUT : Q_COLLECTIONS_TEXT;
    if (!code)
        code = session_query(session, query, &statement, error);
    if (!code && text)
        db_bind_span(statement, 1, cairn_buf_span(&words));
    while (!code && (rc = sqlite3_step(statement)) == SQLITE_ROW)
        code = give_collection(statement, sink, context, error);
    if (!code && rc != SQLITE_DONE)
        code = db_error(session->db, rc, "reading the collections", error);
    if (statement)
        sqlite3_reset(statement);
    cairn_buf_free(&words);
    return code;
}

cairn_code sqlite_session_collection(cairn_session *base, cairn_span id, cairn_collection_sink sink, void *context,
                                     cairn_error *error)
{
    sqlite_session *session = (sqlite_session *)base;
    sqlite3_stmt *statement;
    cairn_code code = session_query(session, Q_COLLECTION, &statement, error);
    if (code)
        return code;
    db_bind_span(statement, 1, id);
    int rc = sqlite3_step(statement);
    char quoted[160];
    if (rc == SQLITE_ROW)
        code = give_collection(statement, sink, context, error);
    else if (rc == SQLITE_DONE)
        code = cairn_error_set(error, CAIRN_NOT_FOUND, "there is no collection \"%s\"",
                               cairn_quote(id, quoted, sizeof quoted));
    else
        code = db_error(session->db, rc, "reading a collection", error);
    sqlite3_reset(statement);
    return code;
}

/* ---- the catalog ---- */

static cairn_code read_meta(sqlite_session *session, const char *key, cairn_arena *arena, cairn_span *out,
                            cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = session_query(session, Q_META, &statement, error);
    if (code)
        return code;
    *out = CAIRN_SPAN_NONE;
    db_bind_span(statement, 1, cairn_span_of(key));
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        *out = cairn_arena_copy(arena, db_column_span(statement, 0));
        if (!out->p)
            code = cairn_error_no_memory(error);
    } else if (rc != SQLITE_DONE) {
        code = db_error(session->db, rc, "reading the catalog", error);
    }
    sqlite3_reset(statement);
    return code;
}

static cairn_code read_totals(sqlite_session *session, cairn_catalog_info *out, cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = session_query(session, Q_TOTALS, &statement, error);
    if (code)
        return code;
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        out->items = (uint64_t)sqlite3_column_int64(statement, 0);
        out->collections = (uint64_t)sqlite3_column_int64(statement, 1);
        out->compact = sqlite3_column_type(statement, 2) != SQLITE_NULL;
        out->compact_items = (uint64_t)sqlite3_column_int64(statement, 2);
        out->dictionaries = (uint64_t)sqlite3_column_int64(statement, 3);
        out->dictionary_bytes = (uint64_t)sqlite3_column_int64(statement, 4);
    } else {
        code = db_error(session->db, rc, "reading the catalog", error);
    }
    sqlite3_reset(statement);
    return code;
}

static uint64_t file_bytes(const char *path)
{
    char *wal = catalog_file_sibling(path, "-wal");
    struct stat st;
    uint64_t bytes = stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
    if (wal && stat(wal, &st) == 0)
        bytes += (uint64_t)st.st_size;
    free(wal);
    return bytes;
}

static cairn_code read_info(sqlite_session *session, cairn_arena *arena, cairn_catalog_info *out, cairn_error *error)
{
    const sqlite_store *store = (const sqlite_store *)session->base.store;
    *out = (cairn_catalog_info){.schema_version = store->file.schema_version,
                                .generation = (uint64_t)session->generation,
                                .bytes = file_bytes(store->path)};
    const struct {
        const char *key;
        cairn_span *to;
    } wanted[] = {
        {"id", &out->id}, {"title", &out->title}, {"description", &out->description}, {"token_key", &out->token_key}};
    cairn_code code = read_totals(session, out, error);
    for (size_t i = 0; !code && i < sizeof wanted / sizeof *wanted; i++)
        code = read_meta(session, wanted[i].key, arena, wanted[i].to, error);
    if (!code && out->token_key.n != CAIRN_KEY_BYTES)
        code = cairn_error_set(error, CAIRN_CORRUPT, "the catalog has no token key; run `cairn check`");
    return code;
}

void catalog_info_forget(sqlite_session *session)
{
    cairn_arena_free(session->info_arena);
    session->info_arena = NULL;
}

/* Reads it once a generation. */
static cairn_code keep_info(sqlite_session *session, cairn_error *error)
{
    enum { INFO_BYTES = 64 << 20 };
    if (session->info_arena && session->info_at == session->epoch)
        return CAIRN_OK;
    catalog_info_forget(session);
    if (!(session->info_arena = cairn_arena_new(INFO_BYTES)))
        return cairn_error_no_memory(error);
    cairn_code code = read_info(session, session->info_arena, &session->info, error);
    session->info_at = session->epoch;
    if (code)
        catalog_info_forget(session);
    return code;
}

static bool copy_text(cairn_arena *arena, cairn_span *text)
{
    if (!text->p)
        return true;
    *text = cairn_arena_copy(arena, *text);
    return text->p != NULL;
}

cairn_code sqlite_session_info(cairn_session *base, cairn_arena *arena, cairn_catalog_info *out, cairn_error *error)
{
    sqlite_session *session = (sqlite_session *)base;
    cairn_code code = keep_info(session, error);
    if (code)
        return code;
    *out = session->info;
    bool ok = copy_text(arena, &out->id) && copy_text(arena, &out->title) && copy_text(arena, &out->description) &&
              copy_text(arena, &out->token_key);
    return ok ? CAIRN_OK : cairn_error_no_memory(error);
}

/* ---- times ---- */

static void bind_times(sqlite3_stmt *statement, cairn_span collection, cairn_interval times)
{
    db_bind_span(statement, 1, collection);
    sqlite3_bind_int64(statement, 2, back_sec(times.end));
    sqlite3_bind_int(statement, 3, back_nsec(times.end));
    sqlite3_bind_int64(statement, 4, back_sec(times.start));
    sqlite3_bind_int(statement, 5, back_nsec(times.start));
}

cairn_code sqlite_session_times(cairn_session *base, cairn_span collection, cairn_interval sort_times, uint64_t stop,
                                uint64_t *count, cairn_time *newest, cairn_error *error)
{
    sqlite_session *session = (sqlite_session *)base;
    sqlite3_stmt *counts, *newests;
    *count = 0;
    *newest = CAIRN_TIME_MIN;
    cairn_code code = session_query(session, Q_TIMES_COUNT, &counts, error);
    if (!code)
        code = session_query(session, Q_TIMES_NEWEST, &newests, error);
    if (code)
        return code;
    bind_times(counts, collection, sort_times);
    bind_times(newests, collection, sort_times);
    sqlite3_bind_int64(counts, 6, stop > INT64_MAX ? INT64_MAX : (sqlite3_int64)stop);
    int rc = sqlite3_step(counts);
    if (rc == SQLITE_ROW) {
        *count = (uint64_t)sqlite3_column_int64(counts, 0);
        rc = sqlite3_step(newests);
    }
    if (rc == SQLITE_ROW && sqlite3_column_int64(newests, 0) != INT64_MAX)
        *newest = (cairn_time){-sqlite3_column_int64(newests, 0), -sqlite3_column_int(newests, 1)};
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        code = db_error(session->db, rc, "counting", error);
    sqlite3_reset(counts);
    sqlite3_reset(newests);
    return code;
}
