/* Inside lib/query/cql2: values, and what the parts of the evaluator share. See evaluate.h for what they mean. */
#ifndef CAIRN_QUERY_CQL2_EVALUATE_VALUE_H
#define CAIRN_QUERY_CQL2_EVALUATE_VALUE_H

#include "base/json.h"
#include "query/cql2/evaluate.h"

typedef enum cairn_cql2_type {
    CAIRN_CQL2_V_NULL,
    CAIRN_CQL2_V_BOOLEAN,
    CAIRN_CQL2_V_NUMBER,
    CAIRN_CQL2_V_STRING,
    CAIRN_CQL2_V_INSTANT,  /* .time: of a date, its first and last nanosecond; of a timestamp, twice the same */
    CAIRN_CQL2_V_INTERVAL, /* .time */
    CAIRN_CQL2_V_PLACE,
    CAIRN_CQL2_V_ARRAY,
    CAIRN_CQL2_V_OTHER, /* .json: what no operator takes, but may be GeoJSON */
} cairn_cql2_type;

typedef struct cairn_cql2_value cairn_cql2_value;
typedef struct cairn_cql2_set cairn_cql2_set;
struct cairn_cql2_value {
    cairn_cql2_type type;
    union {
        bool boolean;
        double number;
        cairn_span text; /* UTF-8 */
        cairn_interval time;
        struct {
            cairn_area *area; /* of a literal, or NULL: a footprint */
            cairn_box box;
            cairn_span wkb;
        } place;
        struct {
            cairn_span json; /* a JSON array, or absent: `n` values */
            const cairn_cql2_value *at;
            size_t n;
            const cairn_cql2_set *set; /* of a constant array, or NULL */
        } array;
        cairn_span json;
    };
};

/* Where the value of a property may stand: under its own name, or that of another generation of the field. */
typedef enum cairn_cql2_change { CAIRN_CQL2_SAME, CAIRN_CQL2_TO_CODE, CAIRN_CQL2_TO_EPSG } cairn_cql2_change;
typedef struct cairn_cql2_source {
    cairn_cql2_property property;
    cairn_cql2_change change; /* what makes the value one of the property that was asked for */
} cairn_cql2_source;

typedef struct cairn_cql2_pattern cairn_cql2_pattern;

/* What is known of a node beforehand. */
typedef struct cairn_cql2_prepared {
    bool is_constant; /* `value` is its value, whatever the record */
    cairn_cql2_value value;
    bool as_time;                      /* strings are compared as dates or timestamps */
    const cairn_cql2_pattern *pattern; /* LIKE; NULL: null */
    const cairn_cql2_set *members;     /* IN, where they are constants */
    const cairn_cql2_source *sources;  /* PROPERTY */
    size_t n_sources;
} cairn_cql2_prepared;

/* One evaluation. */
typedef struct cairn_cql2_run {
    cairn_geos *geos;
    const cairn_cql2_prepared *const *prepared; /* by node.index; NULL where nothing is to be known */
    const cairn_cql2_record *record;            /* NULL while constants are folded */
    cairn_arena *arena;                         /* for what is made */
    cairn_error *error;
    cairn_code code; /* the first fault; all values are null from then on */
} cairn_cql2_run;

/* Two values of one such type are in order by truth, number or bytes, without a look at what they stand for. */
static inline bool cairn_cql2_is_plain(cairn_cql2_type type)
{
    return type == CAIRN_CQL2_V_BOOLEAN || type == CAIRN_CQL2_V_NUMBER || type == CAIRN_CQL2_V_STRING;
}

#define CAIRN_CQL2_NULL ((cairn_cql2_value){.type = CAIRN_CQL2_V_NULL})

static inline cairn_cql2_value cairn_cql2_value_truth(cairn_truth truth)
{
    return truth == CAIRN_UNKNOWN ? CAIRN_CQL2_NULL
                                  : (cairn_cql2_value){.type = CAIRN_CQL2_V_BOOLEAN, .boolean = truth == CAIRN_TRUE};
}

static inline cairn_truth cairn_cql2_truth_of(const cairn_cql2_value *value)
{
    return value->type != CAIRN_CQL2_V_BOOLEAN ? CAIRN_UNKNOWN : value->boolean ? CAIRN_TRUE : CAIRN_FALSE;
}

static inline cairn_cql2_value cairn_cql2_value_string(cairn_span text)
{
    return text.p ? (cairn_cql2_value){.type = CAIRN_CQL2_V_STRING, .text = text} : CAIRN_CQL2_NULL;
}

static inline cairn_cql2_value cairn_cql2_value_time(cairn_time time)
{
    return (cairn_cql2_value){.type = CAIRN_CQL2_V_INSTANT, .time = {time, time}};
}

/* Null when it is not finite. */
cairn_cql2_value cairn_cql2_value_number(double number);
/* A whole day. */
cairn_cql2_value cairn_cql2_value_day(cairn_time midnight);
/* An instant, or a string that is read as one; false when it is neither. */
bool cairn_cql2_value_instant(const cairn_cql2_value *value, cairn_interval *out);

/* Whether an operand of the node is a property that holds times: the strings beside it are read as such. */
bool cairn_cql2_is_about_time(const cairn_cql2_node *node);

/* Notes that the arena is full. Returns null. */
cairn_cql2_value cairn_cql2_run_full(cairn_cql2_run *run);

/* The value of checked JSON text; null when it is absent or null. Strings with escapes are decoded into the arena. */
cairn_cql2_value cairn_cql2_value_json(cairn_cql2_run *run, cairn_span json);

/* evaluate.c: any node. Recursion: CAIRN_CQL2_MAX_DEPTH. */
cairn_cql2_value cairn_cql2_value_of(cairn_cql2_run *run, const cairn_cql2_node *node);

/* Operators, by what they need. */
cairn_truth cairn_cql2_value_compare(cairn_cql2_kind kind, const cairn_cql2_value *a, const cairn_cql2_value *b,
                                     bool as_time);
cairn_cql2_value cairn_cql2_run_compare(cairn_cql2_run *run, const cairn_cql2_node *node);
cairn_cql2_value cairn_cql2_run_between(cairn_cql2_run *run, const cairn_cql2_node *node);
cairn_cql2_value cairn_cql2_run_in(cairn_cql2_run *run, const cairn_cql2_node *node);
cairn_cql2_value cairn_cql2_run_like(cairn_cql2_run *run, const cairn_cql2_node *node);
cairn_cql2_value cairn_cql2_run_fold(cairn_cql2_run *run, const cairn_cql2_node *node);
cairn_cql2_value cairn_cql2_run_arithmetic(cairn_cql2_run *run, const cairn_cql2_node *node);
cairn_cql2_value cairn_cql2_run_time(cairn_cql2_run *run, const cairn_cql2_node *node);
cairn_cql2_value cairn_cql2_run_interval(cairn_cql2_run *run, const cairn_cql2_node *node);
cairn_cql2_value cairn_cql2_run_array(cairn_cql2_run *run, const cairn_cql2_node *node);
cairn_cql2_value cairn_cql2_run_array_function(cairn_cql2_run *run, const cairn_cql2_node *node);
cairn_cql2_value cairn_cql2_run_space(cairn_cql2_run *run, const cairn_cql2_node *node);
cairn_cql2_value cairn_cql2_run_function(cairn_cql2_run *run, const cairn_cql2_node *node);
cairn_cql2_value cairn_cql2_run_property(cairn_cql2_run *run, const cairn_cql2_node *node);

/* The interval that an operand of a T_ function is; false: null. */
bool cairn_cql2_run_temporal(cairn_cql2_run *run, const cairn_cql2_node *node, cairn_interval *out);

/* A literal geometry or box. CAIRN_INVALID for what GEOS refuses. */
cairn_code cairn_cql2_area_of(cairn_geos *geos, const cairn_cql2_node *node, cairn_arena *arena, cairn_cql2_value *out,
                              cairn_error *error);

/* ---- LIKE ---- */

/* NULL at the arena's cap. The pattern borrows from `text`. */
cairn_cql2_pattern *cairn_cql2_pattern_new(cairn_span text, cairn_arena *arena);
bool cairn_cql2_pattern_matches(const cairn_cql2_pattern *pattern, cairn_span text);

/* ---- letters ---- */

typedef enum cairn_cql2_fold {
    CAIRN_CQL2_FOLD_CASE,
    CAIRN_CQL2_FOLD_ACCENTS,
    CAIRN_CQL2_FOLD_LOWER,
    CAIRN_CQL2_FOLD_UPPER
} cairn_cql2_fold;

/* False at the arena's cap. `*out` is absent for a text with more than 64 marks on one letter, which would take time
 * that grows with their square. */
bool cairn_cql2_fold_text(cairn_span text, cairn_cql2_fold how, cairn_arena *arena, cairn_span *out);

/* ---- sets ---- */

/* A set of the values; NULL at the arena's cap. */
cairn_cql2_set *cairn_cql2_set_new(const cairn_cql2_value *values, size_t n, cairn_arena *arena);
/* Whether one of the set's members equals the value; unknown when none does, but one is null or of another type. */
cairn_truth cairn_cql2_set_has(const cairn_cql2_set *set, const cairn_cql2_value *value);

/* ---- generations of fields ---- */

/* The property itself, then where older or newer documents keep it. False at the arena's cap. */
bool cairn_cql2_sources_of(const cairn_cql2_property *property, cairn_arena *arena, const cairn_cql2_source **out,
                           size_t *n);
/* The JSON text of the value, changed; absent when it can't be. False at the arena's cap. */
bool cairn_cql2_change_value(cairn_cql2_change change, cairn_span json, cairn_arena *arena, cairn_span *out);

#endif
