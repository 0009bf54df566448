#include "store/sqlite/internal.h"

static cairn_code write_text(sqlite_writer *writer, bool new, const cairn_collection *collection, bool made,
                             cairn_error *error)
{
    sqlite3_stmt *put;
    cairn_code code = writer_query(writer, new ? W_COLLECTION_PUT : W_COLLECTION_TEXT, &put, error);
    if (code)
        return code;
    db_bind_span(put, 1, collection->id);
    db_bind_span(put, 2, collection->title);
    sqlite3_bind_int(put, 3, made);
    db_bind_blob(put, 4, collection->body);
    db_bind_blob(put, 5, collection->source);
    return db_run(writer->db, put, "writing a collection", error);
}

/* The document as it was given; its extent and summaries are made at the commit. */
static cairn_code write_collection(sqlite_writer *writer, bool new, const cairn_collection *collection, bool made,
                                   cairn_error *error)
{
    tally *tally;
    cairn_code code = write_text(writer, new, collection, made, error);
    if (!code)
        code = tally_get(writer, collection->id, &tally, error);
    if (code)
        return code;
    tally->made = made;
    tally->dirty = true;
    return view_put_words(writer, tally->slot, collection->id, collection->body, error);
}

/* Compares with what is stored: found, made, the same text. */
typedef struct stored_text {
    bool found, made, same;
} stored_text;

static cairn_code compare_stored(sqlite_writer *writer, const cairn_collection *collection, stored_text *out,
                                 cairn_error *error)
{
    sqlite3_stmt *get;
    cairn_code code = writer_query(writer, W_COLLECTION_GET, &get, error);
    if (code)
        return code;
    db_bind_span(get, 1, collection->id);
    int rc = sqlite3_step(get);
    *out = (stored_text){.found = rc == SQLITE_ROW};
    if (out->found) {
        cairn_span source = db_column_span(get, 13), declared = db_column_span(get, 14);
        out->made = sqlite3_column_int(get, 0) != 0;
        out->same = cairn_span_equal(declared.p ? declared : db_column_span(get, 12), collection->body) &&
                    !source.p == !collection->source.p && cairn_span_equal(source, collection->source);
    } else if (rc != SQLITE_DONE) {
        code = db_error(writer->db, rc, "reading a collection", error);
    }
    sqlite3_reset(get);
    return code;
}

cairn_code sqlite_put_collection(cairn_writer *base, const cairn_collection *collection, cairn_conflict conflict,
                                 cairn_put *what, cairn_error *error)
{
    sqlite_writer *writer = (sqlite_writer *)base;
    stored_text stored;
    cairn_code code = compare_stored(writer, collection, &stored, error);
    if (code)
        return code;
    if (!stored.found) {
        *what = CAIRN_PUT_ADDED;
        return write_collection(writer, true, collection, false, error);
    }
    bool theirs = !stored.made;
    *what = theirs && stored.same                       ? CAIRN_PUT_UNCHANGED
            : theirs && conflict == CAIRN_CONFLICT_SKIP ? CAIRN_PUT_SKIPPED
                                                        : CAIRN_PUT_REPLACED;
    if (*what != CAIRN_PUT_REPLACED)
        return CAIRN_OK;
    char quoted[160];
    if (theirs && conflict == CAIRN_CONFLICT_ERROR)
        return cairn_error_set(error, CAIRN_CONFLICT, "collection \"%s\" exists already, with other contents",
                               cairn_quote(collection->id, quoted, sizeof quoted));
    return write_collection(writer, false, collection, false, error);
}

static cairn_code make_collection(sqlite_writer *writer, cairn_span id, cairn_error *error)
{
    enum { ARENA_BYTES = 1 << 20 };
    cairn_extent nothing = {0};
    cairn_arena *arena = cairn_arena_new(ARENA_BYTES);
    cairn_collection collection = {.id = id};
    if (arena)
        collection.body = cairn_collection_make(arena, id, &nothing);
    cairn_code code =
        collection.body.p ? write_collection(writer, true, &collection, true, error) : cairn_error_no_memory(error);
    cairn_arena_free(arena);
    return code;
}

cairn_code sqlite_ensure_collection(cairn_writer *base, cairn_span id, bool make, bool *made, cairn_error *error)
{
    sqlite_writer *writer = (sqlite_writer *)base;
    cairn_error missing = CAIRN_ERROR_INIT;
    tally *tally;
    if (made)
        *made = false;
    cairn_code code = tally_get(writer, id, &tally, &missing);
    if (code == CAIRN_NOT_FOUND && make) {
        if (made)
            *made = true;
        return make_collection(writer, id, error);
    }
    return code ? cairn_error_set(error, code, "%s", missing.message) : CAIRN_OK;
}

static cairn_code drop_words(sqlite_writer *writer, cairn_span collection, cairn_error *error)
{
    sqlite3_stmt *rows;
    int rc = SQLITE_DONE;
    cairn_code code = writer_query(writer, W_COLLECTION_PROPERTIES, &rows, error);
    if (code)
        return code;
    db_bind_span(rows, 1, collection);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        cairn_packed packed = db_column_packed(rows, 0, 1, 2, 3);
        cairn_buf_reset(&writer->old_text);
        code = cairn_unpack(writer->codec, &packed, false, &writer->old_text, error);
        if (!code)
            code = parts_drop_words(writer, sqlite3_column_int64(rows, 4), db_column_span(rows, 5),
                                    cairn_buf_span(&writer->old_text), error);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "deleting a collection", error);
    sqlite3_reset(rows);
    return code;
}

cairn_code sqlite_delete_collection(cairn_writer *base, cairn_span id, uint64_t *items, cairn_error *error)
{
    static const write_id steps[] = {W_COLLECTION_SPACE_DELETE,      W_COLLECTION_SPACE_ALL_DELETE,
                                     W_COLLECTION_BODIES_DELETE,     W_COLLECTION_VALUES_DELETE,
                                     W_COLLECTION_PROPERTIES_DELETE, W_COLLECTION_COUNTS_DELETE,
                                     W_COLLECTION_TRAITS_DELETE,     W_COLLECTION_WORDS_DELETE,
                                     W_COLLECTION_ITEMS_DELETE,      W_COLLECTION_DELETE};
    sqlite_writer *writer = (sqlite_writer *)base;
    tally *tally;
    cairn_code code = tally_get(writer, id, &tally, error);
    if (!code)
        code = drop_words(writer, id, error);
    if (!code)
        code = held_values_write(writer, error);
    for (size_t i = 0; !code && i < sizeof steps / sizeof *steps; i++) {
        sqlite3_stmt *statement;
        code = writer_query(writer, steps[i], &statement, error);
        if (code)
            break;
        db_bind_span(statement, 1, id);
        code = db_run(writer->db, statement, "deleting a collection", error);
    }
    if (code)
        return code;
    *items = tally->items;
    tally_forget(writer, tally);
    return CAIRN_OK;
}

static cairn_code put_meta(sqlite_writer *writer, const char *key, cairn_span value, cairn_error *error)
{
    if (!value.p)
        return CAIRN_OK;
    sqlite3_stmt *put;
    cairn_code code = writer_query(writer, W_META_PUT, &put, error);
    if (code)
        return code;
    db_bind_span(put, 1, cairn_span_of(key));
    db_bind_span(put, 2, value);
    return db_run(writer->db, put, "writing the catalog", error);
}

static cairn_code has_meta(sqlite_writer *writer, const char *key, bool *has, cairn_error *error)
{
    sqlite3_stmt *get;
    cairn_code code = writer_query(writer, W_META_GET, &get, error);
    if (code)
        return code;
    db_bind_span(get, 1, cairn_span_of(key));
    int rc = sqlite3_step(get);
    *has = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "reading the catalog", error);
    sqlite3_reset(get);
    return code;
}

cairn_code sqlite_set_catalog(cairn_writer *base, const cairn_catalog *catalog, bool only_if_unset, cairn_error *error)
{
    sqlite_writer *writer = (sqlite_writer *)base;
    bool has = false;
    cairn_code code = has_meta(writer, "id", &has, error);
    if (code || (has && only_if_unset))
        return code;
    code = put_meta(writer, "id", catalog->id, error);
    if (!code)
        code = put_meta(writer, "title", catalog->title, error);
    if (!code)
        code = put_meta(writer, "description", catalog->description, error);
    return code;
}
