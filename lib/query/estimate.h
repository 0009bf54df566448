/* How many bytes the arrays of the items are that a search matches, by their metadata, and the cube that a client
 * builds of them: docs/estimate.md has the formulas. One pass, memory bounded by the number of distinct times.
 * Thread-safety: an estimate belongs to one thread. */
#ifndef CAIRN_QUERY_ESTIMATE_H
#define CAIRN_QUERY_ESTIMATE_H

#include "base/buf.h"
#include "stac/arrays.h"
#include "stac/time.h"

enum {
    CAIRN_ESTIMATE_ASSETS_MAX = 1000,  /* keys of assets that are told one by one; further ones are added up */
    CAIRN_ESTIMATE_SYSTEMS_MAX = 200,  /* reference systems; grids of further ones count as having none */
    CAIRN_ESTIMATE_TIMES_MAX = 1000000 /* distinct times */
};

typedef struct cairn_estimate_wanted {
    const cairn_span *assets; /* keys of assets; NULL: all that hold data (stac/arrays.h). Borrowed */
    size_t n_assets;
    bool has_crs;
    cairn_crs crs;         /* of the cube; else the one that most arrays have */
    double resolution;     /* of the cube in units of its system; 0: the finest of the arrays in that system */
    bool has_box;          /* the cube is cut to it, too */
    cairn_box box;         /* in degrees */
    uint64_t worker_bytes; /* memory of a worker; 0: 4 GiB */
} cairn_estimate_wanted;

typedef struct cairn_estimate_asset {
    cairn_span key;
    uint64_t arrays;             /* items that have the asset */
    uint64_t unknown;            /* of them, without shape or data type */
    uint64_t bytes;              /* of the others, decoded */
    uint64_t bands, value_bytes; /* the most of any */
    bool has_grid;               /* of any */
} cairn_estimate_asset;

typedef struct cairn_estimate_cube {
    double box[4]; /* in the system, snapped outward to the resolution */
    uint64_t width, height;
    uint64_t values; /* times, bands, height, width multiplied */
    uint64_t
        bytes; /* each band in its own data type, one layer for each distinct time: odc.stac.load(groupby="time") */
    uint64_t float64_bytes;                   /* 8 bytes a value, one layer for each item: stackstac.stack() */
    uint64_t chunk_side, chunk_bytes, chunks; /* square chunks of one band and time that are suggested */
    uint64_t workers;                         /* whose memory holds `bytes` twice over */
} cairn_estimate_cube;

typedef struct cairn_estimate_result {
    uint64_t items;         /* that matched */
    uint64_t items_with;    /* that have data assets */
    uint64_t items_unknown; /* of them, with an array of unknown shape or data type */
    uint64_t arrays, unknown_arrays;
    uint64_t bytes;  /* of the arrays that are known, decoded */
    uint64_t others; /* arrays of keys beyond CAIRN_ESTIMATE_ASSETS_MAX: counted above, not in `assets` */
    const cairn_estimate_asset *assets; /* by key */
    size_t n_assets;
    uint64_t times; /* distinct ones of items that have data assets */

    bool has_cube; /* some array has a grid, and the boxes of all could be brought into one system */
    cairn_crs crs;
    size_t systems;              /* that the arrays have */
    uint64_t gridless;           /* arrays without a grid, which are not in the cube */
    double resolution[2];        /* of x and y */
    uint64_t bands, value_bytes; /* of all assets together; value_bytes 0: some data type is not known */
    cairn_estimate_cube whole;   /* of all boxes */
    bool has_cut;
    cairn_estimate_cube cut; /* of their part in the wanted box */
} cairn_estimate_result;

typedef struct cairn_estimate cairn_estimate;

/* `wanted` is copied, what it points to borrowed. NULL when out of memory. */
cairn_estimate *cairn_estimate_new(const cairn_estimate_wanted *wanted);
void cairn_estimate_free(cairn_estimate *estimate);
/* Adds an item: checked text, whole or in open form, and its sort time. CAIRN_INVALID for more than
 * CAIRN_ESTIMATE_TIMES_MAX. `scratch` is the caller's to reset between items. */
cairn_code cairn_estimate_add(cairn_estimate *estimate, cairn_span item, cairn_time time, cairn_arena *scratch,
                              cairn_error *error);
/* What was found so far; points into the estimate. CAIRN_INVALID (parameter "crs") when PROJ doesn't know the wanted
 * system. */
cairn_code cairn_estimate_result_of(const cairn_estimate *estimate, cairn_estimate_result *out, cairn_error *error);

/* Appends a member of a JSON object: "arrays":{...}, "cube":{...} or "cube":null. docs/estimate.md has what is in them.
 */
void cairn_estimate_write_arrays(const cairn_estimate_result *result, cairn_buf *out);
void cairn_estimate_write_cube(const cairn_estimate_result *result, cairn_buf *out);

#endif
