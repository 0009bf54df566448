/* GDAL 3.6, STACIT:"URL":asset=KEY, frmts/stacit/stacitdataset.cpp. */
#include "base/json.h"
#include "stac/loads/rules.h"

#include <limits.h>

static const cairn_loads_fault undeclared = {
    "projection-undeclared", "STACIT skips an item whose stac_extensions do not name the projection extension",
    "declare it; Cairn's load-ready form does where the fields are there"};
static const cairn_loads_fault no_epsg = {
    "no-epsg",
    "STACIT of GDAL before 3.10 wants a proj:epsg; it reads proj:wkt2 and proj:projjson only beside one that "
    "is null, and no proj:code",
    "proj:epsg: Cairn's load-ready form has it where the reference system is known; 'cairn enrich' reads it from the "
    "file"};
static const cairn_loads_fault no_extent = {
    "no-grid", "STACIT needs two of proj:bbox, proj:shape and proj:transform",
    "Cairn's load-ready form makes the third of any two; 'cairn enrich' reads them from the file"};
static const cairn_loads_fault not_north_up = {
    "not-north-up", "STACIT takes a proj:transform of the form [x > 0, 0, X, 0, y < 0, Y] only",
    "gdalwarp the file to such a grid, or open it by rioxarray"};
static const cairn_loads_fault odd_extent = {
    "odd-grid", "proj:bbox, proj:shape and proj:transform contradict each other, or say that there are no pixels",
    "correct the one that is wrong in the source"};
static const cairn_loads_fault odd_key = {"odd-key",
                                          "STACIT can't be asked for an asset whose key has a ':', ',' or '\"' in it",
                                          "open the asset itself: /vsicurl/ and its href"};

static const cairn_loads_fault *judge_crs(const cairn_loads_proj *own, const cairn_loads_proj *common)
{
    cairn_span epsg = cairn_loads_own(own->epsg, common->epsg);
    if (!epsg.p)
        return &no_epsg;
    if (cairn_loads_has(epsg))
        return NULL;
    if (cairn_json_kind(cairn_loads_own(own->wkt2, common->wkt2)) == '"')
        return NULL;
    return cairn_json_kind(cairn_loads_own(own->projjson, common->projjson)) == '{' ? NULL : &no_epsg;
}

typedef struct grid {
    const cairn_loads_list *bbox, *shape, *transform;
    bool has_bbox, has_shape, has_transform;
} grid;

static grid grid_of(const cairn_loads_proj *own, const cairn_loads_proj *common)
{
    grid g = {.bbox = cairn_loads_own_list(&own->bbox, &common->bbox),
              .shape = cairn_loads_own_list(&own->shape, &common->shape),
              .transform = cairn_loads_own_list(&own->transform, &common->transform)};
    g.has_bbox = g.bbox->n == 4;
    g.has_shape = g.shape->n == 2;
    g.has_transform = g.transform->n == 6 || g.transform->n == 9;
    return g;
}

static bool is_zero(double x)
{
    return x >= 0 && x <= 0;
}

static bool is_north_up(const double *t)
{
    return t[0] > 0 && is_zero(t[1]) && is_zero(t[3]) && t[4] < 0;
}

static bool has_pixels(const grid *g)
{
    const double *b = g->bbox->at, *shape = g->shape->at, *t = g->transform->at;
    if (g->has_shape && (g->has_bbox || g->has_transform))
        return shape[0] >= 1 && shape[1] >= 1 && shape[0] <= INT_MAX && shape[1] <= INT_MAX;
    if (!is_zero(b[0] - t[2]) || !is_zero(b[3] - t[5]))
        return false;
    double x = (b[2] - b[0]) / t[0], y = (b[3] - b[1]) / -t[4];
    return x >= 1 && y >= 1 && x < INT_MAX && y < INT_MAX;
}

static const cairn_loads_fault *judge_grid(const cairn_loads_facts *facts, const cairn_loads_asset *asset)
{
    grid g = grid_of(&asset->proj, &facts->proj);
    if (g.has_transform && !is_north_up(g.transform->at))
        return &not_north_up;
    if (g.has_bbox + g.has_shape + g.has_transform < 2)
        return &no_extent;
    return has_pixels(&g) ? NULL : &odd_extent;
}

static const cairn_loads_fault no_bands = {
    "no-bands", "STACIT takes a file's bands, and netCDF, HDF and Zarr have arrays that GDAL wants named",
    "gdal_translate or rioxarray with the array's name: 'HDF5:\"/vsicurl/URL\"://NAME', 'ZARR:\"/vsicurl/URL\":/NAME'"};

/* What the driver itself leaves out without a word, and what it would take but no raster driver opens. */
static bool is_raster(const cairn_loads_asset *asset)
{
    return asset->media != CAIRN_MEDIA_OTHER && asset->media != CAIRN_MEDIA_JSON &&
           !(asset->role_set & (CAIRN_ROLE_THUMBNAIL | CAIRN_ROLE_INFO | CAIRN_ROLE_METADATA));
}

static const cairn_loads_fault *judge(const cairn_loads_facts *facts, const cairn_loads_asset *asset)
{
    if (!is_raster(asset))
        return &cairn_loads_not_raster;
    if (asset->media == CAIRN_MEDIA_NETCDF || asset->media == CAIRN_MEDIA_HDF4 || asset->media == CAIRN_MEDIA_ZARR)
        return &no_bands;
    if (!asset->address.p)
        return &cairn_loads_no_href;
    const cairn_loads_fault *fault = judge_crs(&asset->proj, &facts->proj);
    if (!fault)
        fault = judge_grid(facts, asset);
    if (!fault && !(asset->ways & CAIRN_WAY_GDAL))
        fault = &cairn_loads_no_way;
    if (!fault && facts->n_assets > 1 &&
        (memchr(asset->key.p, ':', asset->key.n) || memchr(asset->key.p, ',', asset->key.n)))
        fault = &odd_key;
    return fault;
}

void cairn_loads_gdal_stacit(const cairn_loads_facts *facts, cairn_loads_judgement *out)
{
    *out = (cairn_loads_judgement){.fault = &undeclared};
    if (facts->declares_proj)
        cairn_loads_each(facts, judge, 0, out);
}
