#include "stac/crs.h"
#include "stac/ready.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define URI(name, version) "\"https://stac-extensions.github.io/" name "/v" version "/schema.json\""

/* Before and after; NULL: nothing changes. A second run changes nothing. */
static void assert_ready(const char *before, const char *after)
{
    cairn_arena *arena = cairn_arena_new(1 << 22);
    cairn_error error = CAIRN_ERROR_INIT;
    bool changed = true, again = true;
    assert_int_equal(cairn_json_check(cairn_span_of(before), CAIRN_JSON_MAX_DEPTH, NULL, &error), CAIRN_OK);
    cairn_jnode *tree = cairn_j_open(arena, cairn_span_of(before));
    assert_int_equal(cairn_ready_item(arena, tree, &changed, &error), CAIRN_OK);
    cairn_span text = cairn_j_text(tree, arena);
    if (!cairn_span_is(text, after ? after : before))
        fail_msg("expected %s, found %.*s", after ? after : before, CAIRN_SPAN_FMT(text));
    assert_int_equal(changed, after != NULL);
    tree = cairn_j_open(arena, text);
    assert_int_equal(cairn_ready_item(arena, tree, &again, &error), CAIRN_OK);
    assert_false(again);
    cairn_arena_free(arena);
}

#define PLACED(properties)                                                                                             \
    "\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]},\"bbox\":[1,2,1,2],\"properties\":{" properties "}"

static void test_extensions(void **state)
{
    (void)state;
    assert_ready("{\"stac_extensions\":[" URI("eo", "1.0.0") ",\"x\"," URI("projection", "1.0.0") "]," PLACED("") "}",
                 "{\"stac_extensions\":[" URI("eo", "1.1.0") ",\"x\"," URI("projection", "1.2.0") "]," PLACED("") "}");
    assert_ready("{\"stac_extensions\":[" URI("raster", "2.0.0") "," URI("raster", "1.0.0") "]," PLACED("") "}",
                 "{\"stac_extensions\":[" URI("raster", "1.1.0") "]," PLACED("") "}");
    assert_ready("{" PLACED("\"eo:cloud_cover\":5") "}",
                 "{" PLACED("\"eo:cloud_cover\":5") ",\"stac_extensions\":[" URI("eo", "1.1.0") "]}");
    assert_ready("{" PLACED("\"eo:cloud_cover\":500") "}", NULL);
    assert_ready("{\"stac_extensions\":7," PLACED("\"eo:cloud_cover\":5") "}", NULL);
    assert_ready("{\"stac_extensions\":[" URI("eo", "2.0.0") "]," PLACED("\"eo:common_name\":\"red\"") "}", NULL);
    assert_ready("{\"stac_extensions\":[3,null,\"\",[]," URI("eo", "1.1.0") "]," PLACED("\"eo:cloud_cover\":5") "}",
                 NULL);
}

/* Documents that lack nearly everything. */
static void test_hollow(void **state)
{
    (void)state;
    static const char *const items[] = {
        "{}",
        "{\"properties\":null,\"assets\":[]}",
        "{\"properties\":[],\"assets\":{\"a\":1,\"b\":null,\"c\":{}}}",
        "{\"geometry\":7,\"bbox\":7,\"stac_extensions\":null}",
        "{\"geometry\":{},\"properties\":{}}",
        "{\"bbox\":[1,2,3]}",
        "{\"bbox\":[1,2,1,2],\"geometry\":null}",
        "{\"assets\":{\"a\":{\"href\":7},\"b\":{\"href\":\"\"},\"c\":{\"href\":\"x.\"},\"d\":{\"href\":\".tif\"}}}",
        "{\"assets\":{\"a\":{\"type\":\"t\",\"bands\":[{}],\"eo:bands\":{},\"raster:bands\":[[]]}}}",
    };
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        assert_ready(items[i], NULL);
}

static void test_media_types(void **state)
{
    (void)state;
    static const struct {
        const char *href, *type;
    } files[] = {
        {"https://h/a.TIF?x=/b.nc#c.png", "image/tiff"},
        {"s3://b/store.zarr/", "application/vnd+zarr"},
        {"file:///a.b/c.nc", "application/netcdf"},
        {"a.copc.laz", "application/vnd.laszip+copc"},
        {"a.txt", "text/plain"},
        {"a.grib2?sig=x", "application/wmo-GRIB2"},
        {".json", NULL},
        {"a.tif/b", NULL},
        {"tif", NULL},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char before[200], after[300];
        snprintf(before, sizeof before, "{\"assets\":{\"a\":{\"href\":\"%s\"}}}", files[i].href);
        snprintf(after, sizeof after, "{\"assets\":{\"a\":{\"href\":\"%s\",\"type\":\"%s\"}}}", files[i].href,
                 files[i].type ? files[i].type : "");
        assert_ready(before, files[i].type ? after : NULL);
    }
    assert_ready("{\"assets\":{\"a\":{\"type\":null,\"href\":\"a.png\"},\"b\":{\"href\":\"a.tif\",\"type\":\"\"}}}",
                 "{\"assets\":{\"a\":{\"type\":\"image/png\",\"href\":\"a.png\"},\"b\":{\"href\":\"a.tif\",\"type\":"
                 "\"\"}}}");
}

/* A key that is empty is no band's field. */
static void test_bands(void **state)
{
    (void)state;
    assert_ready(
        "{\"stac_version\":\"1.1.0\",\"assets\":{\"a\":{\"type\":\"t\",\"bands\":[{\"\":\"x\","
        "\"eo:common_name\":\"nir\"}]}}}",
        "{\"stac_version\":\"1.1.0\",\"assets\":{\"a\":{\"type\":\"t\",\"bands\":[{\"\":\"x\","
        "\"eo:common_name\":\"nir\",\"name\":\"a\"}],\"eo:bands\":[{\"name\":\"a\",\"common_name\":\"nir\"}]}},"
        "\"stac_extensions\":[" URI("eo", "1.1.0") "]}");
}

/* Each of eo:bands gets a name, which odc-stac asks for: the asset's key, with a number where it has several bands. */
static void test_names_of_bands(void **state)
{
    (void)state;
    assert_ready(
        "{\"assets\":{\"a\\u0062\":{\"type\":\"t\",\"eo:bands\":[{\"common_name\":\"nir\"},{\"name\":\"B4\"},{"
        "\"name\":null,\"common_name\":\"red\"}]}}}",
        "{\"assets\":{\"a\\u0062\":{\"type\":\"t\",\"eo:bands\":[{\"common_name\":\"nir\",\"name\":\"a\\u0062.1\"},{"
        "\"name\":\"B4\"},{\"name\":\"a\\u0062.3\",\"common_name\":\"red\"}]}},\"stac_extensions\":[" URI(
            "eo", "1.1.0") "]}");
    assert_ready(
        "{\"stac_version\":\"1.1.0\",\"assets\":{\"a\":{\"type\":\"t\",\"bands\":[{\"data_type\":\"int8\"}]}}}",
        "{\"stac_version\":\"1.1.0\",\"assets\":{\"a\":{\"type\":\"t\",\"bands\":[{\"data_type\":\"int8\"}],"
        "\"raster:bands\":[{\"data_type\":\"int8\"}]}},\"stac_extensions\":[" URI("raster", "1.1.0") "]}");
}

#define GRID(epsg, bbox)                                                                                               \
    "\"proj:epsg\":" epsg ",\"proj:code\":\"EPSG:" epsg "\",\"proj:bbox\":" bbox ",\"proj:shape\":[1,1]"

/* The bbox that is made of a grid's, with a polygon or several (`kind`) that holds it. */
static void assert_placed(const char *properties, const char *bbox, const char *kind)
{
    cairn_arena *arena = cairn_arena_new(1 << 22);
    cairn_error error = CAIRN_ERROR_INIT;
    bool changed;
    cairn_jnode *tree = cairn_j_open(arena, cairn_arena_printf(arena, "{\"properties\":{%s}}", properties));
    assert_int_equal(cairn_ready_item(arena, tree, &changed, &error), CAIRN_OK);
    cairn_span text = cairn_j_text(tree, arena), found = cairn_json_get(text, "bbox");
    if (!cairn_span_is(found, bbox))
        fail_msg("%s: expected %s, found %.*s", properties, bbox, CAIRN_SPAN_FMT(found));
    assert_true(cairn_json_string_is(cairn_json_get(cairn_json_get(text, "geometry"), "type"), kind));
    cairn_arena_free(arena);
}

/* Edges of degrees are straight, so no box is higher than its corners; one around the globe is the whole of it, also
 * where its corners (EASE-Grid 2.0, in whole centimetres) lie some millimetres beyond the antimeridian. */
static void test_antimeridian(void **state)
{
    (void)state;
    assert_placed(GRID("4326", "[170,-20,190,-10]"), "[170,-20,-170,-10]", "MultiPolygon");
    assert_placed(GRID("4326", "[10,20,359,60]"), "[10,20,-1,60]", "MultiPolygon");
    assert_placed(GRID("4326", "[0,-60,360,60]"), "[-180,-60,180,60]", "Polygon");
    assert_placed(GRID("4326", "[-0.125,-60,359.875,60]"), "[-180,-60,180,60]", "Polygon");
    assert_placed(GRID("4326", "[-180.00000001,-60,180.00000001,60]"), "[-180,-60,180,60]", "Polygon");
    assert_placed(GRID("6933", "[-17367530.45,-7314540.83,17367530.45,7314540.83]"),
                  "[-180,-85.0445664,180,85.0445664]", "Polygon");
    assert_placed(GRID("6933", "[-17367530.45,-7314540.83,0,7314540.83]"), "[-180,-85.0445664,0,85.0445664]",
                  "Polygon");
}

/* A key with escapes is the same key: what it says is neither written over nor said twice. */
static void test_escaped_keys(void **state)
{
    (void)state;
    assert_ready("{" PLACED("\"proj\\u003aepsg\":4326,\"proj:code\":\"EPSG:32633\"") ",\"stac_extensions\":7}", NULL);
    assert_ready("{\"assets\":{\"a\":{\"href\":\"a.tif\",\"t\\u0079pe\":\"x/y\"}}}", NULL);
}

/* What would stand in each of many bands stays on the asset where it is long. */
static void test_long_common_values(void **state)
{
    enum { BANDS = 4096, BUCKETS = 100 };
    (void)state;
    cairn_buf text = CAIRN_BUF_INIT(1 << 20);
    cairn_buf_add_text(&text,
                       "{\"assets\":{\"a\":{\"type\":\"t\",\"raster:histogram\":{\"count\":1,\"min\":0,\"max\":1,"
                       "\"buckets\":[1");
    for (int i = 1; i < BUCKETS; i++)
        cairn_buf_add_text(&text, ",1");
    cairn_buf_add_text(&text, "]},\"bands\":[{}");
    for (int i = 1; i < BANDS; i++)
        cairn_buf_add_text(&text, ",{}");
    cairn_buf_add_text(&text, "]}}}");
    cairn_buf_add_byte(&text, '\0');
    assert_false(text.failed);
    assert_ready(text.p, NULL);
    cairn_buf_free(&text);
}

/* Each arena that is too small gives CAIRN_NOMEM or what a large one gives. */
static void test_small_arenas(void **state)
{
    (void)state;
    static const char item[] =
        "{\"properties\":{\"proj:epsg\":32633,\"proj:bbox\":[5e5,5e6,6e5,5.1e6],\"proj:shape\":[10,10]},\"assets\":"
        "{\"a\":{\"href\":\"a.tif\",\"eo:common_name\":\"red\",\"raster:scale\":2}}}";
    cairn_code code = CAIRN_NOMEM;
    for (size_t room = 64; room < 1 << 20 && code != CAIRN_OK; room += room / 8) {
        cairn_arena *arena = cairn_arena_new(room);
        cairn_error error = CAIRN_ERROR_INIT;
        bool changed = false;
        cairn_jnode *tree = cairn_j_open(arena, cairn_span_of(item));
        code = tree ? cairn_ready_item(arena, tree, &changed, &error) : CAIRN_NOMEM;
        assert_true(code == CAIRN_NOMEM || (code == CAIRN_OK && changed));
        cairn_arena_free(arena);
    }
    assert_int_equal(code, CAIRN_OK);
}

static void test_identify(void **state)
{
    (void)state;
    static const char *const refused[] = {"",       "4326",        "+proj=longlat",     "/etc/passwd", "PROJCS[",
                                          "{\"a\"", "EPSG:999999", "+init=epsg:4326:1", "urn:x[",      "EPSG:5773"};
    cairn_crs crs;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(cairn_crs_identify(cairn_span_of(refused[i]), &crs));
    assert_true(cairn_crs_identify(cairn_span_of("EPSG:32633"), &crs) && strcmp(crs.name, "EPSG:32633") == 0);
    assert_true(cairn_crs_identify(cairn_span_of("EPSG:32633"), &crs) && strcmp(crs.name, "EPSG:32633") == 0);
    assert_true(cairn_crs_of_number(32633, &crs) && strcmp(crs.name, "EPSG:32633") == 0);
    assert_true(cairn_crs_of_number(54009, &crs) && strcmp(crs.name, "ESRI:54009") == 0);
    assert_false(cairn_crs_of_number(0, &crs) || cairn_crs_of_number(-4326, &crs) || cairn_crs_of_number(5, &crs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extensions),     cmocka_unit_test(test_hollow),
        cmocka_unit_test(test_media_types),    cmocka_unit_test(test_bands),
        cmocka_unit_test(test_names_of_bands), cmocka_unit_test(test_small_arenas),
        cmocka_unit_test(test_identify),       cmocka_unit_test(test_antimeridian),
        cmocka_unit_test(test_escaped_keys),   cmocka_unit_test(test_long_common_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
