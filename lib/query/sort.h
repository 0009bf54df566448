/* Sorting (STAC API Sort 1.0 and 1.1): keys, the values that items are sorted by, and their order.
 *
 * Order of values, ascending: numbers (as doubles), strings (UTF-8 bytes), booleans (false, true). What has no such
 * value (missing, null, arrays, objects) comes last, ascending and descending. Properties that are known to hold times
 * (property.is_time) sort as instants: their value is the canonical text of cairn_sort_time(), of a date that of
 * its midnight; a string there that is no time stays a string. `datetime` is the item's sort time
 * (cairn_item_sort_time). Ties are in the default order (query/position.h), so the order is total. Thread-safety: no
 * state. */
#ifndef CAIRN_QUERY_SORT_H
#define CAIRN_QUERY_SORT_H

#include "query/cql2/evaluate.h"
#include "query/position.h"

typedef enum cairn_sort_type {
    CAIRN_SORT_NUMBER,
    CAIRN_SORT_STRING,
    CAIRN_SORT_BOOLEAN,
    CAIRN_SORT_NONE,
} cairn_sort_type;

struct cairn_sort_value {
    cairn_sort_type type;
    double number;   /* NUMBER; BOOLEAN: 0 or 1 */
    cairn_span text; /* STRING */
};

typedef struct cairn_sort_key {
    cairn_cql2_property property; /* with the names of other generations below */
    bool descending;
    const struct cairn_cql2_source *sources; /* where its value may stand, in this order (cql2/evaluate_value.h) */
    size_t n_sources;
} cairn_sort_key;

typedef struct cairn_sort {
    cairn_sort_key *keys;
    size_t n; /* 0: the default order */
} cairn_sort;

enum { CAIRN_SORT_MAX_KEYS = 16 };

/* GET: "+a,-b,c" (a blank for a decoded plus). POST: [{"field": "a", "direction": "desc"}], direction optional. Names
 * as in filters, `properties.` optional. CAIRN_INVALID with parameter "sortby" for what has no order (geometry, bbox,
 * assets, links), a field twice, more than CAIRN_SORT_MAX_KEYS. A leading `-datetime` alone gives n = 0: it is the
 * default. */
cairn_code cairn_sort_from_text(cairn_span text, cairn_arena *arena, cairn_sort *out, cairn_error *error);
cairn_code cairn_sort_from_json(cairn_span json, cairn_arena *arena, cairn_sort *out, cairn_error *error);

/* "-eo:cloud_cover,+datetime": equal for equal sorts (',' and '\' in names have a '\' in front). Absent at the arena's
 * cap. */
cairn_span cairn_sort_signature(const cairn_sort *sort, cairn_arena *arena);

/* The record's values for each key, texts in the arena; false at its cap. */
bool cairn_sort_values(const cairn_sort *sort, const cairn_cql2_record *record, cairn_time time, cairn_arena *arena,
                       cairn_sort_value *out);
/* The value of one property's JSON text (maybe absent); what an index holds. False at the arena's cap. */
bool cairn_sort_value_of(const cairn_cql2_property *property, cairn_span json, cairn_arena *arena,
                         cairn_sort_value *out);
/* "2020-01-01T00:00:00" or with a fraction without trailing zeros, UTC, no zone: orders by bytes as the instants do. */
enum { CAIRN_SORT_TIME_MAX = 32 };
size_t cairn_sort_time(cairn_time time, char out[CAIRN_SORT_TIME_MAX]);

/* Order of two values, ascending, NONE last. */
int cairn_sort_value_compare(const cairn_sort_value *a, const cairn_sort_value *b);
/* Negative when `a` comes before `b`: by position.keys (sort->n of them each), then the default order. */
int cairn_sort_compare(const cairn_sort *sort, const cairn_position *a, const cairn_position *b);

#endif
