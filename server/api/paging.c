#include "api/page.h"

#include "api/links.h"
#include "api/params.h"
#include "base/jtree.h"
#include "query/token.h"

enum { MAX_URL_BYTES = 1 << 24 };

static void add_query(cairn_buf *path, char *separator, cairn_span name, cairn_span value)
{
    cairn_buf_add_byte(path, *separator);
    cairn_buf_add_url_segment(path, name);
    cairn_buf_add_byte(path, '=');
    cairn_buf_add_url_segment(path, value);
    *separator = '&';
}

cairn_span cairn_page_path(const cairn_call *call, cairn_span token)
{
    const cairn_request *request = call->request;
    const char *const *known = cairn_params_known(call);
    cairn_buf path = CAIRN_BUF_INIT(MAX_URL_BYTES);
    char separator = '?';
    bool has_profile = false;
    cairn_span plain = cairn_path_join(request->arena, request->segments, request->n_segments);
    path.failed = !plain.p;
    cairn_buf_add_span(&path, plain);
    for (size_t i = 0; i < request->n_params; i++) {
        cairn_span name = request->params[i].name;
        if (!cairn_params_has(known, name) || cairn_span_is(name, "token"))
            continue;
        has_profile |= cairn_span_is(name, "profile");
        add_query(&path, &separator, name, request->params[i].value);
    }
    /* It came by a header, which a client that follows links may not repeat. */
    if (call->source != call->api->options->source_profile && !has_profile)
        add_query(&path, &separator, cairn_span_of("profile"), cairn_span_of(call->source ? "source" : "load-ready"));
    if (token.n && request->method != CAIRN_POST)
        add_query(&path, &separator, cairn_span_of("token"), token);
    cairn_span text = path.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(request->arena, cairn_buf_span(&path));
    cairn_buf_free(&path);
    return text;
}

/* The body of the POST again, with this token. */
static cairn_span body_with_token(const cairn_call *call, cairn_span token)
{
    cairn_arena *arena = call->request->arena;
    cairn_jnode *body = cairn_j_open(arena, cairn_span_trim(call->request->body));
    if (!body || !cairn_j_set_string(arena, body, "token", token))
        return CAIRN_SPAN_NONE;
    return cairn_j_text(body, arena);
}

static void add_page_link(const cairn_call *call, const char *rel, cairn_span token, cairn_buf *out)
{
    bool post = call->request->method == CAIRN_POST;
    cairn_span body = post ? body_with_token(call, token) : CAIRN_SPAN_NONE;
    cairn_link_open(call, out, rel, "application/geo+json", cairn_page_path(call, token));
    if (!post) {
        cairn_buf_add_text(out, ",\"method\":\"GET\"}");
        return;
    }
    out->failed |= !body.p;
    cairn_buf_add_text(out, ",\"method\":\"POST\",\"body\":");
    cairn_buf_add_span(out, body);
    cairn_buf_add_text(out, ",\"merge\":false}");
}

static cairn_code add_link(const cairn_call *call, const cairn_page_request *request, const char *rel, bool backward,
                           cairn_buf *out, cairn_error *error)
{
    cairn_buf text = CAIRN_BUF_INIT(CAIRN_TOKEN_MAX);
    cairn_token token = {backward, backward ? request->result.first : request->result.last};
    cairn_code code =
        cairn_token_write(&token, &request->search->sort, request->token_key, call->request->arena, &text, error);
    if (!code)
        add_page_link(call, rel, cairn_buf_span(&text), out);
    cairn_buf_free(&text);
    return code || !out->failed ? code : cairn_error_set(error, CAIRN_NOMEM, "no memory for a link");
}

cairn_code cairn_page_links_add(cairn_call *call, const cairn_page_request *request, cairn_buf *out)
{
    const cairn_result *result = &request->result;
    bool backward = request->page.backward;
    /* The item that the token names lies on the side that this page came from. */
    bool next = result->returned && (backward || result->more);
    bool prev = result->returned && (backward ? result->more : request->page.position != NULL);
    cairn_code code = CAIRN_OK;
    if (next)
        code = add_link(call, request, "next", false, out, &call->error);
    if (prev && !code)
        code = add_link(call, request, "prev", true, out, &call->error);
    return code;
}
