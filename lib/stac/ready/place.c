/* A missing geometry and bbox: from proj fields through PROJ, from each other. */
#include "stac/crs.h"
#include "stac/ready/parts.h"
#include "stac/shape.h"

#include <math.h>

/* Each edge of a grid is followed at so many steps, since it is no straight line in degrees; in more where a step would
 * be longer than LONG_STEP. */
enum { STEPS = 24, MORE_STEPS = 120, CORNERS = 4, MOST_VERTICES = 1000000, MOST_DEPTH = 4 };
static const double LONG_STEP = 0.5;

/* Near enough to the antimeridian to be meant to lie on it: a tenth of a metre. */
static const double MERIDIAN = 180, NEAR = 1e-6;

/* Degrees that are written are rounded to about a centimetre. */
static const double DIGITS = 1e7, LONGITUDE_MOST = 540, LATITUDE_MOST = 90.01;

/* ---- outlines ---- */

/* Corners with the inside at the left hand. */
static void turn_left(double x[CORNERS], double y[CORNERS])
{
    double area = 0;
    for (int i = 0; i < CORNERS; i++) {
        int j = (i + 1) % CORNERS;
        area += (x[i] - x[0]) * (y[j] - y[0]) - (x[j] - x[0]) * (y[i] - y[0]);
    }
    if (area >= 0)
        return;
    double t = x[1];
    x[1] = x[3], x[3] = t;
    t = y[1];
    y[1] = y[3], y[3] = t;
}

static bool draw_ring(cairn_shape *shape, const double x[CORNERS], const double y[CORNERS], int steps)
{
    cairn_part *part = cairn_shape_add(shape, CAIRN_PART_POLYGON, 0, 1);
    if (!part || !cairn_path_make(shape->arena, (size_t)(CORNERS * steps) + 1, &part->paths[0]))
        return false;
    cairn_xy *at = part->paths[0].at;
    for (int i = 0; i < CORNERS; i++)
        for (int k = 0; k < steps; k++) {
            int j = (i + 1) % CORNERS;
            double f = (double)k / steps;
            *at++ = (cairn_xy){x[i] + (x[j] - x[i]) * f, y[i] + (y[j] - y[i]) * f};
        }
    *at = part->paths[0].at[0];
    return true;
}

/* A grid around the globe begins anywhere, often at 0. */
static void settle_globe(double x[CORNERS])
{
    double low = fmin(fmin(x[0], x[1]), fmin(x[2], x[3])), high = fmax(fmax(x[0], x[1]), fmax(x[2], x[3]));
    for (int i = 0; i < CORNERS && high - low > 2 * MERIDIAN - NEAR; i++)
        x[i] = x[i] > (low + high) / 2 ? MERIDIAN : -MERIDIAN;
}

/* An edge that is straight in degrees crosses the antimeridian at a vertex of its own: the cut, which is made for edges
 * on the globe, would go by a great circle. */
static bool draw_degrees(cairn_shape *shape, const double x[CORNERS], const double y[CORNERS])
{
    cairn_part *part = cairn_shape_add(shape, CAIRN_PART_POLYGON, 0, 1);
    if (!part || !cairn_path_make(shape->arena, 3 * CORNERS + 1, &part->paths[0]))
        return false;
    cairn_xy *at = part->paths[0].at;
    for (int i = 0; i < CORNERS; i++) {
        int j = (i + 1) % CORNERS;
        double first = x[i] < x[j] ? -MERIDIAN : MERIDIAN;
        *at++ = (cairn_xy){x[i], y[i]};
        for (int k = 0; k < 2; k++) {
            double meridian = k ? -first : first, f = (meridian - x[i]) / (x[j] - x[i]);
            if (f > 0 && f < 1)
                *at++ = (cairn_xy){meridian, y[i] + (y[j] - y[i]) * f};
        }
    }
    *at++ = part->paths[0].at[0];
    part->paths[0].n = (size_t)(at - part->paths[0].at);
    return true;
}

static bool is_on_meridian(double longitude)
{
    return fabs(fabs(longitude) - MERIDIAN) < NEAR;
}

/* The edge of a world grid lies on one side of the antimeridian, by a rounding of its coordinates on the other: at the
 * side from which the ring comes and to which it goes. */
static void settle_meridian(cairn_path ring)
{
    size_t n = ring.n - 1, first = 0;
    while (first < n && is_on_meridian(ring.at[first].x))
        first++;
    for (size_t i = 0, before = first, after; i < n; i++) {
        cairn_xy *at = &ring.at[(first + i) % n];
        if (!is_on_meridian(at->x)) {
            before = (first + i) % n;
            continue;
        }
        for (after = i; first < n && is_on_meridian(ring.at[(first + after) % n].x);)
            after++;
        bool one_side = first < n && (ring.at[before].x < 0) == (ring.at[(first + after) % n].x < 0);
        at->x = copysign(MERIDIAN, one_side ? ring.at[before].x : at->x);
    }
    ring.at[n] = ring.at[0];
}

/* Makes degrees of the ring's positions; false where the system isn't defined. */
static bool project_ring(cairn_path ring, cairn_span crs)
{
    cairn_projection *projection = NULL;
    if (cairn_projection_to_lonlat(crs, &projection, NULL) != CAIRN_OK)
        return false;
    bool ok = true;
    for (size_t i = 0; i + 1 < ring.n && ok; i++)
        ok = cairn_projection_apply(projection, &ring.at[i].x, &ring.at[i].y);
    ring.at[ring.n - 1] = ring.at[0];
    cairn_projection_free(projection);
    return ok;
}

static bool tidy_path(cairn_path path)
{
    for (size_t i = 0; i < path.n; i++) {
        cairn_xy *at = &path.at[i];
        if (!(fabs(at->x) <= LONGITUDE_MOST) || !(fabs(at->y) <= LATITUDE_MOST))
            return false;
        at->y = fmin(fmax(at->y, -90), 90);
    }
    return true;
}

static void round_shape(cairn_shape *shape)
{
    for (size_t i = 0; i < shape->count; i++)
        for (size_t k = 0; k < shape->parts[i].count; k++)
            for (size_t v = 0; v < shape->parts[i].paths[k].n; v++) {
                cairn_xy *at = &shape->parts[i].paths[k].at[v];
                at->x = rint(at->x * DIGITS) / DIGITS + 0.0;
                at->y = rint(at->y * DIGITS) / DIGITS + 0.0;
            }
}

/* The ring in degrees, along edges of so many steps. */
static bool follow(cairn_shape *shape, cairn_span crs, const double x[CORNERS], const double y[CORNERS], int steps)
{
    *shape = (cairn_shape){.arena = shape->arena};
    if (!(steps == 1 ? draw_degrees(shape, x, y) : draw_ring(shape, x, y, steps)))
        return false;
    cairn_path ring = shape->parts[0].paths[0];
    if ((steps > 1 && !project_ring(ring, crs)) || !tidy_path(ring))
        return false;
    settle_meridian(ring);
    return true;
}

static bool has_long_steps(cairn_path ring)
{
    for (size_t i = 1; i < ring.n; i++)
        if (fabs(ring.at[i].x - ring.at[i - 1].x) > LONG_STEP || fabs(ring.at[i].y - ring.at[i - 1].y) > LONG_STEP)
            return true;
    return false;
}

/* The outline of corners in a reference system, in degrees, cut at the antimeridian. */
static bool outline(cairn_shape *shape, cairn_span crs, double x[CORNERS], double y[CORNERS])
{
    bool degrees = cairn_crs_is_lonlat(crs), cut;
    cairn_error ignored = CAIRN_ERROR_INIT;
    turn_left(x, y);
    if (degrees)
        settle_globe(x);
    if (!follow(shape, crs, x, y, degrees ? 1 : STEPS))
        return false;
    if (!degrees && has_long_steps(shape->parts[0].paths[0]) && !follow(shape, crs, x, y, MORE_STEPS))
        return false;
    if (cairn_shape_cut(shape, &cut, &ignored) != CAIRN_OK || shape->count == 0)
        return false;
    round_shape(shape);
    return true;
}

static bool outline_of_grid(cairn_ready *r, const cairn_ready_object *object, cairn_shape *shape)
{
    double x[CORNERS], y[CORNERS];
    cairn_ready_grid grid = cairn_ready_grid_of(r, object);
    cairn_span crs = cairn_ready_crs_of(r, object);
    *shape = (cairn_shape){.arena = r->arena};
    return crs.p && cairn_ready_grid_corners(&grid, x, y) && outline(shape, crs, x, y);
}

/* The item's own grid, else that of the first asset that has one. */
static bool outline_of_item(cairn_ready *r, cairn_shape *shape)
{
    if (r->properties.node && outline_of_grid(r, &r->properties, shape))
        return true;
    for (size_t i = 0; i < r->n_assets; i++)
        if (r->assets[i].at[CAIRN_SLOT_TRANSFORM] || r->assets[i].at[CAIRN_SLOT_PROJ_BBOX])
            return outline_of_grid(r, &r->assets[i], shape);
    return false;
}

static bool outline_of_bbox(cairn_ready *r, cairn_span bbox, cairn_shape *shape)
{
    cairn_box box, pieces[2];
    cairn_error ignored = CAIRN_ERROR_INIT;
    *shape = (cairn_shape){.arena = r->arena};
    if (cairn_box_from_json(bbox, &box, &ignored) != CAIRN_OK || box.west == box.east || box.south == box.north)
        return false;
    size_t n = cairn_box_split(box, pieces);
    for (size_t i = 0; i < n; i++) {
        const double x[CORNERS] = {pieces[i].west, pieces[i].east, pieces[i].east, pieces[i].west};
        const double y[CORNERS] = {pieces[i].south, pieces[i].south, pieces[i].north, pieces[i].north};
        if (!draw_ring(shape, x, y, 1))
            return false;
    }
    return true;
}

/* ---- as GeoJSON ---- */

static void write_ring(cairn_buf *out, cairn_path ring)
{
    for (size_t i = 0; i < ring.n; i++) {
        cairn_buf_add_text(out, i ? ",[" : "[[");
        cairn_buf_add_json_number(out, ring.at[i].x);
        cairn_buf_add_byte(out, ',');
        cairn_buf_add_json_number(out, ring.at[i].y);
        cairn_buf_add_byte(out, ']');
    }
    cairn_buf_add_byte(out, ']');
}

static void write_polygon(cairn_buf *out, const cairn_part *part)
{
    for (size_t k = 0; k < part->count; k++) {
        cairn_buf_add_byte(out, k ? ',' : '[');
        write_ring(out, part->paths[k]);
    }
    cairn_buf_add_byte(out, ']');
}

static cairn_span geometry_text(cairn_ready *r, const cairn_shape *shape)
{
    cairn_buf buf = CAIRN_BUF_INIT((size_t)1 << 20);
    bool one = shape->count == 1;
    cairn_buf_printf(&buf, "{\"type\":\"%s\",\"coordinates\":%s", one ? "Polygon" : "MultiPolygon", one ? "" : "[");
    for (size_t i = 0; i < shape->count; i++) {
        if (i)
            cairn_buf_add_byte(&buf, ',');
        write_polygon(&buf, &shape->parts[i]);
    }
    cairn_buf_add_text(&buf, one ? "}" : "]}");
    return cairn_ready_take(r, &buf);
}

/* ---- geometry and bbox ---- */

static void put(cairn_ready *r, const char *name, cairn_span value)
{
    r->failed |= !value.p || !cairn_j_set(r->arena, r->item, name, value);
    r->changed = true;
}

static void put_bbox(cairn_ready *r, const cairn_shape *shape)
{
    cairn_box box;
    if (!cairn_shape_box(shape, &box)) {
        r->failed = true;
        return;
    }
    const double at[4] = {box.west, box.south, box.east, box.north};
    cairn_buf buf = CAIRN_BUF_INIT(1024);
    for (size_t i = 0; i < 4; i++) {
        cairn_buf_add_byte(&buf, i ? ',' : '[');
        cairn_buf_add_json_number(&buf, at[i]);
    }
    cairn_buf_add_byte(&buf, ']');
    put(r, "bbox", cairn_ready_take(r, &buf));
}

static void bbox_of_geometry(cairn_ready *r, cairn_span geometry)
{
    static const cairn_geojson_rules rules = {"/geometry", MOST_VERTICES, MOST_DEPTH};
    cairn_shape shape = {.arena = r->arena};
    cairn_error ignored = CAIRN_ERROR_INIT;
    bool cut;
    if (cairn_shape_from_geojson(geometry, &rules, &shape, &ignored) != CAIRN_OK ||
        cairn_shape_has_foreign_crs(&shape) || shape.count == 0)
        return;
    for (size_t i = 0; i < shape.count; i++)
        for (size_t k = 0; k < shape.parts[i].count; k++)
            if (!tidy_path(shape.parts[i].paths[k]))
                return;
    if (cairn_shape_cut(&shape, &cut, &ignored) == CAIRN_OK && shape.count)
        put_bbox(r, &shape);
}

static bool are_polygons(const cairn_shape *shape)
{
    for (size_t i = 0; i < shape->count; i++)
        if (shape->parts[i].kind != CAIRN_PART_POLYGON)
            return false;
    return true;
}

static cairn_span given(cairn_ready *r, const char *name)
{
    cairn_jnode *node = cairn_j_get(r->arena, r->item, name);
    cairn_span text = node ? cairn_ready_text(r, node) : CAIRN_SPAN_NONE;
    return cairn_json_is_null(text) ? CAIRN_SPAN_NONE : text;
}

void cairn_ready_place(cairn_ready *r)
{
    cairn_span geometry = given(r, "geometry"), bbox = given(r, "bbox");
    cairn_shape shape;
    if (geometry.p && !bbox.p)
        bbox_of_geometry(r, geometry);
    if (geometry.p || r->failed)
        return;
    bool found = outline_of_item(r, &shape) && are_polygons(&shape);
    if (!found && (!bbox.p || !outline_of_bbox(r, bbox, &shape)))
        return;
    put(r, "geometry", geometry_text(r, &shape));
    if (!bbox.p)
        put_bbox(r, &shape);
}
