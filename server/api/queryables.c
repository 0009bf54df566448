#include "api/queryables.h"

#include "api/call.h"
#include "api/links.h"
#include "api/property_schema.h"

const cairn_representation cairn_as_schema[] = {{.content_type = "application/schema+json", .format = "json"},
                                                {.content_type = NULL}};

typedef enum purpose { TO_FILTER, TO_SORT } purpose;

/* A member that each item, or each collection, has; its schema without the first brace. */
typedef struct base_member {
    const char *name;
    bool has_order;
    const char *schema;
} base_member;

#define STRING(title, description) "\"title\":\"" title "\",\"description\":\"" description "\",\"type\":\"string\"}"
#define TIME(title, description)                                                                                       \
    "\"title\":\"" title "\",\"description\":\"" description "\",\"type\":\"string\",\"format\":\"date-time\"}"
#define PLACE(description)                                                                                             \
    "\"title\":\"Geometry\",\"description\":\"" description                                                            \
    "\",\"$ref\":\"https://geojson.org/schema/Geometry.json\",\"format\":\"geometry-any\"}"

static const base_member OF_ITEMS[] = {
    {"id", true, STRING("ID", "Unique within its collection")},
    {"collection", true, STRING("Collection", "The id of the item's collection")},
    {"geometry", false, PLACE("The footprint, for spatial functions")},
    {"datetime", true, TIME("Datetime", "The instant, or null where there is only a range")},
    {"start_datetime", true, TIME("Start", "The start of the range")},
    {"end_datetime", true, TIME("End", "The end of the range")},
    {NULL, false, NULL},
};

static const base_member OF_COLLECTIONS[] = {
    {"id", true, STRING("ID", "Unique")},
    {"title", true, STRING("Title", "A short title")},
    {"description", true, STRING("Description", "What the collection holds")},
    {"keywords", false,
     "\"title\":\"Keywords\",\"description\":\"For array functions\",\"type\":\"array\",\"items\":{\"type\":\"string\"}"
     "}"},
    {"license", true, STRING("License", "An SPDX expression, or other")},
    {"geometry", false, PLACE("The boxes of the extent, for spatial functions")},
    {"datetime", true, TIME("Time", "The temporal extent, for temporal functions; sorts go by its start")},
    {"start_datetime", true, TIME("Start", "The start of the temporal extent")},
    {"end_datetime", true, TIME("End", "The end of the temporal extent")},
    {NULL, false, NULL},
};

static bool is_base(const base_member *base, cairn_span name)
{
    for (; base->name; base++)
        if (cairn_span_is(name, base->name))
            return true;
    return false;
}

/* ---- writing ---- */

static void add_head(const cairn_call *call, purpose what, const char *of, cairn_span of_which, cairn_buf *out)
{
    const cairn_request *request = call->request;
    cairn_span path = cairn_path_join(request->arena, request->segments, request->n_segments);
    cairn_buf_add_text(out, "{\"$schema\":\"https://json-schema.org/draft/2019-09/schema\",\"$id\":\"");
    cairn_buf_add_span(out, call->base);
    out->failed |= !path.p;
    cairn_buf_add_span(out, path);
    cairn_buf_printf(
        out, "\",\"type\":\"object\",\"title\":\"%s\",\"description\":", what == TO_SORT ? "Sortables" : "Queryables");
    cairn_buf text = CAIRN_BUF_INIT(1 << 14);
    cairn_buf_printf(&text, "What %s", of);
    cairn_buf_add_span(&text, of_which);
    cairn_buf_printf(&text, " can be %s by; other names of members are known too, what is missing is null",
                     what == TO_SORT ? "sorted" : "filtered");
    cairn_buf_add_json_string(out, cairn_buf_span(&text));
    cairn_buf_free(&text);
    cairn_buf_add_text(out, ",\"properties\":{");
}

static void add_base(const base_member *base, purpose what, cairn_buf *out)
{
    const char *comma = "";
    for (; base->name; base++) {
        if (what == TO_SORT && !base->has_order)
            continue;
        cairn_buf_printf(out, "%s\"%s\":{%s", comma, base->name, base->schema);
        comma = ",";
    }
}

static cairn_code add_properties(cairn_call *call, const cairn_property_union *all, purpose what, cairn_buf *out)
{
    const cairn_united_property **list = cairn_property_union_list(all);
    for (size_t i = 0; list && i < all->n; i++) {
        if (is_base(OF_ITEMS, list[i]->name) || (what == TO_SORT && !cairn_property_has_order(list[i])))
            continue;
        cairn_buf_add_byte(out, ',');
        cairn_buf_add_json_string(out, list[i]->name);
        cairn_buf_add_byte(out, ':');
        cairn_property_schema_add(list[i], out);
    }
    if (list && cairn_buf_add_text(out, "},\"additionalProperties\":true}"))
        return CAIRN_OK;
    return cairn_error_set(&call->error, CAIRN_NOMEM, "the names of properties do not fit in memory");
}

/* ---- of items ---- */

static cairn_code unite(void *context, const cairn_property *property, cairn_error *error)
{
    if (cairn_property_union_add(context, property))
        return CAIRN_OK;
    return cairn_error_set(error, CAIRN_NOMEM, "the names of properties do not fit in memory");
}

static cairn_code answer(cairn_call *call, purpose what)
{
    cairn_buf *out = &call->response->body;
    cairn_property_union all = {.arena = call->request->arena};
    cairn_span collection = call->collection_id;
    cairn_code code = cairn_session_properties(call->session, collection, unite, &all, &call->error);
    if (code)
        return code;
    add_head(call, what, collection.p ? "items of collection " : "items of all collections", collection, out);
    add_base(OF_ITEMS, what, out);
    return add_properties(call, &all, what, out);
}

static cairn_code answer_collection(cairn_call *call, purpose what)
{
    cairn_code code = cairn_session_has_collection(call->session, call->collection_id, &call->error);
    return code ? code : answer(call, what);
}

cairn_code cairn_get_queryables(cairn_call *call)
{
    return answer(call, TO_FILTER);
}

cairn_code cairn_get_sortables(cairn_call *call)
{
    return answer(call, TO_SORT);
}

cairn_code cairn_get_collection_queryables(cairn_call *call)
{
    return answer_collection(call, TO_FILTER);
}

cairn_code cairn_get_collection_sortables(cairn_call *call)
{
    return answer_collection(call, TO_SORT);
}

/* ---- of collections ---- */

static cairn_code answer_of_collections(cairn_call *call, purpose what)
{
    cairn_buf *out = &call->response->body;
    cairn_property_union none = {.arena = call->request->arena};
    add_head(call, what, "collections", cairn_span_of(""), out);
    add_base(OF_COLLECTIONS, what, out);
    return add_properties(call, &none, what, out);
}

cairn_code cairn_get_collections_queryables(cairn_call *call)
{
    return answer_of_collections(call, TO_FILTER);
}

cairn_code cairn_get_collections_sortables(cairn_call *call)
{
    return answer_of_collections(call, TO_SORT);
}
