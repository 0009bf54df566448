/* Brings a catalog of an older schema up to this one: what is kept of properties, of traits, of places and times is
 * made from what there is. */
#include "store/sqlite/space.h"

#include "base/log.h"
#include "store/hot.h"
#include "store/properties.h"

/* Rows: as ITEM_COLUMNS, then the packed body. */
static cairn_code fill_item(sqlite_writer *writer, tally *tally, sqlite3_stmt *rows, cairn_error *error)
{
    enum { BODY = 13 };
    item_row row;
    item_row_read(rows, &row);
    cairn_packed body = db_column_packed(rows, BODY, BODY + 1, BODY + 2, BODY + 3);
    cairn_buf_reset(&writer->old_text);
    cairn_code code = cairn_unpack(writer->codec, &body, true, &writer->old_text, error);
    if (code)
        return code;
    item_properties properties = {.text = cairn_properties_of(cairn_buf_span(&writer->old_text))};
    return parts_write(writer, tally, NULL, &row, &properties, error);
}

static cairn_code fill_items(sqlite_writer *writer, tally *tally, cairn_error *error)
{
    sqlite3_stmt *rows;
    int rc = SQLITE_DONE;
    cairn_code code = writer_query(writer, W_COLLECTION_BODIES, &rows, error);
    if (code)
        return code;
    db_bind_span(rows, 1, cairn_span_make(tally->id, tally->id_size));
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW)
        code = fill_item(writer, tally, rows, error);
    if (!code && rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "migrating the catalog", error);
    sqlite3_reset(rows);
    return code;
}

static cairn_code fill_words(sqlite_writer *writer, const tally *tally, cairn_error *error)
{
    sqlite3_stmt *get;
    cairn_span id = cairn_span_make(tally->id, tally->id_size);
    cairn_code code = writer_query(writer, W_COLLECTION_GET, &get, error);
    if (code)
        return code;
    db_bind_span(get, 1, id);
    int rc = sqlite3_step(get);
    code = rc == SQLITE_ROW
               ? view_put_words(writer, tally->slot, id, db_column_span(get, 12), error)
               : db_error(writer->db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "migrating the catalog", error);
    sqlite3_reset(get);
    return code;
}

/* One collection after the other, so that the counts of only one are in memory. */
static cairn_code fill_collection(sqlite_writer *writer, cairn_span id, cairn_error *error)
{
    tally *tally;
    cairn_code code = tally_get(writer, id, &tally, error);
    if (!code)
        code = fill_words(writer, tally, error);
    if (!code)
        code = fill_items(writer, tally, error);
    if (code)
        return code;
    tally->dirty = true;
    code = tally_save_all(writer, error);
    tally_forget_all(writer);
    return code;
}

static cairn_code count_collection(sqlite_writer *writer, cairn_span id, cairn_error *error)
{
    tally *tally;
    cairn_code code = tally_get(writer, id, &tally, error);
    if (code)
        return code;
    tally->dirty = tally->recount = true;
    code = tally_save_all(writer, error);
    tally_forget_all(writer);
    return code;
}

typedef cairn_code (*for_collection)(sqlite_writer *writer, cairn_span id, cairn_error *error);

/* The ids are read first: what is done to a collection writes into the table. */
static cairn_code each_collection(sqlite_writer *writer, for_collection what, cairn_error *error)
{
    enum { ARENA_BYTES = 1 << 30 };
    sqlite3_stmt *rows = NULL;
    int rc = SQLITE_DONE;
    struct id {
        struct id *next;
        cairn_span text;
    } *first = NULL, **last = &first;
    cairn_arena *arena = cairn_arena_new(ARENA_BYTES);
    cairn_code code = arena ? db_prepare(writer->db, "SELECT id FROM collection ORDER BY slot", &rows, error)
                            : cairn_error_no_memory(error);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        struct id *id = cairn_arena_calloc(arena, 1, sizeof *id);
        if (!id || !(id->text = cairn_arena_copy(arena, db_column_span(rows, 0))).p) {
            code = cairn_error_no_memory(error);
            break;
        }
        *last = id;
        last = &id->next;
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "reading the collections", error);
    sqlite3_finalize(rows);
    for (const struct id *id = first; !code && id; id = id->next)
        code = what(writer, id->text, error);
    cairn_arena_free(arena);
    return code;
}

/* Version 2: properties apart from the items' texts. */
static cairn_code fill_properties(sqlite_writer *writer, cairn_error *error)
{
    cairn_code code = promote_built_in(writer->db, error);
    if (!code)
        code = slots_load(writer->db, &writer->slots, error);
    if (!code)
        code = each_collection(writer, fill_collection, error);
    if (!code)
        code = held_values_write(writer, error);
    held_values_forget(&writer->held);
    slots_free(&writer->slots);
    return code;
}

/* Columns: the packed properties, then key. */
static cairn_code set_hot(sqlite_writer *writer, sqlite3_stmt *row, cairn_error *error)
{
    sqlite3_stmt *set;
    cairn_packed properties = db_column_packed(row, 0, 1, 2, 3);
    cairn_buf_reset(&writer->old_text);
    cairn_buf_reset(&writer->hot);
    cairn_code code = cairn_unpack(writer->codec, &properties, true, &writer->old_text, error);
    if (!code)
        code = writer_query(writer, W_HOT_SET, &set, error);
    if (!code && !cairn_hot_make(cairn_buf_span(&writer->old_text), &writer->hot))
        code = cairn_error_no_memory(error);
    if (code || !writer->hot.n)
        return code;
    sqlite3_bind_int64(set, 1, sqlite3_column_int64(row, 4));
    db_bind_blob(set, 2, cairn_buf_span(&writer->hot));
    return db_run(writer->db, set, "migrating the catalog", error);
}

/* Version 4: places and times in two trees, the numbers that filters ask for most beside them. */
static cairn_code fill_space(sqlite_writer *writer, cairn_error *error)
{
    sqlite3_stmt *rows;
    int rc = SQLITE_DONE;
    cairn_code code = writer_query(writer, W_HOT_ROWS, &rows, error);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW)
        code = set_hot(writer, rows, error);
    if (!code && rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "migrating the catalog", error);
    sqlite3_reset(rows);
    return code ? code : space_pack(writer, NULL, NULL, error);
}

cairn_code fill_schema(void *context, int version, cairn_error *error)
{
    sqlite_writer *writer = context;
    if (version < 2)
        return CAIRN_OK;
    cairn_log(CAIRN_LOG_INFO, "%s: schema version %d is brought up to %d, all items are read once",
              ((const sqlite_store *)writer->base.store)->path, version - 1, version);
    switch (version) {
    case 2:
        return fill_properties(writer, error);
    case 3:
        return traits_renew(writer, error);
    default:
        return fill_space(writer, error);
    }
}

cairn_code fill_counts(sqlite_writer *writer, cairn_error *error)
{
    return each_collection(writer, count_collection, error);
}
