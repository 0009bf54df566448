/* intake-stac 0.4.0: StacItem(item)[key].to_dask(), catalog.py. The driver follows from the media type by an exact
 * table, and is rasterio for every type that is not in it. */
#include "base/json.h"
#include "stac/loads/rules.h"

typedef enum driver { DRIVER_RASTERIO, DRIVER_NETCDF, DRIVER_ZARR, DRIVER_IMAGE, DRIVER_NO_ARRAY } driver;

static const cairn_loads_fault zarr_type = {
    "zarr-type", "intake-stac knows Zarr as application/vnd+zarr only, and gives every other type to rasterio",
    "open it by xarray.open_zarr(asset.href) or by xpystac"};

static const cairn_loads_fault unlisted = {
    "zarr-unlisted",
    "intake-xarray looks for a listing of the Zarr store's folder, which http has not, and finds no array",
    "item[KEY](consolidated=True), or \"xarray:open_kwargs\": {\"consolidated\": true} on the asset"};
static const cairn_loads_fault no_skimage = {
    "needs-scikit-image", "intake-xarray opens PNG and JPEG by scikit-image, which it does not bring along",
    "pip install scikit-image, or open it by rioxarray"};

static driver driver_of(cairn_span type)
{
    static const struct {
        const char *type;
        driver driver;
    } drivers[] = {
        {"application/netcdf", DRIVER_NETCDF},
        {"application/x-netcdf", DRIVER_NETCDF},
        {"application/x-hdf", DRIVER_NETCDF},
        {"application/x-hdf5", DRIVER_NETCDF},
        {"application/vnd+zarr", DRIVER_ZARR},
        {"image/png", DRIVER_IMAGE},
        {"image/jpg", DRIVER_IMAGE},
        {"image/jpeg", DRIVER_IMAGE},
        {"text/xml", DRIVER_NO_ARRAY},
        {"text/plain", DRIVER_NO_ARRAY},
        {"text/html", DRIVER_NO_ARRAY},
        {"application/json", DRIVER_NO_ARRAY},
        {"application/xml", DRIVER_NO_ARRAY},
        {"application/parquet", DRIVER_NO_ARRAY},
        {"application/x-parquet", DRIVER_NO_ARRAY},
        {"application/geo+json", DRIVER_NO_ARRAY},
        {"application/geopackage+sqlite3", DRIVER_NO_ARRAY},
    };
    for (size_t i = 0; type.p && i < sizeof drivers / sizeof *drivers; i++)
        if (cairn_span_is(type, drivers[i].type))
            return drivers[i].driver;
    return DRIVER_RASTERIO;
}

static const cairn_loads_fault *judge_raster(const cairn_loads_asset *asset)
{
    switch (asset->media) {
    case CAIRN_MEDIA_OTHER:
    case CAIRN_MEDIA_JSON:
        return &cairn_loads_not_raster;
    case CAIRN_MEDIA_ZARR:
        return &zarr_type;
    case CAIRN_MEDIA_HDF4:
        return &cairn_loads_hdf4;
    default:
        return asset->ways & CAIRN_WAY_RASTERIO ? NULL : &cairn_loads_no_way;
    }
}

static const cairn_loads_fault *judge(const cairn_loads_facts *facts, const cairn_loads_asset *asset)
{
    (void)facts;
    switch (driver_of(asset->media_type)) {
    case DRIVER_NO_ARRAY:
        return &cairn_loads_not_raster;
    case DRIVER_RASTERIO:
        return judge_raster(asset);
    case DRIVER_NETCDF:
        if (asset->media == CAIRN_MEDIA_HDF4)
            return &cairn_loads_hdf4;
        break;
    case DRIVER_IMAGE:
        return &no_skimage;
    case DRIVER_ZARR:
        if ((asset->ways & CAIRN_WAY_HTTP) &&
            cairn_json_kind(cairn_json_get(asset->open_kwargs, "consolidated")) != 't')
            return &unlisted;
        break;
    }
    return asset->ways & CAIRN_WAY_FSSPEC ? NULL : &cairn_loads_no_way;
}

void cairn_loads_intake_stac(const cairn_loads_facts *facts, cairn_loads_judgement *out)
{
    *out = (cairn_loads_judgement){0};
    out->fault = cairn_loads_pystac(facts, &out->about);
    if (!out->fault)
        cairn_loads_each(facts, judge, CAIRN_ROLE_THUMBNAIL | CAIRN_ROLE_OVERVIEW, out);
}
