#include "stac/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct example {
    const char *text;
    int64_t sec;
    int32_t nsec;
} example;

static const example valid[] = {
    {"1970-01-01T00:00:00Z", 0, 0},
    {"2020-01-02T03:04:05Z", 1577934245, 0},
    {"2020-01-02t03:04:05z", 1577934245, 0},
    {"2020-01-02T03:04:05.5Z", 1577934245, 500000000},
    {"2020-01-02T03:04:05.123456789Z", 1577934245, 123456789},
    {"2020-01-02T03:04:05+00:00", 1577934245, 0},
    {"2020-01-02T03:04:05-00:00", 1577934245, 0},
    {"2020-01-02T06:04:05+03:00", 1577934245, 0},
    {"2020-01-01T21:34:05-05:30", 1577934245, 0},
    {"0000-01-01T00:00:00Z", INT64_C(-62167219200), 0},
    {"1500-02-28T00:00:00Z", INT64_C(-14826758400), 0},
    {"2300-01-01T00:00:00.000000001Z", INT64_C(10413792000), 1},
    {"9999-12-31T23:59:59.999999999Z", INT64_C(253402300799), 999999999},
    {"1969-12-31T23:59:59.25Z", -1, 250000000},
    {"2000-02-29T00:00:00Z", 951782400, 0},
    {"2016-12-31T23:59:60Z", 1483228800, 0},
    {"2016-12-31T18:59:60.5-05:00", 1483228800, 500000000},
};

/* Not RFC 3339 date-times; `repair` is what the lenient reader says, NULL: it refuses them too. */
static const struct {
    const char *text;
    const char *repair;
    int64_t sec;
} odd[] = {
    {"2020-01-02", "read as midnight UTC", 1577923200},
    {"2020-01-02 03:04:05Z", "read with T for the space", 1577934245},
    {"2020-01-02T03:04:05", "read as UTC", 1577934245},
    {"2020-01-02 03:04:05", "read with T for the space and as UTC", 1577934245},
    {"2020-01-02T06:04:05+0300", "read with the offset as +hh:mm", 1577934245},
    {"2020-01-02T06:04:05+03", "read with the offset as +hh:mm", 1577934245},
    {"2020-01-02 06:04:05+03", "read with T for the space and the offset as +hh:mm", 1577934245},
    {"2020-01-02T03:04:05.1234567891Z", "cut to nanoseconds", 1577934245},
    {"2020-01-02T03:04:05.1234567891", "read as UTC, cut to nanoseconds", 1577934245},
    {"", NULL, 0},
    {"..", NULL, 0},
    {"2020", NULL, 0},
    {"2020-01", NULL, 0},
    {"2020-13-01T00:00:00Z", NULL, 0},
    {"2020-00-01T00:00:00Z", NULL, 0},
    {"2019-02-29T00:00:00Z", NULL, 0},
    {"1900-02-29", NULL, 0},
    {"2020-04-31", NULL, 0},
    {"2020-01-02T24:00:00Z", NULL, 0},
    {"2020-01-02T03:60:05Z", NULL, 0},
    {"2020-01-02T23:59:61Z", NULL, 0},
    {"2020-01-02T03:04:60Z", NULL, 0},
    {"2020-01-02T03:04:05,5Z", NULL, 0},
    {"2020-01-02T03:04:50.Z", NULL, 0},
    {"2020-01-02T03:04:05+24:00", NULL, 0},
    {"2020-01-02T03:04:05+3:00", NULL, 0},
    {"2020-01-02T03:04:05-05:00Z", NULL, 0},
    {"2020-01-02T03:04:05Z ", NULL, 0},
    {"2020-01-02T03:04Z", NULL, 0},
    {"12020-01-02T03:04:05Z", NULL, 0},
    {"-020-01-02T03:04:05Z", NULL, 0},
    {"2020/01/02T03:04:05Z", NULL, 0},
    {"0000-01-01T00:00:00+01:00", NULL, 0},
    {"9999-12-31T23:59:59-01:00", NULL, 0},
    {"9999-12-31T23:59:60Z", NULL, 0},
};

static void test_strict(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        cairn_time t;
        const char *repair = "unset";
        assert_int_equal(cairn_time_parse(cairn_span_of(valid[i].text), &t, NULL), CAIRN_OK);
        assert_true(t.sec == valid[i].sec && t.nsec == valid[i].nsec);
        assert_int_equal(cairn_time_parse_lenient(cairn_span_of(valid[i].text), &t, &repair, NULL), CAIRN_OK);
        assert_true(t.sec == valid[i].sec && t.nsec == valid[i].nsec);
        assert_null(repair);
    }
}

static void test_odd(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        cairn_time t;
        const char *repair = NULL;
        cairn_error error = CAIRN_ERROR_INIT;
        assert_int_equal(cairn_time_parse(cairn_span_of(odd[i].text), &t, &error), CAIRN_INVALID);
        assert_non_null(strstr(error.message, "expected an RFC 3339 timestamp such as 2020-01-02T03:04:05Z, found \""));
        cairn_code code = cairn_time_parse_lenient(cairn_span_of(odd[i].text), &t, &repair, NULL);
        if (!odd[i].repair) {
            assert_int_equal(code, CAIRN_INVALID);
            continue;
        }
        assert_int_equal(code, CAIRN_OK);
        assert_string_equal(repair, odd[i].repair);
        assert_true(t.sec == odd[i].sec);
    }
}

static void test_message_quotes(void **state)
{
    (void)state;
    cairn_time t;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_time_parse(cairn_span_of("2019-02-29T00:00:00Z"), &t, &error);
    assert_string_equal(error.message, "expected an RFC 3339 timestamp such as 2020-01-02T03:04:05Z, found "
                                       "\"2019-02-29T00:00:00Z\": there is no such day");
}

static void assert_interval(const char *text, const char *start, const char *end)
{
    cairn_interval interval;
    char out[CAIRN_TIME_TEXT_MAX];
    assert_int_equal(cairn_interval_parse(cairn_span_of(text), &interval, NULL), CAIRN_OK);
    cairn_time_format(interval.start, out);
    assert_string_equal(out, start);
    cairn_time_format(interval.end, out);
    assert_string_equal(out, end);
}

static void test_intervals(void **state)
{
    (void)state;
    assert_interval("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z");
    assert_interval("2020-01-01T00:00:00Z/2020-01-02T00:00:00.5Z", "2020-01-01T00:00:00Z", "2020-01-02T00:00:00.500Z");
    assert_interval("../2020-01-01T00:00:00Z", "..", "2020-01-01T00:00:00Z");
    assert_interval("/2020-01-01T00:00:00Z", "..", "2020-01-01T00:00:00Z");
    assert_interval("2020-01-01T00:00:00Z/..", "2020-01-01T00:00:00Z", "..");
    assert_interval("2020-01-01T00:00:00Z/", "2020-01-01T00:00:00Z", "..");
    assert_interval("2020-07-23T00:00:00 03:00", "2020-07-22T21:00:00Z", "2020-07-22T21:00:00Z");
    assert_interval("2020-07-23T00:00:00 03:00/2020-07-23T00:00:00Z", "2020-07-22T21:00:00Z", "2020-07-23T00:00:00Z");
    assert_interval("2020-01-01T00:00:00Z/2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z");
}

static void test_bad_intervals(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "/",
        "..",
        "../..",
        "/..",
        "../",
        "2020-01-01",
        "2020-01-01T00:00:00Z/2020-01-01T00:00:00Z/",
        "2020-01-01T00:00:00Z/2020-01-02",
        "2020-01-01T00:00:00+0100",
        "2020-01-01T00:00:00 0100",
        "2020-01-02T00:00:00Z/2020-01-01T00:00:00Z",
        "2020-01-01 00:00:00Z",
        "../2020-01-01T00:00:00Z/..",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cairn_interval interval;
        cairn_error error = CAIRN_ERROR_INIT;
        assert_int_equal(cairn_interval_parse(cairn_span_of(bad[i]), &interval, &error), CAIRN_INVALID);
        assert_non_null(strstr(error.message, "expected "));
    }
}

static void test_format_every_day(void **state)
{
    (void)state;
    cairn_time t = {INT64_C(-62167219200), 7000}, back;
    char text[CAIRN_TIME_TEXT_MAX];
    for (; t.sec < INT64_C(253402300800); t.sec += 86400 + 3661) {
        size_t n = cairn_time_format(t, text);
        assert_int_equal(n, strlen(text));
        assert_int_equal(cairn_time_parse(cairn_span_make(text, n), &back, NULL), CAIRN_OK);
        assert_int_equal(cairn_time_compare(t, back), 0);
    }
}

static void test_order(void **state)
{
    (void)state;
    cairn_time a = {5, 1}, b = {5, 2}, c = {6, 0};
    assert_true(cairn_time_compare(a, b) < 0 && cairn_time_compare(b, c) < 0 && cairn_time_compare(c, a) > 0);
    assert_true(cairn_time_compare(CAIRN_TIME_MIN, a) < 0 && cairn_time_compare(c, CAIRN_TIME_MAX) < 0);
    assert_true(cairn_interval_meets((cairn_interval){a, b}, (cairn_interval){b, c}));
    assert_false(cairn_interval_meets((cairn_interval){a, a}, (cairn_interval){b, c}));
    assert_true(cairn_interval_meets((cairn_interval){CAIRN_TIME_MIN, a}, (cairn_interval){a, CAIRN_TIME_MAX}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strict),    cmocka_unit_test(test_odd),           cmocka_unit_test(test_message_quotes),
        cmocka_unit_test(test_intervals), cmocka_unit_test(test_bad_intervals), cmocka_unit_test(test_format_every_day),
        cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
