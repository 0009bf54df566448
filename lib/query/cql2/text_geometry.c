/* Well-known text and BBOX, written over as GeoJSON. */
#include "query/cql2/text.h"

#include "base/buf.h"

#include <strings.h>

typedef enum shape { POSITION, POSITIONS, LINES, POLYGONS, POINTS, MEMBERS } shape;

static const struct {
    const char *name, *json;
    shape shape;
} TYPES[] = {
    {"POINT", "Point", POSITION},
    {"LINESTRING", "LineString", POSITIONS},
    {"POLYGON", "Polygon", LINES},
    {"MULTIPOINT", "MultiPoint", POINTS},
    {"MULTILINESTRING", "MultiLineString", LINES},
    {"MULTIPOLYGON", "MultiPolygon", POLYGONS},
    {"GEOMETRYCOLLECTION", "GeometryCollection", MEMBERS},
};

enum { COLLECTION_DEPTH = 4 };

typedef struct writer {
    cairn_cql2_text *p;
    cairn_buf out;
} writer;

int cairn_cql2_wkt_type(cairn_span name)
{
    for (int i = 0; i < (int)(sizeof TYPES / sizeof *TYPES); i++)
        if (name.n == strlen(TYPES[i].name) && strncasecmp(name.p, TYPES[i].name, name.n) == 0)
            return i;
    return -1;
}

static bool write_number(writer *w)
{
    cairn_cql2_text *p = w->p;
    bool negative = cairn_cql2_accept(p, "-");
    if (!negative)
        cairn_cql2_accept(p, "+");
    if (p->token.kind != CAIRN_CQL2_T_NUMBER)
        return cairn_cql2_surprise(p, "a number");
    cairn_span number = cairn_cql2_text_number(p, negative);
    return number.p && (cairn_buf_add_span(&w->out, number) || cairn_cql2_no_memory(&p->b));
}

static bool at_number(const cairn_cql2_text *p)
{
    return p->token.kind == CAIRN_CQL2_T_NUMBER || cairn_cql2_is_symbol(&p->token, "-") ||
           cairn_cql2_is_symbol(&p->token, "+");
}

/* x y or x y z, without parentheses. */
static bool write_position(writer *w)
{
    cairn_buf_add_byte(&w->out, '[');
    if (!write_number(w) || !cairn_buf_add_byte(&w->out, ',') || !write_number(w))
        return false;
    if (at_number(w->p) && (!cairn_buf_add_byte(&w->out, ',') || !write_number(w)))
        return false;
    cairn_buf_add_byte(&w->out, ']');
    return true;
}

static bool write_in_parentheses(writer *w)
{
    return cairn_cql2_want(w->p, "(") && write_position(w) && cairn_cql2_want(w->p, ")");
}

/* MULTIPOINT's members come with and without parentheses. */
static bool write_point(writer *w)
{
    return cairn_cql2_is_symbol(&w->p->token, "(") ? write_in_parentheses(w) : write_position(w);
}

static bool write_list(writer *w, bool (*write)(writer *))
{
    bool first = true;
    if (!cairn_cql2_want(w->p, "("))
        return false;
    cairn_buf_add_byte(&w->out, '[');
    do {
        if (!first)
            cairn_buf_add_byte(&w->out, ',');
        first = false;
        if (!write(w))
            return false;
    } while (cairn_cql2_accept(w->p, ","));
    cairn_buf_add_byte(&w->out, ']');
    return cairn_cql2_is_symbol(&w->p->token, ")") ? cairn_cql2_want(w->p, ")")
                                                   : cairn_cql2_surprise(w->p, "',' or ')'") != NULL;
}

static bool write_positions(writer *w)
{
    return write_list(w, write_position);
}

static bool write_lines(writer *w)
{
    return write_list(w, write_positions);
}

static bool write_coordinates(writer *w, shape shape)
{
    switch (shape) {
    case POSITION:
        return write_in_parentheses(w);
    case POSITIONS:
        return write_positions(w);
    case LINES:
        return write_lines(w);
    case POLYGONS:
        return write_list(w, write_lines);
    default:
        return write_list(w, write_point);
    }
}

static bool write_geometry(writer *w, int type, int depth);

static bool write_members(writer *w, int depth)
{
    bool first = true;
    if (depth >= COLLECTION_DEPTH)
        return cairn_cql2_surprise(w->p, "collections that are less deeply nested");
    if (!cairn_cql2_want(w->p, "("))
        return false;
    do {
        int type = w->p->token.kind == CAIRN_CQL2_T_NAME ? cairn_cql2_wkt_type(w->p->token.text) : -1;
        if (type < 0)
            return cairn_cql2_surprise(w->p, "a geometry such as POINT(7.1 50.7)");
        if (!first)
            cairn_buf_add_byte(&w->out, ',');
        first = false;
        cairn_cql2_advance(w->p);
        if (!write_geometry(w, type, depth + 1))
            return false;
    } while (cairn_cql2_accept(w->p, ","));
    return cairn_cql2_want(w->p, ")");
}

/* Recursion: COLLECTION_DEPTH. */
static bool write_geometry(writer *w, int type, int depth)
{
    bool collection = TYPES[type].shape == MEMBERS;
    if (cairn_cql2_is_word(&w->p->token, "Z"))
        cairn_cql2_advance(w->p);
    cairn_buf_printf(&w->out, "{\"type\":\"%s\",\"%s\":", TYPES[type].json, collection ? "geometries" : "coordinates");
    if (collection)
        cairn_buf_add_byte(&w->out, '[');
    if (!(collection ? write_members(w, depth) : write_coordinates(w, TYPES[type].shape)))
        return false;
    cairn_buf_add_text(&w->out, collection ? "]}" : "}");
    return true;
}

cairn_cql2_node *cairn_cql2_text_geometry(cairn_cql2_text *p, int type, size_t offset)
{
    writer w = {p, CAIRN_BUF_INIT(4 * p->b.limits->max_bytes + 1024)};
    cairn_cql2_node *node = NULL;
    if (write_geometry(&w, type, 0))
        node = w.out.failed ? cairn_cql2_no_memory(&p->b) : cairn_cql2_geometry(&p->b, offset, cairn_buf_span(&w.out));
    cairn_buf_free(&w.out);
    return node;
}

cairn_cql2_node *cairn_cql2_text_bbox(cairn_cql2_text *p, size_t offset)
{
    writer w = {p, CAIRN_BUF_INIT(4 * p->b.limits->max_bytes + 1024)};
    cairn_cql2_node *node = NULL;
    if (write_list(&w, write_number))
        node = w.out.failed ? cairn_cql2_no_memory(&p->b) : cairn_cql2_bbox(&p->b, offset, cairn_buf_span(&w.out));
    cairn_buf_free(&w.out);
    return node;
}
