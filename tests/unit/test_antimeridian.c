#include "base/json.h"
#include "stac/shape.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The shape of a GeoJSON geometry, cut. */
static cairn_shape cut_shape(cairn_arena *arena, const char *json, bool *cut)
{
    const cairn_geojson_rules rules = {"", 1000, 4};
    cairn_shape shape = {.arena = arena};
    assert_int_equal(cairn_shape_from_geojson(cairn_span_of(json), &rules, &shape, NULL), CAIRN_OK);
    assert_int_equal(cairn_shape_cut(&shape, cut, NULL), CAIRN_OK);
    return shape;
}

/* Positive when counterclockwise. */
static double area(cairn_path ring)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < ring.n; i++)
        sum += ring.at[i].x * ring.at[i + 1].y - ring.at[i + 1].x * ring.at[i].y;
    return sum / 2;
}

static double total_area(const cairn_shape *shape)
{
    double sum = 0;
    for (size_t i = 0; i < shape->count; i++)
        for (size_t k = 0; k < shape->parts[i].count; k++)
            sum += (k ? -1 : 1) * fabs(area(shape->parts[i].paths[k]));
    return sum;
}

static const struct {
    const char *name, *json;
    size_t parts;
    double area; /* square degrees, 0: not compared */
    cairn_box box;
    bool cut;
} cases[] = {
    {"counterclockwise on the equator",
     "{\"type\":\"Polygon\",\"coordinates\":[[[170,0],[-170,0],[-170,0.001],[170,0.001],[170,0]]]}",
     2,
     0.02,
     {170, 0, -170, 0.0010154},
     true},
    {"clockwise",
     "{\"type\":\"Polygon\",\"coordinates\":[[[170,0],[170,0.001],[-170,0.001],[-170,0],[170,0]]]}",
     2,
     0.02,
     {170, 0, -170, 0.0010154},
     true},
    {"a corner on the antimeridian, written on the other side",
     "{\"type\":\"Polygon\",\"coordinates\":[[[-180,5],[179,-1],[172,1],[171,2],[173,5],[-180,5]]]}",
     1,
     0,
     {171, -1, 180, 5},
     true},
    {"an edge on the antimeridian, written on the other side",
     "{\"type\":\"Polygon\",\"coordinates\":[[[170,0],[-180,0],[-180,5],[170,5],[170,0]]]}",
     1,
     50,
     {170, 0, 180, 5},
     true},
    {"the whole world",
     "{\"type\":\"Polygon\",\"coordinates\":[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]}",
     1,
     64800,
     {-180, -90, 180, 90},
     false},
    {"the whole world, nearly",
     "{\"type\":\"Polygon\",\"coordinates\":[[[-180.0001,-80],[179.999899,-80],[179.999899,80],[-180.0001,80],"
     "[-180.0001,-80]]]}",
     1,
     57600,
     {-180, -80, 180, 80},
     false},
    {"eastwards around the north pole",
     "{\"type\":\"Polygon\",\"coordinates\":[[[0,80],[90,80],[180,80],[-90,80],[0,80]]]}",
     1,
     3600,
     {-180, 80, 180, 90},
     true},
    {"westwards around the south pole",
     "{\"type\":\"Polygon\",\"coordinates\":[[[0,-80],[-90,-80],[180,-80],[90,-80],[0,-80]]]}",
     1,
     3600,
     {-180, -90, 180, -80},
     true},
    {"around the north pole with a hole there",
     "{\"type\":\"Polygon\",\"coordinates\":[[[0,70],[90,70],[179,70],[-90,70],[0,70]],"
     "[[0,80],[90,80],[180,80],[-90,80],[0,80]]]}",
     1,
     0,
     {-180, 70, 180, 80},
     true},
    {"holes: over the antimeridian, and on both sides",
     "{\"type\":\"Polygon\",\"coordinates\":[[[160,0],[180,0],[-160,0],[-160,20],[180,20],[160,20],[160,0]],"
     "[[175,5],[180,5],[-175,5],[-175,6],[180,6],[175,6],[175,5]],[[170,5],[171,5],[171,6],[170,6],[170,5]],"
     "[[-171,5],[-170,5],[-170,6],[-171,6],[-171,5]],[[-165,5],[-165,6],[-164,6],[-164,5],[-165,5]]]}",
     2,
     800 - 10 - 3,
     {160, 0, -160, 20},
     true},
    {"a hole over the antimeridian in the whole world",
     "{\"type\":\"Polygon\",\"coordinates\":[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]],"
     "[[170,0],[180,0],[-170,0],[-170,10],[180,10],[170,10],[170,0]]]}",
     1,
     64800 - 200,
     {-180, -90, 180, 90},
     true},
    {"two lobes",
     "{\"type\":\"Polygon\",\"coordinates\":[[[170,0],[180,0],[-175,0],[-175,5],[180,5],[179,5],[179,10],[180,10],"
     "[-175,10],[-175,15],[180,15],[170,15],[170,0]]]}",
     3,
     0,
     {170, 0, -175, 15},
     true},
    {"a line", "{\"type\":\"LineString\",\"coordinates\":[[170,0],[-170,0],[170,0]]}", 1, 0, {170, 0, -170, 0}, true},
    {"a line that touches",
     "{\"type\":\"LineString\",\"coordinates\":[[170,0],[-180,1],[170,2]]}",
     1,
     0,
     {170, 0, 180, 2},
     true},
    {"a line beyond 180",
     "{\"type\":\"LineString\",\"coordinates\":[[170,0],[180,0],[190,0]]}",
     1,
     0,
     {170, 0, -170, 0},
     false},
    {"points", "{\"type\":\"MultiPoint\",\"coordinates\":[[170,0],[190,0]]}", 1, 0, {-170, 0, 170, 0}, false},
};

static void shapes_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cairn_arena *arena = cairn_arena_new(1 << 20);
        bool cut;
        cairn_shape shape = cut_shape(arena, cases[i].json, &cut);
        cairn_box box;
        assert_true(cairn_shape_box(&shape, &box));
        double off = fabs(box.west - cases[i].box.west) + fabs(box.south - cases[i].box.south) +
                     fabs(box.east - cases[i].box.east) + fabs(box.north - cases[i].box.north);
        if (off > 1e-6)
            fail_msg("%s: box [%.8g, %.8g, %.8g, %.8g]", cases[i].name, box.west, box.south, box.east, box.north);
        if (shape.count != cases[i].parts)
            fail_msg("%s: %zu parts", cases[i].name, shape.count);
        if (cut != cases[i].cut)
            fail_msg("%s: cut is %d", cases[i].name, cut);
        if (cases[i].area > 0 && fabs(total_area(&shape) / cases[i].area - 1) > 0.02)
            fail_msg("%s: area %.8g", cases[i].name, total_area(&shape));
        cairn_arena_free(arena);
    }
}

static void what_does_not_cross_keeps_its_bits(void **state)
{
    (void)state;
    cairn_arena *arena = cairn_arena_new(1 << 20);
    bool cut;
    cairn_shape shape =
        cut_shape(arena, "{\"type\":\"Polygon\",\"coordinates\":[[[10.1,0.3],[10.1,2],[12.7,2],[10.1,0.3]]]}", &cut);
    assert_false(cut);
    assert_true(shape.parts[0].paths[0].at[0].x == 10.1 && shape.parts[0].paths[0].at[1].y == 2);
    assert_true(area(shape.parts[0].paths[0]) < 0);
    cairn_arena_free(arena);
}

static void convex_rings_are_told(void **state)
{
    (void)state;
    cairn_xy square[] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
    cairn_xy turned[] = {{0, 0}, {0, 1}, {1, 1}, {1, 0}, {0, 0}};
    cairn_xy dent[] = {{0, 0}, {1, 0}, {0.2, 0.2}, {0, 1}, {0, 0}};
    cairn_xy bow[] = {{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}};
    cairn_xy flat[] = {{0, 0}, {1, 1}, {2, 2}, {0, 0}};
    cairn_xy repeated[] = {{0, 0}, {1, 0}, {1, 0}, {1, 1}, {0, 0}};
    cairn_xy star[] = {{0, 3}, {2, -3}, {-3, 1}, {3, 1}, {-2, -3}, {0, 3}};
    assert_true(cairn_ring_is_convex((cairn_path){square, 5}));
    assert_true(cairn_ring_is_convex((cairn_path){turned, 5}));
    assert_false(cairn_ring_is_convex((cairn_path){dent, 5}));
    assert_false(cairn_ring_is_convex((cairn_path){bow, 5}));
    assert_false(cairn_ring_is_convex((cairn_path){flat, 4}));
    assert_false(cairn_ring_is_convex((cairn_path){repeated, 5}));
    assert_false(cairn_ring_is_convex((cairn_path){star, 6}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_cut),
        cmocka_unit_test(what_does_not_cross_keeps_its_bits),
        cmocka_unit_test(convex_rings_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
