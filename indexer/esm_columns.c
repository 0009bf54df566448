#include "indexer/esm_columns.h"

#include "query/csv.h"
#include "query/names.h"

#include <stdlib.h>

enum { COLUMNS_MAX = CAIRN_CSV_MAX_COLUMNS - 100 };

const char *const cairn_esm_own_columns[] = {
    "path",           "format",       "asset", "variable", "id",   "collection", "datetime",
    "start_datetime", "end_datetime", "west",  "south",    "east", "north",      NULL};

typedef struct gathering {
    const cairn_search *search;
    cairn_arena *arena;
    cairn_esm_columns *out;
} gathering;

static bool is_own(cairn_span name)
{
    for (const char *const *own = cairn_esm_own_columns; *own; own++)
        if (cairn_span_is(name, *own))
            return true;
    return false;
}

static bool is_asked_for(const gathering *g, cairn_span collection)
{
    const cairn_search *s = g->search;
    return s->n_collections == 0 || cairn_list_has(s->collections, s->n_collections, collection);
}

/* ---- what is known ---- */

static size_t place_of(const cairn_esm_columns *columns, cairn_span property)
{
    size_t from = 0, to = columns->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (cairn_span_compare(columns->at[middle].property, property) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static cairn_code insert(const gathering *g, size_t place, const cairn_property *property, cairn_error *error)
{
    cairn_esm_columns *c = g->out;
    if (c->n == COLUMNS_MAX)
        return cairn_error_set(error, CAIRN_TOO_LARGE,
                               "the items have more than %d properties; choose from them with --esm-columns, or "
                               "collections with --collections",
                               COLUMNS_MAX);
    cairn_span name = cairn_arena_copy(g->arena, property->name);
    if (!name.p)
        return cairn_error_no_memory(error);
    memmove(&c->at[place + 1], &c->at[place], (c->n - place) * sizeof *c->at);
    c->at[place] = (cairn_esm_column){.property = name};
    c->n++;
    return CAIRN_OK;
}

/* The fixed columns have the times. */
static bool is_time(cairn_span name)
{
    return cairn_span_is(name, "datetime") || cairn_span_is(name, "start_datetime") ||
           cairn_span_is(name, "end_datetime");
}

static cairn_code add_property(void *context, const cairn_property *property, cairn_error *error)
{
    gathering *g = context;
    uint64_t items = cairn_property_items(property);
    if (items == property->objects || is_time(property->name) || !is_asked_for(g, property->collection))
        return CAIRN_OK;
    size_t place = place_of(g->out, property->name);
    cairn_code code = CAIRN_OK;
    if (place == g->out->n || !cairn_span_equal(g->out->at[place].property, property->name))
        code = insert(g, place, property, error);
    if (code == CAIRN_OK)
        g->out->at[place].items += items;
    return code;
}

static cairn_code add_items(void *context, const cairn_collection_row *row, cairn_error *error)
{
    gathering *g = context;
    (void)error;
    if (is_asked_for(g, row->id))
        g->out->items += row->items;
    return CAIRN_OK;
}

/* ---- names ---- */

/* Behind the prefix that the STAC extensions of these archives put before the names that the archives have. */
static cairn_span without_prefix(cairn_span property)
{
    static const char *const prefixes[] = {"cmip6:", "cmip5:", "cordex:", "cordex5:", "cordex6:", NULL};
    for (const char *const *p = prefixes; *p; p++)
        if (cairn_span_starts(property, *p) && property.n > strlen(*p))
            return cairn_span_make(property.p + strlen(*p), property.n - strlen(*p));
    return property;
}

static bool is_taken(const cairn_esm_columns *columns, cairn_span name, const cairn_esm_column *by)
{
    if (is_own(name))
        return true;
    for (size_t i = 0; i < columns->n; i++) {
        const cairn_esm_column *other = &columns->at[i];
        if (other != by && (cairn_span_equal(other->property, name) || cairn_span_equal(other->name, name)))
            return true;
    }
    return false;
}

static cairn_code name_columns(const gathering *g, cairn_error *error)
{
    for (size_t i = 0; i < g->out->n; i++) {
        cairn_esm_column *column = &g->out->at[i];
        column->name = without_prefix(column->property);
        if (is_taken(g->out, column->name, column))
            column->name = column->property;
        if (is_own(column->name))
            column->name = cairn_arena_printf(g->arena, "properties.%.*s", CAIRN_SPAN_FMT(column->property));
        if (!column->name.p)
            return cairn_error_no_memory(error);
    }
    return CAIRN_OK;
}

cairn_code cairn_esm_columns_gather(cairn_session *session, const cairn_search *search, cairn_arena *arena,
                                    cairn_esm_columns *out, cairn_error *error)
{
    gathering g = {search, arena, out};
    *out = (cairn_esm_columns){.at = cairn_arena_calloc(arena, COLUMNS_MAX, sizeof *out->at)};
    if (!out->at)
        return cairn_error_no_memory(error);
    cairn_code code = cairn_session_collections(session, NULL, add_items, &g, error);
    if (code == CAIRN_OK)
        code = cairn_session_properties(session, CAIRN_SPAN_NONE, add_property, &g, error);
    return code == CAIRN_OK ? name_columns(&g, error) : code;
}

/* ---- choosing ---- */

const cairn_esm_column *cairn_esm_columns_find(const cairn_esm_columns *columns, cairn_span name)
{
    for (size_t i = 0; i < columns->n; i++)
        if (cairn_span_equal(columns->at[i].name, name) || cairn_span_equal(columns->at[i].property, name))
            return &columns->at[i];
    return NULL;
}

cairn_code cairn_esm_refuse_name(const cairn_esm_columns *columns, cairn_span name, cairn_arena *arena,
                                 cairn_error *error)
{
    char quoted[96];
    const char **names = cairn_arena_calloc(arena, columns->n + 1, sizeof *names);
    for (size_t i = 0; names && i < columns->n; i++)
        names[i] = columns->at[i].name.p; /* ends of copies of the arena, that end in NUL */
    const char *nearest = names ? cairn_name_nearest(name, names) : NULL;
    return cairn_error_set(error, CAIRN_INVALID,
                           "no property '%s'%s%s%s; 'cairn queryables list CATALOG' tells what the items have",
                           cairn_quote(name, quoted, sizeof quoted), nearest ? "; did you mean '" : "",
                           nearest ? nearest : "", nearest ? "'?" : "");
}

cairn_code cairn_esm_columns_choose(cairn_esm_columns *columns, cairn_span list, cairn_arena *arena, cairn_error *error)
{
    cairn_esm_columns chosen = {.items = columns->items};
    chosen.at = cairn_arena_calloc(arena, columns->n + 1, sizeof *chosen.at);
    if (!chosen.at)
        return cairn_error_no_memory(error);
    for (cairn_span name; cairn_list_next(&list, &name);) {
        const cairn_esm_column *column = cairn_esm_columns_find(columns, name);
        if (!column)
            return cairn_esm_refuse_name(columns, name, arena, error);
        if (!cairn_esm_columns_find(&chosen, column->name))
            chosen.at[chosen.n++] = *column;
    }
    *columns = chosen;
    return CAIRN_OK;
}
