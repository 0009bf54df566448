#include "api/api.h"

#include "api/call.h"
#include "api/openapi.h"
#include "api/params.h"
#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>

/* A hurried request is not given the time that it takes to compress more than so much. */
enum { GZIP_FROM_BYTES = 1024, GZIP_HURRIED_BYTES = 1 << 20 };

cairn_api *cairn_api_new(const cairn_api_options *options)
{
    cairn_api *api = calloc(1, sizeof *api);
    if (!api)
        return NULL;
    api->options = options;
    api->no_rules = cairn_href_map_new();
    api->hrefs = options->hrefs ? options->hrefs : api->no_rules;
    if (!api->no_rules || !cairn_openapi_load(&api->openapi)) {
        cairn_api_free(api);
        return NULL;
    }
    return api;
}

void cairn_api_free(cairn_api *api)
{
    if (!api)
        return;
    cairn_buf_free(&api->openapi);
    cairn_href_map_free(api->no_rules);
    free(api);
}

static cairn_code refuse_path(cairn_call *call)
{
    char quoted[200];
    cairn_span suggestion = cairn_route_suggest(call->request);
    cairn_quote(call->request->path, quoted, sizeof quoted);
    if (suggestion.p)
        return cairn_error_set(&call->error, CAIRN_NOT_FOUND, "no path \"%s\" here; did you mean %.*s?", quoted,
                               CAIRN_SPAN_FMT(suggestion));
    return cairn_error_set(&call->error, CAIRN_NOT_FOUND,
                           "no path \"%s\" here; the landing page / links to what there is, /api.html lists it",
                           quoted);
}

static cairn_code refuse_signing(cairn_call *call)
{
    return cairn_error_set(&call->error, CAIRN_NOT_FOUND,
                           "this server signs no URLs; it does when it is started with --sign FILE");
}

static cairn_code refuse_method(cairn_call *call)
{
    call->status = 405;
    call->response->allow = call->route->info.methods;
    return cairn_error_set(&call->error, CAIRN_INVALID, "this path answers GET, HEAD%s and OPTIONS only",
                           call->route->post ? ", POST" : "");
}

static cairn_code check_content_type(cairn_call *call)
{
    cairn_span type = call->request->content_type;
    if (!type.n || cairn_media_is_json(type))
        return CAIRN_OK;
    char quoted[96];
    call->status = 415;
    return cairn_error_set(&call->error, CAIRN_INVALID, "Content-Type: expected application/json, found \"%s\"",
                           cairn_quote(type, quoted, sizeof quoted));
}

static bool escape_base(cairn_call *call)
{
    cairn_buf text = CAIRN_BUF_INIT(1 << 16);
    cairn_buf_add_json_string(&text, call->request->base_url);
    cairn_span inside = text.failed ? CAIRN_SPAN_NONE : cairn_span_make(text.p + 1, text.n - 2);
    call->base = cairn_arena_copy(call->request->arena, inside);
    cairn_buf_free(&text);
    return call->base.p != NULL;
}

bool cairn_call_is_late(const cairn_call *call)
{
    return call->request->hurried && cairn_clock_now() >= call->request->deadline;
}

static cairn_code out_of_time(cairn_call *call)
{
    return cairn_error_set(&call->error, CAIRN_DEADLINE, "out of time");
}

static cairn_code run(cairn_call *call)
{
    cairn_handler handler = call->request->method == CAIRN_POST ? call->route->post : call->route->get;
    if (!escape_base(call))
        return cairn_error_no_memory(&call->error);
    if (!call->route->needs_catalog)
        return handler(call);
    cairn_error at_end = CAIRN_ERROR_INIT;
    cairn_code code = cairn_session_begin(call->session, call->request->deadline, &call->error);
    if (code)
        return code;
    code = handler(call);
    cairn_code ended = cairn_session_end(call->session, &at_end);
    if (ended && (!code || ended == CAIRN_CONFLICT)) {
        call->error = at_end;
        return ended;
    }
    return call->request->hurried && call->session->late ? out_of_time(call) : code;
}

static cairn_code answer_options(cairn_call *call)
{
    call->response->status = 204;
    call->response->allow = call->route->info.methods;
    return CAIRN_OK;
}

static cairn_code dispatch(cairn_call *call)
{
    cairn_request *request = call->request;
    call->route = cairn_route_match(request, &call->collection_id, &call->item_id);
    if (!call->route)
        return refuse_path(call);
    if (!(call->route->info.methods & request->method))
        return refuse_method(call);
    if (request->method == CAIRN_OPTIONS)
        return answer_options(call);
    cairn_code code = request->method == CAIRN_POST ? check_content_type(call) : CAIRN_OK;
    if (!code)
        code = cairn_params_read(call);
    if (!code && call->route->needs_signer && !call->api->options->signer)
        code = refuse_signing(call);
    if (code)
        return code;
    call->response->status = 200;
    call->response->content_type = call->as->content_type;
    call->response->cacheable = request->method != CAIRN_POST;
    return run(call);
}

/* Compresses what was not spliced. */
static cairn_code compress(cairn_call *call)
{
    cairn_response *response = call->response;
    if (response->body.failed)
        return cairn_error_set(&call->error, CAIRN_NOMEM, "the answer does not fit in memory");
    if (!call->request->accepts_gzip || response->gzipped || response->stream || response->body.n <= GZIP_FROM_BYTES)
        return CAIRN_OK;
    if (cairn_call_is_late(call) || (call->request->hurried && response->body.n > GZIP_HURRIED_BYTES))
        return out_of_time(call);
    cairn_buf packed = CAIRN_BUF_INIT(response->body.max);
    if (!cairn_gzip_whole(call->session->codec, cairn_buf_span(&response->body), &packed)) {
        cairn_buf_free(&packed);
        return cairn_error_set(&call->error, CAIRN_NOMEM, "the answer does not fit in memory");
    }
    cairn_buf_free(&response->body);
    response->body = packed;
    response->gzipped = true;
    return CAIRN_OK;
}

static void fail(cairn_call *call, cairn_code code)
{
    if (call->error.code == CAIRN_OK)
        cairn_error_set(&call->error, code, "no detail was given");
    /* What is too large in a GET is its query string. */
    if (code == CAIRN_TOO_LARGE && call->request->method != CAIRN_POST)
        call->status = 414;
    cairn_api_error(call->response, call->status, &call->error);
    if (call->response->status >= 500)
        cairn_log(CAIRN_LOG_ERROR, "%.*s: %s: %s", CAIRN_SPAN_FMT(call->request->path), cairn_code_name(code),
                  call->error.message);
}

static void free_stream(cairn_response *response)
{
    if (response->stream)
        response->stream->ops->free(response->stream);
    response->stream = NULL;
}

cairn_code cairn_api_answer(const cairn_api *api, cairn_session *session, cairn_request *request,
                            cairn_response *response)
{
    size_t page = api->options->max_page_bytes < SIZE_MAX / 2 ? (size_t)api->options->max_page_bytes : SIZE_MAX / 2;
    *response = (cairn_response){.body = CAIRN_BUF_INIT(page + CAIRN_BODY_SLACK)};
    cairn_call call = {
        .api = api, .session = session, .request = request, .response = response, .error = CAIRN_ERROR_INIT};
    cairn_code code = dispatch(&call);
    if (!code)
        code = compress(&call);
    if (code)
        free_stream(response);
    bool again = code == CAIRN_CONFLICT || (code == CAIRN_DEADLINE && request->hurried);
    if (again)
        cairn_buf_free(&response->body);
    else if (code)
        fail(&call, code);
    cairn_arena_settle(request->arena);
    return again ? code : CAIRN_OK;
}
