#include "stac/traits.h"

#include "base/json.h"
#include "base/uri.h"
#include "stac/loads/facts.h"

#include <strings.h>

static const struct {
    const char *scheme;
    unsigned kind;
} schemes[] = {
    {"https", CAIRN_HREFS_HTTP}, {"http", CAIRN_HREFS_HTTP},   {"s3", CAIRN_HREFS_S3},     {"s3a", CAIRN_HREFS_S3},
    {"s3n", CAIRN_HREFS_S3},     {"gs", CAIRN_HREFS_GS},       {"gcs", CAIRN_HREFS_GS},    {"abfs", CAIRN_HREFS_AZURE},
    {"az", CAIRN_HREFS_AZURE},   {"abfss", CAIRN_HREFS_AZURE}, {"file", CAIRN_HREFS_FILE},
};

unsigned cairn_href_kind(cairn_span href)
{
    cairn_span scheme = cairn_uri_scheme(href);
    for (size_t i = 0; scheme.p && i < sizeof schemes / sizeof *schemes; i++)
        if (strlen(schemes[i].scheme) == scheme.n && strncasecmp(schemes[i].scheme, scheme.p, scheme.n) == 0)
            return schemes[i].kind;
    return CAIRN_HREFS_OTHER;
}

/* Escapes in a string are rare and hide the scheme: decoded. */
static bool kind_of_value(cairn_span value, cairn_arena *arena, unsigned *kinds)
{
    if (cairn_json_kind(value) != '"')
        return true;
    cairn_span href = cairn_json_string(value, arena);
    *kinds |= cairn_href_kind(href);
    return href.p != NULL;
}

static bool look_at_asset(const cairn_json_index *index, cairn_span asset, cairn_arena *arena, unsigned *kinds)
{
    bool ok = true;
    cairn_json_walk walk = cairn_json_walk_object_in(index, asset);
    for (cairn_json_member member; ok && cairn_json_next_member(&walk, &member);) {
        if (cairn_json_key_is(member.key, "href"))
            ok = kind_of_value(member.value, arena, kinds);
        else if (cairn_json_key_is(member.key, "alternate") && cairn_json_kind(member.value) == '{')
            *kinds |= CAIRN_HREFS_ALTERNATE;
    }
    return ok;
}

static bool look_at_assets(const cairn_json_index *index, cairn_span assets, cairn_arena *arena, unsigned *kinds)
{
    bool ok = true;
    cairn_json_walk walk = cairn_json_walk_object_in(index, assets);
    for (cairn_json_member asset; ok && cairn_json_next_member(&walk, &asset);)
        ok = look_at_asset(index, asset.value, arena, kinds);
    return ok;
}

static cairn_code full(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "the item needs more memory than there is for it");
}

cairn_code cairn_traits_of(cairn_span item, cairn_arena *arena, unsigned *out, cairn_error *error)
{
    unsigned kinds = 0;
    bool ok = true;
    cairn_json_walk walk = cairn_json_walk_object(item);
    for (cairn_json_member member; ok && cairn_json_next_member(&walk, &member);)
        if (cairn_json_key_is(member.key, "assets"))
            ok = look_at_assets(NULL, member.value, arena, &kinds);
    unsigned clients = 0;
    ok = ok && cairn_loads_mask(item, arena, &clients, error) == CAIRN_OK;
    *out = kinds | clients << CAIRN_TRAITS_LOADS_SHIFT;
    return ok ? CAIRN_OK : full(error);
}

/* What was gathered for the clients tells the kinds as well, unless values were passed over. */
static unsigned kinds_of(const cairn_loads_facts *facts)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < facts->n_assets; i++) {
        const cairn_loads_asset *asset = &facts->assets[i];
        if (cairn_json_kind(asset->href) == '"')
            kinds |= cairn_href_kind(asset->address);
        if (cairn_json_kind(asset->alternate) == '{')
            kinds |= CAIRN_HREFS_ALTERNATE;
    }
    return kinds;
}

cairn_code cairn_traits_of_members(const cairn_members *item, const cairn_json_index *index, cairn_arena *arena,
                                   unsigned *out, cairn_error *error)
{
    cairn_loads_facts facts;
    bool ok = cairn_loads_gather_members(item, index, arena, &facts);
    bool whole = ok && !facts.repeats && facts.n_assets < CAIRN_LOADS_MOST_ASSETS;
    unsigned kinds = whole ? kinds_of(&facts) : 0;
    for (size_t i = 0; ok && !whole && i < item->count; i++)
        if (cairn_json_key_is(item->at[i].key, "assets"))
            ok = look_at_assets(index, item->at[i].value, arena, &kinds);
    if (!ok)
        return full(error);
    *out = kinds | cairn_loads_mask_of(&facts) << CAIRN_TRAITS_LOADS_SHIFT;
    return CAIRN_OK;
}
