// LINK: query
/* CQL2 as a language: what binds how, what early drafts said, what is refused with which words, and the limits. */
#include "cql2.h"

typedef cairn_code parse_fn(cairn_span, const cairn_cql2_limits *, cairn_arena *, cairn_cql2 *, cairn_error *);

static cairn_cql2 parse(parse_fn *parser, const char *text, cairn_arena *arena)
{
    cairn_cql2 filter;
    cairn_error error = CAIRN_ERROR_INIT;
    if (parser(cairn_span_of(text), NULL, arena, &filter, &error) != CAIRN_OK)
        fail_msg("%s: %s", text, error.message);
    assert_round_trip(&filter, arena);
    return filter;
}

static void assert_prints(const cairn_cql2 *filter, bool json, const char *expected)
{
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    assert_true((json ? cairn_cql2_print_json : cairn_cql2_print_text)(filter->root, &out));
    if (!cairn_span_is(cairn_buf_span(&out), expected))
        fail_msg("expected %s, found %.*s", expected, CAIRN_SPAN_FMT(cairn_buf_span(&out)));
    cairn_buf_free(&out);
}

static void assert_refused(parse_fn *parser, cairn_span text, const cairn_cql2_limits *limits, cairn_arena *arena,
                           cairn_code code, const char *message)
{
    cairn_cql2 filter;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_code found = parser(text, limits, arena, &filter, &error);
    if (found == CAIRN_OK)
        found = cairn_cql2_check(&filter, &error);
    if (strcmp(error.message, message) != 0)
        fail_msg("%.*s: expected \"%s\", found \"%s\"", CAIRN_SPAN_FMT(text), message, error.message);
    assert_int_equal(found, code);
    assert_string_equal(error.parameter, "filter");
    const char *byte = strstr(message, "byte ");
    if (byte)
        assert_int_equal(error.offset, atoi(byte + 5));
}

/* ---- text ---- */

static void texts_have_one_meaning(void **state)
{
    static const struct {
        const char *text, *canonical;
    } CASES[] = {
        {"a=1 or b=2 and not c=3", "a = 1 OR b = 2 AND NOT c = 3"},
        {"(a=1 or b=2) and ((c))", "(a = 1 OR b = 2) AND c"},
        {"a = 1 AND (b = 2 AND (c = 3 AND d))", "a = 1 AND b = 2 AND c = 3 AND d"},
        {"NOT NOT a", "NOT NOT a"},
        {"NOT (a IS NULL)", "a IS NOT NULL"},
        {"NOT x IS NOT NULL", "NOT x IS NOT NULL"},
        {"NOT (a AND b)", "NOT (a AND b)"},
        {"(a = 1) = (b = 2)", "(a = 1) = (b = 2)"},
        {"(a = 1) IS NULL", "(a = 1) IS NULL"},
        {"a - b - c = a - (b - c)", "a - b - c = a - (b - c)"},
        {"a + b * c ^ d = (a + b) * c", "a + b * c ^ d = (a + b) * c"},
        {"a / (b / c) > a / b / c", "a / (b / c) > a / b / c"},
        {"(a ^ b) ^ c < -a ^ -2", "(a ^ b) ^ c < (-1 * a) ^ -2"},
        {"a div 2 = b % 3", "a DIV 2 = b % 3"},
        {"a -1 = +2", "a - 1 = 2"},
        {"a = -1", "a = -1"},
        {"a = .5 OR a = 5. OR a = 007 OR a = 1.50E+03", "a = 0.5 OR a = 5 OR a = 7 OR a = 1.50E+03"},
        {"a != 'x'", "a <> 'x'"},
        {"\"a\" = 1 AND \"and\" = 2 AND \"a b\" = 3 AND \"q\"\"q\" = 4",
         "a = 1 AND \"and\" = 2 AND \"a b\" = 3 AND \"q\"\"q\" = 4"},
        {"date = DATE('2020-01-02') AND point = 1 AND interval IN (1)",
         "date = DATE('2020-01-02') AND point = 1 AND interval IN (1)"},
        {"t = TIMESTAMP('2020-01-02T03:04:05.120+02:00')", "t = TIMESTAMP('2020-01-02T01:04:05.120Z')"},
        {"a = 'it''s' OR a = 'it\\'s' OR a = '\\\\' OR a LIKE '1\\%'",
         "a = 'it''s' OR a = 'it''s' OR a = '\\\\' OR a LIKE '1\\\\%'"},
        {"a = '\\t\\n'", "a = '\t\n'"},
        {"like(a, 'x%') AND in(b, 1, 2) AND between(c, 1, 2) AND isNull(d)",
         "a LIKE 'x%' AND b IN (1, 2) AND c BETWEEN 1 AND 2 AND d IS NULL"},
        {"casei(a) NOT LIKE casei('X%')", "CASEI(a) NOT LIKE CASEI('X%')"},
        {"a IN ()", "a IN ()"},
        {"A_CONTAINS(a, (1)) AND A_EQUALS(b, ((1), (2, 'x'), ()))",
         "A_CONTAINS(a, (1)) AND A_EQUALS(b, ((1), (2, 'x'), ()))"},
        {"f((a + 1) * 2, (a + 1), NOT (a))", "f((a + 1) * 2, (a + 1), NOT a)"},
        {"S_INTERSECTS(geometry, multipoint(1 2, (3 4)))", "S_INTERSECTS(geometry, MULTIPOINT(1 2, 3 4))"},
        {"S_WITHIN(geometry, POLYGON Z((0 0 1, 1 0 1, 1 1 1, 0 0 1)))",
         "S_WITHIN(geometry, POLYGON Z ((0 0 1, 1 0 1, 1 1 1, 0 0 1)))"},
        {"S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(0 0, -1 +1)))",
         "S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(0 0, -1 1)))"},
        {"T_DURING(t, INTERVAL('2020-01-01', '..')) AND T_AFTER(t, INTERVAL(a, \"b c\"))",
         "T_DURING(t, INTERVAL('2020-01-01', '..')) AND T_AFTER(t, INTERVAL(a, \"b c\"))"},
        {"\302\240eo:cloud_cover\t<\n5", "eo:cloud_cover < 5"},
        {"été.ö = 1", "été.ö = 1"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        cairn_cql2 filter = parse(cairn_cql2_parse_text, CASES[i].text, *state);
        assert_prints(&filter, false, CASES[i].canonical);
    }
}

static void bad_texts_are_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } CASES[] = {
        {"", "expected a property, a value or '(' at byte 0, found the end"},
        {"a = ", "expected a property, a value or '(' at byte 4, found the end"},
        {"S_INTERSECTS(geometry, POINT(7.1 50.7)", "expected ',' or ')' at byte 38, found the end"},
        {"S_INTERSECTS(geometry, POINT(7.1 50.7) AND b = 1",
         "AND: expected a condition or boolean at byte 23, found a geometry"},
        {"(a = 1 AND b = 2", "expected ')' at byte 16, found the end"},
        {"a = 1 b = 2", "expected an operator or the end at byte 6, found 'b'"},
        {"a = 'x", "the quote ' at byte 4 is never closed"},
        {"a = NULL", "expected a value (NULL is asked for by IS NULL) at byte 4, found 'NULL'"},
        {"a IS 5", "expected NULL or NOT NULL at byte 5, found '5'"},
        {"a NOT = 5", "expected LIKE, BETWEEN or IN at byte 6, found '='"},
        {"a BETWEEN 1 OR 2", "expected AND and the upper end of BETWEEN at byte 12, found 'OR'"},
        {"5", "expected a condition at byte 0, found a number"},
        {"a AND 'x'", "AND: expected a condition or boolean at byte 6, found a string"},
        {"5 = 'x'", "=: expected a number at byte 4, found a string"},

        {"1 IN (2, TRUE)", "IN: expected a number at byte 9, found a condition or boolean"},
        {"a + 'x' > 1", "+: expected a number at byte 4, found a string"},
        {"a LIKE b", "LIKE: expected a pattern in quotes (in CASEI or ACCENTI, if need be) at byte 7"},
        {"CASEI(a, b) = 'x'", "CASEI at byte 0: expected 1 operand, found 2"},
        {"S_WITHIN(geometry)", "S_WITHIN at byte 0: expected 2 operands, found 1"},
        {"S_WITHIN(geometry, 'x')", "S_WITHIN: expected a geometry at byte 19, found a string"},
        {"a = (1, 2)", "expected ')' (an array stands only in arrays and function arguments) at byte 6, found ','"},
        {"a = DATE('2020-02-30')", "expected a date such as 2020-12-31 at byte 4, found '2020-02-30'"},
        {"a = TIMESTAMP('2020-01-01')",
         "expected a timestamp such as 2020-12-31T23:59:59Z at byte 4, found '2020-01-01'"},
        {"a = 1e999", "expected a number within the range of doubles at byte 4, found '1e999'"},
        {"a ^ b ^ c = 1", "expected parentheses that say which power comes first at byte 6, found '^'"},
        {"a = #", "expected a property, a value or '(' at byte 4, found '#'"},
        {"S_WITHIN(geometry, POINT(1))", "expected a number at byte 26, found ')'"},
        {"a = 1 AND \xff", "byte 10 is not UTF-8"},
        /* what can be parsed, but not answered */
        {"floorr(a) = 1", "no function is called 'floorr' (at byte 0); did you mean 'floor'?"},
        {"S_INTERSECT(geometry, POINT(1 1))",
         "no function is called 'S_INTERSECT' (at byte 0); did you mean 'S_INTERSECTS'?"},
        {"foo(a) = 1", "no function is called 'foo' (at byte 0)"},
        {"s2:mgrs-tile = 'x'", "=: expected a number at byte 15, found a string (a name with '-' stands in double "
                               "quotes: \"s2:mgrs-tile\")"},
        {"s2:mgrs-tile-2 IN ('x')",
         "IN: expected a number at byte 19, found a string (a name with '-' stands in double "
         "quotes: \"s2:mgrs-tile-2\")"},
        {"a - b = 'x'", "=: expected a number at byte 8, found a string"},
        {"A_CONTAINS(assets.*.roles, ('x'))", "expected a property, a value or '(' at byte 19, found '.' (a name with "
                                              "'*' stands in double quotes: \"assets.*.roles\")"},
        {"'eo:cloud_cover' < 10", "<: expected a string at byte 19, found a number (single quotes "
                                  "make a string; names stand without quotes or in double quotes)"},
        {"'some text' < 10", "<: expected a string at byte 14, found a number"},
        {"a == 1", "expected a property, a value or '(' at byte 3, found '=' (equal is written =)"},
        {"a && b", "expected an operator or the end at byte 2, found '&' (write AND)"},
        {"a || b", "expected an operator or the end at byte 2, found '|' (write OR)"},
        {"a ILIKE 'b'", "expected an operator or the end at byte 2, found 'ILIKE' (without regard to case: CASEI(a) "
                        "LIKE CASEI('b%'))"},
        {"avg(a) = 1", "no function is called 'avg' (at byte 0)"},
        {"floor(a, b) = 1", "floor at byte 0: expected 1 operand, found 2"},
        {"floor('x') = 1", "floor: expected a number at byte 6, found a string"},
        {"T_AFTER(a, 'yesterday')", "expected a date or timestamp at byte 11, found 'yesterday'"},
        {"T_AFTER(a, INTERVAL('2021-01-01', '2020-01-01'))", "the interval at byte 11 ends before it begins"},
        {"S_INTERSECTS(geometry, POINT(90 180))", "the coordinates at byte 23 are out of range, expected longitudes "
                                                  "within -180 and 180 and latitudes within -90 and 90"},
        {"S_INTERSECTS(geometry, BBOX(0, 10, 5, 5))",
         "BBOX at byte 23: the southern edge lies north of the northern one; expected west, south, east, north"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_refused(cairn_cql2_parse_text, cairn_span_of(CASES[i].text), NULL, *state, CAIRN_INVALID,
                       CASES[i].message);
}

/* ---- JSON ---- */

static void old_shapes_are_understood(void **state)
{
    static const struct {
        const char *json, *text;
    } CASES[] = {
        {"{\"op\":\"between\",\"args\":[{\"property\":\"a\"},[0,50]]}", "a BETWEEN 0 AND 50"},
        {"{\"between\":{\"value\":{\"property\":\"a\"},\"lower\":0,\"upper\":50}}", "a BETWEEN 0 AND 50"},
        {"{\"op\":\"isNull\",\"args\":{\"property\":\"a\"}}", "a IS NULL"},
        {"{\"op\":\"is null\",\"args\":[{\"property\":\"a\"}]}", "a IS NULL"},
        {"{\"isNull\":{\"property\":\"a\"}}", "a IS NULL"},
        {"{\"eq\":[{\"property\":\"a\"},1]}", "a = 1"},
        {"{\"op\":\"lte\",\"args\":[{\"property\":\"a\"},1]}", "a <= 1"},
        {"{\"AND\":[{\"gt\":[{\"property\":\"a\"},1]},{\"not\":{\"lt\":[{\"property\":\"a\"},2]}}]}",
         "a > 1 AND NOT a < 2"},
        {"{\"op\":\"and\",\"args\":[{\"op\":\"T_AFTER\",\"args\":[{\"property\":\"a\"},{\"date\":\"2020-01-01\"}]}]}",
         "T_AFTER(a, DATE('2020-01-01'))"},
        {"{\"op\":\"in\",\"args\":[{\"property\":\"a\"},1,2]}", "a IN (1, 2)"},
        {"{\"in\":{\"value\":{\"property\":\"a\"},\"list\":[1,2]}}", "a IN (1, 2)"},
        {"{\"op\":\"=\",\"args\":[{\"casei\":{\"property\":\"a\"}},{\"casei\":\"X\"}]}", "CASEI(a) = CASEI('X')"},
        {"{\"function\":{\"name\":\"f\",\"args\":[1]}}", "f(1)"},
        {"{\"anyinteracts\":[{\"property\":\"datetime\"},[\"2020-01-01\",\"..\"]]}",
         "T_INTERSECTS(datetime, INTERVAL('2020-01-01', '..'))"},
        {"{\"intersects\":[{\"property\":\"geometry\"},{\"type\":\"Point\",\"coordinates\":[1,2],\"bbox\":[1,2,1,2]}]}",
         "S_INTERSECTS(geometry, POINT(1 2))"},
        {"{\"op\":\"t_during\",\"args\":[{\"property\":\"a\"},{\"interval\":[{\"property\":\"b\"},{\"timestamp\":"
         "\"2020-01-01T00:00:00Z\"}]}]}",
         "T_DURING(a, INTERVAL(b, '2020-01-01T00:00:00Z'))"},
        {" true ", "TRUE"},
        {"{\"op\":\"like\",\"args\":[{\"property\":\"a\\u0022b\"},\"x\\\\%'\"]}", "\"a\"\"b\" LIKE 'x\\\\%'''"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        cairn_cql2 filter = parse(cairn_cql2_parse_json, CASES[i].json, *state);
        assert_prints(&filter, false, CASES[i].text);
    }
}

static void bad_json_is_refused(void **state)
{
    static const struct {
        const char *json, *message;
    } CASES[] = {
        {"{", "JSON: expected a member's name in double quotes or '}' at line 1 column 2, found the end of the text "
              "(byte 1)"},
        {"{\"op\":\"=\"}", "expected an object with 'op' and 'args' at byte 0, found '{\"op\":\"=\"}'"},
        {"{\"op\":\"=\",\"args\":[{\"property\":\"a\"}]}", "= at byte 0: expected 2 operands, found 1"},
        {"{\"op\":\"and\",\"args\":[]}", "AND at byte 0: expected 1 or more operands, found 0"},
        {"{\"op\":\"=\",\"args\":[{\"property\":\"a\"},null]}",
         "expected a value (null is asked for by isNull) at byte 35, found 'null'"},
        {"{\"op\":\"=\",\"args\":[{\"property\":5},1]}",
         "expected the name of a property in quotes at byte 30, found '5'"},
        {"{\"op\":\"a b\",\"args\":[]}", "expected the name of an operator or function at byte 0, found 'a b'"},
        {"{\"op\":\"date\",\"args\":[\"2020-01-01\"]}",
         "expected the name of an operator or function at byte 0, found 'date'"},
        {"{\"op\":\"s_within\",\"args\":[{\"property\":\"g\"},{\"type\":\"Feature\"}]}",
         "expected a GeoJSON geometry at byte 42, found '{\"type\":\"Feature\"}'"},
        {"{\"op\":\"s_within\",\"args\":[{\"property\":\"g\"},{\"type\":\"Point\",\"coordinates\":[1]}]}",
         "expected a position of 2 or 3 finite numbers at byte 42, found '[1]'"},
        {"{\"foo\":1,\"bar\":2}",
         "expected an expression: an object with 'op' and 'args', 'property', 'date', 'timestamp', 'interval', 'bbox' "
         "or a GeoJSON geometry at byte 0, found '{\"foo\":1,\"bar\":2}'"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_refused(cairn_cql2_parse_json, cairn_span_of(CASES[i].json), NULL, *state, CAIRN_INVALID,
                       CASES[i].message);
}

/* ---- limits ---- */

static cairn_span repeat(cairn_buf *buf, const char *before, const char *piece, size_t n, const char *after)
{
    cairn_buf_reset(buf);
    cairn_buf_add_text(buf, before);
    for (size_t i = 0; i < n; i++)
        cairn_buf_add_text(buf, piece);
    cairn_buf_add_text(buf, after);
    return cairn_buf_span(buf);
}

static void limits_are_kept(void **state)
{
    static const cairn_cql2_limits SMALL = {
        .max_bytes = 100000, .max_nodes = 100, .max_vertices = 10, .max_pattern = 8};
    cairn_buf buf = CAIRN_BUF_INIT(8 << 20);
    parse_fn *text = cairn_cql2_parse_text, *json = cairn_cql2_parse_json;
    assert_refused(text, repeat(&buf, "a = 1", " + 1", 60, ""), NULL, *state, CAIRN_TOO_LARGE,
                   "the filter is nested more than 48 deep, the limit, at byte 4");
    assert_refused(text, repeat(&buf, "", "NOT ", 48, "a"), NULL, *state, CAIRN_TOO_LARGE,
                   "the filter is nested more than 48 deep, the limit, at byte 0");
    assert_refused(text, repeat(&buf, "", "(", 1000, "a"), NULL, *state, CAIRN_TOO_LARGE,
                   "the filter is nested more than 96 deep, the limit, at byte 97");
    assert_refused(text, repeat(&buf, "a IN (1", ", 1", 200, ")"), &SMALL, *state, CAIRN_TOO_LARGE,
                   "the filter has more than 100 parts, the limit, at byte 303");
    assert_refused(text, repeat(&buf, "S_WITHIN(a, LINESTRING(1 1", ", 1 1", 10, "))"), &SMALL, *state, CAIRN_TOO_LARGE,
                   "the geometry at byte 12 makes more than 10 positions, the limit");
    assert_refused(text, cairn_span_of("a LIKE '123456789'"), &SMALL, *state, CAIRN_TOO_LARGE,
                   "LIKE: the pattern at byte 7 has 9 bytes, more than the limit of 8");
    assert_refused(text, repeat(&buf, "a", " ", 100000, ""), &SMALL, *state, CAIRN_TOO_LARGE,
                   "the filter has 100001 bytes, more than the limit of 100000");
    for (size_t depth = 47; depth <= 48; depth++) {
        cairn_cql2 filter;
        repeat(&buf, "", "{\"op\":\"not\",\"args\":[", depth, "true");
        for (size_t i = 0; i < depth; i++)
            cairn_buf_add_text(&buf, "]}");
        if (depth == 47)
            assert_int_equal(json(cairn_buf_span(&buf), NULL, *state, &filter, NULL), CAIRN_OK);
        else
            assert_refused(json, cairn_buf_span(&buf), NULL, *state, CAIRN_TOO_LARGE,
                           "the filter is nested more than 48 deep, the limit, at byte 0");
    }
    cairn_cql2 filter;
    assert_int_equal(text(repeat(&buf, "", "NOT ", 47, "a"), NULL, *state, &filter, NULL), CAIRN_OK);
    assert_int_equal(filter.root->height, 47);
    assert_round_trip(&filter, *state);
    cairn_buf_free(&buf);
}

static void properties_know_their_place(void **state)
{
    static const struct {
        const char *name;
        cairn_cql2_field field;
        size_t n;
        bool is_time;
    } CASES[] = {
        {"id", CAIRN_CQL2_ID, 1, false},
        {"\"properties.id\"", CAIRN_CQL2_IN_PROPERTIES, 1, false},
        {"collection", CAIRN_CQL2_COLLECTION, 1, false},
        {"geometry", CAIRN_CQL2_PLACE, 1, false},
        {"geometry.type", CAIRN_CQL2_IN_PROPERTIES, 2, false},
        {"datetime", CAIRN_CQL2_DATETIME, 1, true},
        {"properties.start_datetime", CAIRN_CQL2_START_DATETIME, 1, true},
        {"updated", CAIRN_CQL2_IN_PROPERTIES, 1, true},
        {"assets.B02.href", CAIRN_CQL2_IN_ITEM, 3, false},
        {"eo:cloud_cover", CAIRN_CQL2_IN_PROPERTIES, 1, false},
        {"properties.a.b", CAIRN_CQL2_IN_PROPERTIES, 2, false},
        {"properties", CAIRN_CQL2_IN_PROPERTIES, 1, false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        cairn_cql2 filter = parse(cairn_cql2_parse_text, CASES[i].name, *state);
        assert_int_equal(filter.root->property.field, CASES[i].field);
        assert_int_equal(filter.root->property.n, CASES[i].n);
        assert_int_equal(filter.root->property.is_time, CASES[i].is_time);
    }
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
        cmocka_unit_test(texts_have_one_meaning),    cmocka_unit_test(bad_texts_are_refused),
        cmocka_unit_test(old_shapes_are_understood), cmocka_unit_test(bad_json_is_refused),
        cmocka_unit_test(limits_are_kept),           cmocka_unit_test(properties_know_their_place),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
