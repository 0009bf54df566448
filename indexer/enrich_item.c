#include "indexer/enrich_item.h"

#include "base/uri.h"

#include <strings.h>

static cairn_span value_of(cairn_jnode *object, cairn_arena *arena)
{
    return object->kind == CAIRN_J_RAW ? object->raw : cairn_j_text(object, arena);
}

bool cairn_enrich_has(cairn_arena *arena, cairn_jnode *object, const char *name)
{
    return cairn_enrich_given(cairn_j_get(arena, object, name));
}

bool cairn_enrich_has_crs(cairn_arena *arena, cairn_jnode *object)
{
    return cairn_enrich_has(arena, object, "proj:code") || cairn_enrich_has(arena, object, "proj:epsg") ||
           cairn_enrich_has(arena, object, "proj:wkt2") || cairn_enrich_has(arena, object, "proj:projjson");
}

cairn_span cairn_enrich_string(cairn_arena *arena, cairn_jnode *object, const char *name)
{
    cairn_jnode *node = cairn_j_get(arena, object, name);
    return node && node->kind == CAIRN_J_RAW ? cairn_json_string(node->raw, arena) : CAIRN_SPAN_NONE;
}

/* ---- media types ---- */

static bool is_type(cairn_span type, const char *const *names)
{
    size_t n = 0;
    while (n < type.n && type.p[n] != ';')
        n++;
    cairn_span bare = cairn_span_trim(cairn_span_make(type.p, n));
    for (; *names; names++)
        if (bare.n == strlen(*names) && strncasecmp(bare.p, *names, bare.n) == 0)
            return true;
    return false;
}

bool cairn_enrich_is_tiff(cairn_span type)
{
    static const char *const names[] = {"image/tiff", "image/geotiff", "image/x.geotiff", "image/vnd.stac.geotiff",
                                        NULL};
    return is_type(type, names);
}

bool cairn_enrich_says_cog(cairn_span type)
{
    static const char profile[] = "cloud-optimized";
    return type.p && memmem(type.p, type.n, profile, sizeof profile - 1);
}

static bool is_raster(cairn_span type)
{
    static const char *const names[] = {"image/jp2", "image/jpx", "application/netcdf", "application/x-netcdf", NULL};
    return cairn_enrich_is_tiff(type) || is_type(type, names);
}

/* ---- which assets ---- */

static bool is_beside_the_data(cairn_arena *arena, cairn_jnode *asset)
{
    static const char *const beside[] = {"thumbnail", "overview", "metadata"};
    cairn_jnode *roles = cairn_j_get(arena, asset, "roles");
    for (cairn_jnode *role = roles ? cairn_j_children(arena, roles) : NULL; role; role = role->next)
        for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
            if (role->kind == CAIRN_J_RAW && cairn_json_string_is(role->raw, beside[i]))
                return true;
    return false;
}

static bool has_band_facts(cairn_arena *arena, cairn_jnode *asset)
{
    return cairn_enrich_has(arena, asset, "raster:bands") || cairn_enrich_has(arena, asset, "data_type") ||
           cairn_enrich_has(arena, asset, "bands");
}

static bool is_complete(const cairn_enrich_item *item, cairn_jnode *asset, cairn_span type)
{
    cairn_arena *arena = item->arena;
    cairn_jnode *properties = item->properties;
    bool has_size = cairn_enrich_has(arena, asset, "file:size"), has_bands = has_band_facts(arena, asset);
    if (cairn_enrich_has(arena, properties, CAIRN_ENRICHED) && (has_size || has_bands))
        return true;
    return has_size && has_bands && (cairn_enrich_has_crs(arena, asset) || cairn_enrich_has_crs(arena, properties)) &&
           (cairn_enrich_has(arena, asset, "proj:shape") || cairn_enrich_has(arena, properties, "proj:shape")) &&
           (cairn_enrich_has(arena, asset, "proj:transform") ||
            cairn_enrich_has(arena, properties, "proj:transform")) &&
           type.p && (!cairn_enrich_is_tiff(type) || cairn_enrich_says_cog(type));
}

/* What a server or a file system may take as a step out of the prefix: dots that were coded. */
static bool has_coded_dots(cairn_span href)
{
    for (size_t i = 0; i + 3 <= href.n; i++)
        if (strncasecmp(href.p + i, "%2e", 3) == 0)
            return true;
    return false;
}

static bool is_allowed(const cairn_enrich_rules *rules, cairn_span href)
{
    for (size_t i = 0; i < rules->n_prefixes; i++)
        if (cairn_span_starts(href, rules->prefixes[i]))
            return !has_coded_dots(href);
    return rules->n_prefixes == 0;
}

static bool is_object(const cairn_jnode *node)
{
    return node->kind == CAIRN_J_OBJECT || (node->kind == CAIRN_J_RAW && cairn_json_kind(node->raw) == '{');
}

/* False at the arena's cap. */
static bool read_asset(cairn_enrich_item *item, cairn_jnode *asset, cairn_span base, const cairn_enrich_rules *rules)
{
    cairn_arena *arena = item->arena;
    cairn_span href = cairn_enrich_string(arena, asset, "href"), type = cairn_enrich_string(arena, asset, "type");
    if (!href.p)
        return true;
    if (!rules->all_assets && ((type.p && !is_raster(type)) || is_beside_the_data(arena, asset)))
        return true;
    if (!rules->overwrite && is_complete(item, asset, type))
        return true;
    /* Dots are taken out of absolute ones, too: what a prefix allows must be what is opened. */
    if (cairn_uri_is_absolute(href) || base.p)
        href = cairn_uri_resolve(arena, base.p ? base : href, href);
    if (!href.p)
        return false;
    if (!is_allowed(rules, href)) {
        item->passed_over++;
        return true;
    }
    item->wanted[item->n_wanted++] = (cairn_enrich_asset){.node = asset, .href = href, .error = CAIRN_ERROR_INIT};
    return true;
}

static size_t count_assets(const cairn_enrich_item *item)
{
    size_t n = 0;
    for (cairn_jnode *asset = item->assets ? cairn_j_children(item->arena, item->assets) : NULL; asset;
         asset = asset->next)
        n++;
    return n;
}

cairn_code cairn_enrich_read(cairn_span text, cairn_span base, const cairn_enrich_rules *rules, cairn_arena *arena,
                             cairn_enrich_item *out, cairn_error *error)
{
    *out = (cairn_enrich_item){.arena = arena, .item = cairn_j_open(arena, text)};
    if (!out->item)
        return cairn_error_no_memory(error);
    out->properties = cairn_j_get(arena, out->item, "properties");
    out->assets = cairn_j_get(arena, out->item, "assets");
    if (!out->properties || !is_object(out->properties))
        return CAIRN_OK; /* no item: whoever takes it will say so */
    cairn_span version = cairn_enrich_string(arena, out->item, "stac_version");
    out->has_core_bands = version.p && !cairn_span_starts(version, "1.0") && !cairn_span_starts(version, "0.");
    out->wanted = cairn_arena_calloc(arena, count_assets(out) + 1, sizeof *out->wanted);
    bool ok = out->wanted != NULL;
    for (cairn_jnode *asset = ok && out->assets ? cairn_j_children(arena, out->assets) : NULL; asset && ok;
         asset = asset->next)
        ok = !is_object(asset) || read_asset(out, asset, base, rules);
    return ok ? CAIRN_OK : cairn_error_no_memory(error);
}

/* ---- setting ---- */

bool cairn_enrich_set(cairn_enrich_item *item, cairn_jnode *object, const char *name, cairn_span value, bool overwrite)
{
    cairn_jnode *old = cairn_j_get(item->arena, object, name);
    if (!value.p)
        return false;
    if (cairn_enrich_given(old) && (!overwrite || cairn_span_equal(value_of(old, item->arena), value)))
        return true;
    if (item->told)
        cairn_buf_printf(item->told, " %s", name);
    item->changed = true;
    return cairn_j_set(item->arena, object, name, value) != NULL;
}
