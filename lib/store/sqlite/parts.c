/* What is kept of an item's properties beside its bytes: they themselves, the values that have an index, and the words.
 * What is not changed by a replacement is not written. */
#include "store/sqlite/internal.h"

#include "query/text/text.h"

bool parts_begin(item_parts *parts)
{
    enum { ARENA_BYTES = 256 << 20, WORDS_BYTES = 256 << 20 };
    parts->arena = cairn_arena_new(ARENA_BYTES);
    parts->words = (cairn_buf)CAIRN_BUF_INIT(WORDS_BYTES);
    return parts->arena != NULL;
}

void parts_end(item_parts *parts)
{
    cairn_arena_free(parts->arena);
    cairn_buf_free(&parts->words);
}

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "the properties of an item need more memory than there is for them");
}

static bool make_words(item_parts *parts, cairn_span id, cairn_span properties)
{
    cairn_buf_reset(&parts->words);
    return cairn_text_words(id, properties, parts->arena, &parts->words);
}

cairn_code parts_make(item_parts *parts, const slots *slots, cairn_span id, cairn_span properties, cairn_error *error)
{
    cairn_arena_reset(parts->arena);
    parts->properties = properties;
    bool ok = make_words(parts, id, properties) && values_make(slots, properties, parts->arena, &parts->values);
    return ok ? CAIRN_OK : no_memory(error);
}

/* ---- the properties ---- */

static cairn_code put_properties(sqlite_writer *writer, sqlite3_int64 key, const item_properties *properties,
                                 cairn_error *error)
{
    cairn_packed packed = properties->packed;
    sqlite3_stmt *put;
    cairn_code code = writer_query(writer, W_PROPERTIES_PUT, &put, error);
    if (code)
        return code;
    cairn_buf_reset(&writer->new_text);
    if (!packed.bytes.p && !cairn_pack(writer->codec, properties->text, &writer->new_text, &packed))
        return no_memory(error);
    sqlite3_bind_int64(put, 1, key);
    sqlite3_bind_int(put, 2, packed.encoding);
    sqlite3_bind_int64(put, 3, packed.crc);
    sqlite3_bind_int64(put, 4, (sqlite3_int64)packed.length);
    if (properties->within)
        sqlite3_bind_int64(put, 5, (sqlite3_int64)properties->body_at);
    else
        sqlite3_bind_null(put, 5);
    db_bind_blob(put, 6, packed.bytes);
    return db_run(writer->db, put, "writing an item", error);
}

/* Into old_text, which the span borrows. */
static cairn_code get_properties(sqlite_writer *writer, sqlite3_int64 key, cairn_span *out, cairn_error *error)
{
    sqlite3_stmt *get;
    cairn_code code = writer_query(writer, W_PROPERTIES_GET, &get, error);
    if (code)
        return code;
    sqlite3_bind_int64(get, 1, key);
    int rc = sqlite3_step(get);
    cairn_buf_reset(&writer->old_text);
    if (rc == SQLITE_ROW) {
        cairn_packed packed = db_column_packed(get, 0, 1, 2, 3);
        code = cairn_unpack(writer->codec, &packed, true, &writer->old_text, error);
    } else if (rc == SQLITE_DONE) {
        code = cairn_error_set(error, CAIRN_CORRUPT,
                               "the properties of a stored item are missing: `cairn check` tells more");
    } else {
        code = db_error(writer->db, rc, "reading an item", error);
    }
    sqlite3_reset(get);
    *out = cairn_buf_span(&writer->old_text);
    return code;
}

static cairn_code run_by_key(sqlite_writer *writer, write_id id, sqlite3_int64 key, cairn_span text, cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = writer_query(writer, id, &statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(statement, 1, key);
    if (text.p)
        db_bind_span(statement, 2, text);
    return db_run(writer->db, statement, "writing an item", error);
}

cairn_code parts_drop_words(sqlite_writer *writer, sqlite3_int64 key, cairn_span id, cairn_span properties,
                            cairn_error *error)
{
    item_parts *parts = &writer->old_parts;
    cairn_arena_reset(parts->arena);
    if (!make_words(parts, id, properties))
        return no_memory(error);
    return run_by_key(writer, W_WORDS_DELETE, key, cairn_buf_span(&parts->words), error);
}

static cairn_code replace_words(sqlite_writer *writer, sqlite3_int64 key, cairn_error *error)
{
    cairn_span old = cairn_buf_span(&writer->old_parts.words), new = cairn_buf_span(&writer->new_parts.words);
    if (cairn_span_equal(old, new))
        return CAIRN_OK;
    cairn_code code = run_by_key(writer, W_WORDS_DELETE, key, old, error);
    return code ? code : run_by_key(writer, W_WORDS_PUT, key, new, error);
}

/* ---- the index ---- */

typedef cairn_code (*value_step)(sqlite_writer *writer, const tally *tally, const item_row *row,
                                 const index_value *value, cairn_error *error);

static cairn_code run_values(sqlite_writer *writer, value_step step, const tally *tally, const item_row *row,
                             const index_values *values, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; !code && i < values->n && !writer->slots.late; i++)
        code = step(writer, tally, row, &values->list[i], error);
    return code;
}

/* Both lists are ordered. */
static cairn_code replace_values(sqlite_writer *writer, const tally *tally, const item_row *old, const item_row *row,
                                 cairn_error *error)
{
    const index_values *a = &writer->old_parts.values, *b = &writer->new_parts.values;
    bool moved = back_sec(old->position.time) != back_sec(row->position.time);
    cairn_code code = CAIRN_OK;
    for (size_t i = 0, k = 0; !code && !writer->slots.late && (i < a->n || k < b->n);) {
        int order = i == a->n ? 1 : k == b->n ? -1 : values_compare(&a->list[i], &b->list[k]);
        if (order < 0 || (order == 0 && moved))
            code = held_values_delete(writer, tally, old, &a->list[i], error);
        if (!code && (order > 0 || (order == 0 && moved)))
            code = held_values_put(writer, tally, row, &b->list[k], error);
        i += order <= 0;
        k += order >= 0;
    }
    return code;
}

/* ---- an item ---- */

static cairn_code add(sqlite_writer *writer, const tally *tally, const item_row *row, cairn_span properties,
                      cairn_error *error)
{
    const item_parts *new = &writer->new_parts;
    cairn_code code = parts_make(&writer->new_parts, &writer->slots, row->position.id, properties, error);
    if (!code)
        code = run_by_key(writer, W_WORDS_PUT, row->key, cairn_buf_span(&new->words), error);
    if (!code)
        code = run_values(writer, held_values_put, tally, row, &new->values, error);
    return code || cairn_stats_add(tally->counts, properties) ? code : no_memory(error);
}

static cairn_code replace(sqlite_writer *writer, const tally *tally, const item_row *old, const item_row *row,
                          cairn_span before, cairn_span properties, cairn_error *error)
{
    if (cairn_span_equal(before, properties) && back_sec(old->position.time) == back_sec(row->position.time))
        return CAIRN_OK;
    cairn_code code = parts_make(&writer->new_parts, &writer->slots, row->position.id, properties, error);
    if (!code)
        code = parts_make(&writer->old_parts, &writer->slots, row->position.id, before, error);
    if (!code)
        code = replace_words(writer, row->key, error);
    if (!code)
        code = replace_values(writer, tally, old, row, error);
    return code || cairn_stats_replace(tally->counts, before, properties) ? code : no_memory(error);
}

cairn_code parts_write(sqlite_writer *writer, tally *tally, const item_row *old, const item_row *row,
                       const item_properties *properties, cairn_error *error)
{
    cairn_stats *counts;
    cairn_span before = CAIRN_SPAN_NONE;
    cairn_code code = counts_get(writer, tally, &counts, error);
    tally->changed++;
    if (!code && old)
        code = get_properties(writer, old->key, &before, error);
    if (!code)
        code = put_properties(writer, row->key, properties, error);
    if (code)
        return code;
    return old ? replace(writer, tally, old, row, before, properties->text, error)
               : add(writer, tally, row, properties->text, error);
}

cairn_code parts_drop(sqlite_writer *writer, tally *tally, const item_row *row, cairn_error *error)
{
    cairn_stats *counts;
    cairn_span properties = CAIRN_SPAN_NONE;
    item_parts *old = &writer->old_parts;
    cairn_code code = counts_get(writer, tally, &counts, error);
    tally->changed++;
    if (!code)
        code = get_properties(writer, row->key, &properties, error);
    if (!code)
        code = parts_make(old, &writer->slots, row->position.id, properties, error);
    if (!code)
        code = run_by_key(writer, W_WORDS_DELETE, row->key, cairn_buf_span(&old->words), error);
    if (!code)
        code = run_values(writer, held_values_delete, tally, row, &old->values, error);
    if (!code)
        code = run_by_key(writer, W_PROPERTIES_DELETE, row->key, CAIRN_SPAN_NONE, error);
    if (!code && !cairn_stats_drop(counts, properties))
        code = no_memory(error);
    return code;
}
