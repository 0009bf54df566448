/* One tree for CQL2-Text, CQL2-JSON and the `query` extension (OGC 21-065r2, Common Query Language 1.0).
 *
 * A tree lives in the arena that it was read into, with all its text, and never changes once it was checked: any number
 * of threads may read it. Walks recurse at most CAIRN_CQL2_MAX_DEPTH deep.
 *
 * The tables below are the single source of truth: parsers, printers, checks, the evaluator and the docs read them. */
#ifndef CAIRN_QUERY_CQL2_AST_H
#define CAIRN_QUERY_CQL2_AST_H

#include "base/arena.h"
#include "base/error.h"
#include "stac/geometry.h"
#include "stac/time.h"

/* What an expression may yield; a set of bits. A property may yield anything. */
enum {
    CAIRN_CQL2_BOOLEAN = 1,
    CAIRN_CQL2_NUMBER = 2,
    CAIRN_CQL2_STRING = 4,
    CAIRN_CQL2_INSTANT = 8, /* a date or a timestamp */
    CAIRN_CQL2_INTERVAL = 16,
    CAIRN_CQL2_GEOMETRY = 32,
    CAIRN_CQL2_ARRAY = 64,
    CAIRN_CQL2_SCALAR = CAIRN_CQL2_BOOLEAN | CAIRN_CQL2_NUMBER | CAIRN_CQL2_STRING | CAIRN_CQL2_INSTANT,
    /* A string is read as a date or timestamp where one is wanted. */
    CAIRN_CQL2_TEMPORAL = CAIRN_CQL2_INSTANT | CAIRN_CQL2_INTERVAL | CAIRN_CQL2_STRING,
    CAIRN_CQL2_ORDERED = CAIRN_CQL2_NUMBER | CAIRN_CQL2_STRING | CAIRN_CQL2_INSTANT,
    CAIRN_CQL2_ANY = 127
};

/* How an operator is written in CQL2-Text. */
typedef enum cairn_cql2_form {
    CAIRN_CQL2_FORM_LOGIC,   /* a AND b AND c */
    CAIRN_CQL2_FORM_NOT,     /* NOT a */
    CAIRN_CQL2_FORM_COMPARE, /* a = b, a LIKE b */
    CAIRN_CQL2_FORM_BETWEEN, /* a BETWEEN b AND c */
    CAIRN_CQL2_FORM_IN,      /* a IN (b, c) */
    CAIRN_CQL2_FORM_IS_NULL, /* a IS NULL */
    CAIRN_CQL2_FORM_SUM,     /* a + b */
    CAIRN_CQL2_FORM_PRODUCT, /* a * b */
    CAIRN_CQL2_FORM_POWER,   /* a ^ b */
    CAIRN_CQL2_FORM_CALL,    /* S_INTERSECTS(a, b) */
} cairn_cql2_form;

enum { CAIRN_CQL2_MANY = 0x7fffffff };

/* X(name, CQL2-Text, CQL2-JSON, form, fewest operands, most operands, what operands may yield, what it yields,
 *   conformance class: http://www.opengis.net/spec/cql2/1.0/conf/...)
 * IN has its value first, then the members of the list. LIKE has the pattern second. */
#define CAIRN_CQL2_OPERATORS(X)                                                                                        \
    X(AND, "AND", "and", LOGIC, 2, CAIRN_CQL2_MANY, BOOLEAN, BOOLEAN, "basic-cql2")                                    \
    X(OR, "OR", "or", LOGIC, 2, CAIRN_CQL2_MANY, BOOLEAN, BOOLEAN, "basic-cql2")                                       \
    X(NOT, "NOT", "not", NOT, 1, 1, BOOLEAN, BOOLEAN, "basic-cql2")                                                    \
    X(EQ, "=", "=", COMPARE, 2, 2, SCALAR, BOOLEAN, "basic-cql2")                                                      \
    X(NE, "<>", "<>", COMPARE, 2, 2, SCALAR, BOOLEAN, "basic-cql2")                                                    \
    X(LT, "<", "<", COMPARE, 2, 2, SCALAR, BOOLEAN, "basic-cql2")                                                      \
    X(GT, ">", ">", COMPARE, 2, 2, SCALAR, BOOLEAN, "basic-cql2")                                                      \
    X(LE, "<=", "<=", COMPARE, 2, 2, SCALAR, BOOLEAN, "basic-cql2")                                                    \
    X(GE, ">=", ">=", COMPARE, 2, 2, SCALAR, BOOLEAN, "basic-cql2")                                                    \
    X(IS_NULL, "IS NULL", "isNull", IS_NULL, 1, 1, ANY, BOOLEAN, "basic-cql2")                                         \
    X(LIKE, "LIKE", "like", COMPARE, 2, 2, STRING, BOOLEAN, "advanced-comparison-operators")                           \
    X(BETWEEN, "BETWEEN", "between", BETWEEN, 3, 3, ORDERED, BOOLEAN, "advanced-comparison-operators")                 \
    X(IN, "IN", "in", IN, 1, CAIRN_CQL2_MANY, SCALAR, BOOLEAN, "advanced-comparison-operators")                        \
    X(CASEI, "CASEI", "casei", CALL, 1, 1, STRING, STRING, "case-insensitive-comparison")                              \
    X(ACCENTI, "ACCENTI", "accenti", CALL, 1, 1, STRING, STRING, "accent-insensitive-comparison")                      \
    X(ADD, "+", "+", SUM, 2, 2, NUMBER, NUMBER, "arithmetic")                                                          \
    X(SUBTRACT, "-", "-", SUM, 2, 2, NUMBER, NUMBER, "arithmetic")                                                     \
    X(MULTIPLY, "*", "*", PRODUCT, 2, 2, NUMBER, NUMBER, "arithmetic")                                                 \
    X(DIVIDE, "/", "/", PRODUCT, 2, 2, NUMBER, NUMBER, "arithmetic")                                                   \
    X(MODULO, "%", "%", PRODUCT, 2, 2, NUMBER, NUMBER, "arithmetic")                                                   \
    X(DIV, "DIV", "div", PRODUCT, 2, 2, NUMBER, NUMBER, "arithmetic")                                                  \
    X(POWER, "^", "^", POWER, 2, 2, NUMBER, NUMBER, "arithmetic")                                                      \
    X(S_INTERSECTS, "S_INTERSECTS", "s_intersects", CALL, 2, 2, GEOMETRY, BOOLEAN, "basic-spatial-functions")          \
    X(S_EQUALS, "S_EQUALS", "s_equals", CALL, 2, 2, GEOMETRY, BOOLEAN, "spatial-functions")                            \
    X(S_DISJOINT, "S_DISJOINT", "s_disjoint", CALL, 2, 2, GEOMETRY, BOOLEAN, "spatial-functions")                      \
    X(S_TOUCHES, "S_TOUCHES", "s_touches", CALL, 2, 2, GEOMETRY, BOOLEAN, "spatial-functions")                         \
    X(S_WITHIN, "S_WITHIN", "s_within", CALL, 2, 2, GEOMETRY, BOOLEAN, "spatial-functions")                            \
    X(S_OVERLAPS, "S_OVERLAPS", "s_overlaps", CALL, 2, 2, GEOMETRY, BOOLEAN, "spatial-functions")                      \
    X(S_CROSSES, "S_CROSSES", "s_crosses", CALL, 2, 2, GEOMETRY, BOOLEAN, "spatial-functions")                         \
    X(S_CONTAINS, "S_CONTAINS", "s_contains", CALL, 2, 2, GEOMETRY, BOOLEAN, "spatial-functions")                      \
    X(T_AFTER, "T_AFTER", "t_after", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")                              \
    X(T_BEFORE, "T_BEFORE", "t_before", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")                           \
    X(T_CONTAINS, "T_CONTAINS", "t_contains", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")                     \
    X(T_DISJOINT, "T_DISJOINT", "t_disjoint", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")                     \
    X(T_DURING, "T_DURING", "t_during", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")                           \
    X(T_EQUALS, "T_EQUALS", "t_equals", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")                           \
    X(T_FINISHEDBY, "T_FINISHEDBY", "t_finishedBy", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")               \
    X(T_FINISHES, "T_FINISHES", "t_finishes", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")                     \
    X(T_INTERSECTS, "T_INTERSECTS", "t_intersects", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")               \
    X(T_MEETS, "T_MEETS", "t_meets", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")                              \
    X(T_METBY, "T_METBY", "t_metBy", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")                              \
    X(T_OVERLAPPEDBY, "T_OVERLAPPEDBY", "t_overlappedBy", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")         \
    X(T_OVERLAPS, "T_OVERLAPS", "t_overlaps", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")                     \
    X(T_STARTEDBY, "T_STARTEDBY", "t_startedBy", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")                  \
    X(T_STARTS, "T_STARTS", "t_starts", CALL, 2, 2, TEMPORAL, BOOLEAN, "temporal-functions")                           \
    X(A_EQUALS, "A_EQUALS", "a_equals", CALL, 2, 2, ARRAY, BOOLEAN, "array-functions")                                 \
    X(A_CONTAINS, "A_CONTAINS", "a_contains", CALL, 2, 2, ARRAY, BOOLEAN, "array-functions")                           \
    X(A_CONTAINEDBY, "A_CONTAINEDBY", "a_containedBy", CALL, 2, 2, ARRAY, BOOLEAN, "array-functions")                  \
    X(A_OVERLAPS, "A_OVERLAPS", "a_overlaps", CALL, 2, 2, ARRAY, BOOLEAN, "array-functions")

/* Functions of this server (class "functions"). X(name, spelling, fewest, most, operands, result, meaning). Any operand
 * that is null or of another type makes the result null, except for coalesce. */
#define CAIRN_CQL2_FUNCTIONS(X)                                                                                        \
    X(ABS, "abs", 1, 1, NUMBER, NUMBER, "the number without its sign")                                                 \
    X(CEIL, "ceil", 1, 1, NUMBER, NUMBER, "the smallest whole number that is not below it")                            \
    X(FLOOR, "floor", 1, 1, NUMBER, NUMBER, "the greatest whole number that is not above it")                          \
    X(ROUND, "round", 1, 1, NUMBER, NUMBER, "the nearest whole number; halves go away from zero")                      \
    X(LOWER, "lower", 1, 1, STRING, STRING, "the string in lower case (Unicode)")                                      \
    X(UPPER, "upper", 1, 1, STRING, STRING, "the string in upper case (Unicode)")                                      \
    X(LENGTH, "length", 1, 1, STRING, NUMBER, "how many characters (code points) the string has")                      \
    X(SIZE, "size", 1, 1, ARRAY, NUMBER, "how many members the array has")                                             \
    X(YEAR, "year", 1, 1, TEMPORAL, NUMBER, "the year of the instant, UTC; of an interval: of its start")              \
    X(MONTH, "month", 1, 1, TEMPORAL, NUMBER, "its month, 1 to 12")                                                    \
    X(DAY, "day", 1, 1, TEMPORAL, NUMBER, "its day of the month, 1 to 31")                                             \
    X(COALESCE, "coalesce", 1, CAIRN_CQL2_MANY, ANY, ANY, "the first operand that is not null")

typedef enum cairn_cql2_kind {
    /* Leaves. */
    CAIRN_CQL2_K_PROPERTY,  /* .property */
    CAIRN_CQL2_K_STRING,    /* .text, decoded UTF-8 */
    CAIRN_CQL2_K_NUMBER,    /* .number */
    CAIRN_CQL2_K_BOOLEAN,   /* .boolean */
    CAIRN_CQL2_K_DATE,      /* .time: its midnight UTC. Stands for the whole day */
    CAIRN_CQL2_K_TIMESTAMP, /* .time */
    CAIRN_CQL2_K_OPEN,      /* "..", only in an interval */
    CAIRN_CQL2_K_GEOMETRY,  /* .geometry */
    CAIRN_CQL2_K_BBOX,      /* .bbox */
    /* With operands. */
    CAIRN_CQL2_K_INTERVAL, /* two: DATE, TIMESTAMP, OPEN, PROPERTY or FUNCTION */
    CAIRN_CQL2_K_ARRAY,    /* any number */
    CAIRN_CQL2_K_FUNCTION, /* .function */
#define X(name, ...) CAIRN_CQL2_K_##name,
    CAIRN_CQL2_OPERATORS(X)
#undef X
        CAIRN_CQL2_KINDS
} cairn_cql2_kind;

enum { CAIRN_CQL2_FIRST_OPERATOR = CAIRN_CQL2_K_AND };

typedef struct cairn_cql2_operator {
    const char *text; /* spelling in CQL2-Text, upper case; read in any case */
    const char *json; /* `op` in CQL2-JSON */
    cairn_cql2_form form;
    size_t least, most; /* operands */
    unsigned operands;  /* what each operand may yield */
    unsigned yields;
    const char *conformance; /* last part of the conformance class URI */
} cairn_cql2_operator;

/* The operator of a kind; NULL for leaves, intervals, arrays and functions. */
const cairn_cql2_operator *cairn_cql2_operator_of(cairn_cql2_kind kind);
/* The operator that has the name in CQL2-Text or CQL2-JSON or in an early draft (eq, neq, lt, lte, gt, gte, isNull, "is
 * null", intersects, anyinteracts), letters in any case; CAIRN_CQL2_KINDS when there is none. */
cairn_cql2_kind cairn_cql2_find_operator(cairn_span name);

typedef enum cairn_cql2_function_id {
    CAIRN_CQL2_F_UNKNOWN, /* parsed, but refused by cairn_cql2_check() */
#define X(name, ...) CAIRN_CQL2_F_##name,
    CAIRN_CQL2_FUNCTIONS(X)
#undef X
        CAIRN_CQL2_FUNCTION_COUNT
} cairn_cql2_function_id;

typedef struct cairn_cql2_function {
    const char *name;
    size_t least, most;
    unsigned operands, yields;
    const char *meaning;
} cairn_cql2_function;

/* NULL for CAIRN_CQL2_F_UNKNOWN. */
const cairn_cql2_function *cairn_cql2_function_of(cairn_cql2_function_id id);
/* By name, letters in any case. */
cairn_cql2_function_id cairn_cql2_find_function(cairn_span name);

/* What a property's name stands for. */
typedef enum cairn_cql2_field {
    CAIRN_CQL2_IN_PROPERTIES, /* `path` leads from the item's `properties` */
    CAIRN_CQL2_IN_ITEM, /* `path` leads from the item itself: assets, links, bbox, stac_version, stac_extensions */
    CAIRN_CQL2_ID,
    CAIRN_CQL2_COLLECTION,
    CAIRN_CQL2_PLACE, /* geometry */
    CAIRN_CQL2_DATETIME,
    CAIRN_CQL2_START_DATETIME,
    CAIRN_CQL2_END_DATETIME,
} cairn_cql2_field;

typedef struct cairn_cql2_property {
    cairn_span name; /* as the user wrote it, without quotes */
    cairn_cql2_field field;
    bool is_time; /* known to hold RFC 3339 timestamps: strings are read as such where they are compared with it */
    /* The name's parts between dots, `properties.` in front of it left out. A key that itself has dots may be spelled
     * by several parts. "*" stands for every member of an object or array. */
    const cairn_span *path;
    size_t n;
} cairn_cql2_property;

/* What a name (not empty, without quotes) stands for; `out` borrows it, its path lives in the arena. False at its cap.
 */
bool cairn_cql2_property_of(cairn_span name, cairn_arena *arena, cairn_cql2_property *out);

typedef struct cairn_cql2_node cairn_cql2_node;
struct cairn_cql2_node {
    cairn_cql2_kind kind;
    uint32_t index;                     /* 0 to filter.nodes - 1, each once: for tables beside the tree */
    uint32_t height;                    /* levels below: 0 for leaves */
    size_t offset;                      /* where it begins: byte in the text that was read, from 0 */
    const cairn_cql2_node *const *args; /* operands */
    size_t n;
    union {
        cairn_span text; /* STRING */
        bool boolean;
        cairn_time time; /* DATE, TIMESTAMP */
        struct {
            double value;        /* finite; whole numbers up to 2^53 are exact */
            cairn_span spelling; /* as a JSON number, digits as the user wrote them */
        } number;
        struct {
            cairn_span geojson; /* type and coordinates (or geometries) only, no white space, numbers as written */
            cairn_box box;      /* least and greatest coordinates, planar; may be out of range, see cairn_cql2_check */
            size_t vertices;
        } geometry;
        struct {
            cairn_span json; /* 4 or 6 numbers as a JSON array, as written */
            cairn_box box;   /* west > east: over the antimeridian */
        } bbox;
        struct {
            cairn_cql2_function_id id;
            cairn_span name; /* as written */
        } function;
        cairn_cql2_property property;
    };
};

/* A whole filter. */
typedef struct cairn_cql2 {
    const cairn_cql2_node *root; /* yields a boolean */
    size_t nodes;
    size_t vertices; /* of all geometries together */
} cairn_cql2;

/* Deeper trees are refused. CQL2-JSON needs two levels of nesting for each. */
enum { CAIRN_CQL2_MAX_DEPTH = 48, CAIRN_CQL2_JSON_DEPTH = 2 * CAIRN_CQL2_MAX_DEPTH + 16 };

/* What the expression can yield, seen from its node alone: bits. */
unsigned cairn_cql2_yields(const cairn_cql2_node *node);
/* "a number", "a string, date or timestamp" ... for messages. `out` has at least 96 bytes. */
const char *cairn_cql2_describe_types(unsigned types, char *out, size_t size);

/* True when the trees mean the same, node by node: offsets, the spelling of numbers and quotes don't count. */
bool cairn_cql2_equal(const cairn_cql2_node *a, const cairn_cql2_node *b);

#endif
