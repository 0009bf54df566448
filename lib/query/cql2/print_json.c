#include "query/cql2/print.h"

static void print_node(const cairn_cql2_node *node, cairn_buf *out);

static void print_nodes(const cairn_cql2_node *node, size_t from, cairn_buf *out)
{
    cairn_buf_add_byte(out, '[');
    for (size_t i = from; i < node->n; i++) {
        if (i > from)
            cairn_buf_add_byte(out, ',');
        print_node(node->args[i], out);
    }
    cairn_buf_add_byte(out, ']');
}

static void print_call(const cairn_cql2_node *node, cairn_span name, cairn_buf *out)
{
    cairn_buf_add_text(out, "{\"op\":");
    cairn_buf_add_json_string(out, name);
    cairn_buf_add_text(out, ",\"args\":");
    if (node->kind == CAIRN_CQL2_K_IN) {
        cairn_buf_add_byte(out, '[');
        print_node(node->args[0], out);
        cairn_buf_add_byte(out, ',');
        print_nodes(node, 1, out);
        cairn_buf_add_byte(out, ']');
    } else {
        print_nodes(node, 0, out);
    }
    cairn_buf_add_byte(out, '}');
}

static void print_instant(const cairn_cql2_node *node, cairn_buf *out)
{
    char text[CAIRN_TIME_TEXT_MAX];
    size_t n = cairn_time_format(node->time, text);
    cairn_buf_printf(out, "\"%.*s\"", node->kind == CAIRN_CQL2_K_DATE ? 10 : (int)n, text);
}

static void print_interval_end(const cairn_cql2_node *node, cairn_buf *out)
{
    if (node->kind == CAIRN_CQL2_K_OPEN)
        cairn_buf_add_text(out, "\"..\"");
    else if (node->kind == CAIRN_CQL2_K_DATE || node->kind == CAIRN_CQL2_K_TIMESTAMP)
        print_instant(node, out);
    else
        print_node(node, out);
}

static void print_interval(const cairn_cql2_node *node, cairn_buf *out)
{
    cairn_buf_add_text(out, "{\"interval\":[");
    print_interval_end(node->args[0], out);
    cairn_buf_add_byte(out, ',');
    print_interval_end(node->args[1], out);
    cairn_buf_add_text(out, "]}");
}

static void print_leaf(const cairn_cql2_node *node, cairn_buf *out)
{
    switch (node->kind) {
    case CAIRN_CQL2_K_PROPERTY:
        cairn_buf_add_text(out, "{\"property\":");
        cairn_buf_add_json_string(out, node->property.name);
        cairn_buf_add_byte(out, '}');
        break;
    case CAIRN_CQL2_K_STRING:
        cairn_buf_add_json_string(out, node->text);
        break;
    case CAIRN_CQL2_K_NUMBER:
        cairn_buf_add_span(out, node->number.spelling);
        break;
    case CAIRN_CQL2_K_BOOLEAN:
        cairn_buf_add_text(out, node->boolean ? "true" : "false");
        break;
    case CAIRN_CQL2_K_DATE:
    case CAIRN_CQL2_K_TIMESTAMP:
        cairn_buf_add_text(out, node->kind == CAIRN_CQL2_K_DATE ? "{\"date\":" : "{\"timestamp\":");
        print_instant(node, out);
        cairn_buf_add_byte(out, '}');
        break;
    case CAIRN_CQL2_K_GEOMETRY:
        cairn_buf_add_span(out, node->geometry.geojson);
        break;
    case CAIRN_CQL2_K_BBOX:
        cairn_buf_add_text(out, "{\"bbox\":");
        cairn_buf_add_span(out, node->bbox.json);
        cairn_buf_add_byte(out, '}');
        break;
    default:
        print_interval_end(node, out);
    }
}

/* Recursion: CAIRN_CQL2_MAX_DEPTH. */
static void print_node(const cairn_cql2_node *node, cairn_buf *out)
{
    const cairn_cql2_operator *op = cairn_cql2_operator_of(node->kind);
    if (op)
        print_call(node, cairn_span_of(op->json), out);
    else if (node->kind == CAIRN_CQL2_K_FUNCTION)
        print_call(node, node->function.name, out);
    else if (node->kind == CAIRN_CQL2_K_ARRAY)
        print_nodes(node, 0, out);
    else if (node->kind == CAIRN_CQL2_K_INTERVAL)
        print_interval(node, out);
    else
        print_leaf(node, out);
}

bool cairn_cql2_print_json(const cairn_cql2_node *node, cairn_buf *out)
{
    print_node(node, out);
    return !out->failed;
}

/* ---- for people ---- */

static const char *kind_name(cairn_cql2_kind kind)
{
    static const char *const NAMES[] = {"property", "string",   "number", "boolean",  "date",  "timestamp",
                                        "open end", "geometry", "bbox",   "interval", "array", "function"};
    const cairn_cql2_operator *op = cairn_cql2_operator_of(kind);
    return op ? op->text : NAMES[kind];
}

/* Recursion: CAIRN_CQL2_MAX_DEPTH. */
static void dump_node(const cairn_cql2_node *node, int depth, cairn_buf *out)
{
    cairn_buf_printf(out, "%*s%s", 2 * depth, "", kind_name(node->kind));
    if (node->kind == CAIRN_CQL2_K_FUNCTION) {
        cairn_buf_add_byte(out, ' ');
        cairn_buf_add_span(out, node->function.name);
    } else if (node->n == 0 && !cairn_cql2_operator_of(node->kind) && node->kind != CAIRN_CQL2_K_ARRAY) {
        cairn_buf_add_byte(out, ' ');
        print_leaf(node, out);
    }
    cairn_buf_printf(out, " @%zu\n", node->offset);
    for (size_t i = 0; i < node->n; i++)
        dump_node(node->args[i], depth + 1, out);
}

bool cairn_cql2_dump(const cairn_cql2_node *node, cairn_buf *out)
{
    dump_node(node, 0, out);
    return !out->failed;
}
