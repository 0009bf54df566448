/* What is known of each item without opening it, and how many items of each collection have it. */
#include "store/sqlite/internal.h"

#include "stac/traits.h"

#include <stdlib.h>

/* ---- writing ---- */

/* In memory: a collection has few different traits. */
static cairn_code count(tally *tally, unsigned traits, int64_t items, cairn_error *error)
{
    size_t at = 0;
    while (at < tally->n_traits && tally->traits[at].traits != traits)
        at++;
    if (at == tally->n_traits) {
        tally_traits *list = reallocarray(tally->traits, at + 1, sizeof *list);
        if (!list)
            return cairn_error_no_memory(error);
        tally->traits = list;
        list[tally->n_traits++] = (tally_traits){.traits = traits};
    }
    tally->traits[at].items += items;
    return CAIRN_OK;
}

cairn_code traits_add(tally *tally, unsigned traits, cairn_error *error)
{
    return count(tally, traits, 1, error);
}

static cairn_code save_one(sqlite_writer *writer, write_id id, const tally *tally, const tally_traits *changed,
                           cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = writer_query(writer, id, &statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(statement, 1, tally->slot);
    sqlite3_bind_int64(statement, 2, changed->traits);
    if (id == W_TRAITS_ADD)
        sqlite3_bind_int64(statement, 3, changed->items);
    return db_run(writer->db, statement, "counting the items", error);
}

cairn_code traits_save(sqlite_writer *writer, tally *tally, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; !code && i < tally->n_traits; i++) {
        const tally_traits *changed = &tally->traits[i];
        if (changed->items)
            code = save_one(writer, W_TRAITS_ADD, tally, changed, error);
        if (!code && changed->items < 0)
            code = save_one(writer, W_TRAITS_SWEEP, tally, changed, error);
    }
    tally->n_traits = 0;
    return code;
}

static cairn_code traits_of_row(sqlite_writer *writer, sqlite3_int64 key, unsigned *out, cairn_error *error)
{
    sqlite3_stmt *get;
    cairn_code code = writer_query(writer, W_TRAITS_GET, &get, error);
    if (code)
        return code;
    sqlite3_bind_int64(get, 1, key);
    int rc = sqlite3_step(get);
    if (rc == SQLITE_ROW)
        *out = (unsigned)sqlite3_column_int64(get, 0);
    else
        code = db_error(writer->db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "reading an item", error);
    sqlite3_reset(get);
    return code;
}

cairn_code traits_drop(sqlite_writer *writer, tally *tally, sqlite3_int64 key, cairn_error *error)
{
    unsigned traits = 0;
    cairn_code code = traits_of_row(writer, key, &traits, error);
    return code ? code : count(tally, traits, -1, error);
}

/* ---- making them anew ---- */

static cairn_code set_traits(sqlite_writer *writer, sqlite3_int64 key, unsigned traits, cairn_error *error)
{
    sqlite3_stmt *set;
    cairn_code code = writer_query(writer, W_TRAITS_SET, &set, error);
    if (code)
        return code;
    sqlite3_bind_int64(set, 1, key);
    sqlite3_bind_int64(set, 2, traits);
    return db_run(writer->db, set, "writing an item", error);
}

/* Columns: the packed body, then key and traits. */
static cairn_code look_again(sqlite_writer *writer, sqlite3_stmt *row, cairn_arena *arena, cairn_error *error)
{
    unsigned traits = CAIRN_HREFS_UNKNOWN;
    cairn_packed body = db_column_packed(row, 0, 1, 2, 3);
    cairn_buf_reset(&writer->old_text);
    cairn_arena_reset(arena);
    cairn_code code = cairn_unpack(writer->codec, &body, true, &writer->old_text, error);
    if (!code)
        code = cairn_traits_of(cairn_buf_span(&writer->old_text), arena, &traits, error);
    if (code || traits == (unsigned)sqlite3_column_int64(row, 5))
        return code;
    return set_traits(writer, sqlite3_column_int64(row, 4), traits, error);
}

static cairn_code look_at_all(sqlite_writer *writer, cairn_arena *arena, cairn_error *error)
{
    sqlite3_stmt *rows;
    int rc = SQLITE_DONE;
    cairn_code code = writer_query(writer, W_TRAITS_BODIES, &rows, error);
    if (code)
        return code;
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW)
        code = look_again(writer, rows, arena, error);
    if (!code && rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "reading the items", error);
    sqlite3_reset(rows);
    return code;
}

cairn_code traits_renew(sqlite_writer *writer, cairn_error *error)
{
    enum { ARENA_BYTES = 256 << 20 };
    cairn_arena *arena = cairn_arena_new(ARENA_BYTES);
    cairn_code code = arena ? look_at_all(writer, arena, error) : cairn_error_no_memory(error);
    cairn_arena_free(arena);
    if (code)
        return code;
    return db_exec(writer->db, "DELETE FROM item_traits; INSERT INTO item_traits " TRAITS_COUNTED, "counting the items",
                   error);
}

/* ---- reading ---- */

cairn_code sqlite_session_traits(cairn_session *base, cairn_span collection, cairn_traits_sink sink, void *context,
                                 cairn_error *error)
{
    sqlite_session *session = (sqlite_session *)base;
    sqlite3_stmt *rows;
    int rc = SQLITE_DONE;
    cairn_code code = session_query(session, collection.p ? Q_TRAITS : Q_TRAITS_ALL, &rows, error);
    if (code)
        return code;
    if (collection.p)
        db_bind_span(rows, 1, collection);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        cairn_traits_row row = {.collection = db_column_span(rows, 0),
                                .traits = (unsigned)sqlite3_column_int64(rows, 1),
                                .items = (uint64_t)sqlite3_column_int64(rows, 2)};
        code = sink(context, &row, error);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(session->db, rc, "reading the traits of items", error);
    sqlite3_reset(rows);
    return code;
}
