// LINK: query
#include "query/search.h"

#include "base/json.h"
#include "query/cql2/print.h"

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
static cairn_code finish(cairn_search *search, cairn_code code)
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
    {"{\"filter\":null,\"filter-lang\":null,\"filter-crs\":null,\"sortby\":null,\"query\":null,\"q\":null,\"bbox-crs\":"
     "null}",
     NULL, NULL},
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
    {"{\"f\":\"json\"}", "f", "belongs into the query string, not into the body"},
    {"{\"profile\":\"source\"}", "profile", "query string"},
    {"{\"explain\":true}", "explain", "query string"},
    {"{\"bbox\":[-12245143,4865942,-12245000,4866000]}", "bbox", "give bbox-crs"},
    {"{\"collection\":[\"a\"]}", "collection", "did you mean 'collections'?"},
    {"{\"cloud_cover\":5}", "cloud_cover", "expected bbox"},
    {"{\"\":5}", "", "expected bbox"},
    {"{\"filter\":null,\"filter-lang\":\"\",\"query\":{},\"sortby\":[],\"q\":null,\"bbox-crs\":\"\"}", NULL, NULL},
    {"{\"query\":null,\"sortby\":\"\"}", NULL, NULL},
    {"{\"query\":{\"a\":{}}}", NULL, NULL},
    {"{\"filter\":\"\"}", "filter", "leave it out"},
    {"{\"query\":\"\"}", "query", "JSON object"},
    {"{\"q\":\"\"}", "q", "leave it out"},
    {"{\"q\":[]}", "q", "leave it out"},
    {"{\"filter\":{\"op\":\"=\"}}", "filter", "'args'"},
    {"{\"filter\":{}}", "filter", "expression"},
    {"{\"filter\":\"a = \"}", "filter", "at byte 4"},
    {"{\"filter\":7}", "filter", "condition"},
    {"{\"filter\":\"nosuch(a) = 1\"}", "filter", "no function"},
    {"{\"filter-lang\":\"cql\"}", "filter-lang", "cql2-text or cql2-json"},
    {"{\"filter-lang\":7}", "filter-lang", "a string"},
    {"{\"filter-crs\":\"EPSG:4326\"}", "filter-crs", "other way round"},
    {"{\"filter-crs\":[]}", "filter-crs", "a string"},
    {"{\"query\":[]}", "query", "JSON object"},
    {"{\"query\":\"a\"}", "query", "JSON object"},
    {"{\"query\":{\"a\":{\"les\":1}}}", "query", "no operator"},
    {"{\"sortby\":\"-a\"}", "sortby", "array of objects"},
    {"{\"sortby\":[\"-a\"]}", "sortby", "array of objects"},
    {"{\"fields\":null}", "fields", ""},
    {"{\"fields\":7}", "fields", ""},
    {"{\"q\":7}", "q", ""},
    {"{\"q\":\"(a\"}", "q", ""},
    {"{\"bbox\":[0,0,1,1],\"bbox-crs\":\"EPSG:0\"}", "bbox-crs", "for example"},
    {"{\"bbox-crs\":\"nonsense\"}", "bbox-crs", "for example"},
    {"{\"bbox-crs\":4326}", "bbox-crs", "a string"},
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
    for (size_t i = 0; cairn_search_names[i]; i++) {
        bool may_be_empty = !strstr("ids collections filter query q", cairn_search_names[i]);
        search = (cairn_search){0};
        assert_int_equal(cairn_search_set(&search, cairn_span_of(cairn_search_names[i]), cairn_span_of(""), NULL, arena,
                                          &known, NULL),
                         may_be_empty ? CAIRN_OK : CAIRN_INVALID);
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

/* ---- filters ---- */

static const char *printed(const cairn_search *search)
{
    cairn_buf text = CAIRN_BUF_INIT(1 << 16);
    if (!search->filter)
        return "-";
    assert_true(cairn_cql2_print_text(search->filter->root, &text));
    cairn_span copy = cairn_arena_copy(arena, cairn_buf_span(&text));
    cairn_buf_free(&text);
    return copy.p;
}

/* Parameters by lines of name=value. */
static cairn_code get_all(cairn_search *search, const char *lines)
{
    bool known;
    cairn_code code = CAIRN_OK;
    cairn_error_clear(&error);
    *search = (cairn_search){0};
    while (*lines && code == CAIRN_OK) {
        const char *equals = strchr(lines, '='), *end = strchrnul(lines, '\n');
        code = cairn_search_set(search, cairn_span_make(lines, (size_t)(equals - lines)),
                                cairn_span_make(equals + 1, (size_t)(end - equals - 1)), NULL, arena, &known, &error);
        assert_true(known);
        lines = *end ? end + 1 : end;
    }
    return finish(search, code);
}

#define AS_JSON "{\"op\":\"=\",\"args\":[{\"property\":\"a\"},1]}"

static const struct {
    const char *request, *filter; /* lines, or a body; as it is printed, or a part of the message */
    const char *parameter;        /* NULL: good */
} FILTERS[] = {
    {"filter=a = 1", "a = 1", NULL},
    {"filter=a = 1\nfilter-lang=cql2-text", "a = 1", NULL},
    {"filter-lang=cql2-text\nfilter=a = 1", "a = 1", NULL},
    {"filter-lang=cql2-json\nfilter=" AS_JSON, "a = 1", NULL},
    {"filter= " AS_JSON " \nfilter-lang=cql2-json", "a = 1", NULL},
    {"filter=\nfilter-lang=cql2-json", "leave it out", "filter"},
    {"filter= ", "found the end", "filter"},
    {"query=", "leave it out", "query"},
    {"filter-lang=cql2-json", "-", NULL},
    {"filter=a = 1\nfilter-crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84", "a = 1", NULL},
    {"filter=a = 1\nfilter-crs=CRS84", "a = 1", NULL},
    {"filter=a = 1\nfilter-crs=urn:ogc:def:crs:OGC:1.3:CRS84", "a = 1", NULL},
    {"query={\"b\":{\"lt\":2}}", "b < 2", NULL},
    {"query= null ", "-", NULL},
    {"query={\"b\":{\"lt\":2}}\nfilter=a = 1 OR c = 2", "(a = 1 OR c = 2) AND b < 2", NULL},
    {"filter=a = 1 AND c = 2\nquery={\"b\":{\"lt\":2,\"gt\":0}}", "a = 1 AND c = 2 AND b < 2 AND b > 0", NULL},
    {"filter=" AS_JSON, "give filter-lang=cql2-json", "filter"},
    {"filter=a = 1\nfilter-lang=cql2-json", "(byte 0)", "filter"},
    {"filter=a =\nfilter-lang=cql2-text", "at byte 3, found the end", "filter"},
    {"filter=a = 1\nfilter=b = 1", "more than once", "filter"},
    {"filter=a = 1\nfilter-crs=http://www.opengis.net/def/crs/EPSG/0/4326", "other way round", "filter-crs"},
    {"filter=S_INTERSECTS(geometry, POINT(200 0))", "out of range", "filter"},
    {"query={\"b\":{\"lt\":}}", "JSON", "query"},
    {"query=b<2", "JSON", "query"},
    {"{\"filter\":" AS_JSON "}", "a = 1", NULL},
    {"{\"filter\":" AS_JSON ",\"filter-lang\":\"cql2-json\"}", "a = 1", NULL},
    {"{\"filter\":\"a = 1\"}", "a = 1", NULL},
    {"{\"filter-lang\":\"cql2-text\",\"filter\":\"a = 1\"}", "a = 1", NULL},
    {"{\"filter\":true}", "TRUE", NULL},
    {"{\"filter\":\"a = '\\u00e4'\",\"query\":{\"b\":{\"eq\":null}}}", "a = '\xc3\xa4' AND b IS NULL", NULL},
    {"{\"filter\":\"a = 1\",\"filter-lang\":\"cql2-json\"}", "CQL2-JSON as an object", "filter"},
    {"{\"filter\":" AS_JSON ",\"filter-lang\":\"cql2-text\"}", "CQL2-Text as a string", "filter"},
};

static void reads_filters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FILTERS / sizeof FILTERS[0]; i++) {
        cairn_search search;
        const char *request = FILTERS[i].request;
        cairn_code code = request[0] == '{' ? post(&search, cairn_span_of(request)) : get_all(&search, request);
        if ((code == CAIRN_OK) != !FILTERS[i].parameter)
            fail_msg("%s: code %d (%s)", request, code, error.message);
        if (code == CAIRN_OK ? strcmp(printed(&search), FILTERS[i].filter) != 0
                             : !strstr(error.message, FILTERS[i].filter))
            fail_msg("%s: %s", request, code == CAIRN_OK ? printed(&search) : error.message);
        if (code != CAIRN_OK)
            assert_string_equal(error.parameter, FILTERS[i].parameter);
    }
}

/* Trees whose parts were numbered anew: each index once. */
static void count_indexes(const cairn_cql2_node *node, unsigned char *seen)
{
    seen[node->index]++;
    for (size_t i = 0; i < node->n; i++)
        count_indexes(node->args[i], seen);
}

static void numbers_the_nodes_of_both(void **state)
{
    (void)state;
    cairn_search search;
    unsigned char seen[64] = {0};
    assert_int_equal(get_all(&search, "filter=a = 1 OR b = 2\nquery={\"c\":{\"in\":[1,\"2\"]},\"d\":{\"neq\":3}}"),
                     CAIRN_OK);
    assert_true(search.filter->nodes <= sizeof seen);
    count_indexes(search.filter->root, seen);
    for (size_t i = 0; i < sizeof seen; i++)
        assert_int_equal(seen[i], i < search.filter->nodes);
}

/* As deep as a filter alone may be. */
static void takes_filters_that_are_deep(void **state)
{
    (void)state;
    cairn_search search;
    cairn_buf body = CAIRN_BUF_INIT(1 << 16);
    enum { LEVELS = 40 };
    cairn_buf_add_text(&body, "{\"filter\":");
    for (int i = 0; i < LEVELS; i++)
        cairn_buf_add_text(&body, "{\"op\":\"not\",\"args\":[");
    cairn_buf_add_text(&body, AS_JSON);
    for (int i = 0; i < LEVELS; i++)
        cairn_buf_add_text(&body, "]}");
    cairn_buf_add_text(&body, "}");
    assert_int_equal(post(&search, cairn_buf_span(&body)), CAIRN_OK);
    assert_int_equal(search.filter->nodes, LEVELS + 3);
    cairn_buf_free(&body);
}

static void reads_sorts_fields_and_text(void **state)
{
    (void)state;
    cairn_search search;
    assert_int_equal(get_all(&search, "sortby=-eo:cloud_cover, id\nfields=id,-links\nq=sea,ice"), CAIRN_OK);
    assert_true(cairn_span_is(cairn_sort_signature(&search.sort, arena), "-eo:cloud_cover,+id"));
    assert_true(search.fields && search.text && !search.filter);
    assert_int_equal(post(&search, cairn_span_of("{\"sortby\":[{\"field\":\"a\",\"direction\":\"desc\"}],\"fields\":"
                                                 "{\"include\":[\"id\"]},\"q\":[\"sea ice\"]}")),
                     CAIRN_OK);
    assert_true(cairn_span_is(cairn_sort_signature(&search.sort, arena), "-a"));
    assert_true(search.fields && search.text);
    assert_int_equal(get_all(&search, "sortby=\nfields="), CAIRN_OK);
    assert_true(search.sort.n == 0 && search.fields && !search.text);
    assert_int_equal(get_all(&search, "q="), CAIRN_INVALID);
    assert_string_equal(error.parameter, "q");
    assert_int_equal(get_all(&search, "sortby=geometry"), CAIRN_INVALID);
    assert_string_equal(error.parameter, "sortby");
}

/* ---- bbox-crs; the expected boxes are pyproj's transform_bounds(densify_pts=1000) ---- */

static const struct {
    const char *request;
    cairn_box box;
} BOXES[] = {
    {"bbox=1,2,3,4\nbbox-crs=CRS84", {1, 2, 3, 4}},
    {"bbox-crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84\nbbox=1,2,3,4", {1, 2, 3, 4}},
    {"bbox=1,2,3,4\nbbox-crs=[OGC:CRS84]", {1, 2, 3, 4}},
    {"bbox=1,2,9,3,4,9\nbbox-crs=http://www.opengis.net/def/crs/OGC/0/CRS84h", {1, 2, 3, 4}},
    {"bbox=1,2,3,4\nbbox-crs=EPSG:4326", {2, 1, 4, 3}},
    {"bbox= 1, 2, 9, 3, 4, 9\nbbox-crs=http://www.opengis.net/def/crs/EPSG/0/4979", {2, 1, 4, 3}},
    {"bbox=-10,170,10,-170\nbbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326", {170, -10, -170, 10}},
    {"bbox=1,2,3,4\nbbox-crs=urn:ogc:def:crs:EPSG::4326", {2, 1, 4, 3}},
    {"{\"bbox\":[1,2,3,4],\"bbox-crs\":\"epsg:4326\"}", {2, 1, 4, 3}},
    {"bbox=400000,5000000,600000,5100000\nbbox-crs=EPSG:32633", {13.707468, 45.146393, 16.292532, 46.053574}},
    {"bbox=-1e6,-1000000,1000000,2000000.0\nbbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857",
     {-8.983153, -8.946574, 8.983153, 17.678914}},
    {"bbox=2500000,4000000,3000000,5000000\nbbox-crs=EPSG:3035",
     {5.517796, 45.256862, 19.444278, 50.112297}}, /* N, E */
    {"bbox=50,5,51,6\nbbox-crs=EPSG:4258", {5, 50, 6, 51}},
    {"bbox=-1000000,-1000000,1000000,1000000\nbbox-crs=EPSG:3995", {-180, 77.037401, 180, 90}}, /* around the pole */
    {"{\"bbox\":[-500000,500000,0,500000,1500000,9],\"bbox-crs\":\"urn:ogc:def:crs:EPSG:9.8:3031\"}",
     {-45, -85.400540, 45, -75.522153}},
    {"bbox=-100000,0,6000000,100000\nbbox-crs=EPSG:3832", {149.101685, 0, -156.101083, 0.904331}}, /* over 180 */
};

static bool is_near(double a, double b)
{
    return a - b < 1e-4 && b - a < 1e-4;
}

static void reads_boxes_of_other_systems(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BOXES / sizeof BOXES[0]; i++) {
        cairn_search search;
        const char *request = BOXES[i].request;
        cairn_code code = request[0] == '{' ? post(&search, cairn_span_of(request)) : get_all(&search, request);
        const cairn_box *want = &BOXES[i].box, *got = &search.box;
        if (code != CAIRN_OK)
            fail_msg("%s: %s", request, error.message);
        if (!search.has_box || !is_near(want->west, got->west) || !is_near(want->south, got->south) ||
            !is_near(want->east, got->east) || !is_near(want->north, got->north))
            fail_msg("%s: %f %f %f %f", request, got->west, got->south, got->east, got->north);
    }
}

static void refuses_boxes_that_are_none(void **state)
{
    (void)state;
    static const struct {
        const char *request, *parameter, *part;
    } NONE[] = {
        {"bbox=91,0,92,1\nbbox-crs=EPSG:4326", "bbox", "as latitude, longitude"},
        {"bbox=5,0,4,1\nbbox-crs=EPSG:4326", "bbox", "as latitude, longitude"},
        {"bbox=1,2,3\nbbox-crs=EPSG:4326", "bbox", "4 or 6 numbers"},
        {"bbox=1,2,3,x\nbbox-crs=EPSG:32633", "bbox", "4 or 6 numbers"},
        {"bbox=1,2,3,1e999\nbbox-crs=EPSG:32633", "bbox", "4 or 6 numbers"},
        {"bbox=1],[2,3,4,5\nbbox-crs=EPSG:32633", "bbox", "4 or 6 numbers"},
        {"bbox=5,2,3,4\nbbox-crs=EPSG:32633", "bbox", "lower corner"},
        {"bbox=0,1e9,1e9,1e10\nbbox-crs=EPSG:3035", "bbox", "is defined"},
        {"bbox=500000,0,600000,1000\nbbox-crs=CRS84", "bbox", "for example"},
        {"bbox=500000,0,600000,1000", "bbox", "for example"},
        {"bbox=1,2,3,4\nbbox-crs=EPSG:999999", "bbox-crs", "EPSG:32633"},
        {"bbox=1,2,3,4\nbbox-crs=EPSG:", "bbox-crs", "EPSG:32633"},
        {"bbox=1,2,3,4\nbbox-crs=+proj=utm +zone=33", "bbox-crs", "EPSG:32633"},
        {"bbox=1,2,3,4\nbbox-crs=+init=/etc/passwd:x", "bbox-crs", "EPSG:32633"},
        {"bbox=1,2,3,4\nbbox-crs=http://www.opengis.net/def/crs/EPSG/0/", "bbox-crs", "EPSG:32633"},
        {"bbox=1,2,3,4\nbbox-crs=http://example.com/def/crs/EPSG/0/4326", "bbox-crs", "EPSG:32633"},
        {"bbox=1,2,3,4\nbbox-crs=WGS 84", "bbox-crs", "EPSG:32633"},
    };
    for (size_t i = 0; i < sizeof NONE / sizeof NONE[0]; i++) {
        cairn_search search;
        if (get_all(&search, NONE[i].request) != CAIRN_INVALID || !strstr(error.message, NONE[i].part))
            fail_msg("%s: %s", NONE[i].request, error.message);
        assert_string_equal(error.parameter, NONE[i].parameter);
        assert_false(search.has_box);
    }
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
        cmocka_unit_test(reads_filters),
        cmocka_unit_test(numbers_the_nodes_of_both),
        cmocka_unit_test(takes_filters_that_are_deep),
        cmocka_unit_test(reads_sorts_fields_and_text),
        cmocka_unit_test(reads_boxes_of_other_systems),
        cmocka_unit_test(refuses_boxes_that_are_none),
        cmocka_unit_test(says_when_memory_is_used_up),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
