/* stackstac 0.5.1: stackstac.stack(item), prepare.py. It takes every asset with the media type of a raster, and one of
 * them that it can't place ends the whole; an array needs one proj:epsg for all. Feed it dicts: pystac >= 1.12 renames
 * proj:epsg to proj:code, which stackstac doesn't read. */
#include "base/json.h"
#include "stac/loads/rules.h"
#include "stac/time.h"

#include <math.h>
#include <stdio.h>

static const cairn_loads_fault no_assets = {
    "no-media-type",
    "no asset has one of the media types that stackstac takes: image/tiff (with any parameters), "
    "image/x.geotiff, image/vnd.stac.geotiff, image/jp2",
    "give the assets their media types (Cairn's load-ready form does where the name tells), or name them: "
    "assets=[...]"};
static const cairn_loads_fault no_image = {
    "not-an-image",
    "stackstac is for single images (TIFF, JP2), and the item's data are netCDF, HDF, GRIB or Zarr; a media type or "
    "assets=[...] changes nothing",
    "open it with xarray on the asset's href"};
static const cairn_loads_fault bad_type = {"bad-media-type", "a media type has more than one '/', or is no text",
                                           "correct the asset's type"};
static const cairn_loads_fault no_epsg = {
    "no-epsg", "stackstac reads the reference system from proj:epsg only, and an asset has none",
    "proj:epsg: Cairn's load-ready form has it where the reference system is known and has a code; 'cairn enrich' "
    "reads "
    "it from the file; or say it: epsg=..."};
static const cairn_loads_fault epsg_type = {"epsg-type", "proj:epsg is no whole number", "write it as a number: 32632"};
static const cairn_loads_fault several_crs = {"several-crs", "the assets of the item have several reference systems",
                                              "say which one is wanted: epsg=..., or fewer assets: assets=[...]"};
static const cairn_loads_fault unknown_crs = {"unknown-crs", "PROJ knows no EPSG code like the proj:epsg",
                                              "correct the code, or say it: epsg=..."};
static const cairn_loads_fault several_bands = {
    "several-bands", "an asset's raster:bands has not exactly one band, which ends the whole call",
    "leave the asset out: assets=[...] with the others; odc-stac and rioxarray read several bands"};
static const cairn_loads_fault scale_type = {"scale-type", "scale or offset of an asset's raster:bands is no number",
                                             "leave it out where there is none, or call with rescale=False"};
static const cairn_loads_fault no_resolution = {
    "no-resolution", "an asset has neither proj:transform nor proj:shape",
    "proj:transform: 'cairn enrich' reads it from the file; or say it: resolution=..."};
static const cairn_loads_fault no_bounds = {
    "no-bounds", "an asset has no proj:bbox, no proj:transform with proj:shape, and the item no bbox",
    "a bbox; Cairn's load-ready form makes it of the geometry or the proj fields; or say it: bounds=..."};
static const cairn_loads_fault bad_numbers = {
    "bad-proj-fields",
    "a proj:bbox, bbox, proj:shape or proj:transform has not the numbers that it should: four, four, "
    "two, at least six",
    "correct them in the source; a bbox with heights is no fault of the item: give bounds=..., or proj:bbox"};
static const cairn_loads_fault not_rectilinear = {"not-rectilinear",
                                                  "the proj:transform of an asset is rotated or sheared",
                                                  "say the resolution: resolution=... ; or leave the asset out"};
static const cairn_loads_fault no_size = {"no-size", "the extent or the resolution of the array is nothing",
                                          "correct proj:bbox, proj:shape or proj:transform in the source"};
static const cairn_loads_fault too_large = {
    "too-large", "the extent and the resolution make an array beyond all memory: they are not in the same units",
    "correct proj:bbox and proj:transform in the source"};
static const cairn_loads_fault no_datetime_key = {"no-datetime", "the item's properties have no datetime, null or not",
                                                  "give it one; null with a range is enough"};
static const cairn_loads_fault bad_datetime = {"bad-datetime", "pandas can't read the item's datetime",
                                               "write it as RFC 3339 has it: 2024-05-01T10:00:00Z"};
static const cairn_loads_fault ragged = {
    "ragged-field", "a field holds lists of unequal lengths in a list, of which NumPy makes no coordinate",
    "stackstac.stack(..., properties=False) or band_coords=False"};

static const cairn_loads_fault bad_eo_bands = {
    "eo-bands", "the one band in an asset's eo:bands is no object, as before STAC 1.0.0-beta.1",
    "Cairn's load-ready form has it as an object; or band_coords=False"};

static const cairn_loads_fault note_nat = {"datetime-null",
                                           "the item stands at NaT in time: it has a range and no datetime",
                                           "odc-stac takes start_datetime; here: array.assign_coords(time=...)"};
static const cairn_loads_fault note_resampled = {
    "resampled", "without proj:transform the grid is guessed from a box, and pixels may be resampled",
    "proj:transform: Cairn's load-ready form makes it of proj:bbox and proj:shape; 'cairn enrich' reads it from the "
    "file"};
static const cairn_loads_fault note_dicts = {
    "feed-dicts", "pystac 1.12 and later turn proj:epsg into proj:code, which stackstac doesn't read",
    "stackstac.stack(list(search.items_as_dicts())), no pystac objects"};

/* What the call has found out by the asset it is at. */
typedef struct stack {
    const cairn_loads_facts *facts;
    cairn_span epsg; /* absent before the first asset */
    double bounds[4], resolution[2];
    bool resampled;
    cairn_span bands; /* raster:bands that were found right, or absent */
} stack;

typedef enum pick { PICK_NO, PICK_YES, PICK_FAULT } pick;

/* Mimetype.from_str() and is_valid_for(). */
static pick picks(const cairn_loads_asset *asset)
{
    static const char *const wanted[] = {"image/tiff", "image/x.geotiff", "image/vnd.stac.geotiff", "image/jp2"};
    if (!cairn_loads_has(asset->type))
        return PICK_NO;
    if (!asset->media_type.p)
        return PICK_FAULT;
    cairn_span bare = cairn_span_trim(cairn_loads_before(asset->media_type, ';'));
    size_t head = cairn_loads_before(bare, '/').n;
    if (head < bare.n && memchr(bare.p + head + 1, '/', bare.n - head - 1))
        return PICK_FAULT;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (cairn_span_is(bare, wanted[i]))
            return PICK_YES;
    return PICK_NO;
}

/* True for a value that np.can_cast(type(value), float64) takes. */
static bool is_scale(cairn_span band, const char *name)
{
    cairn_span value = cairn_json_get(band, name);
    char kind = cairn_json_kind(value);
    return !value.p || kind == '0' || kind == 't' || kind == 'f';
}

static const cairn_loads_fault *judge_bands(const cairn_loads_asset *asset)
{
    cairn_span band;
    if (!cairn_loads_has(asset->raster_bands))
        return NULL;
    if (cairn_json_count(asset->raster_bands) != 1)
        return &several_bands;
    cairn_json_walk walk = cairn_json_walk_array(asset->raster_bands);
    if (!cairn_json_next_element(&walk, &band) || cairn_json_kind(band) != '{')
        return &several_bands;
    return is_scale(band, "scale") && is_scale(band, "offset") ? NULL : &scale_type;
}

static bool is_whole(cairn_span number)
{
    return cairn_json_kind(number) == '0' && !memchr(number.p, '.', number.n) && !memchr(number.p, 'e', number.n) &&
           !memchr(number.p, 'E', number.n);
}

static const cairn_loads_fault *judge_crs(stack *s, cairn_span epsg)
{
    if (!cairn_loads_has(epsg))
        return &no_epsg;
    if (s->epsg.p && !cairn_span_equal(s->epsg, epsg))
        return &several_crs;
    s->epsg = epsg;
    return is_whole(epsg) ? NULL : &epsg_type;
}

/* reproject_bounds(item bbox, 4326, epsg): only what becomes of it is not known here, a size of one stands for it. */
static const cairn_loads_fault *bounds_of_item(const stack *s, double bounds[4])
{
    char name[32];
    if (!s->facts->bbox.text.p)
        return &no_bounds;
    if (s->facts->bbox.n != 4)
        return &bad_numbers;
    memcpy(bounds, s->facts->bbox.at, 4 * sizeof *bounds);
    if (cairn_span_is(s->epsg, "4326"))
        return NULL;
    snprintf(name, sizeof name, "EPSG:%.*s", CAIRN_SPAN_FMT(s->epsg));
    return cairn_loads_crs_known(s->facts, cairn_span_of(name)) ? NULL : &unknown_crs;
}

static void bounds_of_grid(const double *t, const double *shape, double bounds[4])
{
    double x[] = {t[2], t[2] + t[1] * shape[0], t[2] + t[0] * shape[1], t[2] + t[0] * shape[1] + t[1] * shape[0]};
    double y[] = {t[5], t[5] + t[4] * shape[0], t[5] + t[3] * shape[1], t[5] + t[3] * shape[1] + t[4] * shape[0]};
    bounds[0] = bounds[2] = x[0];
    bounds[1] = bounds[3] = y[0];
    for (int i = 1; i < 4; i++) {
        bounds[0] = fmin(bounds[0], x[i]);
        bounds[1] = fmin(bounds[1], y[i]);
        bounds[2] = fmax(bounds[2], x[i]);
        bounds[3] = fmax(bounds[3], y[i]);
    }
}

typedef struct grid {
    const cairn_loads_list *bbox, *shape, *transform;
    double bounds[4];
    bool has_transform, has_shape, of_item; /* the bounds are the item's, in degrees */
    const cairn_loads_fault *no_bounds;     /* told only after what the resolution lacks */
} grid;

static grid grid_of(const cairn_loads_proj *own, const cairn_loads_proj *common)
{
    grid g = {.bbox = cairn_loads_own_list(&own->bbox, &common->bbox),
              .shape = cairn_loads_own_list(&own->shape, &common->shape),
              .transform = cairn_loads_own_list(&own->transform, &common->transform)};
    g.has_transform = cairn_loads_has(g.transform->text);
    g.has_shape = cairn_loads_has(g.shape->text);
    return g;
}

static const cairn_loads_fault *find_bounds(const stack *s, grid *g)
{
    const cairn_loads_proj *common = &s->facts->proj;
    if ((g->has_transform && g->transform->n < 6) || (g->has_shape && g->shape->n < 2))
        return &bad_numbers;
    if (cairn_loads_has(g->bbox->text) && cairn_loads_same(g->transform, &common->transform) &&
        cairn_loads_same(g->shape, &common->shape)) {
        memcpy(g->bounds, g->bbox->at, sizeof g->bounds);
        return g->bbox->n == 4 ? NULL : &bad_numbers;
    }
    if (g->has_transform && g->has_shape) {
        bounds_of_grid(g->transform->at, g->shape->at, g->bounds);
        return NULL;
    }
    g->of_item = true;
    g->no_bounds = bounds_of_item(s, g->bounds);
    return g->no_bounds == &no_bounds ? NULL : g->no_bounds;
}

/* The resolution of the asset; of the item's box in degrees nothing is known but that there is one. */
static const cairn_loads_fault *find_resolution(const grid *g, double resolution[2])
{
    static const double almost_nothing = 1e-5; /* affine.EPSILON */
    const double *t = g->transform->at;
    if (g->has_transform) {
        if (!((fabs(t[0]) < almost_nothing && fabs(t[4]) < almost_nothing) ||
              (fabs(t[1]) < almost_nothing && fabs(t[3]) < almost_nothing)))
            return &not_rectilinear;
        resolution[0] = fabs(t[0]);
        resolution[1] = fabs(t[4]);
        return NULL;
    }
    if (!g->has_shape || g->no_bounds)
        return &no_resolution;
    resolution[0] = (g->bounds[2] - g->bounds[0]) / g->shape->at[1];
    resolution[1] = (g->bounds[3] - g->bounds[1]) / g->shape->at[0];
    return isfinite(resolution[0]) && isfinite(resolution[1]) ? NULL : &no_size;
}

/* RasterSpec's assertions, and what no machine holds. */
static const cairn_loads_fault *judge_size(const stack *s, const grid *g)
{
    static const double most_pixels = 2e7, most_blocks = 1e7, block = 1024;
    const double *b = s->bounds, *r = s->resolution;
    if (!(r[0] > 0) || !(r[1] > 0))
        return &no_size;
    if (g->of_item && g->has_transform) /* degrees and the units of the grid: nothing is known of the size */
        return b[0] < b[2] && b[1] < b[3] ? NULL : &no_size;
    if (!(floor(b[0] / r[0]) < ceil(b[2] / r[0])) || !(floor(b[1] / r[1]) < ceil(b[3] / r[1])))
        return &no_size;
    double width = (b[2] - b[0]) / r[0], height = (b[3] - b[1]) / r[1];
    bool fits = width < most_pixels && height < most_pixels && (width / block) * (height / block) < most_blocks;
    return fits ? NULL : &too_large;
}

static const cairn_loads_fault *judge_grid(stack *s, const cairn_loads_asset *asset, bool first)
{
    grid g = grid_of(&asset->proj, &s->facts->proj);
    double resolution[2] = {0, 0};
    const cairn_loads_fault *fault = find_bounds(s, &g);
    if (!fault)
        fault = find_resolution(&g, resolution);
    if (fault || g.no_bounds)
        return fault ? fault : g.no_bounds;
    s->resampled = s->resampled || !g.has_transform;
    for (int i = 0; i < 2; i++) {
        s->resolution[i] = first ? resolution[i] : fmin(s->resolution[i], resolution[i]);
        s->bounds[i] = first ? g.bounds[i] : fmin(s->bounds[i], g.bounds[i]);
        s->bounds[i + 2] = first ? g.bounds[i + 2] : fmax(s->bounds[i + 2], g.bounds[i + 2]);
    }
    return judge_size(s, &g);
}

/* to_coords() reads common_name and the like from an only band. */
static bool is_band(cairn_span eo_bands)
{
    cairn_span first, second;
    cairn_json_walk walk = cairn_json_walk_array(eo_bands);
    if (!cairn_loads_has(eo_bands) || cairn_json_kind(eo_bands) == '{')
        return true;
    if (!cairn_json_next_element(&walk, &first) || cairn_json_next_element(&walk, &second))
        return cairn_json_kind(eo_bands) == '[';
    return cairn_json_kind(first) == '{';
}

static const cairn_loads_fault *judge_asset(stack *s, const cairn_loads_asset *asset)
{
    bool is_first = !s->epsg.p;
    bool known = s->bands.p && cairn_span_equal(s->bands, asset->raster_bands);
    const cairn_loads_fault *fault = known ? NULL : judge_bands(asset);
    if (!fault) {
        s->bands = asset->raster_bands;
        fault = judge_crs(s, cairn_loads_own(asset->proj.epsg, s->facts->proj.epsg));
    }
    if (!fault)
        fault = judge_grid(s, asset, is_first);
    if (!fault && !cairn_loads_has(asset->href))
        fault = &cairn_loads_no_href;
    if (!fault && !is_band(asset->eo_bands))
        fault = &bad_eo_bands;
    return !fault && asset->ragged ? &ragged : fault;
}

static const cairn_loads_fault *judge_time(const cairn_loads_facts *facts)
{
    cairn_time time;
    const char *repair;
    if (!facts->datetime.p)
        return &no_datetime_key;
    if (!cairn_loads_has(facts->datetime))
        return NULL;
    if (cairn_json_kind(facts->datetime) != '"')
        return &bad_datetime;
    cairn_span text = cairn_span_make(facts->datetime.p + 1, facts->datetime.n - 2);
    return cairn_time_parse_lenient(text, &time, &repair, NULL) == CAIRN_OK ? NULL : &bad_datetime;
}

/* True when the asset could be had alone. */
static bool loads_alone(const cairn_loads_facts *facts, const cairn_loads_asset *asset)
{
    stack alone = {.facts = facts};
    return !judge_asset(&alone, asset);
}

static bool is_array(const cairn_loads_asset *asset)
{
    return asset->media == CAIRN_MEDIA_NETCDF || asset->media == CAIRN_MEDIA_HDF4 || asset->media == CAIRN_MEDIA_GRIB ||
           asset->media == CAIRN_MEDIA_ZARR;
}

/* Why no asset is picked: arrays alone, or images without the types that are picked. */
static void judge_none(const cairn_loads_facts *facts, cairn_loads_judgement *out)
{
    out->fault = facts->n_assets ? &no_assets : &cairn_loads_no_assets;
    for (size_t i = 0; i < facts->n_assets; i++) {
        const cairn_loads_asset *asset = &facts->assets[i];
        if (asset->media == CAIRN_MEDIA_TIFF || asset->media == CAIRN_MEDIA_JP2) {
            out->fault = &no_assets;
            out->about = NULL;
            return;
        }
        if (is_array(asset) && !out->about) {
            out->fault = &no_image;
            out->about = asset;
        }
    }
}

/* All assets that are picked, one after another; the first that fails ends it. All types are looked at before. */
static void judge_all(stack *s, cairn_loads_judgement *out)
{
    const cairn_loads_facts *facts = s->facts;
    bool picked = false;
    for (size_t i = 0; i < facts->n_assets && out->fault != &bad_type; i++) {
        const cairn_loads_asset *asset = &facts->assets[i];
        pick how = picks(asset);
        if (how == PICK_NO)
            continue;
        picked = true;
        const cairn_loads_fault *fault = how == PICK_FAULT ? &bad_type : out->fault ? NULL : judge_asset(s, asset);
        out->loadable += how == PICK_YES && !facts->brief && loads_alone(facts, asset);
        if (fault) {
            out->fault = fault;
            out->about = asset;
        }
    }
    if (!picked)
        judge_none(facts, out);
}

void cairn_loads_stackstac(const cairn_loads_facts *facts, cairn_loads_judgement *out)
{
    stack s = {.facts = facts};
    *out = (cairn_loads_judgement){0};
    judge_all(&s, out);
    if (!out->fault)
        out->fault = facts->ragged ? &ragged : judge_time(facts);
    if (out->fault)
        return;
    if (!cairn_loads_has(facts->datetime))
        out->note = &note_nat;
    else if (s.resampled)
        out->note = &note_resampled;
    else if (facts->declares_projection)
        out->note = &note_dicts;
}
