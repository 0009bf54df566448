// LINK: query
#include "query/query_ext.h"

#include "base/json.h"
#include "query/cql2/evaluate.h"
#include "query/cql2/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static cairn_arena *arena;
static cairn_geos *geos;

static int setup(void **state)
{
    (void)state;
    arena = cairn_arena_new(64 << 20);
    geos = cairn_geos_new();
    return arena && geos ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    cairn_arena_free(arena);
    cairn_geos_free(geos);
    return 0;
}

static cairn_code read_query(const char *json, const cairn_cql2 **out, cairn_error *error)
{
    *error = (cairn_error)CAIRN_ERROR_INIT;
    assert_int_equal(cairn_json_check(cairn_span_of(json), 64, NULL, NULL), CAIRN_OK);
    return cairn_query_ext_read(cairn_span_of(json), arena, out, error);
}

static const cairn_cql2 *query_of(const char *json)
{
    const cairn_cql2 *query;
    cairn_error error;
    if (read_query(json, &query, &error) != CAIRN_OK)
        fail_msg("%s: %s", json, error.message);
    return query;
}

/* ---- lowering ---- */

static const struct {
    const char *json, *text;
} LOWERED[] = {
    {"{\"a\":{\"lt\":10}}", "a < 10"},
    {"{\"a\":{\"lte\":10,\"gt\":0.50,\"gte\":-1e3}}", "a <= 10 AND a > 0.50 AND a >= -1e3"},
    {"{\"a\":{\"eq\":true}}", "a = TRUE"},
    {"{\"a\":{\"eq\":10}}", "a = 10 OR a = '10'"},
    {"{\"a\":{\"eq\":\"10\"}}", "a = '10' OR a = 10"},
    {"{\"a\":{\"neq\":\"10\"}}", "a <> '10' OR a <> 10"},
    {"{\"a\":{\"eq\":\"x\"}}", "a = 'x'"},
    {"{\"a\":{\"eq\":\"10 \"}}", "a = '10 '"},
    {"{\"a\":{\"eq\":\"0x10\"}}", "a = '0x10'"},
    {"{\"a\":{\"eq\":\"1e999\"}}", "a = '1e999'"},
    {"{\"a\":{\"eq\":\"\"}}", "a = ''"},
    {"{\"a\":{\"lt\":\"-1.5\"}}", "a < '-1.5' OR a < -1.5"},
    {"{\"a\":{\"eq\":null}}", "a IS NULL"},
    {"{\"a\":{\"neq\":null}}", "a IS NOT NULL"},
    {"{\"a\":{\"startsWith\":\"S2\"}}", "a LIKE 'S2%'"},
    {"{\"a\":{\"endsWith\":\"\\u00e4'\"}}", "a LIKE '%\xc3\xa4'''"},
    {"{\"a\":{\"contains\":\"x\"}}", "a LIKE '%x%' OR A_OVERLAPS(a, ('x'))"},
    {"{\"a\":{\"contains\":5}}", "A_OVERLAPS(a, (5, '5'))"},
    {"{\"a\":{\"in\":[\"x\",true]}}", "a IN ('x', TRUE) OR A_OVERLAPS(a, ('x', TRUE))"},
    {"{\"a\":{\"in\":[1,\"2\"]}}", "a IN (1, '1', '2', 2) OR A_OVERLAPS(a, (1, '1', '2', 2))"},
    {"{\"properties.a\":{\"lt\":1},\"b.c\":{\"gt\":2}}", "properties.a < 1 AND b.c > 2"},
    {"{\"b\":{},\"a\":{\"lt\":1}}", "a < 1"},
};

static void lowers_into_cql2(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LOWERED / sizeof *LOWERED; i++) {
        cairn_buf text = CAIRN_BUF_INIT(1 << 16);
        assert_true(cairn_cql2_print_text(query_of(LOWERED[i].json)->root, &text));
        if (!cairn_span_is(cairn_buf_span(&text), LOWERED[i].text))
            fail_msg("%s: %.*s", LOWERED[i].json, CAIRN_SPAN_FMT(cairn_buf_span(&text)));
        cairn_buf_free(&text);
    }
    assert_null(query_of("{}"));
    assert_null(query_of("{\"a\":{}}"));
}

/* ---- what it means ---- */

static const char ITEM[] =
    "{\"id\":\"i\",\"collection\":\"c\",\"properties\":{\"datetime\":\"2020-01-01T00:00:00Z\",\"n\":10,\"s\":\"10\","
    "\"t\":\"ab%c_d\\\\e\",\"b\":true,\"z\":null,\"a\":[\"x\",\"y\",10],\"as\":[\"10\"],\"created\":\"2020-06-01T00:00:"
    "00.5+02:00\"}}";

static const struct {
    const char *json;
    bool matches;
} MEANT[] = {
    {"{\"n\":{\"eq\":10}}", true},
    {"{\"n\":{\"eq\":\"10\"}}", true},
    {"{\"n\":{\"eq\":\"10.0\"}}", true},
    {"{\"n\":{\"eq\":\"11\"}}", false},
    {"{\"s\":{\"eq\":\"10\"}}", true},
    {"{\"s\":{\"eq\":10}}", true},
    {"{\"s\":{\"eq\":10.0}}", false}, /* another spelling of a stored string */
    {"{\"n\":{\"neq\":\"10\"}}", false},
    {"{\"n\":{\"neq\":10}}", false},
    {"{\"n\":{\"neq\":\"11\"}}", true},
    {"{\"n\":{\"neq\":\"x\"}}", false}, /* a number is of another type than 'x' */
    {"{\"s\":{\"neq\":10}}", false},
    {"{\"s\":{\"neq\":11}}", true},
    {"{\"missing\":{\"neq\":11}}", false},
    {"{\"n\":{\"lt\":\"9\"}}", false},
    {"{\"n\":{\"gt\":\"9\"}}", true},
    {"{\"n\":{\"gte\":10,\"lte\":10}}", true},
    {"{\"n\":{\"gte\":10,\"lt\":10}}", false},
    {"{\"n\":{\"gte\":10},\"b\":{\"eq\":false}}", false},
    {"{\"z\":{\"eq\":null}}", true},
    {"{\"n\":{\"eq\":null}}", false},
    {"{\"n\":{\"neq\":null}}", true},
    {"{\"missing\":{\"neq\":null}}", false},
    {"{\"t\":{\"startsWith\":\"ab%\"}}", true},
    {"{\"t\":{\"startsWith\":\"a%c\"}}", false},
    {"{\"t\":{\"startsWith\":\"a_\"}}", false},
    {"{\"t\":{\"endsWith\":\"d\\\\e\"}}", true},
    {"{\"t\":{\"endsWith\":\"AB\"}}", false},
    {"{\"t\":{\"contains\":\"_d\\\\\"}}", true},
    {"{\"t\":{\"contains\":\"AB\"}}", false}, /* case counts */
    {"{\"t\":{\"contains\":\"\"}}", true},
    {"{\"a\":{\"contains\":\"x\"}}", true},
    {"{\"a\":{\"contains\":\"z\"}}", false},
    {"{\"a\":{\"contains\":\"10\"}}", true},
    {"{\"a\":{\"contains\":10}}", true},
    {"{\"as\":{\"contains\":10}}", true},
    {"{\"a\":{\"in\":[\"q\",\"y\"]}}", true},
    {"{\"a\":{\"in\":[\"q\"]}}", false},
    {"{\"t\":{\"in\":[\"ab%c_d\\\\e\"]}}", true},
    {"{\"n\":{\"in\":[\"9\",\"10\"]}}", true},
    {"{\"n\":{\"in\":[9]}}", false},
    {"{\"b\":{\"in\":[true]}}", true},
    {"{\"datetime\":{\"eq\":\"2020-01-01T01:00:00+01:00\"}}", true},
    {"{\"datetime\":{\"gt\":\"2020-01-01T00:00:00Z\"}}", false},
    {"{\"created\":{\"eq\":\"2020-05-31T22:00:00.500Z\"}}", true},
    {"{\"properties.created\":{\"lt\":\"2020-05-31T22:00:00.5001Z\"}}", true},
    {"{\"id\":{\"in\":[\"i\"]},\"collection\":{\"eq\":\"c\"}}", true},
};

static void means_what_it_says(void **state)
{
    (void)state;
    cairn_cql2_item item;
    cairn_cql2_record record;
    cairn_cql2_item_open(&item, cairn_span_of(ITEM), arena, &record);
    for (size_t i = 0; i < sizeof MEANT / sizeof *MEANT; i++) {
        cairn_cql2_matcher *matcher;
        cairn_truth truth;
        cairn_error error = CAIRN_ERROR_INIT;
        const cairn_cql2 *query = query_of(MEANT[i].json);
        assert_int_equal(cairn_cql2_matcher_new(query, geos, arena, &matcher, &error), CAIRN_OK);
        assert_int_equal(cairn_cql2_match(matcher, &record, arena, &truth, &error), CAIRN_OK);
        if ((truth == CAIRN_TRUE) != MEANT[i].matches)
            fail_msg("%s is %d", MEANT[i].json, truth);
    }
}

/* ---- what it is not ---- */

static const struct {
    const char *json, *part;
} WRONG[] = {
    {"[]", "JSON object"},
    {"7", "JSON object"},
    {"{\"a\":10}", "'a': conditions: expected an object"},
    {"{\"a\":null}", "expected an object"},
    {"{\"\":{\"eq\":1}}", "name of a property"},
    {"{\"a\":{\"ltt\":1}}", "did you mean 'lt'?"},
    {"{\"a\":{\"LT\":1}}", "did you mean 'lt'?"},
    {"{\"a\":{\"startswith\":\"x\"}}", "did you mean 'startsWith'?"},
    {"{\"a\":{\"between\":[1,2]}}", "expected eq, neq"},
    {"{\"a\":{\"eq\":[1]}}", "'a': eq: expected a string, a number, a boolean or null, found '[1]'"},
    {"{\"a\":{\"neq\":{}}}", "neq"},
    {"{\"a\":{\"lt\":null}}", "a number or a string"},
    {"{\"a\":{\"lt\":true}}", "a number or a string"},
    {"{\"a\":{\"startsWith\":1}}", "a string"},
    {"{\"a\":{\"endsWith\":[\"x\"]}}", "a string"},
    {"{\"a\":{\"contains\":null}}", "contains"},
    {"{\"a\":{\"in\":\"x\"}}", "at least one value"},
    {"{\"a\":{\"in\":[]}}", "at least one value"},
    {"{\"a\":{\"in\":[null]}}", "in the array"},
    {"{\"a\":{\"in\":[[1]]}}", "in the array"},
    {"{\"a\":{\"eq\":1e999}}", "range of doubles"},
};

static void refuses_what_is_no_query(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        const cairn_cql2 *query;
        cairn_error error;
        if (read_query(WRONG[i].json, &query, &error) != CAIRN_INVALID || !strstr(error.message, WRONG[i].part))
            fail_msg("%s: \"%s\" lacks \"%s\"", WRONG[i].json, error.message, WRONG[i].part);
        assert_string_equal(error.parameter, "query");
        assert_null(query);
    }
}

static void keeps_its_limits(void **state)
{
    (void)state;
    const cairn_cql2 *query;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_buf json = CAIRN_BUF_INIT(1 << 20);
    cairn_buf_add_text(&json, "{\"a\":{\"in\":[0");
    for (int i = 0; i < 6000; i++)
        cairn_buf_add_text(&json, ",\"x\"");
    cairn_buf_add_text(&json, "]}}");
    assert_int_equal(cairn_query_ext_read(cairn_buf_span(&json), arena, &query, &error), CAIRN_TOO_LARGE);
    assert_string_equal(error.parameter, "query");
    cairn_arena *small = cairn_arena_new(256);
    assert_int_equal(cairn_query_ext_read(cairn_span_of("{\"a\":{\"eq\":\"b\"}}"), small, &query, NULL), CAIRN_NOMEM);
    cairn_arena_free(small);
    cairn_buf_free(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lowers_into_cql2),
        cmocka_unit_test(means_what_it_says),
        cmocka_unit_test(refuses_what_is_no_query),
        cmocka_unit_test(keeps_its_limits),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
