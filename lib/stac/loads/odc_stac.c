/* odc-stac 0.5.3: odc.stac.load([pystac.Item.from_dict(item)], chunks={}), _mdtools.py. Projection counts only when it
 * is declared, and then an asset with proj:shape and proj:transform needs a reference system; assets without both are
 * left out, as long as one has them. */
#include "base/json.h"
#include "stac/loads/rules.h"
#include "stac/seen.h"

#include <stdio.h>
#include <strings.h>

static const cairn_loads_fault undeclared = {
    "projection-undeclared",
    "odc-stac reads proj fields only of items whose stac_extensions name the projection extension",
    "declare it; Cairn's load-ready form does where the fields are there"};
static const cairn_loads_fault no_grid = {
    "no-grid", "no raster asset has both proj:shape and proj:transform: \"Failed to auto-guess CRS/resolution\"",
    "Cairn's load-ready form makes proj:transform of proj:bbox and proj:shape; 'cairn enrich' reads both from the "
    "file; or "
    "say it: crs=..., resolution=..., bbox=..."};
static const cairn_loads_fault no_raster = {
    "no-raster-asset",
    "no asset counts as raster data: by an image/... type without the role thumbnail or overview, the "
    "types of netCDF, HDF and Zarr that odc-stac knows, or, without a type, the role data or the name",
    "give the assets their media types and roles, or name them: stac_cfg={\"COLLECTION\": {\"assets\": {...}}}"};
static const cairn_loads_fault no_crs = {
    "no-crs", "an asset has proj:shape and proj:transform, but no proj:code, proj:epsg, proj:wkt2 or proj:projjson",
    "a reference system: 'cairn enrich' reads it from the file; without one (swaths): rioxarray or xarray"};
static const cairn_loads_fault unknown_crs = {"unknown-crs", "PROJ can't read the reference system of an asset",
                                              "correct it in the source"};
static const cairn_loads_fault bad_grid = {
    "bad-proj-fields", "proj:shape has not two whole numbers, or proj:transform not six (nine that end in 0, 0, 1)",
    "correct them in the source"};
static const cairn_loads_fault bad_bands = {
    "eo-bands", "eo:bands of an asset is no list of objects with a name each",
    "name the bands, or do not declare the eo extension; Cairn's load-ready form names them"};
static const cairn_loads_fault data_type = {
    "data-type",
    "the data_type of a band is none that NumPy knows (cint16, other ...), or its nodata is no number of that type",
    "stac_cfg={\"COLLECTION\": {\"assets\": {\"*\": {\"data_type\": \"float32\"}}}}"};
static const cairn_loads_fault note_type = {
    "no-data-type", "without data_type (bands or raster:bands) pixels come as float32",
    "data_type and nodata: 'cairn enrich' reads them from the file; or stac_cfg={...}"};

static const cairn_loads_fault note_arrays = {
    "no-image",
    "the array is built, but reading it fails (.compute()) where a netCDF, HDF or Zarr asset has several arrays: "
    "odc-stac reads images",
    "xarray on the href; or bands=[...] with the images alone"};

/* The heuristic is_raster_data() but for the grid. */
static bool ends_like_raster(cairn_span address)
{
    static const char *const endings[] = {"tif", "tiff", "jpeg", "jpg", "jp2", "img", "hdf", "nc", "zarr", NULL};
    const char *dot = address.n ? memrchr(address.p, '.', address.n) : NULL;
    cairn_span ending = dot ? cairn_span_make(dot + 1, (size_t)(address.p + address.n - dot - 1)) : address;
    return cairn_loads_is_one_of(ending, endings);
}

static bool is_raster_type(const cairn_loads_asset *asset)
{
    static const char *const types[] = {"application/x-hdf",  "application/x-hdf5",   "application/hdf",
                                        "application/hdf5",   "application/x-netcdf", "application/netcdf",
                                        "application/x-zarr", "application/zarr",     NULL};
    cairn_span type = cairn_loads_before(asset->media_type, ';');
    if (type.n >= 6 && strncasecmp(type.p, "image/", 6) == 0)
        return !(asset->role_set & (CAIRN_ROLE_THUMBNAIL | CAIRN_ROLE_OVERVIEW));
    return cairn_loads_is_one_of(type, types);
}

static bool is_raster(const cairn_loads_asset *asset)
{
    if (cairn_loads_has(asset->type))
        return is_raster_type(asset);
    if (asset->role_set & CAIRN_ROLE_DATA)
        return true;
    return !(asset->role_set & CAIRN_ROLE_METADATA) && ends_like_raster(asset->address);
}

static bool has_grid(const cairn_loads_facts *facts, const cairn_loads_asset *asset)
{
    return cairn_loads_has(cairn_loads_either_list(&asset->proj.shape, &facts->proj.shape)->text) &&
           cairn_loads_has(cairn_loads_either_list(&asset->proj.transform, &facts->proj.transform)->text);
}

/* ---- reference systems: ProjectionExtension.crs_string ---- */

static bool code_known(const cairn_loads_facts *facts, cairn_span value)
{
    char name[40];
    if (cairn_json_kind(value) == '"')
        return cairn_loads_crs_known(facts, cairn_span_make(value.p + 1, value.n - 2));
    int n = snprintf(name, sizeof name, "EPSG:%.*s", CAIRN_SPAN_FMT(value));
    return n > 0 && (size_t)n < sizeof name && cairn_loads_crs_known(facts, cairn_span_of(name));
}

/* True when Python's bool() of the value is false: null, 0, "". */
static bool is_nothing(cairn_span value)
{
    double number;
    if (!cairn_loads_has(value) || value.p[0] == 'f' || cairn_span_is(value, "\"\"") || cairn_span_is(value, "{}"))
        return true;
    return cairn_json_number(value, &number) && number >= 0 && number <= 0;
}

/* A code counts first, whichever of asset and item has it; pystac makes codes of proj:epsg, each in its place. */
static cairn_span code_of(const cairn_loads_proj *proj)
{
    return cairn_loads_has(proj->code) || is_nothing(proj->epsg) ? proj->code : proj->epsg;
}

static const cairn_loads_fault *judge_crs(const cairn_loads_facts *facts, const cairn_loads_proj *own)
{
    const cairn_loads_proj *common = &facts->proj;
    cairn_span code = cairn_loads_either(code_of(own), code_of(common));
    if (!is_nothing(code))
        return code_known(facts, code) ? NULL : &unknown_crs;
    cairn_span wkt = cairn_loads_either(own->wkt2, common->wkt2);
    if (!is_nothing(wkt))
        return cairn_json_kind(wkt) == '"' && cairn_loads_crs_known(facts, wkt) ? NULL : &unknown_crs;
    cairn_span projjson = cairn_loads_either(own->projjson, common->projjson);
    if (is_nothing(projjson))
        return &no_crs;
    return cairn_json_kind(projjson) == '{' && cairn_loads_crs_known(facts, projjson) ? NULL : &unknown_crs;
}

/* ---- one asset ---- */

static const cairn_loads_fault *judge_grid(const cairn_loads_facts *facts, const cairn_loads_asset *asset)
{
    const cairn_loads_list *shape = cairn_loads_either_list(&asset->proj.shape, &facts->proj.shape);
    const cairn_loads_list *transform = cairn_loads_either_list(&asset->proj.transform, &facts->proj.transform);
    const double *t = transform->at;
    const cairn_loads_fault *fault = judge_crs(facts, &asset->proj);
    if (fault)
        return fault;
    if (shape->n != 2 || (transform->n != 6 && transform->n != 9))
        return &bad_grid;
    bool affine = transform->n == 6 || (t[6] >= 0 && t[6] <= 0 && t[7] >= 0 && t[7] <= 0 && t[8] >= 1 && t[8] <= 1);
    return affine ? NULL : &bad_grid;
}

/* nodata is made a number of the band's type, so NaN stands in floats only. */
static bool is_nodata(cairn_span nodata, cairn_span type)
{
    double number;
    bool is_whole = cairn_loads_has(type) && !memmem(type.p, type.n, "float", strlen("float"));
    return cairn_loads_is_float(nodata) && (!is_whole || cairn_json_number(nodata, &number));
}

static bool band_fits(cairn_span band)
{
    cairn_span type = cairn_json_get(band, "data_type"), nodata = cairn_json_get(band, "nodata");
    return (!cairn_loads_has(type) || cairn_loads_is_dtype(type)) &&
           (!cairn_loads_has(nodata) || is_nodata(nodata, type));
}

static bool all_fit(cairn_span bands)
{
    cairn_json_walk walk = cairn_json_walk_array(bands);
    cairn_span band;
    while (cairn_json_next_element(&walk, &band))
        if (!band_fits(band))
            return false;
    return true;
}

static bool bands_fit(cairn_span bands)
{
    static _Thread_local cairn_seen seen;
    bool fit;
    if (cairn_seen_find(&seen, bands, &fit))
        return fit;
    fit = all_fit(bands);
    cairn_seen_keep(&seen, bands, fit);
    return fit;
}

static const cairn_loads_fault *judge_types(const cairn_loads_facts *facts, const cairn_loads_asset *asset)
{
    cairn_span type = cairn_loads_either(asset->data_type, facts->data_type);
    bool fits = (!cairn_loads_has(type) || cairn_loads_is_dtype(type)) && bands_fit(asset->bands) &&
                bands_fit(asset->raster_bands);
    return fits ? NULL : &data_type;
}

static bool names_all(cairn_span bands)
{
    cairn_json_walk walk = cairn_json_walk_array(bands);
    cairn_span band;
    if (cairn_json_kind(bands) != '[')
        return false;
    while (cairn_json_next_element(&walk, &band))
        if (cairn_json_kind(band) != '{' || !cairn_loads_has(cairn_json_get(band, "name")))
            return false;
    return true;
}

/* alias_map_from_eo() asks each band of each asset for its name. */
static bool names_bands(cairn_span bands)
{
    static _Thread_local cairn_seen seen;
    bool named;
    if (!bands.p)
        return true;
    if (cairn_seen_find(&seen, bands, &named))
        return named;
    named = names_all(bands);
    cairn_seen_keep(&seen, bands, named);
    return named;
}

/* ---- the item ---- */

static const cairn_loads_fault *judge_names(const cairn_loads_facts *facts, const cairn_loads_asset **about)
{
    for (size_t i = 0; facts->declares_eo && !cairn_loads_bands_move(facts) && i < facts->n_assets; i++) {
        if (!names_bands(facts->assets[i].eo_bands)) {
            *about = &facts->assets[i];
            return &bad_bands;
        }
    }
    return NULL;
}

static bool has_type(const cairn_loads_facts *facts, const cairn_loads_asset *asset)
{
    static const char name[] = "\"data_type\"";
    cairn_span bands = cairn_loads_has(asset->raster_bands) ? asset->raster_bands : asset->bands;
    return cairn_loads_has(asset->data_type) || cairn_loads_has(facts->data_type) ||
           (bands.n && memmem(bands.p, bands.n, name, sizeof name - 1)) ||
           (asset->bands.n && memmem(asset->bands.p, asset->bands.n, name, sizeof name - 1));
}

static bool is_array(const cairn_loads_asset *asset)
{
    return asset->media == CAIRN_MEDIA_NETCDF || asset->media == CAIRN_MEDIA_HDF4 || asset->media == CAIRN_MEDIA_ZARR;
}

/* True when all that is judged of a raster asset with a grid is the same text in both. */
static bool are_alike(const cairn_loads_asset *a, const cairn_loads_asset *b)
{
    return cairn_span_equal(a->proj.shape.text, b->proj.shape.text) &&
           cairn_span_equal(a->proj.transform.text, b->proj.transform.text) &&
           cairn_span_equal(a->proj.epsg, b->proj.epsg) && cairn_span_equal(a->proj.code, b->proj.code) &&
           cairn_span_equal(a->proj.wkt2, b->proj.wkt2) && cairn_span_equal(a->proj.projjson, b->proj.projjson) &&
           cairn_span_equal(a->data_type, b->data_type) && cairn_span_equal(a->bands, b->bands) &&
           cairn_span_equal(a->raster_bands, b->raster_bands);
}

/* Each raster asset with a grid has to be right, for all of them are grouped by their grids. */
static void judge_assets(const cairn_loads_facts *facts, cairn_loads_judgement *out)
{
    size_t rasters = 0;
    const cairn_loads_asset *right = NULL; /* one that is */
    for (size_t i = 0; i < facts->n_assets && !(facts->brief && out->fault); i++) {
        const cairn_loads_asset *asset = &facts->assets[i];
        bool raster = is_raster(asset);
        rasters += raster;
        if (!raster || !has_grid(facts, asset) || (facts->brief && right && are_alike(right, asset)))
            continue;
        const cairn_loads_fault *fault = judge_grid(facts, asset);
        if (!fault)
            fault = judge_types(facts, asset);
        out->loadable += !fault;
        right = fault ? right : asset;
        if (fault && !out->fault) {
            out->fault = fault;
            out->about = asset;
        } else if (!fault && !out->note && !facts->brief) {
            out->note = is_array(asset) ? &note_arrays : has_type(facts, asset) ? NULL : &note_type;
            out->about = out->note && !out->fault ? asset : out->about;
        }
    }
    if (!out->fault && !out->loadable)
        out->fault = !facts->n_assets ? &cairn_loads_no_assets : rasters ? &no_grid : &no_raster;
}

static bool has_any_grid(const cairn_loads_facts *facts)
{
    for (size_t i = 0; i < facts->n_assets; i++)
        if (has_grid(facts, &facts->assets[i]))
            return true;
    return false;
}

void cairn_loads_odc_stac(const cairn_loads_facts *facts, cairn_loads_judgement *out)
{
    *out = (cairn_loads_judgement){0};
    out->fault = cairn_loads_pystac(facts, &out->about);
    if (!out->fault)
        out->fault = judge_names(facts, &out->about);
    if (!out->fault && !facts->declares_projection && has_any_grid(facts))
        out->fault = &undeclared;
    if (!out->fault)
        judge_assets(facts, out);
}
