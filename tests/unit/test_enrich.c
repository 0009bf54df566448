// LINK: indexer
#include "base/buf.h"
#include "indexer/enrich_item.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define ITEM(version, properties, asset)                                                                               \
    "{\"type\":\"Feature\",\"stac_version\":\"" version "\",\"properties\":{" properties "},"                          \
    "\"assets\":{\"red\":{\"href\":\"./a.tif\"" asset "}}}"

static cairn_raster_band bands[3];
static cairn_raster utm(void)
{
    for (size_t i = 0; i < 3; i++)
        bands[i] = (cairn_raster_band){.data_type = "uint16", .nodata = CAIRN_SPAN_LIT("0"), .scale = 1};
    return (cairn_raster){.has_size = true,
                          .size = 1234,
                          .has_grid = true,
                          .height = 20,
                          .width = 10,
                          .has_transform = true,
                          .transform = {10, 0, 500000, 0, -10, 5200000},
                          .code = CAIRN_SPAN_LIT("EPSG:32633"),
                          .is_tiff = true,
                          .is_cog = true,
                          .bands = bands,
                          .n_bands = 1};
}

static const cairn_enrich_rules plain = {.now = CAIRN_SPAN_LIT("2026-01-01T00:00:00Z")};

/* The item after all wanted assets turned out to be `raster` (NULL: could not be opened). In the arena. */
static cairn_span filled(cairn_arena *arena, const char *text, const cairn_enrich_rules *rules, cairn_raster *raster,
                         size_t wanted)
{
    cairn_enrich_item item;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_span base = CAIRN_SPAN_LIT("https://example.com/x/item.json");
    assert_int_equal(cairn_enrich_read(cairn_span_of(text), base, rules, arena, &item, &error), CAIRN_OK);
    assert_int_equal(item.n_wanted, wanted);
    for (size_t i = 0; i < item.n_wanted; i++) {
        assert_true(cairn_span_is(item.wanted[i].href, "https://example.com/x/a.tif"));
        item.wanted[i].raster = raster;
    }
    assert_int_equal(cairn_enrich_fill(&item, rules, &error), CAIRN_OK);
    return cairn_j_text(item.item, arena);
}

static void assert_member(cairn_span item, const char *const *path, const char *expected)
{
    cairn_span value = cairn_json_get_path(item, path);
    if (!expected) {
        assert_null(value.p);
        return;
    }
    if (!cairn_span_is(value, expected))
        fail_msg("%s is %.*s, expected %s", path[0], CAIRN_SPAN_FMT(value), expected);
}
#define RED(item, name, expected)      assert_member(item, (const char *const[]){"assets", "red", name, NULL}, expected)
#define PROPERTY(item, name, expected) assert_member(item, (const char *const[]){"properties", name, NULL}, expected)

static void test_fills_what_is_missing(void **state)
{
    cairn_arena *arena = *state;
    cairn_raster raster = utm();
    cairn_span item = filled(arena, ITEM("1.0.0", "\"proj:epsg\":null", ""), &plain, &raster, 1);
    RED(item, "proj:code", "\"EPSG:32633\"");
    RED(item, "proj:shape", "[20,10]");
    RED(item, "proj:transform", "[10,0,500000,0,-10,5200000]");
    RED(item, "file:size", "1234");
    RED(item, "type", "\"image/tiff; application=geotiff; profile=cloud-optimized\"");
    RED(item, "raster:bands", "[{\"data_type\":\"uint16\",\"nodata\":0}]");
    PROPERTY(item, "proj:code", "\"EPSG:32633\"");
    PROPERTY(item, CAIRN_ENRICHED, "\"2026-01-01T00:00:00Z\"");
    assert_true(cairn_span_is(cairn_json_get(item, "stac_extensions"),
                              "[\"https://stac-extensions.github.io/file/v2.1.0/schema.json\"]"));
    filled(arena, item.p, &plain, &raster, 0); /* and nothing is opened again */
}

static void test_keeps_what_is_there(void **state)
{
    cairn_arena *arena = *state;
    cairn_raster raster = utm();
    static const char text[] = ITEM("1.0.0", "\"proj:epsg\":32632,\"proj:shape\":[1,1]",
                                    ",\"type\":\"image/jp2\",\"raster:bands\":[{\"nodata\":7,\"scale\":2}]");
    bands[0].has_scaling = true;
    bands[0].scale = 3;
    cairn_span item = filled(arena, text, &plain, &raster, 1);
    RED(item, "proj:code", NULL);
    RED(item, "proj:shape", NULL);
    RED(item, "proj:transform", "[10,0,500000,0,-10,5200000]");
    RED(item, "type", "\"image/jp2\"");
    RED(item, "raster:bands", "[{\"nodata\":7,\"scale\":2,\"data_type\":\"uint16\"}]");
    PROPERTY(item, "proj:code", NULL);

    cairn_enrich_rules over = plain;
    over.overwrite = true;
    item = filled(arena, text, &over, &raster, 1);
    RED(item, "proj:code", "\"EPSG:32633\"");
    RED(item, "proj:shape", "[20,10]");
    RED(item, "raster:bands", "[{\"nodata\":0,\"scale\":3,\"data_type\":\"uint16\",\"offset\":0}]");
    PROPERTY(item, "proj:epsg", "32632");
}

static void test_scaling_is_a_pair(void **state)
{
    cairn_arena *arena = *state;
    cairn_raster raster = utm();
    bands[0].has_scaling = true;
    bands[0].scale = 0.5;
    bands[0].offset = -1;
    bands[0].nodata = (cairn_span)CAIRN_SPAN_LIT("\"nan\"");
    bands[0].data_type = "float32";
    cairn_span item = filled(arena, ITEM("1.0.0", "", ""), &plain, &raster, 1);
    RED(item, "raster:bands", "[{\"data_type\":\"float32\",\"nodata\":\"nan\",\"scale\":0.5,\"offset\":-1}]");
    item = filled(arena, ITEM("1.1.0", "", ",\"bands\":[{\"name\":\"B1\",\"raster:offset\":3}]"), &plain, &raster, 1);
    RED(item, "bands", "[{\"name\":\"B1\",\"raster:offset\":3,\"data_type\":\"float32\",\"nodata\":\"nan\"}]");
    item = filled(arena, ITEM("1.1.0", "", ""), &plain, &raster, 1);
    RED(item, "bands", "[{\"data_type\":\"float32\",\"nodata\":\"nan\",\"raster:scale\":0.5,\"raster:offset\":-1}]");
}

/* stackstac refuses an item with raster:bands of several; lists about other bands than the file's are left alone. */
static void test_several_bands(void **state)
{
    cairn_arena *arena = *state;
    cairn_raster raster = utm();
    raster.n_bands = 3;
    cairn_span item = filled(arena, ITEM("1.0.0", "", ""), &plain, &raster, 1);
    RED(item, "raster:bands", NULL);
    assert_int_equal(cairn_json_count(cairn_json_get_path(item, (const char *const[]){"assets", "red", "bands", NULL})),
                     3);
    item = filled(arena, ITEM("1.0.0", "", ",\"raster:bands\":[{\"nodata\":1}]"), &plain, &raster, 1);
    RED(item, "raster:bands", "[{\"nodata\":1}]");
    RED(item, "bands", NULL);
}

static void test_what_cannot_be_opened(void **state)
{
    cairn_arena *arena = *state;
    const char *text = ITEM("1.0.0", "", "");
    assert_true(cairn_span_is(filled(arena, text, &plain, NULL, 1), text));
    cairn_raster container = {.has_size = true, .size = 9};
    cairn_span item = filled(arena, text, &plain, &container, 1);
    RED(item, "file:size", "9");
    RED(item, "proj:shape", NULL);
    RED(item, "type", NULL);
}

static void test_which_assets(void **state)
{
    cairn_arena *arena = *state;
    filled(arena, ITEM("1.0.0", "", ",\"type\":\"image/png\""), &plain, NULL, 0);
    filled(arena, ITEM("1.0.0", "", ",\"roles\":[\"thumbnail\"]"), &plain, NULL, 0);
    cairn_enrich_rules all = plain;
    all.all_assets = true;
    filled(arena, ITEM("1.0.0", "", ",\"roles\":[\"thumbnail\"],\"type\":\"image/png\""), &all, NULL, 1);
    static const char *const near[] = {"https://example.com/x/"}, *const far[] = {"https://example.com/y/"};
    cairn_enrich_rules some = plain;
    some.n_prefixes = 1;
    some.prefixes = near;
    filled(arena, ITEM("1.0.0", "", ""), &some, NULL, 1);
    some.prefixes = far;
    filled(arena, ITEM("1.0.0", "", ""), &some, NULL, 0);
    some.prefixes = near;
    for (size_t i = 0; i < 3; i++) {
        static const char *const out[] = {"https://example.com/x/../y/a.tif", "https://example.com/x/%2E%2e/y/a.tif",
                                          "https://example.com.evil/x/a.tif"};
        cairn_span text = cairn_arena_printf(
            arena, "{\"stac_version\":\"1.0.0\",\"properties\":{},\"assets\":{\"a\":{\"href\":\"%s\"}}}", out[i]);
        cairn_enrich_item item;
        assert_int_equal(cairn_enrich_read(text, CAIRN_SPAN_NONE, &some, arena, &item, NULL), CAIRN_OK);
        assert_int_equal(item.n_wanted, 0);
        assert_int_equal(item.passed_over, 1);
    }
}

static void test_broken_items(void **state)
{
    cairn_arena *arena = *state;
    static const char *const texts[] = {
        "[]",
        "{}",
        "{\"properties\":[],\"assets\":{}}",
        "{\"properties\":{},\"assets\":[{\"href\":\"a\"}]}",
        "{\"properties\":{},\"assets\":{\"a\":7,\"b\":{\"href\":7},\"c\":null}}",
        "{\"properties\":{},\"stac_extensions\":{\"a\":1},\"assets\":{\"a\":{\"href\":\"x:y\",\"bands\":[1]}}}",
    };
    cairn_raster raster = utm();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cairn_enrich_item item;
        assert_int_equal(cairn_enrich_read(cairn_span_of(texts[i]), CAIRN_SPAN_NONE, &plain, arena, &item, NULL),
                         CAIRN_OK);
        for (size_t k = 0; k < item.n_wanted; k++)
            item.wanted[k].raster = &raster;
        assert_int_equal(cairn_enrich_fill(&item, &plain, NULL), CAIRN_OK);
        cairn_span text = cairn_j_text(item.item, arena);
        assert_int_equal(cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
    }
}

static void test_names(void **state)
{
    cairn_arena *arena = *state;
    static const char *const good[][2] = {
        {"file:///data/a%20b.tif", "/data/a b.tif"},
        {"https://example.com/a%20b.tif?sig=x", "/vsicurl/https://example.com/a%20b.tif?sig=x"},
        {"S3://bucket/k%C3%A4.tif", "/vsis3/bucket/k\xc3\xa4.tif"},
        {"gs://b/k", "/vsigs/b/k"},
        {"az://c/k", "/vsiaz/c/k"},
    };
    static const char *const bad[] = {
        "a.tif",
        "/data/a.tif",
        "/vsicurl/http://x/a.tif",
        "file:///vsicurl/http://x/a.tif",
        "file:///VSIzip/a.zip",
        "file:///%76sicurl/http://x/a.tif",
        "file://host/a.tif",
        "file:///a%00b",
        "file:///a%0ab",
        "vrt://a.tif",
        "NETCDF:\"http://x/a.nc\":v",
        "WMS:http://x",
        "ftp://x/a.tif",
        "s3:bucket",
        "s3://",
        "",
        "data:,x",
        "https:example.com",
        "s3://b/a%0ab",
    };
    cairn_span name;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(cairn_raster_name(cairn_span_of(good[i][0]), arena, &name, NULL), CAIRN_OK);
        assert_string_equal(name.p, good[i][1]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (cairn_raster_name(cairn_span_of(bad[i]), arena, &name, NULL) != CAIRN_INVALID)
            fail_msg("%s was taken as %s", bad[i], name.p);
}

static int set_up(void **state)
{
    *state = cairn_arena_new(1 << 24);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    cairn_arena_free(*state);
    return 0;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_fills_what_is_missing), TEST(test_keeps_what_is_there),
        TEST(test_scaling_is_a_pair),     TEST(test_several_bands),
        TEST(test_what_cannot_be_opened), TEST(test_which_assets),
        TEST(test_broken_items),          TEST(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
