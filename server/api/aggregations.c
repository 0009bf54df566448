/* /aggregations and /collections/{collectionId}/aggregations (STAC API Aggregation 0.3.0). */
#include "api/aggregations.h"

#include "api/links.h"
#include "query/names.h"
#include "stac/ext.h"

#include <stdlib.h>

/* A property of the items, in whatever collections. */
typedef struct known_property {
    cairn_span name;
    bool terms;   /* all its values are enumerated, and it has no times or objects */
    bool numbers; /* and they are numbers */
} known_property;

typedef struct known_properties {
    cairn_arena *arena;
    known_property *at;
    size_t merged; /* the first so many stand by name, each once; behind them some as they came */
    size_t n, room;
} known_properties;

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "no memory left for what is known of the properties");
}

/* ---- what is known ---- */

static int by_name(const void *a, const void *b)
{
    return cairn_span_compare(((const known_property *)a)->name, ((const known_property *)b)->name);
}

/* What holds for both. */
static void unite(known_property *one, const known_property *other)
{
    one->terms &= other->terms;
    one->numbers &= other->numbers;
}

static void merge(known_properties *known)
{
    size_t n = 0;
    if (known->n > known->merged)
        qsort(known->at, known->n, sizeof *known->at, by_name);
    for (size_t i = 0; i < known->n; i++)
        if (n && cairn_span_equal(known->at[n - 1].name, known->at[i].name))
            unite(&known->at[n - 1], &known->at[i]);
        else
            known->at[n++] = known->at[i];
    known->merged = known->n = n;
}

static known_property *find(const known_properties *known, cairn_span name)
{
    known_property wanted = {.name = name};
    return known->merged ? bsearch(&wanted, known->at, known->merged, sizeof *known->at, by_name) : NULL;
}

static bool grow(known_properties *known)
{
    if (known->n < known->room)
        return true;
    merge(known);
    if (known->n < known->room / 2)
        return true;
    size_t room = known->room ? known->room * 2 : 64;
    known_property *at = cairn_arena_calloc(known->arena, room, sizeof *at);
    if (!at)
        return false;
    if (known->n)
        memcpy(at, known->at, known->n * sizeof *at);
    known->at = at;
    known->room = room;
    return true;
}

/* Of thousands of collections most have the same properties: what is known already takes no memory again. */
static cairn_code add_property(void *context, const cairn_property *property, cairn_error *error)
{
    known_properties *known = context;
    if (!cairn_property_items(property))
        return CAIRN_OK;
    known_property one = {
        .name = property->name,
        .terms = property->enumerated && property->n_values && !property->has_times && !property->objects,
        .numbers = !property->strings && !property->booleans && !property->arrays,
    };
    known_property *same = find(known, one.name);
    if (same) {
        unite(same, &one);
        return CAIRN_OK;
    }
    one.name = cairn_arena_copy(known->arena, one.name);
    if (!one.name.p || !grow(known))
        return no_memory(error);
    known->at[known->n++] = one;
    return CAIRN_OK;
}

static cairn_code gather(cairn_call *call, known_properties *known)
{
    *known = (known_properties){.arena = call->request->arena};
    cairn_code code = cairn_session_properties(call->session, call->collection_id, add_property, known, &call->error);
    merge(known);
    return code;
}

/* Under its own name, or one of another generation. */
static const known_property *find_any(const known_properties *known, cairn_span name)
{
    if (cairn_span_starts(name, "properties."))
        name = cairn_span_make(name.p + strlen("properties."), name.n - strlen("properties."));
    const known_property *found = find(known, name);
    const cairn_ext_field *field = found ? NULL : cairn_ext_find(name, NULL);
    if (!field)
        return found;
    found = find(known, cairn_span_of(field->name));
    for (size_t i = 0; i < sizeof field->older / sizeof *field->older && field->older[i] && !found; i++)
        found = find(known, cairn_span_of(field->older[i]));
    return found;
}

/* ---- what is asked for ---- */

static cairn_code refuse(cairn_call *call, const known_properties *known, const cairn_aggregate_asked *asked)
{
    char name[96], property[96];
    const char **names = cairn_arena_calloc(call->request->arena, known->n + 1, sizeof *names);
    for (size_t i = 0; names && i < known->n; i++)
        names[i] = known->at[i].name.p; /* copies of the arena end in NUL */
    const char *nearest = names ? cairn_name_nearest(asked->property, names) : NULL;
    cairn_quote(asked->name, name, sizeof name);
    cairn_quote(asked->property, property, sizeof property);
    if (nearest && !cairn_span_is(asked->property, nearest))
        cairn_error_set(&call->error, CAIRN_INVALID,
                        "no aggregation '%s' here: no item has the property '%s'; did you mean '%s'?", name, property,
                        nearest);
    else
        cairn_error_set(&call->error, CAIRN_INVALID,
                        "no aggregation '%s' here: no item has the property '%s' with few different values; "
                        "/aggregations lists what there is",
                        name, property);
    return cairn_error_at_parameter(&call->error, "aggregations");
}

cairn_code cairn_aggregations_check(cairn_call *call, const cairn_aggregate_request *request)
{
    known_properties known = {0};
    cairn_aggregate_asked asked;
    bool in_collection = call->collection_id.p != NULL, gathered = false;
    for (size_t i = 0; cairn_aggregate_asked_at(request, i, &asked); i++) {
        if (!asked.property.p || !(asked.is_generic || in_collection))
            continue;
        if (!gathered && gather(call, &known) != CAIRN_OK)
            return call->error.code;
        gathered = true;
        const known_property *property = find_any(&known, asked.property);
        if (!property || (asked.is_generic && in_collection && !property->terms))
            return refuse(call, &known, &asked);
    }
    return CAIRN_OK;
}

/* ---- the list ---- */

static void put_one(cairn_buf *out, cairn_span name, const char *data_type, const char *frequency_data_type)
{
    bool first = out->n && out->p[out->n - 1] == '[';
    cairn_buf_add_text(out, first ? "{\"name\":" : ",{\"name\":");
    cairn_buf_add_json_string(out, name);
    cairn_buf_printf(out, ",\"data_type\":\"%s\"", data_type);
    if (frequency_data_type)
        cairn_buf_printf(out, ",\"frequency_distribution_data_type\":\"%s\"", frequency_data_type);
    cairn_buf_add_byte(out, '}');
}

static bool is_built_in(cairn_span property, cairn_span name)
{
    const cairn_aggregate_info *info;
    for (size_t i = 0; (info = cairn_aggregate_at(i)) != NULL; i++)
        if (cairn_span_is(name, info->name) || (info->property && cairn_span_is(property, info->property)))
            return true;
    return false;
}

static void put_all(cairn_call *call, const known_properties *known, cairn_buf *out)
{
    const cairn_aggregate_info *info;
    for (size_t i = 0; (info = cairn_aggregate_at(i)) != NULL; i++)
        if (!info->property || find_any(known, cairn_span_of(info->property)))
            put_one(out, cairn_span_of(info->name), info->data_type, info->frequency_data_type);
    for (size_t i = 0; i < known->n; i++) {
        const known_property *property = &known->at[i];
        cairn_span name = cairn_arena_printf(call->request->arena, "%.*s_frequency", CAIRN_SPAN_FMT(property->name));
        if (!name.p)
            out->failed = true;
        else if (property->terms && !is_built_in(property->name, name))
            put_one(out, name, "frequency_distribution", property->numbers ? "numeric" : "string");
    }
}

cairn_code cairn_get_aggregations(cairn_call *call)
{
    cairn_buf *out = &call->response->body;
    known_properties known;
    cairn_code code = CAIRN_OK;
    if (call->collection_id.p)
        code = cairn_session_has_collection(call->session, call->collection_id, &call->error);
    if (code == CAIRN_OK)
        code = gather(call, &known);
    if (code != CAIRN_OK)
        return code;
    cairn_buf_add_text(out, "{\"aggregations\":[");
    put_all(call, &known, out);
    cairn_buf_add_text(out, "],\"links\":[");
    cairn_aggregate_links_add(call, out);
    cairn_buf_add_text(out, "]}");
    return CAIRN_OK;
}
