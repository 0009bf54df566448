/* cairn check: places and times of the items in the two trees, and their hot numbers. */
#include "store/sqlite/check.h"
#include "store/sqlite/space.h"

#include "store/hot.h"

#include <stdio.h>

cairn_code check_space_begin(checker *checker, cairn_error *error)
{
    sqlite3 *db = checker->session->db;
    sqlite3_int64 none = INT64_MAX;
    cairn_code code = db_prepare(db, "SELECT west, east, south, north, first, last FROM item_space WHERE entry=?1",
                                 &checker->space, error);
    if (!code)
        code = db_prepare(db, "SELECT west, east, south, north, first, last FROM item_space_all WHERE entry=?1",
                          &checker->space_all, error);
    if (!code) /* what is no integer was told of */
        code = check_count(checker, "SELECT coalesce((SELECT value FROM meta WHERE key='loose_from'), ?1)", none,
                           &checker->loose_from, error);
    return code;
}

void check_space_end(checker *checker)
{
    sqlite3_finalize(checker->space);
    sqlite3_finalize(checker->space_all);
}

static bool same_cell(sqlite3_stmt *entry, const space_cell *cell)
{
    for (int i = 0; i < SPACE_COORDINATES; i++)
        if (sqlite3_column_int64(entry, i) != cell->at[i])
            return false;
    return true;
}

/* `cell` is NULL where there must be no entry. */
static cairn_code check_entry(checker *checker, bool all, const item_row *row, sqlite3_int64 entry,
                              const space_cell *cell, cairn_error *error)
{
    static const char *const names[] = {"item_space", "item_space_all"};
    sqlite3_stmt *find = all ? checker->space_all : checker->space;
    char message[80];
    sqlite3_bind_int64(find, 1, entry);
    int rc = sqlite3_step(find);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return db_error(checker->session->db, rc, "checking", error);
    const char *fault = rc == SQLITE_DONE       ? (cell ? "lacks an entry in" : NULL)
                        : !cell                 ? "has an entry too many in"
                        : same_cell(find, cell) ? NULL
                                                : "has another place or time in";
    sqlite3_reset(find);
    if (fault) {
        snprintf(message, sizeof message, "%s %s", fault, names[all]);
        check_report(checker, "index", row, message);
    }
    return CAIRN_OK;
}

cairn_code check_space_item(checker *checker, const item_row *row, sqlite3_int64 slot, cairn_error *error)
{
    bool kept = row->has_place && row->key < checker->loose_from;
    cairn_code code = CAIRN_OK;
    for (int all = 0; all < 2; all++) {
        space_cell cells[2];
        size_t n = kept ? space_cells_of(row, all ? -1 : slot, cells) : 0;
        for (size_t k = 0; !code && k < 2; k++)
            code = check_entry(checker, all, row, space_entry_of(row, k), k < n ? &cells[k] : NULL, error);
    }
    return code;
}

cairn_code check_hot(checker *checker, const item_row *row, cairn_span stored, cairn_span properties,
                     cairn_error *error)
{
    cairn_buf_reset(&checker->text);
    if (!cairn_hot_make(properties, &checker->text))
        return cairn_error_no_memory(error);
    if (!cairn_span_equal(stored, cairn_buf_span(&checker->text)))
        check_report(checker, "properties", row, "the numbers kept beside its place are not those of the bytes");
    return CAIRN_OK;
}
