/* xpystac 0.5.0: xarray.open_dataset(asset, engine="stac"), core.py. The engine follows from the media type, compared
 * as a text; another type ends in an UnboundLocalError. */
#include "stac/loads/rules.h"

static const cairn_loads_fault no_engine = {
    "no-engine",
    "xpystac takes an engine only for the exact media type of a COG, for application/vnd+zarr and "
    "application/vnd.zarr",
    "give the asset that type, 'image/tiff; application=geotiff; profile=cloud-optimized' where the file is a COG "
    "('cairn "
    "enrich' looks); other kinds: xarray.open_dataset(asset.href, ...) or rioxarray"};
static const cairn_loads_fault icechunk = {
    "icechunk", "xpystac opens Icechunk only for assets of a collection, which holds storage:schemes",
    "open it by icechunk itself"};

static bool is_type(const cairn_loads_asset *asset, const char *type)
{
    return asset->media_type.p && cairn_span_is(asset->media_type, type);
}

static const cairn_loads_fault *judge(const cairn_loads_facts *facts, const cairn_loads_asset *asset)
{
    (void)facts;
    if (is_type(asset, "image/tiff; application=geotiff; profile=cloud-optimized"))
        return asset->ways & CAIRN_WAY_RASTERIO ? NULL : &cairn_loads_no_way;
    if (is_type(asset, "application/vnd+zarr") || is_type(asset, "application/vnd.zarr"))
        return asset->ways & CAIRN_WAY_FSSPEC ? NULL : &cairn_loads_no_way;
    if (is_type(asset, "application/json") && (asset->role_set & CAIRN_ROLE_INDEX))
        return cairn_span_starts(asset->address, "http") ? NULL : &cairn_loads_no_way;
    return is_type(asset, "application/vnd.zarr+icechunk") ? &icechunk : &no_engine;
}

void cairn_loads_xpystac(const cairn_loads_facts *facts, cairn_loads_judgement *out)
{
    *out = (cairn_loads_judgement){0};
    out->fault = cairn_loads_pystac(facts, &out->about);
    if (!out->fault)
        cairn_loads_each(facts, judge, CAIRN_ROLE_THUMBNAIL | CAIRN_ROLE_OVERVIEW, out);
}
