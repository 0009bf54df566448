/* Private to lib/stac/ready: what the steps of the load-ready form share. Rules: docs/load-ready.md. */
#ifndef CAIRN_STAC_READY_PARTS_H
#define CAIRN_STAC_READY_PARTS_H

#include "base/jtree.h"
#include "stac/ready.h"

#define CAIRN_READY_SCHEMA "https://stac-extensions.github.io/"

/* The three extensions whose versions are replaced. */
typedef enum cairn_ready_extension {
    CAIRN_READY_PROJECTION,
    CAIRN_READY_EO,
    CAIRN_READY_RASTER,
    CAIRN_READY_EXTENSIONS,
    CAIRN_READY_NONE = CAIRN_READY_EXTENSIONS,
} cairn_ready_extension;

/* The fields that are read, in the order of cairn_ready_fields[]. */
typedef enum cairn_ready_slot {
    CAIRN_SLOT_HREF,
    CAIRN_SLOT_TYPE,
    CAIRN_SLOT_ROLES,
    CAIRN_SLOT_BANDS,
    CAIRN_SLOT_DATA_TYPE,
    CAIRN_SLOT_NODATA,
    CAIRN_SLOT_UNIT,
    CAIRN_SLOT_CODE,
    CAIRN_SLOT_EPSG,
    CAIRN_SLOT_WKT2,
    CAIRN_SLOT_PROJJSON,
    CAIRN_SLOT_PROJ_GEOMETRY,
    CAIRN_SLOT_CENTROID,
    CAIRN_SLOT_PROJ_BBOX,
    CAIRN_SLOT_SHAPE,
    CAIRN_SLOT_TRANSFORM,
    CAIRN_SLOT_EO_BANDS,
    CAIRN_SLOT_CLOUD_COVER,
    CAIRN_SLOT_SNOW_COVER,
    CAIRN_SLOT_RASTER_BANDS,
    CAIRN_SLOT_COMMON_NAME, /* from here on: fields of version 2 that version 1 has in bands only */
    CAIRN_SLOT_CENTER_WAVELENGTH,
    CAIRN_SLOT_FULL_WIDTH_HALF_MAX,
    CAIRN_SLOT_SOLAR_ILLUMINATION,
    CAIRN_SLOT_BITS_PER_SAMPLE,
    CAIRN_SLOT_SAMPLING,
    CAIRN_SLOT_SCALE,
    CAIRN_SLOT_OFFSET,
    CAIRN_SLOT_SPATIAL_RESOLUTION,
    CAIRN_SLOT_HISTOGRAM,
    CAIRN_SLOTS,
} cairn_ready_slot;

/* `properties` or an asset, with its fields looked up once. */
typedef struct cairn_ready_object {
    cairn_jnode *node; /* an object */
    bool was_raw, changed;
    cairn_jnode *at[CAIRN_SLOTS];         /* NULL: not there */
    bool unknown[CAIRN_READY_EXTENSIONS]; /* has a field with the extension's prefix that is in no list */
} cairn_ready_object;

/* PROJ takes 50 ms to say that it knows no such definition, and one to look up a number. */
enum { CAIRN_READY_DEFINITIONS = 4, CAIRN_READY_NUMBERS = 32 };

typedef struct cairn_ready {
    cairn_arena *arena;
    cairn_jnode *item;
    cairn_ready_object properties; /* without a node when the item has none */
    cairn_ready_object *assets;    /* the objects among its assets */
    size_t n_assets;
    cairn_span definitions[CAIRN_READY_DEFINITIONS]; /* that PROJ was asked about for this item */
    long long numbers[CAIRN_READY_NUMBERS];
    size_t n_definitions, n_numbers;
    bool has_core_bands; /* its version of STAC has `bands`: 1.1.0 and later */
    bool changed;
    bool failed; /* the arena is full */
} cairn_ready;

/* ---- one object ---- */
/* The extension whose prefix the key (as written) has. */
cairn_ready_extension cairn_ready_extension_of(cairn_span key);
/* Looks up the fields of an object node. */
void cairn_ready_object_read(cairn_ready *r, cairn_jnode *node, cairn_ready_object *out);
/* Makes one text again of an object that was, and in which nothing changed: it is printed faster. */
void cairn_ready_object_close(const cairn_ready_object *object);
/* The text of a node. */
cairn_span cairn_ready_text(cairn_ready *r, const cairn_jnode *node);
/* The text of a field; absent when it is missing or null. */
cairn_span cairn_ready_get(cairn_ready *r, const cairn_ready_object *object, cairn_ready_slot slot);
/* Writes a field; takes it out. */
void cairn_ready_put(cairn_ready *r, cairn_ready_object *object, cairn_ready_slot slot, cairn_span value);
void cairn_ready_drop(cairn_ready *r, cairn_ready_object *object, cairn_ready_slot slot);
/* What the buffer has, in the arena; absent (and failed) when it doesn't fit. Frees the buffer. */
cairn_span cairn_ready_take(cairn_ready *r, cairn_buf *buf);
/* The numbers of an array; 0 when there are more than `most`, or other things. */
size_t cairn_ready_numbers(cairn_span array, double *out, size_t most);

/* ---- the steps, in their order ---- */
void cairn_ready_crs(cairn_ready *r);
void cairn_ready_grids(cairn_ready *r);
void cairn_ready_place(cairn_ready *r);
void cairn_ready_media_types(cairn_ready *r);
void cairn_ready_bands(cairn_ready *r);
void cairn_ready_extensions(cairn_ready *r);

/* The reference system of an object in words for PROJ ("EPSG:32633", WKT, PROJJSON), its own or else the item's; absent
 * when there is none. */
cairn_span cairn_ready_crs_of(cairn_ready *r, const cairn_ready_object *object);
/* The same, of its own alone. */
cairn_span cairn_ready_own_crs(cairn_ready *r, const cairn_ready_object *object);

/* Whether it has a field for one, be it null. */
bool cairn_ready_has_crs(const cairn_ready_object *object);

/* ---- a grid: where pixels lie ---- */
typedef struct cairn_ready_grid {
    bool has_bbox, has_shape, has_transform;
    double bbox[4];      /* west, south, east, north in the reference system */
    double shape[2];     /* rows, columns; whole numbers above 0 */
    double transform[6]; /* x = t0 column + t1 row + t2; y = t3 column + t4 row + t5 */
} cairn_ready_grid;
/* What the object's own fields say; nulls and values of another kind are not there. */
cairn_ready_grid cairn_ready_grid_of(cairn_ready *r, const cairn_ready_object *object);
/* The corners of the grid by transform and shape, else of its bbox, counterclockwise for a north-up grid; false when
 * it has neither. */
bool cairn_ready_grid_corners(const cairn_ready_grid *grid, double x[4], double y[4]);

/* ---- bands ---- */
/* True when eo:bands (raster:bands) may stand beside a declared eo v1.1.0 (raster v1.1.0). */
bool cairn_ready_bands_fit(cairn_span list, cairn_ready_extension extension);

#endif
