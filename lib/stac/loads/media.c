#include "base/uri.h"
#include "stac/loads/facts.h"

#include <strings.h>

typedef struct named {
    const char *name;
    cairn_media media;
} named;

static const named types[] = {
    {"image/tiff", CAIRN_MEDIA_TIFF},
    {"image/vnd.stac.geotiff", CAIRN_MEDIA_TIFF},
    {"image/x.geotiff", CAIRN_MEDIA_TIFF},
    {"image/geotiff", CAIRN_MEDIA_TIFF},
    {"image/jp2", CAIRN_MEDIA_JP2},
    {"image/jpx", CAIRN_MEDIA_JP2},
    {"image/png", CAIRN_MEDIA_PNG},
    {"image/jpeg", CAIRN_MEDIA_JPEG},
    {"image/jpg", CAIRN_MEDIA_JPEG},
    {"application/netcdf", CAIRN_MEDIA_NETCDF},
    {"application/x-netcdf", CAIRN_MEDIA_NETCDF},
    {"application/x-hdf5", CAIRN_MEDIA_NETCDF},
    {"application/hdf5", CAIRN_MEDIA_NETCDF},
    {"application/x-hdf", CAIRN_MEDIA_HDF4},
    {"application/hdf", CAIRN_MEDIA_HDF4},
    {"application/grib", CAIRN_MEDIA_GRIB},
    {"application/grib2", CAIRN_MEDIA_GRIB},
    {"application/x-grib", CAIRN_MEDIA_GRIB},
    {"application/wmo-grib2", CAIRN_MEDIA_GRIB},
    {"application/vnd+zarr", CAIRN_MEDIA_ZARR},
    {"application/vnd.zarr", CAIRN_MEDIA_ZARR},
    {"application/x-zarr", CAIRN_MEDIA_ZARR},
    {"application/zarr", CAIRN_MEDIA_ZARR},
    {"application/json", CAIRN_MEDIA_JSON},
    {NULL, CAIRN_MEDIA_OTHER},
};

static const named endings[] = {
    {"tif", CAIRN_MEDIA_TIFF},   {"tiff", CAIRN_MEDIA_TIFF},   {"jp2", CAIRN_MEDIA_JP2},   {"png", CAIRN_MEDIA_PNG},
    {"jpg", CAIRN_MEDIA_JPEG},   {"jpeg", CAIRN_MEDIA_JPEG},   {"nc", CAIRN_MEDIA_NETCDF}, {"nc4", CAIRN_MEDIA_NETCDF},
    {"h5", CAIRN_MEDIA_NETCDF},  {"hdf5", CAIRN_MEDIA_NETCDF}, {"hdf", CAIRN_MEDIA_HDF4},  {"grib", CAIRN_MEDIA_GRIB},
    {"grib2", CAIRN_MEDIA_GRIB}, {"grb2", CAIRN_MEDIA_GRIB},   {"zarr", CAIRN_MEDIA_ZARR}, {"json", CAIRN_MEDIA_JSON},
    {NULL, CAIRN_MEDIA_OTHER},
};

static cairn_media find(const named *table, cairn_span name)
{
    for (; name.p && table->name; table++)
        if (name.n && name.n == strlen(table->name) && strncasecmp(name.p, table->name, name.n) == 0)
            break;
    return name.p ? table->media : CAIRN_MEDIA_OTHER;
}

/* Behind the last dot of a path. */
static cairn_span ending_of(cairn_span address)
{
    cairn_span path = cairn_loads_before(address, '?');
    while (path.n && path.p[path.n - 1] == '/')
        path.n--;
    const char *dot = path.n ? memrchr(path.p, '.', path.n) : NULL;
    return dot ? cairn_span_make(dot + 1, (size_t)(path.p + path.n - dot - 1)) : CAIRN_SPAN_NONE;
}

cairn_media cairn_media_of(cairn_span media_type, cairn_span address)
{
    cairn_span bare = cairn_span_trim(cairn_loads_before(media_type, ';'));
    if (cairn_span_trim(media_type).n)
        return find(types, bare);
    return find(endings, ending_of(address));
}

/* "zip+https" is opened when both are. */
static bool all_known(cairn_span scheme, const char *const *names)
{
    while (scheme.n) {
        cairn_span part = cairn_loads_before(scheme, '+');
        if (!cairn_loads_is_one_of(part, names))
            return false;
        size_t past = part.n < scheme.n ? part.n + 1 : part.n;
        scheme = cairn_span_make(scheme.p + past, scheme.n - past);
    }
    return true;
}

unsigned cairn_ways_to(cairn_span address)
{
    static const char *const rasterio[] = {"http", "https", "s3",  "gs",  "az",   "file",
                                           "ftp",  "oss",   "zip", "tar", "gzip", NULL};
    static const char *const fsspec[] = {"http", "https",   "s3",  "s3a",  "gs",  "gcs",  "az",
                                         "abfs", "abfss",   "adl", "file", "ftp", "sftp", "oss",
                                         "hdfs", "webhdfs", "oci", "hf",   NULL};
    if (!address.n)
        return 0;
    if (cairn_span_starts(address, "http://") || cairn_span_starts(address, "https://"))
        return CAIRN_WAY_RASTERIO | CAIRN_WAY_FSSPEC | CAIRN_WAY_GDAL | CAIRN_WAY_HTTP;
    if (!cairn_uri_is_absolute(address))
        return address.p[0] == '/' ? CAIRN_WAY_RASTERIO | CAIRN_WAY_FSSPEC | CAIRN_WAY_GDAL : 0;
    cairn_span scheme = cairn_uri_scheme(address);
    return (all_known(scheme, rasterio) ? CAIRN_WAY_RASTERIO : 0) | (all_known(scheme, fsspec) ? CAIRN_WAY_FSSPEC : 0);
}
