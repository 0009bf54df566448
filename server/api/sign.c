/* /sign and /collections/{collectionId}/token: signed URLs for clients that sign late. The answers have the members of
 * the Planetary Computer's data authentication API (href or token, and msft:expiry), which clients know. */
#include "api/auth.h"
#include "api/params.h"
#include "api/sign_token.h"
#include "base/clock.h"
#include "stac/time.h"

enum { TOKEN_MAX = 32 << 10 };

static cairn_code explain(cairn_call *call)
{
    return call->error.code == CAIRN_IO ? cairn_auth_lacks_keys(call) : call->error.code;
}

static void add_expiry(cairn_call *call, int64_t expires, int64_t now)
{
    char text[CAIRN_TIME_TEXT_MAX];
    cairn_time_format((cairn_time){expires, 0}, text);
    cairn_buf_printf(&call->response->body, ",\"msft:expiry\":\"%s\"", text);
    /* What comes out of a cache is good for a while, and a key that was replaced is not for long in use. */
    enum { LONGEST = 3600 };
    int64_t half = (expires - now) / 2;
    call->response->cacheable = false;
    call->response->private_seconds = half < 1 ? 1 : half > LONGEST ? LONGEST : half;
}

/* The collection whose token was given; absent when none was. */
static cairn_code read_token(cairn_call *call, int64_t now, cairn_span *collection)
{
    cairn_span token;
    cairn_catalog_info info;
    *collection = CAIRN_SPAN_NONE;
    cairn_code code = cairn_params_once(call, "token", &token);
    if (code || !token.p)
        return code;
    code = cairn_session_info(call->session, call->request->arena, &info, &call->error);
    if (code)
        return code;
    return cairn_sign_token_read(token, info.token_key, now, call->request->arena, collection, &call->error);
}

static cairn_code refuse_href(cairn_call *call)
{
    cairn_error_clear(&call->error);
    cairn_error_set(&call->error, CAIRN_NOT_FOUND,
                    "this href is none that is signed here, or it needs a token of its collection (GET "
                    "/collections/{collectionId}/token)");
    return cairn_error_at_parameter(&call->error, "href");
}

cairn_code cairn_get_sign(cairn_call *call)
{
    cairn_signer *signer = call->api->options->signer;
    int64_t now = cairn_clock_wall();
    cairn_span href, collection;
    cairn_signed done;
    cairn_code code = cairn_params_once(call, "href", &href);
    if (!code && !href.n) {
        cairn_error_set(&call->error, CAIRN_INVALID,
                        "expected the href to sign: /sign?href=s3%%3A%%2F%%2Fbucket%%2Fkey");
        return cairn_error_at_parameter(&call->error, "href");
    }
    if (!code)
        code = read_token(call, now, &collection);
    if (code)
        return code;
    if (!cairn_signer_admits(signer, href, collection))
        return refuse_href(call);
    code = cairn_signer_sign(signer, href, now, call->request->arena, &done, &call->error);
    if (code)
        return code == CAIRN_NOT_FOUND ? refuse_href(call) : explain(call);
    cairn_buf_add_text(&call->response->body, "{\"href\":");
    cairn_buf_add_json_string(&call->response->body, done.href);
    add_expiry(call, done.expires, now);
    cairn_buf_add_byte(&call->response->body, '}');
    return CAIRN_OK;
}

/* A container's SAS, that clients append to the hrefs themselves. */
static cairn_code give_sas(cairn_call *call, int64_t now)
{
    cairn_signed done;
    cairn_buf *out = &call->response->body;
    cairn_code code = cairn_signer_sas(call->api->options->signer, call->collection_id, now, call->request->arena,
                                       &done, &call->error);
    if (code)
        return explain(call);
    cairn_buf_add_text(out, "{\"type\":\"sas\",\"token\":");
    cairn_buf_add_json_string(out, done.href);
    add_expiry(call, done.expires, now);
    cairn_buf_add_byte(out, '}');
    return CAIRN_OK;
}

/* A token of ours, for /sign: S3 and GCS have no signatures for more than one object. */
static cairn_code give_token(cairn_call *call, int64_t now)
{
    cairn_catalog_info info;
    cairn_buf text = CAIRN_BUF_INIT(TOKEN_MAX), *out = &call->response->body;
    int64_t expires = now + cairn_signer_life(call->api->options->signer, call->collection_id);
    cairn_code code = cairn_session_info(call->session, call->request->arena, &info, &call->error);
    if (!code && !cairn_sign_token_write(call->collection_id, expires, info.token_key, &text))
        code = cairn_error_no_memory(&call->error);
    if (!code) {
        cairn_buf_printf(out, "{\"type\":\"sign\",\"token\":\"%.*s\",\"authorizationApi\":\"%.*s/sign\"",
                         CAIRN_SPAN_FMT(cairn_buf_span(&text)), CAIRN_SPAN_FMT(call->base));
        add_expiry(call, expires, now);
        cairn_buf_add_byte(out, '}');
    }
    cairn_buf_free(&text);
    return code;
}

cairn_code cairn_get_collection_token(cairn_call *call)
{
    int64_t now = cairn_clock_wall();
    cairn_code code = cairn_session_has_collection(call->session, call->collection_id, &call->error);
    if (code)
        return code;
    if (!cairn_auth_wants(call, call->collection_id))
        return cairn_error_set(&call->error, CAIRN_NOT_FOUND,
                               "nothing of this collection is signed here: no section of the signing configuration "
                               "names it under collections");
    return cairn_signer_has_sas(call->api->options->signer, call->collection_id) ? give_sas(call, now)
                                                                                 : give_token(call, now);
}
