/* What an area tells of a box at once, held against GEOS: nothing is said that is not so, and of most boxes something
 * is. */
#include "base/buf.h"
#include "stac/geometry.h"

#include <math.h>
#include <stddef.h>

#include <setjmp.h>

#include <cmocka.h>

enum { AREAS = 60, BOXES = 300, ARENA = 64 << 20 };

static uint64_t seed = 7;

static double between(double low, double high)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return low + (high - low) * (double)(seed >> 11) / 9007199254740992.0;
}

/* A star with a star-shaped hole: its ring jumps in and out. */
static void add_ring(cairn_buf *out, double x, double y, double least, double most, int n, bool clockwise)
{
    double first_x = 0, first_y = 0;
    cairn_buf_add_text(out, "[");
    for (int i = 0; i < n; i++) {
        double angle = 6.283185307179586 * (clockwise ? n - i : i) / n, radius = between(least, most);
        double at_x = x + radius * cos(angle), at_y = y + radius * sin(angle) / 2;
        first_x = i ? first_x : at_x;
        first_y = i ? first_y : at_y;
        cairn_buf_printf(out, "[%.17g,%.17g],", at_x, at_y);
    }
    cairn_buf_printf(out, "[%.17g,%.17g]]", first_x, first_y);
}

static void add_star(cairn_buf *out, double x, double y, double size)
{
    int n = (int)between(5, 60);
    cairn_buf_add_text(out, "[");
    add_ring(out, x, y, size * 0.6, size, n, false);
    cairn_buf_add_text(out, ",");
    add_ring(out, x, y, size * 0.1, size * 0.4, n, true);
    cairn_buf_add_text(out, "]");
}

static void random_geometry(cairn_buf *out)
{
    double x = between(-100, 100), y = between(-40, 40), size = pow(10, between(-4, 1.5));
    double kind = between(0, 4);
    if (kind < 1) { /* members that overlap */
        cairn_buf_add_text(out,
                           "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Polygon\",\"coordinates\":");
        add_star(out, x, y, size);
        cairn_buf_add_text(out, "},{\"type\":\"Polygon\",\"coordinates\":");
        add_star(out, x + size / 2, y, size);
        cairn_buf_printf(out, "},{\"type\":\"Point\",\"coordinates\":[%.17g,%.17g]}]}", x - size * 2, y);
    } else if (kind < 2) {
        cairn_buf_add_text(out, "{\"type\":\"MultiPolygon\",\"coordinates\":[");
        add_star(out, x, y, size);
        cairn_buf_add_text(out, ",");
        add_star(out, x + size * 2.5, y + size, size);
        cairn_buf_add_text(out, "]}");
    } else if (kind < 2.3) {
        cairn_buf_printf(out, "{\"type\":\"LineString\",\"coordinates\":[[%.17g,%.17g],[%.17g,%.17g]]}", x, y, x + size,
                         y + size / 3);
    } else {
        cairn_buf_add_text(out, "{\"type\":\"Polygon\",\"coordinates\":");
        add_star(out, x, y, size);
        cairn_buf_add_text(out, "}");
    }
}

static cairn_box random_box(cairn_box area)
{
    double width = area.east - area.west, height = area.north - area.south, size = pow(10, between(-4, 0));
    double x = between(area.west - width / 4, area.east), y = between(area.south - height / 4, area.north);
    return (cairn_box){x, y, x + width * size, y + height * size};
}

static void ask_geos(cairn_geos *geos, cairn_area *area, cairn_box box, bool *meets, bool *within)
{
    cairn_arena *arena = cairn_arena_new(ARENA);
    cairn_area *of_box;
    assert_int_equal(cairn_area_meets_box(area, box, meets, NULL), CAIRN_OK);
    assert_int_equal(cairn_area_from_box(geos, box, arena, &of_box, NULL), CAIRN_OK);
    assert_int_equal(cairn_areas_relate(of_box, CAIRN_RELATION_WITHIN, area, within, NULL), CAIRN_OK);
    cairn_arena_free(arena);
}

/* A line that touches each side of the box somewhere. */
static cairn_area *line_across(cairn_geos *geos, cairn_box box, cairn_arena *arena)
{
    cairn_buf text = CAIRN_BUF_INIT(1 << 10);
    cairn_area *line;
    cairn_buf_printf(
        &text, "{\"type\":\"LineString\",\"coordinates\":[[%.17g,%.17g],[%.17g,%.17g],[%.17g,%.17g],[%.17g,%.17g]]}",
        box.west, between(box.south, box.north), between(box.west, box.east), box.north, box.east,
        between(box.south, box.north), between(box.west, box.east), box.south);
    assert_int_equal(cairn_area_from_geojson(geos, cairn_buf_span(&text), NULL, arena, &line, NULL), CAIRN_OK);
    cairn_buf_free(&text);
    return line;
}

/* Whatever touches the sides of the box meets an area that has one of them. */
static bool check_sides(cairn_geos *geos, cairn_area *area, cairn_box box)
{
    static const cairn_box world = {-180, -90, 180, 90};
    if (!cairn_box_contains(world, box))
        return false;
    cairn_arena *arena = cairn_arena_new(ARENA);
    bool meets, has = cairn_area_has_side(area, box, 0);
    cairn_area *line = line_across(geos, box, arena);
    assert_int_equal(cairn_areas_relate(line, CAIRN_RELATION_INTERSECTS, area, &meets, NULL), CAIRN_OK);
    assert_true(meets || !has);
    assert_true(has || !cairn_area_has_side(area, box, (box.east - box.west) / 9)); /* the less is known of them */
    cairn_arena_free(arena);
    return has && cairn_area_tell(area, box) == CAIRN_TELL_NOTHING;
}

static void test_sides(void **state)
{
    cairn_geos *geos = cairn_geos_new();
    int by_sides = 0;
    (void)state;
    for (int i = 0; i < AREAS; i++) {
        cairn_arena *arena = cairn_arena_new(ARENA);
        cairn_buf text = CAIRN_BUF_INIT(1 << 20);
        cairn_area *area, *box;
        random_geometry(&text);
        if (cairn_area_from_geojson(geos, cairn_buf_span(&text), NULL, arena, &area, NULL) == CAIRN_OK)
            for (int k = 0; k < BOXES; k++)
                by_sides += check_sides(geos, area, random_box(cairn_area_box(area)));
        cairn_box around = {between(-170, 0), between(-80, 0), between(1, 170), between(1, 80)};
        assert_int_equal(cairn_area_from_box(geos, around, arena, &box, NULL), CAIRN_OK);
        for (int k = 0; k < BOXES; k++)
            by_sides += check_sides(geos, box, random_box(around));
        assert_false(cairn_area_has_side(box, (cairn_box){around.east, around.south, around.west, around.north}, 0));
        cairn_buf_free(&text);
        cairn_arena_free(arena);
    }
    cairn_geos_free(geos);
    assert_true(by_sides > AREAS);
}

static void test_random(void **state)
{
    cairn_geos *geos = cairn_geos_new();
    int told = 0, asked = 0;
    (void)state;
    for (int i = 0; i < AREAS; i++) {
        cairn_arena *arena = cairn_arena_new(ARENA);
        cairn_buf text = CAIRN_BUF_INIT(1 << 20);
        cairn_area *area;
        random_geometry(&text);
        if (cairn_area_from_geojson(geos, cairn_buf_span(&text), NULL, arena, &area, NULL) == CAIRN_OK)
            for (int k = 0; k < BOXES; k++, asked++) {
                cairn_box box = random_box(cairn_area_box(area));
                cairn_tell tell = cairn_area_tell(area, box);
                bool meets, within;
                ask_geos(geos, area, box, &meets, &within);
                told += tell != CAIRN_TELL_NOTHING;
                if ((tell == CAIRN_TELL_WITHIN && !within) || (tell == CAIRN_TELL_BESIDE && meets))
                    fail_msg("%.17g,%.17g,%.17g,%.17g: %d, but meets %d, within %d: %.*s", box.west, box.south,
                             box.east, box.north, (int)tell, meets, within, CAIRN_SPAN_FMT(cairn_buf_span(&text)));
            }
        cairn_buf_free(&text);
        cairn_arena_free(arena);
    }
    cairn_geos_free(geos);
    assert_true(asked > AREAS * BOXES / 2);
    assert_true(told > asked / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_sides)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
