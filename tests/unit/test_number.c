#include "base/json.h"
#include "base/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t random_state = 88172645463325252u;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void assert_double(const char *text, double want)
{
    double got = -77;
    assert_true(cairn_json_number(cairn_span_of(text), &got));
    if (memcmp(&got, &want, sizeof got) != 0)
        fail_msg("%s: got %.17g, want %.17g", text, got, want);
}

static void test_doubles(void **state)
{
    (void)state;
    assert_double("0", 0.0);
    assert_double("-0", -0.0);
    assert_double("-0.0e5", -0.0);
    assert_double("0.0000", 0.0);
    assert_double("0e999999999999999999999", 0.0);
    assert_double("1", 1);
    assert_double("-1.5", -1.5);
    assert_double("0.1", 0.1);
    assert_double("1e22", 1e22);
    assert_double("1E23", 1e23);
    assert_double("123.456e-3", 0.123456);
    assert_double("-104.99999999999999", -104.99999999999999);
    assert_double("9007199254740993", 9007199254740992.0);
    assert_double("9007199254740993.0000000000000001", 9007199254740994.0);
    assert_double("1.7976931348623157e308", DBL_MAX);
    assert_double("2.2250738585072014e-308", DBL_MIN);
    assert_double("2.2250738585072011e-308", 2.2250738585072011e-308);
    assert_double("5e-324", 5e-324);
    assert_double("2.4703282292062327e-324", 0.0);
    assert_double("2.4703282292062328e-324", 5e-324);
    assert_double("1e-999999999999999999999", 0.0);
    assert_double("179769313486231580793728971405301e276", DBL_MAX);
}

static void test_not_doubles(void **state)
{
    (void)state;
    double got;
    static const char *const texts[] = {"1e309", "-1e309", "1.7976931348623159e308", "1e999999999999999999999", "\"1\"",
                                        "null",  "{}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(cairn_json_number(cairn_span_of(texts[i]), &got));
    assert_false(cairn_json_number(CAIRN_SPAN_NONE, &got));
}

/* More digits than a double can tell apart still decide the rounding at the middle between two. */
static void test_long_spellings(void **state)
{
    (void)state;
    cairn_buf text = CAIRN_BUF_INIT(1 << 20);
    cairn_buf_add_text(&text, "9007199254740993.");
    for (int i = 0; i < 5000; i++)
        cairn_buf_add_byte(&text, '0');
    double got;
    assert_true(cairn_json_number(cairn_buf_span(&text), &got));
    assert_true(got == 9007199254740992.0);
    cairn_buf_add_byte(&text, '1');
    assert_true(cairn_json_number(cairn_buf_span(&text), &got));
    assert_true(got == 9007199254740994.0);
    cairn_buf_reset(&text);
    cairn_buf_add_text(&text, "0.");
    for (int i = 0; i < 5000; i++)
        cairn_buf_add_byte(&text, '0');
    cairn_buf_add_text(&text, "123e5003");
    assert_true(cairn_json_number(cairn_buf_span(&text), &got));
    assert_true(got == 123);
    cairn_buf_reset(&text);
    cairn_buf_add_byte(&text, '7');
    for (int i = 0; i < 5000; i++)
        cairn_buf_add_byte(&text, '0');
    cairn_buf_add_text(&text, "e-5000");
    assert_true(cairn_json_number(cairn_buf_span(&text), &got));
    assert_true(got == 7);
    cairn_buf_free(&text);
}

static double random_double(void)
{
    uint64_t bits = next_random();
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Against the C library, with random spellings of 1 to 25 digits. */
static void test_like_strtod(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        char text[80];
        int n = snprintf(text, sizeof text, "%s", next_random() % 2 ? "-" : "");
        int digits = (int)(next_random() % 25) + 1;
        int point = (int)(next_random() % (unsigned)digits);
        text[n++] = (char)('1' + next_random() % 9);
        for (int d = 1; d < digits; d++) {
            if (d == point)
                text[n++] = '.';
            text[n++] = (char)('0' + next_random() % 10);
        }
        if (next_random() % 2)
            n += snprintf(text + n, sizeof text - (size_t)n, "e%d", (int)(next_random() % 60) - 30);
        text[n] = '\0';
        assert_double(text, strtod(text, NULL));
    }
}

static void test_print_round_trip(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        double value = i % 2 ? random_double() : (double)(int64_t)(next_random() % 3600000000u) / 1e7 - 180;
        if (!isfinite(value))
            continue;
        char text[CAIRN_NUMBER_PRINT_MAX];
        size_t n = cairn_number_print(value, text);
        assert_int_equal(n, strlen(text));
        assert_int_equal(cairn_json_check(cairn_span_make(text, n), 1, NULL, NULL), CAIRN_OK);
        assert_double(text, value);
    }
}

static void assert_integer(const char *text, long long want)
{
    long long got = -77;
    if (!cairn_json_integer(cairn_span_of(text), &got) || got != want)
        fail_msg("%s: got %lld", text, got);
}

static void test_integers(void **state)
{
    (void)state;
    assert_integer("0", 0);
    assert_integer("-0", 0);
    assert_integer("0.000e-77", 0);
    assert_integer("1", 1);
    assert_integer("1.0", 1);
    assert_integer("1e3", 1000);
    assert_integer("12.50e1", 125);
    assert_integer("1500e-2", 15);
    assert_integer("9223372036854775807", INT64_MAX);
    assert_integer("-9223372036854775808", INT64_MIN);
    assert_integer("9.223372036854775807e18", INT64_MAX);
    assert_integer("9007199254740993", 9007199254740993);
    assert_integer("0.00000000000000000000000000000001e32", 1);
    static const char *const bad[] = {"1.5",
                                      "1e-1",
                                      "0.1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "1e19",
                                      "1e999999999999999999999",
                                      "1e-999999999999999999999",
                                      "99999999999999999999",
                                      "\"1\"",
                                      "true"};
    long long got;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(cairn_json_integer(cairn_span_of(bad[i]), &got));
    assert_false(cairn_json_integer(CAIRN_SPAN_NONE, &got));
}

/* Where a locale with a decimal comma is installed, it changes nothing. */
static void test_locale(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "de_CH.UTF-8", "fr_FR.UTF-8", "C.UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        setlocale(LC_ALL, names[i]);
        char text[CAIRN_NUMBER_PRINT_MAX];
        cairn_number_print(0.1 + 0.2, text);
        assert_string_equal(text, "0.30000000000000004");
        assert_double("0.30000000000000004", 0.1 + 0.2);
    }
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doubles),          cmocka_unit_test(test_not_doubles),
        cmocka_unit_test(test_long_spellings),   cmocka_unit_test(test_like_strtod),
        cmocka_unit_test(test_print_round_trip), cmocka_unit_test(test_integers),
        cmocka_unit_test(test_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
