#include "stac/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_kind(const char *json, cairn_kind kind)
{
    cairn_span text = cairn_span_of(json);
    assert_int_equal(cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
    assert_string_equal(cairn_kind_name(cairn_document_kind(text)), cairn_kind_name(kind));
}

static void test_kinds(void **state)
{
    (void)state;
    assert_kind("{\"type\":\"Feature\",\"stac_version\":\"1.0.0\"}", CAIRN_KIND_ITEM);
    assert_kind("{\"type\":\"Feature\",\"links\":{},\"id\":\"a\"}", CAIRN_KIND_ITEM);
    assert_kind("{\"type\":\"Feature\",\"properties\":{},\"geometry\":null}", CAIRN_KIND_OTHER);
    assert_kind("{\"typ\\u0065\":\"F\\u0065ature\",\"assets\":{}}", CAIRN_KIND_ITEM);
    assert_kind("{\"type\":\"Collection\",\"stac_version\":\"1.0.0\",\"id\":\"a\"}", CAIRN_KIND_COLLECTION);
    assert_kind("{\"stac_version\":\"0.8.0\",\"id\":\"a\",\"extent\":{},\"license\":\"x\",\"links\":[]}",
                CAIRN_KIND_COLLECTION);
    assert_kind("{\"type\":\"Catalog\",\"stac_version\":\"1.0.0\",\"id\":\"a\"}", CAIRN_KIND_CATALOG);
    assert_kind("{\"stac_version\":\"0.9.0\",\"id\":\"a\",\"description\":\"b\",\"links\":[]}", CAIRN_KIND_CATALOG);
    assert_kind("{\"type\":\"Catalog\"}", CAIRN_KIND_OTHER);
    assert_kind("{\"links\":[]}", CAIRN_KIND_OTHER);
    assert_kind("{\"type\":\"object\",\"links\":[],\"stac_version\":\"1.0.0\"}", CAIRN_KIND_OTHER);
    assert_kind("{}", CAIRN_KIND_OTHER);
    assert_kind("[1]", CAIRN_KIND_OTHER);
    assert_kind("{\"type\":1}", CAIRN_KIND_OTHER);
}

static void test_feature_collections(void **state)
{
    (void)state;
    assert_kind("{\"type\":\"FeatureCollection\",\"features\":[]}", CAIRN_KIND_FEATURE_COLLECTION);
    assert_kind("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"assets\":{}}]}",
                CAIRN_KIND_FEATURE_COLLECTION);
    assert_kind("{\"type\":\"FeatureCollection\",\"stac_version\":\"0.9.0\",\"features\":[{}]}",
                CAIRN_KIND_FEATURE_COLLECTION);
    assert_kind("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{}}]}",
                CAIRN_KIND_OTHER);
    assert_kind("{\"type\":\"FeatureCollection\"}", CAIRN_KIND_OTHER);
    assert_kind("{\"type\":\"FeatureCollection\",\"features\":{}}", CAIRN_KIND_OTHER);
}

static void assert_link(cairn_links *links, const char *rel, const char *href)
{
    cairn_link link;
    assert_true(cairn_links_next(links, &link));
    assert_true(cairn_span_is(link.rel, rel));
    assert_true(cairn_span_is(link.href, href));
}

static void test_links(void **state)
{
    (void)state;
    cairn_arena *arena = cairn_arena_new(1 << 20);
    cairn_link link;
    cairn_links links =
        cairn_links_of(cairn_span_of("{\"links\":[{\"rel\":\"self\",\"href\":\"a\\u0062\",\"title\":1},7,"
                                     "{\"href\":\"c\",\"rel\":\"item\",\"type\":\"t\"}, {}]}"),
                       arena);
    assert_link(&links, "self", "ab");
    assert_true(cairn_links_next(&links, &link));
    assert_true(cairn_span_is(link.type, "t") && !link.title.p);
    assert_true(cairn_span_is(link.whole, "{\"href\":\"c\",\"rel\":\"item\",\"type\":\"t\"}"));
    assert_true(cairn_links_next(&links, &link));
    assert_true(!link.rel.p && !link.href.p);
    assert_false(cairn_links_next(&links, &link));
    links =
        cairn_links_of(cairn_span_of("{\"links\":{\"self\":{\"href\":\"a\"},\"x\":3,\"y\":{\"rel\":\"z\"}}}"), arena);
    assert_link(&links, "self", "a");
    assert_true(cairn_links_next(&links, &link));
    assert_true(cairn_span_is(link.rel, "z"));
    assert_false(cairn_links_next(&links, &link));
    links = cairn_links_of(cairn_span_of("{}"), arena);
    assert_false(cairn_links_next(&links, &link));
    cairn_arena_free(arena);
}

static void assert_closed(const char *open, const char *extra, const char *whole)
{
    cairn_buf out = CAIRN_BUF_INIT(1000);
    assert_true(cairn_document_close(cairn_span_of(open), cairn_span_of(extra), &out));
    assert_true(cairn_span_is(cairn_buf_span(&out), whole));
    cairn_buf_free(&out);
}

static void test_close(void **state)
{
    (void)state;
    assert_closed("{\"links\":[", "", "{\"links\":[]}");
    assert_closed("{\"links\":[{},", "", "{\"links\":[{}]}");
    assert_closed("{\"links\":[{},", "{\"a\":1},{}", "{\"links\":[{},{\"a\":1},{}]}");
    assert_closed("{\"links\":[", "{}", "{\"links\":[{}]}");
    assert_true(cairn_span_is(cairn_open_links, "\"links\":["));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_feature_collections),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
