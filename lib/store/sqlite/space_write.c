/* Rows in and out of the two trees, one by one; and which ones are in neither. */
#include "store/sqlite/space.h"

static bool is_loose(const sqlite_writer *writer, const item_row *row)
{
    return row->key >= writer->loose_from;
}

/* The k-th entry of the row. */
static cairn_code insert_cell(sqlite_writer *writer, write_id tree, const item_row *row, size_t k,
                              const space_cell *cell, cairn_error *error)
{
    sqlite3_stmt *insert;
    cairn_code code = writer_query(writer, tree, &insert, error);
    if (code)
        return code;
    sqlite3_bind_int64(insert, 1, space_entry_of(row, k));
    for (int i = 0; i < SPACE_COORDINATES; i++)
        sqlite3_bind_int(insert, 2 + i, cell->at[i]);
    return db_run(writer->db, insert, "writing an item", error);
}

cairn_code space_insert(sqlite_writer *writer, const item_row *row, sqlite3_int64 slot, cairn_error *error)
{
    if (!row->has_place || is_loose(writer, row))
        return CAIRN_OK;
    space_cell folded[2], all[2];
    size_t n = space_cells_of(row, slot, folded);
    space_cells_of(row, -1, all);
    cairn_code code = CAIRN_OK;
    for (size_t k = 0; !code && k < n; k++) {
        code = insert_cell(writer, W_SPACE_INSERT, row, k, &folded[k], error);
        if (!code)
            code = insert_cell(writer, W_SPACE_ALL_INSERT, row, k, &all[k], error);
    }
    return code;
}

static cairn_code delete_entry(sqlite_writer *writer, write_id tree, sqlite3_int64 entry, cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = writer_query(writer, tree, &statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(statement, 1, entry);
    return db_run(writer->db, statement, "writing an item", error);
}

cairn_code space_delete(sqlite_writer *writer, const item_row *row, cairn_error *error)
{
    if (!row->has_place || is_loose(writer, row))
        return CAIRN_OK;
    cairn_box parts[2];
    size_t n = cairn_box_split(row->box, parts);
    cairn_code code = CAIRN_OK;
    for (size_t k = 0; !code && k < n; k++) {
        code = delete_entry(writer, W_SPACE_DELETE, space_entry_of(row, k), error);
        if (!code)
            code = delete_entry(writer, W_SPACE_ALL_DELETE, space_entry_of(row, k), error);
    }
    return code;
}

/* Neither place nor time of the entries changes. */
static bool same_entries(const item_row *a, const item_row *b, sqlite3_int64 slot)
{
    if (!a->has_place || !b->has_place)
        return a->has_place == b->has_place;
    for (int all = 0; all < 2; all++) {
        space_cell left[2], right[2];
        size_t n = space_cells_of(a, all ? -1 : slot, left);
        if (n != space_cells_of(b, all ? -1 : slot, right) || memcmp(left, right, n * sizeof *left) != 0)
            return false;
    }
    return true;
}

cairn_code space_replace(sqlite_writer *writer, const item_row *old, const item_row *row, sqlite3_int64 slot,
                         cairn_error *error)
{
    if (same_entries(old, row, slot))
        return CAIRN_OK;
    cairn_code code = space_delete(writer, old, error);
    return code ? code : space_insert(writer, row, slot, error);
}

/* ---- loose rows ---- */

static const cairn_span loose_from = CAIRN_SPAN_LIT("loose_from");

cairn_code space_get_loose(sqlite_writer *writer, cairn_error *error)
{
    sqlite3_stmt *get;
    cairn_code code = writer_query(writer, W_META_GET, &get, error);
    if (code)
        return code;
    db_bind_span(get, 1, loose_from);
    int rc = sqlite3_step(get);
    writer->loose_from = rc == SQLITE_ROW ? sqlite3_column_int64(get, 0) : INT64_MAX;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "reading the catalog", error);
    sqlite3_reset(get);
    return code;
}

cairn_code space_set_loose(sqlite_writer *writer, sqlite3_int64 from, cairn_error *error)
{
    bool none = from == INT64_MAX;
    sqlite3_stmt *set;
    cairn_code code = writer_query(writer, none ? W_META_DELETE : W_META_PUT, &set, error);
    if (code)
        return code;
    writer->loose_from = from;
    db_bind_span(set, 1, loose_from);
    if (!none)
        sqlite3_bind_int64(set, 2, from);
    return db_run(writer->db, set, "writing the catalog", error);
}

/* A new key may be below those that are loose, when greater ones were deleted. */
cairn_code space_add(sqlite_writer *writer, const item_row *row, cairn_error *error)
{
    return is_loose(writer, row) ? CAIRN_OK : space_set_loose(writer, row->key, error);
}

enum { BATCH = 10000 };

/* Rows: as ITEM_COLUMNS, then the slot of the collection. *next: the key behind them; INT64_MAX: they were the last. */
static cairn_code insert_rows(sqlite_writer *writer, sqlite3_stmt *rows, sqlite3_int64 *next, cairn_error *error)
{
    enum { SLOT = 13 };
    cairn_code code = CAIRN_OK;
    int rc = SQLITE_DONE, n = 0;
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        item_row row;
        item_row_read(rows, &row);
        code = space_insert(writer, &row, sqlite3_column_int64(rows, SLOT), error);
        *next = row.key < INT64_MAX ? row.key + 1 : INT64_MAX;
        n++;
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "indexing the places of items", error);
    if (n < BATCH)
        *next = INT64_MAX;
    sqlite3_reset(rows);
    return code;
}

/* Within a batch. */
static cairn_code insert_some(sqlite_writer *writer, cairn_error *error)
{
    sqlite3_stmt *rows;
    sqlite3_int64 next;
    cairn_code code = writer_query(writer, W_LOOSE_ROWS, &rows, error);
    if (code)
        return code;
    sqlite3_bind_int64(rows, 1, writer->loose_from);
    sqlite3_bind_int(rows, 2, BATCH);
    writer->loose_from = INT64_MAX;
    code = insert_rows(writer, rows, &next, error);
    return code ? code : space_set_loose(writer, next, error);
}

/* Greatest key, and how many items there are. */
static cairn_code read_sizes(sqlite_writer *writer, sqlite3_int64 *last, sqlite3_int64 *items, cairn_error *error)
{
    cairn_code code = db_integer(writer->db, "SELECT coalesce(max(key), -1) FROM item", last, error);
    return code ? code : db_integer(writer->db, "SELECT coalesce(sum(items), 0) FROM collection", items, error);
}

/* By what both cost a row: measured with a million rows, CPU time. */
static bool is_packing_cheaper(sqlite3_int64 loose, sqlite3_int64 items)
{
    enum { INSERTED_US = 60, PACKED_US = 4 };
    return loose > items / (INSERTED_US / PACKED_US);
}

static cairn_code fasten_some(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error)
{
    sqlite3_int64 last, items;
    cairn_code code = sqlite_writer_begin(&writer->base, error);
    sqlite3_int64 from = writer->loose_from;
    if (!code)
        code = read_sizes(writer, &last, &items, error);
    if (!code)
        code = is_packing_cheaper(last - from + 1, items) ? space_pack(writer, progress, context, error)
                                                          : insert_some(writer, error);
    return writer_end(writer, code, error);
}

cairn_code space_fasten(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error)
{
    cairn_code code = space_get_loose(writer, error);
    while (!code && writer->loose_from != INT64_MAX)
        code = fasten_some(writer, progress, context, error);
    return code;
}
