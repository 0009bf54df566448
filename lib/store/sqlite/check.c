/* cairn check: the file by SQLite's own checks, then every item re-read from its bytes and compared with its rows. */
#include "store/sqlite/check.h"

#include "base/json.h"
#include "store/properties.h"

#include <stdlib.h>

static void tell(checker *checker, const cairn_finding *finding)
{
    checker->findings++;
    if (checker->sink)
        checker->sink(checker->context, finding);
}

void check_report(checker *checker, const char *where, const item_row *row, const char *message)
{
    cairn_finding finding = {where, CAIRN_SPAN_NONE, CAIRN_SPAN_NONE, message};
    if (row) {
        finding.collection = row->position.collection;
        finding.id = row->position.id;
    }
    tell(checker, &finding);
}

void check_report_collection(checker *checker, const char *where, cairn_span id, const char *message)
{
    tell(checker, &(cairn_finding){where, id, CAIRN_SPAN_NONE, message});
}

cairn_code check_count(checker *checker, const char *sql, sqlite3_int64 about, sqlite3_int64 *out, cairn_error *error)
{
    sqlite3 *db = checker->session->db;
    sqlite3_stmt *statement = NULL;
    cairn_code code = db_prepare(db, sql, &statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(statement, 1, about);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(statement, 0);
    else
        code = db_error(db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "checking", error);
    sqlite3_finalize(statement);
    return code;
}

/* Runs a check whose rows are messages, "ok" when all is well. */
static cairn_code check_by_sql(checker *checker, const char *sql, const char *where, cairn_error *error)
{
    sqlite3_stmt *statement = NULL;
    cairn_code code = db_prepare(checker->session->db, sql, &statement, error);
    int rc = SQLITE_DONE;
    while (!code && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        if (text && strcmp(text, "ok") != 0)
            check_report(checker, where, NULL, text);
    }
    if (!code && rc != SQLITE_DONE) {
        if ((rc & 0xff) == SQLITE_CORRUPT)
            check_report(checker, where, NULL, sqlite3_errmsg(checker->session->db));
        else
            code = db_error(checker->session->db, rc, "checking", error);
    }
    sqlite3_finalize(statement);
    return code;
}

static const struct {
    const char *where, *sql;
} file_checks[] = {
    {"file", "PRAGMA integrity_check"},
    {"index", "SELECT rtreecheck('item_space')"},
    {"index", "SELECT rtreecheck('item_space_all')"},
    {"index", "SELECT 'an entry of item_space has no item: ' || entry FROM item_space"
              " WHERE (entry >> 1) NOT IN (SELECT key FROM item)"},
    {"index", "SELECT 'an entry of item_space_all has no item: ' || entry FROM item_space_all"
              " WHERE (entry >> 1) NOT IN (SELECT key FROM item)"},
    {"index", "SELECT 'which items are in no tree yet can''t be told: loose_from is ' || quote(value) FROM meta"
              " WHERE key='loose_from' AND (typeof(value)<>'integer' OR value<0)"},
    {"body", "SELECT 'a body has no item: key ' || key FROM item_body WHERE key NOT IN (SELECT key FROM item)"},
    {"properties", "SELECT 'properties have no item: key ' || key FROM item_properties"
                   " WHERE key NOT IN (SELECT key FROM item)"},
    {"index", "SELECT 'the index has values of a property that has none: ' || property FROM item_value"
              " WHERE (property >> 1) NOT IN (SELECT slot FROM promoted) GROUP BY property"},
    {"statistics", "SELECT 'properties are kept of a collection that does not exist: ' || collection FROM property"
                   " WHERE collection NOT IN (SELECT slot FROM collection) GROUP BY collection"},
    {"statistics", "SELECT 'the traits of the items of collection ' || coalesce(c.id, slot) || ' are not those that are"
                   " counted: `cairn optimize` counts them anew' FROM (SELECT slot FROM (" TRAITS_COUNTED
                   " EXCEPT SELECT collection, traits, items FROM item_traits) UNION SELECT collection FROM"
                   " (SELECT collection, traits, items FROM item_traits EXCEPT " TRAITS_COUNTED
                   ")) LEFT JOIN collection c USING(slot)"},
    {"words", "SELECT 'words are kept of a collection that does not exist: ' || rowid FROM collection_text"
              " WHERE rowid NOT IN (SELECT slot FROM collection)"},
    {"collection", "SELECT 'items of a collection that does not exist: ' || collection FROM item"
                   " WHERE collection NOT IN (SELECT id FROM collection) GROUP BY collection"},
    {"collection",
     "SELECT 'collection ' || c.id || ' says ' || c.items || ' items, there are ' || count(i.key)"
     " FROM collection c LEFT JOIN item i ON i.collection=c.id GROUP BY c.id HAVING c.items<>count(i.key)"},
    {"file", "SELECT 'the token key is missing' WHERE NOT EXISTS"
             " (SELECT 1 FROM meta WHERE key='token_key' AND length(value)=32)"},
};

/* ---- one item ---- */

static bool same_box(cairn_box a, cairn_box b)
{
    return a.west == b.west && a.south == b.south && a.east == b.east && a.north == b.north;
}

static bool same_range(cairn_interval a, cairn_interval b)
{
    return !cairn_time_compare(a.start, b.start) && !cairn_time_compare(a.end, b.end);
}

static void compare_item(checker *checker, const item_row *row, cairn_span footprint, const cairn_item *item)
{
    if (!cairn_span_equal(row->position.id, item->id) || !cairn_span_equal(row->position.collection, item->collection))
        check_report(checker, "item", row, "the bytes name another item");
    if (cairn_time_compare(row->position.time, cairn_item_sort_time(item)) || !same_range(row->range, item->range))
        check_report(checker, "item", row, "the indexed time is not that of the bytes");
    if (row->has_place != item->footprint.present)
        check_report(checker, "item", row,
                     row->has_place ? "is indexed with a place that its bytes have not" : "its place is not indexed");
    else if (row->has_place &&
             (!same_box(row->box, item->footprint.box) || !cairn_span_equal(footprint, item->footprint.wkb)))
        check_report(checker, "item", row, "the indexed footprint is not that of the bytes");
}

/* Inflates (with the CRC), closes the open form, parses, and applies the patch of the source's words. */
static cairn_code reread(checker *checker, const cairn_item_row *stored, cairn_item *item, cairn_error *error)
{
    cairn_session *session = &checker->session->base;
    cairn_read_options options = {0};
    cairn_buf_reset(&checker->text);
    cairn_buf_reset(&checker->document);
    cairn_code code = CAIRN_OK;
    if (stored->source.bytes.p)
        code = cairn_row_text(session, stored, true, &checker->text, error);
    cairn_buf_reset(&checker->text);
    if (!code)
        code = cairn_unpack(session->codec, &stored->body, true, &checker->text, error);
    if (code)
        return code;
    if (!cairn_document_close(cairn_buf_span(&checker->text), CAIRN_SPAN_NONE, &checker->document))
        return cairn_error_no_memory(error);
    cairn_span json = cairn_buf_span(&checker->document);
    code = cairn_json_check(json, CAIRN_JSON_MAX_DEPTH, NULL, error);
    return code ? code : cairn_item_read(session->geos, json, &options, checker->arena, item, error);
}

typedef struct stored_item {
    checker *checker;
    const item_row *row;
    cairn_span footprint, hot;
} stored_item;

static cairn_code on_item(void *context, const cairn_item_row *stored, cairn_error *error)
{
    stored_item *at = context;
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_item item = {0};
    cairn_code code = reread(at->checker, stored, &item, &fault);
    at->checker->unreadable |= code != CAIRN_OK;
    if (code == CAIRN_NOMEM)
        return cairn_error_set(error, code, "%s", fault.message);
    if (code)
        check_report(at->checker, "body", at->row, fault.message);
    else
        compare_item(at->checker, at->row, at->footprint, &item);
    if (code)
        code = CAIRN_OK;
    else if (!(code =
                   check_traits(at->checker, at->row, stored->traits, cairn_buf_span(&at->checker->document), error)))
        code = check_parts_item(at->checker, at->row, cairn_properties_of(item.body), error);
    if (!code && item.body.p)
        code = check_hot(at->checker, at->row, at->hot, cairn_properties_of(item.body), error);
    cairn_arena_reset(at->checker->arena);
    return code;
}

static cairn_code check_item(checker *checker, sqlite3_stmt *rows, cairn_error *error)
{
    item_row row;
    item_row_read(rows, &row);
    stored_item at = {checker, &row, db_column_span(rows, 13), db_column_span(rows, 14)};
    hit found = {row.key, row.position};
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_code code = session_deliver(checker->session, &found, NULL, on_item, &at, &fault);
    if (code == CAIRN_CORRUPT) {
        check_report(checker, "body", &row, fault.message);
        checker->unreadable = true;
        code = CAIRN_OK;
    }
    if (code)
        return cairn_error_set(error, code, "%s", fault.message);
    if (checker->progress && ++checker->done % 1000 == 0)
        checker->progress(checker->context, checker->done, checker->total);
    return check_space_item(checker, &row, sqlite3_column_int64(rows, 15), error);
}

static cairn_code check_items(checker *checker, cairn_error *error)
{
    sqlite3 *db = checker->session->db;
    sqlite3_stmt *rows = NULL;
    cairn_code code = db_prepare(db,
                                 "SELECT " ITEM_COLUMNS ", footprint, hot, (SELECT slot FROM collection c"
                                 " WHERE c.id=collection) FROM item ORDER BY key",
                                 &rows, error);
    if (!code)
        code = check_space_begin(checker, error);
    int rc = SQLITE_DONE;
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW)
        code = check_item(checker, rows, error);
    if (!code && rc != SQLITE_DONE) {
        if ((rc & 0xff) == SQLITE_CORRUPT)
            check_report(checker, "file", NULL, sqlite3_errmsg(db));
        else
            code = db_error(db, rc, "checking", error);
    }
    sqlite3_finalize(rows);
    check_space_end(checker);
    return code;
}

/* Begins; where tables are missing, that may be what it fails for. */
static cairn_code check_tables(checker *checker, bool *same, cairn_error *error)
{
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_code begun = sqlite_session_begin(&checker->session->base, 0, &fault), code = CAIRN_OK;
    *same = false;
    if (!begun || begun == CAIRN_CORRUPT)
        code = check_schema(checker, same, error);
    if (code || !begun || (begun == CAIRN_CORRUPT && !*same))
        return code;
    return cairn_error_set(error, begun, "%s", fault.message);
}

static cairn_code check_all(checker *checker, cairn_error *error)
{
    sqlite3_int64 total = 0;
    bool same;
    cairn_code code = check_tables(checker, &same, error);
    if (code || !same)
        return code;
    for (size_t i = 0; !code && i < sizeof file_checks / sizeof *file_checks; i++)
        code = check_by_sql(checker, file_checks[i].sql, file_checks[i].where, error);
    if (!code && db_integer(checker->session->db, "SELECT count(*) FROM item", &total, NULL) == CAIRN_OK)
        checker->total = (uint64_t)total;
    if (!code)
        code = check_parts_begin(checker, error);
    if (!code)
        code = check_items(checker, error);
    if (!code)
        code = check_parts_rest(checker, error);
    return code ? code : check_collections(checker, error);
}

cairn_code sqlite_check(cairn_store *store, cairn_finding_sink sink, cairn_progress_sink progress, void *context,
                        uint64_t *findings, cairn_error *error)
{
    enum { ARENA_BYTES = 256 << 20, TEXT_BYTES = 1 << 30 };
    cairn_session *session = NULL;
    cairn_code code = sqlite_session_open(store, &session, error);
    if (code)
        return code;
    checker checker = {
        .session = (sqlite_session *)session,
        .sink = sink,
        .progress = progress,
        .context = context,
        .arena = cairn_arena_new(ARENA_BYTES),
        .text = CAIRN_BUF_INIT(TEXT_BYTES),
        .document = CAIRN_BUF_INIT(TEXT_BYTES),
    };
    if (!checker.arena)
        code = cairn_error_no_memory(error);
    if (!code)
        code = check_all(&checker, error);
    sqlite_session_end(session, NULL);
    *findings = checker.findings;
    check_parts_end(&checker);
    cairn_buf_free(&checker.text);
    cairn_buf_free(&checker.document);
    cairn_arena_free(checker.arena);
    sqlite_session_close(session);
    return code;
}
