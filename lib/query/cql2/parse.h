/* Reads CQL2-Text and CQL2-JSON into one tree.
 *
 * CQL2-Text is read by a hand-written recursive descent over a one-token tokenizer, not by a Lemon grammar: the
 * published BNF is ambiguous where parentheses may be an array, a group or a list, which a bounded look at the closing
 * parenthesis settles and LALR(1) can't; keywords (DATE, POINT, BBOX ...) are legal property names unless '(' follows;
 * and messages name the byte, what was found and what was expected, in the words of the place. Depth is a counter.
 *
 * Beyond the standard: a property alone is a boolean expression; operators may be called as functions (`like(a, 'x')`);
 * dates and timestamps with an offset; BETWEEN of strings and instants; quoted names may hold any character, `""` is a
 * quote; `\\` in a string is a backslash, and a backslash before any character that has no escape stands for itself, so
 * that `LIKE '100\%'` works. In arrays and function arguments a parenthesised list that is a whole member is an array,
 * even one of one.
 *
 * CQL2-JSON also takes what early drafts and clients send: `between` with [value, [low, high]] or {value, lower,
 * upper}, `isNull` in any spelling and with its operand bare, {"eq": [a, b]} and the like, {"op": "eq"}, {"casei": x},
 * {"function": {name, args}}, operators in any case, `and`/`or` of one operand, `in` with a flat list.
 *
 * and/or inside of the same one are flattened; -x is -1 * x; NOT LIKE, NOT IN, NOT BETWEEN and IS NOT NULL are a NOT.
 */
#ifndef CAIRN_QUERY_CQL2_PARSE_H
#define CAIRN_QUERY_CQL2_PARSE_H

#include "query/cql2/ast.h"

typedef struct cairn_cql2_limits {
    size_t max_bytes;    /* of the filter (default 4 MiB) */
    size_t max_nodes;    /* default 10,000 */
    size_t max_vertices; /* of all its geometries together (default 100,000) */
    size_t max_pattern;  /* bytes of a LIKE pattern (default 1,024) */
} cairn_cql2_limits;

extern const cairn_cql2_limits cairn_cql2_defaults;

/* Reads `text` (any bytes; copied into the arena) and checks arity and types. A fault is CAIRN_INVALID, a limit
 * CAIRN_TOO_LARGE, both with parameter "filter", error->offset (bytes from 0) and a message such as
 * "expected ')' at byte 41, found 'AND'". `limits` may be NULL: the defaults. Unknown functions, and coordinates that
 * are out of range, are syntactically right: see cairn_cql2_check(). */
cairn_code cairn_cql2_parse_text(cairn_span text, const cairn_cql2_limits *limits, cairn_arena *arena, cairn_cql2 *out,
                                 cairn_error *error);
/* The same for CQL2-JSON; `json` is unchecked bytes. Offsets are bytes in it. */
cairn_code cairn_cql2_parse_json(cairn_span json, const cairn_cql2_limits *limits, cairn_arena *arena, cairn_cql2 *out,
                                 cairn_error *error);

/* What a server must refuse though it can be parsed: functions that it does not have (naming the nearest), coordinates
 * out of range (OGC 21-065, /conf/basic-spatial-functions/s_intersects), a string that is no date or timestamp where
 * one is wanted, wrong operands of a function. CAIRN_INVALID as above. */
cairn_code cairn_cql2_check(const cairn_cql2 *filter, cairn_error *error);

#endif
