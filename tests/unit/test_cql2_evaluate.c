// LINK: query
/* The evaluator: types, three-valued logic, and what each operator makes of a record. */
#include "cql2.h"

#include "base/clock.h"
#include "query/cql2/evaluate.h"

typedef struct world {
    cairn_geos *geos;
    cairn_arena *arena, *scratch;
} world;

static int setup(void **state)
{
    world *w = calloc(1, sizeof *w);
    *state = w;
    if (!w)
        return -1;
    w->geos = cairn_geos_new();
    w->arena = cairn_arena_new(64 << 20);
    w->scratch = cairn_arena_new(64 << 20);
    return w->geos && w->arena && w->scratch ? 0 : -1;
}

static int teardown(void **state)
{
    world *w = *state;
    cairn_arena_free(w->scratch);
    cairn_arena_free(w->arena);
    cairn_geos_free(w->geos);
    free(w);
    return 0;
}

static const char ITEM[] =
    "{\"type\":\"Feature\",\"id\":\"a\\u00e9\",\"collection\":\"c\",\"stac_version\":\"1.1.0\","
    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,4],[0,4],[0,0]]]},\"bbox\":[0,0,4,4],"
    "\"properties\":{\"datetime\":\"2020-06-15T12:30:00Z\",\"created\":\"2021-01-01T00:00:00\",\"n\":5,\"half\":2.5,"
    "\"neg\":-7,\"text\":\"Stra\\u00dfe\",\"year\":\"2012\",\"yes\":true,\"no\":false,\"nil\":null,\"day\":\"2020-06-"
    "15\","
    "\"list\":[1,2,3],\"names\":[\"oli\",\"tirs\"],\"mixed\":[1,\"1\",true,null,{\"a\":1},[1,2]],\"none\":[],"
    "\"days\":[\"2020-06-15\",\"2020-06-16T00:00:00Z\",\"soon\"],\"huge\":1e999,"
    "\"a.b\":{\"c\":1},\"a\":{\"b\":{\"c\":2,\"d\":3}},\"deep\":[{\"x\":1},{\"x\":[2,3]},{\"x\":null},{\"y\":4}],"
    "\"eo:cloud_cover\":12.5,\"proj:epsg\":32633,\"spot\":{\"type\":\"Point\",\"coordinates\":[1,1]},"
    "\"b\\u0061nds\":[{\"name\":\"B1\",\"eo:common_name\":\"red\"},{\"name\":\"B2\",\"eo:common_name\":\"nir\"}]},"
    "\"assets\":{\"B1\":{\"href\":\"x\",\"type\":\"image/"
    "tiff\",\"roles\":[\"data\",\"visual\"],\"proj:code\":\"EPSG:32633\","
    "\"raster:bands\":[{\"data_type\":\"uint16\",\"scale\":0.1}]},"
    "\"thumb\":{\"href\":\"y\",\"type\":\"image/png\",\"roles\":[\"thumbnail\"]}}}";

static const char RANGED[] =
    "{\"id\":\"r\",\"properties\":{\"datetime\":null,\"start_datetime\":\"2020-01-01T00:00:00Z\","
    "\"end_datetime\":\"2020-12-31T23:59:59Z\",\"proj:code\":\"EPSG:4326\"}}";

static cairn_truth ask_item(world *w, const char *json, const char *filter)
{
    cairn_cql2 tree;
    cairn_cql2_matcher *matcher;
    cairn_cql2_record record;
    cairn_cql2_item item;
    cairn_truth truth = CAIRN_UNKNOWN;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_footprint place = {0};
    cairn_warnings warnings = {0};
    cairn_span text = cairn_span_of(json), geometry = cairn_json_get(text, "geometry");
    if (geometry.p)
        assert_int_equal(cairn_footprint_read(w->geos, geometry, false, NULL, w->arena, &place, &warnings, NULL),
                         CAIRN_OK);
    cairn_cql2_item_open(&item, text, w->arena, &record);
    item.has_place = place.present;
    item.box = place.box;
    item.wkb = place.wkb;
    if (cairn_cql2_parse_text(cairn_span_of(filter), NULL, w->arena, &tree, &error) != CAIRN_OK ||
        cairn_cql2_matcher_new(&tree, w->geos, w->arena, &matcher, &error) != CAIRN_OK ||
        cairn_cql2_match(matcher, &record, w->scratch, &truth, &error) != CAIRN_OK)
        fail_msg("%s: %s", filter, error.message);
    cairn_arena_reset(w->scratch);
    cairn_arena_reset(w->arena);
    return truth;
}

typedef struct expectation {
    const char *filter;
    char truth; /* T, F, or ? */
} expectation;

static void expect_of(world *w, const char *json, const expectation *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char truth = "FT?"[ask_item(w, json, list[i].filter)];
        if (truth != list[i].truth)
            fail_msg("%s: %c", list[i].filter, truth);
    }
}

#define EXPECT(state, ...) EXPECT_OF(state, ITEM, __VA_ARGS__)
#define EXPECT_OF(state, item, ...)                                                                                    \
    do {                                                                                                               \
        static const expectation list[] = {__VA_ARGS__};                                                               \
        expect_of(*(state), item, list, sizeof list / sizeof *list);                                                   \
    } while (0)

static void values_of_another_type_are_null(void **state)
{
    EXPECT(state, {"n = 5", 'T'}, {"n = '5'", '?'}, {"year = 2012", '?'}, {"year > 2000", '?'}, {"year = '2012'", 'T'},
           {"NOT year = 2012", '?'}, {"list = 1", '?'}, {"list IS NULL", 'F'}, {"spot = 1", '?'}, {"yes = 1", '?'},
           {"nothing = 1", '?'}, {"nil IS NULL", 'T'}, {"nothing IS NULL", 'T'}, {"nothing.at.all IS NULL", 'T'},
           {"n + text IS NULL", 'T'}, {"n LIKE '5'", '?'}, {"huge IS NULL", 'F'}, {"huge > 1", '?'},
           {"n BETWEEN 'a' AND 9", '?'}, {"n BETWEEN 'a' AND 1", 'F'}, {"text", '?'}, {"yes", 'T'}, {"no", 'F'});
}

static void logic_has_three_values(void **state)
{
    EXPECT(state, {"nil = 1 AND no", 'F'}, {"no AND nil = 1", 'F'}, {"nil = 1 AND yes", '?'}, {"nil = 1 OR yes", 'T'},
           {"nil = 1 OR no", '?'}, {"NOT (nil = 1)", '?'}, {"(nil = 1) IS NULL", 'T'}, {"(n = 5) = TRUE", 'T'},
           {"n IN (1, 5, 'x')", 'T'}, {"n IN (1, 'x')", '?'}, {"n NOT IN (1, 2)", 'T'}, {"n NOT IN (1, nil)", '?'},
           {"n IN (half + half, 9)", 'T'}, {"nil IN (1)", '?'}, {"yes > no", 'T'}, {"yes <= FALSE", 'F'});
}

static void numbers_are_doubles(void **state)
{
    EXPECT(state, {"n + half = 7.5", 'T'}, {"n / 2 = 2.5", 'T'}, {"neg DIV 2 = -3", 'T'}, {"neg % 4 = -3", 'T'},
           {"n ^ 2 = 25", 'T'}, {"n / 0 IS NULL", 'T'}, {"n % 0 IS NULL", 'T'}, {"n DIV 0 IS NULL", 'T'},
           {"10 ^ 400 IS NULL", 'T'}, {"nil + 1 IS NULL", 'T'}, {"0.1 + 0.2 = 0.3", 'F'}, {"abs(neg) = 7", 'T'},
           {"round(half) = 3", 'T'}, {"round(-1 * half) = -3", 'T'}, {"floor(-1 * half) = -3", 'T'},
           {"ceil(half) = 3", 'T'}, {"abs(text) IS NULL", 'T'}, {"-half < 0", 'T'});
}

static void strings_order_by_bytes_and_fold(void **state)
{
    EXPECT(state, {"text > 'Strasse'", 'T'}, {"text < 'a'", 'T'}, {"CASEI(text) = CASEI('STRASSE')", 'T'},
           {"CASEI(text) LIKE CASEI('STRA%')", 'T'}, {"ACCENTI(id) = 'ae'", 'T'}, {"id = 'a\u00e9'", 'T'},
           {"ACCENTI(id) = ACCENTI('ae\u0301')", 'T'}, {"CASEI(id) = CASEI('A\u00c9')", 'T'},
           {"CASEI(ACCENTI(id)) = 'ae'", 'T'},
           {"CASEI('\u039f\u03b4\u03bf\u03c2') = CASEI('\u039f\u0394\u039f\u03a3')", 'T'}, {"CASEI(n) IS NULL", 'T'},
           {"lower(id) = 'a\u00e9'", 'T'}, {"upper(id) = 'A\u00c9'", 'T'}, {"length(id) = 2", 'T'},
           {"length('\U0001F600') = 1", 'T'}, {"lower('ABC') = 'abc'", 'T'}, {"'a' < 'B'", 'F'}, {"'' = ''", 'T'});
}

static void like_knows_wildcards_and_escapes(void **state)
{
    EXPECT(state, {"text LIKE 'Stra_e'", 'T'}, {"text LIKE 'Stra__e'", 'F'}, {"text LIKE '%'", 'T'},
           {"'' LIKE '%'", 'T'}, {"'' LIKE ''", 'T'}, {"'' LIKE '_'", 'F'}, {"'a' LIKE ''", 'F'},
           {"'100%' LIKE '100\\%'", 'T'}, {"'1000' LIKE '100\\%'", 'F'}, {"'a_b' LIKE 'a\\_b'", 'T'},
           {"'axb' LIKE 'a\\_b'", 'F'}, {"'a\\\\b' LIKE 'a\\\\\\\\b'", 'T'}, {"'abcabd' LIKE '%abd'", 'T'},
           {"'abcabd' LIKE 'a%b%d'", 'T'}, {"'aab' LIKE '%a_'", 'T'}, {"'ab' LIKE 'ab%ab'", 'F'},
           {"'abab' LIKE 'ab%ab'", 'T'}, {"'aba' LIKE 'ab%ba'", 'F'}, {"'x\u00e9y\u00e9' LIKE '_\u00e9%_'", 'T'},
           {"'\u00e9\u00e9' LIKE '%_%_%'", 'T'}, {"'\u00e9' LIKE '%_%_%'", 'F'}, {"'abc' LIKE '%b%%'", 'T'},
           {"'mississippi' LIKE '%iss%ip_i'", 'T'}, {"'A' LIKE 'a'", 'F'}, {"nil LIKE '%'", '?'},
           {"text NOT LIKE 'X%'", 'T'});
}

static void dates_are_days(void **state)
{
    EXPECT(
        state, {"datetime = DATE('2020-06-15')", 'T'}, {"datetime > DATE('2020-06-15')", 'F'},
        {"datetime >= DATE('2020-06-15')", 'T'}, {"datetime < DATE('2020-06-16')", 'T'},
        {"day = TIMESTAMP('2020-06-15T23:59:59.999999999Z')", 'T'}, {"day < TIMESTAMP('2020-06-16T00:00:00Z')", 'T'},
        {"day <> TIMESTAMP('2020-06-15T00:00:00+02:00')", 'T'},
        {"datetime BETWEEN DATE('2020-06-01') AND DATE('2020-06-15')", 'T'},
        {"datetime = '2020-06-15T14:30:00+02:00'", 'T'}, {"datetime = '2020-06-15'", 'T'}, {"datetime = 'soon'", '?'},
        {"datetime = 2020", '?'}, {"created > '2020-12-31T23:59:59Z'", 'T'}, {"created = '2021-01-01'", 'T'},
        {"created > datetime", 'T'}, {"created IN ('2021-01-01', '2022-01-01')", 'T'}, {"day = '2020-06-15'", 'T'},
        {"day = '2020-06-15T00:00:00Z'", 'F'}, {"text = DATE('2020-06-15')", '?'}, {"day IN (DATE('2020-06-15'))", 'T'},
        {"day IN (DATE('2020-06-14'), 'x')", 'F'}, {"text IN (DATE('2020-06-14'))", '?'},
        {"year(datetime) = 2020 AND month(datetime) = 6 AND day(day) = 15", 'T'}, {"year(text) IS NULL", 'T'},
        {"start_datetime IS NULL", 'T'});
}

static void temporal_functions_take_instants_and_intervals(void **state)
{
    EXPECT(state, {"T_INTERSECTS(datetime, DATE('2020-06-15'))", 'T'}, {"T_DURING(datetime, DATE('2020-06-15'))", 'T'},
           {"T_EQUALS(day, INTERVAL('2020-06-15', '2020-06-15'))", 'T'},
           {"T_AFTER(datetime, INTERVAL('..', '2020-06-14'))", 'T'},
           {"T_BEFORE(datetime, INTERVAL('2020-06-15T12:30:01Z', '..'))", 'T'},
           {"T_MEETS(INTERVAL('2020-01-01T00:00:00Z', '2020-06-15T12:30:00Z'), datetime)", 'T'},
           {"T_OVERLAPS(day, INTERVAL(datetime, '2020-07-01'))", 'T'},
           {"T_STARTS(INTERVAL('..', datetime), INTERVAL('..', day))", 'T'},
           {"T_FINISHES(INTERVAL(datetime, day), INTERVAL('2020-01-01', '2020-06-15'))", 'T'},
           {"T_INTERSECTS(INTERVAL(created, datetime), DATE('2020-06-15'))", '?'},
           {"T_INTERSECTS(text, DATE('2020-06-15'))", '?'},
           {"T_INTERSECTS(INTERVAL(nil, datetime), DATE('2020-06-15'))", '?'},
           {"T_DISJOINT(n, DATE('2020-06-15'))", '?'});
    EXPECT_OF(state, RANGED, {"T_INTERSECTS(datetime, DATE('2020-06-15'))", 'T'}, {"datetime IS NULL", 'T'},
              {"datetime = DATE('2020-06-15')", '?'}, {"T_CONTAINS(datetime, DATE('2020-06-15'))", 'T'},
              {"T_AFTER(datetime, DATE('2019-12-31'))", 'T'},
              {"T_EQUALS(datetime, INTERVAL(start_datetime, end_datetime))", 'T'},
              {"coalesce(datetime, start_datetime) = DATE('2020-01-01')", 'T'}, {"year(datetime) = 2020", 'T'},
              {"end_datetime >= DATE('2020-12-31')", 'T'}, {"S_INTERSECTS(geometry, POINT(0 0))", '?'},
              {"geometry IS NULL", 'T'}, {"collection IS NULL", 'T'});
}

static void arrays_are_sets(void **state)
{
    EXPECT(state, {"A_EQUALS(list, (3, 2, 1, 1))", 'T'}, {"A_EQUALS(list, (1, 2))", 'F'},
           {"A_CONTAINS(list, (2))", 'T'}, {"A_CONTAINS(list, (2, 4))", 'F'},
           {"A_CONTAINEDBY(list, (0, 1, 2, 3))", 'T'}, {"A_CONTAINEDBY((1, 2), list)", 'T'},
           {"A_OVERLAPS(list, (4, 3))", 'T'}, {"A_OVERLAPS(list, ('1', '2'))", 'F'},
           {"A_OVERLAPS(names, ('tirs'))", 'T'}, {"A_CONTAINS(none, ())", 'T'}, {"A_OVERLAPS(none, (1))", 'F'},
           {"A_EQUALS(none, ())", 'T'}, {"A_CONTAINS(mixed, (1, '1', TRUE))", 'T'},
           {"A_CONTAINS(mixed, ((1, 2)))", 'T'}, {"A_CONTAINS(mixed, ((2, 1)))", 'F'},
           {"A_CONTAINS(mixed, (nil))", 'F'}, {"A_EQUALS(mixed, mixed)", 'F'}, {"A_EQUALS(list, list)", 'T'},
           {"A_CONTAINS(days, (DATE('2020-06-15'), TIMESTAMP('2020-06-16T00:00:00Z')))", 'T'},
           {"A_CONTAINS(days, (DATE('2020-06-16')))", 'T'}, {"A_CONTAINS(days, (DATE('2020-06-17')))", 'F'},
           {"A_OVERLAPS((DATE('2020-06-15')), ('2020-06-15T01:00:00Z'))", 'T'}, {"A_CONTAINS(n, (5))", '?'},
           {"A_CONTAINS(nil, (5))", '?'}, {"A_CONTAINS(list, (n - 3))", 'T'}, {"size(mixed) = 6", 'T'},
           {"size(n) IS NULL", 'T'});
}

static void places_relate(void **state)
{
    EXPECT(state, {"S_INTERSECTS(geometry, POINT(1 1))", 'T'},
           {"S_INTERSECTS(geometry, BBOX(170, -10, -170, 10))", 'F'},
           {"S_INTERSECTS(geometry, BBOX(3, 3, -170, 10))", 'T'}, {"S_WITHIN(geometry, BBOX(-1, -1, 5, 5))", 'T'},
           {"S_CONTAINS(BBOX(-1, -1, 5, 5), geometry)", 'T'}, {"S_CONTAINS(geometry, spot)", 'T'},
           {"S_WITHIN(spot, geometry)", 'T'}, {"S_DISJOINT(geometry, POINT(5 5))", 'T'},
           {"S_TOUCHES(geometry, LINESTRING(4 0, 5 0))", 'T'}, {"S_CROSSES(LINESTRING(-1 1, 5 1), geometry)", 'T'},
           {"S_OVERLAPS(geometry, BBOX(2, 2, 6, 6))", 'T'},
           {"S_EQUALS(geometry, POLYGON((0 0, 0 4, 4 4, 4 0, 2 0, 0 0)))", 'T'}, {"S_EQUALS(geometry, geometry)", 'T'},
           {"S_WITHIN(POINT(1 1), BBOX(0, 0, 2, 2))", 'T'}, {"S_INTERSECTS(text, POINT(1 1))", '?'},
           {"S_INTERSECTS(nil, POINT(1 1))", '?'}, {"geometry IS NOT NULL", 'T'},
           {"S_WITHIN(coalesce(nil, spot), geometry)", 'T'}, {"A_EQUALS(bbox, (0, 4))", 'T'});
}

static void properties_are_found_by_path(void **state)
{
    EXPECT(state, {"properties.n = 5", 'T'}, {"eo:cloud_cover = 12.5", 'T'},
           {"\"properties.eo:cloud_cover\" > 12", 'T'}, {"a.b.c = 1", 'T'}, {"a.b.d = 3", 'T'}, {"a.b.e IS NULL", 'T'},
           {"id = 'a\u00e9' AND collection = 'c'", 'T'}, {"A_EQUALS(deep.x, (1, 2, 3))", 'T'},
           {"A_EQUALS(deep.y, (4))", 'T'}, {"deep.z IS NULL", 'T'}, {"assets.thumb.type = 'image/png'", 'T'},
           {"A_CONTAINS(\"assets.*.roles\", ('thumbnail', 'data'))", 'T'},
           {"A_CONTAINS(\"assets.*.type\", ('image/jp2'))", 'F'}, {"assets.B2 IS NULL", 'T'},
           {"stac_version = '1.1.0'", 'T'});
}

static void generations_of_fields_answer_to_each_name(void **state)
{
    EXPECT(state, {"proj:code = 'EPSG:32633'", 'T'}, {"proj:epsg = 32633", 'T'},
           {"A_CONTAINS(\"assets.*.proj:epsg\", (32633))", 'T'}, {"assets.B1.proj:epsg = 32633", 'T'},
           {"A_EQUALS(bands.eo:common_name, ('red', 'nir'))", 'T'}, {"A_CONTAINS(eo:bands.common_name, ('nir'))", 'T'},
           {"A_CONTAINS(eo:bands.name, ('B2'))", 'T'}, {"size(eo:bands) = 2", 'T'}, {"size(raster:bands) = 2", 'T'},
           {"A_CONTAINS(assets.B1.bands.data_type, ('uint16'))", 'T'},
           {"A_CONTAINS(\"assets.*.bands.raster:scale\", (0.1))", 'T'}, {"SIZE(assets.B1.bands) = 1", 'T'});
    EXPECT_OF(state, RANGED, {"proj:epsg = 4326", 'T'}, {"proj:code = 'EPSG:4326'", 'T'},
              {"proj:epsg + 1 = 4327", 'T'});
    EXPECT_OF(state, "{\"properties\":{\"proj:code\":\"IAU_2015:30100\"}}", {"proj:epsg IS NULL", 'T'});
    EXPECT_OF(state, "{\"properties\":{\"proj:epsg\":null}}", {"proj:code IS NULL", 'T'});
}

/* ---- hostile ---- */

static void patterns_cost_no_more_than_their_length_times_that_of_the_text(void **state)
{
    world *w = *state;
    char filter[400] = "text LIKE '";
    char *item = malloc(400000);
    assert_non_null(item);
    for (int i = 0; i < 80; i++)
        strncat(filter, "a%_", sizeof filter - strlen(filter) - 1);
    strncat(filter, "b'", sizeof filter - strlen(filter) - 1);
    strcpy(item, "{\"properties\":{\"text\":\"");
    size_t n = strlen(item);
    memset(item + n, 'a', 300000);
    strcpy(item + n + 300000, "\"}}");
    int64_t begun = cairn_clock_now();
    assert_int_equal(ask_item(w, item, filter), CAIRN_FALSE);
    assert_true(cairn_clock_now() - begun < 5 * CAIRN_SECOND);
    free(item);
}

/* Marks are sorted in time that grows with the square of their number. */
static void a_letter_under_many_marks_is_not_folded(void **state)
{
    world *w = *state;
    enum { MARKS = 400000 };
    char *item = malloc(MARKS * 2 + 100);
    assert_non_null(item);
    strcpy(item, "{\"properties\":{\"text\":\"e");
    size_t n = strlen(item);
    for (size_t i = 0; i < MARKS; i++)
        memcpy(item + n + 2 * i, i % 2 ? "\xcc\x81" : "\xcc\xa7", 2);
    strcpy(item + n + MARKS * 2, "\"}}");
    int64_t begun = cairn_clock_now();
    assert_int_equal(ask_item(w, item, "CASEI(text) IS NULL AND ACCENTI(text) IS NULL AND text IS NOT NULL"),
                     CAIRN_TRUE);
    assert_true(cairn_clock_now() - begun < 5 * CAIRN_SECOND);
    free(item);
}

static void a_full_arena_is_no_answer(void **state)
{
    world *w = *state;
    static const char *const filters[] = {
        "A_OVERLAPS(\"assets.*.roles\", ('data'))",
        "CASEI(id) = 'x'",
        "A_EQUALS(mixed, deep.x)",
        "A_CONTAINS(bands.name, (id, collection))",
        "S_CONTAINS(geometry, spot)",
        "proj:code = 'EPSG:32633'",
        "upper(text) LIKE 'STRA%'",
    };
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        bool done = false;
        size_t refused = 0;
        for (size_t cap = 0; !done && cap < 100000; cap += 16, refused += !done) {
            cairn_arena *tight = cairn_arena_new(cap);
            cairn_cql2 tree;
            cairn_cql2_matcher *matcher;
            cairn_cql2_record record;
            cairn_cql2_item item;
            cairn_truth truth;
            cairn_footprint place;
            cairn_warnings warnings = {0};
            cairn_span text = cairn_span_of(ITEM);
            assert_non_null(tight);
            assert_int_equal(cairn_footprint_read(w->geos, cairn_json_get(text, "geometry"), false, NULL, w->arena,
                                                  &place, &warnings, NULL),
                             CAIRN_OK);
            cairn_cql2_item_open(&item, text, w->arena, &record);
            item.has_place = place.present;
            item.box = place.box;
            item.wkb = place.wkb;
            assert_int_equal(cairn_cql2_parse_text(cairn_span_of(filters[i]), NULL, w->arena, &tree, NULL), CAIRN_OK);
            assert_int_equal(cairn_cql2_matcher_new(&tree, w->geos, w->arena, &matcher, NULL), CAIRN_OK);
            cairn_code code = cairn_cql2_match(matcher, &record, tight, &truth, NULL);
            assert_true(code == CAIRN_OK || code == CAIRN_NOMEM);
            done = code == CAIRN_OK;
            cairn_arena_free(tight);
            cairn_arena_reset(w->arena);
        }
        assert_true(done);
        assert_true(refused > 0);
    }
}

/* Making ready fails cleanly, too. */
static void a_matcher_needs_memory(void **state)
{
    world *w = *state;
    cairn_cql2 tree;
    const char *filter =
        "id IN ('a', 'b') AND text LIKE CASEI('%A%') AND S_WITHIN(geometry, POLYGON((0 0, 1 0, 1 1, 0 0)))"
        " AND A_OVERLAPS(eo:bands.name, ('a', 'b')) AND created > '2020-01-01'";
    assert_int_equal(cairn_cql2_parse_text(cairn_span_of(filter), NULL, w->arena, &tree, NULL), CAIRN_OK);
    cairn_code code = CAIRN_NOMEM;
    size_t refused = 0;
    for (size_t cap = 0; code != CAIRN_OK && cap < 1000000; cap += 64) {
        cairn_arena *tight = cairn_arena_new(cap);
        cairn_cql2_matcher *matcher;
        code = cairn_cql2_matcher_new(&tree, w->geos, tight, &matcher, NULL);
        assert_true(code == CAIRN_OK || code == CAIRN_NOMEM);
        refused += code != CAIRN_OK;
        cairn_arena_free(tight);
    }
    assert_int_equal(code, CAIRN_OK);
    assert_true(refused > 10);
}

static void invalid_geometries_are_refused_with_their_place(void **state)
{
    world *w = *state;
    cairn_cql2 tree;
    cairn_cql2_matcher *matcher;
    cairn_error error = CAIRN_ERROR_INIT;
    const char *filter = "n = 5 AND S_WITHIN(geometry, POLYGON((0 0, 4 4, 4 0, 0 4, 0 0)))";
    assert_int_equal(cairn_cql2_parse_text(cairn_span_of(filter), NULL, w->arena, &tree, &error), CAIRN_OK);
    assert_int_equal(cairn_cql2_matcher_new(&tree, w->geos, w->arena, &matcher, &error), CAIRN_INVALID);
    assert_int_equal(error.offset, 29);
    assert_string_equal(error.parameter, "filter");
    assert_non_null(strstr(error.message, "Self-intersection at [2, 2]"));
    cairn_arena_reset(w->arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_another_type_are_null),
        cmocka_unit_test(logic_has_three_values),
        cmocka_unit_test(numbers_are_doubles),
        cmocka_unit_test(strings_order_by_bytes_and_fold),
        cmocka_unit_test(like_knows_wildcards_and_escapes),
        cmocka_unit_test(dates_are_days),
        cmocka_unit_test(temporal_functions_take_instants_and_intervals),
        cmocka_unit_test(arrays_are_sets),
        cmocka_unit_test(places_relate),
        cmocka_unit_test(properties_are_found_by_path),
        cmocka_unit_test(generations_of_fields_answer_to_each_name),
        cmocka_unit_test(patterns_cost_no_more_than_their_length_times_that_of_the_text),
        cmocka_unit_test(a_letter_under_many_marks_is_not_folded),
        cmocka_unit_test(a_full_arena_is_no_answer),
        cmocka_unit_test(a_matcher_needs_memory),
        cmocka_unit_test(invalid_geometries_are_refused_with_their_place),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
