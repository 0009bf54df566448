/* Media types for assets that have none, by the names of their files. Whether a GeoTIFF is cloud optimised can't be
 * seen in a name. */
#include "stac/media.h"
#include "stac/ready/parts.h"

#include <strings.h>

#define GEOTIFF "image/tiff; application=geotiff"

/* The last segment of the path, without query, fragment and a slash at the end. */
static cairn_span file_name(cairn_span href)
{
    size_t n = 0;
    while (n < href.n && href.p[n] != '?' && href.p[n] != '#')
        n++;
    while (n && href.p[n - 1] == '/')
        n--;
    size_t from = n;
    while (from && href.p[from - 1] != '/')
        from--;
    return cairn_span_make(href.p + from, n - from);
}

/* A Zarr store is a folder, which no server of files has a type for. */
static const char *type_of(cairn_span href)
{
    cairn_span name = file_name(href);
    const char *dot = name.n ? memrchr(name.p, '.', name.n) : NULL;
    cairn_span ending = dot ? cairn_span_make(dot, (size_t)(name.p + name.n - dot)) : CAIRN_SPAN_NONE;
    if (!dot || dot == name.p)
        return NULL;
    if (ending.n == strlen(".zarr") && strncasecmp(ending.p, ".zarr", ending.n) == 0)
        return "application/vnd+zarr";
    return cairn_media_of_name(name);
}

static bool has_role(cairn_ready *r, const cairn_ready_object *asset, const char *role)
{
    cairn_json_walk walk = cairn_json_walk_array(cairn_ready_get(r, asset, CAIRN_SLOT_ROLES));
    cairn_span element;
    while (cairn_json_next_element(&walk, &element))
        if (cairn_json_string_is(element, role))
            return true;
    return false;
}

/* A TIFF with a grid of its own, or data of an item that says where its pixels lie. `placed`: the item has a reference
 * system, which is not read again for each asset. */
static bool is_geotiff(cairn_ready *r, const cairn_ready_object *asset, bool placed)
{
    if (!(cairn_ready_has_crs(asset) ? cairn_ready_own_crs(r, asset).p != NULL : placed))
        return false;
    if (asset->at[CAIRN_SLOT_SHAPE] || asset->at[CAIRN_SLOT_TRANSFORM] || asset->at[CAIRN_SLOT_PROJ_BBOX])
        return true;
    return has_role(r, asset, "data") && r->properties.node &&
           (r->properties.at[CAIRN_SLOT_SHAPE] || r->properties.at[CAIRN_SLOT_TRANSFORM] ||
            r->properties.at[CAIRN_SLOT_PROJ_BBOX]);
}

static void give_type(cairn_ready *r, cairn_ready_object *asset, bool placed)
{
    cairn_span href = cairn_json_string(cairn_ready_get(r, asset, CAIRN_SLOT_HREF), r->arena);
    const char *type = href.n ? type_of(href) : NULL;
    if (!type)
        return;
    /* A name tells no more than the bare type. */
    bool whole = strcmp(type, GEOTIFF) == 0 && is_geotiff(r, asset, placed);
    cairn_span said = cairn_span_make(type, strcspn(type, whole ? "" : ";"));
    cairn_ready_put(r, asset, CAIRN_SLOT_TYPE, cairn_arena_printf(r->arena, "\"%.*s\"", CAIRN_SPAN_FMT(said)));
}

void cairn_ready_media_types(cairn_ready *r)
{
    bool placed = r->properties.node && cairn_ready_own_crs(r, &r->properties).p;
    for (size_t i = 0; i < r->n_assets && !r->failed; i++)
        if (!cairn_ready_get(r, &r->assets[i], CAIRN_SLOT_TYPE).p)
            give_type(r, &r->assets[i], placed);
}
