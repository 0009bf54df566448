/* The evaluator: making ready, logic, and the way to all the other operators. */
#include "query/cql2/evaluate_value.h"

#include "query/cql2/parse.h"

struct cairn_cql2_matcher {
    const cairn_cql2 *filter;
    cairn_geos *geos;
    const cairn_cql2_prepared **prepared;
};

cairn_cql2_value cairn_cql2_run_full(cairn_cql2_run *run)
{
    if (run->code == CAIRN_OK)
        run->code = cairn_error_set(run->error, CAIRN_NOMEM, "no memory left for evaluating the filter");
    return CAIRN_CQL2_NULL;
}

/* ---- logic: 21-065 6.2, table of three-valued logic ---- */

static cairn_cql2_value run_logic(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_truth decides = node->kind == CAIRN_CQL2_K_AND ? CAIRN_FALSE : CAIRN_TRUE;
    cairn_truth all = node->kind == CAIRN_CQL2_K_AND ? CAIRN_TRUE : CAIRN_FALSE;
    for (size_t i = 0; i < node->n; i++) {
        cairn_cql2_value value = cairn_cql2_value_of(run, node->args[i]);
        cairn_truth truth = cairn_cql2_truth_of(&value);
        if (truth == decides)
            return value;
        all = truth == CAIRN_UNKNOWN ? truth : all;
    }
    return cairn_cql2_value_truth(all);
}

static cairn_cql2_value run_not(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_cql2_value value = cairn_cql2_value_of(run, node->args[0]);
    if (value.type != CAIRN_CQL2_V_BOOLEAN)
        return CAIRN_CQL2_NULL;
    return cairn_cql2_value_truth(value.boolean ? CAIRN_FALSE : CAIRN_TRUE);
}

static cairn_cql2_value run_is_null(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_cql2_value value = cairn_cql2_value_of(run, node->args[0]);
    return cairn_cql2_value_truth(value.type == CAIRN_CQL2_V_NULL ? CAIRN_TRUE : CAIRN_FALSE);
}

/* ---- nodes ---- */

static cairn_cql2_value run_leaf(const cairn_cql2_node *node)
{
    switch (node->kind) {
    case CAIRN_CQL2_K_STRING:
        return cairn_cql2_value_string(node->text.p ? node->text : cairn_span_make("", 0));
    case CAIRN_CQL2_K_NUMBER:
        return cairn_cql2_value_number(node->number.value);
    case CAIRN_CQL2_K_BOOLEAN:
        return cairn_cql2_value_truth(node->boolean ? CAIRN_TRUE : CAIRN_FALSE);
    case CAIRN_CQL2_K_DATE:
        return cairn_cql2_value_day(node->time);
    case CAIRN_CQL2_K_TIMESTAMP:
        return cairn_cql2_value_time(node->time);
    default:
        return CAIRN_CQL2_NULL;
    }
}

static cairn_cql2_value run_operator(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    const cairn_cql2_operator *op = cairn_cql2_operator_of(node->kind);
    if (node->kind == CAIRN_CQL2_K_CASEI || node->kind == CAIRN_CQL2_K_ACCENTI)
        return cairn_cql2_run_fold(run, node);
    if (op->yields == CAIRN_CQL2_NUMBER)
        return cairn_cql2_run_arithmetic(run, node);
    if (op->operands == CAIRN_CQL2_GEOMETRY)
        return cairn_cql2_run_space(run, node);
    if (op->operands == CAIRN_CQL2_TEMPORAL)
        return cairn_cql2_run_time(run, node);
    if (op->operands == CAIRN_CQL2_ARRAY)
        return cairn_cql2_run_array_function(run, node);
    return cairn_cql2_run_compare(run, node);
}

static cairn_cql2_value run_node(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    switch (node->kind) {
    case CAIRN_CQL2_K_PROPERTY:
        return cairn_cql2_run_property(run, node);
    case CAIRN_CQL2_K_INTERVAL:
        return cairn_cql2_run_interval(run, node);
    case CAIRN_CQL2_K_ARRAY:
        return cairn_cql2_run_array(run, node);
    case CAIRN_CQL2_K_FUNCTION:
        return cairn_cql2_run_function(run, node);
    case CAIRN_CQL2_K_AND:
    case CAIRN_CQL2_K_OR:
        return run_logic(run, node);
    case CAIRN_CQL2_K_NOT:
        return run_not(run, node);
    case CAIRN_CQL2_K_IS_NULL:
        return run_is_null(run, node);
    case CAIRN_CQL2_K_LIKE:
        return cairn_cql2_run_like(run, node);
    case CAIRN_CQL2_K_BETWEEN:
        return cairn_cql2_run_between(run, node);
    case CAIRN_CQL2_K_IN:
        return cairn_cql2_run_in(run, node);
    default:
        return (int)node->kind < (int)CAIRN_CQL2_FIRST_OPERATOR ? run_leaf(node) : run_operator(run, node);
    }
}

cairn_cql2_value cairn_cql2_value_of(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    const cairn_cql2_prepared *known = run->prepared[node->index];
    if (run->code != CAIRN_OK)
        return CAIRN_CQL2_NULL;
    return known && known->is_constant ? known->value : run_node(run, node);
}

/* ---- making ready ---- */

typedef struct maker {
    cairn_cql2_run run; /* folds constants */
    const cairn_cql2_prepared **prepared;
} maker;

/* NULL at the arena's cap. */
static cairn_cql2_prepared *know(maker *m, const cairn_cql2_node *node)
{
    cairn_cql2_prepared *known = cairn_arena_calloc(m->run.arena, 1, sizeof *known);
    if (!known)
        cairn_cql2_run_full(&m->run);
    m->prepared[node->index] = known;
    return known;
}

static void know_property(maker *m, const cairn_cql2_node *node)
{
    cairn_cql2_prepared *known = know(m, node);
    if (known && !cairn_cql2_sources_of(&node->property, m->run.arena, &known->sources, &known->n_sources))
        cairn_cql2_run_full(&m->run);
}

static void know_pattern(maker *m, const cairn_cql2_node *node)
{
    cairn_cql2_value text = cairn_cql2_value_of(&m->run, node->args[1]);
    cairn_cql2_prepared *known = know(m, node);
    if (known && text.type == CAIRN_CQL2_V_STRING &&
        !(known->pattern = cairn_cql2_pattern_new(text.text, m->run.arena)))
        cairn_cql2_run_full(&m->run);
}

static void know_members(maker *m, const cairn_cql2_node *node, cairn_cql2_prepared *known)
{
    cairn_cql2_value *values = cairn_arena_calloc(m->run.arena, node->n, sizeof *values);
    for (size_t i = 1; values && i < node->n; i++)
        values[i - 1] = cairn_cql2_value_of(&m->run, node->args[i]);
    known->members = values ? cairn_cql2_set_new(values, node->n - 1, m->run.arena) : NULL;
    if (!known->members)
        cairn_cql2_run_full(&m->run);
}

static void know_constant(maker *m, const cairn_cql2_node *node)
{
    cairn_cql2_value value = run_node(&m->run, node);
    cairn_cql2_prepared *known = know(m, node);
    if (known) {
        known->is_constant = true;
        known->value = value;
    }
}

static void know_area(maker *m, const cairn_cql2_node *node)
{
    cairn_cql2_prepared *known = know(m, node);
    if (!known)
        return;
    known->is_constant = true;
    m->run.code = cairn_cql2_area_of(m->run.geos, node, m->run.arena, &known->value, m->run.error);
}

static void know_operator(maker *m, const cairn_cql2_node *node, bool constant_from_second)
{
    if (node->kind == CAIRN_CQL2_K_LIKE) {
        know_pattern(m, node);
    } else if (cairn_cql2_is_about_time(node) || (node->kind == CAIRN_CQL2_K_IN && constant_from_second)) {
        cairn_cql2_prepared *known = know(m, node);
        if (known && cairn_cql2_is_about_time(node))
            known->as_time = true;
        else if (known)
            know_members(m, node, known);
    }
}

/* Whether the node's value is the same for all records. Recursion: CAIRN_CQL2_MAX_DEPTH. */
static bool make_ready(maker *m, const cairn_cql2_node *node)
{
    bool first = true, others = true;
    for (size_t i = 0; i < node->n && m->run.code == CAIRN_OK; i++)
        *(i ? &others : &first) &= make_ready(m, node->args[i]);
    if (m->run.code != CAIRN_OK)
        return false;
    if (node->kind == CAIRN_CQL2_K_PROPERTY)
        know_property(m, node);
    else if (node->kind == CAIRN_CQL2_K_GEOMETRY || node->kind == CAIRN_CQL2_K_BBOX)
        know_area(m, node);
    else
        know_operator(m, node, others);
    if (node->n && first && others && m->run.code == CAIRN_OK)
        know_constant(m, node);
    return first && others && node->kind != CAIRN_CQL2_K_PROPERTY;
}

cairn_code cairn_cql2_matcher_new(const cairn_cql2 *filter, cairn_geos *geos, cairn_arena *arena,
                                  cairn_cql2_matcher **out, cairn_error *error)
{
    cairn_code code = cairn_cql2_check(filter, error);
    if (code != CAIRN_OK)
        return code;
    cairn_cql2_matcher *matcher = cairn_arena_calloc(arena, 1, sizeof *matcher);
    const cairn_cql2_prepared **prepared = cairn_arena_calloc(arena, filter->nodes, sizeof *prepared);
    if (!matcher || !prepared)
        return cairn_error_set(error, CAIRN_NOMEM, "no memory left for the filter");
    maker m = {{.geos = geos, .prepared = prepared, .arena = arena, .error = error}, prepared};
    *matcher = (cairn_cql2_matcher){filter, geos, prepared};
    *out = matcher;
    make_ready(&m, filter->root);
    return m.run.code;
}

cairn_code cairn_cql2_match(cairn_cql2_matcher *matcher, const cairn_cql2_record *record, cairn_arena *scratch,
                            cairn_truth *out, cairn_error *error)
{
    cairn_cql2_run run = {
        .geos = matcher->geos, .prepared = matcher->prepared, .record = record, .arena = scratch, .error = error};
    cairn_cql2_value value = cairn_cql2_value_of(&run, matcher->filter->root);
    *out = cairn_cql2_truth_of(&value);
    return run.code;
}
