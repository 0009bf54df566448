#include "stac/collection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
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
        TEST(test_plain), TEST(test_missing_members), TEST(test_old), TEST(test_refused),
        TEST(test_make),  TEST(test_catalog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
