/* Sorted by id first: by the index of names, over all collections, in groups of equal ids. */
#include "store/sqlite/search.h"

typedef struct named {
    best best;
    cairn_buf id; /* of the group */
} named;

static cairn_code take(named *n, const item_row *row, bool *full, cairn_error *error)
{
    search_run *run = n->best.run;
    cairn_code code = CAIRN_OK;
    if (!n->id.p || !cairn_span_equal(cairn_buf_span(&n->id), row->position.id)) {
        code = best_flush(&n->best, error);
        cairn_buf_reset(&n->id);
        if (!cairn_buf_add_span(&n->id, row->position.id))
            return out_of_memory(error);
    }
    *full = sort_is_full(run);
    return code || *full ? code : best_offer(&n->best, row, error);
}

static cairn_code walk(search_run *run, named *n, sqlite3_stmt *names, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    bool full = false;
    int rc = SQLITE_DONE;
    while (!code && !full && (rc = sqlite3_step(names)) == SQLITE_ROW) {
        item_row row;
        item_row_read(names, &row);
        code = take(n, &row, &full, error);
    }
    if (!code && !full && rc != SQLITE_DONE)
        code = db_error(run->session->db, rc, "sorting", error);
    sqlite3_reset(names);
    return code ? code : best_flush(&n->best, error);
}

cairn_code name_order(search_run *run, cairn_error *error)
{
    enum { ID_BYTES = 1 << 20 };
    static const cairn_span lowest = CAIRN_SPAN_LIT(""), highest = CAIRN_SPAN_LIT("\xff");
    const cairn_page *page = run->page;
    bool down = run->search->sort.keys[0].descending != page->backward;
    named n = {.id = CAIRN_BUF_INIT(ID_BYTES)};
    sqlite3_stmt *names;
    cairn_code code = session_query(run->session, down ? Q_NAMES_DOWN : Q_NAMES_UP, &names, error);
    if (code || (code = best_begin(&n.best, run, error)))
        return code;
    run->plan.way = "order of ids";
    db_bind_span(names, 1, page->position ? page->position->id : down ? highest : lowest);
    code = walk(run, &n, names, error);
    best_end(&n.best);
    cairn_buf_free(&n.id);
    return code;
}
