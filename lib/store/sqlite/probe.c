/* Searches that find all their candidates at once: by ids, and by the R*Tree where it gives few. */
#include "store/sqlite/internal.h"

#include <stdlib.h>

/* More candidates than this are dense enough for the scan of the default order to find a page among them. */
enum { MAX_CANDIDATES = 2000 };

static cairn_code take_row(search_run *run, sqlite3_stmt *statement, cairn_error *error)
{
    item_row row;
    bool match;
    item_row_read(statement, &row);
    cairn_code code = row_matches(run, &row, &match, error);
    return code || !match ? code : hits_add(&run->hits, &row, run->arena, error);
}

static cairn_code take_rows(search_run *run, sqlite3_stmt *statement, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    int rc = SQLITE_DONE;
    while (!code && (rc = sqlite3_step(statement)) == SQLITE_ROW)
        code = take_row(run, statement, error);
    if (!code && rc != SQLITE_DONE)
        code = db_error(run->session->db, rc, "searching", error);
    sqlite3_reset(statement);
    return code;
}

/* The collections are checked on the rows, unless there is just one: an id has few. */
cairn_code probe_ids(search_run *run, cairn_error *error)
{
    const cairn_search *search = run->search;
    bool one = search->n_collections == 1;
    sqlite3_stmt *statement;
    cairn_code code = session_query(run->session, one ? Q_IDS_COLLECTION : Q_IDS, &statement, error);
    for (size_t i = 0; !code && i < search->n_ids; i++) {
        db_bind_span(statement, 1, search->ids[i]);
        if (one)
            db_bind_span(statement, 2, search->collections[0]);
        code = take_rows(run, statement, error);
    }
    run->complete = true;
    return code;
}

/* ---- by the R*Tree ---- */

typedef struct candidates {
    sqlite3_int64 keys[MAX_CANDIDATES + 1];
    size_t n;
} candidates;

static void bind_probe(sqlite3_stmt *probe, cairn_box box, const cairn_search *search, size_t room)
{
    cairn_interval time = search->has_datetime ? search->datetime : (cairn_interval){CAIRN_TIME_MIN, CAIRN_TIME_MAX};
    sqlite3_bind_double(probe, 1, box.west);
    sqlite3_bind_double(probe, 2, box.south);
    sqlite3_bind_double(probe, 3, box.east);
    sqlite3_bind_double(probe, 4, box.north);
    sqlite3_bind_double(probe, 5, rtree_day(time.start));
    sqlite3_bind_double(probe, 6, rtree_day(time.end));
    sqlite3_bind_int64(probe, 7, (sqlite3_int64)room);
}

static cairn_code probe_box(search_run *run, cairn_box box, candidates *found, cairn_error *error)
{
    sqlite3_stmt *probe;
    cairn_code code = session_query(run->session, Q_BOX_PROBE, &probe, error);
    if (code)
        return code;
    bind_probe(probe, box, run->search, MAX_CANDIDATES + 1 - found->n);
    int rc;
    while ((rc = sqlite3_step(probe)) == SQLITE_ROW)
        found->keys[found->n++] = sqlite3_column_int64(probe, 0) >> 1;
    if (rc != SQLITE_DONE)
        code = db_error(run->session->db, rc, "searching", error);
    sqlite3_reset(probe);
    return code;
}

static cairn_code check_candidates(search_run *run, const candidates *found, cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = session_query(run->session, Q_ITEM_ROW, &statement, error);
    for (size_t i = 0; !code && i < found->n; i++) {
        sqlite3_bind_int64(statement, 1, found->keys[i]);
        code = take_rows(run, statement, error);
    }
    return code;
}

cairn_code probe_boxes(search_run *run, bool *done, cairn_error *error)
{
    candidates *found = cairn_arena_alloc(run->arena, sizeof *found);
    if (!found)
        return cairn_error_set(error, CAIRN_NOMEM, "out of memory");
    found->n = 0;
    cairn_box parts[2];
    size_t n = cairn_box_split(cairn_area_box(run->area), parts);
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; !code && i < n && found->n <= MAX_CANDIDATES; i++)
        code = probe_box(run, parts[i], found, error);
    *done = !code && found->n <= MAX_CANDIDATES;
    if (!*done)
        return code;
    run->complete = true;
    return check_candidates(run, found, error);
}
