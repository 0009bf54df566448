/* Internal to lib/stac: a geometry taken apart into flat lists of positions, between GeoJSON and WKB.
 * Multi-geometries and GeometryCollections are flattened; everything lives in the shape's arena. */
#ifndef CAIRN_STAC_SHAPE_H
#define CAIRN_STAC_SHAPE_H

#include "stac/geometry.h"

typedef struct cairn_xy {
    double x, y;
} cairn_xy;

typedef struct cairn_path {
    cairn_xy *at;
    size_t n;
} cairn_path;

typedef enum cairn_part_kind { CAIRN_PART_POINTS, CAIRN_PART_LINES, CAIRN_PART_POLYGON } cairn_part_kind;

/* POINTS: one path, a set of positions. LINES: each path is a line of two or more positions. POLYGON: the exterior
 * ring, then holes; each closed, with four or more positions. */
typedef struct cairn_part {
    cairn_part_kind kind;
    size_t leaf; /* which Point ... MultiPolygon of the source it came from, counted from 0 */
    cairn_path *paths;
    size_t count;
} cairn_part;

/* What a reader may forgive. */
typedef enum cairn_fault {
    CAIRN_FAULT_UNCLOSED,   /* a ring that doesn't end where it began; was closed */
    CAIRN_FAULT_SHORT_RING, /* under four positions; exteriors are padded with their last position, holes dropped */
    CAIRN_FAULT_SHORT_LINE, /* a line of one position; became a point */
    CAIRN_FAULT_LONGITUDE,  /* beyond +-180, kept */
    CAIRN_FAULT_LATITUDE,   /* beyond +-90 by rounding, kept */
    CAIRN_FAULT_COLLECTION, /* a GeometryCollection */
    CAIRN_FAULT_EMPTY,      /* no coordinates */
    CAIRN_FAULTS
} cairn_fault;

typedef struct cairn_shape {
    cairn_arena *arena;
    cairn_part *parts;
    size_t count, room;
    size_t vertices;
    size_t leaves;
    cairn_span faults[CAIRN_FAULTS]; /* JSON pointer of the first one of each kind, or absent */
    cairn_span crs;                  /* the value of the `crs` member, or absent */
} cairn_shape;

/* Adds a part with room for `count` paths; NULL at the arena's cap. */
cairn_part *cairn_shape_add(cairn_shape *shape, cairn_part_kind kind, size_t leaf, size_t count);
/* An uninitialised path of n positions (n > 0). False at the arena's cap. */
bool cairn_path_make(cairn_arena *arena, size_t n, cairn_path *out);
/* Adds a POINTS part of one position. */
bool cairn_shape_add_point(cairn_shape *shape, size_t leaf, cairn_xy at);
/* True when all positions are the same. */
bool cairn_path_is_place(cairn_path path);
/* Makes points of lines without length. False at the arena's cap. */
bool cairn_shape_settle_lines(cairn_shape *shape);
/* The box around the shape, see cairn_footprint.box. False at the arena's cap. The shape is not empty. */
bool cairn_shape_box(const cairn_shape *shape, cairn_box *out);

/* The smallest box around n boxes that do not cross; crosses when some touch +180, others -180, and there is a gap
 * between. Sorts `boxes`. n > 0. */
cairn_box cairn_box_around(cairn_box *boxes, size_t n);

typedef struct cairn_geojson_rules {
    const char *pointer; /* of the geometry in its document */
    size_t max_vertices;
    int max_depth; /* of GeometryCollections */
} cairn_geojson_rules;

/* Reads a GeoJSON geometry. Structure faults are errors, see cairn_footprint_read; what may be forgiven is noted in
 * shape->faults. With a foreign crs, coordinates are not compared with the bounds of lon/lat. */
cairn_code cairn_shape_from_geojson(cairn_span geojson, const cairn_geojson_rules *rules, cairn_shape *shape,
                                    cairn_error *error);
/* True when the shape has a `crs` member that is not lon/lat. */
bool cairn_shape_has_foreign_crs(const cairn_shape *shape);
/* Reprojects to lon/lat and notes range faults. CAIRN_INVALID when PROJ can't. */
cairn_code cairn_shape_project(cairn_shape *shape, const char *pointer, cairn_error *error);

/* +1: the edge crosses the antimeridian eastwards, -1: westwards, 0: it doesn't. An edge of 360 degrees or more goes
 * around the world. */
static inline int cairn_edge_crossing(cairn_xy a, cairn_xy b)
{
    double d = b.x - a.x;
    if (d >= -180 && d <= 180)
        return 0;
    return d <= -360 || d >= 360 ? 0 : d < 0 ? 1 : -1;
}

/* No longitude is beyond +-180. */
bool cairn_path_is_within(cairn_path path);
/* Wraps longitudes into +-180; positions on the antimeridian go to the side of their predecessor. */
void cairn_path_wrap(cairn_path path, bool ring);
void cairn_points_wrap(cairn_path path);
/* True for a band around the world of two meridians only, such as -180 to 180, 0 to 360 or -180.0001 to 179.9999: read
 * as crossing the antimeridian it would be nothing. */
bool cairn_ring_is_world(cairn_path ring);
/* Makes such a band go from -180 to 180. */
void cairn_ring_spread(cairn_path ring);

/* Wraps longitudes into +-180 and cuts at the antimeridian. `*cut` tells whether something crossed it. */
cairn_code cairn_shape_cut(cairn_shape *shape, bool *cut, cairn_error *error);

/* Writes the parts [from, to) as one geometry: Point to MultiPolygon, or a collection of those when kinds are mixed.
 * {NULL,0} at the arena's cap. */
cairn_span cairn_wkb_write(const cairn_shape *shape, size_t from, size_t to);
/* Adds the geometry's parts to the shape. False when the bytes are not 2-D little-endian WKB of the kinds that
 * cairn_wkb_write makes, or at the arena's cap. */
bool cairn_wkb_read(cairn_span wkb, cairn_shape *shape);
/* The same, looking only. */
bool cairn_wkb_check(cairn_span wkb);

/* The same, and whether the test is true of one of the positions: none is asked behind that. */
bool cairn_wkb_has(cairn_span wkb, bool (*test)(void *context, cairn_xy at), void *context, bool *found);

/* The turn at b on the way from a over b to c: +1 to the left, -1 to the right, 0: straight, or not certain. */
int cairn_turn(cairn_xy a, cairn_xy b, cairn_xy c);

/* How often edges of the shape's polygons cross, and into own[shape->count] how often those of one part cross or touch
 * each other. Ends at `most`, which also stands for more work than there is time for. False at the arena's cap. */
bool cairn_shape_count_crossings(const cairn_shape *shape, size_t most, size_t *total, size_t *own);

/* True only when the ring is certainly strictly convex, hence simple. Exact: never true by rounding. */
bool cairn_ring_is_convex(cairn_path ring);

#endif
