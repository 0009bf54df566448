/* cairn check: the tables of the file, against those that this program makes. */
#include "store/sqlite/check.h"

#include <stdio.h>
#include <stdlib.h>

/* What there is, and its columns; SQLite's own tables come and go. */
static const char objects[] =
    "SELECT type || ' ' || name, coalesce((SELECT group_concat(name) FROM pragma_table_info(s.name)), '') ||"
    " coalesce((SELECT group_concat(name) FROM pragma_index_info(s.name)), '') FROM sqlite_schema s"
    " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1";

typedef struct object_list {
    sqlite3 *db;
    sqlite3_stmt *rows;
    bool there;
    cairn_span name, columns; /* of the object in hand */
} object_list;

static cairn_code next(object_list *list, cairn_error *error)
{
    int rc = sqlite3_step(list->rows);
    list->there = rc == SQLITE_ROW;
    if (list->there) {
        list->name = db_column_span(list->rows, 0);
        list->columns = db_column_span(list->rows, 1);
    }
    return list->there || rc == SQLITE_DONE ? CAIRN_OK : db_error(list->db, rc, "checking", error);
}

static cairn_code begin(object_list *list, cairn_error *error)
{
    cairn_code code = db_prepare(list->db, objects, &list->rows, error);
    return code ? code : next(list, error);
}

static void report(checker *checker, cairn_span name, const char *what)
{
    char message[400], quoted[160];
    snprintf(message, sizeof message, "%s %s", cairn_quote(name, quoted, sizeof quoted), what);
    check_report(checker, "file", NULL, message);
}

/* What a catalog lacks while it is filled. */
static bool is_late(cairn_span name)
{
    return cairn_span_is(name, "index item_order") || cairn_span_is(name, "index item_order_all");
}

/* Both are in order. */
static cairn_code compare(checker *checker, object_list *file, object_list *ours, cairn_error *error)
{
    bool late;
    cairn_code code = late_read(checker->session->db, &late, NULL);
    if (code) {
        late = false; /* no table to read it from: is told of below */
        code = CAIRN_OK;
    }
    while (!code && (file->there || ours->there)) {
        int order = !ours->there ? -1 : !file->there ? 1 : cairn_span_compare(file->name, ours->name);
        if (order < 0)
            report(checker, file->name, "is there, which no catalog has");
        else if (order > 0 && !(late && is_late(ours->name)))
            report(checker, ours->name, "is missing");
        else if (order == 0 && !cairn_span_equal(file->columns, ours->columns))
            report(checker, ours->name, "has other columns than it should have");
        if (order <= 0)
            code = next(file, error);
        if (!code && order >= 0)
            code = next(ours, error);
    }
    return code;
}

cairn_code check_schema(checker *checker, bool *same, cairn_error *error)
{
    uint64_t before = checker->findings;
    object_list file = {.db = checker->session->db}, ours = {0};
    cairn_code code = db_open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "", 0, &ours.db, error);
    if (!code)
        code = schema_migrate(ours.db, 0, NULL, NULL, error);
    if (!code)
        code = begin(&file, error);
    if (!code)
        code = begin(&ours, error);
    if (!code)
        code = compare(checker, &file, &ours, error);
    *same = checker->findings == before;
    sqlite3_finalize(file.rows);
    sqlite3_finalize(ours.rows);
    sqlite3_close(ours.db);
    return code;
}
