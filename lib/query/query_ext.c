#include "query/query_ext.h"

#include "base/json.h"
#include "query/cql2/build.h"
#include "query/names.h"

static const char EXAMPLE[] = "{\"eo:cloud_cover\": {\"lt\": 10}}";

typedef struct lowering {
    cairn_cql2_builder b;
    cairn_span property; /* decoded name */
    size_t offset;       /* of the value */
} lowering;

static cairn_cql2_node *refuse(lowering *l, const char *name, const char *expected, cairn_span found)
{
    char property[64], quoted[64];
    cairn_quote(l->property, property, sizeof property);
    return cairn_cql2_fail(&l->b, CAIRN_INVALID, l->offset, "'%s': %s: expected %s, found '%s'; for example %s",
                           property, name, expected, cairn_quote(found, quoted, sizeof quoted), EXAMPLE);
}

/* ---- nodes ---- */

static cairn_cql2_node *property_node(lowering *l)
{
    return cairn_cql2_property_ref(&l->b, l->offset, l->property);
}

static cairn_cql2_node *pair(lowering *l, cairn_cql2_kind kind, const cairn_cql2_node *a, const cairn_cql2_node *b)
{
    cairn_cql2_list args = {0};
    if (!cairn_cql2_append(&l->b, &args, a) || !cairn_cql2_append(&l->b, &args, b))
        return NULL;
    return cairn_cql2_make(&l->b, kind, l->offset, &args);
}

static cairn_cql2_node *not_of(lowering *l, const cairn_cql2_node *node)
{
    cairn_cql2_list args = {0};
    return cairn_cql2_append(&l->b, &args, node) ? cairn_cql2_make(&l->b, CAIRN_CQL2_K_NOT, l->offset, &args) : NULL;
}

static cairn_cql2_node *is_null(lowering *l)
{
    cairn_cql2_list args = {0};
    if (!cairn_cql2_append(&l->b, &args, property_node(l)))
        return NULL;
    return cairn_cql2_make(&l->b, CAIRN_CQL2_K_IS_NULL, l->offset, &args);
}

/* ---- values ---- */

static cairn_span decode(lowering *l, cairn_span string)
{
    cairn_span text = cairn_json_string(string, l->b.arena);
    if (!text.p)
        cairn_cql2_no_memory(&l->b);
    return text;
}

/* Without white space, in the grammar of JSON, within the range of doubles. */
static bool spells_number(cairn_span text)
{
    double value;
    return text.n && (text.p[0] == '-' || (text.p[0] >= '0' && text.p[0] <= '9')) && text.p[text.n - 1] > ' ' &&
           cairn_json_check(text, 1, NULL, NULL) == CAIRN_OK && cairn_json_number(text, &value);
}

/* Appends the literal that a scalar is, and, when `twice`, what a string or number stands for besides. */
static bool append_literals(lowering *l, cairn_span value, bool twice, cairn_cql2_list *out)
{
    char kind = cairn_json_kind(value);
    if (kind == 't' || kind == 'f')
        return cairn_cql2_append(&l->b, out, cairn_cql2_boolean(&l->b, l->offset, kind == 't'));
    if (kind == '0')
        return cairn_cql2_append(&l->b, out, cairn_cql2_number(&l->b, l->offset, value)) &&
               (!twice || cairn_cql2_append(&l->b, out, cairn_cql2_string(&l->b, l->offset, value)));
    cairn_span text = decode(l, value);
    return text.p && cairn_cql2_append(&l->b, out, cairn_cql2_string(&l->b, l->offset, text)) &&
           (!spells_number(text) || cairn_cql2_append(&l->b, out, cairn_cql2_number(&l->b, l->offset, text)));
}

static bool is_scalar(cairn_span value)
{
    return strchr("\"0tf", cairn_json_kind(value)) != NULL;
}

/* `p op literal`, joined by OR over what the value stands for. Values of other types are null, so the OR is decided by
 * the literal of the stored value's own type. */
static cairn_cql2_node *compare(lowering *l, cairn_cql2_kind kind, cairn_span value, bool twice)
{
    cairn_cql2_list literals = {0}, any = {0};
    if (!append_literals(l, value, twice, &literals))
        return NULL;
    for (size_t i = 0; i < literals.n; i++)
        if (!cairn_cql2_append(&l->b, &any, pair(l, kind, property_node(l), literals.at[i])))
            return NULL;
    return cairn_cql2_make(&l->b, CAIRN_CQL2_K_OR, l->offset, &any);
}

/* ---- operators ---- */

typedef struct operator_row {
    const char *name;
    cairn_cql2_kind kind;
    cairn_cql2_node *(*lower)(lowering *l, const struct operator_row *op, cairn_span value);
} operator_row;

static cairn_cql2_node *lower_equal(lowering *l, const operator_row *op, cairn_span value)
{
    if (cairn_json_is_null(value))
        return op->kind == CAIRN_CQL2_K_EQ ? is_null(l) : not_of(l, is_null(l));
    if (!is_scalar(value))
        return refuse(l, op->name, "a string, a number, a boolean or null", value);
    return compare(l, op->kind, value, true);
}

static cairn_cql2_node *lower_order(lowering *l, const operator_row *op, cairn_span value)
{
    char kind = cairn_json_kind(value);
    if (kind != '0' && kind != '"')
        return refuse(l, op->name, "a number or a string", value);
    return compare(l, op->kind, value, false);
}

static bool add_pattern(cairn_span text, bool open_start, bool open_end, cairn_buf *out)
{
    if (open_start)
        cairn_buf_add_byte(out, '%');
    for (size_t i = 0; i < text.n; i++) {
        if (strchr("%_\\", text.p[i]) && text.p[i])
            cairn_buf_add_byte(out, '\\');
        cairn_buf_add_byte(out, text.p[i]);
    }
    return open_end ? cairn_buf_add_byte(out, '%') : !out->failed;
}

static cairn_cql2_node *like(lowering *l, cairn_span text, bool open_start, bool open_end)
{
    cairn_buf pattern = CAIRN_BUF_INIT(2 * text.n + 3);
    cairn_span copy = CAIRN_SPAN_NONE;
    if (add_pattern(text, open_start, open_end, &pattern))
        copy = cairn_arena_copy(l->b.arena, cairn_buf_span(&pattern));
    cairn_buf_free(&pattern);
    if (!copy.p)
        return cairn_cql2_no_memory(&l->b);
    return pair(l, CAIRN_CQL2_K_LIKE, property_node(l), cairn_cql2_string(&l->b, l->offset, copy));
}

static cairn_cql2_node *lower_start(lowering *l, const operator_row *op, cairn_span value)
{
    if (cairn_json_kind(value) != '"')
        return refuse(l, op->name, "a string", value);
    cairn_span text = decode(l, value);
    return text.p ? like(l, text, false, true) : NULL;
}

static cairn_cql2_node *lower_end(lowering *l, const operator_row *op, cairn_span value)
{
    if (cairn_json_kind(value) != '"')
        return refuse(l, op->name, "a string", value);
    cairn_span text = decode(l, value);
    return text.p ? like(l, text, true, false) : NULL;
}

/* A_OVERLAPS with what the values stand for: any member of an array property is among them. */
static cairn_cql2_node *any_member(lowering *l, const cairn_cql2_list *literals)
{
    return pair(l, CAIRN_CQL2_K_A_OVERLAPS, property_node(l),
                cairn_cql2_make(&l->b, CAIRN_CQL2_K_ARRAY, l->offset, literals));
}

static cairn_cql2_node *lower_contains(lowering *l, const operator_row *op, cairn_span value)
{
    cairn_cql2_list literals = {0};
    if (!is_scalar(value))
        return refuse(l, op->name, "a string, a number or a boolean", value);
    if (!append_literals(l, value, true, &literals))
        return NULL;
    cairn_cql2_node *member = any_member(l, &literals);
    if (cairn_json_kind(value) != '"')
        return member;
    return pair(l, CAIRN_CQL2_K_OR, like(l, literals.at[0]->text, true, true), member);
}

/* Two lists of literals: a node stands in one place of the tree. */
static bool append_elements(lowering *l, const operator_row *op, cairn_span array, cairn_cql2_list *out)
{
    cairn_json_walk walk = cairn_json_walk_array(array);
    for (cairn_span element; cairn_json_next_element(&walk, &element);)
        if (!is_scalar(element))
            return refuse(l, op->name, "strings, numbers or booleans in the array", element);
        else if (!append_literals(l, element, true, out))
            return false;
    return true;
}

static cairn_cql2_node *lower_in(lowering *l, const operator_row *op, cairn_span value)
{
    cairn_cql2_list values = {0}, members = {0};
    if (cairn_json_kind(value) != '[' || cairn_json_count(value) == 0)
        return refuse(l, op->name, "an array of at least one value", value);
    if (!cairn_cql2_append(&l->b, &values, property_node(l)) || !append_elements(l, op, value, &values) ||
        !append_elements(l, op, value, &members))
        return NULL;
    return pair(l, CAIRN_CQL2_K_OR, cairn_cql2_make(&l->b, CAIRN_CQL2_K_IN, l->offset, &values),
                any_member(l, &members));
}

static const operator_row OPERATORS[] = {
    {"eq", CAIRN_CQL2_K_EQ, lower_equal},
    {"neq", CAIRN_CQL2_K_NE, lower_equal},
    {"lt", CAIRN_CQL2_K_LT, lower_order},
    {"lte", CAIRN_CQL2_K_LE, lower_order},
    {"gt", CAIRN_CQL2_K_GT, lower_order},
    {"gte", CAIRN_CQL2_K_GE, lower_order},
    {"startsWith", CAIRN_CQL2_K_LIKE, lower_start},
    {"endsWith", CAIRN_CQL2_K_LIKE, lower_end},
    {"contains", CAIRN_CQL2_K_LIKE, lower_contains},
    {"in", CAIRN_CQL2_K_IN, lower_in},
};
enum { N_OPERATORS = sizeof OPERATORS / sizeof *OPERATORS };

static cairn_cql2_node *refuse_operator(lowering *l, cairn_span key)
{
    const char *names[N_OPERATORS + 1] = {0};
    char property[64], quoted[48];
    for (size_t i = 0; i < N_OPERATORS; i++)
        names[i] = OPERATORS[i].name;
    const char *nearest = cairn_name_nearest(key, names);
    cairn_quote(l->property, property, sizeof property);
    cairn_quote(key, quoted, sizeof quoted);
    if (nearest)
        return cairn_cql2_fail(&l->b, CAIRN_INVALID, l->offset, "'%s': no operator is called '%s'; did you mean '%s'?",
                               property, quoted, nearest);
    return cairn_cql2_fail(&l->b, CAIRN_INVALID, l->offset,
                           "'%s': no operator is called '%s'; expected eq, neq, lt, lte, gt, gte, startsWith, "
                           "endsWith, contains or in",
                           property, quoted);
}

static cairn_cql2_node *lower_condition(lowering *l, const cairn_json_member *member)
{
    l->offset = (size_t)(member->value.p - l->b.source.p);
    for (size_t i = 0; i < N_OPERATORS; i++)
        if (cairn_json_key_is(member->key, OPERATORS[i].name))
            return OPERATORS[i].lower(l, &OPERATORS[i], member->value);
    return refuse_operator(l, member->key);
}

/* The conditions of one property. */
static bool lower_property(lowering *l, const cairn_json_member *member, cairn_cql2_list *all)
{
    l->offset = (size_t)(member->value.p - l->b.source.p);
    l->property = decode(l, cairn_span_make(member->key.p - 1, member->key.n + 2));
    if (!l->property.p)
        return false;
    if (cairn_json_kind(member->value) != '{')
        return refuse(l, "conditions", "an object with operators", member->value);
    cairn_json_walk walk = cairn_json_walk_object(member->value);
    for (cairn_json_member condition; cairn_json_next_member(&walk, &condition);)
        if (!cairn_cql2_append(&l->b, all, lower_condition(l, &condition)))
            return false;
    return true;
}

static cairn_code lower_all(lowering *l, const cairn_cql2 **out)
{
    cairn_cql2_list all = {0};
    cairn_json_walk walk = cairn_json_walk_object(l->b.source);
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);)
        if (!lower_property(l, &member, &all))
            return l->b.code;
    if (all.n == 0)
        return CAIRN_OK;
    cairn_cql2 *filter = cairn_arena_calloc(l->b.arena, 1, sizeof *filter);
    if (!filter)
        cairn_cql2_no_memory(&l->b);
    else
        cairn_cql2_finish(&l->b, cairn_cql2_make(&l->b, CAIRN_CQL2_K_AND, 0, &all), filter);
    if (l->b.code == CAIRN_OK)
        *out = filter;
    return l->b.code;
}

cairn_code cairn_query_ext_read(cairn_span json, cairn_arena *arena, const cairn_cql2 **out, cairn_error *error)
{
    lowering l = {0};
    cairn_error why = CAIRN_ERROR_INIT;
    char quoted[64];
    *out = NULL;
    if (cairn_json_kind(json) != '{')
        cairn_error_set(&why, CAIRN_INVALID, "expected a JSON object, found '%s'; for example %s",
                        cairn_quote(json, quoted, sizeof quoted), EXAMPLE);
    else if (cairn_cql2_begin(&l.b, json, NULL, arena, &why) == CAIRN_OK)
        lower_all(&l, out);
    if (why.code == CAIRN_OK)
        return CAIRN_OK;
    /* The builder names the parameter of a filter. */
    cairn_error_set(error, why.code, "%s", why.message);
    cairn_error_at_parameter(error, "query");
    return why.code;
}
