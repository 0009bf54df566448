#include "base/buf.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_limits(void **state)
{
    (void)state;
    cairn_buf buf = CAIRN_BUF_INIT(10);
    assert_int_equal(cairn_buf_span(&buf).n, 0);
    assert_non_null(cairn_buf_span(&buf).p);
    assert_true(cairn_buf_printf(&buf, "%s", "0123456789"));
    assert_false(cairn_buf_add_byte(&buf, 'x'));
    assert_true(buf.failed);
    assert_false(cairn_buf_add_text(&buf, ""));
    assert_null(cairn_buf_reserve(&buf, 0));
    cairn_buf_reset(&buf);
    assert_true(cairn_buf_add_text(&buf, "abc"));
    assert_null(cairn_buf_reserve(&buf, SIZE_MAX));
    cairn_buf_reset(&buf);
    assert_null(cairn_buf_reserve(&buf, SIZE_MAX - 2));
    cairn_buf_free(&buf);
    assert_false(buf.failed);
    assert_true(cairn_buf_add(&buf, NULL, 0));
    cairn_buf_free(&buf);
}

static void test_grows(void **state)
{
    (void)state;
    cairn_buf buf = CAIRN_BUF_INIT(1 << 20);
    for (int i = 0; i < 100000; i++)
        assert_true(cairn_buf_printf(&buf, "%d,", i % 10));
    assert_int_equal(buf.n, 200000);
    assert_memory_equal(buf.p + 199994, "7,8,9,", 6);
    assert_true(buf.cap <= buf.max);
    cairn_buf_free(&buf);
}

static void assert_json_string(const char *text, size_t n, const char *want)
{
    cairn_buf buf = CAIRN_BUF_INIT(1000);
    assert_true(cairn_buf_add_json_string(&buf, cairn_span_make(text, n)));
    assert_true(cairn_buf_add_byte(&buf, '\0'));
    assert_string_equal(buf.p, want);
    cairn_buf_free(&buf);
}

static void test_json_string(void **state)
{
    (void)state;
    assert_json_string("", 0, "\"\"");
    assert_json_string("plain", 5, "\"plain\"");
    assert_json_string("q\" b\\ /", 7, "\"q\\\" b\\\\ /\"");
    assert_json_string("\n\r\t\b\f\x01\x1f\0\x7f", 9, "\"\\n\\r\\t\\b\\f\\u0001\\u001f\\u0000\x7f\"");
    assert_json_string("Z\xC3\xBCrich \xF0\x9F\x9B\xB0", 12, "\"Z\xC3\xBCrich \xF0\x9F\x9B\xB0\"");
    assert_json_string("a\xC3", 2, "\"a\xEF\xBF\xBD\"");
    assert_json_string("\xC0\x80", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    assert_json_string("\xED\xA0\x80z", 4, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\"");
}

static void assert_json_number(double value, const char *want)
{
    cairn_buf buf = CAIRN_BUF_INIT(100);
    assert_true(cairn_buf_add_json_number(&buf, value));
    assert_true(cairn_buf_add_byte(&buf, '\0'));
    assert_string_equal(buf.p, want);
    cairn_buf_free(&buf);
}

static void test_json_number(void **state)
{
    (void)state;
    assert_json_number(0, "0");
    assert_json_number(-0.0, "-0");
    assert_json_number(1, "1");
    assert_json_number(-180, "-180");
    assert_json_number(0.1, "0.1");
    assert_json_number(0.1 + 0.2, "0.30000000000000004");
    assert_json_number(-104.99999999999999, "-104.99999999999999");
    assert_json_number(1e300, "1e+300");
    assert_json_number(5e-324, "5e-324");
    assert_json_number(123456789012345, "123456789012345");
    assert_json_number(NAN, "null");
    assert_json_number(INFINITY, "null");
    assert_json_number(-INFINITY, "null");
}

static void assert_segment(const char *text, const char *want)
{
    cairn_buf buf = CAIRN_BUF_INIT(1000);
    assert_true(cairn_buf_add_url_segment(&buf, cairn_span_of(text)));
    assert_true(cairn_buf_add_byte(&buf, '\0'));
    assert_string_equal(buf.p, want);
    cairn_buf_free(&buf);
}

static void test_url_segment(void **state)
{
    (void)state;
    assert_segment("", "");
    assert_segment("S2A_31TFJ-1.0~x", "S2A_31TFJ-1.0~x");
    assert_segment("a b/c?d#e%41&+", "a%20b%2Fc%3Fd%23e%2541%26%2B");
    assert_segment("\xC3\xBC", "%C3%BC");
    assert_segment(".", "%2E");
    assert_segment("..", "%2E%2E");
    assert_segment("...", "...");
    assert_segment(".a", ".a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),      cmocka_unit_test(test_grows),       cmocka_unit_test(test_json_string),
        cmocka_unit_test(test_json_number), cmocka_unit_test(test_url_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
