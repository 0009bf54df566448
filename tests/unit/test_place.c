// LINK: api
/* Places of a calendar: names, periods, what is above and below. */
#include "api/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

enum { MAX_SEGMENTS = 8 };

static size_t split(const char *path, cairn_span *segments)
{
    size_t n = 0;
    for (;;) {
        size_t length = strcspn(path, "/");
        segments[n++] = cairn_span_make(path, length);
        if (!path[length] || n == MAX_SEGMENTS)
            return n;
        path += length + 1;
    }
}

static bool parse(const char *path, cairn_place *out)
{
    cairn_span segments[MAX_SEGMENTS];
    size_t n = split(path, segments);
    return cairn_place_parse(segments, n, out);
}

static void assert_path(const cairn_place *place, const char *expected)
{
    char path[CAIRN_PLACE_TEXT];
    cairn_place_path(place, path);
    assert_string_equal(path, expected);
}

static void test_names_are_read_as_they_are_written(void **state)
{
    static const char *const paths[] = {"2020",
                                        "0000",
                                        "9999",
                                        "19xx",
                                        "00xx",
                                        "2020/03",
                                        "2020/12/31",
                                        "2020/02/29",
                                        "2020/03/05/2",
                                        "2020/03/05/1-1000",
                                        "2020/03/05/1001-2000",
                                        "undated",
                                        "undated/7",
                                        "undated/1-1000000",
                                        "2020/03/05/999999999999999"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        cairn_place place;
        if (!parse(paths[i], &place))
            fail_msg("%s is not read", paths[i]);
        assert_path(&place, paths[i]);
    }
}

static void test_other_names_are_refused(void **state)
{
    static const char *const paths[] = {"",
                                        "20",
                                        "02020",
                                        "20200",
                                        "2o20",
                                        "-020",
                                        "xxxx",
                                        "20XX",
                                        "2020/3",
                                        "2020/00",
                                        "2020/13",
                                        "2020/1x",
                                        "19xx/1950",
                                        "2020/02/30",
                                        "2021/02/29",
                                        "2020/03/00",
                                        "1900/02/29",
                                        "2020/03/05/",
                                        "2020/03/05/0",
                                        "2020/03/05/01",
                                        "2020/03/05/1-999",
                                        "2020/03/05/2-1001",
                                        "2020/03/05/1-1",
                                        "2020/03/05/1000-1",
                                        "2020/03/05/1-",
                                        "2020/03/05/-1",
                                        "2020/03/05/1/1",
                                        "2020/03/05/9999999999999999",
                                        "undated/",
                                        "undated/0",
                                        "undated/1/2",
                                        "undate",
                                        "2020/03/05/1-1000-1"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        cairn_place place;
        if (parse(paths[i], &place))
            fail_msg("\"%s\" is read", paths[i]);
    }
    cairn_place place;
    assert_false(cairn_place_parse(NULL, 0, &place));
}

/* Seconds of a date by the C library. */
static int64_t seconds(int year, int month, int day)
{
    struct tm date = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    return timegm(&date);
}

static void assert_period(const char *path, int64_t start, int64_t end)
{
    cairn_place place;
    assert_true(parse(path, &place));
    cairn_interval period = cairn_place_period(&place);
    assert_int_equal(period.start.sec, start);
    assert_int_equal(period.start.nsec, 0);
    assert_int_equal(period.end.sec, end - 1);
    assert_int_equal(period.end.nsec, 999999999);
}

static void test_periods(void **state)
{
    char path[32];
    (void)state;
    for (int year = 0; year <= 9999; year += 37) {
        snprintf(path, sizeof path, "%04d", year);
        assert_period(path, seconds(year, 1, 1), seconds(year + 1, 1, 1));
        snprintf(path, sizeof path, "%02dxx", year / 100);
        assert_period(path, seconds(year / 100 * 100, 1, 1), seconds(year / 100 * 100 + 100, 1, 1));
        for (int month = 1; month <= 12; month++) {
            snprintf(path, sizeof path, "%04d/%02d", year, month);
            assert_period(path, seconds(year, month, 1), seconds(year, month + 1, 1));
        }
        snprintf(path, sizeof path, "%04d/02/28", year);
        assert_period(path, seconds(year, 2, 28), seconds(year, 2, 29));
    }
    assert_period("9999/12", seconds(9999, 12, 1), seconds(10000, 1, 1));
    assert_period("9999/12/31", seconds(9999, 12, 31), seconds(10000, 1, 1));
    assert_period("2020/02/29/3", seconds(2020, 2, 29), seconds(2020, 3, 1));
}

static void test_what_has_no_time_is_at_its_beginning(void **state)
{
    cairn_place place;
    (void)state;
    assert_true(parse("undated/3", &place));
    cairn_interval period = cairn_place_period(&place);
    assert_int_equal(cairn_time_compare(period.start, CAIRN_TIME_MIN), 0);
    assert_int_equal(cairn_time_compare(period.end, CAIRN_TIME_MIN), 0);
}

static void test_a_time_is_in_the_period_around_it(void **state)
{
    static const cairn_place_kind kinds[] = {CAIRN_PLACE_CENTURY, CAIRN_PLACE_YEAR, CAIRN_PLACE_MONTH, CAIRN_PLACE_DAY};
    (void)state;
    for (int64_t sec = seconds(0, 1, 1); sec < seconds(10000, 1, 1); sec += 86400LL * 997 + 4321)
        for (size_t i = 0; i < 4; i++) {
            cairn_time time = {sec, 500};
            cairn_place place = cairn_place_around(kinds[i], time);
            cairn_interval period = cairn_place_period(&place);
            assert_true(cairn_time_compare(period.start, time) <= 0 && cairn_time_compare(time, period.end) <= 0);
        }
    cairn_place last = cairn_place_around(CAIRN_PLACE_DAY, (cairn_time){seconds(2021, 1, 1) - 1, 999999999});
    assert_path(&last, "2020/12/31");
}

static void assert_parent(const char *path, bool by_century, uint64_t n_parts, const char *expected)
{
    cairn_place place;
    assert_true(parse(path, &place));
    place = cairn_place_parent(&place, by_century, n_parts);
    assert_path(&place, expected);
}

static void test_parents(void **state)
{
    (void)state;
    assert_parent("2020/03/05", false, 0, "2020/03");
    assert_parent("2020/03", false, 0, "2020");
    assert_parent("2020", false, 0, "");
    assert_parent("2020", true, 0, "20xx");
    assert_parent("20xx", true, 0, "");
    assert_parent("undated", false, 0, "");
    assert_parent("undated/4", false, 4, "undated");
    assert_parent("2020/03/05/1000", false, 1000, "2020/03/05");
    assert_parent("2020/03/05/1000", false, 1001, "2020/03/05/1-1000");
    assert_parent("2020/03/05/1001", false, 1001, "2020/03/05/1001-2000");
    assert_parent("2020/03/05/1001-2000", false, 1001, "2020/03/05");
    assert_parent("2020/03/05/1001-2000", false, 1000001, "2020/03/05/1-1000000");
    assert_parent("2020/03/05/1-1000000", false, 1000001, "2020/03/05");
}

static void test_steps(void **state)
{
    (void)state;
    assert_int_equal(cairn_place_step(1), 1);
    assert_int_equal(cairn_place_step(1000), 1);
    assert_int_equal(cairn_place_step(1001), 1000);
    assert_int_equal(cairn_place_step(1000000), 1000);
    assert_int_equal(cairn_place_step(1000001), 1000000);
    assert_true(UINT64_MAX / 1000 / cairn_place_step(UINT64_MAX / 1000) < CAIRN_BROWSE_LINKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_read_as_they_are_written),
        cmocka_unit_test(test_other_names_are_refused),
        cmocka_unit_test(test_periods),
        cmocka_unit_test(test_what_has_no_time_is_at_its_beginning),
        cmocka_unit_test(test_a_time_is_in_the_period_around_it),
        cmocka_unit_test(test_parents),
        cmocka_unit_test(test_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
