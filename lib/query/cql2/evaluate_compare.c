/* Comparisons, BETWEEN and IN. */
#include "query/cql2/evaluate_value.h"

/* A day is neither before nor after what happens in it. */
static int compare_times(cairn_interval a, cairn_interval b)
{
    if (cairn_time_compare(a.end, b.start) < 0)
        return -1;
    return cairn_time_compare(a.start, b.end) > 0;
}

static int compare_plain(const cairn_cql2_value *a, const cairn_cql2_value *b)
{
    switch (a->type) {
    case CAIRN_CQL2_V_BOOLEAN:
        return (int)a->boolean - (int)b->boolean;
    case CAIRN_CQL2_V_NUMBER:
        return (a->number > b->number) - (a->number < b->number);
    default:
        return cairn_span_compare(a->text, b->text);
    }
}

static bool holds(cairn_cql2_kind kind, int order)
{
    switch (kind) {
    case CAIRN_CQL2_K_EQ:
        return order == 0;
    case CAIRN_CQL2_K_NE:
        return order != 0;
    case CAIRN_CQL2_K_LT:
        return order < 0;
    case CAIRN_CQL2_K_GT:
        return order > 0;
    case CAIRN_CQL2_K_LE:
        return order <= 0;
    default:
        return order >= 0;
    }
}

cairn_truth cairn_cql2_value_compare(cairn_cql2_kind kind, const cairn_cql2_value *a, const cairn_cql2_value *b,
                                     bool as_time)
{
    cairn_interval from, to;
    int order;
    if (as_time || a->type == CAIRN_CQL2_V_INSTANT || b->type == CAIRN_CQL2_V_INSTANT) {
        if (!cairn_cql2_value_instant(a, &from) || !cairn_cql2_value_instant(b, &to))
            return CAIRN_UNKNOWN;
        order = compare_times(from, to);
    } else {
        if (a->type != b->type || !cairn_cql2_is_plain(a->type))
            return CAIRN_UNKNOWN;
        order = compare_plain(a, b);
    }
    return holds(kind, order) ? CAIRN_TRUE : CAIRN_FALSE;
}

static bool is_about_time(const cairn_cql2_run *run, const cairn_cql2_node *node)
{
    const cairn_cql2_prepared *known = run->prepared[node->index];
    return known && known->as_time;
}

cairn_cql2_value cairn_cql2_run_compare(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_cql2_value a = cairn_cql2_value_of(run, node->args[0]), b = cairn_cql2_value_of(run, node->args[1]);
    return cairn_cql2_value_truth(cairn_cql2_value_compare(node->kind, &a, &b, is_about_time(run, node)));
}

cairn_cql2_value cairn_cql2_run_between(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_cql2_value value = cairn_cql2_value_of(run, node->args[0]);
    cairn_cql2_value low = cairn_cql2_value_of(run, node->args[1]), high = cairn_cql2_value_of(run, node->args[2]);
    bool as_time = is_about_time(run, node);
    cairn_truth above = cairn_cql2_value_compare(CAIRN_CQL2_K_GE, &value, &low, as_time);
    cairn_truth below = cairn_cql2_value_compare(CAIRN_CQL2_K_LE, &value, &high, as_time);
    if (above == CAIRN_FALSE || below == CAIRN_FALSE)
        return cairn_cql2_value_truth(CAIRN_FALSE);
    return cairn_cql2_value_truth(above == CAIRN_TRUE && below == CAIRN_TRUE ? CAIRN_TRUE : CAIRN_UNKNOWN);
}

/* a IN (b, c) is a = b OR a = c. */
cairn_cql2_value cairn_cql2_run_in(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    const cairn_cql2_prepared *known = run->prepared[node->index];
    cairn_cql2_value value = cairn_cql2_value_of(run, node->args[0]);
    cairn_truth truth = CAIRN_FALSE;
    if (known && known->members)
        return cairn_cql2_value_truth(cairn_cql2_set_has(known->members, &value));
    for (size_t i = 1; i < node->n && truth != CAIRN_TRUE; i++) {
        cairn_cql2_value member = cairn_cql2_value_of(run, node->args[i]);
        cairn_truth equal = cairn_cql2_value_compare(CAIRN_CQL2_K_EQ, &value, &member, known && known->as_time);
        truth = equal == CAIRN_FALSE ? truth : equal;
    }
    return cairn_cql2_value_truth(truth);
}
