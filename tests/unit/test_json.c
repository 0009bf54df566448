/* Walking over checked JSON and reading its values. */
#include "base/json.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static cairn_span of(const char *text)
{
    assert_int_equal(cairn_json_check(cairn_span_of(text), CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
    return cairn_span_of(text);
}

static void assert_span(cairn_span got, const char *want)
{
    if (!got.p || !cairn_span_is(got, want))
        fail_msg("got %.*s, want %s", CAIRN_SPAN_FMT(got), want);
}

static void test_kinds(void **state)
{
    (void)state;
    static const char *const texts[] = {"{}", "[]", "\"\"", "true", "false", "null", "0", "-1", "9.5"};
    static const char kinds[] = "{[\"tfn000";
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(cairn_json_kind(of(texts[i])), kinds[i]);
    assert_int_equal(cairn_json_kind(CAIRN_SPAN_NONE), 0);
    assert_true(cairn_json_is_null(of("null")));
    assert_false(cairn_json_is_null(of("0")));
    assert_false(cairn_json_is_null(CAIRN_SPAN_NONE));
}

static void test_members(void **state)
{
    (void)state;
    cairn_json_walk walk = cairn_json_walk_object(of("{ \"a\" : 1 ,\"b\\\"}\":[ {\"x\":\"]}\"} , [] ]\n, \"\" : {} }"));
    cairn_json_member m;
    assert_true(cairn_json_next_member(&walk, &m));
    assert_span(m.key, "a");
    assert_span(m.value, "1");
    assert_span(m.whole, "\"a\" : 1");
    assert_true(cairn_json_next_member(&walk, &m));
    assert_span(m.key, "b\\\"}");
    assert_span(m.value, "[ {\"x\":\"]}\"} , [] ]");
    assert_true(cairn_json_next_member(&walk, &m));
    assert_span(m.key, "");
    assert_span(m.value, "{}");
    assert_false(cairn_json_next_member(&walk, &m));
    assert_false(cairn_json_next_member(&walk, &m));
}

static void test_elements(void **state)
{
    (void)state;
    cairn_json_walk walk = cairn_json_walk_array(of("[1,\"a,]\", [2,[3]],{\"k\":[4]} ,null]"));
    static const char *const want[] = {"1", "\"a,]\"", "[2,[3]]", "{\"k\":[4]}", "null"};
    cairn_span element;
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_true(cairn_json_next_element(&walk, &element));
        assert_span(element, want[i]);
    }
    assert_false(cairn_json_next_element(&walk, &element));
}

static void test_nothing_to_walk(void **state)
{
    (void)state;
    static const char *const texts[] = {"1", "\"a\"", "null", "{}", "[]", "{ }", "[\n]"};
    cairn_json_member m;
    cairn_span element;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cairn_json_walk members = cairn_json_walk_object(of(texts[i]));
        cairn_json_walk elements = cairn_json_walk_array(of(texts[i]));
        assert_false(cairn_json_next_member(&members, &m));
        assert_false(cairn_json_next_element(&elements, &element));
        assert_int_equal(cairn_json_count(of(texts[i])), 0);
    }
    cairn_json_walk of_array = cairn_json_walk_object(of("[1]"));
    cairn_json_walk of_none = cairn_json_walk_array(CAIRN_SPAN_NONE);
    assert_false(cairn_json_next_member(&of_array, &m));
    assert_false(cairn_json_next_element(&of_none, &element));
}

/* Containers of any length, with brackets and quotes in strings at each offset from the scanner's steps. */
static void test_skips_long_values(void **state)
{
    (void)state;
    for (int shift = 0; shift < 40; shift++) {
        cairn_buf text = CAIRN_BUF_INIT(1 << 16);
        cairn_buf_printf(&text, "[\"%*s\",{\"k]\":[\"}%*s\\\"]\",[[%*s1.5]],{}]},\"end\"]", shift, "", shift, "", shift,
                         "");
        cairn_json_walk walk = cairn_json_walk_array(cairn_buf_span(&text));
        cairn_span element;
        assert_int_equal(cairn_json_check(cairn_buf_span(&text), 9, NULL, NULL), CAIRN_OK);
        assert_true(cairn_json_next_element(&walk, &element));
        assert_int_equal(element.n, shift + 2);
        assert_true(cairn_json_next_element(&walk, &element));
        assert_int_equal(cairn_json_kind(element), '{');
        assert_int_equal(cairn_json_count(element), 1);
        assert_true(cairn_json_next_element(&walk, &element));
        assert_span(element, "\"end\"");
        assert_false(cairn_json_next_element(&walk, &element));
        cairn_buf_free(&text);
    }
}

/* A container with strings, escapes and brackets in strings, whose parts come to lie anywhere in a block. */
static void add_random_value(cairn_buf *out, int depth, unsigned *seed)
{
    static const char *const PARTS[] = {"a", "[",        "]",       "{", "}",   "\\\"", "\\\\",         ",",
                                        ":", "\xc3\xa9", "longish", "0", "\\n", " ",    "][}{\\\\\\\"", "\\u005d"};
    enum { N_PARTS = sizeof PARTS / sizeof *PARTS };
    bool object = rand_r(seed) % 2;
    if (depth == 0 || rand_r(seed) % 3 == 0) {
        cairn_buf_add_byte(out, '"');
        for (int n = rand_r(seed) % 20; n > 0; n--) /* most without a backslash */
            cairn_buf_add_text(out, PARTS[rand_r(seed) % (rand_r(seed) % 8 ? 5 : N_PARTS)]);
        cairn_buf_add_byte(out, '"');
        return;
    }
    cairn_buf_add_byte(out, object ? '{' : '[');
    for (int i = rand_r(seed) % 6; i >= 0; i--) {
        if (object)
            cairn_buf_add_text(out, "\"k\":");
        add_random_value(out, depth - 1, seed);
        cairn_buf_add_text(out, i ? "," : "");
    }
    cairn_buf_add_byte(out, object ? '}' : ']');
}

static void test_skips_any_container(void **state)
{
    (void)state;
    enum { ROUNDS = 3000, VALUES = 8 };
    unsigned seed = 20;
    for (int round = 0; round < ROUNDS; round++) {
        cairn_buf text = CAIRN_BUF_INIT(1 << 20);
        size_t ends[VALUES];
        cairn_span element;
        for (int i = 0; i < VALUES; i++) {
            cairn_buf_add_byte(&text, i ? ',' : '[');
            add_random_value(&text, 5, &seed);
            ends[i] = text.n;
        }
        cairn_buf_add_byte(&text, ']');
        char *exact = malloc(text.n); /* so that a sanitizer sees what is read behind it */
        assert_non_null(exact);
        memcpy(exact, text.p, text.n);
        assert_int_equal(cairn_json_check(cairn_span_make(exact, text.n), CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
        cairn_json_walk walk = cairn_json_walk_array(cairn_span_make(exact, text.n));
        for (int i = 0; i < VALUES; i++) {
            assert_true(cairn_json_next_element(&walk, &element));
            assert_int_equal(element.p + element.n - exact, ends[i]);
        }
        assert_false(cairn_json_next_element(&walk, &element));
        free(exact);
        cairn_buf_free(&text);
    }
}

static void test_get(void **state)
{
    (void)state;
    cairn_span item =
        of("{\"a\":1,\"properties\":{\"datetime\":null,\"x\\u0079\":2},\"a\":3,\"d\\u0065ep\":{\"b\":{\"c\":4}}}");
    assert_span(cairn_json_get(item, "a"), "3");
    assert_span(cairn_json_get(cairn_json_get(item, "properties"), "xy"), "2");
    assert_null(cairn_json_get(item, "b").p);
    assert_null(cairn_json_get(item, "").p);
    assert_null(cairn_json_get(of("[1]"), "a").p);
    assert_null(cairn_json_get(CAIRN_SPAN_NONE, "a").p);
    static const char *const path[] = {"deep", "b", "c", NULL};
    static const char *const broken[] = {"deep", "x", "c", NULL};
    assert_span(cairn_json_get_path(item, path), "4");
    assert_null(cairn_json_get_path(item, broken).p);
    assert_span(cairn_json_get_path(of("7"), path + 3), "7");
}

static void test_keys(void **state)
{
    (void)state;
    assert_true(cairn_json_key_is(cairn_span_of("eo:cloud_cover"), "eo:cloud_cover"));
    assert_true(cairn_json_key_is(cairn_span_of("\\u0065o\\/x"), "eo/x"));
    assert_true(cairn_json_key_is(cairn_span_of("\\ud83d\\uDEF0"), "\xF0\x9F\x9B\xB0"));
    assert_false(cairn_json_key_is(cairn_span_of("\\u0065o"), "e"));
    assert_false(cairn_json_key_is(cairn_span_of("\\u0065"), "eo"));
    assert_false(cairn_json_key_is(cairn_span_of("a\\u0000"), "a"));
    assert_true(cairn_json_key_is(cairn_span_of(""), ""));
}

static void assert_string(const char *json, const char *want, size_t n)
{
    cairn_arena *arena = cairn_arena_new(1 << 12);
    cairn_span got = cairn_json_string(of(json), arena);
    assert_non_null(got.p);
    assert_int_equal(got.n, n);
    assert_memory_equal(got.p, want, n);
    cairn_arena_free(arena);
}

static void test_strings(void **state)
{
    (void)state;
    assert_string("\"\"", "", 0);
    assert_string("\"plain \xC3\xBC\"", "plain \xC3\xBC", 8);
    assert_string("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8);
    assert_string("\"\\u0041\\u00fC\\u20aC\"", "A\xC3\xBC\xE2\x82\xAC", 6);
    assert_string("\"\\ud83D\\udEf0\"", "\xF0\x9F\x9B\xB0", 4);
    assert_string("\"\\ud83dx\"", "\xEF\xBF\xBDx", 4);
    assert_string("\"\\ud83d\"", "\xEF\xBF\xBD", 3);
    assert_string("\"\\ud83d\\n\"", "\xEF\xBF\xBD\n", 4);
    assert_string("\"\\ud83d\\u0041\"",
                  "\xEF\xBF\xBD"
                  "A",
                  4);
    assert_string("\"\\udef0\\udef0\"", "\xEF\xBF\xBD\xEF\xBF\xBD", 6);
    assert_string("\"\\udef0\\ud83d\"", "\xEF\xBF\xBD\xEF\xBF\xBD", 6);
    assert_string("\"\\ud83d\\ud83d\\udef0\"", "\xEF\xBF\xBD\xF0\x9F\x9B\xB0", 7);
    assert_string("\"a\\u0000b\"", "a\0b", 3);
}

static void test_strings_not_to_be_had(void **state)
{
    (void)state;
    cairn_arena *full = cairn_arena_new(0);
    cairn_span plain = of("\"borrowed\"");
    assert_ptr_equal(cairn_json_string(plain, full).p, plain.p + 1);
    assert_ptr_equal(cairn_json_string(plain, NULL).p, plain.p + 1);
    assert_null(cairn_json_string(of("\"\\n\""), full).p);
    assert_null(cairn_json_string(of("\"\\n\""), NULL).p);
    assert_null(cairn_json_string(of("1"), full).p);
    assert_null(cairn_json_string(CAIRN_SPAN_NONE, full).p);
    cairn_arena_free(full);
}

static void test_string_is(void **state)
{
    (void)state;
    assert_true(cairn_json_string_is(of("\"Feature\""), "Feature"));
    assert_true(cairn_json_string_is(of("\"Fe\\u0061ture\""), "Feature"));
    assert_true(cairn_json_string_is(of("\"\""), ""));
    assert_false(cairn_json_string_is(of("\"Feature\""), "Featur"));
    assert_false(cairn_json_string_is(of("1"), "1"));
    assert_false(cairn_json_string_is(CAIRN_SPAN_NONE, ""));
}

static void test_minify(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {" { \"a b\" : [ 1 , 2.50 ,\t\"x \\\" y\" ] ,\r\n\"c\":{ } } ", "{\"a b\":[1,2.50,\"x \\\" y\"],\"c\":{}}"},
        {"[]", "[]"},
        {" 1e5 ", "1e5"},
        {"\" \\\\\" ", "\" \\\\\""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        cairn_buf out = CAIRN_BUF_INIT(1000);
        assert_true(cairn_json_minify(of(pairs[i][0]), &out));
        assert_span(cairn_buf_span(&out), pairs[i][1]);
        assert_true(cairn_json_minify(of(pairs[i][0]), &out));
        assert_int_equal(out.n, 2 * strlen(pairs[i][1]));
        cairn_buf_free(&out);
    }
    cairn_buf small = CAIRN_BUF_INIT(3);
    assert_false(cairn_json_minify(of("[1,2]"), &small));
    assert_true(small.failed);
    cairn_buf_free(&small);
}

static void test_count(void **state)
{
    (void)state;
    assert_int_equal(cairn_json_count(of("[1,[2,3],{\"a\":4}]")), 3);
    assert_int_equal(cairn_json_count(of("{\"a\":[1,2,3],\"b\":2}")), 2);
    assert_int_equal(cairn_json_count(CAIRN_SPAN_NONE), 0);
}

static void test_pointer(void **state)
{
    (void)state;
    char out[CAIRN_ERROR_POINTER_MAX];
    cairn_json_pointer(out, "", cairn_span_of("assets"));
    assert_string_equal(out, "/assets");
    cairn_json_pointer(out, out, cairn_span_of("a/b~c"));
    assert_string_equal(out, "/assets/a~1b~0c");
    cairn_json_pointer(out, "/x", cairn_span_of("a\\u002fb\\\"\xC3\xBC"));
    assert_string_equal(out, "/x/a~1b\"\xC3\xBC");
    cairn_json_pointer(out, "/x", cairn_span_of("cut\\u12"));
    assert_string_equal(out, "/x/cut\\u12");
    cairn_json_pointer(out, "/x", CAIRN_SPAN_NONE);
    assert_string_equal(out, "/x/");
}

static void test_pointer_is_cut(void **state)
{
    (void)state;
    char out[CAIRN_ERROR_POINTER_MAX];
    char key[600];
    for (int shift = 0; shift < 4; shift++) {
        memset(key, 'k', sizeof key);
        for (size_t i = (size_t)shift; i + 2 < sizeof key; i += 2)
            memcpy(key + i, "\xC3\xBC", 2);
        cairn_json_pointer(out, "/a", cairn_span_make(key, sizeof key));
        assert_true(cairn_span_ends(cairn_span_of(out), "..."));
        assert_null(cairn_utf8_fault(cairn_span_of(out)));
        cairn_json_pointer(out, out, cairn_span_of("b"));
        assert_true(strlen(out) < sizeof out);
        assert_true(cairn_span_ends(cairn_span_of(out), "..."));
    }
}

static void test_position(void **state)
{
    (void)state;
    cairn_span text = cairn_span_of("ab\ncd\n\ne");
    static const int want[][3] = {{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {5, 2, 3},
                                  {6, 3, 1}, {7, 4, 1}, {8, 4, 2}, {99, 4, 2}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        int line, column;
        cairn_json_position(text, (size_t)want[i][0], &line, &column);
        assert_int_equal(line, want[i][1]);
        assert_int_equal(column, want[i][2]);
    }
}

/* Every member and element, by the index as by skipping. */
static void assert_walks_alike(const cairn_json_index *index, cairn_span value)
{
    cairn_json_walk by_index = cairn_json_walk_object_in(index, value), by_skips = cairn_json_walk_object(value);
    cairn_json_member got, want;
    while (cairn_json_next_member(&by_skips, &want)) {
        assert_true(cairn_json_next_member(&by_index, &got));
        assert_memory_equal(&got, &want, sizeof got);
        assert_walks_alike(index, got.value);
    }
    assert_false(cairn_json_next_member(&by_index, &got));
    by_index = cairn_json_walk_array_in(index, value), by_skips = cairn_json_walk_array(value);
    for (cairn_span element, other; cairn_json_next_element(&by_skips, &element);) {
        assert_true(cairn_json_next_element(&by_index, &other));
        assert_ptr_equal(other.p, element.p);
        assert_int_equal(other.n, element.n);
        assert_walks_alike(index, other);
    }
}

static void test_walks_by_index(void **state)
{
    (void)state;
    cairn_arena *arena = cairn_arena_new(1 << 22);
    unsigned seed = 4;
    for (int round = 0; round < 1000; round++) {
        cairn_buf text = CAIRN_BUF_INIT(1 << 20);
        add_random_value(&text, 8, &seed);
        cairn_span all = cairn_buf_span(&text);
        assert_int_equal(cairn_json_check(all, CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
        const cairn_json_index *index = cairn_json_index_of(all, arena);
        assert_non_null(index);
        assert_walks_alike(index, all);
        cairn_buf_free(&text);
        cairn_arena_reset(arena);
    }
    cairn_arena_free(arena);
}

/* A text of which there is no index, and one that the index is not of. */
static void test_walks_without_an_index(void **state)
{
    (void)state;
    cairn_arena *arena = cairn_arena_new(4096), *small = cairn_arena_new(64);
    char deep[2 * CAIRN_JSON_MAX_DEPTH + 3];
    size_t half = CAIRN_JSON_MAX_DEPTH + 1;
    memset(deep, '[', half);
    memset(deep + half, ']', half);
    assert_null(cairn_json_index_of(cairn_span_make(deep, 2 * half), arena));
    assert_null(cairn_json_index_of(of("[[1],[2],[3],[4],[5],[6]]"), small));
    assert_null(cairn_json_index_of(CAIRN_SPAN_NONE, arena));
    assert_walks_alike(NULL, of("[[1],{\"a\":[2]}]"));
    const cairn_json_index *index = cairn_json_index_of(of("{\"a\":[1]}"), arena);
    assert_non_null(index);
    assert_walks_alike(index, of("[[1,[3]],{\"a\":[2]}]"));
    cairn_arena_free(arena);
    cairn_arena_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_nothing_to_walk),
        cmocka_unit_test(test_skips_long_values),
        cmocka_unit_test(test_skips_any_container),
        cmocka_unit_test(test_walks_by_index),
        cmocka_unit_test(test_walks_without_an_index),
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_strings_not_to_be_had),
        cmocka_unit_test(test_string_is),
        cmocka_unit_test(test_minify),
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_pointer),
        cmocka_unit_test(test_pointer_is_cut),
        cmocka_unit_test(test_position),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
