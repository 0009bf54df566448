#include "api/params.h"

#include "base/clock.h"
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

/* False for one that nobody knows. "default" is an older name of "load-ready". */
static bool take_profile(cairn_call *call, cairn_span profile)
{
    bool source = cairn_span_is(profile, "source");
    if (!source && !cairn_span_is(profile, "load-ready") && !cairn_span_is(profile, "default"))
        return false;
    call->source = source;
    return true;
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
        call->source = call->api->options->source_profile;
        take_profile(call, cairn_span_trim(call->request->accept_profile));
        return CAIRN_OK;
    }
    if (take_profile(call, profile))
        return CAIRN_OK;
    char quoted[80];
    cairn_error_set(&call->error, CAIRN_INVALID, "unknown profile \"%s\"; known are \"load-ready\" and \"source\"",
                    cairn_quote(profile, quoted, sizeof quoted));
    return cairn_error_at_parameter(&call->error, "profile");
}

cairn_code cairn_params_href_mode(cairn_call *call, cairn_span mode)
{
    cairn_code code = mode.n ? cairn_href_mode_parse(mode, &call->hrefs.mode, &call->error) : CAIRN_OK;
    if (!code && mode.n && call->hrefs.mode == CAIRN_HREF_SIGNED && !cairn_href_map_signs(call->hrefs.map))
        code = cairn_error_set(&call->error, CAIRN_INVALID,
                               "this server signs nothing; expected loadable, https, s3, file or source");
    return code ? cairn_error_at_parameter(&call->error, "asset-href-mode") : CAIRN_OK;
}

/* The source's own words stay as they are, unless a form is asked for. */
static cairn_code read_hrefs(cairn_call *call)
{
    cairn_span mode;
    call->hrefs = (cairn_href_view){.map = call->api->hrefs,
                                    .mode = call->source ? CAIRN_HREF_SOURCE : call->api->options->href_mode,
                                    .base_url = call->request->base_url,
                                    .now = cairn_clock_wall()};
    if (cairn_params_once(call, "asset-href-mode", &mode))
        return call->error.code;
    return cairn_params_href_mode(call, mode);
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
    if (!code)
        code = read_hrefs(call);
    return code ? code : read_explain(call);
}
