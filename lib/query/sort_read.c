/* Reading `sortby`, and writing a sort in one spelling. */
#include "query/cql2/evaluate_value.h"
#include "query/sort.h"

static const char TEXT_EXAMPLE[] = "sortby=-eo:cloud_cover,+id";
static const char JSON_EXAMPLE[] = "\"sortby\": [{\"field\": \"eo:cloud_cover\", \"direction\": \"desc\"}]";

typedef struct reader {
    cairn_arena *arena;
    cairn_error *error;
    const char *example;
    cairn_sort sort;
} reader;

static cairn_code refuse(reader *r, const char *expected, cairn_span found)
{
    char quoted[80];
    cairn_error_set(r->error, CAIRN_INVALID, "expected %s, found '%s'; for example %s", expected,
                    cairn_quote(found, quoted, sizeof quoted), r->example);
    cairn_error_at_parameter(r->error, "sortby");
    return CAIRN_INVALID;
}

static cairn_code no_memory(reader *r)
{
    return cairn_error_set(r->error, CAIRN_NOMEM, "no memory left for the sort");
}

/* ---- keys ---- */

static bool has_star(const cairn_cql2_property *property)
{
    for (size_t i = 0; i < property->n; i++)
        if (cairn_span_is(property->path[i], "*"))
            return true;
    return false;
}

/* Values that are always arrays or objects would leave the items in the order that they had. */
static bool has_order(const cairn_cql2_property *property)
{
    if (property->field == CAIRN_CQL2_IN_ITEM)
        return property->n == 1 && cairn_span_is(property->path[0], "stac_version");
    return property->field != CAIRN_CQL2_PLACE && !has_star(property);
}

static bool is_same(const cairn_cql2_property *a, const cairn_cql2_property *b)
{
    if (a->field != b->field || a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!cairn_span_equal(a->path[i], b->path[i]))
            return false;
    return true;
}

static cairn_code refuse_repeated(reader *r, cairn_span name)
{
    char quoted[80];
    cairn_error_set(r->error, CAIRN_INVALID, "'%s' is sorted by twice, expected each field once",
                    cairn_quote(name, quoted, sizeof quoted));
    cairn_error_at_parameter(r->error, "sortby");
    return CAIRN_INVALID;
}

static cairn_code refuse_orderless(reader *r, cairn_span name)
{
    char quoted[80];
    cairn_error_set(r->error, CAIRN_INVALID,
                    "items can't be sorted by '%s', which has no order; expected a property with numbers, strings, "
                    "times or booleans such as those of /sortables",
                    cairn_quote(name, quoted, sizeof quoted));
    cairn_error_at_parameter(r->error, "sortby");
    return CAIRN_INVALID;
}

static cairn_code add_key(reader *r, cairn_span name, bool descending)
{
    cairn_sort_key key = {.descending = descending};
    if (r->sort.n == CAIRN_SORT_MAX_KEYS) {
        cairn_error_set(r->error, CAIRN_INVALID, "more than %d fields to sort by, expected no more",
                        CAIRN_SORT_MAX_KEYS);
        cairn_error_at_parameter(r->error, "sortby");
        return CAIRN_INVALID;
    }
    name = cairn_arena_copy(r->arena, name);
    if (!name.p || !cairn_cql2_property_of(name, r->arena, &key.property))
        return no_memory(r);
    if (!has_order(&key.property))
        return refuse_orderless(r, name);
    for (size_t i = 0; i < r->sort.n; i++)
        if (is_same(&r->sort.keys[i].property, &key.property))
            return refuse_repeated(r, name);
    if (!cairn_cql2_sources_of(&key.property, r->arena, &key.sources, &key.n_sources))
        return no_memory(r);
    r->sort.keys[r->sort.n++] = key;
    return CAIRN_OK;
}

static bool begin(reader *r, cairn_arena *arena, const char *example, cairn_error *error)
{
    *r = (reader){.arena = arena, .error = error, .example = example};
    r->sort.keys = cairn_arena_calloc(arena, CAIRN_SORT_MAX_KEYS, sizeof *r->sort.keys);
    return r->sort.keys != NULL;
}

/* What asks for the default order is the default order, which is the cheapest. */
static void finish(reader *r, cairn_sort *out)
{
    bool is_default =
        r->sort.n == 1 && r->sort.keys[0].property.field == CAIRN_CQL2_DATETIME && r->sort.keys[0].descending;
    *out = is_default || r->sort.n == 0 ? (cairn_sort){NULL, 0} : r->sort;
}

/* ---- GET ---- */

static cairn_code add_entry(reader *r, cairn_span entry)
{
    bool descending = cairn_span_starts(entry, "-");
    cairn_span name = entry;
    if (descending || cairn_span_starts(entry, "+") || cairn_span_starts(entry, " "))
        name = cairn_span_make(entry.p + 1, entry.n - 1);
    if (name.n == 0)
        return refuse(r, "the name of a field between the commas", entry);
    return add_key(r, name, descending);
}

cairn_code cairn_sort_from_text(cairn_span text, cairn_arena *arena, cairn_sort *out, cairn_error *error)
{
    reader r;
    cairn_code code = CAIRN_OK;
    *out = (cairn_sort){NULL, 0};
    if (!begin(&r, arena, TEXT_EXAMPLE, error))
        return no_memory(&r);
    if (text.n && (text.p[0] == '[' || text.p[0] == '{'))
        return refuse(&r, "names by commas, not JSON", text);
    const char *at = text.p, *end = text.p + text.n;
    for (bool more = text.n > 0; more && code == CAIRN_OK;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        code = add_entry(&r, cairn_span_make(at, (size_t)((comma ? comma : end) - at)));
        more = comma != NULL;
        at = comma ? comma + 1 : end;
    }
    if (code == CAIRN_OK)
        finish(&r, out);
    return code;
}

/* ---- POST ---- */

static cairn_code read_direction(reader *r, cairn_span value, bool *descending)
{
    *descending = cairn_json_string_is(value, "desc");
    if (*descending || cairn_json_is_null(value) || cairn_json_string_is(value, "asc"))
        return CAIRN_OK;
    return refuse(r, "\"asc\" or \"desc\" as direction", value);
}

static cairn_code add_object(reader *r, cairn_span object)
{
    cairn_span field = CAIRN_SPAN_NONE;
    bool descending = false;
    cairn_code code = CAIRN_OK;
    cairn_json_walk walk = cairn_json_walk_object(object);
    for (cairn_json_member member; code == CAIRN_OK && cairn_json_next_member(&walk, &member);) {
        if (cairn_json_key_is(member.key, "field"))
            field = member.value;
        else if (cairn_json_key_is(member.key, "direction"))
            code = read_direction(r, member.value, &descending);
        else
            code = refuse(r, "only the members field and direction", member.key);
    }
    if (code != CAIRN_OK)
        return code;
    if (cairn_json_kind(field) != '"' || field.n == 2)
        return refuse(r, "an object with the name of a field as \"field\"", object);
    cairn_span name = cairn_json_string(field, r->arena);
    return name.p ? add_key(r, name, descending) : no_memory(r);
}

cairn_code cairn_sort_from_json(cairn_span json, cairn_arena *arena, cairn_sort *out, cairn_error *error)
{
    reader r;
    cairn_code code = CAIRN_OK;
    *out = (cairn_sort){NULL, 0};
    if (!begin(&r, arena, JSON_EXAMPLE, error))
        return no_memory(&r);
    if (cairn_json_kind(json) != '[')
        return refuse(&r, "an array of objects", json);
    cairn_json_walk walk = cairn_json_walk_array(json);
    for (cairn_span element; code == CAIRN_OK && cairn_json_next_element(&walk, &element);)
        code = cairn_json_kind(element) == '{' ? add_object(&r, element) : refuse(&r, "an array of objects", element);
    if (code == CAIRN_OK)
        finish(&r, out);
    return code;
}

/* ---- one spelling ---- */

/* The name without `properties.`, unless that would be a field of the item; absent at the arena's cap. */
static cairn_span plain_name(const cairn_cql2_property *property, cairn_arena *arena)
{
    cairn_cql2_property again;
    const char *end = property->name.p + property->name.n;
    cairn_span name = cairn_span_make(property->path[0].p, (size_t)(end - property->path[0].p));
    if (name.n == 0) /* of "properties." */
        return property->name;
    if (!cairn_cql2_property_of(name, arena, &again))
        return CAIRN_SPAN_NONE;
    return is_same(property, &again) ? name : property->name;
}

cairn_span cairn_sort_signature(const cairn_sort *sort, cairn_arena *arena)
{
    cairn_buf text = CAIRN_BUF_INIT((size_t)1 << 24);
    for (size_t i = 0; i < sort->n; i++) {
        cairn_span name = plain_name(&sort->keys[i].property, arena);
        text.failed |= !name.p;
        if (i)
            cairn_buf_add_byte(&text, ',');
        cairn_buf_add_byte(&text, sort->keys[i].descending ? '-' : '+');
        for (size_t k = 0; name.p && k < name.n; k++) {
            if (name.p[k] == ',' || name.p[k] == '\\')
                cairn_buf_add_byte(&text, '\\');
            cairn_buf_add_byte(&text, name.p[k]);
        }
    }
    cairn_span signature = text.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(arena, cairn_buf_span(&text));
    cairn_buf_free(&text);
    return signature;
}
