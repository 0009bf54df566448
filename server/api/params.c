#include "api/params.h"

#include "query/names.h"

const char *const *cairn_params_known(const cairn_call *call)
{
    bool post = call->request->method == CAIRN_POST;
    return post ? call->route->post_parameters : call->route->parameters;
}

bool cairn_params_has(const char *const *names, cairn_span name)
{
    for (; *names; names++)
        if (cairn_span_is(name, *names))
            return true;
    return false;
}

static void list_names(cairn_buf *out, const char *const *names)
{
    for (size_t i = 0; names[i]; i++)
        cairn_buf_printf(out, "%s%s", i ? ", " : "", names[i]);
    cairn_buf_add_byte(out, '\0');
}

static cairn_code refuse_unknown(cairn_call *call, cairn_span name)
{
    const char *const *known = cairn_params_known(call);
    const char *nearest = cairn_name_nearest(name, known);
    char quoted[96];
    cairn_quote(name, quoted, sizeof quoted);
    if (call->request->method == CAIRN_POST && cairn_params_has(cairn_search_names, name))
        return cairn_error_set(&call->error, CAIRN_INVALID,
                               "parameter \"%s\" belongs into the JSON body of a POST, not into its query string",
                               quoted);
    if (nearest)
        return cairn_error_set(&call->error, CAIRN_INVALID, "unknown parameter \"%s\"; did you mean \"%s\"?", quoted,
                               nearest);
    cairn_buf names = CAIRN_BUF_INIT(512);
    list_names(&names, known);
    cairn_code code = cairn_error_set(&call->error, CAIRN_INVALID, "unknown parameter \"%s\"; this path knows %s",
                                      quoted, names.failed ? "others" : names.p);
    cairn_buf_free(&names);
    return code;
}

static cairn_code check_names(cairn_call *call)
{
    const char *const *known = cairn_params_known(call);
    for (size_t i = 0; i < call->request->n_params; i++) {
        cairn_span name = call->request->params[i].name;
        if (!cairn_params_has(known, name) && !call->api->options->ignore_unknown_params)
            return refuse_unknown(call, name);
    }
    return CAIRN_OK;
}

cairn_code cairn_params_once(cairn_call *call, const char *name, cairn_span *value)
{
    *value = CAIRN_SPAN_NONE;
    if (!cairn_params_has(cairn_params_known(call), cairn_span_of(name)))
        return CAIRN_OK;
    for (size_t i = 0; i < call->request->n_params; i++) {
        if (!cairn_span_is(call->request->params[i].name, name))
            continue;
        if (value->p) {
            cairn_error_set(&call->error, CAIRN_INVALID, "given twice");
            return cairn_error_at_parameter(&call->error, name);
        }
        *value = call->request->params[i].value;
    }
    return CAIRN_OK;
}

static cairn_code read_format(cairn_call *call)
{
    cairn_span format;
    if (cairn_params_once(call, "f", &format))
        return call->error.code;
    if (format.p)
        return cairn_negotiate_format(call->route->as, format, &call->as, &call->error);
    call->response->vary_accept = call->route->as[1].content_type != NULL;
    call->as = cairn_negotiate(call->route->as, call->request->accept);
    if (call->as)
        return CAIRN_OK;
    char quoted[160];
    call->status = 406;
    return cairn_error_set(&call->error, CAIRN_INVALID, "Accept: \"%s\" allows no kind of JSON; this path gives %s",
                           cairn_quote(call->request->accept, quoted, sizeof quoted), call->route->as[0].content_type);
}

static cairn_code read_profile(cairn_call *call)
{
    cairn_span profile;
    if (cairn_params_once(call, "profile", &profile))
        return call->error.code;
    if (!cairn_params_has(cairn_params_known(call), cairn_span_of("profile")))
        return CAIRN_OK;
    if (!profile.p) {
        call->response->vary_profile = true;
        call->source = cairn_span_is(cairn_span_trim(call->request->accept_profile), "source");
        return CAIRN_OK;
    }
    call->source = cairn_span_is(profile, "source");
    if (call->source || cairn_span_is(profile, "default"))
        return CAIRN_OK;
    char quoted[80];
    cairn_error_set(&call->error, CAIRN_INVALID, "unknown profile \"%s\"; known are \"default\" and \"source\"",
                    cairn_quote(profile, quoted, sizeof quoted));
    return cairn_error_at_parameter(&call->error, "profile");
}

/* Plans tell of the inside, and what makes them slow: the owner of a server says whether anyone may ask. */
static cairn_code read_explain(cairn_call *call)
{
    cairn_span value;
    if (cairn_params_once(call, "explain", &value))
        return call->error.code;
    call->explain = cairn_span_is(value, "true");
    if (!value.n || cairn_span_is(value, "false") || (call->explain && call->api->options->explain))
        return CAIRN_OK;
    char quoted[80];
    if (call->explain)
        cairn_error_set(&call->error, CAIRN_INVALID,
                        "this server does not explain its searches: start it with --explain, or use `cairn explain`");
    else
        cairn_error_set(&call->error, CAIRN_INVALID, "expected true or false, found \"%s\"",
                        cairn_quote(value, quoted, sizeof quoted));
    return cairn_error_at_parameter(&call->error, "explain");
}

cairn_code cairn_params_read(cairn_call *call)
{
    cairn_code code = check_names(call);
    if (!code)
        code = read_format(call);
    if (!code)
        code = read_profile(call);
    return code ? code : read_explain(call);
}
