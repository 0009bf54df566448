/* The walk: NOT is pushed down by asking for what makes a condition false; AND and OR join what their operands tell. */
#include "query/cql2/envelope_parts.h"

cairn_span cairn_cql2_property_key(const cairn_cql2_property *property)
{
    const cairn_span *last = &property->path[property->n - 1];
    const char *first = property->path[0].p;
    return cairn_span_make(first, (size_t)(last->p + last->n - first));
}

/* ---- constants ---- */

/* LIKE is left out, since it is made ready before it is evaluated; so are geometries. Recursion: CAIRN_CQL2_MAX_DEPTH.
 */
static bool mark_constants(cairn_cql2_enveloper *e, const cairn_cql2_node *node)
{
    bool all = node->kind != CAIRN_CQL2_K_PROPERTY && node->kind != CAIRN_CQL2_K_GEOMETRY &&
               node->kind != CAIRN_CQL2_K_BBOX && node->kind != CAIRN_CQL2_K_LIKE;
    for (size_t i = 0; i < node->n; i++)
        all &= mark_constants(e, node->args[i]);
    e->constant[node->index] = all;
    return all;
}

static bool of_constant(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted, cairn_cql2_envelope *out)
{
    cairn_cql2_value value = cairn_cql2_value_of(&e->run, node);
    out->nothing = cairn_cql2_truth_of(&value) != (wanted ? CAIRN_TRUE : CAIRN_FALSE);
    return e->run.code == CAIRN_OK;
}

/* ---- the tree ---- */

static bool of_node(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted, cairn_cql2_envelope *out);

static bool of_all(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted, cairn_cql2_envelope *out)
{
    for (size_t i = 0; i < node->n; i++) {
        cairn_cql2_envelope part;
        if (!of_node(e, node->args[i], wanted, &part) || !cairn_cql2_envelope_meet(out, &part, e->run.arena))
            return false;
    }
    return true;
}

static bool of_any(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted, cairn_cql2_envelope *out)
{
    cairn_cql2_envelope *parts = cairn_arena_calloc(e->run.arena, node->n, sizeof *parts);
    if (!parts)
        return false;
    for (size_t i = 0; i < node->n; i++)
        if (!of_node(e, node->args[i], wanted, &parts[i]))
            return false;
    return cairn_cql2_envelope_hull(parts, node->n, e->run.arena, out);
}

/* What all records satisfy for which the node is true (`wanted`) or false. Recursion: CAIRN_CQL2_MAX_DEPTH. */
static bool of_node(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted, cairn_cql2_envelope *out)
{
    *out = (cairn_cql2_envelope){0};
    if (e->constant[node->index])
        return of_constant(e, node, wanted, out);
    if (node->kind == CAIRN_CQL2_K_NOT)
        return of_node(e, node->args[0], !wanted, out);
    if (node->kind == CAIRN_CQL2_K_AND || node->kind == CAIRN_CQL2_K_OR)
        return (node->kind == CAIRN_CQL2_K_AND) == wanted ? of_all(e, node, wanted, out) : of_any(e, node, wanted, out);
    return cairn_cql2_envelope_leaf(e, node, wanted, out);
}

bool cairn_cql2_envelope_of(const cairn_cql2 *filter, cairn_arena *arena, cairn_cql2_envelope *out)
{
    const cairn_cql2_prepared **none = cairn_arena_calloc(arena, filter->nodes, sizeof *none);
    cairn_cql2_enveloper e = {.run = {.prepared = none, .arena = arena},
                              .constant = cairn_arena_calloc(arena, filter->nodes, sizeof *e.constant)};
    *out = (cairn_cql2_envelope){0};
    if (!none || !e.constant)
        return false;
    mark_constants(&e, filter->root);
    return of_node(&e, filter->root, true, out);
}
