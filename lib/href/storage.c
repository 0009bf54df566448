#include "href/storage.h"

#include "base/json.h"

/* ---- version 2 ---- */

static bool is_type_of(unsigned store, cairn_span type)
{
    switch (store) {
    case CAIRN_HREFS_S3:
        return cairn_json_string_is(type, "aws-s3") || cairn_json_string_is(type, "custom-s3");
    case CAIRN_HREFS_AZURE:
        return cairn_json_string_is(type, "ms-azure");
    default: /* the extension has no type of its own for it */
        return cairn_json_string_is(type, "custom") || cairn_json_string_is(type, "gcs") ||
               cairn_json_string_is(type, "google-gcs");
    }
}

/* A scheme of another bucket is not meant, whatever the asset refers to. */
static bool is_about(cairn_span scheme, const cairn_object *object, cairn_arena *arena)
{
    cairn_span bucket = cairn_json_string(cairn_json_get(scheme, "bucket"), arena);
    return is_type_of(object->store, cairn_json_get(scheme, "type")) &&
           (!bucket.p || cairn_span_equal(bucket, object->bucket));
}

static cairn_span scheme_named(cairn_span schemes, cairn_span name)
{
    cairn_span found = CAIRN_SPAN_NONE;
    cairn_json_walk walk = cairn_json_walk_object(schemes);
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);)
        if (cairn_span_equal(member.key, name))
            found = member.value;
    return found;
}

/* Names are compared as written: a writer that escapes them in one place only is not known. */
static cairn_span scheme_of(const cairn_object *object, cairn_span asset, cairn_span properties, cairn_arena *arena)
{
    cairn_span schemes = cairn_json_get(properties, "storage:schemes"), ref;
    cairn_json_walk walk = cairn_json_walk_array(cairn_json_get(asset, "storage:refs"));
    while (cairn_json_next_element(&walk, &ref)) {
        cairn_span scheme = CAIRN_SPAN_NONE;
        if (cairn_json_kind(ref) == '"')
            scheme = scheme_named(schemes, cairn_span_make(ref.p + 1, ref.n - 2));
        if (scheme.p && is_about(scheme, object, arena))
            return scheme;
    }
    return CAIRN_SPAN_NONE;
}

static void read_scheme(cairn_span scheme, cairn_arena *arena, cairn_storage *out)
{
    out->region = cairn_json_string(cairn_json_get(scheme, "region"), arena);
    out->account = cairn_json_string(cairn_json_get(scheme, "account"), arena);
    out->requester_pays = cairn_json_kind(cairn_json_get(scheme, "requester_pays")) == 't';
    if (!cairn_json_string_is(cairn_json_get(scheme, "type"), "custom-s3"))
        return;
    cairn_span platform = cairn_json_string(cairn_json_get(scheme, "platform"), arena);
    if (cairn_href_kind(platform) == CAIRN_HREFS_HTTP)
        out->endpoint = platform;
}

/* ---- version 1 ---- */

static cairn_span field(cairn_span asset, cairn_span properties, const char *name)
{
    cairn_span value = cairn_json_get(asset, name);
    return value.p ? value : cairn_json_get(properties, name);
}

static void read_fields(cairn_span asset, cairn_span properties, cairn_arena *arena, cairn_storage *out)
{
    out->region = cairn_json_string(field(asset, properties, "storage:region"), arena);
    out->requester_pays = cairn_json_kind(field(asset, properties, "storage:requester_pays")) == 't';
}

static cairn_span account_of(cairn_span asset, cairn_arena *arena)
{
    cairn_span account =
        cairn_json_string(cairn_json_get(cairn_json_get(asset, "xarray:storage_options"), "account_name"), arena);
    return account.p ? account
                     : cairn_json_string(cairn_json_get(cairn_json_get(asset, "table:storage_options"), "account_name"),
                                         arena);
}

cairn_storage cairn_storage_of(const cairn_object *object, cairn_span asset, cairn_span properties, cairn_arena *arena)
{
    cairn_storage storage = {0};
    cairn_span scheme = scheme_of(object, asset, properties, arena);
    if (scheme.p)
        read_scheme(scheme, arena, &storage);
    else
        read_fields(asset, properties, arena, &storage);
    if (!storage.account.p)
        storage.account = account_of(asset, arena);
    return storage;
}
