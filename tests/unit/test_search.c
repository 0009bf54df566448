// LINK: query
#include "query/search.h"

#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static cairn_arena *arena;
static cairn_geos *geos;
static cairn_error error;

static int setup(void **state)
{
    (void)state;
    arena = cairn_arena_new(16 << 20);
    geos = cairn_geos_new();
    return arena && geos ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    cairn_arena_free(arena); /* first: its areas belong to the context */
    cairn_geos_free(geos);
    return 0;
}

/* The whole way of a request: read, check, make the area. */
static cairn_code finish(const cairn_search *search, cairn_code code)
{
    cairn_area *area = NULL;
    if (code == CAIRN_OK)
        code = cairn_search_check(search, &error);
    return code == CAIRN_OK ? cairn_search_area(search, geos, arena, &area, &error) : code;
}

static cairn_code get(cairn_search *search, const char *name, cairn_span value)
{
    bool known;
    cairn_error_clear(&error);
    *search = (cairn_search){0};
    cairn_code code = cairn_search_set(search, cairn_span_of(name), value, NULL, arena, &known, &error);
    assert_true(known);
    return finish(search, code);
}

static cairn_code post(cairn_search *search, cairn_span body)
{
    cairn_error_clear(&error);
    *search = (cairn_search){0};
    return finish(search, cairn_search_from_json(search, body, NULL, false, arena, &error));
}

/* ---- the lists of stac-api-validator ---- */

static cairn_span read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = cairn_arena_alloc(arena, 1 << 20);
    size_t n = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return cairn_span_make(bytes, n);
}

static void expect(const char *how, const char *name, cairn_span value, cairn_code code, bool good)
{
    if ((code == CAIRN_OK) != good)
        fail_msg("%s %s=%.*s: code %d (%s), expected it to be %s", how, name, CAIRN_SPAN_FMT(value), code,
                 error.message, good ? "valid" : "invalid");
    if (!good) {
        assert_int_equal(code, CAIRN_INVALID);
        assert_string_equal(error.parameter, name);
        assert_non_null(strstr(error.message, "for example"));
        assert_null(strstr(error.message, "(null)"));
    }
}

static size_t each_value(const char *name, cairn_span list, bool by_get, bool by_post, bool good)
{
    size_t n = 0;
    cairn_search search;
    cairn_json_walk walk = cairn_json_walk_array(list);
    for (cairn_span value; cairn_json_next_element(&walk, &value); n++) {
        cairn_span text = cairn_json_kind(value) == '"' ? cairn_json_string(value, arena) : value;
        if (by_get)
            expect("GET", name, text, get(&search, name, text), good);
        cairn_span body = cairn_arena_printf(arena, "{\"%s\":%.*s}", name, CAIRN_SPAN_FMT(value));
        if (by_post)
            expect("POST", name, value, post(&search, body), good);
    }
    return n;
}

static void agrees_with_stac_api_validator(void **state)
{
    (void)state;
    cairn_span lists = read_file(CAIRN_TEST_DATA "/requests-stac-api-validator.json");
    assert_int_equal(cairn_json_check(lists, 64, NULL, NULL), CAIRN_OK);
    lists = cairn_span_trim(lists);
    cairn_span datetime = cairn_json_get(lists, "datetime"), bbox = cairn_json_get(lists, "bbox");
    cairn_span limit = cairn_json_get(lists, "limit"), both = cairn_json_get(lists, "bbox and intersects together");
    assert_int_equal(each_value("datetime", cairn_json_get(datetime, "expect 200"), true, true, true), 30);
    assert_int_equal(each_value("datetime", cairn_json_get(datetime, "expect 400"), true, true, false), 22);
    assert_int_equal(each_value("bbox", cairn_json_get(bbox, "expect 400, GET"), true, false, false), 7);
    assert_int_equal(each_value("bbox", cairn_json_get(bbox, "expect 400, POST"), false, true, false), 7);
    assert_int_equal(each_value("bbox", cairn_json_get(bbox, "expect 200, GET"), true, false, true), 2);
    assert_int_equal(each_value("bbox", cairn_json_get(bbox, "expect 200, POST"), false, true, true), 2);
    assert_int_equal(each_value("limit", cairn_json_get(limit, "expect 200"), true, true, true), 6);
    assert_int_equal(each_value("limit", cairn_json_get(limit, "expect 400"), true, true, false), 1);
    cairn_json_walk walk = cairn_json_walk_array(cairn_json_get(both, "expect 400"));
    cairn_search search;
    cairn_span body;
    assert_true(cairn_json_next_element(&walk, &body));
    assert_int_equal(post(&search, body), CAIRN_INVALID);
    assert_string_equal(error.parameter, "bbox");
}

/* ---- our own ---- */

static const struct {
    const char *name, *value;
    bool good;
} gets[] = {
    {"limit", "10", true},
    {"limit", "1", true},
    {"limit", "010", true},
    {"limit", "", true}, /* an empty value is none */
    {"limit", "1000000000000000000000000000000", true},
    {"limit", "18446744073709551617", true},
    {"limit", "0", false},
    {"limit", "000", false},
    {"limit", "-1", false},
    {"limit", "+1", false},
    {"limit", " 1", false},
    {"limit", "1.5", false},
    {"limit", "1e3", false},
    {"limit", "ten", false},
    {"limit", "NaN", false},
    {"bbox", "170,-10,-170,10", true}, /* crosses 180 */
    {"bbox", "5,5,5,5", true},
    {"bbox", "-180,-90,180,90", true},
    {"bbox", "", true},
    {"bbox", "0,0,1,91", false},
    {"bbox", "-181,0,1,1", false},
    {"bbox", "0,0,1,nan", false},
    {"bbox", "0,0,1,inf", false},
    {"bbox", "0,0,1,0x1", false},
    {"bbox", "0,0,1,", false},
    {"bbox", "0,0,1,1e999", false},
    {"bbox", "0;0;1;1", false},
    {"datetime", "2020-07-23T00:00:00 03:00", true}, /* a raw plus arrives as a space */
    {"datetime", "", true},
    {"datetime", "..", false},
    {"datetime", "2020", false},
    {"datetime", "now", false},
    {"datetime", "2020-01-01T00:00:00Z/P1D", false},
    {"intersects", "{\"type\":\"Point\",\"coordinates\":[1,2]}", true},
    {"intersects", " {\"type\":\"Point\",\"coordinates\":[1,2]} ", true},
    {"intersects", "{\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]],\"type\":\"Polygon\"}", true},
    {"intersects", "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,2]}]}",
     true},
    {"intersects", "null", true},
    {"intersects", "", true},
    {"intersects", "{", false},
    {"intersects", "{}", false},
    {"intersects", "[1,2]", false},
    {"intersects", "POINT(1 2)", false},
    {"intersects", "\"Point\"", false},
    {"intersects", "{\"type\":\"Point\",\"coordinates\":[1]}", false},
    {"intersects", "{\"type\":\"Point\",\"coordinates\":[1,\"2\"]}", false},
    {"intersects", "{\"type\":\"Point\",\"coordinates\":[1,200]}", false},
    {"intersects", "{\"type\":\"Circle\",\"coordinates\":[1,2]}", false},
    {"intersects", "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1]]]}", false},
    {"intersects", "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]},\"properties\":{}}",
     false},
};

static void reads_get_parameters(void **state)
{
    (void)state;
    cairn_search search;
    for (size_t i = 0; i < sizeof gets / sizeof gets[0]; i++) {
        cairn_span value = cairn_span_of(gets[i].value);
        expect("GET", gets[i].name, value, get(&search, gets[i].name, value), gets[i].good);
    }
}

static const struct {
    const char *body;
    const char *parameter; /* NULL: good */
    const char *part;      /* of the message */
} posts[] = {
    {"{}", NULL, NULL},
    {" { } ", NULL, NULL},
    {"{\"ids\":null,\"collections\":null,\"bbox\":null,\"datetime\":null,\"intersects\":null,\"limit\":null,\"token\":"
     "null}",
     NULL, NULL},
    {"{\"bbox\":[],\"datetime\":\"\",\"token\":\"\"}", NULL, NULL},
    {"{\"ids\":[]}", "ids", "the list is empty"},
    {"{\"collections\":[]}", "collections", "the list is empty"},
    {"{\"filter\":null,\"fields\":null,\"sortby\":null,\"query\":null}", NULL, NULL},
    {"{\"ids\":[\"a\",\"b\"],\"collections\":[\"c\"]}", NULL, NULL},
    {"{\"collections\":\"c\"}", NULL, NULL},
    {"{\"limit\":10.0}", NULL, NULL},
    {"{\"limit\":1e3}", NULL, NULL},
    {"{\"limit\":1e30}", NULL, NULL},
    {"{\"limit\":1e999}", NULL, NULL},
    {"{\"limit\":99999999999999999999}", NULL, NULL},
    {"{\"intersects\":{\"type\":\"Point\",\"coordinates\":[1.0,2e0]}}", NULL, NULL},
    {"", "body", "JSON"},
    {"[]", "body", "object"},
    {"\"limit\"", "body", "object"},
    {"{\"limit\":10", "body", "JSON"},
    {"{\"limit\":10}{}", "body", "JSON"},
    {"{\"limit\":NaN}", "body", "JSON"},
    {"{\"ids\":\"x\"}", "ids", "array of strings"},
    {"{\"ids\":7}", "ids", "array of strings"},
    {"{\"ids\":[1]}", "ids", "'1'"},
    {"{\"ids\":[null]}", "ids", "'null'"},
    {"{\"ids\":[\"\"]}", "ids", "empty"},
    {"{\"ids\":{}}", "ids", "array of strings"},
    {"{\"collections\":7}", "collections", "array of strings"},
    {"{\"collections\":[[\"a\"]]}", "collections", "array of strings"},
    {"{\"limit\":0}", "limit", "1 or more"},
    {"{\"limit\":-1}", "limit", "'-1'"},
    {"{\"limit\":-1e30}", "limit", "'-1e30'"},
    {"{\"limit\":1.5}", "limit", "'1.5'"},
    {"{\"limit\":\"10\"}", "limit", "\"10\""},
    {"{\"limit\":true}", "limit", "'true'"},
    {"{\"limit\":[10]}", "limit", "whole number"},
    {"{\"datetime\":2020}", "datetime", "a string"},
    {"{\"bbox\":\"0,0,1,1\"}", "bbox", "array"},
    {"{\"bbox\":[\"0\",\"0\",\"1\",\"1\"]}", "bbox", "number"},
    {"{\"bbox\":[0,0,1,null]}", "bbox", "number"},
    {"{\"bbox\":{}}", "bbox", "array"},
    {"{\"intersects\":\"{}\"}", "intersects", "object"},
    {"{\"intersects\":[]}", "intersects", "object"},
    {"{\"intersects\":{\"type\":\"Feature\"}}", "intersects", "Feature"},
    {"{\"token\":7}", "token", "a string"},
    {"{\"limit\":1,\"limit\":2}", "limit", "more than once"},
    {"{\"limit\":1,\"li\\u006dit\":2}", "limit", "more than once"},
    {"{\"bbx\":[0,0,1,1]}", "bbx", "did you mean 'bbox'?"},
    {"{\"collection\":[\"a\"]}", "collection", "did you mean 'collections'?"},
    {"{\"cloud_cover\":5}", "cloud_cover", "expected bbox"},
    {"{\"\":5}", "", "expected bbox"},
    {"{\"filter\":{\"op\":\"=\"}}", "filter", "does not support"},
    {"{\"filter-lang\":\"cql2-json\"}", "filter-lang", "does not support"},
    {"{\"query\":{}}", "query", "does not support"},
    {"{\"sortby\":[]}", "sortby", "does not support"},
    {"{\"fields\":{}}", "fields", "does not support"},
    {"{\"q\":[\"a\"]}", "q", "does not support"},
};

static void reads_post_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof posts / sizeof posts[0]; i++) {
        cairn_search search;
        cairn_code code = post(&search, cairn_span_of(posts[i].body));
        if ((code == CAIRN_OK) != !posts[i].parameter)
            fail_msg("%s: code %d (%s)", posts[i].body, code, error.message);
        if (code == CAIRN_OK)
            continue;
        assert_int_equal(code, CAIRN_INVALID);
        assert_string_equal(error.parameter, posts[i].parameter);
        if (!strstr(error.message, posts[i].part))
            fail_msg("%s: \"%s\" lacks \"%s\"", posts[i].body, error.message, posts[i].part);
    }
}

static void ignores_unknown_members_when_asked(void **state)
{
    (void)state;
    cairn_search search = {0};
    cairn_error_clear(&error);
    assert_int_equal(
        cairn_search_from_json(&search, cairn_span_of("{\"cache\":1,\"limit\":3}"), NULL, true, arena, &error),
        CAIRN_OK);
    assert_int_equal(search.limit, 3);
    search = (cairn_search){0};
    assert_int_equal(cairn_search_from_json(&search, cairn_span_of("{\"filter\":{}}"), NULL, true, arena, &error),
                     CAIRN_INVALID);
}

static void says_which_names_it_knows(void **state)
{
    (void)state;
    bool known = true;
    cairn_search search = {0};
    cairn_error_clear(&error);
    assert_int_equal(cairn_search_set(&search, cairn_span_of("f"), cairn_span_of("json"), NULL, arena, &known, &error),
                     CAIRN_OK);
    assert_false(known);
    assert_int_equal(
        cairn_search_set(&search, cairn_span_of("sortby"), cairn_span_of("id"), NULL, arena, &known, &error),
        CAIRN_INVALID);
    assert_true(known);
    for (size_t i = 0; cairn_search_names[i]; i++) {
        bool is_list = strcmp(cairn_search_names[i], "ids") == 0 || strcmp(cairn_search_names[i], "collections") == 0;
        search = (cairn_search){0};
        assert_int_equal(cairn_search_set(&search, cairn_span_of(cairn_search_names[i]), cairn_span_of(""), NULL, arena,
                                          &known, NULL),
                         is_list ? CAIRN_INVALID : CAIRN_OK);
        assert_true(known);
        assert_int_equal(cairn_search_set(&search, cairn_span_of(cairn_search_names[i]), cairn_span_of(""), NULL, arena,
                                          &known, NULL),
                         CAIRN_INVALID); /* twice */
    }
}

static void assert_list(const cairn_span *list, size_t n, const char *expected)
{
    cairn_buf text = CAIRN_BUF_INIT(1000);
    for (size_t i = 0; i < n; i++)
        cairn_buf_printf(&text, "%.*s;", CAIRN_SPAN_FMT(list[i]));
    assert_true(cairn_span_is(cairn_buf_span(&text), expected));
    cairn_buf_free(&text);
}

static void sorts_lists_and_drops_duplicates(void **state)
{
    (void)state;
    cairn_search search;
    assert_int_equal(get(&search, "ids", cairn_span_of("b,a b,b,A,\xc3\xa4,b")), CAIRN_OK);
    assert_list(search.ids, search.n_ids, "A;a b;b;\xc3\xa4;");
    assert_int_equal(get(&search, "collections", cairn_span_of("x")), CAIRN_OK);
    assert_list(search.collections, search.n_collections, "x;");
    assert_int_equal(get(&search, "ids", cairn_span_of("a,,b")), CAIRN_INVALID);
    assert_int_equal(get(&search, "ids", cairn_span_of(",")), CAIRN_INVALID);
    assert_int_equal(
        post(&search, cairn_span_of("{\"ids\":[\"b\",\"\\u0061\",\"a\",\"a,b\"],\"collections\":\"a,b\"}")), CAIRN_OK);
    assert_list(search.ids, search.n_ids, "a;a,b;b;");
    assert_list(search.collections, search.n_collections, "a,b;");
    assert_true(cairn_list_has(search.ids, search.n_ids, cairn_span_of("a,b")));
    assert_false(cairn_list_has(search.ids, search.n_ids, cairn_span_of("a,")));
    assert_false(cairn_list_has(NULL, 0, cairn_span_of("a")));
}

static void clamps_and_bounds(void **state)
{
    (void)state;
    bool known;
    const cairn_search_limits limits = {.max_limit = 50, .max_list = 3, .max_vertices = 4};
    cairn_search search = {0};
    cairn_error_clear(&error);
    assert_int_equal(cairn_search_from_json(&search, cairn_span_of("{\"limit\":51}"), &limits, false, arena, &error),
                     CAIRN_OK);
    assert_int_equal(search.limit, 50);
    search = (cairn_search){0};
    assert_int_equal(
        cairn_search_set(&search, cairn_span_of("limit"), cairn_span_of("4294967297"), &limits, arena, &known, &error),
        CAIRN_OK);
    assert_int_equal(search.limit, 50);
    assert_int_equal(
        cairn_search_set(&search, cairn_span_of("ids"), cairn_span_of("a,b,c,d"), &limits, arena, &known, &error),
        CAIRN_TOO_LARGE);
    assert_string_equal(error.parameter, "ids");
    cairn_error_clear(&error);
    search = (cairn_search){0};
    assert_int_equal(cairn_search_set(&search, cairn_span_of("intersects"),
                                      cairn_span_of("{\"type\":\"LineString\",\"coordinates\":[[0,0],[1,1],[2,2],[3,3],"
                                                    "[4,4]]}"),
                                      &limits, arena, &known, &error),
                     CAIRN_OK);
    assert_int_not_equal(finish(&search, CAIRN_OK), CAIRN_OK);
    assert_string_equal(error.parameter, "intersects");
}

static void reads_the_values(void **state)
{
    (void)state;
    cairn_search search;
    assert_int_equal(post(&search, cairn_span_of("{\"bbox\":[170,-10,5,-170,10,6],\"datetime\":\"../2020-01-01T00:00:"
                                                 "00Z\",\"limit\":7,\"token\":\"abc\"}")),
                     CAIRN_OK);
    assert_true(search.has_box && search.has_datetime);
    assert_true(search.box.west == 170 && search.box.east == -170 && search.box.south == -10 && search.box.north == 10);
    assert_true(search.datetime.start.sec == INT64_MIN && search.datetime.end.sec == 1577836800);
    assert_int_equal(search.limit, 7);
    assert_true(cairn_span_is(search.token, "abc"));
    assert_int_equal(
        post(&search, cairn_span_of("{\"intersects\": {\"coordinates\" : [1.50,2], \"type\":\"Point\"} }")), CAIRN_OK);
    assert_true(cairn_span_is(search.intersects, "{\"coordinates\" : [1.50,2], \"type\":\"Point\"}"));
    char body[64] = "{\"ids\":[\"abc\"]}";
    assert_int_equal(post(&search, cairn_span_of(body)), CAIRN_OK);
    memset(body, 'z', sizeof body); /* what was read does not borrow from the request */
    assert_list(search.ids, search.n_ids, "abc;");
}

static void says_when_memory_is_used_up(void **state)
{
    (void)state;
    bool known;
    cairn_arena *small = cairn_arena_new(64);
    cairn_search search = {0};
    cairn_error_clear(&error);
    assert_int_equal(
        cairn_search_set(&search, cairn_span_of("ids"), cairn_span_of("a,b,c,d,e,f,g,h"), NULL, small, &known, &error),
        CAIRN_NOMEM);
    cairn_arena_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_stac_api_validator),
        cmocka_unit_test(reads_get_parameters),
        cmocka_unit_test(reads_post_bodies),
        cmocka_unit_test(ignores_unknown_members_when_asked),
        cmocka_unit_test(says_which_names_it_knows),
        cmocka_unit_test(sorts_lists_and_drops_duplicates),
        cmocka_unit_test(clamps_and_bounds),
        cmocka_unit_test(reads_the_values),
        cmocka_unit_test(says_when_memory_is_used_up),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
