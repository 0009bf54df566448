#include "stac/upgrade.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void test_needed(void **state)
{
    (void)state;
    static const char *const old[] = {"0.4.1",        "0.6.0",        "v0.6.0-rc1", "0.9.0-rc2", "0.9.0",
                                      "1.0.0-beta.1", "1.0.0-beta.2", "1.0.0-rc.4", "1.0.0-rc4", "V0.8"};
    static const char *const recent[] = {"1.0.0", "1.0", "1", "1.0.1", "1.1.0-beta.1", "1.1.0", "2.0.0", "dev", ""};
    for (size_t i = 0; i < sizeof old / sizeof old[0]; i++)
        assert_true(cairn_upgrade_is_needed(cairn_span_of(old[i])));
    for (size_t i = 0; i < sizeof recent / sizeof recent[0]; i++)
        assert_false(cairn_upgrade_is_needed(cairn_span_of(recent[i])));
    assert_true(cairn_upgrade_is_needed(CAIRN_SPAN_NONE));
}

typedef bool upgrader(cairn_arena *arena, cairn_jnode *document, cairn_span version);

static void assert_upgraded(upgrader *upgrade, const char *version, const char *json, const char *expected)
{
    cairn_arena *arena = cairn_arena_new(1 << 20);
    assert_int_equal(cairn_json_check(cairn_span_of(json), CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
    cairn_jnode *tree = cairn_j_open(arena, cairn_span_of(json));
    assert_true(upgrade(arena, tree, cairn_span_of(version)));
    cairn_span text = cairn_j_text(tree, arena);
    if (!cairn_span_is(text, expected))
        fail_msg("expected %s, found %.*s", expected, CAIRN_SPAN_FMT(text));
    cairn_arena_free(arena);
}

#define URI(name, version) "\"https://stac-extensions.github.io/" name "/v" version "/schema.json\""

/* The properties and stac_extensions of an upgraded item. */
static void assert_properties(const char *version, const char *extensions, const char *properties,
                              const char *expected_extensions, const char *expected_properties)
{
    char json[2000], expected[2000];
    snprintf(json, sizeof json, "{\"stac_version\":\"x\",\"stac_extensions\":[%s],\"properties\":{%s}}", extensions,
             properties);
    snprintf(expected, sizeof expected, "{\"stac_version\":\"1.0.0\",\"stac_extensions\":[%s],\"properties\":{%s}}",
             expected_extensions, expected_properties);
    assert_upgraded(cairn_upgrade_item, version, json, expected);
}

static void test_fields(void **state)
{
    (void)state;
    assert_properties("0.8.1", "\"eo\"",
                      "\"eo:epsg\":32610,\"eo:platform\":\"p\",\"eo:instrument\":\"i\",\"eo:off_nadir\":1.50,"
                      "\"eo:gsd\":10,\"eo:cloud_cover\":3",
                      URI("eo", "1.1.0") "," URI("projection", "1.1.0") "," URI("view", "1.0.0"),
                      "\"proj:epsg\":32610,\"platform\":\"p\",\"instruments\":[\"i\"],\"view:off_nadir\":1.50,"
                      "\"gsd\":10,\"eo:cloud_cover\":3");
    assert_properties("0.9.0", "\"eo\",\"proj\",\"view\"", "\"eo:gsd\":10,\"eo:platform\":\"stays\"",
                      URI("eo", "1.1.0") "," URI("projection", "1.1.0") "," URI("view", "1.0.0"),
                      "\"gsd\":10,\"eo:platform\":\"stays\"");
    assert_properties("0.8.0", "\"dtr\",\"sar\"",
                      "\"dtr:start_datetime\":\"a\",\"dtr:end_datetime\":\"b\",\"sar:type\":\"t\","
                      "\"sar:polarization\":[\"VV\"],\"sar:relative_orbit\":[7],\"sar:absolute_orbit\":[1,2],"
                      "\"sar:pass_direction\":null",
                      URI("sar", "1.0.0") "," URI("sat", "1.0.0"),
                      "\"start_datetime\":\"a\",\"end_datetime\":\"b\",\"sar:product_type\":\"t\","
                      "\"sar:polarizations\":[\"VV\"],\"sat:relative_orbit\":7,\"sar:absolute_orbit\":[1,2],"
                      "\"sat:orbit_state\":\"geostationary\"");
    assert_properties("0.6.2", "", "\"sar:resolution\":[3,4],\"sar:looks\":[1,2,1.5]", URI("sar", "1.0.0"),
                      "\"sar:resolution_range\":3,\"sar:resolution_azimuth\":4,\"sar:looks_range\":1,"
                      "\"sar:looks_azimuth\":2,\"sar:looks_equivalent_number\":1.5");
    assert_properties("1.0.0-beta.2", "\"label\",\"checksum\",\"https://x/y.json\"",
                      "\"label:task\":[\"t\"],\"label:overview\":{},\"checksum:multihash\":\"12\"",
                      URI("label", "1.0.1") ",\"https://x/y.json\"," URI("file", "2.1.0"),
                      "\"label:tasks\":[\"t\"],\"label:overviews\":[{}],\"file:checksum\":\"12\"");
    assert_properties("0.8.0", "", "\"checksum:md5\":\"00112233445566778899aabbccddeeff\",\"checksum:sha1\":\"zz\"",
                      URI("file", "2.1.0"),
                      "\"file:checksum\":\"d5011000112233445566778899aabbccddeeff\",\"checksum:sha1\":\"zz\"");
    assert_properties("1.0.0-rc.1", URI("eo", "1.0.0"), "\"eo:gsd\":1", URI("eo", "1.0.0"), "\"eo:gsd\":1");
}

static void test_assets(void **state)
{
    (void)state;
    assert_upgraded(cairn_upgrade_item, "0.7.0",
                    "{\"properties\":{\"eo:bands\":[{\"name\":\"a\"},{\"name\":\"b\"}]},\"assets\":{"
                    "\"x\":{\"href\":\"h\",\"name\":\"n\",\"type\":\"image/vnd.stac.geotiff\",\"eo:bands\":[1,0,9]},"
                    "\"y\":7}}",
                    "{\"properties\":{\"eo:bands\":[{\"name\":\"a\"},{\"name\":\"b\"}]},\"assets\":{"
                    "\"x\":{\"href\":\"h\",\"title\":\"n\",\"type\":\"image/tiff; application=geotiff\","
                    "\"eo:bands\":[{\"name\":\"b\"},{\"name\":\"a\"},{}]},\"y\":7},\"stac_version\":\"1.0.0\","
                    "\"stac_extensions\":[" URI("eo", "1.1.0") "]}");
}

static void test_lifted_collection(void **state)
{
    (void)state;
    assert_upgraded(cairn_upgrade_item, "0.9.0", "{\"properties\":{\"collection\":\"c\"},\"collection\":null}",
                    "{\"properties\":{\"collection\":\"c\"},\"collection\":\"c\",\"stac_version\":\"1.0.0\","
                    "\"stac_extensions\":[]}");
    assert_upgraded(cairn_upgrade_item, "0.9.0", "{\"properties\":{\"collection\":\"c\"},\"collection\":\"d\"}",
                    "{\"properties\":{\"collection\":\"c\"},\"collection\":\"d\",\"stac_version\":\"1.0.0\","
                    "\"stac_extensions\":[]}");
}

static void test_odd_shapes(void **state)
{
    (void)state;
    assert_upgraded(cairn_upgrade_item, "0.6.0", "{\"properties\":3,\"assets\":[1],\"stac_extensions\":\"eo\"}",
                    "{\"properties\":3,\"assets\":[1],\"stac_extensions\":[],\"stac_version\":\"1.0.0\"}");
    assert_upgraded(cairn_upgrade_item, "0.6.0",
                    "{\"stac_extensions\":[1,\"eo\",\"eo\",{\"a\":1}],\"assets\":{\"a\":[]}}",
                    "{\"stac_extensions\":[" URI("eo", "1.1.0") "],\"assets\":{\"a\":[]},\"stac_version\":\"1.0.0\"}");
    assert_upgraded(cairn_upgrade_collection, "0.6.0", "{\"extent\":[],\"summaries\":[],\"properties\":null}",
                    "{\"extent\":[],\"summaries\":[],\"properties\":null,\"type\":\"Collection\","
                    "\"stac_version\":\"1.0.0\",\"stac_extensions\":[]}");
}

static void test_collection(void **state)
{
    (void)state;
    assert_upgraded(cairn_upgrade_collection, "0.7.0",
                    "{\"stac_version\":\"0.7.0\",\"extent\":{\"spatial\":[1,2,3,4],\"temporal\":[\"a\",null]},"
                    "\"properties\":{\"eo:gsd\":10,\"eo:bands\":[1],\"sci:doi\":\"d\"},"
                    "\"other_properties\":{\"q\":{\"extent\":[1,2]},\"r\":{\"values\":[5]}}}",
                    "{\"stac_version\":\"1.0.0\",\"extent\":{\"spatial\":{\"bbox\":[[1,2,3,4]]},"
                    "\"temporal\":{\"interval\":[[\"a\",null]]}},\"summaries\":{\"gsd\":[10],\"eo:bands\":[1],"
                    "\"q\":{\"minimum\":1,\"maximum\":2},\"r\":[5]},\"sci:doi\":\"d\",\"type\":\"Collection\","
                    "\"stac_extensions\":[" URI("eo", "1.1.0") "]}");
    assert_upgraded(
        cairn_upgrade_collection, "1.0.0-beta.2",
        "{\"summaries\":{\"gsd\":{\"min\":1,\"max\":2},\"x\":[{\"min\":3}]},\"stac_extensions\":[\"proj\"]}",
        "{\"summaries\":{\"gsd\":{\"minimum\":1,\"maximum\":2},\"x\":[{\"min\":3}]},\"stac_extensions\":[" URI(
            "projection", "1.1.0") "],\"type\":\"Collection\",\"stac_version\":\"1.0.0\"}");
    assert_upgraded(
        cairn_upgrade_collection, "0.8.1", "{\"stac_extensions\":[\"asset\"],\"assets\":{\"a\":{}}}",
        "{\"stac_extensions\":[" URI("item-assets", "1.0.0") "],\"item_assets\":{\"a\":{}},\"type\":\"Collection\","
                                                             "\"stac_version\":\"1.0.0\"}");
}

static void add_many(cairn_buf *out, size_t n, const char *format)
{
    for (size_t i = 0; i < n; i++) {
        cairn_buf_add_text(out, i ? "," : "");
        cairn_buf_printf(out, format, i);
    }
}

/* Times are not measured: what takes the square of the length does not end while somebody waits for the tests. */
static void test_long_lists(void **state)
{
    (void)state;
    enum { N = 60000 };
    cairn_arena *arena = cairn_arena_new((size_t)1 << 30);
    cairn_buf item = CAIRN_BUF_INIT(1 << 26), collection = CAIRN_BUF_INIT(1 << 26);
    cairn_buf_add_text(&item, "{\"stac_extensions\":[");
    add_many(&item, N, "\"e%zu\"");
    cairn_buf_add_text(&item, "],\"properties\":{\"eo:bands\":[");
    add_many(&item, N, "{\"name\":\"%zu\"}");
    cairn_buf_add_text(&item, "]},\"assets\":{\"a\":{\"eo:bands\":[");
    add_many(&item, N, "59999");
    cairn_buf_add_text(&item, "]}}}");
    cairn_buf_add_text(&collection, "{\"properties\":{");
    add_many(&collection, N, "\"p%zu\":1");
    cairn_buf_add_text(&collection, "}}");
    cairn_jnode *tree = cairn_j_open(arena, cairn_buf_span(&item));
    assert_true(cairn_upgrade_item(arena, tree, cairn_span_of("0.6.0")));
    cairn_jnode *bands = cairn_j_get(arena, cairn_j_get(arena, cairn_j_get(arena, tree, "assets"), "a"), "eo:bands");
    assert_true(cairn_span_starts(bands->raw, "[{\"name\":\"59999\"},"));
    tree = cairn_j_open(arena, cairn_buf_span(&collection));
    assert_true(cairn_upgrade_collection(arena, tree, cairn_span_of("0.9.0")));
    assert_non_null(cairn_j_get(arena, tree, "properties"));
    cairn_buf_free(&item);
    cairn_buf_free(&collection);
    cairn_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_needed),     cmocka_unit_test(test_fields),
        cmocka_unit_test(test_assets),     cmocka_unit_test(test_lifted_collection),
        cmocka_unit_test(test_odd_shapes), cmocka_unit_test(test_collection),
        cmocka_unit_test(test_long_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
