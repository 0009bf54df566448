#include "api/openapi.h"

#include "api/call.h"
#include "base/jtree.h"
#include "base/log.h"

extern const char cairn_openapi_yaml[];
extern const size_t cairn_openapi_yaml_size;

enum { MAX_JSON_BYTES = 4 << 20 };

bool cairn_openapi_load(cairn_buf *json)
{
    cairn_error error = CAIRN_ERROR_INIT;
    *json = (cairn_buf)CAIRN_BUF_INIT(MAX_JSON_BYTES);
    if (!cairn_yaml_to_json(cairn_span_make(cairn_openapi_yaml, cairn_openapi_yaml_size), json, &error))
        return true;
    cairn_log(CAIRN_LOG_ERROR, "openapi.yaml: %s", error.message);
    return false;
}

static cairn_span servers_of(const cairn_call *call)
{
    return cairn_arena_printf(call->request->arena, "[{\"url\":\"%.*s/\"}]", CAIRN_SPAN_FMT(call->base));
}

static cairn_code write_json(cairn_call *call, cairn_span servers)
{
    cairn_arena *arena = call->request->arena;
    cairn_jnode *root = cairn_j_open(arena, cairn_buf_span(&call->api->openapi));
    if (!root || !cairn_j_set(arena, root, "servers", servers) || !cairn_j_print(root, &call->response->body))
        return cairn_error_set(&call->error, CAIRN_NOMEM, "no memory for the OpenAPI definition");
    return CAIRN_OK;
}

/* JSON is YAML: the list of servers replaces the empty one of the file. */
static cairn_code write_yaml(cairn_call *call, cairn_span servers)
{
    static const char empty[] = "\nservers: []\n";
    cairn_buf *out = &call->response->body;
    const char *place = memmem(cairn_openapi_yaml, cairn_openapi_yaml_size, empty, sizeof empty - 1);
    if (!place)
        return cairn_error_set(&call->error, CAIRN_INTERNAL, "openapi.yaml has no line \"servers: []\"");
    const char *rest = place + sizeof empty - 2;
    cairn_buf_add(out, cairn_openapi_yaml, (size_t)(place - cairn_openapi_yaml));
    cairn_buf_add_text(out, "\nservers: ");
    cairn_buf_add_span(out, servers);
    cairn_buf_add(out, rest, cairn_openapi_yaml_size - (size_t)(rest - cairn_openapi_yaml));
    return CAIRN_OK;
}

cairn_code cairn_get_openapi(cairn_call *call)
{
    cairn_span servers = servers_of(call);
    if (!servers.p)
        return cairn_error_set(&call->error, CAIRN_NOMEM, "no memory for the OpenAPI definition");
    return strcmp(call->as->format, "yaml") == 0 ? write_yaml(call, servers) : write_json(call, servers);
}
