// LINK: store_sqlite
/* The walk over R*Tree nodes, held against the answers of SQLite's own virtual table over random cells. */
#include "store/sqlite/space_walk.h"

#include "ok.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

enum { ENTRIES = 20000, STRETCH = 1 << 20 };

static uint64_t seed = 99;

static int32_t chance(int32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int32_t)((seed >> 11) % (uint64_t)below);
}

static void run(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message))
        fail_msg("%s: %s", sql, message);
}

/* What a session keeps is as of its epoch. */
static void change(sqlite_session *session, const char *sql)
{
    run(session->db, sql);
    session->epoch++;
}

static void random_span(int32_t from, int32_t length, int32_t most, int32_t *low, int32_t *high)
{
    *low = from + chance(length);
    int64_t end = (int64_t)*low + chance(most);
    *high = end > (int64_t)from + length - 1 ? from + length - 1 : (int32_t)end;
}

/* Times crowd together, so that there are ties, in six stretches. */
static space_cell random_cell(bool all, int32_t size)
{
    space_cell cell;
    int32_t stretch = all ? 0 : INT32_MIN + chance(6) * STRETCH;
    random_span(-1800000000, 1800000000, size * 1000, &cell.at[SPACE_WEST], &cell.at[SPACE_EAST]);
    random_span(-900000000, 1800000000, size * 1000, &cell.at[SPACE_SOUTH], &cell.at[SPACE_NORTH]);
    random_span(stretch, chance(3) ? 2000 : STRETCH, size / 100 + 1, &cell.at[SPACE_FIRST], &cell.at[SPACE_LAST]);
    if (chance(20) == 0) {
        cell.at[SPACE_FIRST] = stretch;
        cell.at[SPACE_LAST] = stretch + STRETCH - 1;
    }
    return cell;
}

static void bind(sqlite3_stmt *statement, int first, const space_cell *cell)
{
    for (int i = 0; i < SPACE_COORDINATES; i++)
        sqlite3_bind_int(statement, first + i, cell->at[i]);
}

static void fill(sqlite3 *db, const char *table, bool all)
{
    char sql[128];
    sqlite3_stmt *put;
    snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(?,?,?,?,?,?,?)", table);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &put, NULL), SQLITE_OK);
    for (int i = 0; i < ENTRIES; i++) {
        space_cell cell = random_cell(all, 20000);
        sqlite3_bind_int(put, 1, i);
        bind(put, 2, &cell);
        assert_int_equal(sqlite3_step(put), SQLITE_DONE);
        sqlite3_reset(put);
    }
    sqlite3_finalize(put);
    snprintf(sql, sizeof sql, "DELETE FROM %s WHERE entry %% 7 = 3", table);
    run(db, sql);
}

static int setup(void **state)
{
    sqlite_session *session = calloc(1, sizeof *session);
    assert_int_equal(sqlite3_open(":memory:", &session->db), SQLITE_OK);
    run(session->db,
        "CREATE VIRTUAL TABLE item_space USING rtree_i32(entry, west, east, south, north, first, last);"
        "CREATE VIRTUAL TABLE item_space_all USING rtree_i32(entry, west, east, south, north, first, last);"
        "BEGIN");
    fill(session->db, "item_space", false);
    fill(session->db, "item_space_all", true);
    *state = session;
    return 0;
}

static int teardown(void **state)
{
    sqlite_session *session = *state;
    for (int i = 0; i < Q_COUNT; i++)
        sqlite3_finalize(session->queries[i]);
    space_nodes_free(session->nodes);
    sqlite3_close(session->db);
    free(session);
    return 0;
}

/* Entries that the virtual table has for any of the cells are marked 1. */
static int ask_table(sqlite3 *db, const space_query *query, unsigned char *marks)
{
    sqlite3_stmt *statement;
    char sql[256];
    int n = 0;
    snprintf(sql, sizeof sql,
             "SELECT entry FROM %s WHERE east>=?1 AND west<=?2 AND north>=?3 AND south<=?4 AND last>=?5 AND first<=?6",
             query->all ? "item_space_all" : "item_space");
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    for (size_t i = 0; i < query->n; i++) {
        bind(statement, 1, &query->cells[i]);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            int entry = sqlite3_column_int(statement, 0);
            n += !marks[entry];
            marks[entry] = 1;
        }
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return n;
}

static int compare_cells(const void *a, const void *b)
{
    int32_t x = ((const space_cell *)a)->at[SPACE_FIRST], y = ((const space_cell *)b)->at[SPACE_FIRST];
    return (x > y) - (x < y);
}

/* Up to eight cells: places in the same stretch have the same times. */
static size_t random_cells(bool all, space_cell *cells)
{
    size_t n = 1 + (size_t)chance(chance(3) ? 2 : 8);
    for (size_t i = 0; i < n; i++) {
        cells[i] = random_cell(all, 1 << chance(21));
        for (size_t k = 0; k < i; k++)
            if (all ||
                (cells[k].at[SPACE_FIRST] - INT32_MIN) / STRETCH == (cells[i].at[SPACE_FIRST] - INT32_MIN) / STRETCH)
                memcpy(&cells[i].at[SPACE_FIRST], &cells[k].at[SPACE_FIRST], 2 * sizeof(int32_t));
    }
    qsort(cells, n, sizeof *cells, compare_cells);
    return n;
}

static void check_walk(sqlite_session *session, const space_query *query)
{
    static unsigned char marks[ENTRIES];
    space_walk walk;
    space_entry entry;
    bool more;
    int64_t last = 0;
    memset(marks, 0, sizeof marks);
    int left = ask_table(session->db, query, marks), taken = 0;
    space_walk_begin(&walk, session, query);
    for (;; taken++) {
        OK(space_walk_next(&walk, &more, &entry, error));
        if (!more)
            break;
        assert_in_range(entry.entry, 0, ENTRIES - 1);
        assert_int_equal(marks[entry.entry], 1);
        marks[entry.entry] = 2;
        if (taken)
            assert_true(query->oldest_first ? entry.bound >= last : entry.bound <= last);
        last = entry.bound;
        int64_t end = space_steps(query->all, entry.cell.at[query->oldest_first ? SPACE_FIRST : SPACE_LAST]);
        assert_int_equal(end, last);
    }
    assert_int_equal(taken, left);
    space_walk_end(&walk);
}

static void test_random(void **state)
{
    space_cell cells[8];
    for (int i = 0; i < 600; i++) {
        space_query query = {.all = chance(2), .oldest_first = chance(2), .cells = cells};
        query.n = random_cells(query.all, cells);
        check_walk(*state, &query);
    }
}

static void test_empty(void **state)
{
    sqlite_session *session = *state;
    space_cell cell = {{INT32_MIN, INT32_MAX, INT32_MIN, INT32_MAX, INT32_MIN, INT32_MAX}};
    space_query query = {.all = true, .cells = &cell, .n = 1};
    change(session, "SAVEPOINT before; DELETE FROM item_space_all");
    check_walk(session, &query);
    change(session, "ROLLBACK TO before");
}

/* ---- hostile nodes ---- */

static cairn_code walk_all(sqlite_session *session)
{
    space_cell cell = {{INT32_MIN, INT32_MAX, INT32_MIN, INT32_MAX, INT32_MIN, INT32_MAX}};
    space_query query = {.all = true, .cells = &cell, .n = 1};
    space_walk walk;
    space_entry entry;
    bool more = true;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_code code = CAIRN_OK;
    space_walk_begin(&walk, session, &query);
    while (!code && more)
        code = space_walk_next(&walk, &more, &entry, &error);
    space_walk_end(&walk);
    return code;
}

static void test_damaged(void **state)
{
    static const char *const DAMAGES[] = {
        "UPDATE item_space_all_node SET data=x'' WHERE nodeno=1",
        "UPDATE item_space_all_node SET data=NULL WHERE nodeno=1",
        "UPDATE item_space_all_node SET data=x'0029' || substr(data, 3) WHERE nodeno=1", /* 41 deep */
        "UPDATE item_space_all_node SET data=substr(data, 1, 2) || x'FFFF' || substr(data, 5) WHERE nodeno=1",
        "UPDATE item_space_all_node SET data=substr(data, 1, 100) WHERE nodeno=2",
        "DELETE FROM item_space_all_node WHERE nodeno=2",
        "DELETE FROM item_space_all_node WHERE nodeno=1",
        /* each child of the root is the root: 51 to the 40th nodes */
        "UPDATE item_space_all_node SET data=x'0028' || x'0002' || x'0000000000000001' || x'80000000' || x'7fffffff'"
        " || x'80000000' || x'7fffffff' || x'80000000' || x'7fffffff' || x'0000000000000002' || x'80000000' ||"
        " x'7fffffff' || x'80000000' || x'7fffffff' || x'80000000' || x'7fffffff' WHERE nodeno IN (1, 2)",
    };
    sqlite_session *session = *state;
    for (size_t i = 0; i < sizeof DAMAGES / sizeof *DAMAGES; i++) {
        run(session->db, "SAVEPOINT before");
        change(session, DAMAGES[i]);
        if (walk_all(session) != CAIRN_CORRUPT)
            fail_msg("not seen: %s", DAMAGES[i]);
        change(session, "ROLLBACK TO before");
    }
    assert_int_equal(walk_all(session), CAIRN_OK);
}

/* Nodes are kept within an epoch, and not without a transaction, where each statement may see another state. */
static void test_kept(void **state)
{
    static const char gone[] = "DELETE FROM item_space_all_node WHERE nodeno=1";
    sqlite_session *session = *state;
    assert_int_equal(walk_all(session), CAIRN_OK);
    run(session->db, "SAVEPOINT before");
    run(session->db, gone);
    assert_int_equal(walk_all(session), CAIRN_OK);
    session->epoch++;
    assert_int_equal(walk_all(session), CAIRN_CORRUPT);
    change(session, "ROLLBACK TO before; RELEASE before; COMMIT");
    assert_int_equal(walk_all(session), CAIRN_OK);
    run(session->db, gone);
    assert_int_equal(walk_all(session), CAIRN_CORRUPT);
}

static void test_deadline(void **state)
{
    sqlite_session *session = *state;
    session->deadline = 1;
    assert_int_equal(walk_all(session), CAIRN_DEADLINE);
    session->deadline = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),   cmocka_unit_test(test_empty), cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_deadline), cmocka_unit_test(test_kept), /* the last: the tree is gone behind it */
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
