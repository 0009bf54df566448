/* /api.html: the operations of openapi.yaml for people, in one page without external resources. */
#include "api/call.h"
#include "base/json.h"

static void add_escaped(cairn_buf *out, cairn_span text)
{
    for (size_t i = 0; i < text.n; i++) {
        switch (text.p[i]) {
        case '<':
            cairn_buf_add_text(out, "&lt;");
            break;
        case '>':
            cairn_buf_add_text(out, "&gt;");
            break;
        case '&':
            cairn_buf_add_text(out, "&amp;");
            break;
        case '"':
            cairn_buf_add_text(out, "&quot;");
            break;
        default:
            cairn_buf_add_byte(out, text.p[i]);
        }
    }
}

typedef struct html_writer {
    cairn_buf *out;
    cairn_arena *arena;
    cairn_span document;
} html_writer;

static void add_text_member(const html_writer *html, cairn_span object, const char *name)
{
    add_escaped(html->out, cairn_json_string(cairn_json_get(object, name), html->arena));
}

/* What "$ref": "#/components/KIND/NAME" points to; the value itself when it has none. */
static cairn_span resolve(const html_writer *html, cairn_span value)
{
    cairn_span pointer = cairn_json_string(cairn_json_get(value, "$ref"), html->arena);
    if (!cairn_span_starts(pointer, "#/"))
        return value;
    cairn_span at = html->document;
    pointer = cairn_span_make(pointer.p + 2, pointer.n - 2);
    while (pointer.n && at.p) {
        const char *end = memchr(pointer.p, '/', pointer.n);
        size_t n = end ? (size_t)(end - pointer.p) : pointer.n;
        cairn_span step = cairn_arena_copy(html->arena, cairn_span_make(pointer.p, n));
        at = step.p ? cairn_json_get(at, step.p) : CAIRN_SPAN_NONE;
        pointer = end ? cairn_span_make(end + 1, pointer.n - n - 1) : CAIRN_SPAN_NONE;
    }
    return at;
}

static void add_parameters(const html_writer *html, cairn_span list)
{
    cairn_json_walk walk = cairn_json_walk_array(list);
    cairn_span element;
    if (!cairn_json_count(list))
        return;
    cairn_buf_add_text(html->out, "<table>");
    while (cairn_json_next_element(&walk, &element)) {
        cairn_span parameter = resolve(html, element);
        cairn_buf_add_text(html->out, "<tr><th><code>");
        add_text_member(html, parameter, "name");
        cairn_buf_add_text(html->out, "</code></th><td>");
        add_text_member(html, parameter, "description");
        cairn_buf_add_text(html->out, "</td></tr>\n");
    }
    cairn_buf_add_text(html->out, "</table>\n");
}

static void add_responses(const html_writer *html, cairn_span responses)
{
    cairn_json_walk walk = cairn_json_walk_object(responses);
    cairn_json_member member;
    cairn_buf_add_text(html->out, "<p class=\"r\">Answers: ");
    while (cairn_json_next_member(&walk, &member)) {
        cairn_buf_printf(html->out, "<b>%.*s</b> ", CAIRN_SPAN_FMT(member.key));
        add_text_member(html, resolve(html, member.value), "description");
        cairn_buf_add_text(html->out, " ");
    }
    cairn_buf_add_text(html->out, "</p>\n");
}

static void add_operation(const html_writer *html, cairn_span path, const cairn_json_member *method)
{
    cairn_buf *out = html->out;
    cairn_buf_printf(out, "<section><h2><span class=\"m\">%.*s</span> <code>", CAIRN_SPAN_FMT(method->key));
    add_escaped(out, path);
    cairn_buf_add_text(out, "</code></h2>\n<p><b>");
    add_text_member(html, method->value, "summary");
    cairn_buf_add_text(out, "</b></p>\n<p class=\"d\">");
    add_text_member(html, method->value, "description");
    cairn_buf_add_text(out, "</p>\n");
    add_parameters(html, cairn_json_get(method->value, "parameters"));
    add_responses(html, cairn_json_get(method->value, "responses"));
    cairn_buf_add_text(out, "</section>\n");
}

static void add_head(const html_writer *html)
{
    static const char style[] =
        "body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}"
        "section{border-top:1px solid #ccc;padding:.5em 0}h2{font-size:1.1em}"
        ".m{text-transform:uppercase;background:#245;color:#fff;padding:.1em .5em;border-radius:3px}"
        ".d{white-space:pre-line}th{text-align:left;vertical-align:top;padding-right:1em}.r{color:#555}";
    cairn_buf_printf(
        html->out,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width\"><title>STAC API</title><style>%s</style></head>"
        "<body>\n<h1>",
        style);
    cairn_span info = cairn_json_get(html->document, "info");
    add_text_member(html, info, "title");
    cairn_buf_add_text(html->out, "</h1>\n<p class=\"d\">");
    add_text_member(html, info, "description");
    cairn_buf_add_text(html->out, "</p>\n");
}

static void add_base(const html_writer *html, cairn_span base)
{
    static const struct {
        const char *path, *title;
    } links[] = {{"/", "landing page"}, {"/api", "OpenAPI definition"}, {"/collections", "collections"}};
    cairn_buf_add_text(html->out, "<p>This server: <code>");
    add_escaped(html->out, base);
    cairn_buf_add_text(html->out, "</code>");
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        cairn_buf_add_text(html->out, " · <a href=\"");
        add_escaped(html->out, base);
        cairn_buf_printf(html->out, "%s\">%s</a>", links[i].path, links[i].title);
    }
    cairn_buf_add_text(html->out, "</p>\n");
}

cairn_code cairn_get_openapi_html(cairn_call *call)
{
    html_writer html = {&call->response->body, call->request->arena, cairn_buf_span(&call->api->openapi)};
    cairn_json_walk paths = cairn_json_walk_object(cairn_json_get(html.document, "paths"));
    cairn_json_member path, method;
    add_head(&html);
    add_base(&html, call->request->base_url);
    while (cairn_json_next_member(&paths, &path)) {
        cairn_json_walk methods = cairn_json_walk_object(path.value);
        while (cairn_json_next_member(&methods, &method))
            if (cairn_json_get(method.value, "operationId").p)
                add_operation(&html, path.key, &method);
    }
    cairn_buf_add_text(html.out, "</body></html>\n");
    return CAIRN_OK;
}
