/* The arrays that the data assets of an item hold, by what the item says of them: how many values, of how many bytes,
 * on which grid. Nothing is opened. Thread-safety: as the arena. */
#ifndef CAIRN_STAC_ARRAYS_H
#define CAIRN_STAC_ARRAYS_H

#include "base/json.h"
#include "stac/crs.h"

#include <stdint.h>

typedef struct cairn_array {
    cairn_span asset; /* its key, decoded */
    bool has_values;
    uint64_t values; /* of all bands: proj:shape times bands, or of all data variables (cube:variables) */
    /* Of one value of each band, added up, by data_type of bands, raster:bands or the asset; 0: not known of all. */
    uint64_t value_bytes;
    uint64_t bytes; /* decoded: values by their own sizes; 0 when value_bytes is. At most UINT64_MAX */
    uint64_t bands; /* at least 1 */
    bool has_grid;  /* reference system, place and resolution are known */
    cairn_crs crs;
    double box[4];        /* min x, min y, max x, max y in its units */
    double resolution[2]; /* of x and y, above 0 */
} cairn_array;

typedef struct cairn_arrays {
    cairn_json_walk assets;
    cairn_span properties;
    const cairn_span *wanted; /* keys; NULL: all that hold data */
    size_t n_wanted;
    cairn_arena *arena;
} cairn_arrays;

/* `item` is checked text, whole or in open form. With `wanted`, these assets whatever they are, else those with a media
 * type of raster or multidimensional data (or none, but the role data), without a role of thumbnail, overview, visual
 * or metadata. */
cairn_arrays cairn_arrays_of(cairn_span item, const cairn_span *wanted, size_t n_wanted, cairn_arena *arena);
/* False at the end. */
bool cairn_arrays_next(cairn_arrays *arrays, cairn_array *out);

/* The bytes of one value of a type of STAC's common metadata ("uint16", "cfloat32" ...); 0 for others. */
unsigned cairn_data_type_bytes(cairn_span name);
/* a * b and a + b, no more than UINT64_MAX. */
uint64_t cairn_saturated_product(uint64_t a, uint64_t b);
uint64_t cairn_saturated_sum(uint64_t a, uint64_t b);

#endif
