/* Searches that find all their candidates at once: by ids, and by an index where it gives few. */
#include "store/sqlite/space_search.h"

#include <stdlib.h>

/* `whole`: the columns are those of Q_ITEM_ROW, asked for once for each item, so that it may be given at once where any
 * order will do. */
static cairn_code take_row(search_run *run, sqlite3_stmt *statement, bool whole, cairn_error *error)
{
    item_row row;
    bool match;
    if (whole)
        item_row_read_whole(statement, &row);
    else
        item_row_read(statement, &row);
    if (run->best)
        return best_offer(run->best, &row, error);
    cairn_code code = row_matches(run, &row, &match, error);
    if (code || !match)
        return code;
    if (!whole || !run->sink)
        return hits_add(&run->hits, row.key, &row.position, run->arena, error);
    run->streamed++;
    return row_deliver(run->session, &row, run->page, run->sink, run->context, error);
}

static cairn_code take_rows(search_run *run, sqlite3_stmt *statement, bool whole, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    int rc = SQLITE_DONE;
    while (!code && (rc = sqlite3_step(statement)) == SQLITE_ROW)
        code = take_row(run, statement, whole, error);
    if (!code && rc != SQLITE_DONE)
        code = db_error(run->session->db, rc, "searching", error);
    sqlite3_reset(statement);
    return code;
}

/* Of rows that go to the best ones nothing but a number is left. */
static void candidates_begin(search_run *run)
{
    run->counting = run->best && run->page->count_budget;
}

/* All matches were seen. */
static cairn_code candidates_end(search_run *run, cairn_error *error)
{
    if (run->best) {
        run->counted = run->counting;
        return best_flush(run->best, error);
    }
    run->complete = true;
    return CAIRN_OK;
}

/* The collections are checked on the rows, unless there is just one: an id has few. */
cairn_code probe_ids(search_run *run, cairn_error *error)
{
    const narrowed *narrow = &run->narrow;
    bool one = narrow->n_collections == 1;
    sqlite3_stmt *statement;
    candidates_begin(run);
    cairn_code code = session_query(run->session, one ? Q_IDS_COLLECTION : Q_IDS, &statement, error);
    for (size_t i = 0; !code && i < narrow->n_ids; i++) {
        db_bind_span(statement, 1, narrow->ids[i]);
        if (one)
            db_bind_span(statement, 2, narrow->collections[0]);
        code = take_rows(run, statement, false, error);
    }
    run->plan.way = "ids";
    return code ? code : candidates_end(run, error);
}

/* ---- candidates ---- */

cairn_code candidates_new(search_run *run, size_t most, candidates *out, cairn_error *error)
{
    *out = (candidates){.most = most};
    out->keys = cairn_arena_calloc(run->arena, out->most + 1, sizeof *out->keys);
    return out->keys ? CAIRN_OK : out_of_memory(error);
}

cairn_code candidates_gather(search_run *run, sqlite3_stmt *probe, int shift, candidates *found, cairn_error *error)
{
    int rc = SQLITE_DONE;
    while (found->n <= found->most && (rc = sqlite3_step(probe)) == SQLITE_ROW)
        found->keys[found->n++] = sqlite3_column_int64(probe, 0) >> shift;
    cairn_code code =
        rc == SQLITE_ROW || rc == SQLITE_DONE ? CAIRN_OK : db_error(run->session->db, rc, "searching", error);
    sqlite3_reset(probe);
    return code;
}

static int compare_keys(const void *a, const void *b)
{
    sqlite3_int64 x = *(const sqlite3_int64 *)a, y = *(const sqlite3_int64 *)b;
    return (x > y) - (x < y);
}

/* Each candidate once, by key: that is where they lie beside each other. */
static cairn_code check_candidates(search_run *run, const candidates *found, cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = session_query(run->session, Q_ITEM_ROW, &statement, error);
    qsort(found->keys, found->n, sizeof *found->keys, compare_keys);
    for (size_t i = 0; !code && i < found->n; i++) {
        if (i && found->keys[i] == found->keys[i - 1])
            continue;
        sqlite3_bind_int64(statement, 1, found->keys[i]);
        run->fetched++;
        code = take_rows(run, statement, true, error);
    }
    return code;
}

cairn_code candidates_finish(search_run *run, const candidates *found, bool *done, cairn_error *error)
{
    *done = found->n <= found->most;
    if (!*done)
        return CAIRN_OK;
    candidates_begin(run);
    cairn_code code = check_candidates(run, found, error);
    return code ? code : candidates_end(run, error);
}

/* ---- by the R*Tree ---- */

cairn_code probe_boxes(search_run *run, size_t most, bool *done, cairn_error *error)
{
    candidates found = {.most = most};
    bool usable;
    cairn_code code = space_candidates(run, &found, &usable, error);
    if (!code && usable)
        code = candidates_finish(run, &found, done, error);
    if (*done)
        run->plan.way = "r*tree";
    return code;
}

/* ---- by words ---- */

cairn_code probe_text(search_run *run, bool *done, cairn_error *error)
{
    enum { EXPRESSION_BYTES = 1 << 20 };
    candidates found;
    sqlite3_stmt *probe;
    bool all_but;
    cairn_buf expression = CAIRN_BUF_INIT(EXPRESSION_BYTES);
    if (!cairn_text_to_fts5(run->search->text, &expression, &all_but)) {
        cairn_buf_free(&expression);
        return out_of_memory(error);
    }
    cairn_code code = all_but ? CAIRN_OK : candidates_new(run, MAX_CANDIDATES, &found, error);
    if (!code && !all_but)
        code = session_query(run->session, Q_TEXT_PROBE, &probe, error);
    if (!code && !all_but) {
        db_bind_span(probe, 1, cairn_buf_span(&expression));
        sqlite3_bind_int64(probe, 2, (sqlite3_int64)found.most + 1);
        code = candidates_gather(run, probe, 0, &found, error);
        if (!code)
            code = candidates_finish(run, &found, done, error);
    }
    cairn_buf_free(&expression);
    if (*done)
        run->plan.way = "free text index";
    return code;
}
