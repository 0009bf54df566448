/* Rows in and out of the two trees, one by one. */
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
    sqlite3_bind_int64(insert, 1, row->key * 2 + (sqlite3_int64)k);
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
        code = delete_entry(writer, W_SPACE_DELETE, row->key * 2 + (sqlite3_int64)k, error);
        if (!code)
            code = delete_entry(writer, W_SPACE_ALL_DELETE, row->key * 2 + (sqlite3_int64)k, error);
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

/* ---- all of them ---- */

/* Rows: as ITEM_COLUMNS, then the slot of the collection. */
static cairn_code insert_rows(sqlite_writer *writer, sqlite3_stmt *rows, cairn_error *error)
{
    enum { SLOT = 13 };
    cairn_code code = CAIRN_OK;
    int rc = SQLITE_DONE;
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        item_row row;
        item_row_read(rows, &row);
        code = space_insert(writer, &row, sqlite3_column_int64(rows, SLOT), error);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "indexing the places of items", error);
    sqlite3_reset(rows);
    return code;
}

cairn_code space_fasten(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error)
{
    (void)progress, (void)context;
    sqlite3_stmt *rows;
    cairn_code code = writer_query(writer, W_LOOSE_ROWS, &rows, error);
    if (code)
        return code;
    sqlite3_bind_int64(rows, 1, writer->loose_from);
    writer->loose_from = INT64_MAX;
    return insert_rows(writer, rows, error);
}
