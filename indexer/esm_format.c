#include "indexer/esm_format.h"

#include "base/json.h"

#include <strings.h>

const char *const cairn_esm_format_names[] = {"netcdf", "zarr", "reference", "opendap", "tiff", "grib", NULL};

typedef struct sign {
    const char *text; /* lower case */
    cairn_esm_format format;
} sign;

/* Media types without their parameters. An HDF5 file is what netCDF-4 is made of, and its library opens it. */
static const sign types[] = {
    {"application/netcdf", CAIRN_ESM_NETCDF},
    {"application/x-netcdf", CAIRN_ESM_NETCDF},
    {"application/x-netcdf4", CAIRN_ESM_NETCDF},
    {"application/x-hdf5", CAIRN_ESM_NETCDF},
    {"application/x-hdf-eos5", CAIRN_ESM_NETCDF},
    {"application/vnd+zarr", CAIRN_ESM_ZARR},
    {"application/vnd.zarr", CAIRN_ESM_ZARR},
    {"application/x-zarr", CAIRN_ESM_ZARR},
    {"application/vnd.kerchunk+json", CAIRN_ESM_REFERENCE},
    {"application/vnd+zarr+kerchunk", CAIRN_ESM_REFERENCE},
    {"application/x-opendap", CAIRN_ESM_OPENDAP},
    {"application/x-dods", CAIRN_ESM_OPENDAP},
    {"application/vnd.opendap.dap4.dataset-services+xml", CAIRN_ESM_OPENDAP},
    {"image/tiff", CAIRN_ESM_TIFF},
    {"image/x.geotiff", CAIRN_ESM_TIFF},
    {"image/vnd.stac.geotiff", CAIRN_ESM_TIFF},
    {"application/grib", CAIRN_ESM_GRIB},
    {"application/grib2", CAIRN_ESM_GRIB},
    {"application/x-grib", CAIRN_ESM_GRIB},
    {"application/x-grib2", CAIRN_ESM_GRIB},
    {"application/wmo-grib2", CAIRN_ESM_GRIB},
    {NULL, CAIRN_ESM_FORMATS},
};

static const sign endings[] = {
    {".nc", CAIRN_ESM_NETCDF},  {".nc4", CAIRN_ESM_NETCDF}, {".h5", CAIRN_ESM_NETCDF}, {".zarr", CAIRN_ESM_ZARR},
    {".zarr/", CAIRN_ESM_ZARR}, {".tif", CAIRN_ESM_TIFF},   {".tiff", CAIRN_ESM_TIFF}, {".grib", CAIRN_ESM_GRIB},
    {".grib2", CAIRN_ESM_GRIB}, {".grb2", CAIRN_ESM_GRIB},  {NULL, CAIRN_ESM_FORMATS},
};

static bool is_word(cairn_span text, const char *word)
{
    return text.n == strlen(word) && strncasecmp(text.p, word, text.n) == 0;
}

static bool has_word(cairn_span text, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= text.n; i++)
        if (strncasecmp(text.p + i, word, n) == 0)
            return true;
    return false;
}

static bool ends_with(cairn_span text, const char *end)
{
    size_t n = strlen(end);
    return text.n > n && strncasecmp(text.p + text.n - n, end, n) == 0;
}

static bool by_type(cairn_span type, cairn_esm_format *out)
{
    const char *end = type.n ? memchr(type.p, ';', type.n) : NULL;
    cairn_span bare = cairn_span_trim(end ? cairn_span_make(type.p, (size_t)(end - type.p)) : type);
    for (const sign *s = types; s->text; s++)
        if (is_word(bare, s->text)) {
            *out = s->format;
            return true;
        }
    return false;
}

static bool by_ending(cairn_span href, cairn_esm_format *out)
{
    for (size_t i = 0; i < href.n; i++)
        if (href.p[i] == '?' || href.p[i] == '#')
            href.n = i;
    for (const sign *s = endings; s->text; s++)
        if (ends_with(href, s->text)) {
            *out = s->format;
            return true;
        }
    return false;
}

static bool has_role(cairn_span asset, const char *const *roles)
{
    cairn_json_walk walk = cairn_json_walk_array(cairn_json_get(asset, "roles"));
    for (cairn_span role; cairn_json_next_element(&walk, &role);)
        for (const char *const *r = roles; *r; r++)
            if (cairn_json_string_is(role, *r))
                return true;
    return false;
}

/* References are JSON (or Parquet) that says where the chunks of other files lie. */
static bool is_reference(cairn_span key, cairn_span asset, cairn_span type)
{
    static const char *const roles[] = {"references", "reference", "kerchunk", NULL};
    if (!has_word(type, "json") && !has_word(type, "parquet"))
        return false;
    return has_role(asset, roles) || has_word(key, "kerchunk") || has_word(key, "reference");
}

/* THREDDS calls the page of a dataset text/html and the data behind it by the same URL. */
static bool is_opendap(cairn_span key, cairn_span href)
{
    return has_word(href, "/dodsC/") || is_word(key, "opendap");
}

/* A page of a service for subsets, which is no file though its type says so. */
static bool is_page(cairn_span href)
{
    return ends_with(href, ".html") || ends_with(href, ".htm") || has_word(href, "/thredds/ncss/");
}

bool cairn_esm_format_of(cairn_span key, cairn_span href, cairn_span asset, cairn_arena *scratch, cairn_esm_format *out)
{
    static const char *const about[] = {"metadata", "thumbnail", "overview", "visual", NULL};
    cairn_span type = cairn_json_string(cairn_json_get(asset, "type"), scratch);
    if (has_role(asset, about) || is_page(href))
        return false;
    *out = CAIRN_ESM_OPENDAP;
    if (is_opendap(key, href))
        return true;
    *out = CAIRN_ESM_REFERENCE;
    if (is_reference(key, asset, type))
        return true;
    return by_type(type, out) || (!type.n && by_ending(href, out));
}
