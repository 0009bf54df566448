#include "base/buf.h"
#include "indexer/raster_module.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdlib.h>

enum { NUMBER_MAX = 64, MOST_BANDS = 10000, COG_UNTILED_MAX = 512 };

/* Never VRT, WMS and their like: a file of a stranger would decide what else this machine opens. */
static const char *const drivers[] = {"GTiff", "JP2OpenJPEG", "netCDF", NULL};

static const char *version(void)
{
    return GDALVersionInfo("RELEASE_NAME");
}

static cairn_code start(const cairn_raster_options *options, cairn_error *error)
{
    static const char *const settings[][2] = {
        {"GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR"}, /* no sidecar files: no listing, no probing */
        {"GDAL_PAM_ENABLED", "NO"},
        {"GDAL_GEOREF_SOURCES", "INTERNAL"},
        {"VSI_CACHE", "TRUE"},
        {"GDAL_HTTP_RETRY_DELAY", "1"},
        {"GDAL_HTTP_CONNECTTIMEOUT", "10"},
    };
    char number[NUMBER_MAX];
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        CPLSetConfigOption(settings[i][0], settings[i][1]);
    snprintf(number, sizeof number, "%d", options->timeout);
    CPLSetConfigOption("GDAL_HTTP_TIMEOUT", number);
    snprintf(number, sizeof number, "%d", options->retries);
    CPLSetConfigOption("GDAL_HTTP_MAX_RETRY", number);
    CPLSetErrorHandler(CPLQuietErrorHandler);
    GDALAllRegister();
    if (!GDALGetDriverByName("GTiff"))
        return cairn_error_set(error, CAIRN_UNSUPPORTED, "this GDAL (%s) has no driver for GeoTIFF", version());
    return CAIRN_OK;
}

/* ---- what went wrong ---- */

/* A query may be a signature, and messages go into logs. */
static void without_queries(const char *text, char *out, size_t size)
{
    size_t n = 0;
    bool skip = false;
    for (; *text && n + 1 < size; text++) {
        skip = (skip || *text == '?') && !strchr(" '\"`,)", *text);
        if (!skip)
            out[n++] = *text;
    }
    out[n] = 0;
}

static cairn_code cannot_open(cairn_error *error)
{
    char message[CAIRN_ERROR_MESSAGE_MAX];
    without_queries(CPLGetLastErrorMsg(), message, sizeof message);
    if (!*message)
        return cairn_error_set(error, CAIRN_IO, "cannot be opened: not there, or no GeoTIFF, JPEG 2000 or netCDF");
    return cairn_error_set(error, CAIRN_IO, "cannot be opened: %s", message);
}

/* ---- bands ---- */

static const char *type_of(GDALRasterBandH band)
{
    const char *pixel = GDALGetMetadataItem(band, "PIXELTYPE", "IMAGE_STRUCTURE");
    switch (GDALGetRasterDataType(band)) {
    case GDT_Byte:
        return pixel && strcmp(pixel, "SIGNEDBYTE") == 0 ? "int8" : "uint8";
    case GDT_UInt16:
        return "uint16";
    case GDT_Int16:
        return "int16";
    case GDT_UInt32:
        return "uint32";
    case GDT_Int32:
        return "int32";
    case GDT_UInt64:
        return "uint64";
    case GDT_Int64:
        return "int64";
    case GDT_Float32:
        return "float32";
    case GDT_Float64:
        return "float64";
    case GDT_CInt16:
        return "cint16";
    case GDT_CInt32:
        return "cint32";
    case GDT_CFloat32:
        return "cfloat32";
    case GDT_CFloat64:
        return "cfloat64";
    default:
        return "other";
    }
}

static cairn_span number_text(double value, cairn_arena *arena)
{
    cairn_buf buf = CAIRN_BUF_INIT(NUMBER_MAX);
    if (isnan(value))
        cairn_buf_add_text(&buf, "\"nan\"");
    else if (isinf(value))
        cairn_buf_add_text(&buf, value > 0 ? "\"inf\"" : "\"-inf\"");
    else
        cairn_buf_add_json_number(&buf, value);
    cairn_span text = cairn_arena_copy(arena, cairn_buf_span(&buf));
    cairn_buf_free(&buf);
    return text;
}

/* 64 bits are more than a double holds. */
static cairn_span nodata_of(GDALRasterBandH band, cairn_arena *arena)
{
    int there = 0;
    cairn_span text;
    GDALDataType type = GDALGetRasterDataType(band);
    if (type == GDT_Int64) {
        long long value = GDALGetRasterNoDataValueAsInt64(band, &there);
        text = cairn_arena_printf(arena, "%lld", value);
    } else if (type == GDT_UInt64) {
        unsigned long long value = GDALGetRasterNoDataValueAsUInt64(band, &there);
        text = cairn_arena_printf(arena, "%llu", value);
    } else {
        text = number_text(GDALGetRasterNoDataValue(band, &there), arena);
    }
    return there ? text : CAIRN_SPAN_NONE;
}

static cairn_span words(const char *text, cairn_arena *arena)
{
    return text && *text ? cairn_arena_copy(arena, cairn_span_of(text)) : CAIRN_SPAN_NONE;
}

static void read_band(GDALRasterBandH band, cairn_arena *arena, cairn_raster_band *out)
{
    int has_scale = 0, has_offset = 0;
    double scale = GDALGetRasterScale(band, &has_scale), offset = GDALGetRasterOffset(band, &has_offset);
    *out = (cairn_raster_band){.data_type = type_of(band),
                               .nodata = nodata_of(band, arena),
                               .unit = words(GDALGetRasterUnitType(band), arena),
                               .description = words(GDALGetDescription(band), arena),
                               .scale = has_scale && isfinite(scale) ? scale : 1,
                               .offset = has_offset && isfinite(offset) ? offset : 0};
    out->has_scaling = out->scale != 1 || out->offset != 0;
}

static bool read_bands(GDALDatasetH file, cairn_arena *arena, cairn_raster *out)
{
    int n = GDALGetRasterCount(file);
    if (n > MOST_BANDS)
        n = 0; /* a cube of time steps, say: a list of them is of no use to a client */
    out->bands = cairn_arena_calloc(arena, (size_t)n + 1, sizeof *out->bands);
    for (int i = 0; out->bands && i < n; i++)
        read_band(GDALGetRasterBand(file, i + 1), arena, &out->bands[i]);
    out->n_bands = (size_t)n;
    return out->bands != NULL;
}

/* ---- place ---- */

/* The code that the file's system carries, if it is what that code means: files may say one and mean another. */
static cairn_span code_of(OGRSpatialReferenceH system, cairn_arena *arena)
{
    const char *authority = OSRGetAuthorityName(system, NULL), *number = OSRGetAuthorityCode(system, NULL);
    if (!authority || !number)
        return CAIRN_SPAN_NONE;
    cairn_span code = cairn_arena_printf(arena, "%s:%s", authority, number);
    OGRSpatialReferenceH meant = OSRNewSpatialReference(NULL);
    static const char *const same[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", "CRITERION=EQUIVALENT", NULL};
    bool sure =
        code.p && meant && OSRSetFromUserInput(meant, code.p) == OGRERR_NONE && OSRIsSameEx(system, meant, same);
    OSRDestroySpatialReference(meant);
    return sure ? code : CAIRN_SPAN_NONE;
}

static void read_system(GDALDatasetH file, cairn_arena *arena, cairn_raster *out)
{
    static const char *const form[] = {"FORMAT=WKT2_2019", "MULTILINE=NO", NULL};
    OGRSpatialReferenceH system = GDALGetSpatialRef(file);
    char *text = NULL;
    if (!system || OSRIsLocal(system))
        return;
    out->code = code_of(system, arena);
    if (!out->code.p && OSRExportToWktEx(system, &text, form) == OGRERR_NONE)
        out->wkt2 = words(text, arena);
    CPLFree(text);
}

static void read_grid(GDALDatasetH file, cairn_raster *out)
{
    double g[6];
    out->height = GDALGetRasterYSize(file);
    out->width = GDALGetRasterXSize(file);
    if (GDALGetGeoTransform(file, g) != CE_None)
        return;
    const double transform[6] = {g[1], g[2], g[0], g[4], g[5], g[3]};
    out->has_transform = true;
    for (int i = 0; i < 6; i++) {
        out->transform[i] = transform[i];
        out->has_transform &= isfinite(transform[i]);
    }
}

/* ---- cloud optimised or not: the rules of GDAL's validate_cloud_optimized_geotiff.py, but for the tiles' own order
 * --- */

/* -1: not told, as of a sparse block. */
static long long place_of(GDALRasterBandH band, const char *what)
{
    const char *text = GDALGetMetadataItem(band, what, "TIFF");
    return text ? strtoll(text, NULL, 10) : -1;
}

/* Stricter than the script, which takes strips of up to 1,024 pixels for tiles. */
static bool is_tiled(GDALRasterBandH band)
{
    int block_width, block_height, width = GDALGetRasterBandXSize(band), height = GDALGetRasterBandYSize(band);
    GDALGetBlockSize(band, &block_width, &block_height);
    return (width <= COG_UNTILED_MAX && height <= COG_UNTILED_MAX) || block_width < width || block_height >= height;
}

static bool has_cog_order(GDALRasterBandH band)
{
    long long directory = place_of(band, "IFD_OFFSET"), data = place_of(band, "BLOCK_OFFSET_0_0");
    if ((directory != 8 && directory != 16) || !is_tiled(band))
        return false;
    for (int i = 0; i < GDALGetOverviewCount(band); i++) {
        GDALRasterBandH overview = GDALGetOverview(band, i);
        long long next = place_of(overview, "IFD_OFFSET"), place = place_of(overview, "BLOCK_OFFSET_0_0");
        if (next <= directory || (data > 0 && place > data) || !is_tiled(overview))
            return false;
        directory = next;
        data = place > 0 ? place : data;
    }
    return data < 0 || directory < data;
}

static bool is_cog(GDALDatasetH file)
{
    const char *layout = GDALGetMetadataItem(file, "LAYOUT", "IMAGE_STRUCTURE");
    if (layout && strcmp(layout, "COG") == 0)
        return true;
    return GDALGetRasterCount(file) > 0 && has_cog_order(GDALGetRasterBand(file, 1));
}

/* ---- the whole ---- */

static bool is_tiff(GDALDatasetH file)
{
    return strcmp(GDALGetDriverShortName(GDALGetDatasetDriver(file)), "GTiff") == 0;
}

static void read_size(const char *name, cairn_raster *out)
{
    VSIStatBufL facts;
    out->has_size = VSIStatExL(name, &facts, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG | VSI_STAT_SIZE_FLAG) == 0 &&
                    !VSI_ISDIR(facts.st_mode) && facts.st_size > 0;
    out->size = out->has_size ? (uint64_t)facts.st_size : 0;
}

static bool read_all(GDALDatasetH file, const char *name, cairn_arena *arena, cairn_raster *out)
{
    read_size(name, out);
    out->has_grid = GDALGetRasterCount(file) > 0;
    if (!out->has_grid)
        return true;
    read_grid(file, out);
    read_system(file, arena, out);
    out->is_tiff = is_tiff(file);
    out->is_cog = out->is_tiff && is_cog(file);
    return read_bands(file, arena, out);
}

static cairn_code open_raster(cairn_span href, cairn_arena *arena, cairn_raster *out, cairn_error *error)
{
    cairn_span name;
    *out = (cairn_raster){0};
    cairn_code code = cairn_raster_name(href, arena, &name, error);
    if (code != CAIRN_OK)
        return code;
    CPLErrorReset();
    GDALDatasetH file = GDALOpenEx(name.p, GDAL_OF_RASTER | GDAL_OF_READONLY, drivers, NULL, NULL);
    if (!file)
        return cannot_open(error);
    bool ok = read_all(file, name.p, arena, out);
    GDALClose(file);
    return ok ? CAIRN_OK : cairn_error_no_memory(error);
}

__attribute__((visibility("default"))) const cairn_raster_module cairn_raster_gdal = {
    .size = sizeof(cairn_raster), .version = version, .start = start, .open = open_raster};
