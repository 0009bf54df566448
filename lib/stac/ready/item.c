/* The load-ready form: the steps in their order, and the look that tells whether any is needed. */
#include "stac/ready/parts.h"

#include "stac/ready/needed.h"

/* Beyond this a list is no honest one; what comes behind is left as it is. */
enum { MOST_ASSETS = 20000 };

static bool is_object(const cairn_jnode *node)
{
    return node->kind == CAIRN_J_OBJECT || (node->kind == CAIRN_J_RAW && cairn_json_kind(node->raw) == '{');
}

static void read_assets(cairn_ready *r)
{
    cairn_jnode *assets = cairn_j_get(r->arena, r->item, "assets");
    cairn_jnode *first = assets ? cairn_j_children(r->arena, assets) : NULL;
    size_t n = 0;
    for (cairn_jnode *asset = first; asset && n < MOST_ASSETS; asset = asset->next)
        n += is_object(asset);
    r->assets = cairn_arena_calloc(r->arena, n + 1, sizeof *r->assets);
    r->failed |= !r->assets;
    for (cairn_jnode *asset = first; asset && r->n_assets < n && !r->failed; asset = asset->next)
        if (is_object(asset))
            cairn_ready_object_read(r, asset, &r->assets[r->n_assets++]);
}

static void read_parts(cairn_ready *r)
{
    cairn_jnode *properties = cairn_j_get(r->arena, r->item, "properties");
    if (properties && is_object(properties))
        cairn_ready_object_read(r, properties, &r->properties);
    read_assets(r);
    cairn_jnode *version = cairn_j_get(r->arena, r->item, "stac_version");
    r->has_core_bands = version && !cairn_span_starts(version->raw, "\"1.0");
}

cairn_code cairn_ready_item(cairn_arena *arena, cairn_jnode *item, bool *changed, cairn_error *error)
{
    static void (*const steps[])(cairn_ready *) = {cairn_ready_crs,         cairn_ready_grids, cairn_ready_place,
                                                   cairn_ready_media_types, cairn_ready_bands, cairn_ready_extensions};
    cairn_ready r = {.arena = arena, .item = item};
    read_parts(&r);
    for (size_t i = 0; i < sizeof steps / sizeof *steps && !r.failed; i++)
        steps[i](&r);
    cairn_ready_object_close(&r.properties);
    for (size_t i = 0; i < r.n_assets; i++)
        cairn_ready_object_close(&r.assets[i]);
    *changed = r.changed;
    if (r.failed)
        return cairn_error_set(error, CAIRN_NOMEM, "the load-ready form of the item needs more memory than there is");
    return CAIRN_OK;
}

/* ---- whether it can be needed ---- */

static bool names_other_version(cairn_span extensions)
{
    cairn_json_walk walk = cairn_json_walk_array(extensions);
    cairn_span uri;
    while (cairn_json_next_element(&walk, &uri))
        if (cairn_span_starts(uri, "\"" CAIRN_READY_SCHEMA "projection/") ||
            cairn_span_starts(uri, "\"" CAIRN_READY_SCHEMA "eo/") ||
            cairn_span_starts(uri, "\"" CAIRN_READY_SCHEMA "raster/"))
            return true;
    return false;
}

static bool properties_ask(cairn_span properties)
{
    cairn_json_walk walk = cairn_json_walk_object(properties);
    cairn_json_member member;
    while (cairn_json_next_member(&walk, &member))
        if (cairn_ready_extension_of(member.key) != CAIRN_READY_NONE)
            return true;
    return false;
}

static bool asset_asks(cairn_span asset)
{
    cairn_json_walk walk = cairn_json_walk_object(asset);
    cairn_json_member member;
    bool typed = false;
    while (cairn_json_next_member(&walk, &member)) {
        if (cairn_ready_extension_of(member.key) != CAIRN_READY_NONE || cairn_span_is(member.key, "bands"))
            return true;
        typed |= cairn_span_is(member.key, "type") && !cairn_json_is_null(member.value);
    }
    return !typed;
}

static bool assets_ask(cairn_span assets)
{
    cairn_json_walk walk = cairn_json_walk_object(assets);
    cairn_json_member asset;
    while (cairn_json_next_member(&walk, &asset))
        if (asset_asks(asset.value))
            return true;
    return false;
}

static bool is_given(cairn_span value)
{
    return value.p && !cairn_json_is_null(value);
}

bool cairn_ready_is_needed(const cairn_members *item)
{
    return is_given(cairn_members_get(item, "geometry")) != is_given(cairn_members_get(item, "bbox")) ||
           names_other_version(cairn_members_get(item, "stac_extensions")) ||
           properties_ask(cairn_members_get(item, "properties")) || assets_ask(cairn_members_get(item, "assets"));
}
