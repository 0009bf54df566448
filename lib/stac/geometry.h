/* Footprints and search areas: degrees lon/lat, CRS84, planar, edges straight in lon/lat (RFC 7946 3.1.1). Heights (z)
 * are ignored. A footprint is what the index keeps of an item's geometry; an area is what a query asks for.
 * Thread-safety: a cairn_geos and everything made with it belong to one thread. */
#ifndef CAIRN_STAC_GEOMETRY_H
#define CAIRN_STAC_GEOMETRY_H

#include "base/arena.h"
#include "base/error.h"
#include "stac/warnings.h"

/* west > east: the box crosses the antimeridian (RFC 7946 5.2). */
typedef struct cairn_box {
    double west, south, east, north;
} cairn_box;

/* One GEOS context a thread. */
typedef struct cairn_geos cairn_geos;
cairn_geos *cairn_geos_new(void);
void cairn_geos_free(cairn_geos *geos);
const char *cairn_geos_version(void);

/* Splits a box that crosses the antimeridian into two that don't; returns 1 or 2. */
size_t cairn_box_split(cairn_box box, cairn_box out[2]);
/* Closed boxes have a point in common; either may cross the antimeridian. Exact on doubles. */
bool cairn_box_meets(cairn_box a, cairn_box b);
/* `inner` lies wholly in `outer`; either may cross. */
bool cairn_box_contains(cairn_box outer, cairn_box inner);
/* The smallest box with both; crosses only if one of them does and the union is narrower so. */
cairn_box cairn_box_union(cairn_box a, cairn_box b);
/* 4 or 6 numbers (JSON array, checked text); west > east is legal, south > north is not; finite; lon within +-180 and
 * lat within +-90. Used for the API's POST bbox and, leniently, for items. Names the parameter or pointer by the
 * caller. */
cairn_code cairn_box_from_json(cairn_span array, cairn_box *out, cairn_error *error);
/* "w,s,e,n" or "w,s,z,e,n,z" of the GET parameter; no brackets. */
cairn_code cairn_box_from_text(cairn_span text, cairn_box *out, cairn_error *error);

typedef struct cairn_footprint {
    bool present;   /* false: null geometry, an item without a place */
    cairn_box box;  /* tight around the geometry; crosses the antimeridian when its parts do */
    cairn_span wkb; /* 2-D little-endian ISO WKB, valid for GEOS, cut at the antimeridian */
    bool repaired;  /* it is not the geometry as the source has it */
} cairn_footprint;

typedef struct cairn_geometry_limits {
    size_t max_vertices; /* 0: the default, 1,000,000 for items and 100,000 for queries */
    int max_depth;       /* of nested GeometryCollections; 0: the default, 4 */
} cairn_geometry_limits;

/* Reads an item's GeoJSON geometry (checked text, `null` allowed).
 * Structure faults (not GeoJSON, unknown type, wrong nesting, not numbers, NaN) are CAIRN_INVALID with a pointer below
 * /geometry. These are repaired with a warning, or refused when `strict`: rings that are not closed or have under four
 * positions (dropped when nothing is left of them), self-intersecting or otherwise invalid polygons (GEOS MakeValid;
 * CAIRN_TOO_LARGE when their edges cross 100,000 times or more),
 * longitudes beyond +-180 (wrapped, cut at the antimeridian) up to +-540, latitudes beyond +-90 by rounding (clamped,
 * up to 0.01 degrees), edges that span more than 180 and less than 360 degrees of longitude (they cross the
 * antimeridian: cut there, crossing latitude and winding as the `antimeridian` Python package does by default), rings
 * around a pole (closed over it), bands between two meridians 360 degrees apart within a metre (0 to 360, -180.0001 to
 * 179.9999: the whole world), GeometryCollections (legal in GeoJSON, not in STAC; their parts are indexed together), a
 * `crs` member of GeoJSON 2008 other than CRS84/EPSG:4326 (reprojected by PROJ). Empty geometries (no coordinates) are
 * read as null. */
cairn_code cairn_footprint_read(cairn_geos *geos, cairn_span geojson, bool strict, const cairn_geometry_limits *limits,
                                cairn_arena *arena, cairn_footprint *out, cairn_warnings *warnings, cairn_error *error);

/* ---- what a query asks for ---- */
typedef struct cairn_area cairn_area;

/* An area that is a box; lives in the arena. */
cairn_code cairn_area_from_box(cairn_geos *geos, cairn_box box, cairn_arena *arena, cairn_area **out,
                               cairn_error *error);
/* An area from a GeoJSON geometry of any type (checked text), taken as it is written: planar, nothing repaired. Not a
 * geometry, a Feature, unclosed rings, too few positions, NaN, coordinates out of range, invalid polygons (with GEOS's
 * reason and place): CAIRN_INVALID. Duplicate consecutive positions and any winding are legal. */
cairn_code cairn_area_from_geojson(cairn_geos *geos, cairn_span geojson, const cairn_geometry_limits *limits,
                                   cairn_arena *arena, cairn_area **out, cairn_error *error);

/* The area's box(es): where a footprint must be looked for. */
cairn_box cairn_area_box(const cairn_area *area);
bool cairn_area_is_box(const cairn_area *area);

/* What can be said of all that lies within a box (of a footprint, or of many), soon and for certain. */
typedef enum cairn_tell { CAIRN_TELL_NOTHING, CAIRN_TELL_WITHIN, CAIRN_TELL_BESIDE } cairn_tell;
cairn_tell cairn_area_tell(const cairn_area *area, cairn_box box);
/* Of a tight box around a footprint, that does not cross the antimeridian: the footprint touches each of its sides, so
 * that it surely meets the area when one of them lies within. `blur`: how far inside of the box each side may be. */
bool cairn_area_has_side(const cairn_area *area, cairn_box box, double blur);

/* True when the footprint meets the area (shares at least a point). Boxes first, then, unless the area is a box with
 * the footprint's box inside, GEOS on the WKB with the prepared area. A WKB that GEOS can't read: CAIRN_CORRUPT. */
cairn_code cairn_area_meets(cairn_area *area, cairn_box box, cairn_span wkb, bool *meets, cairn_error *error);

/* True when the area has a point in common with a box that does not cross the antimeridian. */
cairn_code cairn_area_meets_box(cairn_area *area, cairn_box box, bool *meets, cairn_error *error);

/* The centroid of a footprint (planar, of its parts of highest dimension); what crosses the antimeridian counts as if
 * it went on there. A WKB that GEOS can't read: CAIRN_CORRUPT. */
cairn_code cairn_footprint_centroid(cairn_geos *geos, cairn_box box, cairn_span wkb, double *lon, double *lat,
                                    cairn_error *error);

/* How one geometry lies to another: the predicates of OGC 06-103r4, planar, interiors and boundaries told apart.
 * Members of a collection count as one. What was cut at the antimeridian has edges there, 180 and -180 being apart. */
typedef enum cairn_relation {
    CAIRN_RELATION_INTERSECTS,
    CAIRN_RELATION_DISJOINT,
    CAIRN_RELATION_EQUALS,
    CAIRN_RELATION_TOUCHES,
    CAIRN_RELATION_CROSSES,
    CAIRN_RELATION_OVERLAPS,
    CAIRN_RELATION_WITHIN,
    CAIRN_RELATION_CONTAINS,
} cairn_relation;

/* `a relation b` says the same as `b converse(relation) a`. */
static inline cairn_relation cairn_relation_converse(cairn_relation relation)
{
    return relation == CAIRN_RELATION_WITHIN     ? CAIRN_RELATION_CONTAINS
           : relation == CAIRN_RELATION_CONTAINS ? CAIRN_RELATION_WITHIN
                                                 : relation;
}

/* A footprint as an area. A WKB that GEOS can't read: CAIRN_CORRUPT. */
cairn_code cairn_area_from_footprint(cairn_geos *geos, cairn_box box, cairn_span wkb, cairn_arena *arena,
                                     cairn_area **out, cairn_error *error);
/* Whether `footprint relation area` holds, such as: the footprint lies within the area. Boxes first. CAIRN_CORRUPT for
 * a footprint that GEOS can't read, CAIRN_NOMEM at the cap of the area's arena. */
cairn_code cairn_area_relates(cairn_area *area, cairn_relation relation, cairn_box box, cairn_span wkb, bool *holds,
                              cairn_error *error);
/* Whether `a relation b` holds. */
cairn_code cairn_areas_relate(cairn_area *a, cairn_relation relation, cairn_area *b, bool *holds, cairn_error *error);

#endif
