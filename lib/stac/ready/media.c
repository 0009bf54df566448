/* Media types for assets that have none, by the names of their files. Whether a GeoTIFF is cloud optimised can't be
 * seen in a name. */
#include "stac/ready/parts.h"

#include <strings.h>

static const struct {
    const char *suffix, *type;
} types[] = {
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"jp2", "image/jp2"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"webp", "image/webp"},
    {"gif", "image/gif"},
    {"nc", "application/netcdf"},
    {"nc4", "application/netcdf"},
    {"zarr", "application/vnd+zarr"},
    {"h5", "application/x-hdf5"},
    {"hdf5", "application/x-hdf5"},
    {"he5", "application/x-hdf5"},
    {"hdf", "application/x-hdf"},
    {"parquet", "application/vnd.apache.parquet"},
    {"geoparquet", "application/vnd.apache.parquet"},
    {"copc.laz", "application/vnd.laszip+copc"},
    {"fgb", "application/vnd.flatgeobuf"},
    {"gpkg", "application/geopackage+sqlite3"},
    {"geojson", "application/geo+json"},
    {"json", "application/json"},
    {"ndjson", "application/x-ndjson"},
    {"xml", "application/xml"},
    {"html", "text/html"},
    {"txt", "text/plain"},
    {"csv", "text/csv"},
    {"pdf", "application/pdf"},
    {"kml", "application/vnd.google-earth.kml+xml"},
};

/* The last segment of the path, without query, fragment and a slash at the end. */
static cairn_span file_name(cairn_span href)
{
    size_t n = 0;
    while (n < href.n && href.p[n] != '?' && href.p[n] != '#')
        n++;
    while (n && href.p[n - 1] == '/')
        n--;
    size_t from = n;
    while (from && href.p[from - 1] != '/')
        from--;
    return cairn_span_make(href.p + from, n - from);
}

static bool has_suffix(cairn_span name, const char *suffix)
{
    size_t n = strlen(suffix);
    return name.n > n + 1 && name.p[name.n - n - 1] == '.' && strncasecmp(name.p + name.n - n, suffix, n) == 0;
}

static const char *type_of(cairn_span href)
{
    cairn_span name = file_name(href);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (has_suffix(name, types[i].suffix))
            return types[i].type;
    return NULL;
}

static bool has_role(cairn_ready *r, const cairn_ready_object *asset, const char *role)
{
    cairn_json_walk walk = cairn_json_walk_array(cairn_ready_get(r, asset, CAIRN_SLOT_ROLES));
    cairn_span element;
    while (cairn_json_next_element(&walk, &element))
        if (cairn_json_string_is(element, role))
            return true;
    return false;
}

/* A TIFF with a grid of its own, or data of an item that says where its pixels lie. */
static bool is_geotiff(cairn_ready *r, const cairn_ready_object *asset)
{
    if (!cairn_ready_crs_of(r, asset).p)
        return false;
    if (asset->at[CAIRN_SLOT_SHAPE] || asset->at[CAIRN_SLOT_TRANSFORM] || asset->at[CAIRN_SLOT_PROJ_BBOX])
        return true;
    return has_role(r, asset, "data") && r->properties.node &&
           (r->properties.at[CAIRN_SLOT_SHAPE] || r->properties.at[CAIRN_SLOT_TRANSFORM] ||
            r->properties.at[CAIRN_SLOT_PROJ_BBOX]);
}

static void give_type(cairn_ready *r, cairn_ready_object *asset)
{
    cairn_span href = cairn_json_string(cairn_ready_get(r, asset, CAIRN_SLOT_HREF), r->arena);
    const char *type = href.n ? type_of(href) : NULL;
    if (!type)
        return;
    if (strcmp(type, "image/tiff") == 0 && is_geotiff(r, asset))
        type = "image/tiff; application=geotiff";
    cairn_ready_put(r, asset, CAIRN_SLOT_TYPE, cairn_arena_printf(r->arena, "\"%s\"", type));
}

void cairn_ready_media_types(cairn_ready *r)
{
    for (size_t i = 0; i < r->n_assets && !r->failed; i++)
        if (!cairn_ready_get(r, &r->assets[i], CAIRN_SLOT_TYPE).p)
            give_type(r, &r->assets[i]);
}
