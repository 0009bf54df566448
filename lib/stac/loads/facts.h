/* Private to lib/stac: what the rules of the clients look at, gathered in one walk over an item's text. Values are
 * spans of the text; one that is null in it stays so, one that isn't there is absent. */
#ifndef CAIRN_STAC_LOADS_FACTS_H
#define CAIRN_STAC_LOADS_FACTS_H

#include "stac/loads.h"
#include "stac/record.h"

#include <stdint.h>

/* What a media type, or a file's name where there is none, tells. */
typedef enum cairn_media {
    CAIRN_MEDIA_OTHER,
    CAIRN_MEDIA_TIFF,
    CAIRN_MEDIA_JP2,
    CAIRN_MEDIA_PNG,
    CAIRN_MEDIA_JPEG,
    CAIRN_MEDIA_NETCDF, /* HDF5 too */
    CAIRN_MEDIA_HDF4,
    CAIRN_MEDIA_GRIB,
    CAIRN_MEDIA_ZARR,
    CAIRN_MEDIA_JSON,
} cairn_media;

enum { /* roles */
       CAIRN_ROLE_DATA = 1,
       CAIRN_ROLE_METADATA = 2,
       CAIRN_ROLE_THUMBNAIL = 4,
       CAIRN_ROLE_OVERVIEW = 8,
       CAIRN_ROLE_INFO = 16,
       CAIRN_ROLE_INDEX = 32, /* index, references: of kerchunk */
};

enum { CAIRN_LOADS_NUMBERS = 9 };

/* An array of numbers: `n` elements, of which the first few are in `at`; -1 when it is none. */
typedef struct cairn_loads_list {
    cairn_span text; /* the value, absent or whatever it is */
    int n;
    double at[CAIRN_LOADS_NUMBERS];
} cairn_loads_list;

typedef struct cairn_loads_proj {
    cairn_span epsg, code, wkt2, projjson;
    cairn_loads_list bbox, shape, transform;
} cairn_loads_proj;

typedef enum cairn_way {
    CAIRN_WAY_RASTERIO = 1, /* what rasterio opens: rasterio._path.SCHEMES and paths */
    CAIRN_WAY_FSSPEC = 2,   /* what fsspec opens */
    CAIRN_WAY_GDAL = 4,     /* what GDAL STACIT hands on: http(s) and paths */
    CAIRN_WAY_HTTP = 8,     /* it is http or https, by which no folder can be listed */
} cairn_way;

typedef struct cairn_loads_asset {
    cairn_span key; /* between the quotes, as written */
    cairn_span href, type, roles, data_type, nodata, bands, eo_bands, raster_bands, open_kwargs, alternate;
    cairn_loads_proj proj; /* of the asset itself */
    cairn_span media_type; /* decoded; absent when `type` is missing or null */
    cairn_span address;    /* the href, decoded; absent when there is none */
    cairn_media media;
    unsigned role_set;
    unsigned ways; /* of cairn_way: which readers have a way to the address */
    bool ragged;   /* has a member that NumPy makes no array of, see cairn_loads_is_ragged() */
} cairn_loads_asset;

/* Reference systems that PROJ was asked about for an item: it takes milliseconds each. */
enum { CAIRN_LOADS_MOST_SYSTEMS = 64 };
typedef struct cairn_loads_asked {
    uint64_t hashes[CAIRN_LOADS_MOST_SYSTEMS];
    size_t n;
} cairn_loads_asked;

typedef struct cairn_loads_facts {
    cairn_span stac_version, stac_extensions, assets_text, properties;
    cairn_span eo_bands; /* of the properties: before STAC 1.0.0-beta.1, when assets had indices into it */
    cairn_loads_list bbox;
    bool declares_projection; /* any version of it, and the short names of old ones */
    bool declares_proj;       /* the same without "projection", one of the short names */
    bool declares_eo;
    cairn_span datetime, start, end, data_type, nodata;
    cairn_loads_proj proj;         /* of the properties */
    bool ragged;                   /* of the properties */
    cairn_arena *arena;            /* for what has to be decoded */
    const cairn_json_index *index; /* of the text, or NULL */
    cairn_loads_asked *asked;
    bool repeats; /* a key that is read stands more than once in the item, its assets or one of them */
    bool brief;   /* only whether it loads is asked, not why not, nor how many assets do */
    cairn_loads_asset *assets;
    size_t n_assets, room;
} cairn_loads_facts;

/* `brief`: see there. False at the arena's cap. */
bool cairn_loads_gather(cairn_span item, bool brief, cairn_arena *arena, cairn_loads_facts *out);
/* The same by the item's members, brief. `index`: of the text that they lie in, or NULL. */
bool cairn_loads_gather_members(const cairn_members *item, const cairn_json_index *index, cairn_arena *arena,
                                cairn_loads_facts *out);

/* The clients that load the item: a bit each. */
unsigned cairn_loads_mask_of(const cairn_loads_facts *facts);

/* ---- values ---- */

/* There, and not null: what Python's dict.get() gives, when it isn't None. */
static inline bool cairn_loads_has(cairn_span value)
{
    return value.p && value.n && value.p[0] != 'n';
}

/* The first of two that cairn_loads_has(), else `b`. */
static inline cairn_span cairn_loads_either(cairn_span a, cairn_span b)
{
    return cairn_loads_has(a) ? a : b;
}

/* dict.get(key, b): `a` whenever it is there, null too. */
static inline cairn_span cairn_loads_own(cairn_span a, cairn_span b)
{
    return a.p ? a : b;
}

static inline const cairn_loads_list *cairn_loads_own_list(const cairn_loads_list *a, const cairn_loads_list *b)
{
    return a->text.p ? a : b;
}

static inline const cairn_loads_list *cairn_loads_either_list(const cairn_loads_list *a, const cairn_loads_list *b)
{
    return cairn_loads_has(a->text) ? a : b;
}

/* The bytes before the first `stop`. */
static inline cairn_span cairn_loads_before(cairn_span text, char stop)
{
    const char *at = text.n ? memchr(text.p, stop, text.n) : NULL;
    return at ? cairn_span_make(text.p, (size_t)(at - text.p)) : text;
}

/* True when the name is one of a NULL-terminated list, in any case. */
bool cairn_loads_is_one_of(cairn_span name, const char *const *names);

/* Reads list->text. */
void cairn_loads_read_list(cairn_loads_list *list);
/* True when both are missing or null, or are the same value or the same numbers. */
bool cairn_loads_same(const cairn_loads_list *a, const cairn_loads_list *b);
/* True for an array that numpy.array() refuses: lists of unequal lengths in one another. */
bool cairn_loads_is_ragged(cairn_span value);
/* Python's float(): a JSON number or a string of one, "nan" and "inf" included. */
bool cairn_loads_is_float(cairn_span value);
/* A name that numpy.dtype() knows. */
bool cairn_loads_is_dtype(cairn_span value);

/* True when PROJ knows the reference system: a code, PROJJSON, or a string of JSON with WKT or the like in it. The last
 * answers are kept, for each thread; of many systems in one item the further ones are believed. */
bool cairn_loads_crs_known(const cairn_loads_facts *facts, cairn_span crs);

/* ---- media types and places ---- */

cairn_media cairn_media_of(cairn_span media_type, cairn_span address);

/* The readers (cairn_way) that have a way to the address. */
unsigned cairn_ways_to(cairn_span address);

#endif
