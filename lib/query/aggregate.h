/* Aggregations (STAC API Aggregation 0.3.0): what is counted over the items that a search matches. One pass over the
 * rows (page.with_properties, page.any_order), memory bounded by the number of buckets. Names are the extension's own.
 * Thread-safety: an aggregation belongs to one thread. */
#ifndef CAIRN_QUERY_AGGREGATE_H
#define CAIRN_QUERY_AGGREGATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
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
} cairn_aggregate_item;

typedef struct cairn_aggregate_request cairn_aggregate_request; /* in its arena */

/* The names that are known, for /aggregations: name, data_type ("integer", "datetime", "string", "numeric") and, for
 * frequencies, "frequency_distribution_data_type". NULL behind the last. */
typedef struct cairn_aggregate_info {
    const char *name, *data_type, *frequency_data_type; /* NULL: a single value */
    const char *property;                               /* that must be there for it to make sense, or NULL */
} cairn_aggregate_info;
const cairn_aggregate_info *cairn_aggregate_at(size_t index);

/* Reads one parameter of /aggregate, GET or POST alike (`aggregations` is a list by commas, or a JSON array in POST):
 * aggregations, <name>_frequency precision and interval parameters as the extension names them
 * (grid_geohash_frequency_precision, ..., datetime_frequency_interval: year, month, day), and <name>_ranges where the
 * extension allows them. `*known` false: not one of ours. */
cairn_code cairn_aggregate_set(cairn_aggregate_request **request, cairn_span name, cairn_span value, bool json,
                               cairn_arena *arena, bool *known, cairn_error *error);
/* CAIRN_INVALID when no aggregation was asked for. */
cairn_code cairn_aggregate_check(const cairn_aggregate_request *request, cairn_error *error);
/* The names of all parameters that cairn_aggregate_set() knows, NULL-terminated. */
extern const char *const cairn_aggregate_parameters[];

typedef struct cairn_aggregation cairn_aggregation; /* running; malloc'ed */
/* NULL when out of memory. */
cairn_aggregation *cairn_aggregation_new(const cairn_aggregate_request *request);
void cairn_aggregation_free(cairn_aggregation *aggregation);
/* CAIRN_TOO_LARGE beyond `max_buckets` (default 10,000 an aggregation: the least frequent ones are then told as
 * "overflow"). `scratch` is reset by the caller between items. */
cairn_code cairn_aggregation_add(cairn_aggregation *aggregation, const cairn_aggregate_item *item, cairn_geos *geos,
                                 cairn_arena *scratch, cairn_error *error);
/* Appends the members of "aggregations":[ ... ], buckets by frequency descending (datetime: by time). */
bool cairn_aggregation_write(const cairn_aggregation *aggregation, cairn_buf *out);

#endif
