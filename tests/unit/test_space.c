// LINK: store_sqlite
/* Places and times as the two trees have them: rounded outwards, in order, folded by collection. */
#include "store/hot.h"
#include "store/sqlite/space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const int64_t hour_of_1950 = -631152000, minute_of_2000 = 946684800;

static void degrees_are_rounded_outwards(void **state)
{
    (void)state;
    static const struct {
        double degrees;
        int32_t down, up;
    } cases[] = {
        {0, 0, 0},
        {-0.0, 0, 0},
        {1, 10000000, 10000000},
        {-1, -10000000, -10000000},
        {180, 1800000000, 1800000000},
        {-180, -1800000000, -1800000000},
        {1e300, 1800000000, 1800000000},
        {-1e300, -1800000000, -1800000000},
        {1e-9, 0, 1},
        {-1e-9, -1, 0},
        {5e-324, 0, 1},
        {-5e-324, -1, 0},
        /* nearest doubles lie below 0.1 + 1e-7 and above 0.3 and 0.7 by less than the product tells */
        {0.1, 1000000, 1000001},
        {0.3, 2999999, 3000000},
        {0.7, 6999999, 7000000},
        {12.3456789, 123456788, 123456789},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(space_degrees_down(cases[i].degrees), cases[i].down);
        assert_int_equal(space_degrees_up(cases[i].degrees), cases[i].up);
    }
}

/* Long doubles (64 bits of mantissa) hold the product of 53 and 24 bits nearly exactly: an oracle but for ties. */
static void degrees_enclose_and_are_monotonic(void **state)
{
    (void)state;
    double before = -180;
    for (int i = 0; i < 2000000; i++) {
        double at = -180 + 360.0 * i / 2000000 + 1e-9 * (i % 7);
        int32_t down = space_degrees_down(at), up = space_degrees_up(at);
        long double exact = (long double)at * 10000000.0L;
        assert_true((long double)down <= exact && exact <= (long double)up);
        assert_true(up - down <= 1);
        if (at >= before) {
            assert_true(down >= space_degrees_down(before));
            assert_true(up >= space_degrees_up(before));
        }
        before = at;
    }
}

static void times_are_steps_from_an_epoch(void **state)
{
    (void)state;
    cairn_time first = {hour_of_1950, 0}, second = {hour_of_1950 + 3600, 0}, between = {hour_of_1950 + 3600, 1};
    assert_int_equal(space_step_down(0, first), INT32_MIN);
    assert_int_equal(space_step_down(0, second), INT32_MIN + 1);
    assert_int_equal(space_step_up(0, second), INT32_MIN + 1);
    assert_int_equal(space_step_down(0, between), INT32_MIN + 1);
    assert_int_equal(space_step_up(0, between), INT32_MIN + 2);
    cairn_time millennium = {minute_of_2000, 0}, behind = {minute_of_2000 + 59, 999999999};
    cairn_time ahead = {minute_of_2000 - 1, 0};
    assert_int_equal(space_step_down(-1, millennium), 0);
    assert_int_equal(space_step_up(-1, millennium), 0);
    assert_int_equal(space_step_down(-1, behind), 0);
    assert_int_equal(space_step_up(-1, behind), 1);
    assert_int_equal(space_step_down(-1, ahead), -1);
    assert_int_equal(space_step_up(-1, ahead), 0);
}

static void times_beyond_a_stretch_are_its_ends(void **state)
{
    (void)state;
    static const sqlite3_int64 slots[] = {-1, 0, 1, 7, 4095, 4096, 1000000};
    static const cairn_time early[] = {{INT64_MIN, 0}, {INT64_MIN + 1, 5}, {-9000000000000, 0}};
    static const cairn_time late[] = {{INT64_MAX, 0}, {INT64_MAX - 1, 999999999}, {9000000000000, 0}};
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        for (size_t k = 0; k < 3; k++) {
            assert_int_equal(space_step_down(slots[i], early[k]), space_least(slots[i]));
            assert_int_equal(space_step_up(slots[i], early[k]), space_least(slots[i]));
            assert_int_equal(space_step_down(slots[i], late[k]), space_greatest(slots[i]));
            assert_int_equal(space_step_up(slots[i], late[k]), space_greatest(slots[i]));
        }
    /* Year 1900 and 2100 lie beyond the stretch of a collection, not beyond that of all. */
    assert_int_equal(space_step_up(3, (cairn_time){-2208988800, 0}), space_least(3));
    assert_int_equal(space_step_down(3, (cairn_time){4102444800, 0}), space_greatest(3));
    assert_int_equal(space_step_down(-1, (cairn_time){4102444800, 0}), (4102444800 - minute_of_2000) / 60);
}

static void each_collection_has_a_stretch(void **state)
{
    (void)state;
    for (int slot = 0; slot < 4096; slot++) {
        assert_int_equal((int64_t)space_greatest(slot) - space_least(slot), (1 << 20) - 1);
        if (slot)
            assert_int_equal((int64_t)space_least(slot), (int64_t)space_greatest(slot - 1) + 1);
        assert_int_equal(space_least(slot), space_least(slot + 4096));
    }
    assert_int_equal(space_least(0), INT32_MIN);
    assert_int_equal(space_greatest(4095), INT32_MAX);
    assert_int_equal(space_least(-1), INT32_MIN);
    assert_int_equal(space_greatest(-1), INT32_MAX);
}

static void steps_are_monotonic(void **state)
{
    (void)state;
    static const sqlite3_int64 slots[] = {-1, 0, 4095};
    for (size_t i = 0; i < 3; i++) {
        cairn_time before = CAIRN_TIME_MIN;
        for (int64_t sec = -70000000000; sec < 260000000000; sec += 777777 * 60 + 13) {
            cairn_time at = {sec, (int32_t)(sec & 1)};
            assert_true(space_step_down(slots[i], at) >= space_step_down(slots[i], before));
            assert_true(space_step_up(slots[i], at) >= space_step_up(slots[i], before));
            assert_true(space_step_up(slots[i], at) >= space_step_down(slots[i], at));
            before = at;
        }
    }
}

static item_row row_at(cairn_box box, cairn_time time, cairn_interval range)
{
    return (item_row){.key = 1, .position = {.time = time}, .range = range, .has_place = true, .box = box};
}

static void a_cell_holds_box_range_and_sort_time(void **state)
{
    (void)state;
    space_cell cells[2];
    cairn_time time = {minute_of_2000 + 30, 0}, start = {minute_of_2000 + 61, 0}, end = {minute_of_2000 + 181, 0};
    item_row row = row_at((cairn_box){1.5, -2, 3, 4}, time, (cairn_interval){start, end});
    assert_int_equal(space_cells_of(&row, -1, cells), 1);
    static const int32_t expected[] = {15000000, 30000000, -20000000, 40000000, 0, 4};
    assert_memory_equal(cells[0].at, expected, sizeof expected);
    row.range = (cairn_interval){{minute_of_2000 - 61, 0}, {minute_of_2000 - 60, 0}};
    space_cells_of(&row, -1, cells);
    assert_int_equal(cells[0].at[SPACE_FIRST], -2);
    assert_int_equal(cells[0].at[SPACE_LAST], 1);
    row.range = (cairn_interval){CAIRN_TIME_MIN, CAIRN_TIME_MAX};
    space_cells_of(&row, 5, cells);
    assert_int_equal(cells[0].at[SPACE_FIRST], space_least(5));
    assert_int_equal(cells[0].at[SPACE_LAST], space_greatest(5));
}

static void a_box_over_the_antimeridian_has_two_cells(void **state)
{
    (void)state;
    space_cell cells[2];
    cairn_time time = {0, 0};
    item_row row = row_at((cairn_box){170, -10, -175, 10}, time, (cairn_interval){time, time});
    assert_int_equal(space_cells_of(&row, 0, cells), 2);
    assert_int_equal(cells[0].at[SPACE_WEST], 1700000000);
    assert_int_equal(cells[0].at[SPACE_EAST], 1800000000);
    assert_int_equal(cells[1].at[SPACE_WEST], -1800000000);
    assert_int_equal(cells[1].at[SPACE_EAST], -1750000000);
    assert_memory_equal(&cells[0].at[SPACE_SOUTH], &cells[1].at[SPACE_SOUTH], 4 * sizeof(int32_t));
}

static cairn_span hot_of(const char *properties, cairn_buf *out)
{
    cairn_buf_reset(out);
    assert_true(cairn_hot_make(cairn_span_of(properties), out));
    return cairn_buf_span(out);
}

static void assert_hot(const char *properties, const char *name, const char *expected)
{
    cairn_buf bytes = CAIRN_BUF_INIT(1 << 16);
    unsigned number = cairn_hot_number(cairn_span_of(name));
    assert_int_not_equal(number, 0);
    cairn_span text = cairn_hot_get(hot_of(properties, &bytes), number);
    if (expected ? !cairn_span_is(text, expected) : text.p != NULL)
        fail_msg("%s of %s is '%.*s'", name, properties, CAIRN_SPAN_FMT(text));
    cairn_buf_free(&bytes);
}

static void hot_numbers_keep_their_text(void **state)
{
    (void)state;
    static const char all[] = "{\"gsd\":1e1,\"x\":[{\"gsd\":5}],\"eo:cloud_cover\":12.50,\"forecast:perturbed\":false}";
    assert_hot(all, "eo:cloud_cover", "12.50");
    assert_hot(all, "gsd", "1e1");
    assert_hot(all, "forecast:perturbed", "false");
    assert_hot(all, "view:off_nadir", NULL);
    assert_hot("{\"eo:cloud_cover\":\"3\"}", "eo:cloud_cover", NULL);
    assert_hot("{\"eo:cloud_cover\":null}", "eo:cloud_cover", NULL);
    assert_hot("{\"eo:cloud_cover\":[1]}", "eo:cloud_cover", NULL);
    assert_hot("{\"eo\\u003acloud_cover\":7}", "eo:cloud_cover", "7");
    assert_hot("{}", "eo:cloud_cover", NULL);
}

static void of_a_name_that_comes_twice_the_last_one_is_hot(void **state)
{
    (void)state;
    assert_hot("{\"gsd\":1,\"gsd\":2}", "gsd", "2");
    assert_hot("{\"gsd\":1,\"gsd\":null}", "gsd", NULL);
    assert_hot("{\"gsd\":\"a\",\"\\u0067sd\":2}", "gsd", "2");
}

static void long_numbers_are_not_hot(void **state)
{
    (void)state;
    char text[400];
    for (int digits = 254; digits <= 257; digits++) {
        int n = snprintf(text, sizeof text, "{\"gsd\":1");
        memset(text + n, '0', (size_t)digits - 1);
        memcpy(text + n + digits - 1, "}", 2);
        cairn_buf bytes = CAIRN_BUF_INIT(1 << 16);
        assert_int_equal(hot_of(text, &bytes).n, digits <= 255 ? digits + 2 : 0);
        cairn_buf_free(&bytes);
    }
}

static void bytes_that_are_no_hot_form_have_nothing(void **state)
{
    (void)state;
    static const char *const broken[] = {"\x02",
                                         "\x02\x03"
                                         "12",
                                         "\x01\x09"
                                         "1\x02\x01"
                                         "5",
                                         "\x02\x01{",
                                         "\x02\x01\"",
                                         "\x01"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_null(cairn_hot_get(cairn_span_of(broken[i]), 2).p);
    assert_null(cairn_hot_get(CAIRN_SPAN_NONE, 1).p);
    assert_null(cairn_hot_get(cairn_span_make("\x01\0\x02\x01"
                                              "5",
                                              5),
                              2)
                    .p);
    assert_int_equal(cairn_hot_number(cairn_span_of("eo:cloud")), 0);
    assert_int_equal(cairn_hot_number(CAIRN_SPAN_NONE), 0);
}

/* They stand in files: see hot.c. */
static void hot_numbers_stay_what_they_are(void **state)
{
    (void)state;
    static const char *const names[] = {"eo:cloud_cover",           "gsd",
                                        "view:off_nadir",           "sat:relative_orbit",
                                        "view:sun_elevation",       "eo:snow_cover",
                                        "s2:snow_ice_percentage",   "s2:nodata_pixel_percentage",
                                        "landsat:cloud_cover_land", "sat:absolute_orbit",
                                        "forecast:perturbed"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(cairn_hot_number(cairn_span_of(names[i])), i + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(degrees_are_rounded_outwards),
        cmocka_unit_test(degrees_enclose_and_are_monotonic),
        cmocka_unit_test(times_are_steps_from_an_epoch),
        cmocka_unit_test(times_beyond_a_stretch_are_its_ends),
        cmocka_unit_test(each_collection_has_a_stretch),
        cmocka_unit_test(steps_are_monotonic),
        cmocka_unit_test(a_cell_holds_box_range_and_sort_time),
        cmocka_unit_test(a_box_over_the_antimeridian_has_two_cells),
        cmocka_unit_test(hot_numbers_keep_their_text),
        cmocka_unit_test(of_a_name_that_comes_twice_the_last_one_is_hot),
        cmocka_unit_test(long_numbers_are_not_hot),
        cmocka_unit_test(bytes_that_are_no_hot_form_have_nothing),
        cmocka_unit_test(hot_numbers_stay_what_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
