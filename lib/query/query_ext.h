/* The Query extension 1.0.0 (item-search#query), lowered into the tree of CQL2:
 * {"eo:cloud_cover": {"lt": 10}, "platform": {"in": ["landsat-8", "landsat-9"]}}. All conditions hold together.
 *
 * Operators: eq, neq, lt, lte, gt, gte, startsWith, endsWith, contains, in. Property names as in filters. Case counts.
 * A string that spells a JSON number stands for the number too: {"eq": "10"} is p = '10' OR p = 10, and an item matches
 * when one of them holds. The other way round only eq, neq, contains and in do so, by the number's own spelling:
 * {"eq": 10} is p = 10 OR p = '10'; no operator of CQL2 turns a stored string into a number, so {"gt": 5} finds no
 * "10". `in` and `contains` look into arrays too: any member. null with eq and neq: is there no value. Missing values
 * meet no other condition. Thread-safety: no state. */
#ifndef CAIRN_QUERY_QUERY_EXT_H
#define CAIRN_QUERY_QUERY_EXT_H

#include "query/cql2/ast.h"

/* Reads the value of `query` (checked JSON text); *out is NULL when it has no condition. CAIRN_INVALID with parameter
 * "query", naming property and operator. */
cairn_code cairn_query_ext_read(cairn_span json, cairn_arena *arena, const cairn_cql2 **out, cairn_error *error);

#endif
