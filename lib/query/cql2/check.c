/* What can be parsed, but not answered. */
#include "query/cql2/build.h"

#include "query/names.h"

typedef struct checker {
    cairn_cql2_builder b; /* only for its faults */
} checker;

/* All that is written name(...). */
static void list_names(const char **names)
{
    size_t n = 0;
    for (int i = CAIRN_CQL2_F_UNKNOWN + 1; i < CAIRN_CQL2_FUNCTION_COUNT; i++)
        names[n++] = cairn_cql2_function_of((cairn_cql2_function_id)i)->name;
    for (int kind = CAIRN_CQL2_FIRST_OPERATOR; kind < CAIRN_CQL2_KINDS; kind++) {
        const cairn_cql2_operator *op = cairn_cql2_operator_of((cairn_cql2_kind)kind);
        if (op->form == CAIRN_CQL2_FORM_CALL)
            names[n++] = op->text;
    }
}

static bool refuse_unknown(checker *c, const cairn_cql2_node *node)
{
    const char *names[CAIRN_CQL2_KINDS + CAIRN_CQL2_FUNCTION_COUNT] = {0};
    char quoted[48];
    list_names(names);
    const char *nearest = cairn_name_nearest(node->function.name, names);
    cairn_quote(node->function.name, quoted, sizeof quoted);
    return cairn_cql2_fail(&c->b, CAIRN_INVALID, node->offset, "no function is called '%s' (at byte %zu)%s%s%s", quoted,
                           node->offset, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                           nearest ? "'?" : "");
}

static bool check_function(checker *c, const cairn_cql2_node *node)
{
    const cairn_cql2_function *function = cairn_cql2_function_of(node->function.id);
    if (!function)
        return refuse_unknown(c, node);
    if (node->n < function->least || node->n > function->most)
        return cairn_cql2_fail(&c->b, CAIRN_INVALID, node->offset, "%s at byte %zu: expected %zu operand%s, found %zu",
                               function->name, node->offset, function->least, function->most == 1 ? "" : "s or more",
                               node->n);
    for (size_t i = 0; i < node->n; i++) {
        char want[200], found[200];
        if (cairn_cql2_yields(node->args[i]) & function->operands)
            continue;
        cairn_cql2_describe_types(function->operands, want, sizeof want);
        cairn_cql2_describe_types(cairn_cql2_yields(node->args[i]), found, sizeof found);
        return cairn_cql2_fail(&c->b, CAIRN_INVALID, node->args[i]->offset, "%s: expected %s at byte %zu, found %s",
                               function->name, want, node->args[i]->offset, found);
    }
    return true;
}

static bool check_box(checker *c, const cairn_cql2_node *node, cairn_box box)
{
    if (!(box.west >= -180 && box.east <= 180 && box.east >= -180 && box.west <= 180 && box.south >= -90 &&
          box.north <= 90 && box.north >= -90 && box.south <= 90))
        return cairn_cql2_fail(&c->b, CAIRN_INVALID, node->offset,
                               "the coordinates at byte %zu are out of range, expected longitudes within -180 and 180 "
                               "and latitudes within -90 and 90",
                               node->offset);
    if (box.south > box.north)
        return cairn_cql2_fail(&c->b, CAIRN_INVALID, node->offset,
                               "BBOX at byte %zu: the southern edge lies north of the northern one; expected west, "
                               "south, east, north",
                               node->offset);
    return true;
}

/* The operands of T_ functions that are strings must be dates or timestamps. */
static bool check_temporal(checker *c, const cairn_cql2_node *node)
{
    const cairn_cql2_operator *op = cairn_cql2_operator_of(node->kind);
    cairn_cql2_kind kind;
    cairn_time time;
    if (!op || op->operands != CAIRN_CQL2_TEMPORAL)
        return true;
    for (size_t i = 0; i < node->n; i++) {
        const cairn_cql2_node *arg = node->args[i];
        if (arg->kind == CAIRN_CQL2_K_STRING && !cairn_cql2_read_instant(arg->text, &kind, &time))
            return cairn_cql2_expected(&c->b, arg->offset, "a date or timestamp", arg->text);
    }
    return true;
}

static bool check_interval(checker *c, const cairn_cql2_node *node)
{
    const cairn_cql2_node *start = node->args[0], *end = node->args[1];
    bool fixed = start->kind != CAIRN_CQL2_K_PROPERTY && start->kind != CAIRN_CQL2_K_FUNCTION &&
                 end->kind != CAIRN_CQL2_K_PROPERTY && end->kind != CAIRN_CQL2_K_FUNCTION;
    if (!fixed || start->kind == CAIRN_CQL2_K_OPEN || end->kind == CAIRN_CQL2_K_OPEN)
        return true;
    cairn_time last = end->time;
    if (end->kind == CAIRN_CQL2_K_DATE)
        last = (cairn_time){last.sec + 86399, 999999999};
    if (cairn_time_compare(start->time, last) <= 0)
        return true;
    return cairn_cql2_fail(&c->b, CAIRN_INVALID, node->offset, "the interval at byte %zu ends before it begins",
                           node->offset);
}

static bool check_node(checker *c, const cairn_cql2_node *node)
{
    switch (node->kind) {
    case CAIRN_CQL2_K_FUNCTION:
        return check_function(c, node);
    case CAIRN_CQL2_K_GEOMETRY:
        return check_box(c, node, node->geometry.box);
    case CAIRN_CQL2_K_BBOX:
        return check_box(c, node, node->bbox.box);
    case CAIRN_CQL2_K_INTERVAL:
        return check_interval(c, node);
    default:
        return check_temporal(c, node);
    }
}

/* Recursion: CAIRN_CQL2_MAX_DEPTH. */
static bool check_tree(checker *c, const cairn_cql2_node *node)
{
    if (!check_node(c, node))
        return false;
    for (size_t i = 0; i < node->n; i++)
        if (!check_tree(c, node->args[i]))
            return false;
    return true;
}

cairn_code cairn_cql2_check(const cairn_cql2 *filter, cairn_error *error)
{
    checker c = {.b = {.error = error}};
    check_tree(&c, filter->root);
    return c.b.code;
}
