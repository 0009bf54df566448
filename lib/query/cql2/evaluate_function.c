/* The functions of CAIRN_CQL2_FUNCTIONS. */
#include "query/cql2/evaluate_value.h"

#include <math.h>

static cairn_cql2_value round_number(cairn_cql2_function_id id, const cairn_cql2_value *value)
{
    if (value->type != CAIRN_CQL2_V_NUMBER)
        return CAIRN_CQL2_NULL;
    switch (id) {
    case CAIRN_CQL2_F_ABS:
        return cairn_cql2_value_number(fabs(value->number));
    case CAIRN_CQL2_F_CEIL:
        return cairn_cql2_value_number(ceil(value->number));
    case CAIRN_CQL2_F_FLOOR:
        return cairn_cql2_value_number(floor(value->number));
    default:
        return cairn_cql2_value_number(round(value->number));
    }
}

static cairn_cql2_value change_letters(cairn_cql2_run *run, cairn_cql2_fold how, const cairn_cql2_value *value)
{
    cairn_span changed;
    if (value->type != CAIRN_CQL2_V_STRING)
        return CAIRN_CQL2_NULL;
    if (!cairn_cql2_fold_text(value->text, how, run->arena, &changed))
        return cairn_cql2_run_full(run);
    return cairn_cql2_value_string(changed);
}

static cairn_cql2_value count_characters(const cairn_cql2_value *value)
{
    size_t n = 0;
    if (value->type != CAIRN_CQL2_V_STRING)
        return CAIRN_CQL2_NULL;
    for (size_t i = 0; i < value->text.n; i++)
        n += ((unsigned char)value->text.p[i] & 0xC0) != 0x80;
    return cairn_cql2_value_number((double)n);
}

static cairn_cql2_value count_members(const cairn_cql2_value *value)
{
    if (value->type != CAIRN_CQL2_V_ARRAY)
        return CAIRN_CQL2_NULL;
    size_t n = value->array.json.p ? cairn_json_count(value->array.json) : value->array.n;
    return cairn_cql2_value_number((double)n);
}

/* Digits [at, at + n) of the instant's text. */
static cairn_cql2_value part_of_date(cairn_cql2_run *run, const cairn_cql2_node *node, size_t at, size_t n)
{
    char text[CAIRN_TIME_TEXT_MAX];
    cairn_interval time;
    double number;
    if (!cairn_cql2_run_temporal(run, node, &time) || cairn_time_is_open(time.start))
        return CAIRN_CQL2_NULL;
    cairn_time_format(time.start, text);
    number = 0;
    for (size_t i = at; i < at + n; i++)
        number = number * 10 + (text[i] - '0');
    return cairn_cql2_value_number(number);
}

static cairn_cql2_value first_known(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_cql2_value value = CAIRN_CQL2_NULL;
    for (size_t i = 0; i < node->n && value.type == CAIRN_CQL2_V_NULL; i++)
        value = cairn_cql2_value_of(run, node->args[i]);
    return value;
}

cairn_cql2_value cairn_cql2_run_function(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_cql2_function_id id = node->function.id;
    if (id == CAIRN_CQL2_F_COALESCE)
        return first_known(run, node);
    if (id == CAIRN_CQL2_F_YEAR)
        return part_of_date(run, node->args[0], 0, 4);
    if (id == CAIRN_CQL2_F_MONTH)
        return part_of_date(run, node->args[0], 5, 2);
    if (id == CAIRN_CQL2_F_DAY)
        return part_of_date(run, node->args[0], 8, 2);
    cairn_cql2_value value = cairn_cql2_value_of(run, node->args[0]);
    switch (id) {
    case CAIRN_CQL2_F_LOWER:
        return change_letters(run, CAIRN_CQL2_FOLD_LOWER, &value);
    case CAIRN_CQL2_F_UPPER:
        return change_letters(run, CAIRN_CQL2_FOLD_UPPER, &value);
    case CAIRN_CQL2_F_LENGTH:
        return count_characters(&value);
    case CAIRN_CQL2_F_SIZE:
        return count_members(&value);
    default:
        return round_number(id, &value);
    }
}
