#include "stac/geos.h"
#include "stac/shape.h"

#include "base/json.h"

#include <math.h>
#include <stdio.h>

static const char POINTER[] = "/geometry";

enum { ITEM_VERTICES = 1000000, ITEM_DEPTH = 4 };

/* What GEOS makes valid in about a second by its linework method (10,000 positions), and in a few by any. */
enum { TANGLED_CROSSINGS = 500, LARGE_BYTES = 160000, MOST_CROSSINGS = 100000 };

/* What the steps of one reading share. */
typedef struct reading {
    cairn_geos *geos;
    cairn_arena *arena;
    cairn_shape shape;
    bool strict;
    bool repaired;
    cairn_warnings *warnings;
    cairn_error *error;
} reading;

/* What is said of a repair, and of its refusal when strict. */
static const struct {
    const char *wrong, *done;
} fault_words[CAIRN_FAULTS] = {
    [CAIRN_FAULT_UNCLOSED] = {"a ring does not end with its first position", "closed"},
    [CAIRN_FAULT_SHORT_RING] = {"a ring has fewer than four positions",
                                "holes dropped, exteriors indexed as what is left"},
    [CAIRN_FAULT_SHORT_LINE] = {"a line has only one position", "indexed as a point"},
    [CAIRN_FAULT_LONGITUDE] = {"a longitude is beyond -180 to 180", "wrapped"},
    [CAIRN_FAULT_LATITUDE] = {"a latitude is slightly beyond -90 to 90", "clamped"},
    [CAIRN_FAULT_COLLECTION] = {"STAC does not allow a GeometryCollection", "its parts are indexed together"},
    [CAIRN_FAULT_EMPTY] = {"the geometry has no coordinates", "read as null"},
};

/* Warns of a repair or, when strict, refuses it. */
static cairn_code repair(reading *r, const char *pointer, const char *wrong, const char *done)
{
    if (r->strict) {
        cairn_error_set(r->error, CAIRN_INVALID, "geometry: %s", wrong);
        cairn_error_at_pointer(r->error, pointer);
        return CAIRN_INVALID;
    }
    r->repaired = true;
    cairn_warn(r->warnings, r->arena, pointer, "geometry: %s; %s", wrong, done);
    return CAIRN_OK;
}

static cairn_code report_faults(reading *r)
{
    for (int i = 0; i < CAIRN_FAULTS; i++) {
        cairn_span pointer = r->shape.faults[i];
        cairn_code code = pointer.p ? repair(r, pointer.p, fault_words[i].wrong, fault_words[i].done) : CAIRN_OK;
        if (code)
            return code;
    }
    return CAIRN_OK;
}

static cairn_code project(reading *r)
{
    if (!cairn_shape_has_foreign_crs(&r->shape))
        return CAIRN_OK;
    cairn_code code = repair(r, "/geometry/crs", "it is not in longitude and latitude", "reprojected from its crs");
    return code ? code : cairn_shape_project(&r->shape, POINTER, r->error);
}

static void clamp_latitudes(cairn_shape *shape)
{
    for (size_t i = 0; i < shape->count; i++)
        for (size_t k = 0; k < shape->parts[i].count; k++) {
            cairn_path path = shape->parts[i].paths[k];
            for (size_t v = 0; v < path.n; v++)
                path.at[v].y = fmin(fmax(path.at[v].y, -90), 90);
        }
}

static cairn_code cut(reading *r)
{
    bool crossed = false;
    cairn_code code = cairn_shape_cut(&r->shape, &crossed, r->error);
    if (code || !crossed)
        return code;
    return repair(r, POINTER, "it crosses the antimeridian in one piece", "cut there");
}

static cairn_code no_memory(reading *r)
{
    return cairn_error_set(r->error, CAIRN_NOMEM, "geometry: no memory left for it");
}

/* ---- validity ---- */

static bool is_surely_valid(const cairn_shape *shape)
{
    size_t polygons = 0;
    for (size_t i = 0; i < shape->count; i++) {
        const cairn_part *part = &shape->parts[i];
        if (part->kind != CAIRN_PART_POLYGON)
            continue;
        if (++polygons > 1 || part->count > 1 || !cairn_ring_is_convex(part->paths[0]))
            return false;
    }
    return true;
}

/* Takes the polygons out of the shape, as one WKB each. `crossings`: and touches of each part with itself. */
static cairn_broken *take_polygons(cairn_shape *shape, const size_t *crossings, size_t *n)
{
    size_t kept = 0;
    cairn_broken *polygons = cairn_arena_calloc(shape->arena, shape->count, sizeof *polygons);
    *n = 0;
    for (size_t i = 0; i < shape->count && polygons; i++) {
        if (shape->parts[i].kind != CAIRN_PART_POLYGON)
            continue;
        cairn_span wkb = cairn_wkb_write(shape, i, i + 1);
        if (!wkb.p)
            return NULL;
        polygons[(*n)++] = (cairn_broken){wkb, crossings[i] > TANGLED_CROSSINGS || wkb.n > LARGE_BYTES};
    }
    for (size_t i = 0; i < shape->count; i++)
        if (shape->parts[i].kind != CAIRN_PART_POLYGON)
            shape->parts[kept++] = shape->parts[i];
    shape->count = kept;
    return polygons;
}

static cairn_code mend(reading *r)
{
    size_t n, total, *own = cairn_arena_calloc(r->arena, r->shape.count, sizeof *own);
    if (!own || !cairn_shape_count_crossings(&r->shape, MOST_CROSSINGS, &total, own))
        return no_memory(r);
    if (total >= MOST_CROSSINGS) {
        cairn_error_set(r->error, CAIRN_TOO_LARGE,
                        "geometry: edges of its polygons cross %d times or more: that is too much to be made valid",
                        (int)MOST_CROSSINGS);
        cairn_error_at_pointer(r->error, POINTER);
        return CAIRN_TOO_LARGE;
    }
    cairn_span wkb;
    cairn_broken *polygons = take_polygons(&r->shape, own, &n);
    if (!polygons)
        return no_memory(r);
    cairn_code code = cairn_geos_mend(r->geos, polygons, n, r->arena, &wkb, r->error);
    if (code)
        cairn_error_at_pointer(r->error, POINTER);
    else if (wkb.n && !cairn_wkb_read(wkb, &r->shape))
        code = no_memory(r);
    return code;
}

/* Makes `wkb` (of the whole shape) valid. */
static cairn_code check_validity(reading *r, cairn_span *wkb)
{
    char reason[CAIRN_GEOS_REASON_MAX], wrong[CAIRN_GEOS_REASON_MAX + 32];
    bool valid = true;
    if (is_surely_valid(&r->shape))
        return CAIRN_OK;
    cairn_code code = cairn_geos_validate(r->geos, *wkb, &valid, reason, r->error);
    if (code || valid)
        return code;
    snprintf(wrong, sizeof wrong, "its polygons are invalid: %s", reason);
    if ((code = repair(r, POINTER, wrong, "made valid")) || (code = mend(r)))
        return code;
    *wkb = r->shape.count ? cairn_wkb_write(&r->shape, 0, r->shape.count) : CAIRN_SPAN_NONE;
    return wkb->p || !r->shape.count ? CAIRN_OK : no_memory(r);
}

static cairn_code finish(reading *r, cairn_footprint *out)
{
    if (r->repaired && !cairn_shape_settle_lines(&r->shape))
        return no_memory(r);
    cairn_span wkb = cairn_wkb_write(&r->shape, 0, r->shape.count);
    if (!wkb.p)
        return no_memory(r);
    cairn_code code = check_validity(r, &wkb);
    if (code)
        return code;
    if (!r->shape.count)
        return repair(r, POINTER, "nothing is left of its polygons", "read as null");
    if (!cairn_shape_box(&r->shape, &out->box))
        return no_memory(r);
    out->present = true;
    out->wkb = wkb;
    return CAIRN_OK;
}

static cairn_code read_steps(reading *r, cairn_span geojson, const cairn_geojson_rules *rules, cairn_footprint *out)
{
    cairn_code code = cairn_shape_from_geojson(geojson, rules, &r->shape, r->error);
    if (code || (code = project(r)) || (code = report_faults(r)) || !r->shape.count)
        return code;
    if (r->shape.faults[CAIRN_FAULT_LATITUDE].p)
        clamp_latitudes(&r->shape);
    code = cut(r);
    return code ? code : finish(r, out);
}

cairn_code cairn_footprint_read(cairn_geos *geos, cairn_span geojson, bool strict, const cairn_geometry_limits *limits,
                                cairn_arena *arena, cairn_footprint *out, cairn_warnings *warnings, cairn_error *error)
{
    const cairn_geojson_rules rules = {
        .pointer = POINTER,
        .max_vertices = limits && limits->max_vertices ? limits->max_vertices : ITEM_VERTICES,
        .max_depth = limits && limits->max_depth ? limits->max_depth : ITEM_DEPTH,
    };
    reading r = {.geos = geos,
                 .arena = arena,
                 .shape = {.arena = arena},
                 .strict = strict,
                 .warnings = warnings,
                 .error = error};
    *out = (cairn_footprint){.present = false};
    if (cairn_json_is_null(geojson))
        return CAIRN_OK;
    cairn_code code = read_steps(&r, geojson, &rules, out);
    out->repaired = r.repaired;
    return code;
}
