#include "stac/media.h"

#include <strings.h>

static const struct {
    const char *ending, *type;
} MEDIA[] = {
    /* The longer ending goes first where one is the end of another. */
    {".tif", "image/tiff; application=geotiff"},
    {".tiff", "image/tiff; application=geotiff"},
    {".json", "application/json"},
    {"/.zarray", "application/json"},
    {"/.zgroup", "application/json"},
    {"/.zattrs", "application/json"},
    {"/.zmetadata", "application/json"},
    {".nc", "application/netcdf"},
    {".nc4", "application/netcdf"},
    {".h5", "application/x-hdf5"},
    {".he5", "application/x-hdf5"},
    {".hdf5", "application/x-hdf5"},
    {".hdf", "application/x-hdf"},
    {".grib2", "application/wmo-GRIB2"},
    {".grb2", "application/wmo-GRIB2"},
    {".parquet", "application/vnd.apache.parquet"},
    {".geoparquet", "application/vnd.apache.parquet"},
    {".jp2", "image/jp2"},
    {".j2k", "image/j2c"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
    {".gif", "image/gif"},
    {".svg", "image/svg+xml"},
    {".geojson", "application/geo+json"},
    {".ndjson", "application/x-ndjson"},
    {".fgb", "application/vnd.flatgeobuf"},
    {".gpkg", "application/geopackage+sqlite3"},
    {".pmtiles", "application/vnd.pmtiles"},
    {".copc.laz", "application/vnd.laszip+copc"},
    {".laz", "application/vnd.laszip"},
    {".las", "application/vnd.las"},
    {".kml", "application/vnd.google-earth.kml+xml"},
    {".kmz", "application/vnd.google-earth.kmz"},
    {".csv", "text/csv"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/markdown; charset=utf-8"},
    {".html", "text/html"},
    {".xml", "application/xml"},
    {".vrt", "application/xml"},
    {".yaml", "application/yaml"},
    {".yml", "application/yaml"},
    {".pdf", "application/pdf"},
    {".zip", "application/zip"},
    {".tar", "application/x-tar"},
    {".gz", "application/gzip"},
    {".zst", "application/zstd"},
};

static bool ends_in(cairn_span path, const char *ending)
{
    size_t n = strlen(ending);
    if (path.n >= n)
        return strncasecmp(path.p + path.n - n, ending, n) == 0;
    return ending[0] == '/' && path.n + 1 == n && strncasecmp(path.p, ending + 1, path.n) == 0;
}

const char *cairn_media_of_name(cairn_span path)
{
    for (size_t i = 0; i < sizeof MEDIA / sizeof MEDIA[0]; i++)
        if (ends_in(path, MEDIA[i].ending))
            return MEDIA[i].type;
    return NULL;
}
