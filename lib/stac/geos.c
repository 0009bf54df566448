/* The only file that knows GEOS. */
#define GEOS_USE_ONLY_R_API
#include "stac/geos.h"

#include <geos_c.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct cairn_geos {
    GEOSContextHandle_t handle;
    GEOSWKBReader *reader;
    GEOSWKBWriter *writer;
    char message[CAIRN_GEOS_REASON_MAX]; /* GEOS's last complaint */
};

struct cairn_prepared {
    cairn_geos *geos;
    GEOSGeometry *geometry;
    const GEOSPreparedGeometry *prepared;
};

static void keep_message(const char *message, void *user)
{
    cairn_geos *geos = user;
    snprintf(geos->message, sizeof geos->message, "%s", message);
}

cairn_geos *cairn_geos_new(void)
{
    cairn_geos *geos = calloc(1, sizeof *geos);
    if (!geos || !(geos->handle = GEOS_init_r())) {
        free(geos);
        return NULL;
    }
    GEOSContext_setErrorMessageHandler_r(geos->handle, keep_message, geos);
    geos->reader = GEOSWKBReader_create_r(geos->handle);
    geos->writer = GEOSWKBWriter_create_r(geos->handle);
    if (!geos->reader || !geos->writer) {
        cairn_geos_free(geos);
        return NULL;
    }
    GEOSWKBWriter_setByteOrder_r(geos->handle, geos->writer, GEOS_WKB_NDR);
    GEOSWKBWriter_setOutputDimension_r(geos->handle, geos->writer, 2);
    return geos;
}

void cairn_geos_free(cairn_geos *geos)
{
    if (!geos)
        return;
    if (geos->reader)
        GEOSWKBReader_destroy_r(geos->handle, geos->reader);
    if (geos->writer)
        GEOSWKBWriter_destroy_r(geos->handle, geos->writer);
    GEOS_finish_r(geos->handle);
    free(geos);
}

const char *cairn_geos_version(void)
{
    return GEOSversion();
}

static cairn_code complain(cairn_geos *geos, cairn_code code, const char *what, cairn_error *error)
{
    return cairn_error_set(error, code, "geometry: %s: %s", what, geos->message);
}

static GEOSGeometry *read_wkb(cairn_geos *geos, cairn_span wkb)
{
    snprintf(geos->message, sizeof geos->message, "no memory left");
    return GEOSWKBReader_read_r(geos->handle, geos->reader, (const unsigned char *)wkb.p, wkb.n);
}

/* ---- validity ---- */

static void describe_fault(cairn_geos *geos, char *reason, GEOSGeometry *place, char out[CAIRN_GEOS_REASON_MAX])
{
    double x = 0, y = 0;
    if (place && GEOSGeomGetX_r(geos->handle, place, &x) == 1 && GEOSGeomGetY_r(geos->handle, place, &y) == 1)
        snprintf(out, CAIRN_GEOS_REASON_MAX, "%s at [%.10g, %.10g]", reason ? reason : "invalid", x, y);
    else
        snprintf(out, CAIRN_GEOS_REASON_MAX, "%s", reason ? reason : "invalid");
    if (place)
        GEOSGeom_destroy_r(geos->handle, place);
    if (reason)
        GEOSFree_r(geos->handle, reason);
}

cairn_code cairn_geos_validate(cairn_geos *geos, cairn_span wkb, bool *valid, char reason[CAIRN_GEOS_REASON_MAX],
                               cairn_error *error)
{
    GEOSGeometry *geometry = read_wkb(geos, wkb);
    if (!geometry)
        return complain(geos, CAIRN_INVALID, "not usable", error);
    char *why = NULL;
    GEOSGeometry *place = NULL;
    *valid = GEOSisValid_r(geos->handle, geometry) == 1;
    if (!*valid) {
        GEOSisValidDetail_r(geos->handle, geometry, 0, &why, &place);
        describe_fault(geos, why, place, reason);
    }
    GEOSGeom_destroy_r(geos->handle, geometry);
    return CAIRN_OK;
}

/* ---- mending ---- */

typedef struct pile {
    cairn_geos *geos;
    GEOSGeometry **at; /* owned, as are its members */
    size_t n, room;
    int dimension; /* of what is collected: the greatest seen */
} pile;

static void pile_free(pile *p)
{
    for (size_t i = 0; i < p->n; i++)
        GEOSGeom_destroy_r(p->geos->handle, p->at[i]);
    free(p->at);
}

static bool pile_add(pile *p, const GEOSGeometry *geometry)
{
    if (p->n == p->room) {
        size_t room = p->room ? p->room * 2 : 8;
        GEOSGeometry **at = realloc(p->at, room * sizeof *at);
        if (!at)
            return false;
        p->at = at;
        p->room = room;
    }
    GEOSGeometry *copy = GEOSGeom_clone_r(p->geos->handle, geometry);
    if (copy)
        p->at[p->n++] = copy;
    return copy != NULL;
}

/* Adds the single geometries that are not empty. Multi-geometries of MakeValid may be nested two deep. */
static bool pile_add_singles(pile *p, const GEOSGeometry *geometry, int depth)
{
    GEOSContextHandle_t handle = p->geos->handle;
    int type = GEOSGeomTypeId_r(handle, geometry);
    if (GEOSisEmpty_r(handle, geometry) == 1)
        return true;
    if (type >= GEOS_MULTIPOINT && depth > 0) {
        int n = GEOSGetNumGeometries_r(handle, geometry);
        for (int i = 0; i < n; i++)
            if (!pile_add_singles(p, GEOSGetGeometryN_r(handle, geometry, i), depth - 1))
                return false;
        return true;
    }
    int dimension = GEOSGeom_getDimensions_r(handle, geometry);
    p->dimension = dimension > p->dimension ? dimension : p->dimension;
    return pile_add(p, geometry);
}

static void pile_drop_below(pile *p, int dimension)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->n; i++)
        if (GEOSGeom_getDimensions_r(p->geos->handle, p->at[i]) >= dimension)
            p->at[kept++] = p->at[i];
        else
            GEOSGeom_destroy_r(p->geos->handle, p->at[i]);
    p->n = kept;
}

/* All of the pile in one geometry, which takes its members over. */
static GEOSGeometry *pile_collect(pile *p)
{
    if (p->n > INT32_MAX)
        return NULL;
    int type = p->dimension == 2 ? GEOS_MULTIPOLYGON : GEOS_GEOMETRYCOLLECTION;
    GEOSGeometry *all = GEOSGeom_createCollection_r(p->geos->handle, type, p->at, (unsigned)p->n);
    p->n = 0; /* GEOS owns them even when it fails */
    return all;
}

static GEOSGeometry *untangle(GEOSContextHandle_t handle, const GEOSGeometry *polygon)
{
    GEOSMakeValidParams *params = GEOSMakeValidParams_create_r(handle);
    GEOSGeometry *mended = NULL;
    if (params && GEOSMakeValidParams_setMethod_r(handle, params, GEOS_MAKE_VALID_STRUCTURE) == 1)
        mended = GEOSMakeValidWithParams_r(handle, polygon, params);
    if (params)
        GEOSMakeValidParams_destroy_r(handle, params);
    return mended;
}

static bool add_mended(pile *p, const cairn_broken *broken)
{
    GEOSContextHandle_t handle = p->geos->handle;
    GEOSGeometry *polygon = read_wkb(p->geos, broken->wkb);
    if (!polygon)
        return false;
    GEOSGeometry *mended = NULL;
    if (GEOSisValid_r(handle, polygon) != 1)
        mended = broken->tangled ? untangle(handle, polygon) : GEOSMakeValid_r(handle, polygon);
    bool added = pile_add_singles(p, mended ? mended : polygon, 3);
    GEOSGeom_destroy_r(handle, polygon);
    if (mended)
        GEOSGeom_destroy_r(handle, mended);
    return added;
}

static cairn_span write_wkb(cairn_geos *geos, const GEOSGeometry *geometry, cairn_arena *arena)
{
    size_t n = 0;
    unsigned char *bytes = GEOSWKBWriter_write_r(geos->handle, geos->writer, geometry, &n);
    if (!bytes)
        return CAIRN_SPAN_NONE;
    cairn_span wkb = cairn_arena_copy(arena, cairn_span_make((const char *)bytes, n));
    GEOSFree_r(geos->handle, bytes);
    return wkb;
}

/* Unites what is piled up and writes its singles, without those of lower dimension. */
static bool unite(pile *p, cairn_arena *arena, cairn_span *out_wkb)
{
    GEOSContextHandle_t handle = p->geos->handle;
    pile singles = {.geos = p->geos};
    pile_drop_below(p, p->dimension == 2 ? 2 : 0);
    GEOSGeometry *all = pile_collect(p);
    GEOSGeometry *united = all ? GEOSUnaryUnion_r(handle, all) : NULL;
    bool done = united && pile_add_singles(&singles, united, 3);
    if (done) {
        GEOSGeometry *flat = pile_collect(&singles);
        *out_wkb = flat ? write_wkb(p->geos, flat, arena) : CAIRN_SPAN_NONE;
        if (flat)
            GEOSGeom_destroy_r(handle, flat);
    }
    pile_free(&singles);
    if (united)
        GEOSGeom_destroy_r(handle, united);
    if (all)
        GEOSGeom_destroy_r(handle, all);
    return done && out_wkb->p;
}

cairn_code cairn_geos_mend(cairn_geos *geos, const cairn_broken *polygons, size_t n, cairn_arena *arena,
                           cairn_span *out_wkb, cairn_error *error)
{
    pile p = {.geos = geos};
    bool done = true;
    *out_wkb = cairn_span_make("", 0);
    for (size_t i = 0; i < n && done; i++)
        done = add_mended(&p, &polygons[i]);
    if (done && p.n)
        done = unite(&p, arena, out_wkb);
    pile_free(&p);
    return done ? CAIRN_OK : complain(geos, CAIRN_INVALID, "could not be made valid", error);
}

/* ---- comparing ---- */

static void free_prepared(void *object)
{
    cairn_prepared *p = object;
    if (p->prepared)
        GEOSPreparedGeom_destroy_r(p->geos->handle, p->prepared);
    if (p->geometry)
        GEOSGeom_destroy_r(p->geos->handle, p->geometry);
}

/* Takes the geometry over; NULL is what GEOS failed at. */
static cairn_code prepare(cairn_geos *geos, GEOSGeometry *take_geometry, cairn_arena *arena, cairn_prepared **out,
                          cairn_error *error)
{
    cairn_prepared *p = cairn_arena_calloc(arena, 1, sizeof *p);
    if (!p || !cairn_arena_defer(arena, free_prepared, p)) {
        GEOSGeom_destroy_r(geos->handle, take_geometry);
        return cairn_error_set(error, CAIRN_NOMEM, "geometry: no memory left");
    }
    p->geos = geos;
    p->geometry = take_geometry;
    p->prepared = p->geometry ? GEOSPrepare_r(geos->handle, p->geometry) : NULL;
    if (!p->prepared)
        return complain(geos, CAIRN_INVALID, "not usable", error);
    *out = p;
    return CAIRN_OK;
}

cairn_code cairn_geos_prepare(cairn_geos *geos, cairn_span wkb, cairn_arena *arena, cairn_prepared **out,
                              cairn_error *error)
{
    return prepare(geos, read_wkb(geos, wkb), arena, out, error);
}

/* 1, 0, or 2 when GEOS fails. */
static char meets_any(cairn_geos *geos, cairn_prepared *const *prepared, size_t n, const GEOSGeometry *geometry)
{
    char answer = 0;
    for (size_t i = 0; i < n && answer == 0; i++)
        answer = GEOSPreparedIntersects_r(geos->handle, prepared[i]->prepared, geometry);
    return answer;
}

/* Prepared predicates are not defined for collections of mixed kinds: their members are asked one by one. */
static char meets_collection(cairn_geos *geos, cairn_prepared *const *prepared, size_t n, const GEOSGeometry *geometry)
{
    if (GEOSGeomTypeId_r(geos->handle, geometry) != GEOS_GEOMETRYCOLLECTION)
        return meets_any(geos, prepared, n, geometry);
    char answer = 0;
    int members = GEOSGetNumGeometries_r(geos->handle, geometry);
    for (int i = 0; i < members && answer == 0; i++)
        answer = meets_any(geos, prepared, n, GEOSGetGeometryN_r(geos->handle, geometry, i));
    return answer;
}

cairn_code cairn_geos_meets(cairn_geos *geos, cairn_prepared *const *prepared, size_t n, cairn_span wkb, bool *meets,
                            cairn_error *error)
{
    GEOSGeometry *geometry = read_wkb(geos, wkb);
    if (!geometry)
        return complain(geos, CAIRN_CORRUPT, "the stored footprint can't be read", error);
    char answer = meets_collection(geos, prepared, n, geometry);
    GEOSGeom_destroy_r(geos->handle, geometry);
    if (answer == 2)
        return complain(geos, CAIRN_CORRUPT, "the stored footprint can't be compared", error);
    *meets = answer == 1;
    return CAIRN_OK;
}

/* ---- relations ---- */

static bool is_mixed(cairn_geos *geos, const GEOSGeometry *geometry)
{
    return GEOSGeomTypeId_r(geos->handle, geometry) == GEOS_GEOMETRYCOLLECTION;
}

cairn_code cairn_geos_unite(cairn_geos *geos, cairn_prepared *const *prepared, size_t n, cairn_arena *arena,
                            cairn_prepared **out, cairn_error *error)
{
    pile p = {.geos = geos};
    bool done = true;
    if (n == 1 && !is_mixed(geos, prepared[0]->geometry)) {
        *out = prepared[0];
        return CAIRN_OK;
    }
    for (size_t i = 0; i < n && done; i++)
        done = pile_add_singles(&p, prepared[i]->geometry, 4);
    p.dimension = 0; /* as a collection: singles of two members may overlap */
    GEOSGeometry *all = done ? pile_collect(&p) : NULL;
    GEOSGeometry *united = all ? GEOSUnaryUnion_r(geos->handle, all) : NULL;
    pile_free(&p);
    if (all)
        GEOSGeom_destroy_r(geos->handle, all);
    return prepare(geos, united, arena, out, error);
}

typedef char (*prepared_predicate)(GEOSContextHandle_t, const GEOSPreparedGeometry *, const GEOSGeometry *);
typedef char (*predicate)(GEOSContextHandle_t, const GEOSGeometry *, const GEOSGeometry *);

/* 1, 0, or 2 when GEOS fails: `a relation b`. */
static char relate(cairn_geos *geos, const GEOSGeometry *a, cairn_relation relation, const GEOSGeometry *b)
{
    static const predicate PREDICATES[] = {
        [CAIRN_RELATION_INTERSECTS] = GEOSIntersects_r, [CAIRN_RELATION_DISJOINT] = GEOSDisjoint_r,
        [CAIRN_RELATION_EQUALS] = GEOSEquals_r,         [CAIRN_RELATION_TOUCHES] = GEOSTouches_r,
        [CAIRN_RELATION_CROSSES] = GEOSCrosses_r,       [CAIRN_RELATION_OVERLAPS] = GEOSOverlaps_r,
        [CAIRN_RELATION_WITHIN] = GEOSWithin_r,         [CAIRN_RELATION_CONTAINS] = GEOSContains_r,
    };
    return PREDICATES[relation](geos->handle, a, b);
}

/* The same, where GEOS is quicker with a prepared a. */
static char relate_prepared(cairn_geos *geos, const cairn_prepared *a, cairn_relation relation, const GEOSGeometry *b)
{
    static const prepared_predicate PREDICATES[] = {
        [CAIRN_RELATION_INTERSECTS] = GEOSPreparedIntersects_r,
        [CAIRN_RELATION_DISJOINT] = GEOSPreparedDisjoint_r,
        [CAIRN_RELATION_CONTAINS] = GEOSPreparedContains_r,
    };
    if (!PREDICATES[relation] || is_mixed(geos, a->geometry) || is_mixed(geos, b))
        return relate(geos, a->geometry, relation, b);
    return PREDICATES[relation](geos->handle, a->prepared, b);
}

static cairn_code say(cairn_geos *geos, char answer, bool *holds, cairn_error *error)
{
    *holds = answer == 1;
    return answer == 2 ? complain(geos, CAIRN_CORRUPT, "the footprint can't be compared", error) : CAIRN_OK;
}

cairn_code cairn_geos_relates(cairn_geos *geos, const cairn_prepared *prepared, cairn_relation relation, cairn_span wkb,
                              bool *holds, cairn_error *error)
{
    GEOSGeometry *geometry = read_wkb(geos, wkb);
    if (!geometry)
        return complain(geos, CAIRN_CORRUPT, "the stored footprint can't be read", error);
    if (is_mixed(geos, geometry)) {
        GEOSGeometry *united = GEOSUnaryUnion_r(geos->handle, geometry);
        GEOSGeom_destroy_r(geos->handle, geometry);
        geometry = united;
    }
    char answer = geometry ? relate_prepared(geos, prepared, cairn_relation_converse(relation), geometry) : 2;
    if (geometry)
        GEOSGeom_destroy_r(geos->handle, geometry);
    return say(geos, answer, holds, error);
}

cairn_code cairn_geos_relate(cairn_geos *geos, const cairn_prepared *a, cairn_relation relation,
                             const cairn_prepared *b, bool *holds, cairn_error *error)
{
    return say(geos, relate_prepared(geos, a, relation, b->geometry), holds, error);
}

/* ---- centroids ---- */

static int go_on_eastward(double *x, double *y, void *user)
{
    (void)y, (void)user;
    if (*x < 0)
        *x += 360;
    return 1;
}

static GEOSGeometry *read_eastward(cairn_geos *geos, cairn_span wkb, bool eastward)
{
    GEOSGeometry *geometry = read_wkb(geos, wkb);
    if (!geometry || !eastward)
        return geometry;
    GEOSGeometry *moved = GEOSGeom_transformXY_r(geos->handle, geometry, go_on_eastward, NULL);
    GEOSGeom_destroy_r(geos->handle, geometry);
    return moved;
}

cairn_code cairn_geos_centroid(cairn_geos *geos, cairn_span wkb, bool eastward, double *x, double *y,
                               cairn_error *error)
{
    GEOSGeometry *geometry = read_eastward(geos, wkb, eastward);
    GEOSGeometry *centroid = geometry ? GEOSGetCentroid_r(geos->handle, geometry) : NULL;
    bool known =
        centroid && GEOSGeomGetX_r(geos->handle, centroid, x) == 1 && GEOSGeomGetY_r(geos->handle, centroid, y) == 1;
    if (centroid)
        GEOSGeom_destroy_r(geos->handle, centroid);
    if (geometry)
        GEOSGeom_destroy_r(geos->handle, geometry);
    return known ? CAIRN_OK : complain(geos, CAIRN_CORRUPT, "the stored footprint has no centroid", error);
}
