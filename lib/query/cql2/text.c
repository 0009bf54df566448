/* CQL2-Text: a recursive descent, one function a level of precedence. Each begins at p->token and ends behind what it
 * read, or returns NULL with the fault recorded. */
#include "query/cql2/text.h"

#include "base/utf8.h"

/* ---- lists and calls ---- */

/* Whether the parenthesis that is next closes right before ',' or ')': then it is a whole member, so an array. */
static bool is_whole_member(cairn_cql2_text *p)
{
    cairn_cql2_scanner ahead = p->scanner;
    cairn_cql2_token token = p->token;
    size_t open = 0;
    do {
        if (token.kind == CAIRN_CQL2_T_END || token.kind == CAIRN_CQL2_T_BROKEN || ++p->looked > CAIRN_CQL2_LOOK_MAX)
            return false;
        open += cairn_cql2_is_symbol(&token, "(");
        open -= cairn_cql2_is_symbol(&token, ")");
        token = cairn_cql2_scan(&ahead);
    } while (open > 0);
    return cairn_cql2_is_symbol(&token, ",") || cairn_cql2_is_symbol(&token, ")");
}

static cairn_cql2_node *parse_array(cairn_cql2_text *p)
{
    cairn_cql2_list members = {0};
    size_t offset = p->token.offset;
    if (!cairn_cql2_want(p, "(") || !cairn_cql2_text_members(p, &members))
        return NULL;
    return cairn_cql2_make(&p->b, CAIRN_CQL2_K_ARRAY, offset, &members);
}

static bool enter(cairn_cql2_text *p)
{
    if (++p->depth <= CAIRN_CQL2_TEXT_DEPTH)
        return true;
    return cairn_cql2_fail(&p->b, CAIRN_TOO_LARGE, p->token.offset,
                           "the filter is nested more than %d deep, the limit, at byte %zu", CAIRN_CQL2_TEXT_DEPTH,
                           p->token.offset);
}

static cairn_cql2_node *parse_member(cairn_cql2_text *p)
{
    if (!enter(p))
        return NULL;
    bool array = cairn_cql2_is_symbol(&p->token, "(") && is_whole_member(p);
    cairn_cql2_node *member = array ? parse_array(p) : cairn_cql2_text_expression(p);
    p->depth--;
    return member;
}

bool cairn_cql2_text_members(cairn_cql2_text *p, cairn_cql2_list *members)
{
    if (cairn_cql2_accept(p, ")"))
        return true;
    do {
        if (!cairn_cql2_append(&p->b, members, parse_member(p)))
            return false;
    } while (cairn_cql2_accept(p, ","));
    return cairn_cql2_accept(p, ")") || cairn_cql2_surprise(p, "',' or ')'");
}

static cairn_cql2_node *parse_call(cairn_cql2_text *p, const cairn_cql2_token *name)
{
    cairn_cql2_list args = {0};
    if (!cairn_cql2_want(p, "(") || !cairn_cql2_text_members(p, &args))
        return NULL;
    return cairn_cql2_call(&p->b, name->text, name->offset, &args);
}

/* ---- literals ---- */

/* DATE('...') and TIMESTAMP('...'). */
static cairn_cql2_node *parse_instant(cairn_cql2_text *p, size_t offset, bool date)
{
    if (!cairn_cql2_want(p, "("))
        return NULL;
    cairn_span text = cairn_cql2_text_string(p, date ? "a date in quotes" : "a timestamp in quotes");
    if (!text.p)
        return NULL;
    cairn_cql2_node *node = date ? cairn_cql2_date(&p->b, offset, text) : cairn_cql2_timestamp(&p->b, offset, text);
    return node && cairn_cql2_want(p, ")") ? node : NULL;
}

static cairn_cql2_node *parse_interval_end(cairn_cql2_text *p)
{
    size_t offset = p->token.offset;
    if (p->token.kind != CAIRN_CQL2_T_STRING)
        return cairn_cql2_text_primary(p);
    cairn_span text = cairn_cql2_text_string(p, "a date, a timestamp or '..'");
    return text.p ? cairn_cql2_interval_end(&p->b, offset, text) : NULL;
}

static cairn_cql2_node *parse_interval(cairn_cql2_text *p, size_t offset)
{
    cairn_cql2_list ends = {0};
    if (!cairn_cql2_want(p, "(") || !cairn_cql2_append(&p->b, &ends, parse_interval_end(p)) ||
        !cairn_cql2_want(p, ",") || !cairn_cql2_append(&p->b, &ends, parse_interval_end(p)) || !cairn_cql2_want(p, ")"))
        return NULL;
    return cairn_cql2_make(&p->b, CAIRN_CQL2_K_INTERVAL, offset, &ends);
}

/* ---- operands ---- */

static bool is_geometry(const cairn_cql2_text *p, const cairn_cql2_token *name)
{
    if (cairn_cql2_wkt_type(name->text) < 0)
        return false;
    return cairn_cql2_is_symbol(&p->token, "(") || cairn_cql2_is_word(&p->token, "Z");
}

/* A name with '(' behind it. */
static cairn_cql2_node *parse_constructor(cairn_cql2_text *p, const cairn_cql2_token *name)
{
    if (cairn_cql2_is_word(name, "DATE"))
        return parse_instant(p, name->offset, true);
    if (cairn_cql2_is_word(name, "TIMESTAMP"))
        return parse_instant(p, name->offset, false);
    if (cairn_cql2_is_word(name, "INTERVAL"))
        return parse_interval(p, name->offset);
    if (cairn_cql2_is_word(name, "BBOX"))
        return cairn_cql2_text_bbox(p, name->offset);
    return parse_call(p, name);
}

static cairn_cql2_node *parse_name(cairn_cql2_text *p)
{
    cairn_cql2_token name = p->token;
    if (cairn_cql2_is_word(&name, "TRUE") || cairn_cql2_is_word(&name, "FALSE")) {
        cairn_cql2_advance(p);
        return cairn_cql2_boolean(&p->b, name.offset, cairn_cql2_is_word(&name, "TRUE"));
    }
    cairn_cql2_scanner ahead = p->scanner;
    cairn_cql2_token next = cairn_cql2_scan(&ahead);
    bool call = cairn_cql2_is_symbol(&next, "(");
    if (!call && cairn_cql2_is_word(&name, "NULL"))
        return cairn_cql2_surprise(p, "a value (NULL is asked for by IS NULL)");
    if (!call && cairn_cql2_is_reserved(name.text))
        return cairn_cql2_surprise(p, "a property, a value or '('");
    cairn_cql2_advance(p);
    if (is_geometry(p, &name))
        return cairn_cql2_text_geometry(p, cairn_cql2_wkt_type(name.text), name.offset);
    return call ? parse_constructor(p, &name) : cairn_cql2_property_ref(&p->b, name.offset, name.text);
}

static cairn_cql2_node *parse_quoted_name(cairn_cql2_text *p)
{
    cairn_cql2_token name = p->token;
    char *out = cairn_arena_alloc(p->b.arena, name.text.n + 1);
    size_t n = 0;
    if (!out)
        return cairn_cql2_no_memory(&p->b);
    for (size_t i = 0; i < name.text.n; i++) {
        out[n++] = name.text.p[i];
        i += name.text.p[i] == '"';
    }
    cairn_cql2_advance(p);
    return cairn_cql2_property_ref(&p->b, name.offset, cairn_span_make(out, n));
}

static cairn_cql2_node *parse_group(cairn_cql2_text *p)
{
    cairn_cql2_advance(p);
    cairn_cql2_node *inner = enter(p) ? cairn_cql2_text_expression(p) : NULL;
    p->depth--;
    if (inner && cairn_cql2_is_symbol(&p->token, ","))
        return cairn_cql2_surprise(p, "')' (an array stands only in arrays and function arguments)");
    return inner && cairn_cql2_want(p, ")") ? inner : NULL;
}

static cairn_cql2_node *parse_number(cairn_cql2_text *p, size_t offset, bool negative)
{
    cairn_span number = cairn_cql2_text_number(p, negative);
    return number.p ? cairn_cql2_number(&p->b, offset, number) : NULL;
}

cairn_cql2_node *cairn_cql2_text_primary(cairn_cql2_text *p)
{
    size_t offset = p->token.offset;
    switch (p->token.kind) {
    case CAIRN_CQL2_T_NUMBER:
        return parse_number(p, offset, false);
    case CAIRN_CQL2_T_STRING: {
        cairn_span text = cairn_cql2_text_string(p, "a string");
        return text.p ? cairn_cql2_string(&p->b, offset, text) : NULL;
    }
    case CAIRN_CQL2_T_NAME:
        return parse_name(p);
    case CAIRN_CQL2_T_QUOTED:
        return parse_quoted_name(p);
    default:
        return cairn_cql2_is_symbol(&p->token, "(") ? parse_group(p)
                                                    : cairn_cql2_surprise(p, "a property, a value or '('");
    }
}

/* ---- arithmetic ---- */

static cairn_cql2_node *make_pair(cairn_cql2_text *p, cairn_cql2_kind kind, cairn_cql2_node *a, cairn_cql2_node *b)
{
    cairn_cql2_list args = {0};
    if (!cairn_cql2_append(&p->b, &args, a) || !cairn_cql2_append(&p->b, &args, b))
        return NULL;
    return cairn_cql2_make(&p->b, kind, a->offset, &args);
}

/* -x is -1 * x, as the standard's own examples have it; a sign before a number belongs to the number. */
static cairn_cql2_node *parse_signed(cairn_cql2_text *p)
{
    size_t offset = p->token.offset;
    bool negative = cairn_cql2_is_symbol(&p->token, "-");
    if (!negative && !cairn_cql2_is_symbol(&p->token, "+"))
        return cairn_cql2_text_primary(p);
    cairn_cql2_advance(p);
    if (p->token.kind == CAIRN_CQL2_T_NUMBER)
        return parse_number(p, offset, negative);
    if (!negative)
        return cairn_cql2_surprise(p, "a number");
    cairn_cql2_node *minus_one = cairn_cql2_number(&p->b, offset, cairn_span_of("-1"));
    return make_pair(p, CAIRN_CQL2_K_MULTIPLY, minus_one, cairn_cql2_text_primary(p));
}

/* Rule powerTerm has one ^ only: a second one needs parentheses. */
static cairn_cql2_node *parse_power(cairn_cql2_text *p)
{
    cairn_cql2_node *node = parse_signed(p);
    if (!node || !cairn_cql2_accept(p, "^"))
        return node;
    node = make_pair(p, CAIRN_CQL2_K_POWER, node, parse_signed(p));
    if (node && cairn_cql2_is_symbol(&p->token, "^"))
        return cairn_cql2_surprise(p, "parentheses that say which power comes first");
    return node;
}

static cairn_cql2_kind operator_ahead(const cairn_cql2_text *p, cairn_cql2_form form)
{
    const cairn_cql2_token *token = &p->token;
    if (token->kind != CAIRN_CQL2_T_SYMBOL && token->kind != CAIRN_CQL2_T_NAME)
        return CAIRN_CQL2_KINDS;
    if (token->kind == CAIRN_CQL2_T_NAME && !cairn_cql2_is_reserved(token->text))
        return CAIRN_CQL2_KINDS;
    cairn_cql2_kind kind = cairn_cql2_find_operator(token->text);
    const cairn_cql2_operator *op = cairn_cql2_operator_of(kind);
    return op && op->form == form ? kind : CAIRN_CQL2_KINDS;
}

static cairn_cql2_node *parse_chain(cairn_cql2_text *p, cairn_cql2_form form,
                                    cairn_cql2_node *(*parse_operand)(cairn_cql2_text *))
{
    cairn_cql2_node *node = parse_operand(p);
    for (cairn_cql2_kind kind; node && (kind = operator_ahead(p, form)) != CAIRN_CQL2_KINDS;) {
        cairn_cql2_advance(p);
        node = make_pair(p, kind, node, parse_operand(p));
    }
    return node;
}

static cairn_cql2_node *parse_product(cairn_cql2_text *p)
{
    return parse_chain(p, CAIRN_CQL2_FORM_PRODUCT, parse_power);
}

static cairn_cql2_node *parse_sum(cairn_cql2_text *p)
{
    return parse_chain(p, CAIRN_CQL2_FORM_SUM, parse_product);
}

/* ---- predicates ---- */

static cairn_cql2_node *make_not(cairn_cql2_text *p, bool negated, size_t offset, cairn_cql2_node *node)
{
    cairn_cql2_list args = {0};
    if (!negated || !node)
        return node;
    return cairn_cql2_append(&p->b, &args, node) ? cairn_cql2_make(&p->b, CAIRN_CQL2_K_NOT, offset, &args) : NULL;
}

static cairn_cql2_node *parse_between(cairn_cql2_text *p, cairn_cql2_node *value)
{
    cairn_cql2_list args = {0};
    if (!cairn_cql2_append(&p->b, &args, value) || !cairn_cql2_append(&p->b, &args, parse_sum(p)))
        return NULL;
    if (!cairn_cql2_is_word(&p->token, "AND"))
        return cairn_cql2_surprise(p, "AND and the upper end of BETWEEN");
    cairn_cql2_advance(p);
    if (!cairn_cql2_append(&p->b, &args, parse_sum(p)))
        return NULL;
    return cairn_cql2_make(&p->b, CAIRN_CQL2_K_BETWEEN, value->offset, &args);
}

static cairn_cql2_node *parse_in(cairn_cql2_text *p, cairn_cql2_node *value)
{
    cairn_cql2_list args = {0};
    if (!cairn_cql2_append(&p->b, &args, value) || !cairn_cql2_want(p, "("))
        return NULL;
    if (cairn_cql2_accept(p, ")"))
        return cairn_cql2_make(&p->b, CAIRN_CQL2_K_IN, value->offset, &args);
    do {
        if (!cairn_cql2_append(&p->b, &args, parse_sum(p)))
            return NULL;
    } while (cairn_cql2_accept(p, ","));
    if (!cairn_cql2_accept(p, ")"))
        return cairn_cql2_surprise(p, "',' or ')'");
    return cairn_cql2_make(&p->b, CAIRN_CQL2_K_IN, value->offset, &args);
}

/* value IS [NOT] NULL, behind IS. */
static cairn_cql2_node *parse_is_null(cairn_cql2_text *p, cairn_cql2_node *value)
{
    cairn_cql2_list args = {0};
    bool negated = cairn_cql2_is_word(&p->token, "NOT");
    if (negated)
        cairn_cql2_advance(p);
    if (!cairn_cql2_is_word(&p->token, "NULL"))
        return cairn_cql2_surprise(p, negated ? "NULL" : "NULL or NOT NULL");
    cairn_cql2_advance(p);
    if (!cairn_cql2_append(&p->b, &args, value))
        return NULL;
    return make_not(p, negated, value->offset, cairn_cql2_make(&p->b, CAIRN_CQL2_K_IS_NULL, value->offset, &args));
}

/* Behind [NOT]. */
static cairn_cql2_node *parse_listed(cairn_cql2_text *p, cairn_cql2_node *value, bool negated)
{
    cairn_cql2_node *node;
    cairn_cql2_token word = p->token;
    cairn_cql2_advance(p);
    if (cairn_cql2_is_word(&word, "LIKE"))
        node = make_pair(p, CAIRN_CQL2_K_LIKE, value, parse_sum(p));
    else if (cairn_cql2_is_word(&word, "BETWEEN"))
        node = parse_between(p, value);
    else if (cairn_cql2_is_word(&word, "IN"))
        node = parse_in(p, value);
    else
        return cairn_cql2_expected(&p->b, word.offset, "LIKE, BETWEEN or IN", word.whole);
    return make_not(p, negated, value->offset, node);
}

static cairn_cql2_node *parse_predicate(cairn_cql2_text *p)
{
    cairn_cql2_node *value = parse_sum(p);
    if (!value)
        return NULL;
    cairn_cql2_kind kind = operator_ahead(p, CAIRN_CQL2_FORM_COMPARE);
    if (kind != CAIRN_CQL2_KINDS && kind != CAIRN_CQL2_K_LIKE) {
        cairn_cql2_advance(p);
        return make_pair(p, kind, value, parse_sum(p));
    }
    if (cairn_cql2_is_word(&p->token, "IS")) {
        cairn_cql2_advance(p);
        return parse_is_null(p, value);
    }
    bool negated = cairn_cql2_is_word(&p->token, "NOT");
    if (negated)
        cairn_cql2_advance(p);
    if (negated || cairn_cql2_is_word(&p->token, "LIKE") || cairn_cql2_is_word(&p->token, "BETWEEN") ||
        cairn_cql2_is_word(&p->token, "IN"))
        return parse_listed(p, value, negated);
    return value;
}

/* ---- logic ---- */

static cairn_cql2_node *parse_not(cairn_cql2_text *p)
{
    size_t offset = p->token.offset;
    if (!cairn_cql2_is_word(&p->token, "NOT"))
        return parse_predicate(p);
    cairn_cql2_advance(p);
    cairn_cql2_node *inner = enter(p) ? parse_not(p) : NULL;
    p->depth--;
    return make_not(p, true, offset, inner);
}

static cairn_cql2_node *parse_logic(cairn_cql2_text *p, cairn_cql2_kind kind, const char *word,
                                    cairn_cql2_node *(*parse_operand)(cairn_cql2_text *))
{
    cairn_cql2_list args = {0};
    size_t offset = p->token.offset;
    if (!cairn_cql2_append(&p->b, &args, parse_operand(p)))
        return NULL;
    if (!cairn_cql2_is_word(&p->token, word))
        return (cairn_cql2_node *)args.at[0];
    while (cairn_cql2_is_word(&p->token, word)) {
        cairn_cql2_advance(p);
        if (!cairn_cql2_append(&p->b, &args, parse_operand(p)))
            return NULL;
    }
    return cairn_cql2_make(&p->b, kind, offset, &args);
}

static cairn_cql2_node *parse_and(cairn_cql2_text *p)
{
    return parse_logic(p, CAIRN_CQL2_K_AND, "AND", parse_not);
}

cairn_cql2_node *cairn_cql2_text_expression(cairn_cql2_text *p)
{
    return parse_logic(p, CAIRN_CQL2_K_OR, "OR", parse_and);
}

cairn_code cairn_cql2_parse_text(cairn_span text, const cairn_cql2_limits *limits, cairn_arena *arena, cairn_cql2 *out,
                                 cairn_error *error)
{
    cairn_cql2_text p = {0};
    if (cairn_cql2_begin(&p.b, text, limits, arena, error) != CAIRN_OK)
        return p.b.code;
    const char *fault = cairn_utf8_fault(p.b.source);
    if (fault) {
        cairn_cql2_fail(&p.b, CAIRN_INVALID, (size_t)(fault - p.b.source.p), "byte %zu is not UTF-8",
                        (size_t)(fault - p.b.source.p));
        return p.b.code;
    }
    p.scanner.text = p.b.source;
    cairn_cql2_advance(&p);
    cairn_cql2_node *root = cairn_cql2_text_expression(&p);
    if (root && p.token.kind != CAIRN_CQL2_T_END)
        root = cairn_cql2_surprise(&p, "an operator or the end");
    cairn_code code = cairn_cql2_finish(&p.b, root, out);
    cairn_cql2_text_hint(&p);
    return code;
}
