#include "base/error.h"

#include "base/fixed.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_first_wins(void **state)
{
    (void)state;
    cairn_error e = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_error_set(&e, CAIRN_INVALID, "limit: '%s'", "x"), CAIRN_INVALID);
    assert_int_equal(cairn_error_set(&e, CAIRN_IO, "later"), CAIRN_INVALID);
    assert_string_equal(e.message, "limit: 'x'");
    cairn_error_context(&e, "line %d", 7);
    assert_string_equal(e.message, "line 7: limit: 'x'");
    assert_int_equal(cairn_error_set(NULL, CAIRN_BUSY, "x"), CAIRN_BUSY);
    cairn_error_clear(&e);
    assert_int_equal(e.code, CAIRN_OK);
    assert_int_equal(e.offset, -1);
    assert_string_equal(e.message, "");
}

static void test_nothing_to_add_to(void **state)
{
    (void)state;
    cairn_error e = CAIRN_ERROR_INIT;
    cairn_error_context(&e, "line 7");
    assert_int_equal(cairn_error_at_parameter(&e, "bbox"), CAIRN_OK);
    assert_int_equal(cairn_error_at_pointer(&e, "/a"), CAIRN_OK);
    assert_string_equal(e.message, "");
    assert_string_equal(e.parameter, "");
    assert_string_equal(e.pointer, "");
    cairn_error_context(NULL, "x");
}

static void test_names(void **state)
{
    (void)state;
    cairn_error e = CAIRN_ERROR_INIT;
    cairn_error_set(&e, CAIRN_TOO_LARGE, "x");
    assert_int_equal(cairn_error_at_parameter(&e, "bbox"), CAIRN_TOO_LARGE);
    assert_int_equal(cairn_error_at_parameter(&e, "limit"), CAIRN_TOO_LARGE);
    assert_string_equal(e.parameter, "bbox");
    cairn_error_at_pointer(&e, "/properties/a\nb");
    cairn_error_at_pointer(&e, "/id");
    assert_string_equal(e.pointer, "/properties/a b");
}

static void test_one_line_of_utf8(void **state)
{
    (void)state;
    cairn_error e = CAIRN_ERROR_INIT;
    cairn_error_set(&e, CAIRN_INVALID, "a\nb\x1b[31m\xFF \xC3\xBC \xC2\x85 \xE2\x80\xA8");
    assert_string_equal(e.message, "a b [31m\xEF\xBF\xBD \xC3\xBC \xEF\xBF\xBD \xEF\xBF\xBD");
}

/* Long texts of characters of each length, at each offset: never torn, always ending in dots. */
static void test_cut(void **state)
{
    (void)state;
    static const char *const units[] = {"x", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x9B\xB0", "\xFF"};
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        for (int shift = 0; shift < 5; shift++) {
            char text[4000] = "";
            size_t n = (size_t)shift;
            memset(text, '-', n);
            for (size_t len = strlen(units[u]); n + len < 3000; n += len)
                memcpy(text + n, units[u], len);
            cairn_error e = CAIRN_ERROR_INIT;
            cairn_error_set(&e, CAIRN_INVALID, "%s", text);
            cairn_span message = cairn_span_of(e.message);
            assert_true(message.n < sizeof e.message && message.n >= sizeof e.message - 8);
            assert_null(cairn_utf8_fault(message));
            assert_true(cairn_span_ends(message, "..."));
            cairn_error_context(&e, "%s", text);
            assert_null(cairn_utf8_fault(cairn_span_of(e.message)));
            cairn_error_at_pointer(&e, text);
            assert_null(cairn_utf8_fault(cairn_span_of(e.pointer)));
            assert_true(cairn_span_ends(cairn_span_of(e.pointer), "..."));
        }
    }
}

static void test_exact_fit(void **state)
{
    (void)state;
    char out[8];
    assert_string_equal(cairn_quote(cairn_span_of("1234567"), out, sizeof out), "1234567");
    assert_string_equal(cairn_quote(cairn_span_of("12345678"), out, sizeof out), "1234...");
    assert_string_equal(cairn_quote(CAIRN_SPAN_NONE, out, sizeof out), "");
}

static void test_quote(void **state)
{
    (void)state;
    char out[64];
    assert_string_equal(cairn_quote(cairn_span_make("a\n\t\r\0\x7f\\", 7), out, sizeof out),
                        "a\\n\\t\\r\\x00\\x7f\\\\");
    assert_string_equal(cairn_quote(cairn_span_of("\xC3\xBC\xC3"), out, sizeof out), "\xC3\xBC\xEF\xBF\xBD");
}

static void test_code_names(void **state)
{
    (void)state;
    for (int code = CAIRN_OK; code <= CAIRN_INTERNAL; code++)
        assert_true(strcmp(cairn_code_name((cairn_code)code), "unknown") != 0);
    assert_string_equal(cairn_code_name(CAIRN_NOT_FOUND), "not found");
    assert_string_equal(cairn_code_name((cairn_code)999), "unknown");
}

/* Every code point goes there and back; every surrogate and what is beyond Unicode does not exist. */
static void test_utf8_round_trip(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x110400; code++) {
        char bytes[4];
        size_t n = cairn_utf8_encode(code, bytes);
        bool exists = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
        assert_int_equal(cairn_utf8_length(bytes, bytes + n), n);
        assert_int_equal(cairn_utf8_decode(bytes, n), exists ? code : 0xFFFD);
        if (n > 1)
            assert_int_equal(cairn_utf8_length(bytes, bytes + n - 1), 0);
    }
}

static void test_utf8_faults(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "\x80",         "\xC0\x80",         "\xC1\xBF",         "\xE0\x9F\xBF",     "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
        "\xC3\x28",     "\xE2\x82\x28",     "\xF0\x9F\x9B\x28"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        char text[64] = "plain text before it, \xC3\xBC ";
        size_t at = strlen(text);
        memcpy(text + at, broken[i], strlen(broken[i]));
        assert_ptr_equal(cairn_utf8_fault(cairn_span_of(text)), text + at);
    }
    assert_null(cairn_utf8_fault(CAIRN_SPAN_NONE));
    assert_null(cairn_utf8_fault(cairn_span_of("\xF4\x8F\xBF\xBF \xEE\x80\x80 \xED\x9F\xBF")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_wins),
        cmocka_unit_test(test_nothing_to_add_to),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_one_line_of_utf8),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_exact_fit),
        cmocka_unit_test(test_quote),
        cmocka_unit_test(test_code_names),
        cmocka_unit_test(test_utf8_round_trip),
        cmocka_unit_test(test_utf8_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
