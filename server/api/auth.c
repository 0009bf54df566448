#include "api/auth.h"

#include "base/json.h"
#include "base/log.h"

#define EXTENSION "\"https://stac-extensions.github.io/authentication/v1.1.0/schema.json\""
#define SCHEME    "cairn_sign"

static void add_parameter(cairn_buf *out, const char *name, bool required, const char *description)
{
    cairn_buf_printf(
        out, "\"%s\":{\"in\":\"query\",\"required\":%s,\"description\":\"%s\",\"schema\":{\"type\":\"string\"}}", name,
        required ? "true" : "false", description);
}

static void add_scheme(const cairn_call *call, cairn_buf *out)
{
    cairn_buf_add_text(out, "\"" SCHEME "\":{\"type\":\"signedUrl\",\"description\":\"Assets are read by signed URLs: "
                            "sign each href when it is needed, or ask for items with asset-href-mode=signed\","
                            "\"flows\":{\"authorizationCode\":{\"authorizationApi\":\"");
    cairn_buf_add_span(out, call->base);
    cairn_buf_add_text(out, "/sign\",\"method\":\"GET\",\"parameters\":{");
    add_parameter(out, "href", true, "The href to sign, as it stands in the item");
    cairn_buf_add_byte(out, ',');
    add_parameter(out, "token", false, "The token of the collection, where one is wanted");
    cairn_buf_add_text(out, "},\"responseField\":\"href\"}}}");
}

void cairn_auth_add(const cairn_call *call, cairn_buf *out)
{
    cairn_buf_add_text(out, ",\"stac_extensions\":[" EXTENSION "],\"auth:schemes\":{");
    add_scheme(call, out);
    cairn_buf_add_byte(out, '}');
}

cairn_code cairn_auth_lacks_keys(cairn_call *call)
{
    cairn_log(CAIRN_LOG_ERROR, "%.*s: %s", CAIRN_SPAN_FMT(call->request->path), call->error.message);
    cairn_error_clear(&call->error);
    call->status = 503;
    return cairn_error_set(
        &call->error, CAIRN_IO,
        "this server has no keys to sign with at the moment, its log says why; try again in a minute");
}

bool cairn_auth_wants(const cairn_call *call, cairn_span collection)
{
    const cairn_signer *signer = call->api->options->signer;
    return signer && cairn_signer_has_collection(signer, collection);
}

static bool lists_extension(cairn_span extensions)
{
    cairn_span element;
    cairn_json_walk walk = cairn_json_walk_array(extensions);
    while (cairn_json_next_element(&walk, &element))
        if (cairn_span_is(element, EXTENSION))
            return true;
    return false;
}

/* The container with something more at its end. */
static void add_more(const cairn_call *call, cairn_span container, void (*add)(const cairn_call *, cairn_buf *),
                     cairn_buf *out)
{
    cairn_buf_add(out, container.p, container.n - 1);
    if (cairn_json_count(container))
        cairn_buf_add_byte(out, ',');
    add(call, out);
    cairn_buf_add_byte(out, container.p[container.n - 1]);
}

static void add_extension(const cairn_call *call, cairn_buf *out)
{
    (void)call;
    cairn_buf_add_text(out, EXTENSION);
}

static void add_member(const cairn_call *call, const cairn_json_member *member, cairn_buf *out)
{
    bool is_extensions = cairn_json_key_is(member->key, "stac_extensions") && cairn_json_kind(member->value) == '[';
    bool is_schemes = cairn_json_key_is(member->key, "auth:schemes") && cairn_json_kind(member->value) == '{';
    cairn_buf_add(out, member->whole.p, (size_t)(member->value.p - member->whole.p));
    if (is_extensions && !lists_extension(member->value))
        add_more(call, member->value, add_extension, out);
    else if (is_schemes && !cairn_json_get(member->value, SCHEME).p)
        add_more(call, member->value, add_scheme, out);
    else
        cairn_buf_add_span(out, member->value);
    cairn_buf_add_byte(out, ',');
}

/* `whole` is `open`, closed: what is behind the links' beginning is taken from `open`. */
static void add_document(const cairn_call *call, cairn_span open, cairn_span whole, cairn_buf *out)
{
    cairn_json_member member;
    cairn_json_walk walk = cairn_json_walk_object(whole);
    cairn_buf_add_byte(out, '{');
    while (cairn_json_next_member(&walk, &member) && cairn_span_end(member.whole) + 1 < cairn_span_end(whole))
        add_member(call, &member, out);
    if (!cairn_json_get(whole, "stac_extensions").p)
        cairn_buf_add_text(out, "\"stac_extensions\":[" EXTENSION "],");
    if (!cairn_json_get(whole, "auth:schemes").p) {
        cairn_buf_add_text(out, "\"auth:schemes\":{");
        add_scheme(call, out);
        cairn_buf_add_text(out, "},");
    }
    size_t behind = (size_t)(member.whole.p - whole.p);
    cairn_buf_add(out, open.p + behind, open.n - behind);
}

bool cairn_auth_add_collection(const cairn_call *call, cairn_span open, cairn_buf *out)
{
    static const char END[] = "null]}"; /* kept links have a comma behind them */
    cairn_buf whole = CAIRN_BUF_INIT(open.n + sizeof END);
    cairn_buf_add_span(&whole, open);
    cairn_buf_add_text(&whole, END);
    if (!whole.failed)
        add_document(call, open, cairn_buf_span(&whole), out);
    bool ok = !whole.failed && !out->failed;
    cairn_buf_free(&whole);
    return ok;
}
