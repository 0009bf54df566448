// LINK: store_sqlite store_memory
/* Searches for places by the R*Trees, page by page against the memory store: while items are in no tree, when the trees
 * are packed, and when they are written one by one; with collections that share a stretch of the tree, times beyond its
 * ends, boxes just at an item's edge and over the antimeridian. */
#include "base/json.h"
#include "store/memory/memory.h"
#include "store/sqlite/sqlite_store.h"

#include "ok.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { PARTIES = 2, COLLECTIONS = 4200, ITEMS = 2500, MORE = 60, SEARCHES = 700, ARENA = 256 << 20, ROWS = 4096 };

typedef struct world {
    char folder[64], path[96];
    cairn_geos *geos;
    cairn_codec *codec;
    cairn_store *stores[PARTIES];
    cairn_session *sessions[PARTIES];
    cairn_writer *writers[PARTIES];
    cairn_arena *arena;
    cairn_box boxes[ITEMS + MORE];
    cairn_time times[ITEMS + MORE];
    unsigned n, walked; /* walked: searches that were answered by a tree */
} world;

static uint64_t seed = 2024;

static unsigned chance(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 11) % below);
}

/* Every other one shares its stretch with another. */
static unsigned some_collection(void)
{
    static const unsigned NUMBERS[] = {0, 1, 2, 4096, 4097, 4199};
    return NUMBERS[chance(6)];
}

/* ---- items ---- */

static void add_geometry(cairn_buf *out)
{
    double lon = (double)chance(3600000) / 1e4 - 180, lat = (double)chance(1600000) / 1e4 - 80, size = 1 + chance(3);
    unsigned kind = chance(40);
    if (kind == 0)
        cairn_buf_add_text(out, ",\"geometry\":null");
    else if (kind < 4)
        cairn_buf_printf(out,
                         ",\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[[[[179,%g],[180,%g],[180,%g],[179,"
                         "%g]]],[[[-180,%g],[-178,%g],[-180,%g],[-180,%g]]]]}",
                         lat, lat, lat + 1, lat, lat, lat, lat + 1, lat);
    else if (kind < 20)
        cairn_buf_printf(out, ",\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.7f,%.7f]}", lon, lat);
    else
        cairn_buf_printf(out,
                         ",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[%.9f,%.9f],[%.9f,%.9f],[%.9f,%.9f],"
                         "[%.9f,%.9f]]]}",
                         fmin(lon, 176), lat, fmin(lon, 176) + size, lat, fmin(lon, 176), lat + size, fmin(lon, 176),
                         lat);
}

static void add_stamp(cairn_buf *out, const char *name, unsigned year, unsigned day)
{
    cairn_buf_printf(out, ",\"%s\":\"%04u-%02u-%02uT%02u:%02u:%02u%s\"", name, year, 1 + day / 28 % 12, 1 + day % 28,
                     chance(3) * 6, chance(2) * 30, chance(3) ? 0 : chance(60), chance(3) ? "Z" : ".25Z");
}

static unsigned some_year(void)
{
    static const unsigned FAR[] = {1, 1600, 1949, 1950, 2068, 2069, 2070, 2500, 9999};
    return chance(6) ? 2019 + chance(3) : FAR[chance(9)];
}

static void add_times(cairn_buf *out)
{
    unsigned year = some_year(), day = chance(336), kind = chance(12);
    if (kind > 1) {
        add_stamp(out, "datetime", year, day);
    } else {
        cairn_buf_add_text(out, ",\"datetime\":null");
        if (kind)
            add_stamp(out, "start_datetime", year, day);
        add_stamp(out, "end_datetime", year < 9999 ? year + chance(3) : year, 335);
    }
    if (kind == 2) { /* a range beside the datetime */
        add_stamp(out, "start_datetime", year < 9999 ? year + 1 : year, 1);
        add_stamp(out, "end_datetime", year < 9999 ? year + 1 : year, 300);
    }
}

static void make_item(world *w, unsigned i, cairn_item *item)
{
    cairn_buf out = CAIRN_BUF_INIT(1 << 16);
    cairn_buf_printf(&out, "{\"type\":\"Feature\",\"stac_version\":\"1.1.0\",\"id\":\"i%u\",\"collection\":\"c%u\"", i,
                     some_collection());
    add_geometry(&out);
    cairn_buf_printf(&out, ",\"bbox\":[0,0,1,1],\"links\":[],\"assets\":{},\"properties\":{\"eo:cloud_cover\":%u",
                     chance(100));
    add_times(&out);
    cairn_buf_add_text(&out, "}}");
    cairn_span text = cairn_arena_copy(w->arena, cairn_buf_span(&out));
    cairn_buf_free(&out);
    OK(cairn_item_read(w->geos, text, &(cairn_read_options){0}, w->arena, item, error));
    w->boxes[i] = item->footprint.box;
    w->times[i] = item->range.start;
}

static void put_items(world *w, unsigned n)
{
    cairn_buf packed = CAIRN_BUF_INIT(1 << 20);
    for (int k = 0; k < PARTIES; k++)
        OK(cairn_writer_begin(w->writers[k], error));
    for (unsigned end = w->n + n; w->n < end; w->n++) {
        cairn_item item;
        cairn_item_record record = {.item = &item};
        cairn_put what;
        make_item(w, w->n, &item);
        cairn_buf_reset(&packed);
        assert_true(cairn_pack(w->codec, item.body, &packed, &record.body));
        for (int k = 0; k < PARTIES; k++)
            OK(cairn_writer_put_item(w->writers[k], &record, CAIRN_CONFLICT_ERROR, &what, error));
    }
    for (int k = 0; k < PARTIES; k++)
        OK(cairn_writer_commit(w->writers[k], error));
    cairn_buf_free(&packed);
}

static void make_collections(world *w)
{
    char id[16];
    bool made;
    for (int k = 0; k < PARTIES; k++) {
        OK(cairn_writer_begin(w->writers[k], error));
        for (int i = 0; i < COLLECTIONS; i++) {
            snprintf(id, sizeof id, "c%d", i);
            OK(cairn_writer_ensure_collection(w->writers[k], cairn_span_of(id), true, &made, error));
        }
        OK(cairn_writer_commit(w->writers[k], error));
    }
}

static int setup(void **state)
{
    world *w = calloc(1, sizeof *w);
    snprintf(w->folder, sizeof w->folder, "/tmp/cairn-test-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->path, sizeof w->path, "%s/c.cairn", w->folder);
    w->arena = cairn_arena_new(ARENA);
    w->geos = cairn_geos_new();
    w->codec = cairn_codec_new(1);
    OK(cairn_sqlite_create(w->path, error));
    OK(cairn_sqlite_open(w->path, NULL, &w->stores[0], error));
    w->stores[1] = cairn_memory_store_new();
    for (int k = 0; k < PARTIES; k++) {
        OK(cairn_writer_open(w->stores[k], &w->writers[k], error));
        OK(cairn_session_open(w->stores[k], &w->sessions[k], error));
    }
    make_collections(w);
    put_items(w, ITEMS / 2);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    world *w = *state;
    char command[128];
    for (int k = 0; k < PARTIES; k++) {
        cairn_session_close(w->sessions[k]);
        OK(cairn_writer_close(w->writers[k], error));
        cairn_store_close(w->stores[k]);
    }
    cairn_codec_free(w->codec);
    cairn_geos_free(w->geos);
    cairn_arena_free(w->arena);
    snprintf(command, sizeof command, "rm -rf %s", w->folder);
    assert_int_equal(system(command), 0);
    free(w);
    return 0;
}

/* ---- searches ---- */

/* Around an item, just touching it, just missing it, or the whole world. */
static cairn_box random_box(const world *w)
{
    static const double CLOSE[] = {0, 1e-7, 1e-9, -1e-7, -1e-9};
    cairn_box at = w->boxes[chance(w->n)];
    double by = CLOSE[chance(5)], size = chance(3) ? 0.5 + chance(8) : 40;
    double north = fmin(at.north + size, 90), east = at.east + by;
    switch (chance(5)) {
    case 0:
        return (cairn_box){-180, -90, 180, 90};
    case 1: /* beside it */
        return (cairn_box){fmin(east, 180), at.south, fmin(fmax(east, -180) + size, 180), at.north};
    case 2:
        return (cairn_box){179.5, fmax(at.south - size, -90), -179, north};
    case 3: /* above it */
        return (cairn_box){at.west, fmin(at.north + by, 90), at.east, fmin(at.north + fabs(by) + size, 90)};
    default:
        return (cairn_box){fmax(at.west - size, -180), fmax(at.south - size, -90), fmin(at.east + size, 180), north};
    }
}

/* From -180 to 180, but for a corner in the east: of an item over the antimeridian one part may lie in it, and one
 * beside it. */
static cairn_span random_area(char *out, size_t size)
{
    double south = chance(120) - 80.0, middle = south + chance(200) / 10.0, north = middle + 0.1 + chance(40);
    double east = chance(4) ? 180 - chance(100) / 40.0 : 0;
    int n = snprintf(out, size,
                     "{\"type\":\"Polygon\",\"coordinates\":[[[-180,%g],[180,%g],[180,%g],[%g,%g],[%g,%g],[-180,%g],"
                     "[-180,%g]]]}",
                     south, south, middle + 0.05, east, middle + 0.05, east, north, north, south);
    return cairn_span_make(out, (size_t)n);
}

static void random_search(const world *w, cairn_search *search, cairn_span *collections)
{
    static char area[500];
    *search = (cairn_search){.has_box = true, .box = random_box(w), .null_geometry_hits = chance(10) == 0};
    if (chance(4) == 0) {
        search->has_box = false;
        search->intersects = random_area(area, sizeof area);
    }
    if (chance(2)) {
        static const int64_t REACH[] = {0, 1, 3600, 86400 * 30LL, 86400 * 3650LL, 86400 * 365000LL};
        cairn_time at = w->times[chance(w->n)];
        at = cairn_time_is_open(at) ? (cairn_time){1577836800, 0} : at;
        search->has_datetime = true;
        search->datetime = (cairn_interval){{at.sec - REACH[chance(6)], at.nsec}, {at.sec + REACH[chance(6)], at.nsec}};
        if (chance(5) == 0)
            search->datetime.end = CAIRN_TIME_MAX;
    }
    static const cairn_span NAMES[] = {CAIRN_SPAN_LIT("c0"),    CAIRN_SPAN_LIT("c1"),    CAIRN_SPAN_LIT("c4096"),
                                       CAIRN_SPAN_LIT("c4097"), CAIRN_SPAN_LIT("c4199"), CAIRN_SPAN_LIT("no")};
    search->collections = collections;
    for (size_t i = 0; chance(3) && i < 6; i++)
        if (chance(3) == 0)
            collections[search->n_collections++] = NAMES[i];
}

typedef struct answer {
    cairn_span names[ROWS];
    size_t n;
    cairn_arena *arena;
    cairn_result result;
} answer;

static cairn_code take(void *context, const cairn_item_row *row, cairn_error *error)
{
    answer *a = context;
    (void)error;
    assert_true(a->n < ROWS);
    a->names[a->n++] = cairn_arena_copy(a->arena, row->id);
    return CAIRN_OK;
}

static void ask(world *w, int k, const cairn_search *search, const cairn_page *page, answer *out)
{
    out->n = 0;
    OK(cairn_session_begin(w->sessions[k], 0, error));
    OK(cairn_session_search(w->sessions[k], search, page, out->arena, take, out, &out->result, error));
    OK(cairn_session_end(w->sessions[k], error));
}

static void compare(const answer *tested, const answer *oracle, bool counted)
{
    if (tested->n != oracle->n)
        fail_msg("%zu rows by %s, the oracle has %zu", tested->n, tested->result.plan.way, oracle->n);
    for (size_t i = 0; i < oracle->n; i++)
        if (!cairn_span_equal(tested->names[i], oracle->names[i]))
            fail_msg("row %zu is %.*s by %s, the oracle has %.*s", i, CAIRN_SPAN_FMT(tested->names[i]),
                     tested->result.plan.way, CAIRN_SPAN_FMT(oracle->names[i]));
    assert_int_equal(tested->result.more, oracle->result.more);
    if (counted) {
        assert_true(tested->result.matched_known);
        assert_int_equal(tested->result.matched, oracle->result.matched);
    }
}

/* Three pages on, and one back. */
static void search_once(world *w, answer *answers)
{
    cairn_search search;
    cairn_span collections[8];
    random_search(w, &search, collections);
    cairn_page page = {.limit = chance(2) ? 1 + chance(10) : 200, .without_body = true, .count_budget = UINT64_MAX};
    cairn_position position;
    for (int turn = 0; turn < 4; turn++) {
        for (int k = 0; k < PARTIES; k++)
            ask(w, k, &search, &page, &answers[k]);
        compare(&answers[0], &answers[1], turn == 0);
        w->walked += strcmp(answers[0].result.plan.way, "r*tree") == 0;
        if (!answers[1].n)
            break;
        page.count_budget = 0;
        page.backward = turn == 2;
        position = page.backward ? answers[1].result.first : answers[1].result.last;
        page.position = &position;
    }
}

static void search_often(world *w, int times)
{
    answer *answers = calloc(PARTIES, sizeof *answers);
    for (int k = 0; k < PARTIES; k++)
        answers[k].arena = cairn_arena_new(ARENA);
    for (int i = 0; i < times; i++) {
        search_once(w, answers);
        for (int k = 0; k < PARTIES; k++)
            cairn_arena_reset(answers[k].arena);
    }
    for (int k = 0; k < PARTIES; k++)
        cairn_arena_free(answers[k].arena);
    free(answers);
}

static void finish(world *w)
{
    OK(cairn_writer_finish(w->writers[0], NULL, NULL, error));
}

static void test_loose(void **state)
{
    search_often(*state, SEARCHES / 4);
}

static void test_packed(void **state)
{
    world *w = *state;
    put_items(w, ITEMS - w->n);
    search_often(w, SEARCHES / 4); /* more than are looked at one by one */
    finish(w);
    w->walked = 0;
    search_often(w, SEARCHES);
    assert_true(w->walked > SEARCHES / 10);
}

static void test_live(void **state)
{
    world *w = *state;
    put_items(w, MORE);
    search_often(w, SEARCHES / 2);
    finish(w);
    search_often(w, SEARCHES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loose),
        cmocka_unit_test(test_packed),
        cmocka_unit_test(test_live),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
