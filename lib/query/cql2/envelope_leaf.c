/* What one condition tells of a record. */
#include "query/cql2/envelope_parts.h"

static cairn_span *one_name(cairn_cql2_enveloper *e, cairn_span name)
{
    cairn_span *list = cairn_arena_calloc(e->run.arena, 1, sizeof *list);
    if (list)
        *list = name;
    return list;
}

cairn_cql2_bound *cairn_cql2_envelope_bound(cairn_cql2_enveloper *e, const cairn_cql2_property *property,
                                            cairn_cql2_envelope *out)
{
    cairn_cql2_bound *bound = cairn_arena_calloc(e->run.arena, 1, sizeof *bound);
    if (!bound)
        return NULL;
    bound->property = property;
    out->bounds = bound;
    out->n_bounds = 1;
    return bound;
}

/* False for what an index has no rows for. */
static bool sort_value(const cairn_cql2_value *value, cairn_sort_value *out)
{
    switch (value->type) {
    case CAIRN_CQL2_V_BOOLEAN:
        *out = (cairn_sort_value){.type = CAIRN_SORT_BOOLEAN, .number = value->boolean};
        return true;
    case CAIRN_CQL2_V_NUMBER:
        *out = (cairn_sort_value){.type = CAIRN_SORT_NUMBER, .number = value->number};
        return true;
    case CAIRN_CQL2_V_STRING:
        *out = (cairn_sort_value){.type = CAIRN_SORT_STRING, .text = value->text};
        return true;
    default:
        return false;
    }
}

static bool bound_by_values(cairn_cql2_enveloper *e, const cairn_cql2_property *property, bool member,
                            const cairn_sort_value *values, size_t n, cairn_cql2_envelope *out)
{
    cairn_cql2_bound *bound = cairn_cql2_envelope_bound(e, property, out);
    cairn_sort_value *copy = cairn_arena_calloc(e->run.arena, n, sizeof *copy);
    if (!bound || !copy)
        return false;
    memcpy(copy, values, n * sizeof *copy);
    bound->member = member;
    bound->values = copy;
    bound->n_values = cairn_cql2_bound_values_sort(copy, n);
    return true;
}

/* ---- comparisons ---- */

static bool name_is(cairn_cql2_enveloper *e, const cairn_cql2_property *property, const cairn_cql2_value *value,
                    cairn_cql2_envelope *out)
{
    out->nothing = value->type != CAIRN_CQL2_V_STRING;
    if (out->nothing)
        return true;
    cairn_span *list = one_name(e, value->text);
    if (property->field == CAIRN_CQL2_ID) {
        out->ids = list;
        out->n_ids = 1;
    } else {
        out->collections = list;
        out->n_collections = 1;
    }
    return list != NULL;
}

static bool property_compares(cairn_cql2_enveloper *e, cairn_cql2_kind kind, const cairn_cql2_property *property,
                              const cairn_cql2_value *value, cairn_cql2_envelope *out)
{
    cairn_sort_value end;
    if (!sort_value(value, &end))
        return true;
    if (kind == CAIRN_CQL2_K_EQ)
        return bound_by_values(e, property, false, &end, 1, out);
    cairn_cql2_bound *bound = cairn_cql2_envelope_bound(e, property, out);
    if (!bound)
        return false;
    bound->has_low = kind == CAIRN_CQL2_K_GT || kind == CAIRN_CQL2_K_GE;
    bound->has_high = !bound->has_low;
    *(bound->has_low ? &bound->low : &bound->high) = end;
    return true;
}

static cairn_cql2_kind opposite(cairn_cql2_kind kind)
{
    switch (kind) {
    case CAIRN_CQL2_K_EQ:
        return CAIRN_CQL2_K_NE;
    case CAIRN_CQL2_K_NE:
        return CAIRN_CQL2_K_EQ;
    case CAIRN_CQL2_K_LT:
        return CAIRN_CQL2_K_GE;
    case CAIRN_CQL2_K_GE:
        return CAIRN_CQL2_K_LT;
    case CAIRN_CQL2_K_GT:
        return CAIRN_CQL2_K_LE;
    default:
        return CAIRN_CQL2_K_GT;
    }
}

static cairn_cql2_kind exchanged(cairn_cql2_kind kind)
{
    switch (kind) {
    case CAIRN_CQL2_K_LT:
        return CAIRN_CQL2_K_GT;
    case CAIRN_CQL2_K_GT:
        return CAIRN_CQL2_K_LT;
    case CAIRN_CQL2_K_LE:
        return CAIRN_CQL2_K_GE;
    case CAIRN_CQL2_K_GE:
        return CAIRN_CQL2_K_LE;
    default:
        return kind;
    }
}

/* "property KIND value", true; `as_time`: strings are read as times. */
static bool of_comparison(cairn_cql2_enveloper *e, cairn_cql2_kind kind, const cairn_cql2_property *property,
                          const cairn_cql2_value *value, bool as_time, cairn_cql2_envelope *out)
{
    cairn_interval time;
    out->nothing = value->type == CAIRN_CQL2_V_NULL;
    if (out->nothing)
        return true;
    if (as_time || value->type == CAIRN_CQL2_V_INSTANT) {
        out->nothing = !cairn_cql2_value_instant(value, &time);
        return out->nothing || cairn_cql2_envelope_compare_time(e, kind, property, time, out);
    }
    if (kind == CAIRN_CQL2_K_NE)
        return true;
    if (property->field == CAIRN_CQL2_IN_PROPERTIES)
        return property_compares(e, kind, property, value, out);
    if (kind == CAIRN_CQL2_K_EQ && (property->field == CAIRN_CQL2_ID || property->field == CAIRN_CQL2_COLLECTION))
        return name_is(e, property, value, out);
    return true;
}

/* "a KIND b" within `node`. */
static bool of_operands(cairn_cql2_enveloper *e, cairn_cql2_kind kind, const cairn_cql2_node *node, size_t a, size_t b,
                        cairn_cql2_envelope *out)
{
    const cairn_cql2_node *left = node->args[a], *right = node->args[b];
    *out = (cairn_cql2_envelope){0};
    if (e->constant[left->index]) {
        const cairn_cql2_node *other = left;
        left = right;
        right = other;
        kind = exchanged(kind);
    }
    if (left->kind != CAIRN_CQL2_K_PROPERTY || !e->constant[right->index])
        return true;
    cairn_cql2_value value = cairn_cql2_value_of(&e->run, right);
    return e->run.code == CAIRN_OK &&
           of_comparison(e, kind, &left->property, &value, cairn_cql2_is_about_time(node), out);
}

static bool of_between(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted, cairn_cql2_envelope *out)
{
    cairn_cql2_envelope parts[2];
    if (!of_operands(e, wanted ? CAIRN_CQL2_K_GE : CAIRN_CQL2_K_LT, node, 0, 1, &parts[0]) ||
        !of_operands(e, wanted ? CAIRN_CQL2_K_LE : CAIRN_CQL2_K_GT, node, 0, 2, &parts[1]))
        return false;
    if (!wanted)
        return cairn_cql2_envelope_hull(parts, 2, e->run.arena, out);
    *out = parts[0];
    return cairn_cql2_envelope_meet(out, &parts[1], e->run.arena);
}

static bool of_in(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted, cairn_cql2_envelope *out)
{
    if (!wanted)
        return true;
    cairn_cql2_envelope *parts = cairn_arena_calloc(e->run.arena, node->n, sizeof *parts);
    if (!parts)
        return false;
    for (size_t i = 1; i < node->n; i++)
        if (!of_operands(e, CAIRN_CQL2_K_EQ, node, 0, i, &parts[i - 1]))
            return false;
    return cairn_cql2_envelope_hull(parts, node->n - 1, e->run.arena, out);
}

/* ---- LIKE ---- */

/* The pattern's text before its first wildcard; false at the arena's cap. */
static bool literal_prefix(cairn_span pattern, cairn_arena *arena, cairn_span *out, bool *whole)
{
    char *text = cairn_arena_alloc(arena, pattern.n + 1);
    size_t n = 0, i = 0;
    if (!text)
        return false;
    for (; i < pattern.n && pattern.p[i] != '%' && pattern.p[i] != '_'; i++) {
        if (pattern.p[i] == '\\' && i + 1 < pattern.n)
            i++;
        text[n++] = pattern.p[i];
    }
    *whole = i == pattern.n;
    *out = cairn_span_make(text, n);
    return true;
}

/* The first text behind all that begin with the prefix; absent when there is none. */
static bool behind_prefix(cairn_span prefix, cairn_arena *arena, cairn_span *out)
{
    char *text = cairn_arena_alloc(arena, prefix.n + 1);
    size_t n = prefix.n;
    if (!text)
        return false;
    memcpy(text, prefix.p, n);
    while (n && (unsigned char)text[n - 1] == 0xFF)
        n--;
    if (n)
        text[n - 1] = (char)((unsigned char)text[n - 1] + 1);
    *out = n ? cairn_span_make(text, n) : CAIRN_SPAN_NONE;
    return true;
}

static bool of_like(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted, cairn_cql2_envelope *out)
{
    const cairn_cql2_node *left = node->args[0];
    bool whole;
    cairn_sort_value low = {.type = CAIRN_SORT_STRING}, high = {.type = CAIRN_SORT_STRING};
    if (!wanted || left->kind != CAIRN_CQL2_K_PROPERTY || left->property.field != CAIRN_CQL2_IN_PROPERTIES ||
        left->property.is_time || !e->constant[node->args[1]->index])
        return true;
    cairn_cql2_value pattern = cairn_cql2_value_of(&e->run, node->args[1]);
    if (pattern.type != CAIRN_CQL2_V_STRING)
        return e->run.code == CAIRN_OK;
    if (!literal_prefix(pattern.text, e->run.arena, &low.text, &whole) ||
        !behind_prefix(low.text, e->run.arena, &high.text))
        return false;
    if (whole)
        return bound_by_values(e, &left->property, false, &low, 1, out);
    cairn_cql2_bound *bound = cairn_cql2_envelope_bound(e, &left->property, out);
    if (!bound)
        return false;
    bound->has_low = true;
    bound->low = low;
    bound->has_high = high.text.p != NULL;
    bound->high = high;
    return true;
}

/* ---- arrays ---- */

static bool of_members(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted, cairn_cql2_envelope *out)
{
    bool second = e->constant[node->args[0]->index];
    const cairn_cql2_node *property = node->args[second], *list = node->args[!second];
    cairn_cql2_kind kind = node->kind;
    if (second && kind == CAIRN_CQL2_K_A_CONTAINEDBY)
        kind = CAIRN_CQL2_K_A_CONTAINS;
    else if (second && kind == CAIRN_CQL2_K_A_CONTAINS)
        kind = CAIRN_CQL2_K_A_CONTAINEDBY;
    if (!wanted || kind == CAIRN_CQL2_K_A_CONTAINEDBY || property->kind != CAIRN_CQL2_K_PROPERTY ||
        property->property.field != CAIRN_CQL2_IN_PROPERTIES || property->property.is_time ||
        list->kind != CAIRN_CQL2_K_ARRAY || !e->constant[list->index])
        return true;
    cairn_sort_value *values = cairn_arena_calloc(e->run.arena, list->n + 1, sizeof *values);
    size_t n = 0;
    for (size_t i = 0; values && i < list->n; i++) {
        cairn_cql2_value value = cairn_cql2_value_of(&e->run, list->args[i]);
        n += sort_value(&value, &values[n]);
    }
    if (!values || e->run.code != CAIRN_OK)
        return false;
    if (n == 0 || (kind == CAIRN_CQL2_K_A_OVERLAPS && n < list->n))
        return true;
    /* Of A_CONTAINS and A_EQUALS any one member will do. */
    return bound_by_values(e, &property->property, true, values, kind == CAIRN_CQL2_K_A_OVERLAPS ? n : 1, out);
}

/* ---- places ---- */

static bool of_space(const cairn_cql2_node *node, bool wanted, cairn_cql2_envelope *out)
{
    const cairn_cql2_node *a = node->args[0], *b = node->args[1];
    if (wanted == (node->kind == CAIRN_CQL2_K_S_DISJOINT))
        return true;
    const cairn_cql2_node *place = a->kind == CAIRN_CQL2_K_PROPERTY ? a : b, *literal = place == a ? b : a;
    bool is_place = place->kind == CAIRN_CQL2_K_PROPERTY && place->property.field == CAIRN_CQL2_PLACE;
    if (!is_place || (literal->kind != CAIRN_CQL2_K_BBOX && literal->kind != CAIRN_CQL2_K_GEOMETRY))
        return true;
    out->has_box = true;
    out->box = literal->kind == CAIRN_CQL2_K_BBOX ? literal->bbox.box : literal->geometry.box;
    return true;
}

/* ---- all ---- */

static bool of_boolean(cairn_cql2_enveloper *e, const cairn_cql2_property *property, bool wanted,
                       cairn_cql2_envelope *out)
{
    const cairn_sort_value value = {.type = CAIRN_SORT_BOOLEAN, .number = wanted};
    return property->field != CAIRN_CQL2_IN_PROPERTIES || bound_by_values(e, property, false, &value, 1, out);
}

bool cairn_cql2_envelope_leaf(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted,
                              cairn_cql2_envelope *out)
{
    const cairn_cql2_operator *op = cairn_cql2_operator_of(node->kind);
    if (node->kind == CAIRN_CQL2_K_PROPERTY)
        return of_boolean(e, &node->property, wanted, out);
    if (!op || node->kind == CAIRN_CQL2_K_IS_NULL)
        return true;
    if (node->kind == CAIRN_CQL2_K_LIKE)
        return of_like(e, node, wanted, out);
    if (node->kind == CAIRN_CQL2_K_BETWEEN)
        return of_between(e, node, wanted, out);
    if (node->kind == CAIRN_CQL2_K_IN)
        return of_in(e, node, wanted, out);
    if (op->operands == CAIRN_CQL2_GEOMETRY)
        return of_space(node, wanted, out);
    if (op->operands == CAIRN_CQL2_TEMPORAL)
        return cairn_cql2_envelope_temporal(e, node, wanted, out);
    if (op->operands == CAIRN_CQL2_ARRAY)
        return of_members(e, node, wanted, out);
    return of_operands(e, wanted ? node->kind : opposite(node->kind), node, 0, 1, out);
}
