/* proj:bbox, proj:shape and proj:transform: of three, two imply the third. */
#include "stac/ready/parts.h"

#include <math.h>

/* A number of pixels that is so near to a whole one is meant to be it. */
static const double PIXEL = 0.01, MOST_PIXELS = 2147483647;

static bool read_bbox(cairn_span array, double out[4])
{
    double at[6];
    size_t n = cairn_ready_numbers(array, at, 6), flat = n / 2;
    if (n != 4 && n != 6)
        return false;
    out[0] = at[0], out[1] = at[1], out[2] = at[flat], out[3] = at[flat + 1];
    return out[0] < out[2] && out[1] < out[3];
}

static bool read_shape(cairn_span array, double out[2])
{
    return cairn_ready_numbers(array, out, 2) == 2 && out[0] >= 1 && out[1] >= 1 && out[0] <= MOST_PIXELS &&
           out[1] <= MOST_PIXELS && floor(out[0]) == out[0] && floor(out[1]) == out[1];
}

/* Six numbers, or nine of which the last three are 0, 0, 1. */
static bool read_transform(cairn_span array, double out[6])
{
    double at[9];
    size_t n = cairn_ready_numbers(array, at, 9);
    if (n != 6 && (n != 9 || at[6] != 0 || at[7] != 0 || at[8] != 1))
        return false;
    memcpy(out, at, 6 * sizeof *out);
    return out[0] * out[4] - out[1] * out[3] != 0;
}

cairn_ready_grid cairn_ready_grid_of(cairn_ready *r, const cairn_ready_object *object)
{
    cairn_ready_grid grid = {0};
    grid.has_bbox = read_bbox(cairn_ready_get(r, object, CAIRN_SLOT_PROJ_BBOX), grid.bbox);
    grid.has_shape = read_shape(cairn_ready_get(r, object, CAIRN_SLOT_SHAPE), grid.shape);
    grid.has_transform = read_transform(cairn_ready_get(r, object, CAIRN_SLOT_TRANSFORM), grid.transform);
    return grid;
}

bool cairn_ready_grid_corners(const cairn_ready_grid *grid, double x[4], double y[4])
{
    static const int column[4] = {0, 0, 1, 1}, row[4] = {0, 1, 1, 0};
    const double *t = grid->transform, *b = grid->bbox;
    if (grid->has_transform && grid->has_shape) {
        for (int i = 0; i < 4; i++) {
            double c = column[i] * grid->shape[1], w = row[i] * grid->shape[0];
            x[i] = t[0] * c + t[1] * w + t[2];
            y[i] = t[3] * c + t[4] * w + t[5];
        }
        return true;
    }
    for (int i = 0; i < 4 && grid->has_bbox; i++) {
        x[i] = b[column[i] * 2];
        y[i] = b[row[i] ? 1 : 3];
    }
    return grid->has_bbox;
}

static bool imply_bbox(const cairn_ready_grid *grid, double out[4])
{
    double x[4], y[4];
    if (!grid->has_transform || !grid->has_shape || !cairn_ready_grid_corners(grid, x, y))
        return false;
    out[0] = fmin(fmin(x[0], x[1]), fmin(x[2], x[3]));
    out[1] = fmin(fmin(y[0], y[1]), fmin(y[2], y[3]));
    out[2] = fmax(fmax(x[0], x[1]), fmax(x[2], x[3]));
    out[3] = fmax(fmax(y[0], y[1]), fmax(y[2], y[3]));
    return isfinite(out[0]) && isfinite(out[1]) && isfinite(out[2]) && isfinite(out[3]);
}

/* North up: a bbox says nothing else. */
static bool imply_transform(const cairn_ready_grid *grid, double out[6])
{
    const double *b = grid->bbox;
    if (!grid->has_bbox || !grid->has_shape)
        return false;
    out[0] = (b[2] - b[0]) / grid->shape[1];
    out[4] = -(b[3] - b[1]) / grid->shape[0];
    out[2] = b[0];
    out[5] = b[3];
    out[1] = out[3] = 0;
    return isfinite(out[0]) && isfinite(out[4]) && out[0] > 0 && out[4] < 0;
}

static bool count_pixels(double length, double size, double *out)
{
    double exact = length / fabs(size);
    *out = rint(exact);
    return isfinite(exact) && *out >= 1 && *out <= MOST_PIXELS && fabs(exact - *out) <= PIXEL;
}

/* Of a grid along the axes that begins at a corner of its bbox. */
static bool imply_shape(const cairn_ready_grid *grid, double out[2])
{
    const double *b = grid->bbox, *t = grid->transform;
    if (!grid->has_bbox || !grid->has_transform || t[1] != 0 || t[3] != 0)
        return false;
    double x = t[0] > 0 ? b[0] : b[2], y = t[4] < 0 ? b[3] : b[1];
    if (fabs(t[2] - x) > PIXEL * fabs(t[0]) || fabs(t[5] - y) > PIXEL * fabs(t[4]))
        return false;
    return count_pixels(b[3] - b[1], t[4], &out[0]) && count_pixels(b[2] - b[0], t[0], &out[1]);
}

static void put_numbers(cairn_ready *r, cairn_ready_object *object, cairn_ready_slot slot, const double *at, size_t n)
{
    cairn_buf buf = CAIRN_BUF_INIT(1024);
    for (size_t i = 0; i < n; i++) {
        cairn_buf_add_byte(&buf, i ? ',' : '[');
        cairn_buf_add_json_number(&buf, at[i] == 0 ? 0 : at[i]);
    }
    cairn_buf_add_byte(&buf, ']');
    cairn_ready_put(r, object, slot, cairn_ready_take(r, &buf));
}

static bool same_numbers(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

/* Fills what `grid` (its own fields, and those that it has of the item) implies, unless it has that of the item. */
static void fill_grid(cairn_ready *r, cairn_ready_object *object, cairn_ready_grid *grid, const cairn_ready_grid *has)
{
    cairn_ready_grid more = *grid;
    if (!grid->has_transform && imply_transform(grid, more.transform)) {
        more.has_transform = true;
        if (!has || !has->has_transform || !same_numbers(has->transform, more.transform, 6))
            put_numbers(r, object, CAIRN_SLOT_TRANSFORM, more.transform, 6);
    }
    if (!grid->has_bbox && imply_bbox(grid, more.bbox)) {
        more.has_bbox = true;
        if (!has || !has->has_bbox || !same_numbers(has->bbox, more.bbox, 4))
            put_numbers(r, object, CAIRN_SLOT_PROJ_BBOX, more.bbox, 4);
    }
    if (!grid->has_shape && imply_shape(grid, more.shape)) {
        more.has_shape = true;
        if (!has || !has->has_shape || !same_numbers(has->shape, more.shape, 2))
            put_numbers(r, object, CAIRN_SLOT_SHAPE, more.shape, 2);
    }
    *grid = more;
}

/* What a field that is there, but of another kind, says is not guessed. */
static bool is_free(const cairn_ready_object *object, cairn_ready_slot slot)
{
    return !object->at[slot] || cairn_json_is_null(object->at[slot]->raw);
}

static bool may_fill(const cairn_ready_object *object, const cairn_ready_grid *own)
{
    return (own->has_bbox || is_free(object, CAIRN_SLOT_PROJ_BBOX)) &&
           (own->has_shape || is_free(object, CAIRN_SLOT_SHAPE)) &&
           (own->has_transform || is_free(object, CAIRN_SLOT_TRANSFORM));
}

static bool has_grid_field(const cairn_ready_object *object)
{
    return object->at[CAIRN_SLOT_PROJ_BBOX] || object->at[CAIRN_SLOT_SHAPE] || object->at[CAIRN_SLOT_TRANSFORM];
}

/* The asset's own fields and, where it says nothing (not even null), the item's: unless two of its own imply the third,
 * or it has a reference system of its own. */
static cairn_ready_grid inherit(const cairn_ready_object *asset, cairn_ready_grid own, const cairn_ready_grid *item)
{
    cairn_ready_grid grid = own;
    if (own.has_bbox + own.has_shape + own.has_transform != 1 || cairn_ready_has_crs(asset))
        return grid;
    if (!asset->at[CAIRN_SLOT_PROJ_BBOX] && item->has_bbox)
        memcpy(grid.bbox, item->bbox, sizeof grid.bbox), grid.has_bbox = true;
    if (!asset->at[CAIRN_SLOT_SHAPE] && item->has_shape)
        memcpy(grid.shape, item->shape, sizeof grid.shape), grid.has_shape = true;
    if (!asset->at[CAIRN_SLOT_TRANSFORM] && item->has_transform)
        memcpy(grid.transform, item->transform, sizeof grid.transform), grid.has_transform = true;
    return grid;
}

/* The fields of a grid in the order in which they are filled. */
enum { FIELDS = 3 };
static const cairn_ready_slot fields[FIELDS] = {CAIRN_SLOT_TRANSFORM, CAIRN_SLOT_PROJ_BBOX, CAIRN_SLOT_SHAPE};

/* What an asset said, and what it was given for it. */
typedef struct filled_asset {
    bool known, has_crs;
    cairn_span said[FIELDS], given[FIELDS];
} filled_asset;

static void read_said(cairn_ready *r, const cairn_ready_object *asset, cairn_span out[FIELDS])
{
    for (int i = 0; i < FIELDS; i++)
        out[i] = asset->at[fields[i]] ? cairn_ready_text(r, asset->at[fields[i]]) : CAIRN_SPAN_NONE;
}

/* Fills an asset as the one before, if it says the same: as most assets of an item do. */
static bool fill_alike(cairn_ready *r, cairn_ready_object *asset, const filled_asset *before, const cairn_span *said)
{
    bool alike = before->known && before->has_crs == cairn_ready_has_crs(asset);
    for (int i = 0; i < FIELDS && alike; i++)
        alike = cairn_span_equal(said[i], before->said[i]);
    for (int i = 0; i < FIELDS && alike; i++)
        if (before->given[i].p)
            cairn_ready_put(r, asset, fields[i], before->given[i]);
    return alike;
}

static void keep_filled(const cairn_ready_object *asset, const cairn_span *said, filled_asset *out)
{
    *out = (filled_asset){.known = true, .has_crs = cairn_ready_has_crs(asset)};
    for (int i = 0; i < FIELDS; i++) {
        const cairn_jnode *now = asset->at[fields[i]];
        out->said[i] = said[i];
        out->given[i] = now && now->kind == CAIRN_J_RAW && now->raw.p != said[i].p ? now->raw : CAIRN_SPAN_NONE;
    }
}

static void fill_asset(cairn_ready *r, cairn_ready_object *asset, const cairn_ready_grid *said,
                       const cairn_ready_grid *filled)
{
    cairn_ready_grid own = cairn_ready_grid_of(r, asset);
    cairn_ready_grid grid = inherit(asset, own, said);
    if ((own.has_bbox || own.has_shape || own.has_transform) && may_fill(asset, &own))
        fill_grid(r, asset, &grid, filled);
}

void cairn_ready_grids(cairn_ready *r)
{
    cairn_ready_grid said = {0}, filled = {0};
    filled_asset before = {0};
    if (r->properties.node) {
        said = filled = cairn_ready_grid_of(r, &r->properties);
        if (may_fill(&r->properties, &said))
            fill_grid(r, &r->properties, &filled, NULL);
    }
    for (size_t i = 0; i < r->n_assets && !r->failed; i++) {
        cairn_ready_object *asset = &r->assets[i];
        if (!has_grid_field(asset))
            continue;
        cairn_span texts[FIELDS];
        read_said(r, asset, texts);
        if (fill_alike(r, asset, &before, texts))
            continue;
        fill_asset(r, asset, &said, &filled);
        keep_filled(asset, texts, &before);
    }
}
