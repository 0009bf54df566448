#include "api/auth.h"

#include "base/json.h"
#include "base/log.h"

#define EXTENSION "\"https://stac-extensions.github.io/authentication/v1.1.0/schema.json\""
#define SCHEME    "cairn_sign"
#define STORAGE   "\"https://stac-extensions.github.io/storage/v2.0.0/schema.json\""

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
    bool sas_ended = strcmp(call->error.parameter, "sas") == 0;
    cairn_error_clear(&call->error);
    call->status = 503;
    return cairn_error_set(
        &call->error, CAIRN_IO,
        sas_ended ? "the SAS that this server signs such hrefs with has ended, and its operator has to give it a new "
                    "one; its log names the section"
                  : "this server has no keys to sign with at the moment, its log says why; try again in a minute");
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

/* ---- the storage extension ---- */

/* Its schema allows no word of another version beside its own. */
static bool speaks_of_storage(cairn_span document)
{
    static const char *const WORDS[] = {"\"storage:", "/storage/v"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (memmem(document.p, document.n, WORDS[i], strlen(WORDS[i])))
            return true;
    return false;
}

static void add_text(cairn_buf *out, const char *name, cairn_span value)
{
    if (!value.p)
        return;
    cairn_buf_printf(out, ",\"%s\":", name);
    cairn_buf_add_json_string(out, value);
}

static void add_storage(const cairn_call *call, cairn_span collection, cairn_buf *out)
{
    cairn_signed_storage storage;
    cairn_arena *arena = call->request->arena;
    size_t at = 0;
    cairn_buf_add_text(out, "\"storage:schemes\":{");
    for (bool first = true; cairn_signer_storage(call->api->options->signer, collection, &at, arena, &storage);
         first = false) {
        cairn_span name = storage.bucket.p ? storage.bucket : storage.account;
        cairn_buf_printf(out, "%s\"" SCHEME "_%.*s\":{\"type\":\"%s\"", first ? "" : ",", CAIRN_SPAN_FMT(name),
                         storage.type);
        add_text(out, "platform", storage.platform);
        add_text(out, "bucket", storage.bucket);
        add_text(out, "region", storage.region);
        add_text(out, "account", storage.account);
        cairn_buf_printf(out, ",\"requester_pays\":%s}", storage.requester_pays ? "true" : "false");
    }
    cairn_buf_add_text(out, "},");
}

/* ---- the document of a collection ---- */

static void add_extensions(cairn_span listed, bool storage, cairn_buf *out)
{
    bool any = cairn_json_count(listed) > 0, has = lists_extension(listed);
    cairn_buf_add(out, listed.p, listed.n - 1);
    if (!has)
        cairn_buf_printf(out, "%s" EXTENSION, any ? "," : "");
    if (storage)
        cairn_buf_printf(out, "%s" STORAGE, any || !has ? "," : "");
    cairn_buf_add_byte(out, ']');
}

static void add_to_schemes(const cairn_call *call, cairn_span schemes, cairn_buf *out)
{
    cairn_buf_add(out, schemes.p, schemes.n - 1);
    if (cairn_json_count(schemes))
        cairn_buf_add_byte(out, ',');
    add_scheme(call, out);
    cairn_buf_add_byte(out, '}');
}

static void add_member(const cairn_call *call, const cairn_json_member *member, bool storage, cairn_buf *out)
{
    bool is_extensions = cairn_json_key_is(member->key, "stac_extensions") && cairn_json_kind(member->value) == '[';
    bool is_schemes = cairn_json_key_is(member->key, "auth:schemes") && cairn_json_kind(member->value) == '{';
    cairn_buf_add(out, member->whole.p, (size_t)(member->value.p - member->whole.p));
    if (is_extensions)
        add_extensions(member->value, storage, out);
    else if (is_schemes && !cairn_json_get(member->value, SCHEME).p)
        add_to_schemes(call, member->value, out);
    else
        cairn_buf_add_span(out, member->value);
    cairn_buf_add_byte(out, ',');
}

/* `whole` is `open`, closed: what is behind the links' beginning is taken from `open`. */
static void add_document(const cairn_call *call, cairn_span collection, cairn_span open, cairn_span whole,
                         cairn_buf *out)
{
    cairn_json_member member;
    cairn_json_walk walk = cairn_json_walk_object(whole);
    bool storage = !speaks_of_storage(whole);
    cairn_buf_add_byte(out, '{');
    while (cairn_json_next_member(&walk, &member) && cairn_span_end(member.whole) + 1 < cairn_span_end(whole))
        add_member(call, &member, storage, out);
    if (!cairn_json_get(whole, "stac_extensions").p)
        cairn_buf_printf(out, "\"stac_extensions\":[" EXTENSION "%s],", storage ? "," STORAGE : "");
    if (!cairn_json_get(whole, "auth:schemes").p) {
        cairn_buf_add_text(out, "\"auth:schemes\":{");
        add_scheme(call, out);
        cairn_buf_add_text(out, "},");
    }
    if (storage)
        add_storage(call, collection, out);
    size_t behind = (size_t)(member.whole.p - whole.p);
    cairn_buf_add(out, open.p + behind, open.n - behind);
}

bool cairn_auth_add_collection(const cairn_call *call, cairn_span collection, cairn_span open, cairn_buf *out)
{
    static const char END[] = "null]}"; /* kept links have a comma behind them */
    cairn_buf whole = CAIRN_BUF_INIT(open.n + sizeof END);
    cairn_buf_add_span(&whole, open);
    cairn_buf_add_text(&whole, END);
    if (!whole.failed)
        add_document(call, collection, open, cairn_buf_span(&whole), out);
    bool ok = !whole.failed && !out->failed;
    cairn_buf_free(&whole);
    return ok;
}
