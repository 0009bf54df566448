/* What an API says of itself: landing page (STAC API Core), /conformance (OGC API Features 7.4), /healthz. */
#include "api/auth.h"
#include "api/browse_links.h"
#include "api/links.h"

static void add_member(cairn_buf *out, const char *name, cairn_span text)
{
    cairn_buf_printf(out, ",\"%s\":", name);
    cairn_buf_add_json_string(out, text);
}

static cairn_span first_of(cairn_span a, cairn_span b, cairn_span c)
{
    return a.n ? a : b.n ? b : c;
}

static bool is_listed_before(size_t route, size_t class)
{
    const char *uri = cairn_routes[route].classes[class];
    for (size_t i = 0; i <= route; i++)
        for (size_t j = 0; (i < route || j < class) && cairn_routes[i].classes[j]; j++)
            if (strcmp(cairn_routes[i].classes[j], uri) == 0)
                return true;
    return false;
}

static void add_conforms_to(cairn_buf *out)
{
    const char *comma = "";
    cairn_buf_add_text(out, "\"conformsTo\":[");
    for (size_t i = 0; i < cairn_n_routes; i++) {
        for (size_t j = 0; cairn_routes[i].classes[j]; j++) {
            if (is_listed_before(i, j))
                continue;
            cairn_buf_printf(out, "%s\"%s\"", comma, cairn_routes[i].classes[j]);
            comma = ",";
        }
    }
    cairn_buf_add_byte(out, ']');
}

static void add_route_links(const cairn_call *call, cairn_buf *out)
{
    for (size_t i = 0; i < cairn_n_routes; i++) {
        for (size_t j = 0; j < CAIRN_MAX_LANDING_LINKS && cairn_routes[i].links[j].rel; j++) {
            const cairn_landing_link *link = &cairn_routes[i].links[j];
            cairn_link_open(call, out, link->rel, link->type, cairn_span_of(cairn_routes[i].info.path));
            if (link->method)
                cairn_buf_printf(out, ",\"method\":\"%s\"", link->method);
            add_member(out, "title", cairn_span_of(link->title));
            cairn_buf_add_byte(out, '}');
        }
    }
}

/* To the collections, or to catalogs of them when they are many. */
static cairn_code add_child_links(cairn_call *call, uint64_t collections, cairn_buf *out)
{
    const cairn_place whole = {.kind = CAIRN_PLACE_WHOLE};
    const cairn_browse root = {.call = call, .n = collections};
    return cairn_browse_add_links(&root, &whole, collections, out);
}

cairn_code cairn_get_landing_page(cairn_call *call)
{
    const cairn_api_options *options = call->api->options;
    cairn_buf *out = &call->response->body;
    cairn_catalog_info info;
    cairn_code code = cairn_session_info(call->session, call->request->arena, &info, &call->error);
    if (code)
        return code;
    cairn_span id =
        first_of(options->id, info.id, first_of(options->file_name, cairn_span_of("catalog"), CAIRN_SPAN_NONE));
    cairn_span title = first_of(options->title, info.title, id);
    cairn_buf_add_text(out, "{\"type\":\"Catalog\",\"stac_version\":\"1.1.0\"");
    if (options->signer)
        cairn_auth_add(call, out);
    add_member(out, "id", id);
    add_member(out, "title", title);
    add_member(out, "description", first_of(options->description, info.description, title));
    cairn_buf_add_byte(out, ',');
    add_conforms_to(out);
    cairn_buf_add_text(out, ",\"links\":[");
    add_route_links(call, out);
    code = add_child_links(call, info.collections, out);
    cairn_buf_add_text(out, "]}");
    return code;
}

cairn_code cairn_get_conformance(cairn_call *call)
{
    cairn_buf *out = &call->response->body;
    cairn_buf_add_byte(out, '{');
    add_conforms_to(out);
    cairn_buf_add_byte(out, '}');
    return CAIRN_OK;
}

cairn_code cairn_get_health(cairn_call *call)
{
    cairn_catalog_info info;
    cairn_code code = cairn_session_info(call->session, call->request->arena, &info, &call->error);
    if (code)
        return code;
    call->response->cacheable = false;
    cairn_buf_printf(
        &call->response->body, "{\"status\":\"ok\",\"items\":%llu,\"collections\":%llu,\"generation\":%llu}",
        (unsigned long long)info.items, (unsigned long long)info.collections, (unsigned long long)info.generation);
    return CAIRN_OK;
}
