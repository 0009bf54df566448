/* YAML events of libyaml -> a jansson tree -> JSON text. */
#include "api/openapi.h"
#include "base/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <yaml.h>

enum { MAX_DEPTH = CAIRN_JSON_MAX_DEPTH, REAL_DIGITS = 15 };

/* Where the builder stands: the containers that are open, and the key that waits for its value. */
typedef struct builder {
    json_t *root;
    json_t *open[MAX_DEPTH]; /* borrowed: each is owned by the one before it */
    char *keys[MAX_DEPTH];   /* owned; NULL: a key is expected next */
    int depth;
} builder;

/* Takes the reference to `value`. A key that is there already is refused: one of the two would be lost. */
static bool place(builder *builder, json_t *value)
{
    if (!builder->depth) {
        bool first = !builder->root;
        if (first)
            builder->root = value;
        else
            json_decref(value);
        return first;
    }
    json_t *parent = builder->open[builder->depth - 1];
    if (json_is_array(parent))
        return json_array_append_new(parent, value) == 0;
    char *key = builder->keys[builder->depth - 1];
    builder->keys[builder->depth - 1] = NULL;
    bool ok = key && !json_object_get(parent, key);
    if (!ok)
        json_decref(value);
    else
        ok = json_object_set_new(parent, key, value) == 0;
    free(key);
    return ok;
}

static bool is_key(const builder *builder)
{
    return builder->depth && json_is_object(builder->open[builder->depth - 1]) && !builder->keys[builder->depth - 1];
}

/* The core schema: plain null, true, false and numbers are such, all else are strings. */
static json_t *scalar_of(const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t n = event->data.scalar.length;
    if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return json_stringn(text, n);
    if (!n || (n == 1 && *text == '~'))
        return json_null();
    json_t *value = *text == '"' ? NULL : json_loadb(text, n, JSON_DECODE_ANY, NULL);
    if (json_is_object(value) || json_is_array(value)) {
        json_decref(value);
        value = NULL;
    }
    return value ? value : json_stringn(text, n);
}

static bool take_scalar(builder *builder, const yaml_event_t *event)
{
    if (is_key(builder)) {
        builder->keys[builder->depth - 1] = strdup((const char *)event->data.scalar.value);
        return builder->keys[builder->depth - 1] != NULL;
    }
    json_t *value = scalar_of(event);
    return value && place(builder, value);
}

static bool open_container(builder *builder, json_t *container)
{
    if (!container || builder->depth == MAX_DEPTH || is_key(builder)) {
        json_decref(container);
        return false;
    }
    if (!place(builder, container))
        return false;
    builder->open[builder->depth] = container;
    builder->keys[builder->depth++] = NULL;
    return true;
}

static bool take_event(builder *builder, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return take_scalar(builder, event);
    case YAML_MAPPING_START_EVENT:
        return open_container(builder, json_object());
    case YAML_SEQUENCE_START_EVENT:
        return open_container(builder, json_array());
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        builder->depth--;
        return true;
    case YAML_ALIAS_EVENT:
        return false;
    default:
        return true;
    }
}

static bool build(builder *builder, yaml_parser_t *parser)
{
    yaml_event_t event;
    bool ok = true, end = false;
    while (ok && !end) {
        ok = yaml_parser_parse(parser, &event) != 0;
        if (!ok)
            break;
        ok = take_event(builder, &event);
        end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    return ok && builder->root;
}

static int add_text(const char *text, size_t n, void *buf)
{
    return cairn_buf_add(buf, text, n) ? 0 : -1;
}

cairn_code cairn_yaml_to_json(cairn_span yaml, cairn_buf *json, cairn_error *error)
{
    builder builder = {0};
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return cairn_error_set(error, CAIRN_NOMEM, "YAML: out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)yaml.p, yaml.n);
    cairn_code code = CAIRN_OK;
    if (!build(&builder, &parser))
        code = cairn_error_set(error, CAIRN_INVALID, "YAML: line %zu: %s", parser.mark.line + 1,
                               parser.problem ? parser.problem : "an alias, a key twice, or nested too deeply");
    else if (json_dump_callback(builder.root, add_text, json,
                                JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_DIGITS)))
        code = cairn_error_set(error, CAIRN_NOMEM, "YAML: the document does not fit");
    for (int i = 0; i < MAX_DEPTH; i++)
        free(builder.keys[i]);
    json_decref(builder.root);
    yaml_parser_delete(&parser);
    return code;
}
