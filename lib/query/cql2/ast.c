#include "query/cql2/ast.h"

#include "base/fixed.h"

#include <strings.h>

static const cairn_cql2_operator OPERATORS[] = {
#define X(name, text, json, form, least, most, operands, yields, conformance)                                          \
    {text, json, CAIRN_CQL2_FORM_##form, least, most, CAIRN_CQL2_##operands, CAIRN_CQL2_##yields, conformance},
    CAIRN_CQL2_OPERATORS(X)
#undef X
};

static const cairn_cql2_function FUNCTIONS[] = {{0},
#define X(id, name, least, most, operands, yields, meaning)                                                            \
    {name, least, most, CAIRN_CQL2_##operands, CAIRN_CQL2_##yields, meaning},
                                                CAIRN_CQL2_FUNCTIONS(X)
#undef X
};

/* Names of early drafts, and what people write. */
static const struct {
    const char *name;
    cairn_cql2_kind kind;
} ALIASES[] = {
    {"eq", CAIRN_CQL2_K_EQ},
    {"neq", CAIRN_CQL2_K_NE},
    {"ne", CAIRN_CQL2_K_NE},
    {"!=", CAIRN_CQL2_K_NE},
    {"lt", CAIRN_CQL2_K_LT},
    {"lte", CAIRN_CQL2_K_LE},
    {"le", CAIRN_CQL2_K_LE},
    {"gt", CAIRN_CQL2_K_GT},
    {"gte", CAIRN_CQL2_K_GE},
    {"ge", CAIRN_CQL2_K_GE},
    {"is_null", CAIRN_CQL2_K_IS_NULL},
    {"intersects", CAIRN_CQL2_K_S_INTERSECTS},
    {"anyinteracts", CAIRN_CQL2_K_T_INTERSECTS},
};

const cairn_cql2_operator *cairn_cql2_operator_of(cairn_cql2_kind kind)
{
    return kind >= (int)CAIRN_CQL2_FIRST_OPERATOR && kind < CAIRN_CQL2_KINDS
               ? &OPERATORS[(int)kind - CAIRN_CQL2_FIRST_OPERATOR]
               : NULL;
}

static bool is_name(cairn_span span, const char *name)
{
    return span.n == strlen(name) && strncasecmp(span.p, name, span.n) == 0;
}

cairn_cql2_kind cairn_cql2_find_operator(cairn_span name)
{
    if (name.n == 0)
        return CAIRN_CQL2_KINDS;
    for (int kind = CAIRN_CQL2_FIRST_OPERATOR; kind < CAIRN_CQL2_KINDS; kind++) {
        const cairn_cql2_operator *op = &OPERATORS[kind - CAIRN_CQL2_FIRST_OPERATOR];
        if (is_name(name, op->json) || is_name(name, op->text))
            return (cairn_cql2_kind)kind;
    }
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++)
        if (is_name(name, ALIASES[i].name))
            return ALIASES[i].kind;
    return CAIRN_CQL2_KINDS;
}

const cairn_cql2_function *cairn_cql2_function_of(cairn_cql2_function_id id)
{
    return id == CAIRN_CQL2_F_UNKNOWN ? NULL : &FUNCTIONS[id];
}

cairn_cql2_function_id cairn_cql2_find_function(cairn_span name)
{
    for (int id = CAIRN_CQL2_F_UNKNOWN + 1; name.n && id < CAIRN_CQL2_FUNCTION_COUNT; id++)
        if (is_name(name, FUNCTIONS[id].name))
            return (cairn_cql2_function_id)id;
    return CAIRN_CQL2_F_UNKNOWN;
}

unsigned cairn_cql2_yields(const cairn_cql2_node *node)
{
    switch (node->kind) {
    case CAIRN_CQL2_K_STRING:
        return CAIRN_CQL2_STRING;
    case CAIRN_CQL2_K_NUMBER:
        return CAIRN_CQL2_NUMBER;
    case CAIRN_CQL2_K_BOOLEAN:
        return CAIRN_CQL2_BOOLEAN;
    case CAIRN_CQL2_K_DATE:
    case CAIRN_CQL2_K_TIMESTAMP:
        return CAIRN_CQL2_INSTANT;
    case CAIRN_CQL2_K_INTERVAL:
        return CAIRN_CQL2_INTERVAL;
    case CAIRN_CQL2_K_GEOMETRY:
    case CAIRN_CQL2_K_BBOX:
        return CAIRN_CQL2_GEOMETRY;
    case CAIRN_CQL2_K_ARRAY:
        return CAIRN_CQL2_ARRAY;
    case CAIRN_CQL2_K_FUNCTION:
        return node->function.id == CAIRN_CQL2_F_UNKNOWN ? CAIRN_CQL2_ANY : FUNCTIONS[node->function.id].yields;
    default: {
        const cairn_cql2_operator *op = cairn_cql2_operator_of(node->kind);
        return op ? op->yields : CAIRN_CQL2_ANY;
    }
    }
}

const char *cairn_cql2_describe_types(unsigned types, char *out, size_t size)
{
    static const struct {
        unsigned type;
        const char *name;
    } NAMES[] = {
        {CAIRN_CQL2_BOOLEAN, "a condition or boolean"},
        {CAIRN_CQL2_NUMBER, "a number"},
        {CAIRN_CQL2_STRING, "a string"},
        {CAIRN_CQL2_INSTANT, "a date or timestamp"},
        {CAIRN_CQL2_INTERVAL, "an interval"},
        {CAIRN_CQL2_GEOMETRY, "a geometry"},
        {CAIRN_CQL2_ARRAY, "an array"},
    };
    cairn_fixed text = cairn_fixed_begin(out, size, 0);
    bool first = true;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (!(types & NAMES[i].type))
            continue;
        if (!first)
            cairn_fixed_add(&text, " or ", 4);
        cairn_fixed_add(&text, NAMES[i].name, strlen(NAMES[i].name));
        first = false;
    }
    return out;
}
