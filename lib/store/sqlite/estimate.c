/* How many items a walk would have to look at. */
#include "store/sqlite/search.h"

/* The share of [start, end] that lies within the stored seconds; an item more or less does not matter. */
static double share_of(double start, double end, sqlite3_int64 newest, sqlite3_int64 oldest)
{
    double from = oldest == INT64_MAX ? start : -(double)oldest, to = newest == INT64_MIN ? end : -(double)newest;
    double covered = (to < end ? to : end) - (from > start ? from : start);
    if (covered < 0)
        return 0;
    return end > start && covered < end - start ? covered / (end - start) : 1;
}

/* Adds what a row with items, start and end in these columns tells. */
static cairn_code add_share(search_run *run, sqlite3_stmt *row, const int columns[3], cairn_span collection,
                            uint64_t *out, cairn_error *error)
{
    sqlite3_int64 newest, oldest;
    double items = (double)sqlite3_column_int64(row, columns[0]);
    double start = (double)sqlite3_column_int64(row, columns[1]), end = (double)sqlite3_column_int64(row, columns[2]);
    cairn_code code = narrow_times(run, collection, &newest, &oldest, error);
    if (!code)
        *out += (uint64_t)(items * share_of(start, end, newest, oldest));
    return code;
}

cairn_code estimate_items(search_run *run, uint64_t *out, cairn_error *error)
{
    static const int of_all[] = {0, 1, 2}, of_one[] = {5, 10, 12};
    const narrowed *narrow = &run->narrow;
    bool all = !narrow->n_collections;
    sqlite3_stmt *statement;
    cairn_code code = session_query(run->session, all ? Q_EXTENTS : Q_COLLECTION, &statement, error);
    size_t rounds = all ? 1 : narrow->n_collections;
    *out = 0;
    for (size_t i = 0; !code && i < rounds; i++) {
        cairn_span collection = all ? CAIRN_SPAN_NONE : narrow->collections[i];
        if (!all)
            db_bind_span(statement, 1, collection);
        int rc = sqlite3_step(statement);
        if (rc == SQLITE_ROW)
            code = add_share(run, statement, all ? of_all : of_one, collection, out, error);
        else if (rc != SQLITE_DONE)
            code = db_error(run->session->db, rc, "counting", error);
        sqlite3_reset(statement);
    }
    return code;
}
