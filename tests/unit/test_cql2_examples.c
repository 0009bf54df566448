// LINK: query
/* The examples of the standard: CQL2-Text and CQL2-JSON mean the same, and what is printed is read as the same tree. */
#include "cql2.h"

static cairn_cql2 parse(cairn_span text, bool json, cairn_arena *arena)
{
    cairn_cql2 filter;
    cairn_error error = CAIRN_ERROR_INIT;
    if ((json ? cairn_cql2_parse_json : cairn_cql2_parse_text)(text, NULL, arena, &filter, &error) != CAIRN_OK)
        fail_msg("%.*s: %s", CAIRN_SPAN_FMT(text), error.message);
    return filter;
}

static cairn_span member(cairn_span line, const char *name, cairn_arena *arena)
{
    cairn_span value = cairn_json_string(cairn_json_get(line, name), arena);
    assert_non_null(value.p);
    return value;
}

/* cql2_rs holds what another implementation writes for the same expression. */
static void check_canonical(cairn_span line, const char *from, const cairn_cql2 *filter, cairn_arena *arena)
{
    cairn_span written = cairn_json_get(cairn_json_get(line, "cql2_rs"), from);
    if (!written.p)
        return;
    cairn_cql2 text = parse(member(written, "text", arena), false, arena);
    cairn_cql2 json = parse(cairn_json_get(written, "json"), true, arena);
    assert_true(cairn_cql2_equal(text.root, filter->root));
    assert_true(cairn_cql2_equal(json.root, filter->root));
}

static void check_pair(cairn_span line, cairn_arena *arena)
{
    cairn_cql2 text = parse(member(line, "text", arena), false, arena);
    cairn_cql2 json = parse(cairn_json_get(line, "json"), true, arena);
    if (!cairn_cql2_equal(text.root, json.root))
        fail_msg("text and JSON differ: %.*s", CAIRN_SPAN_FMT(member(line, "name", arena)));
    assert_int_equal(text.nodes, json.nodes);
    assert_int_equal(text.vertices, json.vertices);
    assert_round_trip(&text, arena);
    assert_round_trip(&json, arena);
    check_canonical(line, "txt", &text, arena);
    check_canonical(line, "json", &text, arena);
}

static void check_filter(cairn_span line, cairn_arena *arena)
{
    cairn_span text = cairn_json_get(line, "filter").p ? member(line, "filter", arena) : member(line, "text", arena);
    cairn_cql2 filter = parse(text, false, arena);
    assert_round_trip(&filter, arena);
}

static void test_pairs(void **state)
{
    assert_int_equal(each_line(CAIRN_TEST_DATA "/cql2/ogc-examples.ndjson", *state, check_pair), 120);
}

static void test_syntax(void **state)
{
    assert_int_equal(each_line(CAIRN_TEST_DATA "/cql2/ats-syntax.ndjson", *state, check_filter), 109);
}

static void test_predicates(void **state)
{
    assert_int_equal(each_line(CAIRN_TEST_DATA "/cql2/ats-predicates.ndjson", *state, check_filter), 157);
}

static void test_expressions(void **state)
{
    assert_int_equal(each_line(CAIRN_TEST_DATA "/cql2/cql2-rs-expressions.ndjson", *state, check_filter), 108);
}

static int set_up(void **state)
{
    *state = cairn_arena_new(TEST_ARENA);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    cairn_arena_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_syntax),
        cmocka_unit_test(test_predicates),
        cmocka_unit_test(test_expressions),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
