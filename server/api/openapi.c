#include "api/openapi.h"

#include "api/call.h"
#include "base/json.h"
#include "base/jtree.h"
#include "base/log.h"

#include <yaml.h>

extern const char cairn_openapi_yaml[];
extern const size_t cairn_openapi_yaml_size;

enum { MAX_JSON_BYTES = 4 << 20, MAX_DEPTH = CAIRN_JSON_MAX_DEPTH };

/* Where the writer stands: one frame an open mapping or sequence. */
typedef struct yaml_writer {
    cairn_buf *out;
    struct {
        bool mapping;
        size_t n; /* scalars and containers so far, keys too */
    } frames[MAX_DEPTH];
    int depth;
} yaml_writer;

/* Writes what stands before a value or key; true when a key is expected. */
static bool separate(yaml_writer *writer)
{
    if (!writer->depth)
        return false;
    bool mapping = writer->frames[writer->depth - 1].mapping;
    size_t n = writer->frames[writer->depth - 1].n++;
    if (mapping && n % 2)
        cairn_buf_add_byte(writer->out, ':');
    else if (n)
        cairn_buf_add_byte(writer->out, ',');
    return mapping && n % 2 == 0;
}

static void write_scalar(yaml_writer *writer, const yaml_event_t *event)
{
    cairn_span text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    bool is_key = separate(writer);
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    double number;
    if (!is_key && plain && (!text.n || cairn_span_is(text, "~")))
        cairn_buf_add_text(writer->out, "null");
    else if (!is_key && plain && !cairn_json_check(text, 1, NULL, NULL) && text.p[0] != '"' &&
             (cairn_json_kind(text) != '0' || cairn_json_number(text, &number)))
        cairn_buf_add_span(writer->out, text);
    else
        cairn_buf_add_json_string(writer->out, text);
}

static bool open_container(yaml_writer *writer, bool mapping)
{
    separate(writer);
    if (writer->depth == MAX_DEPTH)
        return false;
    writer->frames[writer->depth].mapping = mapping;
    writer->frames[writer->depth++].n = 0;
    return cairn_buf_add_byte(writer->out, mapping ? '{' : '[');
}

static bool write_event(yaml_writer *writer, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        write_scalar(writer, event);
        return true;
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        return open_container(writer, event->type == YAML_MAPPING_START_EVENT);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        writer->depth--;
        return cairn_buf_add_byte(writer->out, event->type == YAML_MAPPING_END_EVENT ? '}' : ']');
    case YAML_ALIAS_EVENT:
        return false;
    default:
        return true;
    }
}

cairn_code cairn_yaml_to_json(cairn_span yaml, cairn_buf *json, cairn_error *error)
{
    yaml_writer writer = {.out = json};
    yaml_parser_t parser;
    yaml_event_t event;
    if (!yaml_parser_initialize(&parser))
        return cairn_error_set(error, CAIRN_NOMEM, "YAML: out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)yaml.p, yaml.n);
    bool ok = true;
    for (bool end = false; ok && !end;) {
        ok = yaml_parser_parse(&parser, &event) != 0;
        if (!ok)
            break;
        ok = write_event(&writer, &event);
        end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    if (!ok)
        cairn_error_set(error, CAIRN_INVALID, "YAML: line %zu: %s", parser.mark.line + 1,
                        parser.problem ? parser.problem : "an alias, or nested too deeply");
    yaml_parser_delete(&parser);
    if (ok && json->failed)
        return cairn_error_set(error, CAIRN_NOMEM, "YAML: the document does not fit");
    return ok ? CAIRN_OK : CAIRN_INVALID;
}

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
