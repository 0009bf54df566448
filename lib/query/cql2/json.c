/* CQL2-JSON, walked over by spans. */
#include "base/json.h"

#include "query/cql2/build.h"

typedef struct parser {
    cairn_cql2_builder b;
} parser;

static cairn_cql2_node *parse_value(parser *p, cairn_span value, int depth);

static size_t offset_of(const parser *p, cairn_span value)
{
    return (size_t)(value.p - p->b.source.p);
}

static cairn_cql2_node *expected(parser *p, const char *what, cairn_span found)
{
    return cairn_cql2_expected(&p->b, offset_of(p, found), what, found);
}

static cairn_span read_string(parser *p, cairn_span value, const char *what)
{
    if (cairn_json_kind(value) != '"') {
        expected(p, what, value);
        return CAIRN_SPAN_NONE;
    }
    cairn_span text = cairn_json_string(value, p->b.arena);
    if (!text.p)
        cairn_cql2_no_memory(&p->b);
    return text;
}

/* ---- operands ---- */

static bool append_elements(parser *p, cairn_span array, int depth, cairn_cql2_list *out)
{
    cairn_json_walk walk = cairn_json_walk_array(array);
    for (cairn_span element; cairn_json_next_element(&walk, &element);)
        if (!cairn_cql2_append(&p->b, out, parse_value(p, element, depth)))
            return false;
    return true;
}

/* {"value": x, "lower": a, "upper": b} and {"value": x, "list": [...]} of early drafts. */
static bool append_named(parser *p, cairn_span object, int depth, cairn_cql2_list *out)
{
    static const char *const NAMES[] = {"value", "lower", "upper", "list", NULL};
    for (const char *const *name = NAMES; *name; name++) {
        cairn_span value = cairn_json_get(object, *name);
        if (value.p && !cairn_cql2_append(&p->b, out, parse_value(p, value, depth)))
            return false;
    }
    return true;
}

/* A list of operands, or one operand without brackets. */
static bool append_args(parser *p, cairn_span args, int depth, cairn_cql2_list *out)
{
    if (cairn_json_kind(args) == '[')
        return append_elements(p, args, depth, out);
    if (cairn_json_kind(args) == '{' && cairn_json_get(args, "value").p)
        return append_named(p, args, depth, out);
    return cairn_cql2_append(&p->b, out, parse_value(p, args, depth));
}

static cairn_cql2_node *parse_call(parser *p, cairn_span object, cairn_span name, cairn_span args, int depth)
{
    cairn_cql2_list operands = {0};
    cairn_span decoded = read_string(p, name, "the name of an operator or function");
    if (!decoded.p || (args.p && !append_args(p, args, depth, &operands)))
        return NULL;
    return cairn_cql2_call(&p->b, decoded, offset_of(p, object), &operands);
}

/* ---- objects ---- */

static cairn_cql2_node *parse_interval_end(parser *p, cairn_span value, int depth)
{
    if (cairn_json_kind(value) == '{')
        return parse_value(p, value, depth);
    cairn_span text = read_string(p, value, "a date, a timestamp, '..', a property or a function");
    return text.p ? cairn_cql2_interval_end(&p->b, offset_of(p, value), text) : NULL;
}

static cairn_cql2_node *parse_interval(parser *p, cairn_span object, cairn_span ends, int depth)
{
    cairn_cql2_list args = {0};
    if (cairn_json_kind(ends) != '[')
        return expected(p, "an array of two ends", ends);
    cairn_json_walk walk = cairn_json_walk_array(ends);
    for (cairn_span end; cairn_json_next_element(&walk, &end);)
        if (!cairn_cql2_append(&p->b, &args, parse_interval_end(p, end, depth)))
            return NULL;
    return cairn_cql2_make(&p->b, CAIRN_CQL2_K_INTERVAL, offset_of(p, object), &args);
}

static cairn_cql2_node *parse_date(parser *p, cairn_span object, cairn_span value, int depth)
{
    (void)depth;
    cairn_span text = read_string(p, value, "a date in quotes");
    return text.p ? cairn_cql2_date(&p->b, offset_of(p, object), text) : NULL;
}

static cairn_cql2_node *parse_timestamp(parser *p, cairn_span object, cairn_span value, int depth)
{
    (void)depth;
    cairn_span text = read_string(p, value, "a timestamp in quotes");
    return text.p ? cairn_cql2_timestamp(&p->b, offset_of(p, object), text) : NULL;
}

static cairn_cql2_node *parse_property(parser *p, cairn_span object, cairn_span value, int depth)
{
    (void)depth;
    cairn_span name = read_string(p, value, "the name of a property in quotes");
    return name.p ? cairn_cql2_property_ref(&p->b, offset_of(p, object), name) : NULL;
}

static cairn_cql2_node *parse_bbox(parser *p, cairn_span object, cairn_span value, int depth)
{
    (void)depth;
    if (cairn_json_kind(value) != '[')
        return expected(p, "an array of 4 or 6 numbers", value);
    return cairn_cql2_bbox(&p->b, offset_of(p, object), value);
}

static cairn_cql2_node *parse_geometry(parser *p, cairn_span object, cairn_span value, int depth)
{
    (void)value;
    (void)depth;
    return cairn_cql2_geometry(&p->b, offset_of(p, object), object);
}

static cairn_cql2_node *parse_op(parser *p, cairn_span object, cairn_span value, int depth)
{
    cairn_span args = cairn_json_get(object, "args");
    if (!args.p)
        return expected(p, "an object with 'op' and 'args'", object);
    return parse_call(p, object, value, args, depth);
}

/* {"function": {"name": ..., "args": [...]}} of early drafts. */
static cairn_cql2_node *parse_function(parser *p, cairn_span object, cairn_span value, int depth)
{
    cairn_span name = cairn_json_get(value, "name"), args = cairn_json_get(value, "args");
    if (!name.p)
        return expected(p, "a function with 'name' and 'args'", value);
    return parse_call(p, object, name, args.p ? args : cairn_json_get(value, "arguments"), depth);
}

/* What an object is, by the first of these members that it has. */
static const struct {
    const char *member;
    cairn_cql2_node *(*parse)(parser *p, cairn_span object, cairn_span value, int depth);
} OBJECTS[] = {
    {"op", parse_op},     {"property", parse_property},   {"type", parse_geometry},
    {"date", parse_date}, {"timestamp", parse_timestamp}, {"interval", parse_interval},
    {"bbox", parse_bbox}, {"function", parse_function},
};

/* {"eq": [a, b]}, {"not": {...}}, {"casei": "x"} of early drafts: one member, named like an operator. */
static cairn_cql2_node *parse_short(parser *p, cairn_span object, int depth)
{
    cairn_json_member member = {0};
    cairn_json_walk walk = cairn_json_walk_object(object);
    if (cairn_json_count(object) == 1 && cairn_json_next_member(&walk, &member)) {
        cairn_span quoted = cairn_span_make(member.key.p - 1, member.key.n + 2);
        cairn_span name = read_string(p, quoted, "a name");
        if (!name.p)
            return NULL;
        if (cairn_cql2_find_operator(name) != CAIRN_CQL2_KINDS)
            return parse_call(p, object, quoted, member.value, depth);
    }
    return expected(p,
                    "an expression: an object with 'op' and 'args', 'property', 'date', 'timestamp', 'interval', "
                    "'bbox' or a GeoJSON geometry",
                    object);
}

static cairn_cql2_node *parse_object(parser *p, cairn_span object, int depth)
{
    for (size_t i = 0; i < sizeof OBJECTS / sizeof *OBJECTS; i++) {
        cairn_span value = cairn_json_get(object, OBJECTS[i].member);
        if (value.p)
            return OBJECTS[i].parse(p, object, value, depth);
    }
    return parse_short(p, object, depth);
}

/* ---- values ---- */

static cairn_cql2_node *parse_array(parser *p, cairn_span array, int depth)
{
    cairn_cql2_list members = {0};
    if (!append_elements(p, array, depth, &members))
        return NULL;
    return cairn_cql2_make(&p->b, CAIRN_CQL2_K_ARRAY, offset_of(p, array), &members);
}

/* Recursion: the nesting of the JSON text, which cairn_json_check() bounded. */
static cairn_cql2_node *parse_value(parser *p, cairn_span value, int depth)
{
    size_t offset = offset_of(p, value);
    if (p->b.code != CAIRN_OK)
        return NULL;
    if (depth > CAIRN_CQL2_JSON_DEPTH)
        return cairn_cql2_fail(&p->b, CAIRN_TOO_LARGE, offset, "the filter is nested too deeply at byte %zu", offset);
    switch (cairn_json_kind(value)) {
    case '{':
        return parse_object(p, value, depth + 1);
    case '[':
        return parse_array(p, value, depth + 1);
    case '"': {
        cairn_span text = read_string(p, value, "a string");
        return text.p ? cairn_cql2_string(&p->b, offset, text) : NULL;
    }
    case 't':
    case 'f':
        return cairn_cql2_boolean(&p->b, offset, *value.p == 't');
    case '0':
        return cairn_cql2_number(&p->b, offset, value);
    default:
        return expected(p, "a value (null is asked for by isNull)", value);
    }
}

cairn_code cairn_cql2_parse_json(cairn_span json, const cairn_cql2_limits *limits, cairn_arena *arena, cairn_cql2 *out,
                                 cairn_error *error)
{
    parser p;
    cairn_error why = CAIRN_ERROR_INIT;
    if (cairn_cql2_begin(&p.b, json, limits, arena, error) != CAIRN_OK)
        return p.b.code;
    if (cairn_json_check(p.b.source, CAIRN_CQL2_JSON_DEPTH, NULL, &why) != CAIRN_OK) {
        size_t offset = why.offset < 0 ? 0 : (size_t)why.offset;
        cairn_cql2_fail(&p.b, why.code, offset, "%s (byte %zu)", why.message, offset);
        return p.b.code;
    }
    cairn_cql2_node *root = parse_value(&p, cairn_span_trim(p.b.source), 0);
    return cairn_cql2_finish(&p.b, root, out);
}
