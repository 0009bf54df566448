/* What a raster file says of itself, read through GDAL where this program was built with it. The header is looked at,
 * never the pixels. It is a module of its own that is loaded by the first
 * call, from the program's folder or from where it was installed. */
#ifndef CAIRN_INDEXER_RASTER_H
#define CAIRN_INDEXER_RASTER_H

#include "base/arena.h"
#include "base/error.h"

#include <stdint.h>

typedef struct cairn_raster_band {
    const char *data_type;        /* in STAC's words: "uint16", "float32", "cint16" ...; static */
    cairn_span nodata;            /* JSON: a number, "nan", "inf" or "-inf" in quotes; absent: none */
    cairn_span unit, description; /* UTF-8 as the file has it, not checked; absent: none */
    bool has_scaling;             /* either is other than 1 and 0 */
    double scale, offset;
} cairn_raster_band;

typedef struct cairn_raster {
    bool has_size;
    uint64_t size;     /* of the file, in bytes */
    bool has_grid;     /* false: a container of several arrays (netCDF), of which only the size is told */
    int height, width; /* pixels */
    bool has_transform;
    double transform[6];  /* in the order of proj:transform: a, b, c, d, e, f */
    cairn_span code;      /* "EPSG:32633", when the file's system is that one; else absent */
    cairn_span wkt2;      /* WKT2:2019, when there is a system without such a code */
    bool is_tiff, is_cog; /* laid out as a cloud optimised GeoTIFF */
    cairn_raster_band *bands;
    size_t n_bands;
} cairn_raster;

typedef struct cairn_raster_options {
    int timeout; /* seconds for one request */
    int retries; /* of requests that fail in a way that may pass */
} cairn_raster_options;

/* GDAL's version, "3.6.2"; NULL where there is no module: it was built without, or is not installed. Not thread-safe.
 */
const char *cairn_raster_version(void);

/* Once before anything is opened, by the thread that starts the others. CAIRN_UNSUPPORTED, with what to do,
 * where there is no module. */
cairn_code cairn_raster_start(const cairn_raster_options *options, cairn_error *error);

/* The name by which GDAL opens an absolute href: a path for file:, /vsicurl/, /vsis3/, /vsigs/ or /vsiaz/ for the
 * others. CAIRN_INVALID for any other scheme, for relative hrefs, for names of GDAL's own (/vsi..., also as a file:)
 * and for those with control characters. NUL-terminated, in the arena. Pure. */
cairn_code cairn_raster_name(cairn_span href, cairn_arena *arena, cairn_span *out, cairn_error *error);

/* Opens an href, read-only and only as GeoTIFF, JPEG 2000 or netCDF: no format that leads on to other files or hosts.
 * Nothing beside the file is looked for. Everything in *out lives in the arena. CAIRN_IO when it can't be read;
 * queries of hrefs (they may be signatures) don't stand in its message. Thread-safe. */
cairn_code cairn_raster_open(cairn_span href, cairn_arena *arena, cairn_raster *out, cairn_error *error);

#endif
