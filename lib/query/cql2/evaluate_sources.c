/* Fields that have another name, or another shape, in older or newer documents: the registry of extensions knows them.
 */
#include "query/cql2/evaluate_value.h"
#include "stac/ext.h"

enum {
    PARTS = 2, /* of a name: a field of bands has two */
    OLDER = sizeof((cairn_ext_field *)0)->older / sizeof(const char *),
};

/* A name, split at the dot behind "bands", "eo:bands" or "raster:bands". */
typedef struct parts {
    cairn_span at[PARTS];
    size_t n;
} parts;

static parts split_older(const char *name)
{
    const char *dot = strchr(name, '.');
    if (!dot)
        return (parts){{cairn_span_of(name)}, 1};
    return (parts){{cairn_span_make(name, (size_t)(dot - name)), cairn_span_of(dot + 1)}, 2};
}

static parts split_newer(const cairn_ext_field *field)
{
    cairn_span name = cairn_span_of(field->name);
    return field->of_band ? (parts){{CAIRN_SPAN_LIT("bands"), name}, 2} : (parts){{name}, 1};
}

/* A field that stands in a path, from `at` on, `n` parts long. */
typedef struct place {
    const cairn_ext_field *field;
    size_t at, n;
    bool is_newer; /* under its present name */
} place;

static bool is_older_name(const cairn_ext_field *field, cairn_span name)
{
    for (size_t i = 0; i < OLDER && field->older[i]; i++)
        if (cairn_span_is(name, field->older[i]))
            return true;
    return false;
}

/* `n` parts of the path that follow each other in the name; absent where they don't. */
static cairn_span join_parts(const cairn_cql2_property *property, size_t at, size_t n)
{
    const cairn_span *first = &property->path[at], *last = &property->path[at + n - 1];
    if (n > 1 && last->p != first->p + first->n + 1)
        return CAIRN_SPAN_NONE;
    return cairn_span_make(first->p, (size_t)(last->p + last->n - first->p));
}

/* What is no field of bands stands at the path's end: what is below has names of its own. */
static bool stands_at(const cairn_cql2_property *property, size_t at, size_t n, place *out)
{
    if (at + n > property->n)
        return false;
    cairn_span name = join_parts(property, at, n);
    const cairn_ext_field *field = name.p ? cairn_ext_find(name, NULL) : NULL;
    if (!field || !field->older[0] || (!field->of_band && at + n != property->n))
        return false;
    bool is_older = is_older_name(field, name);
    *out = (place){field, at, n, !is_older};
    return is_older || n == split_newer(field).n;
}

static bool find_place(const cairn_cql2_property *property, place *out)
{
    for (size_t at = 0; at < property->n; at++)
        for (size_t n = PARTS; n > 0; n--)
            if (stands_at(property, at, n, out))
                return true;
    return false;
}

/* The property with `name` where the field stands. */
static bool rename_at(const cairn_cql2_property *property, const place *from, const parts *name, cairn_arena *arena,
                      cairn_cql2_property *out)
{
    size_t behind = from->at + from->n;
    cairn_span *path = cairn_arena_calloc(arena, property->n + PARTS, sizeof *path);
    if (!path)
        return false;
    memcpy(path, property->path, from->at * sizeof *path);
    memcpy(path + from->at, name->at, name->n * sizeof *path);
    memcpy(path + from->at + name->n, property->path + behind, (property->n - behind) * sizeof *path);
    *out = *property;
    out->path = path;
    out->n = property->n - from->n + name->n;
    return true;
}

/* What makes the value under the other name one of the property that was asked for. */
static cairn_cql2_change change_of(const place *from)
{
    if (from->field->change == CAIRN_EXT_EPSG_CODE)
        return from->is_newer ? CAIRN_CQL2_TO_CODE : CAIRN_CQL2_TO_EPSG;
    return CAIRN_CQL2_SAME;
}

bool cairn_cql2_sources_of(const cairn_cql2_property *property, cairn_arena *arena, const cairn_cql2_source **out,
                           size_t *n)
{
    place from;
    cairn_cql2_source *sources = cairn_arena_calloc(arena, 1 + OLDER, sizeof *sources);
    if (!sources)
        return false;
    sources[0] = (cairn_cql2_source){*property, CAIRN_CQL2_SAME};
    *out = sources;
    *n = 1;
    if (!find_place(property, &from))
        return true;
    for (size_t i = 0; i < (from.is_newer ? OLDER : 1) && from.field->older[i]; i++) {
        parts name = from.is_newer ? split_older(from.field->older[i]) : split_newer(from.field);
        cairn_cql2_source *source = &sources[(*n)++];
        source->change = change_of(&from);
        if (!rename_at(property, &from, &name, arena, &source->property))
            return false;
    }
    return true;
}

/* ---- changing ---- */

static void change_one(cairn_cql2_change change, cairn_span json, cairn_buf *out)
{
    long long code;
    cairn_span text = json.n > 2 ? cairn_span_make(json.p + 1, json.n - 2) : CAIRN_SPAN_NONE;
    if (change == CAIRN_CQL2_TO_CODE && cairn_json_integer(json, &code))
        cairn_buf_printf(out, "\"EPSG:%lld\"", code);
    else if (change == CAIRN_CQL2_TO_EPSG && cairn_json_kind(json) == '"' && cairn_span_starts(text, "EPSG:") &&
             text.n < 16 && text.n > 5 && text.p[5] >= '1' && text.p[5] <= '9' &&
             strspn(text.p + 5, "0123456789") == text.n - 5 /* ends at the quote */)
        cairn_buf_add(out, text.p + 5, text.n - 5);
    else
        cairn_buf_add_text(out, "null");
}

bool cairn_cql2_change_value(cairn_cql2_change change, cairn_span json, cairn_arena *arena, cairn_span *out)
{
    cairn_span element;
    *out = json;
    if (change == CAIRN_CQL2_SAME || !json.p)
        return true;
    cairn_buf buf = CAIRN_BUF_INIT(64 + 32 * json.n);
    if (cairn_json_kind(json) == '[') {
        cairn_json_walk walk = cairn_json_walk_array(json);
        for (char between = '['; cairn_json_next_element(&walk, &element); between = ',') {
            cairn_buf_add_byte(&buf, between);
            change_one(change, element, &buf);
        }
        cairn_buf_add_text(&buf, buf.n ? "]" : "[]");
    } else {
        change_one(change, json, &buf);
    }
    *out = buf.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(arena, cairn_buf_span(&buf));
    cairn_buf_free(&buf);
    return out->p != NULL;
}
