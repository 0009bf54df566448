/* Inside lib/query/aggregate*.c: what an aggregation is. */
#ifndef CAIRN_QUERY_AGGREGATE_PARTS_H
#define CAIRN_QUERY_AGGREGATE_PARTS_H

#include "query/aggregate.h"
#include "query/aggregate_counter.h"
#include "query/aggregate_grid.h"
#include "query/cql2/evaluate_value.h"

typedef enum cairn_aggregate_kind {
    CAIRN_AGGREGATE_COUNT,
    CAIRN_AGGREGATE_FIRST, /* the least time */
    CAIRN_AGGREGATE_LAST,
    CAIRN_AGGREGATE_TIMES,      /* buckets by the calendar */
    CAIRN_AGGREGATE_TERMS,      /* each value of a property */
    CAIRN_AGGREGATE_RANGES,     /* of numbers: CAIRN_AGGREGATE_EDGES */
    CAIRN_AGGREGATE_STEPS,      /* of numbers: CAIRN_AGGREGATE_STEP wide */
    CAIRN_AGGREGATE_COLLECTION, /* each collection */
    CAIRN_AGGREGATE_CENTROID,   /* the cell of the footprint's centroid */
    CAIRN_AGGREGATE_FOOTPRINT,  /* all cells that it meets */
    CAIRN_AGGREGATE_ARRAYS,     /* bytes of the arrays that the assets hold */
    CAIRN_AGGREGATE_CUBE,       /* bytes of the cube that a client builds of them */
} cairn_aggregate_kind;

typedef struct cairn_aggregate_known {
    cairn_aggregate_info info;
    cairn_aggregate_kind kind;
    cairn_grid grid;
} cairn_aggregate_known;

enum { CAIRN_AGGREGATE_KNOWN = 19 };
extern const cairn_aggregate_known cairn_aggregate_table[CAIRN_AGGREGATE_KNOWN];
/* What NAME_frequency of a property is. */
extern const cairn_aggregate_known cairn_aggregate_generic;

/* Where ranges part: below the first, between two, from the last on. */
enum { CAIRN_AGGREGATE_EDGES = 3, CAIRN_AGGREGATE_STEP = 5 };
extern const double cairn_aggregate_edges[CAIRN_AGGREGATE_EDGES];

typedef enum cairn_calendar {
    CAIRN_CALENDAR_YEAR,
    CAIRN_CALENDAR_QUARTER,
    CAIRN_CALENDAR_MONTH,
    CAIRN_CALENDAR_WEEK,
    CAIRN_CALENDAR_DAY,
    CAIRN_CALENDAR_HOUR,
    CAIRN_CALENDAR_MINUTE,
    CAIRN_CALENDAR_SECOND,
    CAIRN_CALENDARS
} cairn_calendar;
extern const char *const cairn_calendar_names[]; /* NULL-terminated */

/* The first second of the interval that the second lies in. */
int64_t cairn_calendar_start(cairn_calendar calendar, int64_t sec);

typedef struct cairn_aggregate_wanted {
    const cairn_aggregate_known *known;
    cairn_span name, property; /* property: absent for those of items and places */
    const cairn_cql2_source *sources;
    size_t n_sources;
} cairn_aggregate_wanted;

struct cairn_aggregate_request {
    cairn_aggregate_wanted at[CAIRN_AGGREGATE_MAX];
    size_t n;
    int precision[CAIRN_AGGREGATE_KNOWN]; /* by the table */
    cairn_calendar calendar;
    cairn_estimate_wanted estimate;
    unsigned long given; /* bits: parameters by their place in cairn_aggregate_parameters */
};

/* The precision that the grid of an aggregation has. */
static inline int cairn_aggregate_precision(const cairn_aggregate_request *request, const cairn_aggregate_wanted *one)
{
    return request->precision[one->known - cairn_aggregate_table];
}

/* CAIRN_NOMEM: an arena is full. */
static inline cairn_code cairn_aggregate_no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "no memory left for the aggregations");
}

typedef struct cairn_aggregate_running {
    cairn_counter counter;
    uint64_t without; /* items without a value */
} cairn_aggregate_running;

struct cairn_aggregation {
    const cairn_aggregate_request *request;
    cairn_arena *keys;
    size_t n_keys; /* of all counters */
    uint64_t items;
    bool has_time;
    cairn_time first, last;
    cairn_estimate *estimate; /* NULL: neither arrays nor a cube are asked for */
    cairn_aggregate_running at[CAIRN_AGGREGATE_MAX];
};

/* Keys of counters:
 *   TIMES, STEPS, RANGES  an int64: second, step, number of the range
 *   CENTROID, FOOTPRINT   a cairn_cell
 *   COLLECTION            its id
 *   TERMS                 the kind of value in JSON (" 0 t) and its text */

#endif
