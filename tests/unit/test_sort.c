// LINK: query
#include "query/sort.h"

#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static cairn_arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = cairn_arena_new(16 << 20);
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    cairn_arena_free(arena);
    return 0;
}

static cairn_code read_sort(const char *text, cairn_sort *out, cairn_error *error)
{
    cairn_span span = cairn_span_of(text);
    *error = (cairn_error)CAIRN_ERROR_INIT;
    if (text[0] != '[')
        return cairn_sort_from_text(span, arena, out, error);
    assert_int_equal(cairn_json_check(span, 64, NULL, NULL), CAIRN_OK);
    return cairn_sort_from_json(span, arena, out, error);
}

static cairn_sort sort_of(const char *text)
{
    cairn_sort sort;
    cairn_error error;
    if (read_sort(text, &sort, &error) != CAIRN_OK)
        fail_msg("%s: %s", text, error.message);
    return sort;
}

/* ---- reading ---- */

static const struct {
    const char *text, *signature; /* the signature is "" for the default order */
} GOOD[] = {
    {"", ""},
    {"-datetime", ""},
    {"-properties.datetime", ""},
    {"datetime", "+datetime"},
    {"+datetime", "+datetime"},
    {" datetime", "+datetime"}, /* a decoded plus */
    {"-datetime,id", "-datetime,+id"},
    {"-eo:cloud_cover,+datetime,id", "-eo:cloud_cover,+datetime,+id"},
    {"properties.eo:cloud_cover", "+eo:cloud_cover"},
    {"properties.id,id", "+properties.id,+id"}, /* two things */
    {"a.b.c,-stac_version", "+a.b.c,-stac_version"},
    {"collection,-collection.x", "+collection,-collection.x"},
    {"--a", "--a"},
    {"a\\b", "+a\\\\b"},
    {"[]", ""},
    {"[{\"field\":\"datetime\",\"direction\":\"desc\"}]", ""},
    {"[{\"field\":\"a\"},{\"direction\":\"desc\",\"field\":\"properties.b\"},{\"field\":\"c\",\"direction\":\"asc\"}]",
     "+a,-b,+c"},
    {"[{\"field\":\"a\",\"direction\":null}]", "+a"},
    {"[{\"field\":\"a,+b\"}]", "+a\\,+b"},
    {"[{\"field\":\"\\u0061\"}]", "+a"},
};

static void reads_both_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        cairn_sort sort = sort_of(GOOD[i].text);
        cairn_span signature = cairn_sort_signature(&sort, arena);
        if (!cairn_span_is(signature, GOOD[i].signature))
            fail_msg("%s: '%.*s'", GOOD[i].text, CAIRN_SPAN_FMT(signature));
        assert_int_equal(sort.n == 0, GOOD[i].signature[0] == '\0');
    }
}

static const struct {
    const char *text, *part;
} BAD[] = {
    {"-", "name of a field"},
    {",", "name of a field"},
    {"a,", "name of a field"},
    {"a,,b", "name of a field"},
    {"+", "name of a field"},
    {"geometry", "has no order"},
    {"-bbox", "'bbox'"},
    {"assets", "has no order"},
    {"assets.B02.href", "has no order"},
    {"links", "has no order"},
    {"stac_extensions", "has no order"},
    {"bands.*.name", "has no order"},
    {"a,-a", "'a' is sorted by twice"},
    {"a,properties.a", "twice"},
    {"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", "more than 16"},
    {"{\"field\":\"a\"}", "not JSON"},
    {"[\"a\"]", "array of objects"},
    {"[[]]", "array of objects"},
    {"[{}]", "name of a field"},
    {"[{\"field\":\"\"}]", "name of a field"},
    {"[{\"field\":7}]", "name of a field"},
    {"[{\"direction\":\"asc\"}]", "name of a field"},
    {"[{\"field\":\"a\",\"direction\":\"down\"}]", "\"asc\" or \"desc\""},
    {"[{\"field\":\"a\",\"direction\":true}]", "\"asc\" or \"desc\""},
    {"[{\"field\":\"a\",\"order\":\"desc\"}]", "'order'"},
};

static void refuses_what_is_no_sort(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        cairn_sort sort;
        cairn_error error;
        if (read_sort(BAD[i].text, &sort, &error) != CAIRN_INVALID || !strstr(error.message, BAD[i].part))
            fail_msg("%s: \"%s\" lacks \"%s\"", BAD[i].text, error.message, BAD[i].part);
        assert_string_equal(error.parameter, "sortby");
        assert_int_equal(sort.n, 0);
    }
    cairn_sort sort;
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_sort_from_json(cairn_span_of("\"-a\""), arena, &sort, &error), CAIRN_INVALID);
    assert_int_equal(sort_of("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p").n, CAIRN_SORT_MAX_KEYS);
}

/* ---- values ---- */

static void writes_times_that_order_by_bytes(void **state)
{
    (void)state;
    static const struct {
        cairn_time time;
        const char *text;
    } TIMES[] = {
        {{INT64_C(-62167219200), 0}, "0000-01-01T00:00:00"},
        {{-1, 999999999}, "1969-12-31T23:59:59.999999999"},
        {{0, 0}, "1970-01-01T00:00:00"},
        {{0, 1}, "1970-01-01T00:00:00.000000001"},
        {{0, 10}, "1970-01-01T00:00:00.00000001"},
        {{0, 123000000}, "1970-01-01T00:00:00.123"},
        {{0, 123400000}, "1970-01-01T00:00:00.1234"},
        {{0, 500000000}, "1970-01-01T00:00:00.5"},
        {{1, 0}, "1970-01-01T00:00:01"},
        {{INT64_C(253402300799), 999999999}, "9999-12-31T23:59:59.999999999"},
    };
    char text[CAIRN_SORT_TIME_MAX], before[CAIRN_SORT_TIME_MAX] = "";
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
        assert_int_equal(cairn_sort_time(TIMES[i].time, text), strlen(TIMES[i].text));
        assert_string_equal(text, TIMES[i].text);
        assert_true(strcmp(before, text) < 0);
        memcpy(before, text, sizeof before);
    }
    assert_int_equal(cairn_sort_time(CAIRN_TIME_MIN, text), 0);
    assert_int_equal(cairn_sort_time(CAIRN_TIME_MAX, text), 0);
}

static const char ITEM[] =
    "{\"id\":\"i\",\"collection\":\"c\",\"stac_version\":\"1.0.0\",\"properties\":{\"datetime\":null,"
    "\"start_datetime\":\"2020-01-01T01:00:00+01:00\",\"n\":-1.50,\"s\":\"b\\u00e4\",\"t\":true,\"f\":false,\"z\":null,"
    "\"a\":[1],\"o\":{\"p\":3},\"created\":\"2020-05-05T00:00:00.500Z\",\"updated\":\"yesterday\",\"published\":"
    "\"2021-02-03\",\"proj:epsg\":32633,\"huge\":1e999,\"expires\":7}}";

static const struct {
    const char *name;
    cairn_sort_type type;
    double number;
    const char *text;
} VALUES[] = {
    {"id", CAIRN_SORT_STRING, 0, "i"},
    {"collection", CAIRN_SORT_STRING, 0, "c"},
    {"stac_version", CAIRN_SORT_STRING, 0, "1.0.0"},
    {"datetime", CAIRN_SORT_STRING, 0, "2020-01-01T00:00:00"},
    {"start_datetime", CAIRN_SORT_STRING, 0, "2020-01-01T00:00:00"},
    {"end_datetime", CAIRN_SORT_NONE, 0, NULL},
    {"n", CAIRN_SORT_NUMBER, -1.5, NULL},
    {"s", CAIRN_SORT_STRING, 0, "b\xc3\xa4"},
    {"t", CAIRN_SORT_BOOLEAN, 1, NULL},
    {"f", CAIRN_SORT_BOOLEAN, 0, NULL},
    {"z", CAIRN_SORT_NONE, 0, NULL},
    {"a", CAIRN_SORT_NONE, 0, NULL},
    {"o", CAIRN_SORT_NONE, 0, NULL},
    {"o.p", CAIRN_SORT_NUMBER, 3, NULL},
    {"created", CAIRN_SORT_STRING, 0, "2020-05-05T00:00:00.5"},
    {"updated", CAIRN_SORT_STRING, 0, "yesterday"},
    {"published", CAIRN_SORT_STRING, 0, "2021-02-03T00:00:00"},
    {"expires", CAIRN_SORT_NUMBER, 7, NULL},
    {"proj:epsg", CAIRN_SORT_NUMBER, 32633, NULL},
    {"proj:code", CAIRN_SORT_STRING, 0, "EPSG:32633"},
    {"huge", CAIRN_SORT_NONE, 0, NULL},
    {"missing", CAIRN_SORT_NONE, 0, NULL},
};

static void takes_the_values_of_a_record(void **state)
{
    (void)state;
    cairn_cql2_item item;
    cairn_cql2_record record;
    cairn_cql2_item_open(&item, cairn_span_of(ITEM), arena, &record);
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++) {
        cairn_sort sort = sort_of(VALUES[i].name);
        cairn_sort_value value;
        assert_true(cairn_sort_values(&sort, &record, (cairn_time){1577836800, 0}, arena, &value));
        if (value.type != VALUES[i].type)
            fail_msg("%s: type %d", VALUES[i].name, value.type);
        if (value.type == CAIRN_SORT_STRING && !cairn_span_is(value.text, VALUES[i].text))
            fail_msg("%s: '%.*s'", VALUES[i].name, CAIRN_SPAN_FMT(value.text));
        if (value.type == CAIRN_SORT_NUMBER || value.type == CAIRN_SORT_BOOLEAN)
            assert_true(value.number == VALUES[i].number);
    }
    cairn_sort sort = sort_of("+datetime");
    cairn_sort_value value;
    assert_true(cairn_sort_values(&sort, &record, CAIRN_TIME_MIN, arena, &value));
    assert_int_equal(value.type, CAIRN_SORT_NONE);
}

/* ---- order ---- */

static void orders_values(void **state)
{
    (void)state;
    const cairn_sort_value ordered[] = {
        {.type = CAIRN_SORT_NUMBER, .number = -1e300},
        {.type = CAIRN_SORT_NUMBER, .number = 0},
        {.type = CAIRN_SORT_NUMBER, .number = 1e-300},
        {.type = CAIRN_SORT_STRING, .text = CAIRN_SPAN_LIT("")},
        {.type = CAIRN_SORT_STRING, .text = CAIRN_SPAN_LIT("10")},
        {.type = CAIRN_SORT_STRING, .text = CAIRN_SPAN_LIT("9")},
        {.type = CAIRN_SORT_STRING, .text = CAIRN_SPAN_LIT("Z")},
        {.type = CAIRN_SORT_STRING, .text = CAIRN_SPAN_LIT("a")},
        {.type = CAIRN_SORT_STRING, .text = CAIRN_SPAN_LIT("\xc3\xa4")},
        {.type = CAIRN_SORT_BOOLEAN, .number = 0},
        {.type = CAIRN_SORT_BOOLEAN, .number = 1},
        {.type = CAIRN_SORT_NONE},
    };
    int n = sizeof ordered / sizeof *ordered;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            int order = cairn_sort_value_compare(&ordered[i], &ordered[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    const cairn_sort_value zero = {.type = CAIRN_SORT_NUMBER, .number = -0.0};
    assert_int_equal(cairn_sort_value_compare(&zero, &ordered[1]), 0);
}

static int compare(const char *sort_text, const cairn_sort_value *a, const cairn_sort_value *b, int64_t time_a,
                   int64_t time_b)
{
    cairn_sort sort = sort_of(sort_text);
    cairn_position x = {{time_a, 0}, CAIRN_SPAN_LIT("c"), CAIRN_SPAN_LIT("i"), a, sort.n};
    cairn_position y = {{time_b, 0}, CAIRN_SPAN_LIT("c"), CAIRN_SPAN_LIT("i"), b, sort.n};
    int order = cairn_sort_compare(&sort, &x, &y);
    assert_int_equal(order<0, cairn_sort_compare(&sort, &y, &x)> 0);
    return order;
}

static void orders_places(void **state)
{
    (void)state;
    const cairn_sort_value one = {.type = CAIRN_SORT_NUMBER, .number = 1}, none = {.type = CAIRN_SORT_NONE};
    const cairn_sort_value two = {.type = CAIRN_SORT_NUMBER, .number = 2};
    assert_true(compare("a", &one, &two, 0, 0) < 0);
    assert_true(compare("-a", &one, &two, 0, 0) > 0);
    assert_true(compare("a", &one, &none, 0, 0) < 0); /* what has none is last both ways */
    assert_true(compare("-a", &one, &none, 0, 0) < 0);
    assert_true(compare("a", &one, &one, 5, 3) < 0); /* ties: newest first, both ways */
    assert_true(compare("-a", &one, &one, 5, 3) < 0);
    assert_int_equal(compare("-a", &none, &none, 3, 3), 0);
    const cairn_sort_value a[] = {one, none}, b[] = {one, two}, c[] = {two, none};
    assert_true(compare("a,-b", a, b, 9, 0) > 0);
    assert_true(compare("a,-b", a, c, 0, 9) < 0);
}

static void copies_places(void **state)
{
    (void)state;
    char text[] = "abc", id[] = "id";
    const cairn_sort_value keys[] = {{.type = CAIRN_SORT_STRING, .text = {text, 3}}, {.type = CAIRN_SORT_NONE}};
    cairn_position from = {{1, 2}, CAIRN_SPAN_LIT("c"), {id, 2}, keys, 2}, to;
    assert_true(cairn_position_copy(arena, &from, &to));
    memset(text, 'x', 3);
    memset(id, 'x', 2);
    assert_int_equal(to.n_keys, 2);
    assert_true(cairn_span_is(to.keys[0].text, "abc"));
    assert_int_equal(to.keys[1].type, CAIRN_SORT_NONE);
    assert_true(cairn_span_is(to.id, "id"));
    cairn_arena *small = cairn_arena_new(64);
    assert_false(cairn_position_copy(small, &from, &to));
    cairn_arena_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_forms),
        cmocka_unit_test(refuses_what_is_no_sort),
        cmocka_unit_test(writes_times_that_order_by_bytes),
        cmocka_unit_test(takes_the_values_of_a_record),
        cmocka_unit_test(orders_values),
        cmocka_unit_test(orders_places),
        cmocka_unit_test(copies_places),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
