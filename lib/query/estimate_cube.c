/* The cube that a client builds. */
#include "query/estimate_parts.h"
#include "stac/crs_between.h"

#include <math.h>

static const uint64_t CHUNK_BYTES = 64 << 20, CHUNK_STEP = 256, WORKER_BYTES = UINT64_C(4) << 30;

/* Sides beyond this are no grid that anybody has. */
static const double SIDE_MAX = 1e15;

static uint64_t times4(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    return cairn_saturated_product(cairn_saturated_product(a, b), cairn_saturated_product(c, d));
}

static uint64_t divide_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

/* ---- where ---- */

static const cairn_estimate_system *find(const cairn_estimate *e, const cairn_crs *crs)
{
    for (size_t i = 0; i < e->n_systems; i++)
        if (strcmp(e->systems[i].crs.name, crs->name) == 0)
            return &e->systems[i];
    return NULL;
}

/* The one that most arrays have; of equals the first that was met. */
static const cairn_estimate_system *commonest(const cairn_estimate *e)
{
    const cairn_estimate_system *best = e->n_systems ? &e->systems[0] : NULL;
    for (size_t i = 1; i < e->n_systems; i++)
        if (e->systems[i].arrays > best->arrays)
            best = &e->systems[i];
    return best;
}

/* The pixel of another system's middle, brought into `crs`: what a client takes that has no pixel in it. */
static void resolution_between(const cairn_estimate_system *system, const cairn_crs *crs, double out[2])
{
    double x = (system->box[0] + system->box[2]) / 2, y = (system->box[1] + system->box[3]) / 2;
    double pixel[4] = {x, y, x + system->resolution[0], y + system->resolution[1]};
    if (!cairn_crs_box_between(&system->crs, crs, pixel))
        return;
    out[0] = fmin(out[0], pixel[2] - pixel[0]);
    out[1] = fmin(out[1], pixel[3] - pixel[1]);
}

static void choose_resolution(const cairn_estimate *e, cairn_estimate_result *out)
{
    const cairn_estimate_system *own = find(e, &out->crs);
    double *r = out->resolution;
    r[0] = r[1] = e->wanted.resolution > 0 ? e->wanted.resolution : INFINITY;
    if (e->wanted.resolution > 0)
        return;
    if (own)
        memcpy(r, own->resolution, sizeof out->resolution);
    for (size_t i = 0; i < e->n_systems && !own; i++)
        resolution_between(&e->systems[i], &out->crs, r);
}

static bool unite_boxes(const cairn_estimate *e, const cairn_crs *crs, double box[4])
{
    for (size_t i = 0; i < e->n_systems; i++) {
        double moved[4];
        memcpy(moved, e->systems[i].box, sizeof moved);
        if (!cairn_crs_box_between(&e->systems[i].crs, crs, moved))
            return false;
        cairn_estimate_unite(box, moved);
    }
    return e->n_systems > 0;
}

/* A box over the antimeridian is no box in most systems: then nothing is cut. */
static bool cut_box(const cairn_estimate *e, const cairn_crs *crs, double box[4])
{
    const cairn_crs degrees = {"OGC:CRS84"};
    double wanted[4] = {e->wanted.box.west, e->wanted.box.south, e->wanted.box.east, e->wanted.box.north};
    if (!e->wanted.has_box || wanted[0] > wanted[2] || !cairn_crs_box_between(&degrees, crs, wanted))
        return false;
    for (int i = 0; i < 2; i++) {
        box[i] = fmax(box[i], wanted[i]);
        box[i + 2] = fmin(box[i + 2], wanted[i + 2]);
    }
    return box[0] < box[2] && box[1] < box[3];
}

/* ---- how much ---- */

/* The side of a square chunk of one band and time of at most CHUNK_BYTES, a multiple of CHUNK_STEP. */
static uint64_t chunk_side(uint64_t bytes_of_a_value)
{
    uint64_t side = (uint64_t)sqrt((double)CHUNK_BYTES / (double)(bytes_of_a_value ? bytes_of_a_value : 8));
    return side < CHUNK_STEP ? CHUNK_STEP : side / CHUNK_STEP * CHUNK_STEP;
}

static void measure(const cairn_estimate *e, const cairn_estimate_result *r, cairn_estimate_cube *cube)
{
    uint64_t layer = cairn_saturated_product(cube->width, cube->height);
    uint64_t value = r->value_bytes ? divide_up(r->value_bytes, r->bands) : 8;
    uint64_t worker = e->wanted.worker_bytes ? e->wanted.worker_bytes : WORKER_BYTES;
    cube->values = times4(r->times, r->bands, layer, 1);
    cube->bytes = times4(r->times, r->value_bytes ? r->value_bytes : 8 * r->bands, layer, 1);
    cube->float64_bytes = times4(r->items_with, r->bands, layer, 8);
    cube->chunk_side = chunk_side(value);
    uint64_t wide = cube->width < cube->chunk_side ? cube->width : cube->chunk_side;
    uint64_t high = cube->height < cube->chunk_side ? cube->height : cube->chunk_side;
    cube->chunk_bytes = times4(wide, high, value, 1);
    cube->chunks =
        times4(r->times, r->bands, divide_up(cube->width, cube->chunk_side), divide_up(cube->height, cube->chunk_side));
    cube->workers = divide_up(cairn_saturated_product(cube->bytes, 2), worker);
    if (cube->workers > cube->chunks)
        cube->workers = cube->chunks;
}

/* Corners go outward to multiples of the resolution, as clients do it. */
static bool lay_grid(const double box[4], const double resolution[2], cairn_estimate_cube *out)
{
    uint64_t sides[2];
    for (int i = 0; i < 2; i++) {
        double first = floor(box[i] / resolution[i]), last = ceil(box[i + 2] / resolution[i]), n = last - first;
        if (!(n >= 1 && n < SIDE_MAX))
            return false;
        out->box[i] = first * resolution[i];
        out->box[i + 2] = last * resolution[i];
        sides[i] = (uint64_t)n;
    }
    out->width = sides[0];
    out->height = sides[1];
    return true;
}

static void add_up_bands(const cairn_estimate *e, cairn_estimate_result *out)
{
    bool known = true;
    for (size_t i = 0; i < e->n_assets; i++) {
        const cairn_estimate_asset *asset = &e->assets[i];
        if (!asset->has_grid)
            continue;
        out->bands = cairn_saturated_sum(out->bands, asset->bands);
        out->value_bytes = cairn_saturated_sum(out->value_bytes, asset->value_bytes);
        known = known && asset->value_bytes;
    }
    if (!known)
        out->value_bytes = 0;
}

static void build(const cairn_estimate *e, cairn_estimate_result *out)
{
    double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    choose_resolution(e, out);
    add_up_bands(e, out);
    if (!unite_boxes(e, &out->crs, box) || !out->bands)
        return;
    out->has_cube = lay_grid(box, out->resolution, &out->whole);
    out->has_cut = out->has_cube && cut_box(e, &out->crs, box) && lay_grid(box, out->resolution, &out->cut);
    if (out->has_cube)
        measure(e, out, &out->whole);
    if (out->has_cut)
        measure(e, out, &out->cut);
}

cairn_code cairn_estimate_result_of(const cairn_estimate *e, cairn_estimate_result *out, cairn_error *error)
{
    double world[4] = {-1, -1, 1, 1};
    const cairn_crs degrees = {"OGC:CRS84"};
    const cairn_estimate_system *system = commonest(e);
    *out = (cairn_estimate_result){.items = e->items,
                                   .items_with = e->items_with,
                                   .items_unknown = e->items_unknown,
                                   .arrays = e->arrays,
                                   .unknown_arrays = e->unknown_arrays,
                                   .bytes = e->bytes,
                                   .others = e->others,
                                   .assets = e->assets,
                                   .n_assets = e->n_assets,
                                   .times = e->times.n,
                                   .systems = e->n_systems,
                                   .gridless = e->gridless};
    if (e->wanted.has_crs && !cairn_crs_box_between(&e->wanted.crs, &degrees, world))
        return cairn_error_set(error, CAIRN_INVALID, "PROJ knows no reference system '%s'", e->wanted.crs.name);
    if (!system)
        return CAIRN_OK;
    out->crs = e->wanted.has_crs ? e->wanted.crs : system->crs;
    build(e, out);
    return CAIRN_OK;
}
