#include "stac/collection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static cairn_arena *arena;
static cairn_read_options options;
static cairn_collection collection;
static cairn_error error;

static int setup(void **state)
{
    (void)state;
    arena = cairn_arena_new((size_t)1 << 24);
    options = (cairn_read_options){.base = CAIRN_SPAN_LIT("https://h/d/collection.json")};
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    cairn_arena_free(arena);
    return 0;
}

static cairn_code read_text(const char *json)
{
    cairn_error_clear(&error);
    assert_int_equal(cairn_json_check(cairn_span_of(json), CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
    return cairn_collection_read(cairn_span_of(json), &options, arena, &collection, &error);
}

static void assert_text(cairn_span text, const char *expected)
{
    if (!cairn_span_is(text, expected))
        fail_msg("expected %s, found %.*s", expected, CAIRN_SPAN_FMT(text));
}

#define EXTENT "\"extent\":{\"spatial\":{\"bbox\":[[1.0,2,3,4]]},\"temporal\":{\"interval\":[[null,null]]}}"

static void test_plain(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"type\":\"Collection\",\"links\":[{\"rel\":\"item\",\"href\":\"./a\"},"
                               "{\"rel\":\"license\",\"href\":\"./l\"}],\"id\":\"a\", \"stac_version\":\"1.0.0\","
                               "\"title\":\"t\\n\",\"description\":\"d\",\"license\":\"MIT\"," EXTENT
                               ",\"assets\":{\"x\":{\"href\":\"x.png\"}}}"),
                     CAIRN_OK);
    assert_text(collection.body, "{\"type\":\"Collection\",\"id\":\"a\",\"stac_version\":\"1.0.0\",\"title\":\"t\\n\","
                                 "\"description\":\"d\",\"license\":\"MIT\"," EXTENT
                                 ",\"assets\":{\"x\":{\"href\":\"https://h/d/x.png\"}},\"links\":["
                                 "{\"rel\":\"license\",\"href\":\"https://h/d/l\"},");
    assert_null(collection.source.p);
    assert_text(collection.id, "a");
    assert_text(collection.title, "t\n");
    assert_text(collection.description, "d");
    assert_int_equal(collection.warnings.count, 0);
}

static void test_missing_members(void **state)
{
    (void)state;
    static const char text[] = "{\"id\":\"a\",\"stac_version\":\"1.0.0\",\"links\":[]}";
    assert_int_equal(read_text(text), CAIRN_OK);
    assert_text(collection.body,
                "{\"id\":\"a\",\"stac_version\":\"1.0.0\",\"type\":\"Collection\",\"description\":\"a\","
                "\"license\":\"other\",\"extent\":{\"spatial\":{\"bbox\":[[-180,-90,180,90]]},"
                "\"temporal\":{\"interval\":[[null,null]]}},\"links\":[");
    assert_text(collection.source, "{\"id\":\"a\",\"stac_version\":\"1.0.0\",\"links\":[");
    assert_int_equal(collection.warnings.count, 4);
    options.strict = true;
    assert_int_equal(read_text(text), CAIRN_INVALID);
    assert_string_equal(error.pointer, "/type");
}

static void test_old(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"id\":\"a\",\"stac_version\":\"0.7.0\",\"description\":\"d\",\"license\":\"x\","
                               "\"extent\":{\"spatial\":[1,2,3,4],\"temporal\":[null,null]},\"links\":[]}"),
                     CAIRN_OK);
    assert_text(collection.body,
                "{\"id\":\"a\",\"stac_version\":\"1.0.0\",\"description\":\"d\",\"license\":\"x\","
                "\"extent\":{\"spatial\":{\"bbox\":[[1,2,3,4]]},\"temporal\":{\"interval\":[[null,null]]}},"
                "\"type\":\"Collection\",\"stac_extensions\":[],\"links\":[");
    assert_text(collection.source, "{\"id\":\"a\",\"stac_version\":\"0.7.0\",\"description\":\"d\",\"license\":\"x\","
                                   "\"extent\":{\"spatial\":[1,2,3,4],\"temporal\":[null,null]},\"links\":[");
    assert_int_equal(collection.warnings.count, 0);
}

static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"type\":\"Collection\",\"links\":[]}"), CAIRN_INVALID);
    assert_string_equal(error.pointer, "/id");
    assert_int_equal(read_text("{\"type\":\"Catalog\",\"id\":\"a\"}"), CAIRN_INVALID);
    assert_string_equal(error.pointer, "/type");
    assert_int_equal(read_text("[]"), CAIRN_INVALID);
}

static void test_make(void **state)
{
    (void)state;
    cairn_span made = cairn_collection_make(arena, cairn_span_of("a\"b"), &(cairn_extent){0});
    assert_true(cairn_span_starts(made, "{\"type\":\"Collection\",\"stac_version\":\"1.1.0\",\"id\":\"a\\\"b\","));
    assert_true(cairn_span_ends(made, "\"license\":\"other\",\"extent\":{\"spatial\":{\"bbox\":[[-180,-90,180,90]]},"
                                      "\"temporal\":{\"interval\":[[null,null]]}},\"links\":["));
    cairn_extent extent = {true, {170, -10.5, -170, 10}, true, {{0, 5000000}, CAIRN_TIME_MAX}};
    made = cairn_collection_make(arena, cairn_span_of("a"), &extent);
    assert_true(cairn_span_ends(made,
                                "\"extent\":{\"spatial\":{\"bbox\":[[170,-10.5,-170,10]]},\"temporal\":{\"interval\":"
                                "[[\"1970-01-01T00:00:00.005Z\",null]]}},\"links\":["));
    cairn_buf whole = CAIRN_BUF_INIT(10000);
    assert_true(cairn_document_close(made, cairn_span_of(""), &whole));
    assert_int_equal(cairn_json_check(cairn_buf_span(&whole), CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
    assert_int_equal(cairn_document_kind(cairn_buf_span(&whole)), CAIRN_KIND_COLLECTION);
    options.strict = true;
    assert_int_equal(cairn_collection_read(cairn_buf_span(&whole), &options, arena, &collection, &error), CAIRN_OK);
    cairn_buf_free(&whole);
}

/* ---- views ---- */

static const cairn_summary none[1];

static cairn_span view_of(const char *declared, const cairn_extent *extent, const cairn_summary *summaries, size_t n)
{
    return cairn_collection_view(arena, cairn_span_of("a"), cairn_span_of(declared), extent, summaries, n);
}

static void assert_space(const char *declared, cairn_box items, const char *expected)
{
    cairn_span open =
        cairn_arena_printf(arena, "{\"extent\":{\"spatial\":{\"bbox\":%s,\"k\":1}},\"links\":[", declared);
    cairn_span wanted =
        cairn_arena_printf(arena, "{\"extent\":{\"spatial\":{\"bbox\":%s,\"k\":1}},\"links\":[", expected);
    cairn_extent extent = {.has_box = true, .box = items};
    assert_text(view_of(open.p, &extent, none, 0), wanted.p);
}

static void test_view_space(void **state)
{
    (void)state;
    assert_space("[[0,0,1e1,10.0]]", (cairn_box){2, 2, 10, 10}, "[[0,0,1e1,10.0]]");
    assert_space("[[0,0,1e1,10.0]]", (cairn_box){2, -2.5, 10, 10}, "[[0,-2.5,1e1,10.0]]");
    assert_space("[[0,0,-5.0,1,1,7]]", (cairn_box){2, 0, 3, 1}, "[[0,0,-5.0,3,1,7]]");
    /* Only the first of several is the overall one; there are never two. */
    assert_space("[[0,0,9,9],[0,0,1,1],[8,8,9,9]]", (cairn_box){1, 1, 12, 2}, "[[0,0,12,9],[0,0,1,1],[8,8,9,9]]");
    assert_space("[[0,0,1,1],[8,8,9,9]]", (cairn_box){1, 1, 2, 2}, "[[0,0,9,9],[0,0,1,1],[8,8,9,9]]");
    assert_space("[[0,0,9.0,9],[8,8,9,9]]", (cairn_box){1, 1, 2, 10}, "[[0,0,9.0,10]]");
    assert_space("[[0,0,1,1],[8,8,9,9]]", (cairn_box){1, 1, 1, 1}, "[[0,0,1,1],[8,8,9,9]]");
    /* The antimeridian. */
    assert_space("[[170,-5,-170,5]]", (cairn_box){-180, 0, -175, 1}, "[[170,-5,-170,5]]");
    assert_space("[[170,-5,-170,5]]", (cairn_box){-172, 0, -160.5, 1}, "[[170,-5,-160.5,5]]");
    assert_space("[[160,0,170.0,5]]", (cairn_box){175, 1, -175, 2}, "[[160,0,-175,5]]");
    assert_space("[[-180.0,-90.0,180.0,90.0]]", (cairn_box){175, 1, -175, 2}, "[[-180.0,-90.0,180.0,90.0]]");
    assert_space("[[170,0,180,5],[-180,0,-170,5]]", (cairn_box){175, 1, -175, 2},
                 "[[170,0,-170,5],[170,0,180,5],[-180,0,-170,5]]");
    assert_space("[[-180.001,-90,180.001,90.0]]", (cairn_box){-180, 1, 180, 90}, "[[-180.001,-90,180.001,90.0]]");
}

static void test_view_broken_space(void **state)
{
    (void)state;
    assert_space("[[-180.0,180.0,-90.0,90.0]]", (cairn_box){1, 2, 3, 4}, "[[1,2,3,4]]");
    assert_space("[[0,0,1]]", (cairn_box){1, 2, 3, 4}, "[[1,2,3,4]]");
    assert_space("[[0,0,1,\"9\"]]", (cairn_box){1, 2, 3, 4}, "[[1,2,3,4]]");
    assert_space("[]", (cairn_box){1, 2, 3, 4}, "[[1,2,3,4]]");
    assert_space("null", (cairn_box){1, 2, 3, 4}, "[[1,2,3,4]]");
    assert_space("[0,0,9,9]", (cairn_box){1, 2, 3, 4}, "[[1,2,3,4]]");
    cairn_extent extent = {.has_box = true, .box = {1, 2, 3, 4}};
    assert_text(view_of("{\"extent\":5,\"links\":[", &extent, none, 0),
                "{\"extent\":{\"spatial\":{\"bbox\":[[1,2,3,4]]}},\"links\":[");
}

/* `start` and `end` of the items, in seconds. */
static void assert_time(const char *declared, int64_t start, int64_t end, const char *expected)
{
    cairn_span open = cairn_arena_printf(arena, "{\"extent\":{\"temporal\":{\"interval\":%s}},\"links\":[", declared);
    cairn_span wanted = cairn_arena_printf(arena, "{\"extent\":{\"temporal\":{\"interval\":%s}},\"links\":[", expected);
    cairn_extent extent = {.has_time = true, .time = {{start, 0}, {end, 0}}};
    assert_text(view_of(open.p, &extent, none, 0), wanted.p);
}

static void test_view_time(void **state)
{
    (void)state;
    assert_time("[[\"1970-01-01T01:00:00+01:00\",null]]", 0, 99, "[[\"1970-01-01T01:00:00+01:00\",null]]");
    assert_time("[[\"1970-01-01T00:00:01Z\",\"1970-01-02\"]]", 0, 86400, "[[\"1970-01-01T00:00:00Z\",\"1970-01-02\"]]");
    assert_time("[[null,\"1970-01-02\"]]", 0, 86401, "[[null,\"1970-01-02T00:00:01Z\"]]");
    assert_time("[[\"..\",\"\"]]", 0, 9, "[[\"..\",\"\"]]");
    assert_time("[[\"once\",7]]", 0, 9, "[[\"1970-01-01T00:00:00Z\",\"1970-01-01T00:00:09Z\"]]");
    assert_time("[[\"1970-01-01T00:00:05Z\",\"1970-01-01T00:00:05Z\"],[null,null]]", 5, 6,
                "[[\"1970-01-01T00:00:05Z\",\"1970-01-01T00:00:06Z\"],[null,null]]");
    assert_time("[[\"1970-01-01T00:00:05Z\",\"1970-01-01T00:00:05Z\"]]", INT64_MIN, INT64_MAX, "[[null,null]]");
    assert_time("[[]]", 0, 1, "[[\"1970-01-01T00:00:00Z\",\"1970-01-01T00:00:01Z\"]]");
    assert_time("{}", 0, 1, "[[\"1970-01-01T00:00:00Z\",\"1970-01-01T00:00:01Z\"]]");
}

static void assert_summary(const char *declared, cairn_summary items, const char *expected)
{
    cairn_span open =
        cairn_arena_printf(arena, "{\"id\":\"a\",\"summaries\":{%s},\"z\":[],\"links\":[{\"rel\":\"x\"},", declared);
    cairn_span wanted =
        cairn_arena_printf(arena, "{\"id\":\"a\",\"summaries\":{%s},\"z\":[],\"links\":[{\"rel\":\"x\"},", expected);
    items.name = cairn_span_of("s");
    assert_text(view_of(open.p, &(cairn_extent){0}, &items, 1), wanted.p);
}

/* clang-format off */
#define RANGE(low, high) {.minimum = CAIRN_SPAN_LIT(low), .maximum = CAIRN_SPAN_LIT(high)}
/* clang-format on */

static void test_view_ranges(void **state)
{
    (void)state;
    const cairn_summary numbers = RANGE("-1.50", "1e2"),
                        times = RANGE("\"2020-01-01T00:00:00Z\"", "\"2021-01-01T00:00:00Z\"");
    assert_summary("", numbers, "\"s\":{\"minimum\":-1.50,\"maximum\":1e2}");
    assert_summary("\"s\":{\"minimum\":0.0,\"maximum\":200.0}", numbers, "\"s\":{\"minimum\":-1.50,\"maximum\":200.0}");
    assert_summary("\"s\":{\"maximum\":100.0,\"minimum\":-1.5}", numbers, "\"s\":{\"maximum\":100.0,\"minimum\":-1.5}");
    assert_summary("\"s\":{\"minimum\":\"2020-01-01T01:00:00+01:00\",\"maximum\":\"2020-06-01\"}", times,
                   "\"s\":{\"minimum\":\"2020-01-01T01:00:00+01:00\",\"maximum\":\"2021-01-01T00:00:00Z\"}");
    /* What can't be compared, and schemas, stay. */
    assert_summary("\"s\":{\"minimum\":\"a\",\"maximum\":\"b\"}", numbers,
                   "\"s\":{\"minimum\":\"a\",\"maximum\":\"b\"}");
    assert_summary("\"s\":{\"type\":\"number\",\"minimum\":0,\"maximum\":1}", numbers,
                   "\"s\":{\"type\":\"number\",\"minimum\":0,\"maximum\":1}");
    assert_summary("\"s\":{\"oneOf\":[]}", numbers, "\"s\":{\"oneOf\":[]}");
    assert_summary("\"s\":7", numbers, "\"s\":7");
    /* A list that lacks an end. */
    assert_summary("\"s\":[5,1000]", numbers, "\"s\":{\"minimum\":-1.50,\"maximum\":1000}");
    assert_summary("\"s\":[100,5,-1.5]", numbers, "\"s\":[100,5,-1.5]");
    assert_summary("\"s\":[5,{\"type\":\"number\"}]", numbers, "\"s\":[5,{\"type\":\"number\"}]");
}

static void test_view_values(void **state)
{
    (void)state;
    const cairn_span list[] = {CAIRN_SPAN_LIT("10"), CAIRN_SPAN_LIT("\"\u00e9\""), CAIRN_SPAN_LIT("true")};
    const cairn_span sizes[] = {CAIRN_SPAN_LIT("10"), CAIRN_SPAN_LIT("60")};
    const cairn_summary values = {.values = list, .n_values = 3}, numbers = {.values = sizes, .n_values = 2};
    assert_summary("", values, "\"s\":[10,\"\u00e9\",true]");
    assert_summary("\"s\":[10.0,\"\xc3\xa9\",{\"type\":\"string\"}]", values,
                   "\"s\":[10.0,\"\xc3\xa9\",{\"type\":\"string\"},true]");
    assert_summary("\"s\":[[\"\u00e9\",10],true]", values, "\"s\":[[\"\u00e9\",10],true]");
    assert_summary("\"s\":[]", numbers, "\"s\":[10,60]");
    assert_summary("\"s\":{\"minimum\":20,\"maximum\":30}", numbers, "\"s\":{\"minimum\":10,\"maximum\":60}");
    assert_summary("\"s\":{\"minimum\":20,\"maximum\":30}", values, "\"s\":{\"minimum\":20,\"maximum\":30}");
    assert_summary("\"b\":1", (cairn_summary){0}, "\"b\":1");
}

static void test_view_whole(void **state)
{
    (void)state;
    static const char open[] = "{\"id\":\"a\",\"extent\":{\"spatial\":{\"bbox\":[[0,0,1,1]]}},\"x\":1.50,"
                               "\"links\":[{\"rel\":\"license\",\"href\":\"l\"},";
    const cairn_summary summary = {
        .name = CAIRN_SPAN_LIT("s"), .minimum = CAIRN_SPAN_LIT("1"), .maximum = CAIRN_SPAN_LIT("2")};
    assert_text(view_of(open, &(cairn_extent){0}, none, 0), open);
    assert_text(view_of(open, &(cairn_extent){.has_box = true, .box = {0, 0, 1, 2}}, &summary, 1),
                "{\"id\":\"a\",\"extent\":{\"spatial\":{\"bbox\":[[0,0,1,2]]}},\"x\":1.50,"
                "\"summaries\":{\"s\":{\"minimum\":1,\"maximum\":2}},"
                "\"links\":[{\"rel\":\"license\",\"href\":\"l\"},");
    cairn_extent extent = {true, {1, 2, 3, 4}, true, {{0, 0}, {1, 0}}};
    cairn_span made = cairn_collection_view(arena, cairn_span_of("q\""), CAIRN_SPAN_NONE, &extent, &summary, 1);
    assert_true(cairn_span_starts(made, "{\"type\":\"Collection\",\"stac_version\":\"1.1.0\",\"id\":\"q\\\"\","));
    assert_true(cairn_span_ends(made, "\"extent\":{\"spatial\":{\"bbox\":[[1,2,3,4]]},\"temporal\":{\"interval\":"
                                      "[[\"1970-01-01T00:00:00Z\",\"1970-01-01T00:00:01Z\"]]}},"
                                      "\"summaries\":{\"s\":{\"minimum\":1,\"maximum\":2}},\"links\":["));
    cairn_arena *small = cairn_arena_new(200);
    assert_null(cairn_collection_view(small, cairn_span_of("q"), cairn_span_of(open), &extent, &summary, 1).p);
    cairn_arena_free(small);
}

/* ---- views of real collections ---- */

static cairn_span whole_of(cairn_span open)
{
    cairn_buf buf = CAIRN_BUF_INIT(1 << 20);
    assert_true(cairn_document_close(open, cairn_span_of(""), &buf));
    assert_int_equal(cairn_json_check(cairn_buf_span(&buf), CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
    cairn_span text = cairn_arena_copy(arena, cairn_buf_span(&buf));
    cairn_buf_free(&buf);
    return text;
}

/* All members but the extent are there in the same bytes. */
static void assert_rest_is_kept(cairn_span before, cairn_span after)
{
    cairn_json_walk a = cairn_json_walk_object(before), b = cairn_json_walk_object(after);
    cairn_json_member x, y;
    while (cairn_json_next_member(&a, &x)) {
        assert_true(cairn_json_next_member(&b, &y));
        assert_true(cairn_span_equal(x.key, y.key));
        if (!cairn_json_key_is(x.key, "extent") && !cairn_span_equal(x.value, y.value))
            fail_msg("%.*s became %.*s", CAIRN_SPAN_FMT(x.whole), CAIRN_SPAN_FMT(y.whole));
    }
    assert_false(cairn_json_next_member(&b, &y));
}

static void check_widened(cairn_span declared)
{
    const cairn_extent items = {true, {-179.5, -89.25, -179, -89}, true, {{-9000000000, 0}, {9000000000, 0}}};
    cairn_extents before, after;
    cairn_span view = cairn_collection_view(arena, collection.id, declared, &items, none, 0);
    assert_non_null(view.p);
    assert_ptr_not_equal(view.p, declared.p);
    assert_rest_is_kept(whole_of(declared), whole_of(view));
    assert_true(cairn_extents_read(whole_of(declared), arena, &before));
    assert_true(cairn_extents_read(whole_of(view), arena, &after));
    assert_true(before.n_boxes && after.n_boxes && after.n_boxes != 2);
    assert_true(cairn_box_contains(after.boxes[0], items.box));
    for (size_t i = 0; i < before.n_boxes; i++)
        assert_true(cairn_box_contains(after.boxes[0], before.boxes[i]));
    assert_true(cairn_time_compare(after.intervals[0].start, items.time.start) <= 0);
    assert_true(cairn_time_compare(after.intervals[0].end, items.time.end) >= 0);
    assert_ptr_equal(cairn_collection_view(arena, collection.id, view, &items, none, 0).p, view.p);
}

static void check_unchanged(cairn_span declared)
{
    cairn_extents extents;
    assert_true(cairn_extents_read(whole_of(declared), arena, &extents));
    const cairn_extent items = {true, extents.boxes[0], true, extents.intervals[0]};
    assert_ptr_equal(cairn_collection_view(arena, collection.id, declared, &items, none, 0).p, declared.p);
}

static void test_real_collections(void **state)
{
    (void)state;
    char line[1 << 14];
    size_t n = 0;
    FILE *file = fopen(CAIRN_TEST_DATA "/collections-sample.ndjson", "r");
    assert_non_null(file);
    for (; fgets(line, sizeof line, file); n++) {
        assert_int_equal(read_text(line), CAIRN_OK);
        check_unchanged(collection.body);
        check_widened(collection.body);
        cairn_arena_reset(arena);
    }
    fclose(file);
    assert_int_equal(n, 8);
}

static void test_catalog(void **state)
{
    (void)state;
    cairn_catalog catalog;
    assert_int_equal(cairn_catalog_read(cairn_span_of("{\"id\":\"c\",\"title\":5,\"description\":\"d\\u00e9\"}"), arena,
                                        &catalog, &error),
                     CAIRN_OK);
    assert_text(catalog.id, "c");
    assert_null(catalog.title.p);
    assert_text(catalog.description, "d\xc3\xa9");
    cairn_error_clear(&error);
    assert_int_equal(cairn_catalog_read(cairn_span_of("{\"id\":5}"), arena, &catalog, &error), CAIRN_INVALID);
    assert_string_equal(error.pointer, "/id");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_plain),
        TEST(test_missing_members),
        TEST(test_old),
        TEST(test_refused),
        TEST(test_make),
        TEST(test_catalog),
        TEST(test_view_space),
        TEST(test_view_broken_space),
        TEST(test_view_time),
        TEST(test_view_ranges),
        TEST(test_view_values),
        TEST(test_view_whole),
        TEST(test_real_collections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
