#include "query/cql2/build.h"

#include "base/json.h"
#include "stac/ext.h"

#include <stdarg.h>
#include <stdio.h>

const cairn_cql2_limits cairn_cql2_defaults = {
    .max_bytes = 4 << 20, .max_nodes = 10000, .max_vertices = 100000, .max_pattern = 1024};

/* ---- faults ---- */

static void place_error(cairn_cql2_builder *b, size_t offset)
{
    if (b->error && b->error->offset < 0)
        b->error->offset = (long long)offset;
    cairn_error_at_parameter(b->error, "filter");
}

cairn_cql2_node *cairn_cql2_fail(cairn_cql2_builder *b, cairn_code code, size_t offset, const char *format, ...)
{
    if (b->code != CAIRN_OK)
        return NULL;
    va_list ap;
    va_start(ap, format);
    b->code = cairn_error_vset(b->error, code, format, ap);
    va_end(ap);
    place_error(b, offset);
    return NULL;
}

cairn_cql2_node *cairn_cql2_expected(cairn_cql2_builder *b, size_t offset, const char *what, cairn_span found)
{
    char quoted[48];
    if (!found.p)
        return cairn_cql2_fail(b, CAIRN_INVALID, offset, "expected %s at byte %zu, found the end", what, offset);
    cairn_quote(found, quoted, sizeof quoted);
    return cairn_cql2_fail(b, CAIRN_INVALID, offset, "expected %s at byte %zu, found '%s'", what, offset, quoted);
}

cairn_cql2_node *cairn_cql2_no_memory(cairn_cql2_builder *b)
{
    return cairn_cql2_fail(b, CAIRN_NOMEM, 0, "no memory left for the filter");
}

cairn_cql2_node *cairn_cql2_pass_on(cairn_cql2_builder *b, size_t offset, const char *what, const cairn_error *why)
{
    return cairn_cql2_fail(b, why->code, offset, "%s at byte %zu: %s", what, offset, why->message);
}

/* ---- nodes ---- */

cairn_cql2_node *cairn_cql2_new(cairn_cql2_builder *b, cairn_cql2_kind kind, size_t offset)
{
    if (b->code != CAIRN_OK)
        return NULL;
    if (++b->made > b->limits->max_nodes)
        return cairn_cql2_fail(b, CAIRN_TOO_LARGE, offset, "the filter has more than %zu parts, the limit, at byte %zu",
                               b->limits->max_nodes, offset);
    cairn_cql2_node *node = cairn_arena_calloc(b->arena, 1, sizeof *node);
    if (!node)
        return cairn_cql2_no_memory(b);
    node->kind = kind;
    node->offset = offset;
    return node;
}

bool cairn_cql2_append(cairn_cql2_builder *b, cairn_cql2_list *list, const cairn_cql2_node *node)
{
    if (!node)
        return false;
    if (list->n == list->room) {
        size_t room = list->room ? list->room * 2 : 4;
        const cairn_cql2_node **at = cairn_arena_calloc(b->arena, room, sizeof(cairn_cql2_node *));
        if (!at)
            return cairn_cql2_no_memory(b);
        if (list->n)
            memcpy(at, list->at, list->n * sizeof(cairn_cql2_node *));
        list->at = at;
        list->room = room;
    }
    list->at[list->n++] = node;
    return true;
}

/* ---- leaves ---- */

cairn_cql2_node *cairn_cql2_string(cairn_cql2_builder *b, size_t offset, cairn_span text)
{
    cairn_cql2_node *node = cairn_cql2_new(b, CAIRN_CQL2_K_STRING, offset);
    if (node)
        node->text = text;
    return node;
}

cairn_cql2_node *cairn_cql2_boolean(cairn_cql2_builder *b, size_t offset, bool value)
{
    cairn_cql2_node *node = cairn_cql2_new(b, CAIRN_CQL2_K_BOOLEAN, offset);
    if (node)
        node->boolean = value;
    return node;
}

cairn_cql2_node *cairn_cql2_number(cairn_cql2_builder *b, size_t offset, cairn_span spelling)
{
    cairn_cql2_node *node = cairn_cql2_new(b, CAIRN_CQL2_K_NUMBER, offset);
    if (!node)
        return NULL;
    if (!cairn_json_number(spelling, &node->number.value))
        return cairn_cql2_expected(b, offset, "a number within the range of doubles", spelling);
    node->number.spelling = spelling;
    return node;
}

/* ---- properties ---- */

static const struct {
    const char *name;
    cairn_cql2_field field;
} FIELDS[] = {
    {"id", CAIRN_CQL2_ID},
    {"collection", CAIRN_CQL2_COLLECTION},
    {"geometry", CAIRN_CQL2_PLACE},
    {"bbox", CAIRN_CQL2_IN_ITEM},
    {"assets", CAIRN_CQL2_IN_ITEM},
    {"links", CAIRN_CQL2_IN_ITEM},
    {"stac_version", CAIRN_CQL2_IN_ITEM},
    {"stac_extensions", CAIRN_CQL2_IN_ITEM},
};

/* The times that an item is searched by are its own, not members of its properties. */
static const struct {
    const char *name;
    cairn_cql2_field field;
} TIMES[] = {
    {"datetime", CAIRN_CQL2_DATETIME},
    {"start_datetime", CAIRN_CQL2_START_DATETIME},
    {"end_datetime", CAIRN_CQL2_END_DATETIME},
};

/* id, collection and geometry are fields of the item only when nothing follows. */
static cairn_cql2_field item_field(const cairn_span *path, size_t n)
{
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        if (cairn_span_is(path[0], FIELDS[i].name))
            return n == 1 || FIELDS[i].field == CAIRN_CQL2_IN_ITEM ? FIELDS[i].field : CAIRN_CQL2_IN_PROPERTIES;
    return CAIRN_CQL2_IN_PROPERTIES;
}

static void resolve_time(cairn_cql2_property *property)
{
    if (property->n != 1)
        return;
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++)
        if (cairn_span_is(property->path[0], TIMES[i].name))
            property->field = TIMES[i].field;
    const cairn_ext_field *known = cairn_ext_find(property->path[0], NULL);
    property->is_time = known && known->type == CAIRN_EXT_TIME;
}

static bool split_name(cairn_arena *arena, cairn_cql2_property *property)
{
    cairn_span name = property->name;
    size_t n = 1;
    for (size_t i = 0; i < name.n; i++)
        n += name.p[i] == '.';
    cairn_span *path = cairn_arena_calloc(arena, n, sizeof *path);
    if (!path)
        return false;
    const char *at = name.p, *end = name.p + name.n;
    for (size_t i = 0; i < n; i++) {
        const char *dot = memchr(at, '.', (size_t)(end - at));
        path[i] = cairn_span_make(at, (size_t)((dot ? dot : end) - at));
        at = dot ? dot + 1 : end;
    }
    property->path = path;
    property->n = n;
    return true;
}

bool cairn_cql2_property_of(cairn_span name, cairn_arena *arena, cairn_cql2_property *property)
{
    *property = (cairn_cql2_property){.name = name};
    if (!split_name(arena, property))
        return false;
    if (property->n > 1 && cairn_span_is(property->path[0], "properties")) {
        property->path++;
        property->n--;
    } else {
        property->field = item_field(property->path, property->n);
    }
    if (property->field == CAIRN_CQL2_IN_PROPERTIES)
        resolve_time(property);
    return true;
}

cairn_cql2_node *cairn_cql2_property_ref(cairn_cql2_builder *b, size_t offset, cairn_span name)
{
    cairn_cql2_node *node = cairn_cql2_new(b, CAIRN_CQL2_K_PROPERTY, offset);
    if (!node)
        return NULL;
    if (name.n == 0)
        return cairn_cql2_expected(b, offset, "the name of a property", name);
    return cairn_cql2_property_of(name, b->arena, &node->property) ? node : cairn_cql2_no_memory(b);
}

/* ---- time ---- */

static const int64_t YEAR_0 = INT64_C(-62167219200), YEAR_10000 = INT64_C(253402300800);

static bool is_writable(cairn_time time)
{
    return time.sec >= YEAR_0 && time.sec < YEAR_10000;
}

static bool read_date(cairn_span text, cairn_time *out)
{
    char stamp[32];
    if (text.n != 10)
        return false;
    int n = snprintf(stamp, sizeof stamp, "%.10sT00:00:00Z", text.p);
    return n == 20 && cairn_time_parse(cairn_span_make(stamp, 20), out, NULL) == CAIRN_OK;
}

bool cairn_cql2_read_instant(cairn_span text, cairn_cql2_kind *kind, cairn_time *out)
{
    *kind = text.n == 10 ? CAIRN_CQL2_K_DATE : CAIRN_CQL2_K_TIMESTAMP;
    if (text.n == 10)
        return read_date(text, out);
    return cairn_time_parse(text, out, NULL) == CAIRN_OK && is_writable(*out);
}

static cairn_cql2_node *instant(cairn_cql2_builder *b, size_t offset, cairn_span text, const char *what,
                                cairn_cql2_kind wanted)
{
    cairn_cql2_kind kind;
    cairn_time time;
    if (!cairn_cql2_read_instant(text, &kind, &time) || (wanted != CAIRN_CQL2_KINDS && kind != wanted))
        return cairn_cql2_expected(b, offset, what, text);
    cairn_cql2_node *node = cairn_cql2_new(b, kind, offset);
    if (node)
        node->time = time;
    return node;
}

cairn_cql2_node *cairn_cql2_date(cairn_cql2_builder *b, size_t offset, cairn_span text)
{
    return instant(b, offset, text, "a date such as 2020-12-31", CAIRN_CQL2_K_DATE);
}

cairn_cql2_node *cairn_cql2_timestamp(cairn_cql2_builder *b, size_t offset, cairn_span text)
{
    return instant(b, offset, text, "a timestamp such as 2020-12-31T23:59:59Z", CAIRN_CQL2_K_TIMESTAMP);
}

cairn_cql2_node *cairn_cql2_interval_end(cairn_cql2_builder *b, size_t offset, cairn_span text)
{
    if (cairn_span_is(text, "..") || text.n == 0)
        return cairn_cql2_new(b, CAIRN_CQL2_K_OPEN, offset);
    return instant(b, offset, text, "a date, a timestamp or '..'", CAIRN_CQL2_KINDS);
}

/* ---- from begin to end ---- */

cairn_code cairn_cql2_begin(cairn_cql2_builder *b, cairn_span source, const cairn_cql2_limits *limits,
                            cairn_arena *arena, cairn_error *error)
{
    *b = (cairn_cql2_builder){limits ? limits : &cairn_cql2_defaults, arena, error, CAIRN_OK, source, 0, 0};
    if (source.n > b->limits->max_bytes)
        cairn_cql2_fail(b, CAIRN_TOO_LARGE, b->limits->max_bytes,
                        "the filter has %zu bytes, more than the limit of %zu", source.n, b->limits->max_bytes);
    else if (!(b->source = cairn_arena_copy(arena, source.p ? source : cairn_span_make("", 0))).p)
        cairn_cql2_no_memory(b);
    return b->code;
}

/* Recursion: CAIRN_CQL2_MAX_DEPTH. The nodes are this builder's own, made writable. */
static void number_nodes(const cairn_cql2_node *node, cairn_cql2 *out)
{
    ((cairn_cql2_node *)node)->index = (uint32_t)out->nodes++;
    if (node->kind == CAIRN_CQL2_K_GEOMETRY)
        out->vertices += node->geometry.vertices;
    for (size_t i = 0; i < node->n; i++)
        number_nodes(node->args[i], out);
}

cairn_code cairn_cql2_finish(cairn_cql2_builder *b, cairn_cql2_node *root, cairn_cql2 *out)
{
    char found[96];
    if (b->code != CAIRN_OK || !root)
        return b->code ? b->code : CAIRN_INTERNAL;
    if (!(cairn_cql2_yields(root) & CAIRN_CQL2_BOOLEAN))
        cairn_cql2_fail(b, CAIRN_INVALID, root->offset, "expected a condition at byte %zu, found %s", root->offset,
                        cairn_cql2_describe_types(cairn_cql2_yields(root), found, sizeof found));
    *out = (cairn_cql2){root, 0, 0};
    if (b->code == CAIRN_OK)
        number_nodes(root, out);
    return b->code;
}
