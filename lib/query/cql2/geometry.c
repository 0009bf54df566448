/* Geometry literals: GeoJSON, brought into one form and measured. */
#include "query/cql2/build.h"

#include "base/json.h"

#include <math.h>

enum { COLLECTION_DEPTH = 4 };

static const struct {
    const char *name;
    int nesting; /* of arrays around a position; -1: a collection */
} TYPES[] = {
    {"Point", 0},   {"MultiPoint", 1},   {"LineString", 1},          {"MultiLineString", 2},
    {"Polygon", 2}, {"MultiPolygon", 3}, {"GeometryCollection", -1},
};

typedef struct measure {
    cairn_cql2_builder *b;
    size_t offset; /* of the literal */
    cairn_buf *out;
    cairn_box box;
    size_t vertices;
} measure;

static bool wrong(const measure *m, const char *what, cairn_span found)
{
    return cairn_cql2_expected(m->b, m->offset, what, found);
}

static void widen(cairn_box *box, const double at[2])
{
    box->west = fmin(box->west, at[0]);
    box->east = fmax(box->east, at[0]);
    box->south = fmin(box->south, at[1]);
    box->north = fmax(box->north, at[1]);
}

static bool read_position(measure *m, cairn_span position)
{
    double at[2];
    size_t n = 0;
    cairn_json_walk walk = cairn_json_walk_array(position);
    for (cairn_span number; cairn_json_next_element(&walk, &number); n++) {
        double value;
        if (n >= 3 || !cairn_json_number(number, &value))
            return wrong(m, "a position of 2 or 3 finite numbers", position);
        if (n < 2)
            at[n] = value;
    }
    if (n < 2)
        return wrong(m, "a position of 2 or 3 finite numbers", position);
    if (m->vertices >= m->b->limits->max_vertices - m->b->vertices)
        return cairn_cql2_fail(m->b, CAIRN_TOO_LARGE, m->offset,
                               "the geometry at byte %zu makes more than %zu positions, the limit", m->offset,
                               m->b->limits->max_vertices);
    m->vertices++;
    widen(&m->box, at);
    return true;
}

/* Recursion: `nesting`, 3 or less. */
static bool read_coordinates(measure *m, cairn_span coordinates, int nesting)
{
    if (cairn_json_kind(coordinates) != '[')
        return wrong(m, "an array of coordinates", coordinates);
    if (nesting == 0)
        return read_position(m, coordinates);
    cairn_json_walk walk = cairn_json_walk_array(coordinates);
    size_t n = 0;
    for (cairn_span element; cairn_json_next_element(&walk, &element); n++)
        if (!read_coordinates(m, element, nesting - 1))
            return false;
    return n > 0 || wrong(m, "coordinates", coordinates);
}

static bool read_geometry(measure *m, cairn_span geojson, int depth);

static bool read_members(measure *m, cairn_span members, int depth)
{
    if (cairn_json_kind(members) != '[' || cairn_json_count(members) == 0)
        return wrong(m, "an array of geometries", members);
    if (depth >= COLLECTION_DEPTH)
        return wrong(m, "collections that are less deeply nested", members);
    bool first = true;
    cairn_json_walk walk = cairn_json_walk_array(members);
    cairn_buf_add_text(m->out, "\"geometries\":[");
    for (cairn_span member; cairn_json_next_element(&walk, &member); first = false) {
        if (!first)
            cairn_buf_add_byte(m->out, ',');
        if (!read_geometry(m, member, depth + 1))
            return false;
    }
    return cairn_buf_add_text(m->out, "]}");
}

static int find_type(cairn_span type)
{
    for (int i = 0; i < (int)(sizeof TYPES / sizeof *TYPES); i++)
        if (cairn_json_kind(type) == '"' && cairn_json_string_is(type, TYPES[i].name))
            return i;
    return -1;
}

/* Recursion: COLLECTION_DEPTH. */
static bool read_geometry(measure *m, cairn_span geojson, int depth)
{
    cairn_span crs = cairn_json_get(geojson, "crs");
    int type = find_type(cairn_json_get(geojson, "type"));
    if (type < 0)
        return wrong(m, "a GeoJSON geometry", geojson);
    if (crs.p && !cairn_json_is_null(crs))
        return wrong(m, "a geometry without a crs (longitude and latitude)", crs);
    cairn_buf_printf(m->out, "{\"type\":\"%s\",", TYPES[type].name);
    if (TYPES[type].nesting < 0)
        return read_members(m, cairn_json_get(geojson, "geometries"), depth);
    cairn_span coordinates = cairn_json_get(geojson, "coordinates");
    if (!read_coordinates(m, coordinates, TYPES[type].nesting))
        return false;
    cairn_buf_add_text(m->out, "\"coordinates\":");
    cairn_json_minify(coordinates, m->out);
    return cairn_buf_add_byte(m->out, '}');
}

cairn_cql2_node *cairn_cql2_geometry(cairn_cql2_builder *b, size_t offset, cairn_span geojson)
{
    cairn_buf out = CAIRN_BUF_INIT(2 * b->limits->max_bytes + 1024);
    measure m = {b, offset, &out, {INFINITY, INFINITY, -INFINITY, -INFINITY}, 0};
    cairn_cql2_node *node = NULL;
    if (b->code == CAIRN_OK && read_geometry(&m, geojson, 0))
        node = cairn_cql2_new(b, CAIRN_CQL2_K_GEOMETRY, offset);
    if (node) {
        node->geometry.geojson = out.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(b->arena, cairn_buf_span(&out));
        node->geometry.box = m.box;
        node->geometry.vertices = m.vertices;
        b->vertices += m.vertices;
        if (!node->geometry.geojson.p)
            node = cairn_cql2_no_memory(b);
    }
    cairn_buf_free(&out);
    return node;
}

cairn_cql2_node *cairn_cql2_bbox(cairn_cql2_builder *b, size_t offset, cairn_span array)
{
    double value[6];
    size_t n = 0;
    cairn_cql2_node *node = cairn_cql2_new(b, CAIRN_CQL2_K_BBOX, offset);
    if (!node)
        return NULL;
    cairn_json_walk walk = cairn_json_walk_array(array);
    for (cairn_span number; cairn_json_next_element(&walk, &number); n++)
        if (n >= 6 || !cairn_json_number(number, &value[n]))
            return cairn_cql2_expected(b, offset, "a box of 4 or 6 numbers", array);
    if (n != 4 && n != 6)
        return cairn_cql2_expected(b, offset, "a box of 4 or 6 numbers", array);
    cairn_buf out = CAIRN_BUF_INIT(2 * b->limits->max_bytes + 1024);
    size_t east = n / 2;
    cairn_json_minify(array, &out);
    node->bbox.json = cairn_arena_copy(b->arena, cairn_buf_span(&out));
    node->bbox.box = (cairn_box){value[0], value[1], value[east], value[east + 1]};
    cairn_buf_free(&out);
    return node->bbox.json.p && !out.failed ? node : cairn_cql2_no_memory(b);
}
