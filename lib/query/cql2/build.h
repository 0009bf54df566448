/* Inside lib/query/cql2: what the two parsers share. Makes nodes, checks arity and types, and keeps the limits. */
#ifndef CAIRN_QUERY_CQL2_BUILD_H
#define CAIRN_QUERY_CQL2_BUILD_H

#include "query/cql2/parse.h"

typedef struct cairn_cql2_builder {
    const cairn_cql2_limits *limits;
    cairn_arena *arena;
    cairn_error *error;
    cairn_code code; /* the first fault */
    cairn_span source;
    size_t made; /* nodes, those that were dropped again counted too */
    size_t vertices;
} cairn_cql2_builder;

/* Copies the source into the arena. */
cairn_code cairn_cql2_begin(cairn_cql2_builder *b, cairn_span source, const cairn_cql2_limits *limits,
                            cairn_arena *arena, cairn_error *error);
/* Checks that the root is a condition, numbers the nodes. */
cairn_code cairn_cql2_finish(cairn_cql2_builder *b, cairn_cql2_node *root, cairn_cql2 *out);

/* Faults; each records the first one and returns NULL. "expected WHAT at byte N, found 'FOUND'"; an absent `found` is
 * the end of the filter. */
cairn_cql2_node *cairn_cql2_expected(cairn_cql2_builder *b, size_t offset, const char *what, cairn_span found);
cairn_cql2_node *cairn_cql2_fail(cairn_cql2_builder *b, cairn_code code, size_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
cairn_cql2_node *cairn_cql2_no_memory(cairn_cql2_builder *b);
/* A fault of a lower layer; `what` says what was read. */
cairn_cql2_node *cairn_cql2_pass_on(cairn_cql2_builder *b, size_t offset, const char *what, const cairn_error *why);

/* A list of nodes that grows in the arena. */
typedef struct cairn_cql2_list {
    const cairn_cql2_node **at;
    size_t n, room;
} cairn_cql2_list;
/* False (and the fault recorded) at the arena's cap; a NULL node is a fault already. */
bool cairn_cql2_append(cairn_cql2_builder *b, cairn_cql2_list *list, const cairn_cql2_node *node);

/* A node of the kind, all else zero. */
cairn_cql2_node *cairn_cql2_new(cairn_cql2_builder *b, cairn_cql2_kind kind, size_t offset);

/* Leaves. Text is decoded and lives as long as the arena. */
cairn_cql2_node *cairn_cql2_string(cairn_cql2_builder *b, size_t offset, cairn_span text);
cairn_cql2_node *cairn_cql2_number(cairn_cql2_builder *b, size_t offset, cairn_span spelling);
cairn_cql2_node *cairn_cql2_boolean(cairn_cql2_builder *b, size_t offset, bool value);
cairn_cql2_node *cairn_cql2_property_ref(cairn_cql2_builder *b, size_t offset, cairn_span name);
cairn_cql2_node *cairn_cql2_date(cairn_cql2_builder *b, size_t offset, cairn_span text);
cairn_cql2_node *cairn_cql2_timestamp(cairn_cql2_builder *b, size_t offset, cairn_span text);
/* A date, a timestamp or "..": the end of an interval. */
cairn_cql2_node *cairn_cql2_interval_end(cairn_cql2_builder *b, size_t offset, cairn_span text);
/* From checked GeoJSON; other members than type and coordinates or geometries are left out. */
cairn_cql2_node *cairn_cql2_geometry(cairn_cql2_builder *b, size_t offset, cairn_span geojson);
/* From a checked JSON array of 4 or 6 numbers. */
cairn_cql2_node *cairn_cql2_bbox(cairn_cql2_builder *b, size_t offset, cairn_span array);

/* Nodes with operands, which are taken over. and/or are flattened; one operand of them is that operand. */
cairn_cql2_node *cairn_cql2_make(cairn_cql2_builder *b, cairn_cql2_kind kind, size_t offset,
                                 const cairn_cql2_list *args);
/* name(args): an operator, which may have any of the shapes that parse.h tells, or a function. */
cairn_cql2_node *cairn_cql2_call(cairn_cql2_builder *b, cairn_span name, size_t offset, cairn_cql2_list *args);

/* A date (CAIRN_CQL2_K_DATE) or a timestamp; what the text is, is said by its form. False when it is neither. */
bool cairn_cql2_read_instant(cairn_span text, cairn_cql2_kind *kind, cairn_time *out);

/* A LIKE pattern must be a literal, maybe in CASEI or ACCENTI: the literal, or NULL. */
const cairn_cql2_node *cairn_cql2_pattern_of(const cairn_cql2_node *node);

#endif
