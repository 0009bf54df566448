/* What is JSON and what is not, and what is said about it. */
#include "base/json.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define BYTES(s) CAIRN_SPAN_LIT(s)

/* Checks a copy of exact size on the heap, so that the sanitizer sees any read beyond the end. */
static cairn_code check(cairn_span text, int depth, cairn_json_facts *facts, cairn_error *error)
{
    char *copy = malloc(text.n ? text.n : 1);
    assert_non_null(copy);
    memcpy(copy, text.p, text.n);
    cairn_code code = cairn_json_check(cairn_span_make(copy, text.n), depth, facts, error);
    free(copy);
    return code;
}

static const cairn_span VALID[] = {
    BYTES("[]"),
    BYTES("{}"),
    BYTES("null"),
    BYTES("true"),
    BYTES("false"),
    BYTES("0"),
    BYTES("-0"),
    BYTES("42"),
    BYTES(" \t\r\n[ ] \n"),
    BYTES("[1,2,3]"),
    BYTES("[ 1 , 2 ]"),
    BYTES("[0e+1]"),
    BYTES("[0e1]"),
    BYTES("[1E22]"),
    BYTES("[1E-2]"),
    BYTES("[1E+2]"),
    BYTES("[123e65]"),
    BYTES("[123.456e78]"),
    BYTES("[-123123.0]"),
    BYTES("[1.0000000000000000000000000000000000000000000000000000000000000000001]"),
    BYTES("[1e9999999999]"),
    BYTES("[-1e-9999999999]"),
    BYTES("[100000000000000000000000000000000000000000000]"),
    BYTES("\"\""),
    BYTES("\" \""),
    BYTES("\"asd\""),
    BYTES("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
    BYTES("[\"\\u0060\\u012a\\u12AB\"]"),
    BYTES("[\"\\uD801\\udc37\"]"),
    BYTES("[\"\\ud83d\\ude39\\ud83d\\udc8d\"]"),
    BYTES("[\"\\uDFAA\"]"),
    BYTES("[\"\\uD800\"]"),
    BYTES("[\"\\uD800\\uD800\\n\"]"),
    BYTES("[\"\\u0000\"]"),
    BYTES("[\"\\\\u0000\"]"),
    BYTES("[\"\\uFFFF\\uFDD0\"]"),
    BYTES("[\"\x7f\"]"),
    BYTES("[\"a/*b*/c/*d//e\"]"),
    BYTES("[\"\xC3\xBC \xE2\x82\xAC \xF4\x8F\xBF\xBF \xEF\xBF\xBF \xF0\x9D\x84\x9E\"]"),
    BYTES("[\"\xE2\x80\xA8\"]"),
    BYTES("[\"new\xC2\xA0line\"]"),
    BYTES("{\"a\":1}"),
    BYTES("{\"\":0}"),
    BYTES("{\"a\":\"b\",\"a\":\"c\"}"),
    BYTES("{\"fo\\u0000bar\":42}"),
    BYTES("{ \"min\" : -1.0e+28 , \"max\" : 1.0e+28 }"),
    BYTES("{\"x\":[{\"id\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}],\"id\":\"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\"}"),
    BYTES("[null,1,true,false,\"x\",[],{}]"),
    BYTES("[[[[[[[[[[\"deep\"]]]]]]]]]]"),
    BYTES("[1\n]"),
    BYTES("[{\"a\":1},[1],{\"b\":[{}]},[{}]]"),
    BYTES("[\"a string that is longer than one step of the scanner, with \\\"quotes\\\" at the end\"]"),
};

static const cairn_span INVALID[] = {
    BYTES(""),
    BYTES(" "),
    BYTES("\n"),
    BYTES("\xEF\xBB\xBF{}"),
    BYTES("["),
    BYTES("]"),
    BYTES("{"),
    BYTES("}"),
    BYTES("[1"),
    BYTES("[1,"),
    BYTES("[1,]"),
    BYTES("[,1]"),
    BYTES("[,]"),
    BYTES("[,"),
    BYTES("[1,,2]"),
    BYTES("[1 2]"),
    BYTES("[1:2]"),
    BYTES("[\"a\":1]"),
    BYTES("[1]]"),
    BYTES("[1]x"),
    BYTES("[1}"),
    BYTES("[{\"a\":1},[1}]"),
    BYTES("[[1],{\"a\":1]]"),
    BYTES("[{\"a\":1},[\"b\":1]]"),
    BYTES("{]"),
    BYTES("[[1]"),
    BYTES("[3[4]]"),
    BYTES("[1,\n1\n,1"),
    BYTES("{\"a\""),
    BYTES("{\"a\":"),
    BYTES("{\"a\":1"),
    BYTES("{\"a\":1,"),
    BYTES("{\"a\":1,}"),
    BYTES("{\"a\":1,,\"b\":2}"),
    BYTES("{\"a\" 1}"),
    BYTES("{\"a\",1}"),
    BYTES("{\"a\":1 \"b\":2}"),
    BYTES("{\"a\":\"b\":\"c\"}"),
    BYTES("{a:1}"),
    BYTES("{'a':1}"),
    BYTES("{1:1}"),
    BYTES("{null:1}"),
    BYTES("{[1]:1}"),
    BYTES("{\"a\":}"),
    BYTES("{:1}"),
    BYTES("{,}"),
    BYTES("{\"a\"}"),
    BYTES("{}}"),
    BYTES("{}#"),
    BYTES("{}/**/"),
    BYTES("[1] [2]"),
    BYTES("1 2"),
    BYTES("nul"),
    BYTES("nulll"),
    BYTES("tru"),
    BYTES("True"),
    BYTES("TRUE"),
    BYTES("fals"),
    BYTES("falsE"),
    BYTES("NaN"),
    BYTES("Infinity"),
    BYTES("-Infinity"),
    BYTES("-"),
    BYTES("--1"),
    BYTES("-NaN"),
    BYTES("+1"),
    BYTES("01"),
    BYTES("-01"),
    BYTES("00"),
    BYTES("1."),
    BYTES(".5"),
    BYTES("-.5"),
    BYTES("1.e1"),
    BYTES("1e"),
    BYTES("1e+"),
    BYTES("1eE2"),
    BYTES("1e1.5"),
    BYTES("1.2.3"),
    BYTES("0x1F"),
    BYTES("1_000"),
    BYTES("1,"),
    BYTES("1f"),
    BYTES("[1+2]"),
    BYTES("\xEF\xBC\x91"),
    BYTES("\""),
    BYTES("\"a"),
    BYTES("\"a\\"),
    BYTES("\"\\\""),
    BYTES("\"\\\\\\\""),
    BYTES("'a'"),
    BYTES("\"a\" x"),
    BYTES("\"\\x00\""),
    BYTES("\"\\a\""),
    BYTES("\"\\'\""),
    BYTES("\"\\ \""),
    BYTES("\"\\\0\""),
    BYTES("\"\\U0041\""),
    BYTES("\"\\u\""),
    BYTES("\"\\u1\""),
    BYTES("\"\\u12\""),
    BYTES("\"\\u123\""),
    BYTES("\"\\u123g\""),
    BYTES("\"\\u 123\""),
    BYTES("\"\\u-123\""),
    BYTES("\"\\u12"),
    BYTES("\"\\uD800\\u\""),
    BYTES("\"\\\xC3\xBC\""),
    BYTES("\"a\nb\""),
    BYTES("\"a\tb\""),
    BYTES("\"a\0b\""),
    BYTES("\"a\x1f\""),
    BYTES("\"\x80\""),
    BYTES("\"\xFF\""),
    BYTES("\"\xC0\x80\""),
    BYTES("\"\xC3\""),
    BYTES("\"\xE2\x82\""),
    BYTES("\"\xED\xA0\x80\""),
    BYTES("\"\xF4\x90\x80\x80\""),
    BYTES("\"0123456789abcdef\xFFghi\""),
    BYTES("[\0]"),
    BYTES("{}\0"),
    BYTES("[1\f]"),
    BYTES("[1\v]"),
    BYTES("[\xC2\xA0]"),
    BYTES("[\xE2\x81\xA0]"),
    BYTES("<.>"),
    BYTES("[<null>]"),
    BYTES("[*]"),
    BYTES("[\\n]"),
    BYTES("[\"x\"\\]"),
    BYTES("{\"\xFF\":1}"),
    BYTES("// c\n1"),
};

static void test_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VALID / sizeof VALID[0]; i++) {
        cairn_error e = CAIRN_ERROR_INIT;
        check(VALID[i], CAIRN_JSON_MAX_DEPTH, NULL, &e);
        assert_string_equal(e.message, "");
    }
}

static void test_invalid(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof INVALID / sizeof INVALID[0]; i++) {
        cairn_error e = CAIRN_ERROR_INIT;
        if (check(INVALID[i], CAIRN_JSON_MAX_DEPTH, NULL, &e) != CAIRN_INVALID)
            fail_msg("taken: %.*s", CAIRN_SPAN_FMT(INVALID[i]));
        assert_true(cairn_span_starts(cairn_span_of(e.message), "JSON: expected "));
        assert_null(cairn_utf8_fault(cairn_span_of(e.message)));
        assert_in_range(e.offset, 0, INVALID[i].n);
        assert_int_equal(check(INVALID[i], CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_INVALID);
    }
}

/* No value but a number (or nothing but white space cut) is still one when its end is missing. */
static void test_every_prefix(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VALID / sizeof VALID[0]; i++) {
        cairn_span whole = cairn_span_trim(VALID[i]);
        if (!strchr("[{\"tfn", *whole.p))
            continue;
        for (size_t n = 0; n < whole.n; n++)
            assert_int_equal(check(cairn_span_make(whole.p, n), CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_INVALID);
    }
}

/* A fault at each place around the scanner's steps is found where it is. */
static void test_faults_at_every_offset(void **state)
{
    (void)state;
    static const char bad[] = {'\n', '\0', '\x1f', '\xFF', '\x80'};
    char text[102];
    for (size_t n = 3; n <= 100; n++) {
        for (size_t at = 1; at < n - 1; at++) {
            memset(text, 'x', n);
            text[0] = text[n - 1] = '"';
            text[at] = bad[(n + at) % sizeof bad];
            cairn_error e = CAIRN_ERROR_INIT;
            assert_int_equal(check(cairn_span_make(text, n), 1, NULL, &e), CAIRN_INVALID);
            assert_int_equal(e.offset, at);
        }
    }
}

static void assert_message(const char *text, long long offset, int line, const char *want)
{
    cairn_error e = CAIRN_ERROR_INIT;
    check(cairn_span_of(text), CAIRN_JSON_MAX_DEPTH, NULL, &e);
    assert_string_equal(e.message, want);
    assert_int_equal(e.offset, offset);
    assert_int_equal(e.line, line);
}

static void test_messages(void **state)
{
    (void)state;
    assert_message("{\"a\":1\n\"b\":2}", 7, 2, "JSON: expected ',' or '}' at line 2 column 1, found '\"'");
    assert_message("[1 2]", 3, 1, "JSON: expected ',' or ']' at line 1 column 4, found '2'");
    assert_message("[1,", 3, 1, "JSON: expected a value at line 1 column 4, found the end of the text");
    assert_message("{\"a\" 1}", 5, 1, "JSON: expected ':' at line 1 column 6, found '1'");
    assert_message("{}\n\nx", 4, 3, "JSON: expected the end of the text at line 3 column 1, found 'x'");
    assert_message("\"\xC3\"", 1, 1, "JSON: expected UTF-8 in a string at line 1 column 2, found byte 0xC3");
    assert_message("\xEF\xBB\xBF{}", 0, 1, "JSON: expected a value at line 1 column 1, found '\xEF\xBB\xBF'");
    assert_message("01", 1, 1, "JSON: expected the end of the text at line 1 column 2, found '1'");
    assert_message("\"a\nb\"", 2, 1,
                   "JSON: expected control characters in a string as escapes (\\n, \\u0000) at line 1 column 3, found "
                   "'\\n'");
}

static void test_first_error_is_kept(void **state)
{
    (void)state;
    cairn_error e = CAIRN_ERROR_INIT;
    cairn_error_set(&e, CAIRN_IO, "before");
    assert_int_equal(check(cairn_span_of("["), 1, NULL, &e), CAIRN_IO);
    assert_string_equal(e.message, "before");
    assert_int_equal(e.line, 0);
}

static cairn_code check_nested(int levels, int max_depth, cairn_error *e)
{
    cairn_buf text = CAIRN_BUF_INIT(1 << 20);
    for (int i = 0; i < levels; i++)
        cairn_buf_add_text(&text, i % 3 ? "[" : "{\"a\":");
    cairn_buf_add_byte(&text, '1');
    for (int i = levels - 1; i >= 0; i--)
        cairn_buf_add_byte(&text, i % 3 ? ']' : '}');
    cairn_code code = check(cairn_buf_span(&text), max_depth, NULL, e);
    cairn_buf_free(&text);
    return code;
}

static void test_depth(void **state)
{
    (void)state;
    static const int depths[] = {1, 2, 63, 64, 65, 128, 500, 1024};
    for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++) {
        cairn_error e = CAIRN_ERROR_INIT;
        assert_int_equal(check_nested(depths[i], depths[i], NULL), CAIRN_OK);
        assert_int_equal(check_nested(depths[i] + 1, depths[i], &e), CAIRN_INVALID);
        assert_non_null(strstr(e.message, "nested deeper than"));
    }
    assert_int_equal(check_nested(0, 0, NULL), CAIRN_OK);
    assert_int_equal(check_nested(1, 0, NULL), CAIRN_INVALID);
    assert_int_equal(check_nested(100000, 1000000, NULL), CAIRN_INVALID);
}

static void test_facts(void **state)
{
    (void)state;
    cairn_json_facts facts;
    assert_int_equal(check(cairn_span_of("{\"a b\":[1,\" \"]}"), 9, &facts, NULL), CAIRN_OK);
    assert_false(facts.has_space);
    assert_int_equal(facts.end, 15);
    static const char *const spaced[] = {" 1",  "1 ",  "[ 1]",       "[1 ]",       "[1, 2]",
                                         "[ ]", "{ }", "{\"a\" :1}", "{\"a\":\n1}"};
    for (size_t i = 0; i < sizeof spaced / sizeof spaced[0]; i++) {
        assert_int_equal(check(cairn_span_of(spaced[i]), 9, &facts, NULL), CAIRN_OK);
        assert_true(facts.has_space);
        assert_int_equal(facts.end, strlen(spaced[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),        cmocka_unit_test(test_invalid),
        cmocka_unit_test(test_every_prefix), cmocka_unit_test(test_faults_at_every_offset),
        cmocka_unit_test(test_messages),     cmocka_unit_test(test_first_error_is_kept),
        cmocka_unit_test(test_depth),        cmocka_unit_test(test_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
