#include "href/storage.h"

#include "base/json.h"

#include <stdlib.h>

/* No server's template is longer, and each asset gets a copy; nobody has more schemes, and they take memory. What is
 * beyond these is passed over. */
enum { PLATFORM_BYTES = 512, SCHEMES = 4096 };

/* ---- the properties ---- */

/* The extension has no type of its own for GCS. */
static unsigned stores_of_type(cairn_span type)
{
    static const struct {
        const char *type;
        unsigned stores;
    } TYPES[] = {{"aws-s3", CAIRN_HREFS_S3}, {"custom-s3", CAIRN_HREFS_S3}, {"ms-azure", CAIRN_HREFS_AZURE},
                 {"custom", CAIRN_HREFS_GS}, {"gcs", CAIRN_HREFS_GS},       {"google-gcs", CAIRN_HREFS_GS}};
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (cairn_json_string_is(type, TYPES[i].type))
            return TYPES[i].stores;
    return 0;
}

static cairn_storage_scheme read_scheme(const cairn_json_member *member, cairn_arena *arena)
{
    cairn_span scheme = member->value, type = cairn_json_get(scheme, "type");
    cairn_storage_scheme out = {
        .name = member->key,
        .stores = stores_of_type(type),
        .bucket = cairn_json_string(cairn_json_get(scheme, "bucket"), arena),
        .storage = {.region = cairn_json_string(cairn_json_get(scheme, "region"), arena),
                    .account = cairn_json_string(cairn_json_get(scheme, "account"), arena),
                    .requester_pays = cairn_json_kind(cairn_json_get(scheme, "requester_pays")) == 't'},
    };
    cairn_span platform = cairn_json_string(cairn_json_get(scheme, "platform"), arena);
    if (cairn_json_string_is(type, "custom-s3") && platform.n <= PLATFORM_BYTES &&
        cairn_href_kind(platform) == CAIRN_HREFS_HTTP)
        out.storage.endpoint = platform;
    return out;
}

static int by_name(const void *a, const void *b)
{
    const cairn_storage_scheme *left = a, *right = b;
    int order = cairn_span_compare(left->name, right->name);
    return order ? order : (left->name.p > right->name.p) - (left->name.p < right->name.p);
}

static bool read_schemes(cairn_span schemes, cairn_arena *arena, cairn_item_storage *out)
{
    size_t n = cairn_json_kind(schemes) == '{' ? cairn_json_count(schemes) : 0;
    out->n = 0;
    if (!n)
        return true;
    n = n < SCHEMES ? n : SCHEMES;
    out->schemes = cairn_arena_calloc(arena, n, sizeof *out->schemes);
    if (!out->schemes)
        return false;
    cairn_json_walk walk = cairn_json_walk_object(schemes);
    for (cairn_json_member member; out->n < n && cairn_json_next_member(&walk, &member);)
        out->schemes[out->n++] = read_scheme(&member, arena);
    qsort(out->schemes, out->n, sizeof *out->schemes, by_name);
    return true;
}

bool cairn_item_storage_read(cairn_span properties, cairn_arena *arena, cairn_item_storage *out)
{
    *out = (cairn_item_storage){
        .fields = {.region = cairn_json_string(cairn_json_get(properties, "storage:region"), arena),
                   .requester_pays = cairn_json_kind(cairn_json_get(properties, "storage:requester_pays")) == 't'}};
    return read_schemes(cairn_json_get(properties, "storage:schemes"), arena, out);
}

/* ---- an asset ---- */

/* The last of that name, as JSON has it. Names are compared as written: a writer that escapes them in one place only is
 * not known. */
static const cairn_storage_scheme *scheme_named(const cairn_item_storage *item, cairn_span name)
{
    size_t low = 0, high = item->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cairn_span_compare(item->schemes[middle].name, name) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low && cairn_span_equal(item->schemes[low - 1].name, name) ? &item->schemes[low - 1] : NULL;
}

/* The first that is of this bucket: a scheme of another one is not meant, whatever the asset refers to. */
static const cairn_storage_scheme *scheme_of(const cairn_object *object, cairn_span asset,
                                             const cairn_item_storage *item)
{
    cairn_span ref;
    cairn_json_walk walk = cairn_json_walk_array(cairn_json_get(asset, "storage:refs"));
    while (item->n && cairn_json_next_element(&walk, &ref)) {
        if (cairn_json_kind(ref) != '"')
            continue;
        const cairn_storage_scheme *scheme = scheme_named(item, cairn_span_make(ref.p + 1, ref.n - 2));
        if (scheme && (scheme->stores & object->store) &&
            (!scheme->bucket.p || cairn_span_equal(scheme->bucket, object->bucket)))
            return scheme;
    }
    return NULL;
}

/* Version 1: what stands on the asset goes before what stands in the properties. */
static cairn_storage read_fields(cairn_span asset, const cairn_item_storage *item, cairn_arena *arena)
{
    cairn_storage out = item->fields;
    cairn_span region = cairn_json_get(asset, "storage:region");
    cairn_span requester_pays = cairn_json_get(asset, "storage:requester_pays");
    if (region.p)
        out.region = cairn_json_string(region, arena);
    if (requester_pays.p)
        out.requester_pays = cairn_json_kind(requester_pays) == 't';
    return out;
}

static cairn_span account_of(cairn_span asset, cairn_arena *arena)
{
    cairn_span account =
        cairn_json_string(cairn_json_get(cairn_json_get(asset, "xarray:storage_options"), "account_name"), arena);
    return account.p ? account
                     : cairn_json_string(cairn_json_get(cairn_json_get(asset, "table:storage_options"), "account_name"),
                                         arena);
}

cairn_storage cairn_storage_of(const cairn_object *object, cairn_span asset, const cairn_item_storage *item,
                               cairn_arena *arena)
{
    const cairn_storage_scheme *scheme = scheme_of(object, asset, item);
    cairn_storage storage = scheme ? scheme->storage : read_fields(asset, item, arena);
    if (!storage.account.p)
        storage.account = account_of(asset, arena);
    return storage;
}
