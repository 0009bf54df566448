/* Nodes with operands: their shapes, how many, and of which types. */
#include "query/cql2/build.h"
#include "query/cql2/scan.h"
#include "query/cql2/text.h"

#include <strings.h>

static const char *name_of(cairn_cql2_kind kind)
{
    return kind == CAIRN_CQL2_K_ARRAY      ? "an array"
           : kind == CAIRN_CQL2_K_INTERVAL ? "INTERVAL"
                                           : cairn_cql2_operator_of(kind)->text;
}

static cairn_cql2_node *wrong_type(cairn_cql2_builder *b, const cairn_cql2_node *operand, unsigned wanted,
                                   const char *name)
{
    char want[200], found[200];
    cairn_cql2_describe_types(wanted, want, sizeof want);
    cairn_cql2_describe_types(cairn_cql2_yields(operand), found, sizeof found);
    return cairn_cql2_fail(b, CAIRN_INVALID, operand->offset, "%s: expected %s at byte %zu, found %s", name, want,
                           operand->offset, found);
}

/* ---- arity ---- */

static bool check_arity(cairn_cql2_builder *b, const char *name, size_t offset, size_t least, size_t most, size_t n)
{
    if (n >= least && n <= most)
        return true;
    const char *plural = least == 1 && most == 1 ? "" : "s";
    if (least == most)
        cairn_cql2_fail(b, CAIRN_INVALID, offset, "%s at byte %zu: expected %zu operand%s, found %zu", name, offset,
                        least, plural, n);
    else
        cairn_cql2_fail(b, CAIRN_INVALID, offset, "%s at byte %zu: expected %zu or more operands, found %zu", name,
                        offset, least, n);
    return false;
}

/* ---- types ---- */

/* A string may stand for a date or timestamp. */
static unsigned widen(unsigned types)
{
    return types & (CAIRN_CQL2_STRING | CAIRN_CQL2_INSTANT) ? types | CAIRN_CQL2_STRING | CAIRN_CQL2_INSTANT : types;
}

static bool check_comparable(cairn_cql2_builder *b, cairn_cql2_kind kind, const cairn_cql2_list *args)
{
    for (size_t i = 1; i < args->n; i++) {
        unsigned first = cairn_cql2_yields(args->at[0]);
        if (!(widen(first) & widen(cairn_cql2_yields(args->at[i]))))
            return wrong_type(b, args->at[i], first, name_of(kind));
    }
    return true;
}

const cairn_cql2_node *cairn_cql2_pattern_of(const cairn_cql2_node *node)
{
    while (node->kind == CAIRN_CQL2_K_CASEI || node->kind == CAIRN_CQL2_K_ACCENTI)
        node = node->args[0];
    return node->kind == CAIRN_CQL2_K_STRING ? node : NULL;
}

static bool check_pattern(cairn_cql2_builder *b, const cairn_cql2_node *pattern)
{
    const cairn_cql2_node *literal = cairn_cql2_pattern_of(pattern);
    if (!literal)
        return cairn_cql2_fail(b, CAIRN_INVALID, pattern->offset,
                               "LIKE: expected a pattern in quotes (in CASEI or ACCENTI, if need be) at byte %zu",
                               pattern->offset);
    if (literal->text.n > b->limits->max_pattern)
        return cairn_cql2_fail(b, CAIRN_TOO_LARGE, literal->offset,
                               "LIKE: the pattern at byte %zu has %zu bytes, more than the limit of %zu",
                               literal->offset, literal->text.n, b->limits->max_pattern);
    return true;
}

static bool check_operands(cairn_cql2_builder *b, cairn_cql2_kind kind, const cairn_cql2_list *args)
{
    const cairn_cql2_operator *op = cairn_cql2_operator_of(kind);
    for (size_t i = 0; op && i < args->n; i++)
        if (!(cairn_cql2_yields(args->at[i]) & op->operands))
            return wrong_type(b, args->at[i], op->operands, op->text);
    switch (kind) {
    case CAIRN_CQL2_K_EQ:
    case CAIRN_CQL2_K_NE:
    case CAIRN_CQL2_K_LT:
    case CAIRN_CQL2_K_GT:
    case CAIRN_CQL2_K_LE:
    case CAIRN_CQL2_K_GE:
    case CAIRN_CQL2_K_BETWEEN:
    case CAIRN_CQL2_K_IN:
        return check_comparable(b, kind, args);
    case CAIRN_CQL2_K_LIKE:
        return check_pattern(b, args->at[1]);
    default:
        return true;
    }
}

static bool check_interval(cairn_cql2_builder *b, const cairn_cql2_list *args)
{
    for (size_t i = 0; i < args->n; i++) {
        const cairn_cql2_node *end = args->at[i];
        if (end->kind != CAIRN_CQL2_K_DATE && end->kind != CAIRN_CQL2_K_TIMESTAMP && end->kind != CAIRN_CQL2_K_OPEN &&
            end->kind != CAIRN_CQL2_K_PROPERTY && end->kind != CAIRN_CQL2_K_FUNCTION)
            return cairn_cql2_fail(b, CAIRN_INVALID, end->offset,
                                   "INTERVAL: expected a date, a timestamp, '..', a property or a function at byte %zu",
                                   end->offset);
    }
    return true;
}

/* ---- making ---- */

static bool flatten(cairn_cql2_builder *b, cairn_cql2_kind kind, const cairn_cql2_list *args, cairn_cql2_list *out)
{
    for (size_t i = 0; i < args->n; i++) {
        const cairn_cql2_node *arg = args->at[i];
        if (arg->kind != kind && !cairn_cql2_append(b, out, arg))
            return false;
        for (size_t k = 0; arg->kind == kind && k < arg->n; k++)
            if (!cairn_cql2_append(b, out, arg->args[k]))
                return false;
    }
    return true;
}

static uint32_t height_above(const cairn_cql2_list *args)
{
    uint32_t height = 0;
    for (size_t i = 0; i < args->n; i++)
        if (args->at[i]->height >= height)
            height = args->at[i]->height + 1;
    return height;
}

static cairn_cql2_node *attach(cairn_cql2_builder *b, cairn_cql2_node *node, const cairn_cql2_list *args)
{
    if (!node)
        return NULL;
    node->args = args->at;
    node->n = args->n;
    node->height = height_above(args);
    if (node->height >= CAIRN_CQL2_MAX_DEPTH)
        return cairn_cql2_fail(b, CAIRN_TOO_LARGE, node->offset,
                               "the filter is nested more than %d deep, the limit, at byte %zu", CAIRN_CQL2_MAX_DEPTH,
                               node->offset);
    return node;
}

cairn_cql2_node *cairn_cql2_make(cairn_cql2_builder *b, cairn_cql2_kind kind, size_t offset,
                                 const cairn_cql2_list *args)
{
    bool logic = kind == CAIRN_CQL2_K_AND || kind == CAIRN_CQL2_K_OR;
    const cairn_cql2_operator *op = cairn_cql2_operator_of(kind);
    cairn_cql2_list flat = {0};
    size_t least = op ? op->least : kind == CAIRN_CQL2_K_INTERVAL ? 2 : 0;
    size_t most = op ? op->most : kind == CAIRN_CQL2_K_INTERVAL ? 2 : CAIRN_CQL2_MANY;
    if (b->code != CAIRN_OK || !check_arity(b, name_of(kind), offset, logic ? 1 : least, most, args->n) ||
        !check_operands(b, kind, args) || (kind == CAIRN_CQL2_K_INTERVAL && !check_interval(b, args)))
        return NULL;
    if (logic && args->n == 1)
        return (cairn_cql2_node *)args->at[0];
    if (logic && !flatten(b, kind, args, &flat))
        return NULL;
    return attach(b, cairn_cql2_new(b, kind, offset), logic ? &flat : args);
}

/* ---- calls ---- */

/* `in` with a list as its second operand, `between` with [low, high]. */
static cairn_cql2_node *spread(cairn_cql2_builder *b, cairn_cql2_kind kind, size_t offset, const cairn_cql2_list *args)
{
    cairn_cql2_list spread = {0};
    const cairn_cql2_node *list = args->at[1];
    if (!cairn_cql2_append(b, &spread, args->at[0]))
        return NULL;
    for (size_t i = 0; i < list->n; i++)
        if (!cairn_cql2_append(b, &spread, list->args[i]))
            return NULL;
    return cairn_cql2_make(b, kind, offset, &spread);
}

/* Early drafts write an interval as an array of two strings. */
static bool take_intervals(cairn_cql2_builder *b, cairn_cql2_list *args)
{
    for (size_t i = 0; i < args->n; i++) {
        const cairn_cql2_node *array = args->at[i];
        cairn_cql2_list ends = {0};
        if (array->kind != CAIRN_CQL2_K_ARRAY || array->n != 2)
            continue;
        for (size_t k = 0; k < 2; k++) {
            const cairn_cql2_node *end = array->args[k];
            if (end->kind == CAIRN_CQL2_K_STRING)
                end = cairn_cql2_interval_end(b, end->offset, end->text);
            if (!cairn_cql2_append(b, &ends, end))
                return false;
        }
        args->at[i] = cairn_cql2_make(b, CAIRN_CQL2_K_INTERVAL, array->offset, &ends);
        if (!args->at[i])
            return false;
    }
    return true;
}

/* What CQL2-Text reads as something else than the name of a function. */
static bool is_taken(cairn_span name)
{
    static const char *const CONSTRUCTORS[] = {"DATE", "TIMESTAMP", "INTERVAL", "BBOX", NULL};
    for (const char *const *taken = CONSTRUCTORS; *taken; taken++)
        if (name.n == strlen(*taken) && strncasecmp(name.p, *taken, name.n) == 0)
            return true;
    return cairn_cql2_is_reserved(name) || cairn_cql2_wkt_type(name) >= 0;
}

static cairn_cql2_node *call_function(cairn_cql2_builder *b, cairn_span name, size_t offset,
                                      const cairn_cql2_list *args)
{
    if (!cairn_cql2_is_identifier(name) || is_taken(name))
        return cairn_cql2_expected(b, offset, "the name of an operator or function", name);
    cairn_cql2_node *node = cairn_cql2_new(b, CAIRN_CQL2_K_FUNCTION, offset);
    if (!node)
        return NULL;
    node->function.id = cairn_cql2_find_function(name);
    node->function.name = name;
    return attach(b, node, args);
}

cairn_cql2_node *cairn_cql2_call(cairn_cql2_builder *b, cairn_span name, size_t offset, cairn_cql2_list *args)
{
    cairn_cql2_kind kind = cairn_cql2_find_operator(name);
    if (b->code != CAIRN_OK)
        return NULL;
    if (kind == CAIRN_CQL2_KINDS)
        return call_function(b, name, offset, args);
    const cairn_cql2_operator *op = cairn_cql2_operator_of(kind);
    bool listed = args->n == 2 && args->at[1]->kind == CAIRN_CQL2_K_ARRAY;
    if (listed && (kind == CAIRN_CQL2_K_IN || (kind == CAIRN_CQL2_K_BETWEEN && args->at[1]->n == 2)))
        return spread(b, kind, offset, args);
    if (op->operands == CAIRN_CQL2_TEMPORAL && !take_intervals(b, args))
        return NULL;
    return cairn_cql2_make(b, kind, offset, args);
}
