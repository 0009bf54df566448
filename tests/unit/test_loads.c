/* The rules of the clients. That they are the clients' own is what tests/clients/test_verdicts.py holds against the
 * real programs; here each rule is met once, and what no real item does. */
#include "base/json.h"
#include "stac/crs.h"
#include "stac/loads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>

#define PROJECTION "\"https://stac-extensions.github.io/projection/v1.2.0/schema.json\""
#define EO         "\"https://stac-extensions.github.io/eo/v1.1.0/schema.json\""
#define COG        "\"type\":\"image/tiff; application=geotiff; profile=cloud-optimized\""
#define HREF       "\"href\":\"https://example.com/a.tif\""
#define GRID       "\"proj:bbox\":[0,0,100,100],\"proj:shape\":[10,10],\"proj:transform\":[10,0,0,0,-10,100]"
#define PROJ       "\"proj:epsg\":32632,\"proj:code\":\"EPSG:32632\"," GRID
#define UINT16     "\"raster:bands\":[{\"data_type\":\"uint16\",\"nodata\":0}]"
#define GOOD       "\"a\":{" HREF "," COG "," UINT16 "}"
#define TIME       "\"datetime\":\"2024-01-01T00:00:00Z\""

enum { ALL_CLIENTS = (1 << CAIRN_N_CLIENTS) - 1 };

typedef struct fixture {
    cairn_arena *arena;
    cairn_loads_verdict verdicts[CAIRN_N_CLIENTS];
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->arena = cairn_arena_new((size_t)8 << 20);
    assert_non_null(f->arena);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    cairn_arena_free(f->arena);
    free(f);
    return 0;
}

/* Judges an item, and that the mask says the same. */
static void judge(fixture *f, const char *extensions, const char *properties, const char *assets)
{
    cairn_error error = CAIRN_ERROR_INIT;
    unsigned mask = 0, seen = 0;
    cairn_arena_reset(f->arena);
    cairn_span item = cairn_arena_printf(
        f->arena,
        "{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"i\",\"stac_extensions\":[%s],\"geometry\":null,"
        "\"bbox\":[9,47,10,48],\"properties\":{%s},\"assets\":{%s},\"links\":[",
        extensions, properties, assets);
    assert_non_null(item.p);
    assert_int_equal(cairn_loads_item(item, f->arena, f->verdicts, &error), CAIRN_OK);
    assert_int_equal(cairn_loads_mask(item, f->arena, &mask, &error), CAIRN_OK);
    for (unsigned i = 0; i < CAIRN_N_CLIENTS; i++)
        seen |= f->verdicts[i].loads ? 1U << i : 0;
    assert_int_equal(mask, seen);
}

static const char *code_of(const fixture *f, cairn_client client)
{
    const cairn_loads_verdict *v = &f->verdicts[client];
    assert_true(v->loads || v->code);
    assert_int_equal(!v->code, !v->reason);
    assert_int_equal(!v->code, !v->mend);
    if (v->loads)
        assert_true(v->loadable > 0);
    return v->code ? v->code : "";
}

static void says(fixture *f, cairn_client client, bool loads, const char *code)
{
    if (f->verdicts[client].loads != loads)
        print_message("%s: %s\n", cairn_client_name(client), code_of(f, client));
    assert_int_equal(f->verdicts[client].loads, loads);
    assert_string_equal(code_of(f, client), code);
}

static void names_clients(void **state)
{
    (void)state;
    assert_string_equal(cairn_client_name(CAIRN_CLIENT_STACKSTAC), "stackstac");
    assert_string_equal(cairn_client_name(CAIRN_CLIENT_GDAL_STACIT), "gdal-stacit");
    assert_null(cairn_client_name(CAIRN_N_CLIENTS));
}

static void passes_the_form_that_all_read(void **state)
{
    fixture *f = *state;
    judge(f, PROJECTION, TIME "," PROJ, GOOD);
    says(f, CAIRN_CLIENT_STACKSTAC, true, "feed-dicts");
    for (cairn_client c = CAIRN_CLIENT_ODC_STAC; c < CAIRN_N_CLIENTS; c++)
        says(f, c, true, "");
}

typedef struct rule {
    cairn_client client;
    const char *extensions, *properties, *assets;
    const char *code;
    bool loads;
    const char *asset; /* NULL: the item as a whole */
} rule;

#define S CAIRN_CLIENT_STACKSTAC
static const rule stackstac_rules[] = {
    {S, PROJECTION, TIME "," PROJ, "", "no-assets", false, NULL},
    {S, PROJECTION, TIME "," PROJ, "\"a\":{" HREF "}", "no-media-type", false, NULL},
    {S, PROJECTION, TIME "," PROJ, "\"a\":{" HREF ",\"type\":\"IMAGE/TIFF\"}", "no-media-type", false, NULL},
    {S, PROJECTION, TIME "," PROJ, "\"a\":{" HREF ",\"type\":\"application/x-netcdf\"}", "not-an-image", false, "a"},
    {S, PROJECTION, TIME "," PROJ,
     "\"a\":{" HREF ",\"type\":\"application/x-netcdf\"},\"b\":{\"href\":\"https://e.org/b.tif\"}", "no-media-type",
     false, NULL},
    {S, PROJECTION, TIME "," PROJ, GOOD ",\"b\":{" HREF ",\"type\":\"image/a/b\"}", "bad-media-type", false, "b"},
    {S, PROJECTION, TIME "," GRID ",\"proj:code\":\"EPSG:32632\"", GOOD, "no-epsg", false, "a"},
    {S, PROJECTION, TIME "," PROJ, "\"a\":{" HREF "," COG ",\"proj:epsg\":null}", "no-epsg", false, "a"},
    {S, PROJECTION, TIME "," GRID ",\"proj:epsg\":\"32632\"", GOOD, "epsg-type", false, "a"},
    {S, PROJECTION, TIME "," GRID ",\"proj:epsg\":32632.0", GOOD, "epsg-type", false, "a"},
    {S, PROJECTION, TIME "," PROJ, GOOD ",\"b\":{" HREF "," COG ",\"proj:epsg\":32633}", "several-crs", false, "b"},
    {S, PROJECTION, TIME "," PROJ, "\"a\":{" HREF "," COG ",\"raster:bands\":[{},{}]}", "several-bands", false, "a"},
    {S, PROJECTION, TIME "," PROJ, "\"a\":{" HREF "," COG ",\"raster:bands\":[]}", "several-bands", false, "a"},
    {S, PROJECTION, TIME "," PROJ, "\"a\":{" HREF "," COG ",\"raster:bands\":[{\"scale\":null}]}", "scale-type", false,
     "a"},
    {S, PROJECTION, TIME ",\"proj:epsg\":32632", GOOD, "no-resolution", false, "a"},
    {S, PROJECTION, TIME ",\"proj:epsg\":32632,\"proj:bbox\":[0,0,100,100,5],\"proj:shape\":[10,10]", GOOD,
     "bad-proj-fields", false, "a"},
    {S, PROJECTION, TIME ",\"proj:epsg\":32632,\"proj:shape\":[10,10],\"proj:transform\":[10,1,0,1,-10,0]", GOOD,
     "not-rectilinear", false, "a"},
    {S, PROJECTION, TIME ",\"proj:epsg\":32632,\"proj:shape\":[10,10],\"proj:transform\":[0,10,0,10,0,0]", GOOD,
     "no-size", false, "a"},
    {S, PROJECTION, TIME ",\"proj:epsg\":32632,\"proj:shape\":[0,10],\"proj:bbox\":[0,0,100,100]", GOOD, "no-size",
     false, "a"},
    {S, PROJECTION, TIME ",\"proj:epsg\":32632,\"proj:bbox\":[0,0,1e9,1e9],\"proj:transform\":[1e-5,0,0,0,-1e-5,0]",
     GOOD, "too-large", false, "a"},
    {S, PROJECTION, TIME ",\"proj:epsg\":999999,\"proj:shape\":[10,10]", GOOD, "unknown-crs", false, "a"},
    {S, PROJECTION, "\"x\":1," PROJ, GOOD, "no-datetime", false, NULL},
    {S, PROJECTION, "\"datetime\":\"yesterday\"," PROJ, GOOD, "bad-datetime", false, NULL},
    {S, PROJECTION, TIME ",\"x\":[[1,2],[3]]," PROJ, GOOD, "ragged-field", false, NULL},
    {S, PROJECTION, TIME ",\"x\":[[[1,2],[3,4]],[[5,6],[7,8]]]," PROJ, GOOD, "feed-dicts", true, NULL},
    {S, PROJECTION, TIME ",\"x\":[[[1,2]]]," PROJ, GOOD, "feed-dicts", true, NULL},
    {S, PROJECTION, TIME "," PROJ, "\"a\":{" HREF "," COG ",\"x\":[[1],[2,3]]}", "ragged-field", false, "a"},
    {S, PROJECTION, TIME "," PROJ, "\"a\":{" HREF "," COG ",\"eo:bands\":[3]}", "eo-bands", false, "a"},
    {S, PROJECTION, "\"datetime\":null," PROJ, GOOD, "datetime-null", true, NULL},
    {S, PROJECTION, TIME ",\"proj:epsg\":32632,\"proj:bbox\":[0,0,100,100],\"proj:shape\":[10,10]", GOOD, "resampled",
     true, NULL},
    {S, "", TIME "," PROJ, GOOD, "", true, NULL},
    {S, "", TIME "," PROJ, "\"a\":{" HREF ",\"type\":\" image/jp2 ;x\"}", "", true, NULL},
};

#define O CAIRN_CLIENT_ODC_STAC
static const rule odc_rules[] = {
    {O, PROJECTION, TIME "," PROJ, "", "no-assets", false, NULL},
    {O, PROJECTION, "\"datetime\":null," PROJ, GOOD, "no-datetime", false, NULL},
    {O, PROJECTION, "\"datetime\":null,\"start_datetime\":\"2024-01-01T00:00:00Z\",\"end_datetime\":null," PROJ, GOOD,
     "", true, NULL},
    {O, PROJECTION, "\"datetime\":\"yesterday\"," PROJ, GOOD, "bad-datetime", false, NULL},
    {O, PROJECTION, TIME "," PROJ, GOOD ",\"b\":{}", "no-href", false, "b"},
    {O, "", TIME "," PROJ, GOOD, "projection-undeclared", false, NULL},
    {O, "\"proj\"", TIME "," PROJ, GOOD, "", true, NULL},
    {O, PROJECTION, TIME ",\"proj:epsg\":32632,\"proj:shape\":[10,10]", GOOD, "no-grid", false, NULL},
    {O, PROJECTION, TIME "," PROJ, "\"a\":{" HREF ",\"type\":\"text/plain\"}", "no-raster-asset", false, NULL},
    {O, PROJECTION, TIME "," PROJ, "\"a\":{" HREF "," COG ",\"roles\":[\"thumbnail\"]}", "no-raster-asset", false,
     NULL},
    {O, PROJECTION, TIME "," PROJ, "\"a\":{\"href\":\"https://example.com/a.dat\",\"roles\":[\"data\"]}",
     "no-data-type", true, "a"},
    {O, PROJECTION, TIME "," PROJ, "\"a\":{" HREF "}", "no-data-type", true, "a"},
    {O, PROJECTION, TIME "," GRID, GOOD, "no-crs", false, "a"},
    {O, PROJECTION, TIME ",\"proj:code\":\"EPSG:999999\"," GRID, GOOD, "unknown-crs", false, "a"},
    {O, PROJECTION, TIME ",\"proj:wkt2\":\"nonsense\"," GRID, GOOD, "unknown-crs", false, "a"},
    {O, PROJECTION, TIME ",\"proj:projjson\":\"text\"," GRID, GOOD, "unknown-crs", false, "a"},
    {O, PROJECTION, TIME ",\"proj:epsg\":32632,\"proj:shape\":[10],\"proj:transform\":[10,0,0,0,-10,0]", GOOD,
     "bad-proj-fields", false, "a"},
    {O, PROJECTION, TIME ",\"proj:epsg\":32632,\"proj:shape\":[10,10],\"proj:transform\":[10,0,0,0,-10,0,1,0,1]", GOOD,
     "bad-proj-fields", false, "a"},
    {O, PROJECTION "," EO, TIME "," PROJ, "\"a\":{" HREF "," COG ",\"eo:bands\":[{\"common_name\":\"red\"}]}",
     "eo-bands", false, "a"},
    {O, PROJECTION, TIME "," PROJ, "\"a\":{" HREF "," COG ",\"eo:bands\":[{\"common_name\":\"red\"}]}", "no-data-type",
     true, "a"},
    {O, PROJECTION, TIME "," PROJ, "\"a\":{" HREF "," COG ",\"bands\":[{\"data_type\":\"cint16\"}]}", "data-type",
     false, "a"},
    {O, PROJECTION, TIME "," PROJ,
     "\"a\":{" HREF "," COG ",\"raster:bands\":[{\"data_type\":\"uint8\",\"nodata\":\"nan\"}]}", "data-type", false,
     "a"},
    {O, PROJECTION, TIME "," PROJ,
     "\"a\":{" HREF "," COG ",\"raster:bands\":[{\"data_type\":\"float32\",\"nodata\":\"nan\"}]}", "", true, NULL},
};

#define R CAIRN_CLIENT_RIOXARRAY
#define X CAIRN_CLIENT_XPYSTAC
#define I CAIRN_CLIENT_INTAKE_STAC
#define G CAIRN_CLIENT_GDAL_STACIT
static const rule other_rules[] = {
    {R, "", TIME, GOOD, "", true, NULL},
    {R, "", TIME, "\"a\":{\"href\":\"a.tif\"}", "no-way-to-href", false, "a"},
    {R, "", TIME, "\"a\":{\"href\":\"abfs://b/a.tif\"}", "no-way-to-href", false, "a"},
    {R, "", TIME, "\"a\":{\"href\":\"zip+https://b/a.tif\"}", "", true, NULL},
    {R, "", TIME, "\"a\":{\"href\":\"/data/a.tif?x=y\"}", "", true, NULL},
    {R, "", TIME, "\"a\":{" HREF ",\"type\":\"application/x-hdf\"}", "hdf4", false, "a"},
    {R, "", TIME, "\"a\":{" HREF ",\"type\":\"text/html\"},\"b\":{" HREF ",\"type\":\"text/xml\",\"roles\":[\"data\"]}",
     "no-raster-asset", false, "b"},
    {R, "", TIME, "\"a\":{" HREF "," COG ",\"roles\":[\"x\",\"overview\"]}", "no-assets", false, NULL},
    {X, "", TIME, "\"a\":{" HREF ",\"type\":\"image/tiff; profile=cloud-optimized; application=geotiff\"}", "no-engine",
     false, "a"},
    {X, "", TIME, "\"a\":{\"href\":\"gs://b/a.zarr\",\"type\":\"application/vnd.zarr\"}", "", true, NULL},
    {X, "", TIME, "\"a\":{\"href\":\"https://b/a\",\"type\":\"application/vnd.zarr+icechunk\"}", "icechunk", false,
     "a"},
    {X, "", TIME, "\"a\":{\"href\":\"https://b/a\",\"type\":\"application/json\",\"roles\":[\"references\"]}", "", true,
     NULL},
    {X, "", TIME, "\"a\":{\"href\":\"abfs://b/a\"," COG "}", "no-way-to-href", false, "a"},
    {I, "", TIME, "\"a\":{\"href\":\"https://b/a.zarr\",\"type\":\"application/vnd.zarr\"}", "zarr-type", false, "a"},
    {I, "", TIME, "\"a\":{\"href\":\"https://b/a.zarr\",\"type\":\"application/vnd+zarr\"}", "zarr-unlisted", false,
     "a"},
    {I, "", TIME,
     "\"a\":{\"href\":\"https://b/a.zarr\",\"type\":\"application/"
     "vnd+zarr\",\"xarray:open_kwargs\":{\"consolidated\":true}}",
     "", true, NULL},
    {I, "", TIME, "\"a\":{\"href\":\"s3://b/a.zarr\",\"type\":\"application/vnd+zarr\"}", "", true, NULL},
    {I, "", TIME, "\"a\":{\"href\":\"https://b/a.png\",\"type\":\"image/png\"}", "needs-scikit-image", false, "a"},
    {R, "", TIME, "\"a\":{\"href\":\"https://b/a.nc\",\"type\":\"application/x-netcdf\"}", "array-to-be-named", false,
     "a"},
    {R, "", TIME, "\"a\":{\"href\":\"/b/a.nc\",\"type\":\"application/x-netcdf\"}", "", true, NULL},
    {G, PROJECTION, TIME "," PROJ, "\"a\":{\"href\":\"https://b/a.nc\",\"type\":\"application/x-netcdf\"}", "no-bands",
     false, "a"},
    {I, "", TIME, "\"a\":{\"href\":\"https://b/a.json\",\"type\":\"application/json\"}", "no-raster-asset", false, "a"},
    {G, "", TIME "," PROJ, GOOD, "projection-undeclared", false, NULL},
    {G, "\"projection\"", TIME "," PROJ, GOOD, "projection-undeclared", false, NULL},
    {G, PROJECTION, TIME ",\"proj:code\":\"EPSG:32632\"," GRID, GOOD, "no-epsg", false, "a"},
    {G, PROJECTION, TIME ",\"proj:epsg\":null,\"proj:wkt2\":\"W\"," GRID, GOOD, "", true, NULL},
    {G, PROJECTION, TIME ",\"proj:epsg\":32632,\"proj:shape\":[10,10]", GOOD, "no-grid", false, "a"},
    {G, PROJECTION, TIME ",\"proj:epsg\":32632,\"proj:shape\":[10,10],\"proj:transform\":[10,0,0,0,10,0]", GOOD,
     "not-north-up", false, "a"},
    {G, PROJECTION, TIME ",\"proj:epsg\":32632,\"proj:shape\":[0,10],\"proj:transform\":[10,0,0,0,-10,0]", GOOD,
     "odd-grid", false, "a"},
    {G, PROJECTION, TIME "," PROJ, "\"a\":{\"href\":\"s3://b/a.tif\"}", "no-way-to-href", false, "a"},
    {G, PROJECTION, TIME "," PROJ, "\"a:b\":{" HREF "},\"c\":{\"href\":\"https://b/c.txt\"}", "odd-key", false, "a:b"},
    {G, PROJECTION, TIME "," PROJ, "\"a\":{" HREF "," COG ",\"roles\":[\"overview\"]}", "", true, NULL},
};

static void follow(fixture *f, const rule *rules, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const rule *r = &rules[i];
        judge(f, r->extensions, r->properties, r->assets);
        const cairn_loads_verdict *v = &f->verdicts[r->client];
        if (v->loads != r->loads || strcmp(v->code ? v->code : "", r->code) != 0)
            print_message("rule %zu: %s, not %s\n", i, v->code ? v->code : "loads", r->code);
        says(f, r->client, r->loads, r->code);
        assert_int_equal(v->asset.p != NULL, r->asset != NULL);
        if (r->asset)
            assert_true(cairn_span_is(v->asset, r->asset));
    }
}

static void follows_stackstac(void **state)
{
    follow(*state, stackstac_rules, sizeof stackstac_rules / sizeof *stackstac_rules);
}

static void follows_odc_stac(void **state)
{
    follow(*state, odc_rules, sizeof odc_rules / sizeof *odc_rules);
}

static void follows_the_others(void **state)
{
    follow(*state, other_rules, sizeof other_rules / sizeof *other_rules);
}

static void counts_assets_that_load_alone(void **state)
{
    fixture *f = *state;
    judge(f, PROJECTION, TIME "," PROJ,
          GOOD ",\"b\":{" HREF "," COG ",\"raster:bands\":[{},{},{}]},\"c\":{" HREF "," COG "}");
    says(f, CAIRN_CLIENT_STACKSTAC, false, "several-bands");
    assert_int_equal(f->verdicts[CAIRN_CLIENT_STACKSTAC].loadable, 2);
    assert_int_equal(f->verdicts[CAIRN_CLIENT_ODC_STAC].loadable, 3);
}

static void reads_escapes_and_repeated_keys(void **state)
{
    fixture *f = *state;
    judge(f, PROJECTION, TIME "," GRID ",\"proj\\u003aepsg\":32632",
          "\"a\\u0022\\n\":{" HREF "," COG ",\"raster:bands\":[]}");
    says(f, CAIRN_CLIENT_STACKSTAC, false, "several-bands");
    assert_true(cairn_span_is(f->verdicts[CAIRN_CLIENT_STACKSTAC].asset, "a\"\n"));
    judge(f, PROJECTION, TIME "," PROJ, "\"a\":{},\"a\":{" HREF "," COG "}");
    assert_true(f->verdicts[CAIRN_CLIENT_STACKSTAC].loads);
    assert_int_equal(f->verdicts[CAIRN_CLIENT_RIOXARRAY].loadable, 1);
}

/* Values of every wrong kind in every place that is read. */
static void stands_any_value(void **state)
{
    static const char *const values[] = {"null", "true",      "0",      "-1e308",  "\"\"", "\"\\ud800\"", "[]",
                                         "{}",   "[[],[[]]]", "[null]", "[\"a\"]", "[{}]", "{\"a\":[]}"};
    static const char *const names[] = {"proj:epsg", "proj:code",  "proj:wkt2",      "proj:projjson",
                                        "proj:bbox", "proj:shape", "proj:transform", "type",
                                        "href",      "roles",      "eo:bands",       "raster:bands",
                                        "bands",     "data_type",  "nodata",         "datetime"};
    fixture *f = *state;
    char extra[128], properties[1024], asset[1024];
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            snprintf(extra, sizeof extra, "\"%s\":%s", names[n], values[v]);
            snprintf(properties, sizeof properties, TIME "," PROJ ",%s", extra);
            snprintf(asset, sizeof asset, "\"a\":{" HREF "," COG ",%s}", extra);
            judge(f, PROJECTION "," EO, properties, GOOD);
            judge(f, PROJECTION "," EO, TIME "," PROJ, asset);
            judge(f, values[v], values[v][0] == '{' ? TIME "," PROJ : "\"a\":{}", "\"a\":{}");
        }
    }
}

static void takes_many_assets(void **state)
{
    enum { ASSETS = 20000 };
    fixture *f = *state;
    cairn_buf assets = CAIRN_BUF_INIT((size_t)4 << 20);
    cairn_arena *large = cairn_arena_new((size_t)64 << 20), *small = f->arena;
    assert_non_null(large);
    for (int i = 0; i < ASSETS; i++)
        assert_true(cairn_buf_printf(&assets, "%s\"a%d\":{" HREF "," COG "}", i ? "," : "", i));
    assert_true(cairn_buf_add_byte(&assets, '\0'));
    f->arena = large;
    judge(f, PROJECTION, TIME "," PROJ, assets.p);
    assert_int_equal(f->verdicts[CAIRN_CLIENT_STACKSTAC].loadable, CAIRN_LOADS_MOST_ASSETS);
    f->arena = small;
    cairn_arena_free(large);
    cairn_buf_free(&assets);
}

/* What all assets share is not decoded for each. */
static void shares_a_definition(void **state)
{
    enum { ASSETS = 4000, WKT = 20000 };
    fixture *f = *state;
    cairn_buf assets = CAIRN_BUF_INIT((size_t)4 << 20), properties = CAIRN_BUF_INIT((size_t)1 << 20);
    cairn_arena *large = cairn_arena_new((size_t)32 << 20), *small = f->arena;
    assert_non_null(large);
    for (int i = 0; i < ASSETS; i++)
        cairn_buf_printf(&assets, "%s\"a%d\":{" HREF "," COG "}", i ? "," : "", i);
    cairn_buf_printf(&properties, TIME "," GRID ",\"proj:wkt2\":\"GEOGCRS[\\\"%0*d\\\"]\"", WKT, 1);
    assert_true(cairn_buf_add_byte(&assets, '\0') && cairn_buf_add_byte(&properties, '\0'));
    f->arena = large;
    judge(f, PROJECTION, properties.p, assets.p);
    assert_string_equal(f->verdicts[CAIRN_CLIENT_ODC_STAC].code, "unknown-crs");
    f->arena = small;
    cairn_arena_free(large);
    cairn_buf_free(&assets);
    cairn_buf_free(&properties);
}

/* PROJ is asked about 64 systems of an item: the one behind them, which it doesn't know, is believed. */
static void asks_about_few_systems(void **state)
{
    enum { MOST = 64 };
    fixture *f = *state;
    for (int known = MOST - 1; known <= MOST; known++) {
        cairn_buf assets = CAIRN_BUF_INIT((size_t)1 << 20);
        for (int i = 0; i < known; i++)
            cairn_buf_printf(&assets, "\"a%d\":{" HREF "," COG ",\"proj:code\":\"+proj=longlat +lon_0=%d +type=crs\"},",
                             i, i);
        cairn_buf_add_text(&assets, "\"z\":{" HREF "," COG ",\"proj:code\":\"nonsense\"}");
        assert_true(cairn_buf_add_byte(&assets, '\0'));
        judge(f, PROJECTION, TIME "," GRID, assets.p);
        assert_int_equal(f->verdicts[CAIRN_CLIENT_ODC_STAC].loads, known == MOST);
        cairn_buf_free(&assets);
    }
}

static void ends_at_the_cap(void **state)
{
    static const char item[] = "{\"assets\":{" GOOD "},\"properties\":{}}";
    fixture *f = *state;
    cairn_error error = CAIRN_ERROR_INIT;
    unsigned mask;
    cairn_arena *arena = cairn_arena_new(64);
    assert_non_null(arena);
    assert_int_equal(cairn_loads_mask(cairn_span_of(item), arena, &mask, &error), CAIRN_NOMEM);
    cairn_error_clear(&error);
    assert_int_equal(cairn_loads_item(cairn_span_of(item), arena, f->verdicts, &error), CAIRN_NOMEM);
    cairn_arena_free(arena);
}

/* What is believed without asking PROJ, PROJ knows. */
static void believes_what_is_known(void **state)
{
    static const int ranges[][2] = {{32601, 32660}, {32701, 32760}, {26901, 26923},
                                    {25828, 25837}, {4326, 4326},   {3857, 3857}};
    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        for (int number = ranges[i][0]; number <= ranges[i][1]; number++) {
            char name[16];
            cairn_projection *projection = NULL;
            snprintf(name, sizeof name, "EPSG:%d", number);
            assert_int_equal(cairn_projection_to_lonlat(cairn_span_of(name), &projection, NULL), CAIRN_OK);
            cairn_projection_free(projection);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_clients),
        cmocka_unit_test(believes_what_is_known),
        cmocka_unit_test_setup_teardown(passes_the_form_that_all_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_stackstac, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_odc_stac, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_the_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_assets_that_load_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_escapes_and_repeated_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stands_any_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_many_assets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shares_a_definition, set_up, tear_down),
        cmocka_unit_test_setup_teardown(asks_about_few_systems, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ends_at_the_cap, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
