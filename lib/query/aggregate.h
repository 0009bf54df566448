/* Aggregations (STAC API Aggregation 0.3.0): what is counted over the items that a search matches. One pass over the
 * rows (page.with_properties, page.any_order), memory bounded by the number of keys. Names are the extension's own.
 * Thread-safety: an aggregation belongs to one thread. */
#ifndef CAIRN_QUERY_AGGREGATE_H
#define CAIRN_QUERY_AGGREGATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "query/estimate.h"
#include "stac/geometry.h"
#include "stac/time.h"

/* What an aggregation sees of an item. */
typedef struct cairn_aggregate_item {
    cairn_span collection;
    cairn_span properties; /* checked text */
    cairn_time time;       /* sort time; CAIRN_TIME_MIN: none */
    bool has_place;
    cairn_box box;
    cairn_span footprint; /* WKB */
    cairn_span text;      /* the whole item or its open form, when cairn_aggregate_wants_text() */
} cairn_aggregate_item;

typedef struct cairn_aggregate_request cairn_aggregate_request; /* in its arena */

/* The names that are known, for /aggregations: name, data_type ("integer", "datetime", "frequency_distribution") and,
 * for those, "frequency_distribution_data_type". NULL behind the last. Beside them there is NAME_frequency for any
 * property NAME of an item (as filters name it): how often each of its values occurs. */
typedef struct cairn_aggregate_info {
    const char *name, *data_type, *frequency_data_type; /* NULL: a single value */
    const char *property;                               /* that must be there for it to make sense, or NULL */
} cairn_aggregate_info;
const cairn_aggregate_info *cairn_aggregate_at(size_t index);

enum {
    CAIRN_AGGREGATE_MAX = 64,              /* aggregations in one request */
    CAIRN_AGGREGATE_BUCKETS_MAX = 10000,   /* that are told of an aggregation */
    CAIRN_AGGREGATE_KEYS_MAX = 250000,     /* different keys that are counted for one request */
    CAIRN_AGGREGATE_TERM_BYTES = 256,      /* longer values have no bucket */
    CAIRN_AGGREGATE_ITEM_CELLS_MAX = 10000 /* cells that one footprint may meet */
};

/* Reads one parameter of /aggregate, GET or POST alike: `aggregations` (a list by commas, or a JSON array in POST),
 * NAME_precision for each grid (geohash 1 to 12, geotile 0 to 29; the coarsest when it is not given), and
 * datetime_frequency_interval: year, quarter, month (when it is not given), week (from Monday), day, hour, minute,
 * second; array_assets (keys of assets, a list by commas or an array), cube_crs ("EPSG:32633") and cube_resolution for
 * array_bytes and cube_bytes (query/estimate.h). `*known` false: not one of ours. Null and empty values mean "not
 * given"; twice is CAIRN_INVALID. `*request` is made (in the arena) when it is NULL. */
cairn_code cairn_aggregate_set(cairn_aggregate_request **request, cairn_span name, cairn_span value, bool json,
                               cairn_arena *arena, bool *known, cairn_error *error);
/* CAIRN_INVALID when no aggregation was asked for; `request` may be NULL. */
cairn_code cairn_aggregate_check(const cairn_aggregate_request *request, cairn_error *error);
/* The names of all parameters that cairn_aggregate_set() knows, NULL-terminated. */
extern const char *const cairn_aggregate_parameters[];

/* One aggregation of a request: its name, and the property that it counts, or absent. */
typedef struct cairn_aggregate_asked {
    cairn_span name, property;
    bool is_generic;       /* NAME_frequency of a property, not one of cairn_aggregate_at() */
    bool from_collections; /* total_count and collection_frequency: how many items each collection has tells it */
} cairn_aggregate_asked;
/* False behind the last. */
bool cairn_aggregate_asked_at(const cairn_aggregate_request *request, size_t index, cairn_aggregate_asked *out);

/* What of an item counts: its properties, its place. */
bool cairn_aggregate_wants_properties(const cairn_aggregate_request *request);
bool cairn_aggregate_wants_footprint(const cairn_aggregate_request *request);
bool cairn_aggregate_wants_text(const cairn_aggregate_request *request);
/* The box of the search, in degrees: cube_bytes tells of the part of the cube in it, too. */
void cairn_aggregate_set_box(cairn_aggregate_request *request, cairn_box box);

typedef struct cairn_aggregation cairn_aggregation; /* running; malloc'ed */
/* NULL when out of memory. */
cairn_aggregation *cairn_aggregation_new(const cairn_aggregate_request *request);
void cairn_aggregation_free(cairn_aggregation *aggregation);
/* Counts an item. CAIRN_INVALID (naming the parameter) when its footprint meets more cells of a grid than
 * CAIRN_AGGREGATE_ITEM_CELLS_MAX, or there are more keys than CAIRN_AGGREGATE_KEYS_MAX. `scratch` is reset by the
 * caller between items. */
cairn_code cairn_aggregation_add(cairn_aggregation *aggregation, const cairn_aggregate_item *item, cairn_geos *geos,
                                 cairn_arena *scratch, cairn_error *error);
/* Counts `n` items of a collection of which nothing more is known: for requests that are from_collections alone. */
cairn_code cairn_aggregation_add_many(cairn_aggregation *aggregation, cairn_span collection, uint64_t n,
                                      cairn_error *error);
/* Appends the members of "aggregations":[ ... ], buckets by frequency descending and then by key (times and numbers: by
 * value). Beyond CAIRN_AGGREGATE_BUCKETS_MAX the last ones by that order are left out. "overflow" is how many items no
 * bucket accounts for: those, and items without a value. A grid of footprints, where an item is in several buckets, is
 * CAIRN_INVALID beyond it instead. CAIRN_NOMEM when the buffer failed. */
cairn_code cairn_aggregation_write(const cairn_aggregation *aggregation, cairn_buf *out, cairn_error *error);

#endif
