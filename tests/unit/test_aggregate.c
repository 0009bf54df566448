// LINK: query
#include "query/aggregate.h"

#include "query/aggregate_grid.h"
#include "query/aggregate_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct fixture {
    cairn_arena *arena, *scratch;
    cairn_geos *geos;
    cairn_aggregate_request *request;
    cairn_error error;
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->arena = cairn_arena_new(16 << 20);
    f->scratch = cairn_arena_new(16 << 20);
    f->geos = cairn_geos_new();
    cairn_error_clear(&f->error);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    cairn_arena_free(f->scratch);
    cairn_arena_free(f->arena);
    cairn_geos_free(f->geos);
    free(f);
    return 0;
}

static cairn_code set(fixture *f, const char *name, const char *value, bool json)
{
    bool known = false;
    cairn_error_clear(&f->error);
    cairn_code code =
        cairn_aggregate_set(&f->request, cairn_span_of(name), cairn_span_of(value), json, f->arena, &known, &f->error);
    assert_true(known);
    return code;
}

static void begin(fixture *f, const char *aggregations)
{
    f->request = NULL;
    assert_int_equal(set(f, "aggregations", aggregations, false), CAIRN_OK);
}

static cairn_aggregate_item item_of(fixture *f, const char *properties, int64_t sec, const char *geometry)
{
    cairn_aggregate_item item = {
        .collection = cairn_span_of("c"), .properties = cairn_span_of(properties), .time = {sec, 0}};
    cairn_footprint footprint;
    cairn_warnings warnings = {0};
    assert_int_equal(
        cairn_footprint_read(f->geos, cairn_span_of(geometry), false, NULL, f->arena, &footprint, &warnings, &f->error),
        CAIRN_OK);
    item.has_place = footprint.present;
    item.box = footprint.box;
    item.footprint = footprint.wkb;
    return item;
}

static cairn_code add_all(fixture *f, cairn_aggregation *all, const cairn_aggregate_item *items, size_t n)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < n && code == CAIRN_OK; i++) {
        cairn_arena_reset(f->scratch);
        code = cairn_aggregation_add(all, &items[i], f->geos, f->scratch, &f->error);
    }
    return code;
}

static void expect(fixture *f, const cairn_aggregate_item *items, size_t n, const char *expected)
{
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    cairn_aggregation *all = cairn_aggregation_new(f->request);
    assert_int_equal(add_all(f, all, items, n), CAIRN_OK);
    assert_int_equal(cairn_aggregation_write(all, &out, &f->error), CAIRN_OK);
    cairn_buf_add_byte(&out, '\0');
    assert_string_equal(out.p, expected);
    cairn_buf_free(&out);
    cairn_aggregation_free(all);
}

static const char POINT[] = "{\"type\":\"Point\",\"coordinates\":[0,0]}";

/* ---- reading ---- */

static void refuse(fixture *f, const char *name, const char *value, bool json, const char *part)
{
    f->request = NULL;
    assert_int_equal(set(f, name, value, json), CAIRN_INVALID);
    assert_string_equal(f->error.parameter, name);
    if (!strstr(f->error.message, part))
        fail_msg("%s=%s: '%s' does not say '%s'", name, value, f->error.message, part);
}

static void reads(void **state)
{
    fixture *f = *state;
    cairn_aggregate_asked asked;
    begin(f, " total_count,, eo:cloud_cover_frequency ,total_count,platform_frequency");
    assert_true(cairn_aggregate_asked_at(f->request, 0, &asked));
    assert_true(cairn_span_is(asked.name, "total_count") && asked.from_collections && !asked.property.p);
    assert_true(cairn_aggregate_asked_at(f->request, 1, &asked));
    assert_true(asked.is_generic && cairn_span_is(asked.property, "eo:cloud_cover"));
    assert_true(cairn_aggregate_asked_at(f->request, 2, &asked));
    assert_true(!asked.is_generic && cairn_span_is(asked.property, "platform"));
    assert_false(cairn_aggregate_asked_at(f->request, 3, &asked));
    assert_int_equal(cairn_aggregate_check(f->request, &f->error), CAIRN_OK);

    f->request = NULL;
    assert_int_equal(set(f, "aggregations", "[\"datetime_min\"]", true), CAIRN_OK);
    assert_int_equal(set(f, "geometry_geohash_grid_frequency_precision", "12", true), CAIRN_OK);
    assert_int_equal(set(f, "grid_geotile_frequency_precision", "0", false), CAIRN_OK);
    assert_int_equal(set(f, "datetime_frequency_interval", "\"week\"", true), CAIRN_OK);
    bool known = true;
    assert_int_equal(
        cairn_aggregate_set(&f->request, cairn_span_of("bbox"), cairn_span_of("1"), false, f->arena, &known, &f->error),
        CAIRN_OK);
    assert_false(known);
}

static void refuses(void **state)
{
    fixture *f = *state;
    refuse(f, "aggregations", "total_cout", false, "did you mean 'total_count'");
    refuse(f, "aggregations", "geometry_frequency", false, "no aggregation is called 'geometry_frequency'");
    refuse(f, "aggregations", "_frequency", false, "no aggregation is called");
    refuse(f, "aggregations", "{}", true, "an array of strings");
    refuse(f, "aggregations", "[1]", true, "an array of strings");
    refuse(f, "datetime_frequency_interval", "decade", false, "year, quarter, month");
    refuse(f, "datetime_frequency_interval", "1", true, "a string");
    refuse(f, "centroid_geohash_grid_frequency_precision", "0", false, "from 1 to 12");
    refuse(f, "centroid_geohash_grid_frequency_precision", "13", false, "from 1 to 12");
    refuse(f, "centroid_geotile_grid_frequency_precision", "30", false, "from 0 to 29");
    refuse(f, "centroid_geotile_grid_frequency_precision", "-1", false, "a whole number");
    refuse(f, "centroid_geotile_grid_frequency_precision", "1.5", true, "from 0 to 29");
    refuse(f, "centroid_geotile_grid_frequency_precision", "\"3\"", true, "a whole number");

    begin(f, "total_count");
    assert_int_equal(set(f, "aggregations", "total_count", false), CAIRN_INVALID);
    assert_non_null(strstr(f->error.message, "twice"));
    cairn_error_clear(&f->error);
    f->request = NULL;
    assert_int_equal(set(f, "aggregations", "", false), CAIRN_OK);
    assert_int_equal(cairn_aggregate_check(f->request, &f->error), CAIRN_INVALID);
    assert_int_equal(cairn_aggregate_check(NULL, NULL), CAIRN_INVALID);
}

/* ---- single values, times ---- */

static void nothing(void **state)
{
    fixture *f = *state;
    begin(f, "total_count,datetime_min,datetime_frequency,cloud_cover_frequency");
    expect(f, NULL, 0,
           "{\"name\":\"total_count\",\"data_type\":\"integer\",\"value\":0},"
           "{\"name\":\"datetime_min\",\"data_type\":\"datetime\",\"value\":null},"
           "{\"name\":\"datetime_frequency\",\"data_type\":\"frequency_distribution\",\"overflow\":0,\"interval\":"
           "\"month\",\"buckets\":[]},"
           "{\"name\":\"cloud_cover_frequency\",\"data_type\":\"frequency_distribution\",\"overflow\":0,\"buckets\":["
           "{\"key\":\"*-5.0\",\"data_type\":\"numeric\",\"frequency\":0,\"to\":5},"
           "{\"key\":\"5.0-15.0\",\"data_type\":\"numeric\",\"frequency\":0,\"from\":5,\"to\":15},"
           "{\"key\":\"15.0-40.0\",\"data_type\":\"numeric\",\"frequency\":0,\"from\":15,\"to\":40},"
           "{\"key\":\"40.0-*\",\"data_type\":\"numeric\",\"frequency\":0,\"from\":40}]}");
}

static void times(void **state)
{
    fixture *f = *state;
    cairn_aggregate_item items[] = {item_of(f, "{}", 951782399, "null"), /* 2000-02-28T23:59:59Z */
                                    item_of(f, "{}", 951868800, "null"), /* 2000-03-01 */
                                    item_of(f, "{}", 951868801, "null"), /* a second later */
                                    item_of(f, "{}", 0, "null")};
    items[3].time = CAIRN_TIME_MIN;
    items[2].time.nsec = 5000000;
    begin(f, "datetime_frequency,datetime_min,datetime_max");
    expect(f, items, 4,
           "{\"name\":\"datetime_frequency\",\"data_type\":\"frequency_distribution\",\"overflow\":1,\"interval\":"
           "\"month\",\"buckets\":["
           "{\"key\":\"2000-02-01T00:00:00.000Z\",\"data_type\":\"datetime\",\"frequency\":1},"
           "{\"key\":\"2000-03-01T00:00:00.000Z\",\"data_type\":\"datetime\",\"frequency\":2}]},"
           "{\"name\":\"datetime_min\",\"data_type\":\"datetime\",\"value\":\"2000-02-28T23:59:59Z\"},"
           "{\"name\":\"datetime_max\",\"data_type\":\"datetime\",\"value\":\"2000-03-01T00:00:01.005Z\"}");
}

static void calendar(void **state)
{
    (void)state;
    static const struct {
        cairn_calendar calendar;
        int64_t sec, start;
    } CASES[] = {
        {CAIRN_CALENDAR_YEAR, 951868800, 946684800},
        {CAIRN_CALENDAR_QUARTER, 951868800, 946684800},
        {CAIRN_CALENDAR_MONTH, 951868799, 949363200},
        {CAIRN_CALENDAR_WEEK, 951868800, 951696000},
        {CAIRN_CALENDAR_WEEK, 951696000, 951696000},
        {CAIRN_CALENDAR_WEEK, 951695999, 951091200},
        {CAIRN_CALENDAR_DAY, -1, -86400},
        {CAIRN_CALENDAR_HOUR, -1, -3600},
        {CAIRN_CALENDAR_WEEK, -62167219100, -62167219200},
        {CAIRN_CALENDAR_MINUTE, 59, 0},
        {CAIRN_CALENDAR_SECOND, -7, -7},
        {CAIRN_CALENDAR_YEAR, -62167219200, -62167219200},
        {CAIRN_CALENDAR_MONTH, 253402300799, 253399622400},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(cairn_calendar_start(CASES[i].calendar, CASES[i].sec), CASES[i].start);
}

/* ---- properties ---- */

static void terms(void **state)
{
    fixture *f = *state;
    const cairn_aggregate_item items[] = {
        item_of(f, "{\"platform\":\"b\"}", 0, "null"), item_of(f, "{\"platform\":\"a\"}", 0, "null"),
        item_of(f, "{\"platform\":\"b\"}", 0, "null"), item_of(f, "{\"platform\":null}", 0, "null"),
        item_of(f, "{\"platform\":{}}", 0, "null"),    item_of(f, "{\"platform\":2.50}", 0, "null"),
        item_of(f, "{\"platform\":2.5}", 0, "null"),
    };
    begin(f, "platform_frequency");
    expect(f, items, 7,
           "{\"name\":\"platform_frequency\",\"data_type\":\"frequency_distribution\",\"overflow\":2,\"buckets\":["
           "{\"key\":\"b\",\"data_type\":\"string\",\"frequency\":2},"
           "{\"key\":\"2.5\",\"data_type\":\"numeric\",\"frequency\":2},"
           "{\"key\":\"a\",\"data_type\":\"string\",\"frequency\":1}]}");
}

/* Members of arrays count once an item; a field of another generation is found. */
static void arrays_and_generations(void **state)
{
    fixture *f = *state;
    const cairn_aggregate_item items[] = {
        item_of(f, "{\"instruments\":[\"x\",\"y\",\"x\"],\"proj:epsg\":32633}", 0, "null"),
        item_of(f, "{\"instruments\":[],\"proj:code\":\"EPSG:32633\"}", 0, "null"),
        item_of(f, "{\"instruments\":[\"x\"]}", 0, "null"),
    };
    begin(f, "instruments_frequency,proj:code_frequency");
    expect(f, items, 3,
           "{\"name\":\"instruments_frequency\",\"data_type\":\"frequency_distribution\",\"overflow\":1,\"buckets\":["
           "{\"key\":\"x\",\"data_type\":\"string\",\"frequency\":2},"
           "{\"key\":\"y\",\"data_type\":\"string\",\"frequency\":1}]},"
           "{\"name\":\"proj:code_frequency\",\"data_type\":\"frequency_distribution\",\"overflow\":1,\"buckets\":["
           "{\"key\":\"EPSG:32633\",\"data_type\":\"string\",\"frequency\":2}]}");
}

static void numbers(void **state)
{
    fixture *f = *state;
    const cairn_aggregate_item items[] = {
        item_of(f, "{\"eo:cloud_cover\":4.9999,\"view:sun_elevation\":-0.1}", 0, "null"),
        item_of(f, "{\"eo:cloud_cover\":5,\"view:sun_elevation\":5}", 0, "null"),
        item_of(f, "{\"eo:cloud_cover\":40,\"view:sun_elevation\":9.99}", 0, "null"),
        item_of(f, "{\"eo:cloud_cover\":\"40\",\"view:sun_elevation\":1e300}", 0, "null"),
    };
    begin(f, "cloud_cover_frequency,sun_elevation_frequency");
    expect(f, items, 4,
           "{\"name\":\"cloud_cover_frequency\",\"data_type\":\"frequency_distribution\",\"overflow\":1,\"buckets\":["
           "{\"key\":\"*-5.0\",\"data_type\":\"numeric\",\"frequency\":1,\"to\":5},"
           "{\"key\":\"5.0-15.0\",\"data_type\":\"numeric\",\"frequency\":1,\"from\":5,\"to\":15},"
           "{\"key\":\"15.0-40.0\",\"data_type\":\"numeric\",\"frequency\":0,\"from\":15,\"to\":40},"
           "{\"key\":\"40.0-*\",\"data_type\":\"numeric\",\"frequency\":1,\"from\":40}]},"
           "{\"name\":\"sun_elevation_frequency\",\"data_type\":\"frequency_distribution\",\"overflow\":1,\"buckets\":["
           "{\"key\":\"-5.0-0.0\",\"data_type\":\"numeric\",\"frequency\":1,\"from\":-5,\"to\":0},"
           "{\"key\":\"5.0-10.0\",\"data_type\":\"numeric\",\"frequency\":2,\"from\":5,\"to\":10}]}");
}

/* ---- grids ---- */

static void keys_of_grids(void **state)
{
    (void)state;
    static const struct {
        cairn_grid grid;
        int precision;
        double lon, lat;
        const char *key;
    } CASES[] = {
        {CAIRN_GRID_GEOHASH, 11, 10.40744, 57.64911, "u4pruydqqvj"}, /* the usual example */
        {CAIRN_GRID_GEOHASH, 1, -180, -90, "0"},
        {CAIRN_GRID_GEOHASH, 12, 180, 90, "zzzzzzzzzzzz"},
        {CAIRN_GRID_GEOHASH, 5, 0, 0, "s0000"},
        {CAIRN_GRID_GEOTILE, 0, 100, 80, "0/0/0"},
        {CAIRN_GRID_GEOTILE, 1, 0, 0, "1/1/1"},
        {CAIRN_GRID_GEOTILE, 12, 8.9, 51.1, "12/2149/1369"},
        {CAIRN_GRID_GEOTILE, 3, 180, -90, "3/7/7"},
        {CAIRN_GRID_GEOTILE, 3, -180, 90, "3/0/0"},
        {CAIRN_GRID_GEOTILE, 29, 180, 89, "29/536870911/0"},
    };
    char key[CAIRN_GRID_KEY_MAX];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        cairn_cell cell = cairn_grid_cell(CASES[i].grid, CASES[i].precision, CASES[i].lon, CASES[i].lat);
        size_t n = cairn_grid_key(CASES[i].grid, CASES[i].precision, cell, key);
        assert_int_equal(n, strlen(CASES[i].key));
        assert_string_equal(key, CASES[i].key);
    }
}

/* The sides of a cell lie in the cells that own them. */
static void borders_belong_to_one_cell(void **state)
{
    (void)state;
    for (int precision = 1; precision <= 12; precision++)
        for (uint32_t y = 1; y < 30; y++) {
            cairn_cell cell = {5, y};
            cairn_box box = cairn_grid_box(CAIRN_GRID_GEOTILE, precision + 4, cell);
            cairn_cell north = cairn_grid_cell(CAIRN_GRID_GEOTILE, precision + 4, box.west, box.north);
            cairn_cell south = cairn_grid_cell(CAIRN_GRID_GEOTILE, precision + 4, box.west, box.south);
            assert_int_equal(north.x, 5);
            assert_int_equal(north.y, y);
            assert_int_equal(south.y, y + 1);
        }
}

static void frequencies(fixture *f, const char *aggregation, const char *precision, const char *geometry,
                        const char *expected)
{
    char parameter[96], all[512] = "";
    cairn_aggregate_item item = item_of(f, "{}", 0, geometry);
    begin(f, aggregation);
    snprintf(parameter, sizeof parameter, "%s_precision", aggregation);
    assert_int_equal(set(f, parameter, precision, false), CAIRN_OK);
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    cairn_aggregation *running = cairn_aggregation_new(f->request);
    assert_int_equal(add_all(f, running, &item, 1), CAIRN_OK);
    assert_int_equal(cairn_aggregation_write(running, &out, &f->error), CAIRN_OK);
    cairn_json_walk walk = cairn_json_walk_array(cairn_json_get(cairn_buf_span(&out), "buckets"));
    for (cairn_span bucket; cairn_json_next_element(&walk, &bucket);) {
        cairn_span key = cairn_json_string(cairn_json_get(bucket, "key"), f->arena);
        strncat(all, key.p, key.n);
        strcat(all, " ");
    }
    assert_string_equal(all, expected);
    cairn_buf_free(&out);
    cairn_aggregation_free(running);
}

static void cells_of_footprints(void **state)
{
    fixture *f = *state;
    static const char TILE[] = "geometry_geotile_grid_frequency", HASH[] = "geometry_geohash_grid_frequency";
    /* One whole cell of geohash 1, and no neighbour of it. */
    frequencies(f, HASH, "1", "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[45,0],[45,45],[0,45],[0,0]]]}", "s ");
    frequencies(f, TILE, "1", POINT, "1/1/1 ");
    frequencies(f, TILE, "1", "{\"type\":\"LineString\",\"coordinates\":[[-1,10],[1,10]]}", "1/0/0 1/1/0 ");
    /* A triangle whose box has a cell that it does not meet. */
    frequencies(f, TILE, "1", "{\"type\":\"Polygon\",\"coordinates\":[[[-90,60],[-90,-60],[90,60],[-90,60]]]}",
                "1/0/0 1/0/1 1/1/0 ");
    /* Over the antimeridian: each cell once, also where both parts lie in one. */
    static const char CROSSING[] =
        "{\"type\":\"Polygon\",\"coordinates\":[[[170,10],[-170,10],[-170,20],[170,20],[170,10]]]}";
    frequencies(f, TILE, "0", CROSSING, "0/0/0 ");
    frequencies(f, TILE, "1", CROSSING, "1/0/0 1/1/0 ");
    frequencies(f, HASH, "1", CROSSING, "8 x ");
    frequencies(f, "centroid_geotile_grid_frequency", "2", CROSSING, "2/3/1 ");
    frequencies(f, TILE, "2", "{\"type\":\"Point\",\"coordinates\":[10,89]}", "2/2/0 ");
    frequencies(f, TILE, "2", "null", "");
}

static void too_many_cells(void **state)
{
    fixture *f = *state;
    cairn_aggregate_item item =
        item_of(f, "{}", 0, "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[45,0],[45,45],[0,45],[0,0]]]}");
    begin(f, "geometry_geohash_grid_frequency");
    assert_int_equal(set(f, "geometry_geohash_grid_frequency_precision", "12", false), CAIRN_OK);
    cairn_aggregation *all = cairn_aggregation_new(f->request);
    assert_int_equal(add_all(f, all, &item, 1), CAIRN_INVALID);
    assert_string_equal(f->error.parameter, "geometry_geohash_grid_frequency_precision");
    cairn_aggregation_free(all);
}

/* ---- bounds ---- */

static cairn_code write_many(fixture *f, int n, cairn_buf *out)
{
    char properties[64];
    cairn_aggregation *all = cairn_aggregation_new(f->request);
    for (int i = 0; i < n; i++) {
        snprintf(properties, sizeof properties, "{\"platform\":\"p%05d\"}", i);
        cairn_aggregate_item item = {
            .collection = cairn_span_of("c"), .properties = cairn_span_of(properties), .time = {i, 0}};
        assert_int_equal(add_all(f, all, &item, 1), CAIRN_OK);
        if (i == n - 1) /* once more: the most frequent */
            assert_int_equal(add_all(f, all, &item, 1), CAIRN_OK);
    }
    cairn_code code = cairn_aggregation_write(all, out, &f->error);
    cairn_aggregation_free(all);
    return code;
}

static void buckets_overflow(void **state)
{
    fixture *f = *state;
    cairn_buf out = CAIRN_BUF_INIT(4 << 20);
    long long overflow;
    begin(f, "platform_frequency");
    assert_int_equal(write_many(f, CAIRN_AGGREGATE_BUCKETS_MAX + 3, &out), CAIRN_OK);
    cairn_span answer = cairn_buf_span(&out), buckets = cairn_json_get(answer, "buckets"), first;
    assert_int_equal(cairn_json_count(buckets), CAIRN_AGGREGATE_BUCKETS_MAX);
    assert_true(cairn_json_integer(cairn_json_get(answer, "overflow"), &overflow));
    assert_int_equal(overflow, 3);
    cairn_json_walk walk = cairn_json_walk_array(buckets);
    assert_true(cairn_json_next_element(&walk, &first));
    assert_true(cairn_json_string_is(cairn_json_get(first, "key"), "p10002"));
    cairn_buf_free(&out);
}

/* The keys of all aggregations together are bounded. */
static void keys_are_bounded(void **state)
{
    fixture *f = *state;
    cairn_code code = CAIRN_OK;
    int i = 0;
    begin(f, "datetime_frequency,total_count");
    assert_int_equal(set(f, "datetime_frequency_interval", "second", false), CAIRN_OK);
    cairn_aggregation *all = cairn_aggregation_new(f->request);
    for (; code == CAIRN_OK; i++) {
        const cairn_aggregate_item item = {.properties = cairn_span_of("{}"), .time = {i, 0}};
        code = add_all(f, all, &item, 1);
    }
    assert_int_equal(code, CAIRN_INVALID);
    assert_int_equal(i, CAIRN_AGGREGATE_KEYS_MAX + 1);
    cairn_aggregation_free(all);
}

static void long_values_are_no_terms(void **state)
{
    fixture *f = *state;
    char properties[400];
    begin(f, "platform_frequency");
    for (int n = CAIRN_AGGREGATE_TERM_BYTES; n <= CAIRN_AGGREGATE_TERM_BYTES + 1; n++) {
        snprintf(properties, sizeof properties, "{\"platform\":\"%0*d\"}", n, 0);
        const cairn_aggregate_item item = {.properties = cairn_span_of(properties)};
        cairn_aggregation *all = cairn_aggregation_new(f->request);
        assert_int_equal(add_all(f, all, &item, 1), CAIRN_OK);
        assert_int_equal(all->at[0].without, n > CAIRN_AGGREGATE_TERM_BYTES);
        cairn_aggregation_free(all);
    }
}

static void times_do_not_overflow(void **state)
{
    fixture *f = *state;
    cairn_buf out = CAIRN_BUF_INIT(4 << 20);
    begin(f, "datetime_frequency");
    assert_int_equal(set(f, "datetime_frequency_interval", "second", false), CAIRN_OK);
    assert_int_equal(write_many(f, CAIRN_AGGREGATE_BUCKETS_MAX + 1, &out), CAIRN_INVALID);
    assert_non_null(strstr(f->error.message, "a longer interval"));
    cairn_buf_free(&out);
}

static void many_at_once(void **state)
{
    fixture *f = *state;
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    begin(f, "total_count,collection_frequency");
    cairn_aggregation *all = cairn_aggregation_new(f->request);
    assert_int_equal(cairn_aggregation_add_many(all, cairn_span_of("a"), 2, &f->error), CAIRN_OK);
    assert_int_equal(cairn_aggregation_add_many(all, cairn_span_of("none"), 0, &f->error), CAIRN_OK);
    assert_int_equal(cairn_aggregation_add_many(all, cairn_span_of("b"), 2, &f->error), CAIRN_OK);
    assert_int_equal(cairn_aggregation_write(all, &out, &f->error), CAIRN_OK);
    cairn_buf_add_byte(&out, '\0');
    assert_string_equal(out.p, "{\"name\":\"total_count\",\"data_type\":\"integer\",\"value\":4},"
                               "{\"name\":\"collection_frequency\",\"data_type\":\"frequency_distribution\","
                               "\"overflow\":0,\"buckets\":[{\"key\":\"a\",\"data_type\":\"string\",\"frequency\":2},"
                               "{\"key\":\"b\",\"data_type\":\"string\",\"frequency\":2}]}");
    cairn_aggregation_free(all);
    cairn_buf_free(&out);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(reads),
        TEST(refuses),
        TEST(nothing),
        TEST(times),
        TEST(calendar),
        TEST(terms),
        TEST(numbers),
        TEST(arrays_and_generations),
        TEST(keys_of_grids),
        TEST(borders_belong_to_one_cell),
        TEST(too_many_cells),
        TEST(cells_of_footprints),
        TEST(buckets_overflow),
        TEST(times_do_not_overflow),
        TEST(many_at_once),
        TEST(keys_are_bounded),
        TEST(long_values_are_no_terms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
