#include "stac/geos.h"
#include "stac/raster.h"
#include "stac/shape.h"

enum { QUERY_VERTICES = 100000, QUERY_DEPTH = 4 };

struct cairn_area {
    cairn_geos *geos;
    cairn_box box;
    bool is_box;
    const cairn_raster *raster; /* NULL: of a box, or there can be none */
    cairn_prepared **parts;     /* their union is the area; may overlap */
    size_t count;
    cairn_arena *arena;
    cairn_prepared *whole; /* the union, made when it is first asked for */
};

static const char *const refusals[CAIRN_FAULTS] = {
    [CAIRN_FAULT_UNCLOSED] = "a ring does not end with its first position",
    [CAIRN_FAULT_SHORT_RING] = "a ring has fewer than four positions",
    [CAIRN_FAULT_SHORT_LINE] = "a line has only one position",
    [CAIRN_FAULT_LONGITUDE] = "a longitude is not within -180 and 180",
    [CAIRN_FAULT_LATITUDE] = "a latitude is not within -90 and 90",
    [CAIRN_FAULT_EMPTY] = "the geometry has no coordinates",
};

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "geometry: no memory left for it");
}

static cairn_code refuse(const char *pointer, const char *what, cairn_error *error)
{
    cairn_error_set(error, CAIRN_INVALID, "geometry: %s", what);
    cairn_error_at_pointer(error, pointer);
    return CAIRN_INVALID;
}

static cairn_code refuse_faults(const cairn_shape *shape, cairn_error *error)
{
    if (cairn_shape_has_foreign_crs(shape))
        return refuse("/crs", "expected longitude and latitude (CRS84), found another crs", error);
    for (int i = 0; i < CAIRN_FAULTS; i++)
        if (refusals[i] && shape->faults[i].p)
            return refuse(shape->faults[i].p, refusals[i], error);
    return CAIRN_OK;
}

static cairn_area *new_area(cairn_geos *geos, size_t parts, cairn_arena *arena)
{
    cairn_area *area = cairn_arena_calloc(arena, 1, sizeof *area);
    if (!area || !(area->parts = cairn_arena_calloc(arena, parts, sizeof(cairn_prepared *))))
        return NULL;
    area->geos = geos;
    area->arena = arena;
    return area;
}

static cairn_code add_prepared(cairn_area *area, cairn_span wkb, cairn_arena *arena, cairn_error *error)
{
    if (!wkb.p)
        return no_memory(error);
    return cairn_geos_prepare(area->geos, wkb, arena, &area->parts[area->count++], error);
}

/* ---- boxes ---- */

static bool shape_from_box(cairn_box box, cairn_shape *shape)
{
    bool flat = box.west == box.east || box.south == box.north;
    bool dot = box.west == box.east && box.south == box.north;
    const cairn_xy corners[] = {{box.west, box.south},
                                {box.east, box.south},
                                {box.east, box.north},
                                {box.west, box.north},
                                {box.west, box.south}};
    const cairn_xy ends[] = {{box.west, box.south}, {box.east, box.north}};
    if (dot)
        return cairn_shape_add_point(shape, 0, corners[0]);
    size_t n = flat ? 2 : 5;
    cairn_part *part = cairn_shape_add(shape, flat ? CAIRN_PART_LINES : CAIRN_PART_POLYGON, 0, 1);
    if (!part || !cairn_path_make(shape->arena, n, &part->paths[0]))
        return false;
    memcpy(part->paths[0].at, flat ? ends : corners, n * sizeof(cairn_xy));
    return true;
}

cairn_code cairn_area_from_box(cairn_geos *geos, cairn_box box, cairn_arena *arena, cairn_area **out,
                               cairn_error *error)
{
    cairn_box pieces[2];
    size_t n = cairn_box_split(box, pieces);
    cairn_area *area = new_area(geos, n, arena);
    if (!area)
        return no_memory(error);
    area->box = box;
    area->is_box = true;
    for (size_t i = 0; i < n; i++) {
        cairn_shape shape = {.arena = arena};
        if (!shape_from_box(pieces[i], &shape))
            return no_memory(error);
        cairn_code code = add_prepared(area, cairn_wkb_write(&shape, 0, 1), arena, error);
        if (code)
            return code;
    }
    *out = area;
    return CAIRN_OK;
}

/* ---- geometries ---- */

static cairn_code check_polygons(cairn_geos *geos, cairn_span wkb, cairn_error *error)
{
    char reason[CAIRN_GEOS_REASON_MAX];
    bool valid;
    cairn_code code = cairn_geos_validate(geos, wkb, &valid, reason, error);
    if (code || valid)
        return code;
    return cairn_error_set(error, CAIRN_INVALID, "geometry: the polygon is invalid: %s", reason);
}

/* The parts from `from` on that came from one Polygon or MultiPolygon, or that are all points or all lines: what may
 * be prepared together. Returns where they end. */
static size_t end_of_group(const cairn_shape *shape, size_t from)
{
    const cairn_part *first = &shape->parts[from];
    size_t to = from + 1;
    while (to < shape->count && shape->parts[to].kind == first->kind &&
           (first->kind != CAIRN_PART_POLYGON || shape->parts[to].leaf == first->leaf))
        to++;
    return to;
}

static cairn_code add_shape(cairn_area *area, const cairn_shape *shape, cairn_error *error)
{
    for (size_t from = 0, to; from < shape->count; from = to) {
        to = end_of_group(shape, from);
        cairn_span wkb = cairn_wkb_write(shape, from, to);
        cairn_code code = CAIRN_OK;
        if (wkb.p && shape->parts[from].kind == CAIRN_PART_POLYGON)
            code = check_polygons(area->geos, wkb, error);
        if (code || (code = add_prepared(area, wkb, shape->arena, error)))
            return code;
    }
    return CAIRN_OK;
}

cairn_code cairn_area_from_geojson(cairn_geos *geos, cairn_span geojson, const cairn_geometry_limits *limits,
                                   cairn_arena *arena, cairn_area **out, cairn_error *error)
{
    const cairn_geojson_rules rules = {
        .pointer = "",
        .max_vertices = limits && limits->max_vertices ? limits->max_vertices : QUERY_VERTICES,
        .max_depth = limits && limits->max_depth ? limits->max_depth : QUERY_DEPTH,
    };
    cairn_shape shape = {.arena = arena};
    cairn_code code = cairn_shape_from_geojson(geojson, &rules, &shape, error);
    if (code || (code = refuse_faults(&shape, error)))
        return code;
    cairn_area *area = new_area(geos, shape.count, arena);
    if (!area)
        return no_memory(error);
    if (!cairn_shape_box(&shape, &area->box))
        return no_memory(error);
    if ((code = add_shape(area, &shape, error)))
        return code;
    area->raster = cairn_raster_make(&shape, area->box, arena);
    *out = area;
    return CAIRN_OK;
}

/* ---- asking ---- */

cairn_box cairn_area_box(const cairn_area *area)
{
    return area->box;
}

bool cairn_area_is_box(const cairn_area *area)
{
    return area->is_box;
}

cairn_tell cairn_area_tell(const cairn_area *area, cairn_box box)
{
    if (!cairn_box_meets(area->box, box))
        return CAIRN_TELL_BESIDE;
    if (area->is_box)
        return cairn_box_contains(area->box, box) ? CAIRN_TELL_WITHIN : CAIRN_TELL_NOTHING;
    return area->raster && box.west <= box.east ? cairn_raster_box(area->raster, box) : CAIRN_TELL_NOTHING;
}

bool cairn_area_has_side(const cairn_area *area, cairn_box box, double blur)
{
    const cairn_box sides[] = {{box.west, box.south, box.west + blur, box.north},
                               {box.east - blur, box.south, box.east, box.north},
                               {box.west, box.south, box.east, box.south + blur},
                               {box.west, box.north - blur, box.east, box.north}};
    if (box.west > box.east)
        return false;
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (cairn_area_tell(area, sides[i]) == CAIRN_TELL_WITHIN)
            return true;
    return false;
}

/* A position that surely lies in the area. */
static bool is_within(void *context, cairn_xy at)
{
    const cairn_area *area = context;
    if (area->is_box)
        return cairn_box_contains(area->box, (cairn_box){at.x, at.y, at.x, at.y});
    return area->raster && cairn_raster_position(area->raster, at) == CAIRN_TELL_WITHIN;
}

cairn_code cairn_area_meets(cairn_area *area, cairn_box box, cairn_span wkb, bool *meets, cairn_error *error)
{
    cairn_tell tell = cairn_area_tell(area, box);
    *meets = tell == CAIRN_TELL_WITHIN;
    if (tell != CAIRN_TELL_NOTHING)
        return CAIRN_OK;
    if (!cairn_wkb_has(wkb, is_within, area, meets))
        return cairn_error_set(error, CAIRN_CORRUPT, "geometry: the stored footprint is not WKB");
    if (*meets)
        return CAIRN_OK;
    return cairn_geos_meets(area->geos, area->parts, area->count, wkb, meets, error);
}

cairn_code cairn_area_meets_box(cairn_area *area, cairn_box box, bool *meets, cairn_error *error)
{
    cairn_shape shape = {.arena = area->arena};
    *meets = cairn_box_meets(area->box, box);
    if (!*meets)
        return CAIRN_OK;
    if (!shape_from_box(box, &shape))
        return no_memory(error);
    cairn_span wkb = cairn_wkb_write(&shape, 0, 1);
    return wkb.p ? cairn_geos_meets(area->geos, area->parts, area->count, wkb, meets, error) : no_memory(error);
}

cairn_code cairn_footprint_centroid(cairn_geos *geos, cairn_box box, cairn_span wkb, double *lon, double *lat,
                                    cairn_error *error)
{
    if (!cairn_wkb_check(wkb))
        return cairn_error_set(error, CAIRN_CORRUPT, "geometry: the stored footprint is not WKB");
    cairn_code code = cairn_geos_centroid(geos, wkb, box.west > box.east, lon, lat, error);
    if (code == CAIRN_OK && *lon > 180)
        *lon -= 360;
    return code;
}

/* ---- relations ---- */

cairn_code cairn_area_from_footprint(cairn_geos *geos, cairn_box box, cairn_span wkb, cairn_arena *arena,
                                     cairn_area **out, cairn_error *error)
{
    if (!cairn_wkb_check(wkb))
        return cairn_error_set(error, CAIRN_CORRUPT, "geometry: the stored footprint is not WKB");
    cairn_area *area = new_area(geos, 1, arena);
    if (!area)
        return no_memory(error);
    area->box = box;
    *out = area;
    return add_prepared(area, wkb, arena, error);
}

static cairn_code make_whole(cairn_area *area, cairn_error *error)
{
    if (area->whole)
        return CAIRN_OK;
    return cairn_geos_unite(area->geos, area->parts, area->count, area->arena, &area->whole, error);
}

/* What the boxes alone tell: true when there is nothing left to ask. */
static bool boxes_tell(cairn_box a, cairn_relation relation, cairn_box b, bool *holds)
{
    bool meet = cairn_box_meets(a, b);
    *holds = !meet && relation == CAIRN_RELATION_DISJOINT;
    return !meet || (relation == CAIRN_RELATION_WITHIN && !cairn_box_contains(b, a)) ||
           (relation == CAIRN_RELATION_CONTAINS && !cairn_box_contains(a, b));
}

cairn_code cairn_area_relates(cairn_area *area, cairn_relation relation, cairn_box box, cairn_span wkb, bool *holds,
                              cairn_error *error)
{
    bool meets;
    if (boxes_tell(box, relation, area->box, holds))
        return CAIRN_OK;
    if (relation == CAIRN_RELATION_INTERSECTS || relation == CAIRN_RELATION_DISJOINT) {
        cairn_code code = cairn_area_meets(area, box, wkb, &meets, error);
        *holds = meets == (relation == CAIRN_RELATION_INTERSECTS);
        return code;
    }
    cairn_code code = make_whole(area, error);
    if (code != CAIRN_OK)
        return code;
    if (!cairn_wkb_check(wkb))
        return cairn_error_set(error, CAIRN_CORRUPT, "geometry: the stored footprint is not WKB");
    return cairn_geos_relates(area->geos, area->whole, relation, wkb, holds, error);
}

cairn_code cairn_areas_relate(cairn_area *a, cairn_relation relation, cairn_area *b, bool *holds, cairn_error *error)
{
    if (boxes_tell(a->box, relation, b->box, holds))
        return CAIRN_OK;
    cairn_code code = make_whole(a, error);
    if (code == CAIRN_OK)
        code = make_whole(b, error);
    return code == CAIRN_OK ? cairn_geos_relate(a->geos, a->whole, relation, b->whole, holds, error) : code;
}
