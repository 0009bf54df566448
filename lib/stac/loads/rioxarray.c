/* rioxarray 0.19: rioxarray.open_rasterio(asset.href). It reads the file alone; what the item says matters only for
 * choosing the asset. */
#include "stac/loads/rules.h"

static const cairn_loads_fault named_array = {
    "array-to-be-named", "GDAL can't look into a Zarr store or into a netCDF or HDF5 file of several arrays by http",
    "name the array: rioxarray.open_rasterio('ZARR:\"/vsicurl/URL\":/NAME') or 'HDF5:\"/vsicurl/URL\"://NAME'; or "
    "xarray on "
    "the href"};

static const cairn_loads_fault *judge(const cairn_loads_facts *facts, const cairn_loads_asset *asset)
{
    (void)facts;
    if (!asset->address.p)
        return &cairn_loads_no_href;
    switch (asset->media) {
    case CAIRN_MEDIA_OTHER:
    case CAIRN_MEDIA_JSON:
        return &cairn_loads_not_raster;
    case CAIRN_MEDIA_HDF4:
        return &cairn_loads_hdf4;
    case CAIRN_MEDIA_NETCDF:
    case CAIRN_MEDIA_ZARR:
        if (asset->ways & CAIRN_WAY_HTTP)
            return &named_array;
        return asset->ways & CAIRN_WAY_RASTERIO ? NULL : &cairn_loads_no_way;
    default:
        return asset->ways & CAIRN_WAY_RASTERIO ? NULL : &cairn_loads_no_way;
    }
}

void cairn_loads_rioxarray(const cairn_loads_facts *facts, cairn_loads_judgement *out)
{
    cairn_loads_each(facts, judge, CAIRN_ROLE_THUMBNAIL | CAIRN_ROLE_OVERVIEW, out);
}
