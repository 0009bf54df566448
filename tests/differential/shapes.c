#include "tests/differential/shapes.h"

#include "base/json.h"

#include <math.h>

/* ---- places ---- */

static double clamp(double value, double limit)
{
    return fmin(fmax(value, -limit), limit);
}

static place anywhere(dice *d)
{
    return (place){dice_between(d, -180, 180), dice_between(d, -90, 90)};
}

/* A vertex of a geometry as the source has it: down a random branch of its coordinates. */
static bool pick_vertex(dice *d, cairn_span geometry, place *out)
{
    cairn_span at = cairn_json_get(geometry, "coordinates");
    while (cairn_json_kind(at) == '[') {
        size_t n = cairn_json_count(at);
        cairn_json_walk walk = cairn_json_walk_array(at);
        cairn_span first;
        if (n == 0 || !cairn_json_next_element(&walk, &first))
            return false;
        if (cairn_json_kind(first) == '0') {
            cairn_span second;
            return cairn_json_next_element(&walk, &second) && cairn_json_number(first, &out->x) &&
                   cairn_json_number(second, &out->y) && fabs(out->x) <= 180 && fabs(out->y) <= 90;
        }
        at = first;
        for (size_t i = dice_below(d, n); i > 0 && cairn_json_next_element(&walk, &at); i--)
            ;
    }
    return false;
}

static place middle_of(cairn_box box)
{
    double east = box.west > box.east ? box.east + 360 : box.east;
    double x = (box.west + east) / 2;
    return (place){x > 180 ? x - 360 : x, (box.south + box.north) / 2};
}

place shape_anchor(dice *d, const sample *s)
{
    place p;
    if (!s->has_place)
        return anywhere(d);
    switch (dice_below(d, 6)) {
    case 0:
        return (place){dice_one_in(d, 2) ? s->box.west : s->box.east, dice_one_in(d, 2) ? s->box.south : s->box.north};
    case 1:
    case 2:
        if (pick_vertex(d, s->geometry, &p))
            return p;
        return middle_of(s->box);
    case 3:
        p = middle_of(s->box);
        return (place){clamp(p.x + dice_between(d, -2, 2), 180), clamp(p.y + dice_between(d, -2, 2), 90)};
    default:
        return middle_of(s->box);
    }
}

/* ---- boxes ---- */

static double wrap(double x)
{
    return x > 180 ? x - 360 : x < -180 ? x + 360 : x;
}

/* Around a place; over the antimeridian where it reaches so far. */
static cairn_box around(place p, double half_width, double half_height)
{
    return (cairn_box){wrap(p.x - half_width), clamp(p.y - half_height, 90), wrap(p.x + half_width),
                       clamp(p.y + half_height, 90)};
}

/* Shares no more than an edge or a corner with the sample's box, or is just that box. */
static cairn_box touching(dice *d, const sample *s)
{
    double size = dice_scale(d, 0.001, 10);
    cairn_box b = s->box;
    switch (dice_below(d, 4)) {
    case 0:
        return (cairn_box){b.east, b.south, clamp(b.east + size, 180), b.north};
    case 1:
        return (cairn_box){clamp(b.west - size, 180), b.south, b.west, b.north};
    case 2:
        return (cairn_box){b.east, b.north, clamp(b.east + size, 180), clamp(b.north + size, 90)};
    default:
        return b;
    }
}

static cairn_box over_antimeridian(dice *d)
{
    double south = dice_between(d, -90, 90);
    cairn_box box = {180 - dice_scale(d, 0.01, 60), south, dice_scale(d, 0.01, 60) - 180, dice_between(d, south, 90)};
    switch (dice_below(d, 8)) {
    case 0:
        return (cairn_box){180, box.south, -180, box.north}; /* the line itself */
    case 1:
        return (cairn_box){box.west, box.south, 180, box.north};
    case 2:
        return (cairn_box){-180, box.south, box.east, box.north};
    case 3:
        return (cairn_box){-dice_between(d, 0, 180), -90, -180, 90}; /* almost round the world */
    default:
        return box;
    }
}

static cairn_box at_a_pole(dice *d)
{
    double edge = 90 - dice_scale(d, 0.001, 30), west = dice_between(d, -180, 180);
    cairn_box cap = {-180, edge, 180, 90};
    if (dice_one_in(d, 3)) {
        cap.west = west;
        cap.east = dice_between(d, -180, 180);
    }
    if (dice_one_in(d, 4))
        cap.south = 90;
    return dice_one_in(d, 2) ? cap : (cairn_box){cap.west, -cap.north, cap.east, -cap.south};
}

static cairn_box large(dice *d)
{
    static const cairn_box BOXES[] = {{-180, -90, 180, 90}, {-180, 0, 180, 90}, {0, -90, 180, 90},
                                      {-180, -90, 0, 90},   {0, 0, 0, 90},      {-180, 0, 180, 0}};
    if (dice_one_in(d, 2))
        return BOXES[dice_below(d, sizeof BOXES / sizeof BOXES[0])];
    double south = dice_between(d, -90, 90), west = dice_between(d, -180, 180);
    return (cairn_box){west, south, dice_between(d, -180, 180), dice_between(d, south, 90)};
}

static cairn_box random_box(dice *d, const sample *s)
{
    place p = shape_anchor(d, s);
    size_t kind = dice_below(d, 100);
    double size = dice_scale(d, 1e-6, 10);
    if (kind < 12)
        return around(p, 0, 0);
    if (kind < 18)
        return dice_one_in(d, 2) ? around(p, size, 0) : around(p, 0, size);
    if (kind < 30 && s->has_place)
        return touching(d, s);
    if (kind < 42)
        return over_antimeridian(d);
    if (kind < 50)
        return at_a_pole(d);
    if (kind < 60)
        return large(d);
    return around(p, size, size * dice_scale(d, 0.1, 10));
}

static void add_numbers(cairn_buf *out, const double *v, size_t n)
{
    cairn_buf_add_byte(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            cairn_buf_add_byte(out, ',');
        cairn_buf_add_json_number(out, v[i]);
    }
    cairn_buf_add_byte(out, ']');
}

void shape_box(dice *d, const sample *s, cairn_buf *out)
{
    cairn_box box = random_box(d, s);
    const double flat[] = {box.west, box.south, box.east, box.north};
    const double solid[] = {box.west, box.south, -dice_between(d, 0, 100), box.east, box.north, 100};
    cairn_buf_add_text(out, "\"bbox\":");
    if (dice_one_in(d, 6))
        add_numbers(out, solid, 6);
    else
        add_numbers(out, flat, 4);
}

/* ---- geometries ---- */

static void add_position(cairn_buf *out, place p, bool first)
{
    if (!first)
        cairn_buf_add_byte(out, ',');
    add_numbers(out, (const double[]){p.x, p.y}, 2);
}

/* How far a shape around the place may reach without leaving the world. */
static double reach(place p)
{
    return fmin(180 - fabs(p.x), 90 - fabs(p.y));
}

/* A star-shaped ring, valid whatever its radii are. `inner` is the radius that it keeps clear of. */
static void add_star(dice *d, cairn_buf *out, place p, double inner, double outer)
{
    size_t n = 3 + dice_below(d, 12);
    double turn = dice_between(d, 0, 6.28);
    place first = {0, 0};
    cairn_buf_add_byte(out, '[');
    for (size_t i = 0; i < n; i++) {
        double angle = turn + 6.283185307179586 * (double)i / (double)n, r = dice_between(d, inner, outer);
        place at = {p.x + r * cos(angle), p.y + r * sin(angle)};
        if (i == 0)
            first = at;
        add_position(out, at, i == 0);
    }
    add_position(out, first, false);
    cairn_buf_add_byte(out, ']');
}

/* Rings of a polygon, with a hole now and then. A ring of 3 corners with radii of at least r has all its edges farther
 * than r / 2 from the middle: the hole stays inside of that. */
static void add_polygon(dice *d, cairn_buf *out, place p, double size)
{
    cairn_buf_add_byte(out, '[');
    add_star(d, out, p, size * 0.5, size);
    if (dice_one_in(d, 3)) {
        cairn_buf_add_byte(out, ',');
        add_star(d, out, p, size * 0.05, size * 0.2);
    }
    cairn_buf_add_byte(out, ']');
}

/* Polygons side by side from west to east, so that they don't overlap. */
static void add_multipolygon(dice *d, cairn_buf *out, place p, double size)
{
    size_t n = 1 + dice_below(d, 3);
    cairn_buf_add_text(out, "{\"type\":\"MultiPolygon\",\"coordinates\":[");
    for (size_t i = 0; i < n; i++) {
        double part = size / (double)(2 * n);
        if (i)
            cairn_buf_add_byte(out, ',');
        add_polygon(d, out, (place){p.x - size / 2 + part * (double)(2 * i + 1), p.y}, part * 0.9);
    }
    cairn_buf_add_text(out, "]}");
}

static void add_line(dice *d, cairn_buf *out, place p, double size)
{
    size_t n = 2 + dice_below(d, 6);
    cairn_buf_add_byte(out, '[');
    add_position(out, p, true);
    for (size_t i = 1; i < n; i++)
        add_position(out, (place){p.x + dice_between(d, -size, size), p.y + dice_between(d, -size, size)}, false);
    cairn_buf_add_byte(out, ']');
}

static void add_simple(dice *d, cairn_buf *out, place p, double size)
{
    switch (dice_below(d, 7)) {
    case 0:
        cairn_buf_add_text(out, "{\"type\":\"Point\",\"coordinates\":");
        add_numbers(out, (const double[]){p.x, p.y}, 2);
        break;
    case 1:
        cairn_buf_add_text(out, "{\"type\":\"MultiPoint\",\"coordinates\":");
        add_line(d, out, p, size);
        break;
    case 2:
        cairn_buf_add_text(out, "{\"type\":\"LineString\",\"coordinates\":");
        add_line(d, out, p, size);
        break;
    case 3:
        cairn_buf_add_text(out, "{\"type\":\"MultiLineString\",\"coordinates\":[");
        add_line(d, out, p, size);
        cairn_buf_add_byte(out, ',');
        add_line(d, out, p, size / 2);
        cairn_buf_add_byte(out, ']');
        break;
    case 4:
        add_multipolygon(d, out, p, size);
        return;
    default:
        cairn_buf_add_text(out, "{\"type\":\"Polygon\",\"coordinates\":");
        add_polygon(d, out, p, size);
    }
    cairn_buf_add_byte(out, '}');
}

static void add_collection(dice *d, cairn_buf *out, place p, double size)
{
    cairn_buf_add_text(out, "{\"type\":\"GeometryCollection\",\"geometries\":[");
    add_simple(d, out, p, size);
    cairn_buf_add_byte(out, ',');
    add_simple(d, out, p, size / 2);
    cairn_buf_add_text(out, "]}");
}

void shape_geometry(dice *d, const sample *s, cairn_buf *out)
{
    place p = shape_anchor(d, s);
    cairn_buf_add_text(out, "\"intersects\":");
    if (s->has_place && !s->repaired && dice_one_in(d, 12)) {
        cairn_buf_add_span(out, s->geometry);
        return;
    }
    double size = fmin(dice_scale(d, 1e-4, 90), reach(p)) * 0.999;
    if (size <= 0) {
        cairn_buf_add_text(out, "{\"type\":\"Point\",\"coordinates\":");
        add_numbers(out, (const double[]){p.x, p.y}, 2);
        cairn_buf_add_byte(out, '}');
    } else if (dice_one_in(d, 20)) {
        add_collection(d, out, p, size);
    } else {
        add_simple(d, out, p, size);
    }
}
