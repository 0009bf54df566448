/* Summaries that follow the items. */
#include "stac/collection_rules.h"

#include "base/json.h"
#include "stac/time.h"

/* One summary being brought up to date. */
typedef struct summarizer {
    cairn_arena *arena;
    const cairn_summary *given;
    bool changed;
} summarizer;

/* ---- values ---- */

static bool read_time(cairn_span json, cairn_arena *arena, cairn_time *out)
{
    const char *repair;
    cairn_span text = cairn_json_string(json, arena);
    return text.p && cairn_time_parse_lenient(text, out, &repair, NULL) == CAIRN_OK;
}

/* Numbers by value, times as instants, other strings by bytes. False when the two can't be compared. */
static bool compare(cairn_span a, cairn_span b, cairn_arena *arena, int *order)
{
    double x, y;
    cairn_time s, t;
    if (cairn_json_number(a, &x) && cairn_json_number(b, &y)) {
        *order = (x > y) - (x < y);
        return true;
    }
    if (cairn_json_kind(a) != '"' || cairn_json_kind(b) != '"')
        return false;
    if (read_time(a, arena, &s) && read_time(b, arena, &t))
        *order = cairn_time_compare(s, t);
    else
        *order = cairn_span_compare(cairn_json_string(a, arena), cairn_json_string(b, arena));
    return true;
}

/* Both are compact. */
static bool equal(cairn_span a, cairn_span b, cairn_arena *arena)
{
    double x, y;
    if (cairn_json_kind(a) == '"' && cairn_json_kind(b) == '"')
        return cairn_span_equal(cairn_json_string(a, arena), cairn_json_string(b, arena));
    if (cairn_json_number(a, &x) && cairn_json_number(b, &y))
        return x == y;
    return cairn_span_equal(a, b);
}

/* Lists of lists are written for properties that are arrays themselves. */
static bool list_has(cairn_span list, cairn_span value, cairn_arena *arena, int depth)
{
    cairn_json_walk walk = cairn_json_walk_array(list);
    for (cairn_span element; cairn_json_next_element(&walk, &element);)
        if (equal(element, value, arena) || (depth > 0 && list_has(element, value, arena, depth - 1)))
            return true;
    return false;
}

/* ---- ranges ---- */

typedef struct range {
    cairn_span minimum, maximum;
} range;

/* Widens the range to have the value; false when the two are of different kinds. */
static bool widen(range *r, cairn_span value, cairn_arena *arena)
{
    int low, high;
    if (!r->minimum.p)
        r->minimum = r->maximum = value;
    if (!compare(value, r->minimum, arena, &low) || !compare(value, r->maximum, arena, &high))
        return false;
    if (low < 0)
        r->minimum = value;
    if (high > 0)
        r->maximum = value;
    return true;
}

/* With all that the items have. */
static bool widen_all(const summarizer *s, range *r)
{
    const cairn_summary *given = s->given;
    if (given->minimum.p)
        return widen(r, given->minimum, s->arena) && widen(r, given->maximum, s->arena);
    for (size_t i = 0; i < given->n_values; i++)
        if (!widen(r, given->values[i], s->arena))
            return false;
    return true;
}

static bool set_end(summarizer *s, cairn_jnode *object, const char *name, cairn_span old, cairn_span new)
{
    if (old.p == new.p)
        return true;
    s->changed = true;
    return cairn_j_set(s->arena, object, name, new) != NULL;
}

static bool update_range(summarizer *s, cairn_jnode *node)
{
    range old = {cairn_json_get(node->raw, "minimum"), cairn_json_get(node->raw, "maximum")}, new = old;
    if (!widen_all(s, &new))
        return true;
    return set_end(s, node, "minimum", old.minimum, new.minimum) &&
           set_end(s, node, "maximum", old.maximum, new.maximum);
}

static cairn_span write_range(const summarizer *s, const range *r)
{
    return cairn_arena_printf(s->arena, "{\"minimum\":%.*s,\"maximum\":%.*s}", CAIRN_SPAN_FMT(r->minimum),
                              CAIRN_SPAN_FMT(r->maximum));
}

/* ---- lists of values ---- */

static bool add_values(summarizer *s, cairn_jnode *node)
{
    cairn_span declared = node->raw;
    for (size_t i = 0; i < s->given->n_values; i++) {
        cairn_span value = s->given->values[i];
        if (list_has(declared, value, s->arena, 1))
            continue;
        s->changed = true;
        if (!cairn_j_append(s->arena, node, value))
            return false;
    }
    return true;
}

/* The items have too many values to list: a list that lacks their least or greatest is no longer true, and becomes a
 * range, if all of it can be ordered. */
static bool list_to_range(summarizer *s, cairn_jnode *node)
{
    range r = {s->given->minimum, s->given->maximum};
    if (list_has(node->raw, r.minimum, s->arena, 0) && list_has(node->raw, r.maximum, s->arena, 0))
        return true;
    cairn_json_walk walk = cairn_json_walk_array(node->raw);
    for (cairn_span element; cairn_json_next_element(&walk, &element);)
        if (!widen(&r, element, s->arena))
            return true;
    s->changed = true;
    node->raw = write_range(s, &r);
    return node->raw.p != NULL;
}

/* ---- all of them ---- */

/* STAC's range object; a JSON Schema may have both members too, and says its type. */
static bool is_range(cairn_span object)
{
    return cairn_json_get(object, "minimum").p && cairn_json_get(object, "maximum").p &&
           !cairn_json_get(object, "type").p && !cairn_json_get(object, "$ref").p &&
           !cairn_json_get(object, "$schema").p;
}

static bool update(summarizer *s, cairn_jnode *node)
{
    char kind = cairn_json_kind(node->raw);
    if (kind == '[')
        return s->given->n_values ? add_values(s, node) : list_to_range(s, node);
    return kind != '{' || !is_range(node->raw) || update_range(s, node);
}

static cairn_span write_values(const summarizer *s)
{
    cairn_buf list = CAIRN_BUF_INIT((size_t)1 << 24);
    for (size_t i = 0; i < s->given->n_values; i++) {
        cairn_buf_add_byte(&list, i ? ',' : '[');
        cairn_buf_add_span(&list, s->given->values[i]);
    }
    cairn_buf_add_byte(&list, ']');
    cairn_span text = list.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(s->arena, cairn_buf_span(&list));
    cairn_buf_free(&list);
    return text;
}

static bool add(summarizer *s, cairn_jnode *summaries, const char *name)
{
    range r = {s->given->minimum, s->given->maximum};
    cairn_span text = r.minimum.p ? write_range(s, &r) : write_values(s);
    s->changed = true;
    return text.p && cairn_j_set(s->arena, summaries, name, text);
}

static bool widen_one(summarizer *s, cairn_jnode *summaries)
{
    cairn_span name = s->given->name;
    bool says = (s->given->minimum.p && s->given->maximum.p) || s->given->n_values;
    if (!says || memchr(name.p, '\0', name.n))
        return true;
    name = cairn_arena_copy(s->arena, name); /* NUL-terminated */
    if (!name.p)
        return false;
    cairn_jnode *node = cairn_j_get(s->arena, summaries, name.p);
    return node ? update(s, node) : add(s, summaries, name.p);
}

bool cairn_summaries_widen(cairn_arena *arena, cairn_jnode *collection, const cairn_summary *given, size_t n,
                           bool *changed)
{
    if (!n)
        return true;
    cairn_jnode *summaries = cairn_j_get(arena, collection, "summaries");
    if (!summaries || cairn_json_kind(summaries->raw) != '{')
        summaries = cairn_j_set(arena, collection, "summaries", cairn_span_of("{}"));
    if (!summaries)
        return false;
    for (size_t i = 0; i < n; i++) {
        summarizer s = {arena, &given[i], false};
        if (!widen_one(&s, summaries))
            return false;
        *changed |= s.changed;
    }
    return true;
}
