#include "store/sqlite/space.h"

#include "store/enriched.h"
#include "store/hot.h"
#include "store/properties.h"

static item_row row_of(const cairn_item *item, sqlite3_int64 key)
{
    return (item_row){
        .key = key,
        .position = {.time = cairn_item_sort_time(item), .collection = item->collection, .id = item->id},
        .range = item->range,
        .has_place = item->footprint.present,
        .box = item->footprint.box,
    };
}

/* An end that is the sort time is not stored. */
static void bind_end(sqlite3_stmt *put, int index, cairn_time end, cairn_time time)
{
    if (cairn_time_compare(end, time) == 0) {
        sqlite3_bind_null(put, index);
        sqlite3_bind_null(put, index + 1);
    } else {
        sqlite3_bind_int64(put, index, end.sec);
        sqlite3_bind_int(put, index + 1, end.nsec);
    }
}

static void bind_item(sqlite3_stmt *put, const cairn_item *item, const item_row *row, cairn_span hot, bool new)
{
    if (new)
        sqlite3_bind_null(put, 1);
    else
        sqlite3_bind_int64(put, 1, row->key);
    db_bind_span(put, 2, item->collection);
    db_bind_span(put, 3, item->id);
    sqlite3_bind_int64(put, 4, back_sec(row->position.time));
    sqlite3_bind_int(put, 5, back_nsec(row->position.time));
    bind_end(put, 6, row->range.start, row->position.time);
    bind_end(put, 8, row->range.end, row->position.time);
    const double box[4] = {row->box.west, row->box.south, row->box.east, row->box.north};
    for (int i = 0; i < 4; i++)
        if (row->has_place)
            sqlite3_bind_double(put, 10 + i, box[i]);
        else
            sqlite3_bind_null(put, 10 + i);
    db_bind_blob(put, 14, row->has_place ? item->footprint.wkb : CAIRN_SPAN_NONE);
    db_bind_blob(put, 15, hot.n ? hot : CAIRN_SPAN_NONE);
}

/* Takes the block of the properties out of the body, into new_text. */
static bool take_out(sqlite_writer *writer, const item_properties *properties, cairn_packed *body)
{
    cairn_span block = cairn_span_make(body->bytes.p + properties->body_at, properties->packed.bytes.n);
    cairn_buf_reset(&writer->new_text);
    bool ok = cairn_buf_add_around(&writer->new_text, body->bytes, block);
    body->bytes = cairn_buf_span(&writer->new_text);
    return ok;
}

static cairn_code put_body(sqlite_writer *writer, sqlite3_int64 key, const cairn_item_record *record,
                           const item_properties *properties, cairn_error *error)
{
    cairn_packed body = record->body;
    sqlite3_stmt *put;
    cairn_code code = writer_query(writer, W_BODY_PUT, &put, error);
    if (!code && properties->within && !take_out(writer, properties, &body))
        code = cairn_error_no_memory(error);
    if (code)
        return code;
    sqlite3_bind_int64(put, 1, key);
    db_bind_packed(put, 2, 3, 4, 6, &body);
    sqlite3_bind_int64(put, 5, writer->now);
    db_bind_packed(put, 7, 8, 9, 10, &record->source);
    sqlite3_bind_int64(put, 11, record->item->traits);
    return db_run(writer->db, put, "writing an item", error);
}

static bool unpacks_to_same(sqlite_writer *writer, const cairn_packed *old, const cairn_packed *new)
{
    cairn_buf_reset(&writer->old_text);
    cairn_buf_reset(&writer->new_text);
    return !cairn_unpack(writer->codec, old, false, &writer->old_text, NULL) &&
           !cairn_unpack(writer->codec, new, false, &writer->new_text, NULL) &&
           cairn_span_equal(cairn_buf_span(&writer->old_text), cairn_buf_span(&writer->new_text));
}

/* The packed bytes of one text differ where it was compressed at another level. */
static bool same_text(sqlite_writer *writer, const cairn_packed *old, const cairn_packed *new)
{
    if (!old->bytes.p || !new->bytes.p)
        return !old->bytes.p && !new->bytes.p;
    if (old->crc != new->crc || old->length != new->length)
        return false;
    return cairn_span_equal(old->bytes, new->bytes) || unpacks_to_same(writer, old, new);
}

static bool is_enriched(sqlite_writer *writer, const cairn_packed *properties)
{
    cairn_buf_reset(&writer->old_text);
    return properties->bytes.p && !cairn_unpack(writer->codec, properties, false, &writer->old_text, NULL) &&
           cairn_is_enriched(cairn_buf_span(&writer->old_text));
}

static cairn_code is_unchanged(sqlite_writer *writer, sqlite3_int64 key, const cairn_item_record *record, bool *same,
                               cairn_error *error)
{
    sqlite3_stmt *get;
    cairn_code code = writer_query(writer, W_BODY_GET, &get, error);
    if (code)
        return code;
    sqlite3_bind_int64(get, 1, key);
    int rc = sqlite3_step(get);
    *same = false;
    if (rc == SQLITE_ROW) {
        cairn_packed body = db_column_packed(get, 0, 1, 2, 3), source = db_column_packed(get, 4, 5, 6, 7);
        *same = same_text(writer, &body, &record->body) && same_text(writer, &source, &record->source);
        cairn_packed properties = db_column_packed(get, 8, 9, 10, 11);
        if (!*same && is_enriched(writer, &properties))
            *same = cairn_enriched_keeps(writer->codec, &body, &source, record);
    } else if (rc != SQLITE_DONE) {
        code = db_error(writer->db, rc, "reading an item", error);
    }
    sqlite3_reset(get);
    return code;
}

/* Finds the item's row. The strings of *out are dead afterwards: only key, range, place and time are to be used. */
static cairn_code find_item(sqlite_writer *writer, cairn_span collection, cairn_span id, bool *found, item_row *out,
                            cairn_error *error)
{
    sqlite3_stmt *find;
    cairn_code code = writer_query(writer, W_FIND, &find, error);
    if (code)
        return code;
    db_bind_span(find, 1, collection);
    db_bind_span(find, 2, id);
    int rc = sqlite3_step(find);
    *found = rc == SQLITE_ROW;
    if (*found)
        item_row_read(find, out);
    else if (rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "reading an item", error);
    sqlite3_reset(find);
    return code;
}

static bool same_box(cairn_box a, cairn_box b)
{
    return a.west == b.west && a.south == b.south && a.east == b.east && a.north == b.north;
}

static bool same_time(cairn_time a, cairn_time b)
{
    return cairn_time_compare(a, b) == 0;
}

/* No index of `item` has anything that changes. */
static bool same_keys(const item_row *a, const item_row *b)
{
    return same_time(a->position.time, b->position.time) && same_time(a->range.start, b->range.start) &&
           same_time(a->range.end, b->range.end) && a->has_place == b->has_place &&
           (!a->has_place || same_box(a->box, b->box));
}

/* SQLite writes the indexes of each column that is named, though its value be the same: so those are left out. */
static cairn_code put_row(sqlite_writer *writer, const cairn_item *item, const item_row *old, item_row *row,
                          cairn_error *error)
{
    sqlite3_stmt *put;
    cairn_span hot = cairn_buf_span(&writer->hot);
    bool rest = old && same_keys(old, row);
    cairn_code code = writer_query(writer, rest ? W_UPDATE_REST : old ? W_UPDATE : W_INSERT, &put, error);
    if (code)
        return code;
    if (rest) {
        sqlite3_bind_int64(put, 1, row->key);
        db_bind_blob(put, 2, row->has_place ? item->footprint.wkb : CAIRN_SPAN_NONE);
        db_bind_blob(put, 3, hot.n ? hot : CAIRN_SPAN_NONE);
    } else {
        bind_item(put, item, row, hot, !old);
    }
    code = db_run(writer->db, put, "writing an item", error);
    if (!old)
        row->key = sqlite3_last_insert_rowid(writer->db);
    return code;
}

/* `old` is what it takes the place of, or NULL. */
static cairn_code write_row(sqlite_writer *writer, tally *tally, const cairn_item_record *record, const item_row *old,
                            cairn_error *error)
{
    item_row row = row_of(record->item, old ? old->key : 0);
    item_properties properties = {.text = record->properties_text, .packed = record->properties};
    if (!properties.text.p)
        properties.text = cairn_properties_of(record->item->body);
    properties.within = cairn_properties_within(&record->body, &record->properties, &properties.body_at);
    cairn_buf_reset(&writer->hot);
    if (!cairn_hot_make(properties.text, &writer->hot))
        return cairn_error_no_memory(error);
    cairn_code code = put_row(writer, record->item, old, &row, error);
    if (!code)
        code = put_body(writer, row.key, record, &properties, error);
    if (!code)
        code = old ? space_replace(writer, old, &row, tally->slot, error) : space_add(writer, &row, error);
    if (!code)
        code = parts_write(writer, tally, old, &row, &properties, error);
    if (!code)
        code = traits_add(tally, record->item->traits, error);
    if (!code && !(old && same_keys(old, &row)))
        tally_add(tally, &row);
    writer->added += !code && !old;
    return code;
}

static cairn_code replace(sqlite_writer *writer, tally *tally, const cairn_item_record *record, const item_row *old,
                          cairn_conflict conflict, cairn_put *what, cairn_error *error)
{
    bool same;
    cairn_code code = is_unchanged(writer, old->key, record, &same, error);
    if (code)
        return code;
    *what = same ? CAIRN_PUT_UNCHANGED : conflict == CAIRN_CONFLICT_SKIP ? CAIRN_PUT_SKIPPED : CAIRN_PUT_REPLACED;
    if (*what != CAIRN_PUT_REPLACED)
        return CAIRN_OK;
    char quoted[160];
    if (conflict == CAIRN_CONFLICT_ERROR)
        return cairn_error_set(error, CAIRN_CONFLICT,
                               "item \"%s\" exists already in this collection, with other contents",
                               cairn_quote(record->item->id, quoted, sizeof quoted));
    code = traits_drop(writer, tally, old->key, error);
    if (code)
        return code;
    item_row row = row_of(record->item, old->key);
    tally->dirty = true;
    if (!same_keys(old, &row)) /* else it stays counted, and no extent has to be made anew for it */
        tally_drop(tally, old);
    return write_row(writer, tally, record, old, error);
}

cairn_code sqlite_put_item(cairn_writer *base, const cairn_item_record *record, cairn_conflict conflict,
                           cairn_put *what, cairn_error *error)
{
    sqlite_writer *writer = (sqlite_writer *)base;
    tally *tally;
    bool found;
    item_row old;
    cairn_code code = tally_get(writer, record->item->collection, &tally, error);
    if (!code)
        code = find_item(writer, record->item->collection, record->item->id, &found, &old, error);
    if (code)
        return code;
    if (found)
        return replace(writer, tally, record, &old, conflict, what, error);
    *what = CAIRN_PUT_ADDED;
    return write_row(writer, tally, record, NULL, error);
}

static cairn_code delete_by_key(sqlite_writer *writer, write_id id, sqlite3_int64 key, cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = writer_query(writer, id, &statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(statement, 1, key);
    return db_run(writer->db, statement, "deleting an item", error);
}

cairn_code sqlite_delete_item(cairn_writer *base, cairn_span collection, cairn_span id, cairn_error *error)
{
    sqlite_writer *writer = (sqlite_writer *)base;
    tally *tally;
    bool found;
    item_row row;
    cairn_code code = tally_get(writer, collection, &tally, error);
    if (!code)
        code = find_item(writer, collection, id, &found, &row, error);
    if (code)
        return code;
    char quoted[160];
    if (!found)
        return cairn_error_set(error, CAIRN_NOT_FOUND, "there is no item \"%s\" in this collection",
                               cairn_quote(id, quoted, sizeof quoted));
    row.position.id = id;
    code = parts_drop(writer, tally, &row, error);
    if (!code)
        code = space_delete(writer, &row, error);
    if (!code)
        code = traits_drop(writer, tally, row.key, error);
    if (!code)
        code = delete_by_key(writer, W_BODY_DELETE, row.key, error);
    if (!code)
        code = delete_by_key(writer, W_DELETE, row.key, error);
    if (!code)
        tally_drop(tally, &row);
    return code;
}
