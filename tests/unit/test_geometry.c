#include "stac/geometry.h"

#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct fixture {
    cairn_geos *geos;
    cairn_arena *arena;
    cairn_warnings warnings;
    cairn_error error;
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->geos = cairn_geos_new();
    f->arena = cairn_arena_new(1 << 24);
    *state = f;
    return f->geos && f->arena ? 0 : -1;
}

static int teardown(void **state)
{
    fixture *f = *state;
    cairn_arena_free(f->arena);
    cairn_geos_free(f->geos);
    free(f);
    return 0;
}

static void assert_box(cairn_box box, double west, double south, double east, double north)
{
    assert_true(box.west == west && box.south == south && box.east == east && box.north == north);
}

/* ---- boxes ---- */

static void boxes_split_at_the_antimeridian(void **state)
{
    (void)state;
    cairn_box out[2];
    assert_int_equal(cairn_box_split((cairn_box){-10, 0, 10, 5}, out), 1);
    assert_box(out[0], -10, 0, 10, 5);
    assert_int_equal(cairn_box_split((cairn_box){170, 0, -170, 5}, out), 2);
    assert_box(out[0], 170, 0, 180, 5);
    assert_box(out[1], -180, 0, -170, 5);
}

static void boxes_meet_when_they_share_a_point(void **state)
{
    (void)state;
    cairn_box crossing = {170, -5, -170, 5};
    assert_true(cairn_box_meets((cairn_box){0, 0, 1, 1}, (cairn_box){1, 1, 2, 2}));
    assert_false(cairn_box_meets((cairn_box){0, 0, 1, 1}, (cairn_box){1.0000000000000002, 1, 2, 2}));
    assert_true(cairn_box_meets(crossing, (cairn_box){175, 0, 176, 1}));
    assert_true(cairn_box_meets((cairn_box){-176, 0, -175, 1}, crossing));
    assert_true(cairn_box_meets(crossing, (cairn_box){179, 4, -179, 9}));
    assert_false(cairn_box_meets(crossing, (cairn_box){-169, -5, 169, 5}));
    assert_false(cairn_box_meets(crossing, (cairn_box){175, 6, 176, 7}));
}

static void boxes_contain(void **state)
{
    (void)state;
    cairn_box crossing = {170, -5, -170, 5}, world = {-180, -90, 180, 90};
    assert_true(cairn_box_contains(world, crossing));
    assert_true(cairn_box_contains(crossing, crossing));
    assert_true(cairn_box_contains(crossing, (cairn_box){-175, 0, -170, 5}));
    assert_false(cairn_box_contains(crossing, (cairn_box){-175, 0, -169, 5}));
    assert_false(cairn_box_contains(crossing, world));
    assert_false(cairn_box_contains((cairn_box){170, -5, 180, 5}, crossing));
}

static void boxes_unite(void **state)
{
    (void)state;
    cairn_box crossing = {170, -5, -170, 5};
    assert_box(cairn_box_union((cairn_box){0, 0, 1, 1}, (cairn_box){5, -3, 6, 0}), 0, -3, 6, 1);
    assert_box(cairn_box_union((cairn_box){170, 0, 180, 1}, (cairn_box){-180, 0, -170, 1}), -180, 0, 180, 1);
    assert_box(cairn_box_union(crossing, (cairn_box){100, 0, 110, 9}), 100, -5, -170, 9);
    assert_box(cairn_box_union((cairn_box){-120, 0, -110, 9}, crossing), 170, -5, -110, 9);
    assert_box(cairn_box_union(crossing, (cairn_box){-170, 0, 170, 1}), -180, -5, 180, 5);
    assert_box(cairn_box_union(crossing, (cairn_box){160, -9, -175, 0}), 160, -9, -170, 5);
}

static void boxes_are_read_from_text(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",           "1,2,3",         "1,2,3,4,5",   "1,2,3,x", "[1,2,3,4]", "1,2,3,1e999", "0,5,1,4",
        "-181,0,1,1", "0,0,1,90.0001", "0,0,5,1,1,4", "1,,3,4",  "NaN,0,1,1", "0x1,0,1,1",   "1,2,3,4,"};
    cairn_box box;
    assert_int_equal(cairn_box_from_text(cairn_span_of(" 170, -5 ,-170,5.5"), &box, NULL), CAIRN_OK);
    assert_box(box, 170, -5, -170, 5.5);
    assert_int_equal(cairn_box_from_text(cairn_span_of("1,2,-100,3,4,100"), &box, NULL), CAIRN_OK);
    assert_box(box, 1, 2, 3, 4);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cairn_error error = CAIRN_ERROR_INIT;
        if (cairn_box_from_text(cairn_span_of(wrong[i]), &box, &error) != CAIRN_INVALID || !error.message[0])
            fail_msg("accepted '%s'", wrong[i]);
    }
}

static void boxes_are_read_from_json(void **state)
{
    (void)state;
    static const char *const wrong[] = {"[]",          "{}",          "null",        "[1,2,3]",       "[1,2,3,\"4\"]",
                                        "[0,5,1,4]",   "[0,0,181,1]", "[0,0,1,1,1]", "[0,0,9,1,1,8]", "[0,0,[1],1]",
                                        "[0,0,null,1]"};
    cairn_box box;
    assert_int_equal(cairn_box_from_json(cairn_span_of("[1, 2, 0, 3, 4, 9e0]"), &box, NULL), CAIRN_OK);
    assert_box(box, 1, 2, 3, 4);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (cairn_box_from_json(cairn_span_of(wrong[i]), &box, NULL) != CAIRN_INVALID)
            fail_msg("accepted %s", wrong[i]);
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_box_from_json(cairn_span_of("[0,0,180.00000000000006,1]"), &box, &error), CAIRN_INVALID);
    assert_non_null(strstr(error.message, "longitude 180.00000000000006 is not within -180 and 180"));
}

/* ---- footprints ---- */

static cairn_code read(fixture *f, const char *json, bool strict, cairn_footprint *out)
{
    cairn_error_clear(&f->error);
    f->warnings = (cairn_warnings){NULL, NULL, 0};
    cairn_span text = cairn_span_of(json);
    assert_int_equal(cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
    return cairn_footprint_read(f->geos, text, strict, NULL, f->arena, out, &f->warnings, &f->error);
}

#define POLYGON(rings) "{\"type\":\"Polygon\",\"coordinates\":[" rings "]}"

static void clean_geometries_pass_as_they_are(void **state)
{
    static const struct {
        const char *json;
        int type; /* of WKB */
    } clean[] = {
        {"{\"type\":\"Point\",\"coordinates\":[1,2,300]}", 1},
        {"{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}", 2},
        {POLYGON("[[0,0],[2,0],[2,2],[0,2],[0,0]]"), 3},
        {POLYGON("[[0,0],[0,2],[2,2],[2,0],[0,0]],[[0.5,0.5],[1,0.5],[1,1],[0.5,0.5]]"), 3},
        {"{\"type\":\"MultiPoint\",\"coordinates\":[[1,2],[3,4]]}", 4},
        {"{\"type\":\"MultiLineString\",\"coordinates\":[[[1,2],[3,4]],[[1,1],[2,2]]]}", 5},
        {"{\"coordinates\":[[[[0,0],[2,0],[2,2],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]],\"type\":\"MultiPolygon\"}", 6},
        {"{\"type\":\"MultiPoint\",\"coordinates\":[[1,2]]}", 1},
        {POLYGON("[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]"), 3},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof clean / sizeof *clean; i++) {
        cairn_footprint out;
        assert_int_equal(read(f, clean[i].json, true, &out), CAIRN_OK);
        assert_true(out.present && !out.repaired);
        assert_int_equal(f->warnings.count, 0);
        assert_int_equal(out.wkb.p[0], 1);
        assert_int_equal(out.wkb.p[1], clean[i].type);
    }
}

static void null_is_no_place(void **state)
{
    cairn_footprint out;
    assert_int_equal(read(*state, "null", true, &out), CAIRN_OK);
    assert_false(out.present || out.repaired);
}

static void empty_geometries_are_null(void **state)
{
    static const char *const empty[] = {
        "{\"type\":\"Point\",\"coordinates\":[]}",
        "{\"type\":\"MultiPolygon\",\"coordinates\":[]}",
        "{\"type\":\"GeometryCollection\",\"geometries\":[]}",
        POLYGON("[]"),
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        cairn_footprint out;
        assert_int_equal(read(f, empty[i], false, &out), CAIRN_OK);
        assert_false(out.present);
        assert_true(f->warnings.count > 0);
        assert_int_equal(read(f, empty[i], true, &out), CAIRN_INVALID);
    }
}

static void structure_faults_are_refused_with_a_pointer(void **state)
{
    static const struct {
        const char *json, *pointer;
    } wrong[] = {
        {"7", "/geometry"},
        {"{}", "/geometry/type"},
        {"{\"type\":\"Feature\",\"geometry\":null}", "/geometry/type"},
        {"{\"type\":\"Point\"}", "/geometry/coordinates"},
        {"{\"type\":\"Point\",\"coordinates\":[1]}", "/geometry/coordinates"},
        {"{\"type\":\"Point\",\"coordinates\":[1,\"2\"]}", "/geometry/coordinates"},
        {"{\"type\":\"Point\",\"coordinates\":[1,1e999]}", "/geometry/coordinates"},
        {"{\"type\":\"Point\",\"coordinates\":[541,0]}", "/geometry/coordinates"},
        {"{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,90.02]]}", "/geometry/coordinates/1"},
        {POLYGON("[0,0],[1,1],[2,2]"), "/geometry/coordinates/0/0"},
        {POLYGON("[[0,0],[1,1],[2,null],[0,0]]"), "/geometry/coordinates/0/2"},
        {"{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[1,1],[2,\"\"],[0,0]]]]}", "/geometry/coordinates/0/0/2"},
        {"{\"type\":\"GeometryCollection\"}", "/geometry/geometries"},
        {"{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,2]},"
         "{\"type\":\"LineString\",\"coordinates\":[[1,2],[true,4]]}]}",
         "/geometry/geometries/1/coordinates/1"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cairn_footprint out;
        assert_int_equal(read(f, wrong[i].json, false, &out), CAIRN_INVALID);
        assert_string_equal(f->error.pointer, wrong[i].pointer);
    }
}

static void faults_are_repaired_or_when_strict_refused(void **state)
{
    static const struct {
        const char *json;
        cairn_box box;
        int type;
    } odd[] = {
        {POLYGON("[[0,0],[2,0],[2,2],[0,2]]"), {0, 0, 2, 2}, 3},
        {POLYGON("[[0,0],[2,2],[2,0],[0,2],[0,0]]"), {0, 0, 2, 2}, 6},
        {POLYGON("[[0,0],[1,1],[0,0]]"), {0, 0, 1, 1}, 2},
        {POLYGON("[[3,4],[3,4]]"), {3, 4, 3, 4}, 1},
        {POLYGON("[[0,0],[2,0],[2,2],[0,0]],[[1,1]]"), {0, 0, 2, 2}, 3},
        {"{\"type\":\"LineString\",\"coordinates\":[[3,4]]}", {3, 4, 3, 4}, 1},
        {"{\"type\":\"Point\",\"coordinates\":[190,90.005]}", {-170, 90, -170, 90}, 1},
        {"{\"type\":\"LineString\",\"coordinates\":[[190,5],[-170,5]]}", {-170, 5, -170, 5}, 1},
        {"{\"type\":\"LineString\",\"coordinates\":[[180.0000001,5],[180,6]]}", {180, 5, 180, 6}, 2},
        {POLYGON("[[190,0],[191,0],[191,1],[190,0]]"), {-170, 0, -169, 1}, 3},
        {POLYGON("[[0,-5],[360,-5],[360,5],[0,5],[0,-5]]"), {-180, -5, 180, 5}, 3},
        {"{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[2,0],[2,2],[0,2],[0,0]]],[[[1,0],[3,0],[3,2],[1,2],[1,0]"
         "]]]}",
         {0, 0, 3, 2},
         3},
        {"{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,2]},"
         "{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}]}",
         {1, 2, 3, 4},
         7},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        cairn_footprint out;
        assert_int_equal(read(f, odd[i].json, false, &out), CAIRN_OK);
        assert_true(out.present && out.repaired);
        assert_true(f->warnings.count > 0);
        assert_box(out.box, odd[i].box.west, odd[i].box.south, odd[i].box.east, odd[i].box.north);
        assert_int_equal(out.wkb.p[1], odd[i].type);
        assert_int_equal(read(f, odd[i].json, true, &out), CAIRN_INVALID);
        assert_true(f->error.message[0] && f->error.pointer[0]);
    }
}

static void a_foreign_crs_is_reprojected(void **state)
{
    static const char utm[] = "{\"type\":\"Point\",\"coordinates\":[500000,0],\"crs\":{\"type\":\"name\","
                              "\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::32633\"}}}";
    static const char lonlat[] = "{\"type\":\"Point\",\"coordinates\":[15,1],\"crs\":{\"type\":\"name\","
                                 "\"properties\":{\"name\":\"urn:ogc:def:crs:OGC:1.3:CRS84\"}}}";
    static const char linked[] = "{\"type\":\"Point\",\"coordinates\":[15,1],\"crs\":{\"type\":\"link\","
                                 "\"properties\":{\"href\":\"http://example.com/crs\"}}}";
    fixture *f = *state;
    cairn_footprint out;
    assert_int_equal(read(f, utm, false, &out), CAIRN_OK);
    assert_true(out.repaired);
    assert_true(out.box.west > 14.999999 && out.box.west < 15.000001 && out.box.south < 1e-6 && out.box.south > -1e-6);
    assert_int_equal(read(f, utm, true, &out), CAIRN_INVALID);
    assert_int_equal(read(f, lonlat, true, &out), CAIRN_OK);
    assert_int_equal(read(f, linked, false, &out), CAIRN_INVALID);
    assert_string_equal(f->error.pointer, "/geometry/crs");
}

static void limits_are_kept(void **state)
{
    fixture *f = *state;
    const cairn_geometry_limits limits = {.max_vertices = 4, .max_depth = 1};
    cairn_footprint out;
    cairn_span five = cairn_span_of(POLYGON("[[0,0],[2,0],[2,2],[0,2],[0,0]]"));
    cairn_span deep = cairn_span_of("{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":"
                                    "\"GeometryCollection\",\"geometries\":[]}]}");
    assert_int_equal(cairn_footprint_read(f->geos, five, false, &limits, f->arena, &out, NULL, NULL), CAIRN_TOO_LARGE);
    assert_int_equal(cairn_footprint_read(f->geos, deep, false, &limits, f->arena, &out, NULL, NULL), CAIRN_INVALID);
}

/* A star polygon of n corners, each joined to the one nearly opposite: about n * (n - 3) / 2 crossings. */
static cairn_span make_star(cairn_arena *arena, int n)
{
    cairn_buf text = CAIRN_BUF_INIT(1 << 20);
    cairn_buf_add_text(&text, "{\"type\":\"Polygon\",\"coordinates\":[[");
    for (int i = 0; i <= n; i++) {
        double angle = 2 * M_PI * (i % n) * (n / 2) / n;
        cairn_buf_printf(&text, "%s[%.9g,%.9g]", i ? "," : "", 50 * cos(angle), 50 * sin(angle));
    }
    cairn_buf_add_text(&text, "]]}");
    cairn_span star = cairn_arena_copy(arena, cairn_buf_span(&text));
    cairn_buf_free(&text);
    return star;
}

/* GEOS's usual method would take minutes for the second and hours for the third. */
static void tangled_polygons_take_no_minutes(void **state)
{
    fixture *f = *state;
    cairn_footprint out;
    const int corners[] = {5, 151};
    for (size_t i = 0; i < 2; i++) {
        cairn_span star = make_star(f->arena, corners[i]);
        assert_int_equal(cairn_footprint_read(f->geos, star, false, NULL, f->arena, &out, NULL, NULL), CAIRN_OK);
        assert_true(out.present && out.repaired && out.box.east == 50);
    }
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_span worst = make_star(f->arena, 4001);
    assert_int_equal(cairn_footprint_read(f->geos, worst, false, NULL, f->arena, &out, NULL, &error), CAIRN_TOO_LARGE);
    assert_string_equal(error.pointer, "/geometry");
}

static void an_arena_that_is_full_is_no_memory(void **state)
{
    fixture *f = *state;
    cairn_span crossing =
        cairn_span_of(POLYGON("[[170,0],[-170,0],[-170,5],[170,5],[170,0]],[[175,1],[176,1],[176,2],[175,1]]"));
    bool done = false;
    for (size_t cap = 0; cap < 100000 && !done; cap += 64) {
        cairn_arena *arena = cairn_arena_new(cap);
        cairn_footprint out;
        cairn_code code = cairn_footprint_read(f->geos, crossing, false, NULL, arena, &out, NULL, NULL);
        assert_true(code == CAIRN_OK || code == CAIRN_NOMEM);
        done = code == CAIRN_OK;
        cairn_arena_free(arena);
    }
    assert_true(done);
}

/* ---- areas ---- */

static cairn_area *area_of(fixture *f, const char *json)
{
    cairn_area *area = NULL;
    cairn_error_clear(&f->error);
    cairn_area_from_geojson(f->geos, cairn_span_of(json), NULL, f->arena, &area, &f->error);
    return area;
}

static bool meets(fixture *f, cairn_area *area, const char *json)
{
    cairn_footprint out;
    bool answer;
    assert_int_equal(read(f, json, false, &out), CAIRN_OK);
    assert_int_equal(cairn_area_meets(area, out.box, out.wkb, &answer, NULL), CAIRN_OK);
    return answer;
}

static void areas_are_taken_as_written(void **state)
{
    static const struct {
        const char *json, *says;
    } wrong[] = {
        {"{\"type\":\"Feature\"}", "Feature"},
        {POLYGON("[[0,0],[1,0],[1,1],[0,1]]"), "does not end"},
        {POLYGON("[[0,0],[1,0],[0,0]]"), "fewer than four"},
        {POLYGON("[[0,0],[1,1],[1,0],[0,1],[0,0]]"), "Self-intersection at [0.5, 0.5]"},
        {"{\"type\":\"LineString\",\"coordinates\":[[0,0]]}", "one position"},
        {"{\"type\":\"Point\",\"coordinates\":[181,0]}", "longitude"},
        {"{\"type\":\"Point\",\"coordinates\":[0,90.001]}", "latitude"},
        {"{\"type\":\"MultiPoint\",\"coordinates\":[]}", "no coordinates"},
        {"{\"type\":\"Point\",\"coordinates\":[1,2],\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:3857\"}}"
         "}",
         "crs"},
        {"null", "geometry object"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_null(area_of(f, wrong[i].json));
        assert_int_equal(f->error.code, CAIRN_INVALID);
        if (!strstr(f->error.message, wrong[i].says))
            fail_msg("'%s' does not say '%s'", f->error.message, wrong[i].says);
    }
    assert_non_null(area_of(f, POLYGON("[[0,0],[0,1],[0,1],[1,1],[0,0]]")));
    cairn_area *wide = area_of(f, POLYGON("[[-170,-10],[170,-10],[170,10],[-170,10],[-170,-10]]"));
    assert_true(meets(f, wide, "{\"type\":\"Point\",\"coordinates\":[0,0]}"));
    assert_false(meets(f, wide, "{\"type\":\"Point\",\"coordinates\":[175,0]}"));
}

static void areas_of_every_type_meet(void **state)
{
    static const char *const areas[] = {
        "{\"type\":\"Point\",\"coordinates\":[1,1]}",
        "{\"type\":\"MultiPoint\",\"coordinates\":[[50,50],[1,1]]}",
        "{\"type\":\"LineString\",\"coordinates\":[[0,0],[2,2]]}",
        "{\"type\":\"MultiLineString\",\"coordinates\":[[[50,50],[51,51]],[[0,2],[2,0]]]}",
        POLYGON("[[0,0],[2,0],[2,2],[0,0]]"),
        "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[50,50],[51,50],[51,51],[50,50]]],[[[0,0],[2,0],[2,2],[0,0]]]]}",
        ("{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[50,50]},"
         "{\"type\":\"LineString\",\"coordinates\":[[0,0],[2,2]]}]}"),
    };
    static const char mixed[] = "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":"
                                "[-50,50]},{\"type\":\"Point\",\"coordinates\":[1,1]}, {\"type\":\"LineString\","
                                "\"coordinates\":[[-9,0],[-10,0]]}]}";
    fixture *f = *state;
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
        cairn_area *area = area_of(f, areas[i]);
        assert_non_null(area);
        assert_false(cairn_area_is_box(area));
        assert_true(meets(f, area, "{\"type\":\"Point\",\"coordinates\":[1,1]}"));
        assert_true(meets(f, area, POLYGON("[[0.5,0.5],[1.5,0.5],[1.5,1.5],[0.5,1.5],[0.5,0.5]]")));
        assert_true(meets(f, area, mixed));
        assert_false(meets(f, area, "{\"type\":\"Point\",\"coordinates\":[1.9,1.95]}"));
        assert_false(meets(f, area, POLYGON("[[0,0.5],[0.1,0.5],[0.1,0.6],[0,0.5]]")));
    }
}

static void boxes_over_the_antimeridian_meet_both_sides(void **state)
{
    fixture *f = *state;
    cairn_area *area;
    assert_int_equal(cairn_area_from_box(f->geos, (cairn_box){170, -10, -170, 10}, f->arena, &area, NULL), CAIRN_OK);
    assert_true(cairn_area_is_box(area));
    assert_true(meets(f, area, POLYGON("[[160,-5],[171,-5],[171,5],[160,5],[160,-5]]")));
    assert_true(meets(f, area, POLYGON("[[-171,-5],[-160,-5],[-160,5],[-171,5],[-171,-5]]")));
    assert_true(meets(f, area, POLYGON("[[175,-5],[-175,-5],[-175,5],[175,5],[175,-5]]")));
    assert_false(meets(f, area, POLYGON("[[100,-5],[175,-40],[160,5],[100,-5]]")));
    assert_false(meets(f, area, POLYGON("[[0,-5],[160,-5],[160,5],[0,5],[0,-5]]")));
}

static void a_box_beside_a_slanted_footprint_does_not_meet_it(void **state)
{
    fixture *f = *state;
    cairn_area *area;
    assert_int_equal(cairn_area_from_box(f->geos, (cairn_box){8, 0, 10, 2}, f->arena, &area, NULL), CAIRN_OK);
    assert_false(meets(f, area, POLYGON("[[0,0],[10,10],[0,10],[0,0]]")));
    assert_int_equal(cairn_area_from_box(f->geos, (cairn_box){5, 5, 5, 5}, f->arena, &area, NULL), CAIRN_OK);
    assert_true(meets(f, area, POLYGON("[[0,0],[10,10],[0,10],[0,0]]")));
    assert_int_equal(cairn_area_from_box(f->geos, (cairn_box){9, 0, 9, 9}, f->arena, &area, NULL), CAIRN_OK);
    assert_true(meets(f, area, POLYGON("[[0,0],[10,10],[0,10],[0,0]]")));
}

/* ---- relations ---- */

static const struct {
    const char *a, *b;
    const char
        *holds; /* a letter for each: Intersects, Disjoint, Equals, Touches, Crosses, Overlaps, Within, Contains */
} relations[] = {
    {POLYGON("[[0,0],[4,0],[4,4],[0,4],[0,0]]"), POLYGON("[[0,4],[4,4],[4,0],[0,0],[0,2],[0,4]]"), "IEWC"},
    {POLYGON("[[0,0],[4,0],[4,4],[0,4],[0,0]]"), POLYGON("[[4,0],[8,0],[8,4],[4,4],[4,0]]"), "IT"},
    {POLYGON("[[0,0],[4,0],[4,4],[0,4],[0,0]]"), POLYGON("[[2,2],[8,2],[8,4],[2,4],[2,2]]"), "IO"},
    {POLYGON("[[0,0],[4,0],[4,4],[0,4],[0,0]]"), POLYGON("[[1,1],[2,1],[2,2],[1,2],[1,1]]"), "IC"},
    {POLYGON("[[1,1],[2,1],[2,2],[1,2],[1,1]]"), POLYGON("[[0,0],[4,0],[4,4],[0,4],[0,0]]"), "IW"},
    {POLYGON("[[0,0],[4,0],[4,4],[0,4],[0,0]]"), POLYGON("[[5,5],[6,5],[6,6],[5,6],[5,5]]"), "D"},
    {POLYGON("[[0,0],[4,0],[0,4],[0,0]]"), POLYGON("[[4,4],[4,3],[3,4],[4,4]]"), "D"},
    {"{\"type\":\"LineString\",\"coordinates\":[[-1,1],[5,1]]}", POLYGON("[[0,0],[4,0],[4,4],[0,4],[0,0]]"), "IX"},
    {POLYGON("[[0,0],[4,0],[4,4],[0,4],[0,0]]"), "{\"type\":\"LineString\",\"coordinates\":[[-1,1],[5,1]]}", "IX"},
    {"{\"type\":\"Point\",\"coordinates\":[4,2]}", POLYGON("[[0,0],[4,0],[4,4],[0,4],[0,0]]"), "IT"},
    {"{\"type\":\"Point\",\"coordinates\":[1,2]}", POLYGON("[[0,0],[4,0],[4,4],[0,4],[0,0]]"), "IW"},
    /* Members of a collection count as one: two halves are the whole; a point in a polygon is nothing more. */
    {POLYGON("[[0,0],[4,0],[4,4],[0,4],[0,0]]"),
     "{\"type\":\"GeometryCollection\",\"geometries\":[" POLYGON("[[0,0],[3,0],[3,4],[0,4],[0,0]]") "," POLYGON(
         "[[2,0],[4,0],[4,4],[2,4],[2,0]]") ",{\"type\":\"Point\",\"coordinates\":[1,1]}]}",
     "IEWC"},
    {"{\"type\":\"GeometryCollection\",\"geometries\":[" POLYGON(
         "[[0,0],[4,0],[4,4],[0,4],[0,0]]") ",{\"type\":\"LineString\",\"coordinates\":[[4,4],[6,6]]}]}",
     "{\"type\":\"Point\",\"coordinates\":[5,5]}", "IC"},
    /* Over the antimeridian. */
    {POLYGON("[[175,0],[-175,0],[-175,5],[175,5],[175,0]]"),
     "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[170,-1],[180,-1],[180,6],[170,6],[170,-1]]],"
     "[[[-180,-1],[-170,-1],[-170,6],[-180,6],[-180,-1]]]]}",
     "IW"},
};

static void relations_are_those_of_simple_features(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
        cairn_footprint a;
        assert_int_equal(
            cairn_footprint_read(f->geos, cairn_span_of(relations[i].a), false, NULL, f->arena, &a, &f->warnings, NULL),
            CAIRN_OK);
        cairn_area *b = area_of(f, relations[i].b), *same;
        assert_int_equal(cairn_area_from_footprint(f->geos, a.box, a.wkb, f->arena, &same, NULL), CAIRN_OK);
        for (int relation = 0; relation <= CAIRN_RELATION_CONTAINS; relation++) {
            bool wanted = strchr(relations[i].holds, "IDETXOWC"[relation]) != NULL, one, other, converse;
            cairn_relation back = cairn_relation_converse((cairn_relation)relation);
            assert_int_equal(cairn_area_relates(b, (cairn_relation)relation, a.box, a.wkb, &one, NULL), CAIRN_OK);
            assert_int_equal(cairn_areas_relate(same, (cairn_relation)relation, b, &other, NULL), CAIRN_OK);
            assert_int_equal(cairn_areas_relate(b, back, same, &converse, NULL), CAIRN_OK);
            if (one != wanted || other != wanted || converse != wanted)
                fail_msg("%s %c %s: %d %d %d", relations[i].a, "IDETXOWC"[relation], relations[i].b, one, other,
                         converse);
        }
    }
}

static void boxes_over_the_antimeridian_are_one(void **state)
{
    fixture *f = *state;
    cairn_area *area;
    cairn_footprint inside;
    bool holds;
    assert_int_equal(cairn_area_from_box(f->geos, (cairn_box){170, -10, -170, 10}, f->arena, &area, NULL), CAIRN_OK);
    assert_int_equal(cairn_footprint_read(f->geos,
                                          cairn_span_of(POLYGON("[[175,0],[-175,0],[-175,5],[175,5],[175,0]]")), false,
                                          NULL, f->arena, &inside, &f->warnings, NULL),
                     CAIRN_OK);
    assert_int_equal(cairn_area_relates(area, CAIRN_RELATION_WITHIN, inside.box, inside.wkb, &holds, NULL), CAIRN_OK);
    assert_true(holds);
    assert_int_equal(cairn_area_relates(area, CAIRN_RELATION_CONTAINS, inside.box, inside.wkb, &holds, NULL), CAIRN_OK);
    assert_false(holds);
}

static void broken_wkb_is_corrupt(void **state)
{
    fixture *f = *state;
    cairn_footprint out;
    cairn_area *area = area_of(f, POLYGON("[[0,0],[2,0],[2,2],[0,0]]"));
    bool answer;
    assert_int_equal(read(f, POLYGON("[[0,0],[2,0],[2,2],[0,2],[0,0]]"), true, &out), CAIRN_OK);
    for (size_t n = 0; n < out.wkb.n; n++)
        assert_int_equal(cairn_area_meets(area, out.box, cairn_span_make(out.wkb.p, n), &answer, NULL), CAIRN_CORRUPT);
    /* A collection in a collection in a collection ... */
    static const char nest[] = "\x01\x07\0\0\0\x01\0\0\0\x01\x07\0\0\0\x01\0\0\0\x01\x07\0\0\0\0\0\0\0";
    assert_int_equal(cairn_area_meets(area, out.box, cairn_span_make(nest, sizeof nest - 1), &answer, NULL),
                     CAIRN_CORRUPT);
    assert_int_equal(cairn_area_meets(area, out.box, CAIRN_SPAN_NONE, &answer, NULL), CAIRN_CORRUPT);
}

static void warnings_are_counted_beyond_what_is_kept(void **state)
{
    fixture *f = *state;
    cairn_warnings warnings = {NULL, NULL, 0};
    for (int i = 0; i < 250; i++)
        cairn_warn(&warnings, f->arena, "/a", "%d", i);
    size_t kept = 0;
    for (const cairn_warning *w = warnings.first; w; w = w->next)
        kept++;
    assert_int_equal(warnings.count, 250);
    assert_int_equal(kept, 100);
    assert_true(cairn_span_is(warnings.last->message, "99"));
    assert_true(cairn_span_is(warnings.last->pointer, "/a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_split_at_the_antimeridian),
        cmocka_unit_test(boxes_meet_when_they_share_a_point),
        cmocka_unit_test(boxes_contain),
        cmocka_unit_test(boxes_unite),
        cmocka_unit_test(boxes_are_read_from_text),
        cmocka_unit_test(boxes_are_read_from_json),
        cmocka_unit_test(clean_geometries_pass_as_they_are),
        cmocka_unit_test(null_is_no_place),
        cmocka_unit_test(empty_geometries_are_null),
        cmocka_unit_test(structure_faults_are_refused_with_a_pointer),
        cmocka_unit_test(faults_are_repaired_or_when_strict_refused),
        cmocka_unit_test(a_foreign_crs_is_reprojected),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(tangled_polygons_take_no_minutes),
        cmocka_unit_test(an_arena_that_is_full_is_no_memory),
        cmocka_unit_test(areas_are_taken_as_written),
        cmocka_unit_test(areas_of_every_type_meet),
        cmocka_unit_test(boxes_over_the_antimeridian_meet_both_sides),
        cmocka_unit_test(a_box_beside_a_slanted_footprint_does_not_meet_it),
        cmocka_unit_test(relations_are_those_of_simple_features),
        cmocka_unit_test(boxes_over_the_antimeridian_are_one),
        cmocka_unit_test(broken_wkb_is_corrupt),
        cmocka_unit_test(warnings_are_counted_beyond_what_is_kept),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
