/* Numbers: the arithmetic operators. What is not finite is null. */
#include "query/cql2/evaluate_value.h"

#include <math.h>

cairn_cql2_value cairn_cql2_value_number(double number)
{
    return isfinite(number) ? (cairn_cql2_value){.type = CAIRN_CQL2_V_NUMBER, .number = number} : CAIRN_CQL2_NULL;
}

static double calculate(cairn_cql2_kind kind, double a, double b)
{
    switch (kind) {
    case CAIRN_CQL2_K_ADD:
        return a + b;
    case CAIRN_CQL2_K_SUBTRACT:
        return a - b;
    case CAIRN_CQL2_K_MULTIPLY:
        return a * b;
    case CAIRN_CQL2_K_DIVIDE:
        return b == 0 ? NAN : a / b;
    case CAIRN_CQL2_K_MODULO:
        return fmod(a, b);
    case CAIRN_CQL2_K_DIV:
        return b == 0 ? NAN : trunc(a / b);
    default:
        return pow(a, b);
    }
}

cairn_cql2_value cairn_cql2_run_arithmetic(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_cql2_value a = cairn_cql2_value_of(run, node->args[0]), b = cairn_cql2_value_of(run, node->args[1]);
    if (a.type != CAIRN_CQL2_V_NUMBER || b.type != CAIRN_CQL2_V_NUMBER)
        return CAIRN_CQL2_NULL;
    return cairn_cql2_value_number(calculate(node->kind, a.number, b.number));
}
