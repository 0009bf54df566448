/* GeoJSON (RFC 7946, and the crs member of GeoJSON 2008) -> positions. */
#include "stac/crs.h"
#include "stac/shape.h"

#include "base/json.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

enum { LEVELS = 3 }; /* of arrays above a position: a MultiPolygon's polygon, ring and position */

static const double MAX_LONGITUDE = 540, MAX_LATITUDE = 90.01;

typedef struct reader {
    const cairn_geojson_rules *rules;
    cairn_shape *shape;
    cairn_error *error;
    const char *pointer; /* of the geometry that is being read */
    size_t index[LEVELS];
    int level;
    bool foreign; /* coordinates are not degrees */
} reader;

/* The pointer of what is being read: "/geometry/coordinates/0/3". */
static void write_pointer(const reader *r, char out[CAIRN_ERROR_POINTER_MAX])
{
    int n = snprintf(out, CAIRN_ERROR_POINTER_MAX, "%s/coordinates", r->pointer);
    for (int i = 0; i < r->level && n > 0 && n < CAIRN_ERROR_POINTER_MAX; i++)
        n += snprintf(out + n, (size_t)(CAIRN_ERROR_POINTER_MAX - n), "/%zu", r->index[i]);
}

static cairn_code fail_here(const reader *r, cairn_code code)
{
    char pointer[CAIRN_ERROR_POINTER_MAX];
    write_pointer(r, pointer);
    cairn_error_at_pointer(r->error, pointer);
    return code;
}

static cairn_code expected(const reader *r, const char *what, cairn_span found)
{
    char quoted[64];
    cairn_error_set(r->error, CAIRN_INVALID, "geometry: expected %s, found '%s'", what,
                    cairn_quote(found, quoted, sizeof quoted));
    return fail_here(r, CAIRN_INVALID);
}

static cairn_code no_memory(const reader *r)
{
    return cairn_error_set(r->error, CAIRN_NOMEM, "geometry: no memory left for its coordinates");
}

static void note_at(cairn_shape *shape, cairn_fault fault, const char *pointer)
{
    if (!shape->faults[fault].p)
        shape->faults[fault] = cairn_arena_copy(shape->arena, cairn_span_of(pointer));
}

static void note(const reader *r, cairn_fault fault)
{
    if (r->shape->faults[fault].p)
        return;
    char pointer[CAIRN_ERROR_POINTER_MAX];
    write_pointer(r, pointer);
    note_at(r->shape, fault, pointer);
}

static cairn_code check_range(const reader *r, cairn_xy at)
{
    if (fabs(at.x) <= 180 && fabs(at.y) <= 90)
        return CAIRN_OK;
    if (fabs(at.x) > MAX_LONGITUDE || fabs(at.y) > MAX_LATITUDE) {
        cairn_error_set(r->error, CAIRN_INVALID,
                        "geometry: position [%.10g, %.10g] is out of range, expected degrees of longitude (within "
                        "-180 and 180) and latitude (within -90 and 90)",
                        at.x, at.y);
        return fail_here(r, CAIRN_INVALID);
    }
    if (fabs(at.x) > 180)
        note(r, CAIRN_FAULT_LONGITUDE);
    if (fabs(at.y) > 90)
        note(r, CAIRN_FAULT_LATITUDE);
    return CAIRN_OK;
}

/* Two or more numbers, the first two of which are kept. */
static cairn_code read_position(const reader *r, cairn_span json, cairn_xy *out)
{
    double value[2];
    size_t n = 0;
    cairn_json_walk walk = cairn_json_walk_array(json);
    for (cairn_span element; cairn_json_next_element(&walk, &element); n++)
        if (n < 2 ? !cairn_json_number(element, &value[n]) : cairn_json_kind(element) != '0')
            return expected(r, "a position of finite numbers", json);
    if (n < 2)
        return expected(r, "a position [longitude, latitude]", json);
    *out = (cairn_xy){value[0], value[1]};
    return r->foreign ? CAIRN_OK : check_range(r, *out);
}

static cairn_code spend_vertices(const reader *r, size_t n)
{
    cairn_shape *shape = r->shape;
    if (n > r->rules->max_vertices - shape->vertices) {
        cairn_error_set(r->error, CAIRN_TOO_LARGE, "geometry: more than the %zu positions that are allowed",
                        r->rules->max_vertices);
        return fail_here(r, CAIRN_TOO_LARGE);
    }
    shape->vertices += n;
    return CAIRN_OK;
}

/* An array of positions, with `spare` more places behind; out->n is 0 when it is empty. */
static cairn_code read_positions(reader *r, cairn_span json, size_t spare, cairn_path *out)
{
    if (cairn_json_kind(json) != '[')
        return expected(r, "an array of positions", json);
    size_t n = cairn_json_count(json);
    cairn_code code = spend_vertices(r, n);
    if (code)
        return code;
    if (!cairn_path_make(r->shape->arena, n + spare + 1, out))
        return no_memory(r);
    cairn_json_walk walk = cairn_json_walk_array(json);
    size_t *i = &r->index[r->level++];
    *i = 0;
    for (cairn_span element; *i < n && cairn_json_next_element(&walk, &element); ++*i)
        if ((code = read_position(r, element, &out->at[*i])))
            return code;
    r->level--;
    out->n = n;
    return CAIRN_OK;
}

static bool same(cairn_xy a, cairn_xy b)
{
    return a.x == b.x && a.y == b.y;
}

static cairn_code read_ring(reader *r, cairn_span json, cairn_path *ring)
{
    cairn_code code = read_positions(r, json, 4, ring);
    if (code)
        return code;
    if (ring->n && (ring->n == 1 || !same(ring->at[0], ring->at[ring->n - 1]))) {
        note(r, CAIRN_FAULT_UNCLOSED);
        ring->at[ring->n] = ring->at[0];
        ring->n++;
    }
    if (ring->n >= 4)
        return CAIRN_OK;
    note(r, CAIRN_FAULT_SHORT_RING);
    while (ring->n && ring->n < 4) {
        ring->at[ring->n] = ring->at[ring->n - 1];
        ring->n++;
    }
    return CAIRN_OK;
}

/* True when the ring had under four positions. */
static bool is_padded(cairn_path ring)
{
    return ring.n < 4 || (ring.n == 4 && same(ring.at[2], ring.at[3]));
}

static cairn_code read_point(reader *r, cairn_span json)
{
    if (cairn_json_kind(json) != '[')
        return expected(r, "a position [longitude, latitude]", json);
    if (cairn_json_count(json) == 0)
        return CAIRN_OK;
    cairn_xy at;
    cairn_code code = spend_vertices(r, 1);
    if (code || (code = read_position(r, json, &at)))
        return code;
    return cairn_shape_add_point(r->shape, r->shape->leaves, at) ? CAIRN_OK : no_memory(r);
}

static cairn_code read_points(reader *r, cairn_span json)
{
    cairn_path path;
    cairn_code code = read_positions(r, json, 0, &path);
    if (code || !path.n)
        return code;
    cairn_part *part = cairn_shape_add(r->shape, CAIRN_PART_POINTS, r->shape->leaves, 1);
    if (!part)
        return no_memory(r);
    part->paths[0] = path;
    return CAIRN_OK;
}

static cairn_code read_line(reader *r, cairn_span json)
{
    cairn_path path;
    cairn_code code = read_positions(r, json, 0, &path);
    if (code || !path.n)
        return code;
    if (path.n < 2)
        note(r, CAIRN_FAULT_SHORT_LINE);
    if (cairn_path_is_place(path))
        return cairn_shape_add_point(r->shape, r->shape->leaves, path.at[0]) ? CAIRN_OK : no_memory(r);
    cairn_part *part = cairn_shape_add(r->shape, CAIRN_PART_LINES, r->shape->leaves, 1);
    if (!part)
        return no_memory(r);
    part->paths[0] = path;
    return CAIRN_OK;
}

/* Keeps the part's rings that hold something; a polygon without an exterior is taken back. */
static void drop_short_rings(cairn_shape *shape, cairn_part *part)
{
    size_t kept = 1;
    for (size_t i = 1; i < part->count; i++)
        if (!is_padded(part->paths[i]))
            part->paths[kept++] = part->paths[i];
    part->count = kept;
    if (!part->paths[0].n)
        shape->count--;
}

static cairn_code read_polygon(reader *r, cairn_span json)
{
    if (cairn_json_kind(json) != '[')
        return expected(r, "an array of rings", json);
    size_t n = cairn_json_count(json);
    if (!n)
        return CAIRN_OK;
    cairn_part *part = cairn_shape_add(r->shape, CAIRN_PART_POLYGON, r->shape->leaves, n);
    if (!part)
        return no_memory(r);
    cairn_json_walk walk = cairn_json_walk_array(json);
    size_t *i = &r->index[r->level++];
    *i = 0;
    for (cairn_span ring; *i < n && cairn_json_next_element(&walk, &ring); ++*i) {
        cairn_code code = read_ring(r, ring, &part->paths[*i]);
        if (code)
            return code;
    }
    r->level--;
    drop_short_rings(r->shape, part);
    return CAIRN_OK;
}

typedef cairn_code read_fn(reader *r, cairn_span json);

static cairn_code read_each(reader *r, cairn_span json, read_fn *read, const char *what)
{
    if (cairn_json_kind(json) != '[')
        return expected(r, what, json);
    cairn_json_walk walk = cairn_json_walk_array(json);
    size_t *i = &r->index[r->level++];
    *i = 0;
    for (cairn_span element; cairn_json_next_element(&walk, &element); ++*i) {
        cairn_code code = read(r, element);
        if (code)
            return code;
    }
    r->level--;
    return CAIRN_OK;
}

static cairn_code read_lines(reader *r, cairn_span json)
{
    return read_each(r, json, read_line, "an array of lines");
}

static cairn_code read_polygons(reader *r, cairn_span json)
{
    return read_each(r, json, read_polygon, "an array of polygons");
}

static const struct {
    const char *name;
    read_fn *read;
} types[] = {
    {"Polygon", read_polygon},   {"MultiPolygon", read_polygons}, {"Point", read_point},
    {"MultiPoint", read_points}, {"LineString", read_line},       {"MultiLineString", read_lines},
};

static cairn_code fail_geometry(const reader *r, const char *member, const char *what, cairn_span found)
{
    char quoted[64], pointer[CAIRN_ERROR_POINTER_MAX];
    snprintf(pointer, sizeof pointer, "%s%s", r->pointer, member);
    if (found.p)
        cairn_error_set(r->error, CAIRN_INVALID, "geometry: expected %s, found '%s'", what,
                        cairn_quote(found, quoted, sizeof quoted));
    else
        cairn_error_set(r->error, CAIRN_INVALID, "geometry: expected %s, there is none", what);
    cairn_error_at_pointer(r->error, pointer);
    return CAIRN_INVALID;
}

static cairn_code read_geometry(reader *r, cairn_span json, int depth);

static cairn_code read_collection(reader *r, cairn_span json, int depth)
{
    cairn_span geometries = cairn_json_get(json, "geometries");
    if (cairn_json_kind(geometries) != '[')
        return fail_geometry(r, "/geometries", "an array of geometries", geometries);
    if (depth >= r->rules->max_depth)
        return fail_geometry(r, "", "fewer GeometryCollections in each other", CAIRN_SPAN_NONE);
    note_at(r->shape, CAIRN_FAULT_COLLECTION, r->pointer);
    const char *outer = r->pointer;
    size_t i = 0;
    cairn_json_walk walk = cairn_json_walk_array(geometries);
    for (cairn_span geometry; cairn_json_next_element(&walk, &geometry); i++) {
        char pointer[CAIRN_ERROR_POINTER_MAX];
        snprintf(pointer, sizeof pointer, "%s/geometries/%zu", outer, i);
        r->pointer = pointer;
        cairn_code code = read_geometry(r, geometry, depth + 1);
        r->pointer = outer;
        if (code)
            return code;
    }
    return CAIRN_OK;
}

static cairn_code read_geometry(reader *r, cairn_span json, int depth)
{
    if (cairn_json_kind(json) != '{')
        return fail_geometry(r, "", "a GeoJSON geometry object", json);
    cairn_span type = cairn_json_get(json, "type");
    if (cairn_json_string_is(type, "GeometryCollection"))
        return read_collection(r, json, depth);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (cairn_json_string_is(type, types[i].name)) {
            cairn_span coordinates = cairn_json_get(json, "coordinates");
            if (!coordinates.p)
                return fail_geometry(r, "/coordinates", "an array of coordinates", coordinates);
            r->level = 0;
            cairn_code code = types[i].read(r, coordinates);
            r->shape->leaves++;
            return code;
        }
    return fail_geometry(r, "/type", "a GeoJSON geometry type such as \"Polygon\"", type);
}

/* ---- crs ---- */

/* The name in {"type":"name","properties":{"name":...}}; absent when the crs is given otherwise. */
static cairn_span crs_name(const cairn_shape *shape)
{
    static const char *const path[] = {"properties", "name", NULL};
    return cairn_json_string(cairn_json_get_path(shape->crs, path), shape->arena);
}

bool cairn_shape_has_foreign_crs(const cairn_shape *shape)
{
    return shape->crs.p && !cairn_json_is_null(shape->crs) && !cairn_crs_is_lonlat(crs_name(shape));
}

static cairn_code project_path(const reader *r, cairn_projection *projection, cairn_path path)
{
    for (size_t i = 0; i < path.n; i++) {
        cairn_xy from = path.at[i];
        if (!cairn_projection_apply(projection, &path.at[i].x, &path.at[i].y)) {
            cairn_error_set(r->error, CAIRN_INVALID, "geometry: position [%.10g, %.10g] has no place in its crs",
                            from.x, from.y);
            return fail_here(r, CAIRN_INVALID);
        }
        cairn_code code = check_range(r, path.at[i]);
        if (code)
            return code;
    }
    return CAIRN_OK;
}

cairn_code cairn_shape_project(cairn_shape *shape, const char *pointer, cairn_error *error)
{
    reader r = {.shape = shape, .error = error, .pointer = pointer};
    cairn_span name = crs_name(shape);
    if (!name.p)
        return fail_geometry(&r, "/crs", "a crs of the form {\"type\":\"name\",\"properties\":{\"name\":...}}",
                             shape->crs);
    cairn_projection *projection = NULL;
    cairn_code code = cairn_projection_to_lonlat(name, &projection, error);
    if (code) {
        fail_geometry(&r, "/crs", "a known crs", name);
        return code;
    }
    for (size_t i = 0; i < shape->count && !code; i++)
        for (size_t k = 0; k < shape->parts[i].count && !code; k++)
            code = project_path(&r, projection, shape->parts[i].paths[k]);
    cairn_projection_free(projection);
    return code;
}

cairn_code cairn_shape_from_geojson(cairn_span geojson, const cairn_geojson_rules *rules, cairn_shape *shape,
                                    cairn_error *error)
{
    reader r = {.rules = rules, .shape = shape, .error = error, .pointer = rules->pointer};
    shape->crs = cairn_json_get(geojson, "crs");
    r.foreign = cairn_shape_has_foreign_crs(shape);
    cairn_code code = read_geometry(&r, geojson, 0);
    if (!code && !shape->count)
        note_at(shape, CAIRN_FAULT_EMPTY, rules->pointer);
    return code;
}
