// LINK: store_sqlite
/* Packed R*Trees: SQLite itself must find them in order, and go on with them. */
#include "base/json.h"
#include "store/sqlite/space.h"

#include "ok.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct fixture {
    char folder[64], path[96];
    cairn_geos *geos;
    cairn_codec *codec;
    cairn_arena *arena;
    cairn_buf packed;
    cairn_store *store;
    cairn_writer *writer;
    uint64_t seed;
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/cairn-test-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/c.cairn", f->folder);
    f->geos = cairn_geos_new();
    f->codec = cairn_codec_new(1);
    f->arena = cairn_arena_new(1 << 20);
    f->packed = (cairn_buf)CAIRN_BUF_INIT(1 << 20);
    f->seed = 88172645463325252;
    OK(cairn_sqlite_create(f->path, error));
    OK(cairn_sqlite_open(f->path, NULL, &f->store, error));
    OK(cairn_writer_open(f->store, &f->writer, error));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    char command[128];
    if (f->writer)
        OK(cairn_writer_close(f->writer, error));
    cairn_store_close(f->store);
    snprintf(command, sizeof command, "rm -rf %s", f->folder);
    assert_int_equal(system(command), 0);
    cairn_geos_free(f->geos);
    cairn_codec_free(f->codec);
    cairn_arena_free(f->arena);
    cairn_buf_free(&f->packed);
    free(f);
    return 0;
}

static unsigned chance(fixture *f, unsigned below)
{
    f->seed ^= f->seed << 13;
    f->seed ^= f->seed >> 7;
    f->seed ^= f->seed << 17;
    return (unsigned)((f->seed >> 11) % below);
}

/* One of nine is without a place, one of ten lies over the antimeridian. */
static void put(fixture *f, int number)
{
    char json[700], geometry[200] = "null";
    cairn_item item;
    cairn_put what;
    double west = chance(f, 10) ? (double)chance(f, 35000) / 100 - 175 : 179.5, south = chance(f, 160) - 80.0;
    if (chance(f, 9))
        snprintf(geometry, sizeof geometry,
                 "{\"type\":\"Polygon\",\"coordinates\":[[[%g,%g],[%g,%g],[%g,%g],[%g,%g],[%g,%g]]]}", west, south,
                 west + 1, south, west + 1, south + 1, west, south + 1, west, south);
    snprintf(json, sizeof json,
             "{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"i%d\",\"collection\":\"c%u\",\"geometry\":%s,"
             "\"bbox\":[%g,%g,%g,%g],\"properties\":{\"datetime\":\"20%02u-0%u-1%uT00:00:00Z\"},\"assets\":{},"
             "\"links\":[]}",
             number, (unsigned)number % 3, geometry, west, south, west + 1, south + 1, 10 + chance(f, 10),
             1 + chance(f, 9), chance(f, 10));
    cairn_read_options options = {0};
    cairn_arena_reset(f->arena);
    OK(cairn_item_read(f->geos, cairn_span_of(json), &options, f->arena, &item, error));
    cairn_buf_reset(&f->packed);
    cairn_item_record record = {.item = &item};
    assert_true(cairn_pack(f->codec, item.body, &f->packed, &record.body));
    OK(cairn_writer_ensure_collection(f->writer, item.collection, true, NULL, error));
    OK(cairn_writer_put_item(f->writer, &record, CAIRN_CONFLICT_REPLACE, &what, error));
}

static void put_many(fixture *f, int from, int to)
{
    OK(cairn_writer_begin(f->writer, error));
    for (int i = from; i < to; i++)
        put(f, i);
    OK(cairn_writer_commit(f->writer, error));
}

static void delete_item(fixture *f, int number)
{
    char id[16], collection[16];
    cairn_error missing = CAIRN_ERROR_INIT;
    snprintf(id, sizeof id, "i%d", number);
    snprintf(collection, sizeof collection, "c%d", number % 3);
    cairn_code code = cairn_writer_delete_item(f->writer, cairn_span_of(collection), cairn_span_of(id), &missing);
    assert_true(!code || code == CAIRN_NOT_FOUND);
}

static void print_finding(void *context, const cairn_finding *finding)
{
    (void)context;
    print_message("%s %.*s: %s\n", finding->where, CAIRN_SPAN_FMT(finding->id), finding->message);
}

static void assert_sound(fixture *f)
{
    uint64_t findings = 0;
    OK(cairn_store_check(f->store, print_finding, NULL, NULL, &findings, error));
    assert_int_equal(findings, 0);
}

static sqlite3_int64 ask(fixture *f, const char *sql)
{
    sqlite3_int64 n = -1;
    OK(db_integer(((sqlite_writer *)f->writer)->db, sql, &n, error));
    return n;
}

static const char loose[] = "SELECT count(*) FROM meta WHERE key='loose_from'";
static const char deep[] = "SELECT count(*) FROM item_space_parent WHERE parentnode=1";
static const char size[] = "SELECT max(nodeno) FROM item_space_node";

static void new_items_are_loose_until_the_writer_is_done(void **state)
{
    fixture *f = *state;
    put_many(f, 0, 50);
    assert_int_equal(ask(f, loose), 1);
    assert_int_equal(ask(f, "SELECT count(*) FROM item_space"), 0);
    assert_sound(f);
    OK(cairn_writer_finish(f->writer, NULL, NULL, error));
    assert_int_equal(ask(f, loose), 0);
    assert_true(ask(f, "SELECT count(*) FROM item_space_all") >= ask(f, "SELECT count(*) FROM item WHERE west<>0"));
    assert_sound(f);
    put_many(f, 50, 60);
    OK(cairn_writer_close(f->writer, error));
    OK(cairn_writer_open(f->store, &f->writer, error));
    assert_int_equal(ask(f, loose), 0);
    assert_sound(f);
}

/* Of every size about those where a level of the tree is full. */
static void trees_of_all_sizes_are_sound(void **state)
{
    fixture *f = *state;
    static const int sizes[] = {0, 1, 2, 44, 45, 46, 47, 50, 90, 100, 150, 2000, 2400, 2600, 5000};
    int n = 0;
    OK(cairn_writer_finish(f->writer, NULL, NULL, error));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        put_many(f, n, sizes[i]);
        n = sizes[i];
        OK(cairn_writer_begin(f->writer, error));
        OK(space_pack((sqlite_writer *)f->writer, NULL, NULL, error));
        OK(cairn_writer_commit(f->writer, error));
        assert_int_equal(ask(f, "SELECT rtreecheck('item_space')='ok' AND rtreecheck('item_space_all')='ok'"), 1);
        assert_sound(f);
    }
    sqlite3_int64 entries = ask(f, "SELECT count(*) FROM item_space"), leaves = (entries + 50) / 51;
    assert_true(ask(f, deep) > 1);
    assert_int_equal(ask(f, size), leaves + (leaves + 50) / 51 + 1);
}

static void packed_trees_are_written_on(void **state)
{
    fixture *f = *state;
    put_many(f, 0, 6000);
    OK(cairn_writer_finish(f->writer, NULL, NULL, error));
    for (int round = 0; round < 12; round++) {
        put_many(f, 6000 + round * 100, 6000 + (round + 1) * 100);
        OK(cairn_writer_finish(f->writer, NULL, NULL, error));
        OK(cairn_writer_begin(f->writer, error));
        for (int i = 0; i < 200; i++)
            delete_item(f, (int)chance(f, 7300));
        for (int i = 0; i < 100; i++)
            put(f, (int)chance(f, 6000)); /* replaced, or new again */
        OK(cairn_writer_commit(f->writer, error));
        assert_int_equal(ask(f, "SELECT rtreecheck('item_space')='ok' AND rtreecheck('item_space_all')='ok'"), 1);
    }
    OK(cairn_writer_finish(f->writer, NULL, NULL, error));
    assert_sound(f);
}

static void a_few_loose_ones_are_entered_one_by_one(void **state)
{
    fixture *f = *state;
    put_many(f, 0, 3000);
    OK(cairn_writer_finish(f->writer, NULL, NULL, error));
    sqlite3_int64 packed = ask(f, size);
    put_many(f, 3000, 3060);
    OK(cairn_writer_finish(f->writer, NULL, NULL, error));
    /* Packed anew there would be one more at most: leaves that were full are divided. */
    assert_true(ask(f, size) > packed + 2);
    assert_int_equal(ask(f, loose), 0);
    assert_sound(f);
}

static void what_is_rolled_back_leaves_no_trace(void **state)
{
    fixture *f = *state;
    OK(cairn_writer_begin(f->writer, error));
    put(f, 1);
    OK(space_pack((sqlite_writer *)f->writer, NULL, NULL, error));
    cairn_writer_rollback(f->writer);
    put_many(f, 2, 30);
    assert_int_equal(ask(f, loose), 1);
    OK(cairn_writer_begin(f->writer, error));
    OK(space_pack((sqlite_writer *)f->writer, NULL, NULL, error));
    cairn_writer_rollback(f->writer);
    assert_int_equal(ask(f, loose), 1);
    assert_sound(f);
    OK(cairn_writer_finish(f->writer, NULL, NULL, error));
    assert_sound(f);
}

/* Keys are given again when the greatest ones are deleted. */
static void keys_below_the_loose_ones_are_loose_too(void **state)
{
    fixture *f = *state;
    put_many(f, 0, 40);
    OK(cairn_writer_finish(f->writer, NULL, NULL, error));
    put_many(f, 40, 50);
    OK(cairn_writer_begin(f->writer, error));
    for (int i = 30; i < 50; i++)
        delete_item(f, i);
    OK(cairn_writer_commit(f->writer, error));
    put_many(f, 50, 60);
    assert_sound(f);
    OK(cairn_writer_finish(f->writer, NULL, NULL, error));
    assert_int_equal(ask(f, loose), 0);
    assert_sound(f);
}

static void the_same_place_and_time_touch_no_tree(void **state)
{
    fixture *f = *state;
    put_many(f, 0, 10);
    OK(cairn_writer_finish(f->writer, NULL, NULL, error));
    item_row row = {.key = 3, .has_place = true, .box = {1, 2, 3, 4}}, other = row;
    sqlite_writer *writer = (sqlite_writer *)f->writer;
    OK(cairn_writer_begin(f->writer, error));
    int before = sqlite3_total_changes(writer->db);
    OK(space_replace(writer, &row, &other, 1, error));
    assert_int_equal(sqlite3_total_changes(writer->db), before);
    other.range.end.sec = 7201;
    OK(space_replace(writer, &row, &other, 1, error));
    assert_true(sqlite3_total_changes(writer->db) > before);
    cairn_writer_rollback(f->writer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(new_items_are_loose_until_the_writer_is_done),
        TEST(trees_of_all_sizes_are_sound),
        TEST(packed_trees_are_written_on),
        TEST(a_few_loose_ones_are_entered_one_by_one),
        TEST(what_is_rolled_back_leaves_no_trace),
        TEST(keys_below_the_loose_ones_are_loose_too),
        TEST(the_same_place_and_time_touch_no_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
