// LINK: query
/* tests/oracles/test_text.py compares many more queries with FTS5 and Python. */
#include "query/text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static cairn_arena *arena;

static int start(void **state)
{
    (void)state;
    arena = cairn_arena_new(1 << 20);
    return arena ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    cairn_arena_free(arena);
    return 0;
}

static const cairn_text_query *read(const char *q)
{
    const cairn_text_query *query = NULL;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_code code = q[0] == '[' ? cairn_text_from_json(cairn_span_of(q), NULL, arena, &query, &error)
                                  : cairn_text_from_string(cairn_span_of(q), NULL, arena, &query, &error);
    if (code != CAIRN_OK)
        fail_msg("%s: %s", q, error.message);
    return query;
}

static bool hits(const char *q, const char *words)
{
    return cairn_text_matches(read(q), cairn_span_of(words));
}

static void expect_fts5(const char *q, bool all_but, const char *expression)
{
    cairn_buf out = CAIRN_BUF_INIT(4096);
    bool is_all_but;
    assert_true(cairn_text_to_fts5(read(q), &out, &is_all_but));
    assert_true(cairn_buf_add_byte(&out, '\0'));
    assert_string_equal(out.p, expression);
    assert_int_equal(is_all_but, all_but);
    cairn_buf_free(&out);
}

static void expect_words(const char *id, const char *properties, const char *words)
{
    cairn_buf out = CAIRN_BUF_INIT(4096);
    assert_true(cairn_buf_add_text(&out, ">"));
    assert_true(cairn_text_words(cairn_span_of(id), cairn_span_of(properties), arena, &out));
    assert_true(cairn_buf_add_byte(&out, '\0'));
    assert_string_equal(out.p + 1, words);
    cairn_buf_free(&out);
}

static void expect_fault(const char *q, cairn_code code, long long byte, const char *message)
{
    const cairn_text_query *query;
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_text_from_string(cairn_span_of(q), NULL, arena, &query, &error), code);
    assert_string_equal(error.parameter, "q");
    assert_int_equal(error.offset, byte);
    if (!strstr(error.message, message))
        fail_msg("%s: %s", q, error.message);
}

static void test_words(void **state)
{
    (void)state;
    expect_words("Sentinel-2_A",
                 "{\"title\":\"Stra\xC3\x9F"
                 "E, \\u00c4rger\",\"keywords\":[\"x y\",1,\"\",\"Z\"]}",
                 "sentinel 2 a \xC2\xAC strasse arger \xC2\xAC x y \xC2\xAC z");
    expect_words("...", "{\"description\":\"e\\u0301te \xE2\x85\xA7 \xEF\xAC\x81re a\\u0000b\",\"title\":null}",
                 "ete viii fire a b");
    expect_words("", "{}", "");
    expect_words("a\xFF"
                 "b\xC3",
                 "null", "a b"); /* an id comes as it is */
}

static void test_phrases_stand_in_one_field(void **state)
{
    (void)state;
    assert_true(hits("b", "a b \xC2\xAC c"));
    assert_true(hits("\"A b\"", "a b \xC2\xAC c"));
    assert_false(hits("\"b c\"", "a b \xC2\xAC c"));
    assert_false(hits("\"b a\"", "a b"));
    assert_false(hits("a", "ab ba aab"));
    assert_true(hits("c", "a b \xC2\xAC c"));
    assert_true(hits("a-b", "x a b"));
    assert_false(hits("a", ""));
    assert_true(hits("[\"x\", \"b & c\"]", "a b c"));
    assert_false(hits("[\"a b\", \"-\"]", "b a"));
}

static void test_operators(void **state)
{
    (void)state;
    assert_true(hits("a OR b AND c", "a"));
    assert_false(hits("(a OR b) AND c", "a"));
    assert_true(hits("(a, b) AND c", "b c"));
    assert_true(hits("a +b -c", "b"));
    assert_false(hits("a +b -c", "a"));
    assert_false(hits("a +b -c", "a b c"));
    assert_false(hits("a -b", "c"));
    assert_true(hits("-b", "c"));
    assert_true(hits("-b", ""));
    assert_true(hits("a AND -b, c", "b c"));
    assert_true(hits("-(a AND b)", "a"));
    assert_true(hits("a (-b)", ""));
    assert_false(hits("and", "a"));
}

static void test_fts5(void **state)
{
    (void)state;
    expect_fts5("Sentinel-2", false, "\"sentinel 2\"");
    expect_fts5("a, b OR c", false, "\"a\" OR \"b\" OR \"c\"");
    expect_fts5("a AND (b c)", false, "(\"b\" OR \"c\") AND \"a\"");
    expect_fts5("x +a +b -c -d", false, "(\"a\" AND \"b\") NOT (\"c\" OR \"d\")");
    expect_fts5("-a -b", true, "\"a\" OR \"b\"");
    expect_fts5("a (-b)", true, "\"b\" NOT \"a\"");
    expect_fts5("-(-a)", false, "\"a\"");
    expect_fts5("[\"a \\\" OR b\"]", false, "\"a or b\"");
}

static void test_faults(void **state)
{
    (void)state;
    expect_fault("", CAIRN_INVALID, 0, "no word");
    expect_fault("a \"b", CAIRN_INVALID, 2, "quote");
    expect_fault("(a", CAIRN_INVALID, 0, "parenthesis");
    expect_fault("a) b", CAIRN_INVALID, 1, "')'");
    expect_fault("a AND OR b", CAIRN_INVALID, 6, "found OR");
    expect_fault("a OR", CAIRN_INVALID, 4, "found the end");
    expect_fault("((((((((((((((((( a", CAIRN_TOO_LARGE, 16, "deeper");
}

static void test_limits_are_those_given(void **state)
{
    (void)state;
    const cairn_text_query *query;
    const cairn_text_limits limits = {10, 2, 1};
    assert_int_equal(cairn_text_from_string(cairn_span_of("(a) b"), &limits, arena, &query, NULL), CAIRN_OK);
    assert_int_equal(cairn_text_from_string(cairn_span_of("a b c"), &limits, arena, &query, NULL), CAIRN_TOO_LARGE);
    assert_int_equal(cairn_text_from_string(cairn_span_of("((a))"), &limits, arena, &query, NULL), CAIRN_TOO_LARGE);
    assert_int_equal(cairn_text_from_string(cairn_span_of("abcdefghijk"), &limits, arena, &query, NULL),
                     CAIRN_TOO_LARGE);
}

static void test_a_full_buffer_and_a_full_arena(void **state)
{
    (void)state;
    bool all_but;
    const char *q = "a AND (b c)";
    for (size_t room = 0; room < 20; room++) {
        cairn_buf out = CAIRN_BUF_INIT(room);
        assert_false(cairn_text_to_fts5(read(q), &out, &all_but));
        cairn_buf_reset(&out);
        assert_false(
            cairn_text_words(cairn_span_of("a b c"), cairn_span_of("{\"title\":\"d e f g h i j k\"}"), arena, &out));
        cairn_buf_free(&out);
    }
    for (size_t cap = 0; cap < 300; cap += 16) {
        const cairn_text_query *query;
        cairn_arena *small = cairn_arena_new(cap);
        assert_int_equal(cairn_text_from_string(cairn_span_of(q), NULL, small, &query, NULL), CAIRN_NOMEM);
        cairn_arena_free(small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_phrases_stand_in_one_field),
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_fts5),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_limits_are_those_given),
        cmocka_unit_test(test_a_full_buffer_and_a_full_arena),
    };
    return cmocka_run_group_tests_name("text", tests, start, stop);
}
