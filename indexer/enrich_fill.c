#include "indexer/enrich_item.h"

#define COG_TYPE       "image/tiff; application=geotiff; profile=cloud-optimized"
#define TIFF_TYPE      "image/tiff; application=geotiff"
#define FILE_EXTENSION "https://stac-extensions.github.io/file/v2.1.0/schema.json"

enum { TEXT_MAX = 1 << 20 };

static cairn_span quoted(cairn_arena *arena, cairn_span text)
{
    cairn_buf buf = CAIRN_BUF_INIT(TEXT_MAX);
    cairn_span out =
        cairn_buf_add_json_string(&buf, text) ? cairn_arena_copy(arena, cairn_buf_span(&buf)) : CAIRN_SPAN_NONE;
    cairn_buf_free(&buf);
    return out;
}

static cairn_span number(cairn_arena *arena, double value)
{
    cairn_buf buf = CAIRN_BUF_INIT(TEXT_MAX);
    cairn_span out =
        cairn_buf_add_json_number(&buf, value) ? cairn_arena_copy(arena, cairn_buf_span(&buf)) : CAIRN_SPAN_NONE;
    cairn_buf_free(&buf);
    return out;
}

static cairn_span transform_text(cairn_arena *arena, const double *transform)
{
    cairn_buf buf = CAIRN_BUF_INIT(TEXT_MAX);
    for (int i = 0; i < 6; i++) {
        cairn_buf_add_byte(&buf, i ? ',' : '[');
        cairn_buf_add_json_number(&buf, transform[i]);
    }
    cairn_span out = cairn_buf_add_byte(&buf, ']') ? cairn_arena_copy(arena, cairn_buf_span(&buf)) : CAIRN_SPAN_NONE;
    cairn_buf_free(&buf);
    return out;
}

/* ---- bands ---- */

/* Scale and offset belong together: where either is told, the other isn't taken from somewhere else. */
static bool fill_scaling(cairn_enrich_item *item, cairn_jnode *object, const cairn_raster_band *band,
                         const char *const names[2], bool overwrite)
{
    cairn_arena *arena = item->arena;
    if (!band->has_scaling ||
        (!overwrite && (cairn_enrich_has(arena, object, names[0]) || cairn_enrich_has(arena, object, names[1]))))
        return true;
    return cairn_enrich_set(item, object, names[0], number(arena, band->scale), true) &&
           cairn_enrich_set(item, object, names[1], number(arena, band->offset), true);
}

static bool fill_band(cairn_enrich_item *item, cairn_jnode *asset, cairn_jnode *object, const cairn_raster_band *band,
                      const char *const scaling[2], bool overwrite)
{
    cairn_arena *arena = item->arena;
    bool ok = true;
    if (overwrite || !cairn_enrich_has(arena, asset, "data_type"))
        ok = cairn_enrich_set(item, object, "data_type", quoted(arena, cairn_span_of(band->data_type)), overwrite);
    if (ok && band->nodata.p && (overwrite || !cairn_enrich_has(arena, asset, "nodata")))
        ok = cairn_enrich_set(item, object, "nodata", band->nodata, overwrite);
    if (ok && band->unit.p && (overwrite || !cairn_enrich_has(arena, asset, "unit")))
        ok = cairn_enrich_set(item, object, "unit", quoted(arena, band->unit), overwrite);
    return ok && fill_scaling(item, object, band, scaling, overwrite);
}

/* A list that is about other bands than the file's is left alone. */
static bool fill_list(cairn_enrich_item *item, cairn_jnode *asset, const char *name, const cairn_raster *raster,
                      bool overwrite)
{
    static const char *const own[] = {"scale", "offset"}, *const core[] = {"raster:scale", "raster:offset"};
    const char *const *scaling = strcmp(name, "bands") == 0 ? core : own;
    cairn_jnode *list = cairn_j_get(item->arena, asset, name);
    cairn_jnode *first = list ? cairn_j_children(item->arena, list) : NULL;
    size_t n = 0;
    for (cairn_jnode *band = first; band; band = band->next)
        n++;
    if (n != raster->n_bands)
        return true;
    bool ok = true;
    n = 0;
    for (cairn_jnode *band = first; band && ok; band = band->next, n++)
        if (band->kind == CAIRN_J_OBJECT || cairn_json_kind(band->raw) == '{')
            ok = fill_band(item, asset, band, &raster->bands[n], scaling, overwrite);
    return ok;
}

static bool make_list(cairn_enrich_item *item, cairn_jnode *asset, const char *name, const cairn_raster *raster)
{
    cairn_buf empty = CAIRN_BUF_INIT(TEXT_MAX), *told = item->told;
    for (size_t i = 0; i < raster->n_bands; i++)
        cairn_buf_add_text(&empty, i ? ",{}" : "[{}");
    cairn_span text =
        cairn_buf_add_byte(&empty, ']') ? cairn_arena_copy(item->arena, cairn_buf_span(&empty)) : CAIRN_SPAN_NONE;
    cairn_buf_free(&empty);
    bool ok = cairn_enrich_set(item, asset, name, text, false);
    item->told = NULL; /* the list is told, what is in it goes without saying */
    ok = ok && fill_list(item, asset, name, raster, false);
    item->told = told;
    cairn_jnode *list = cairn_j_get(item->arena, asset, name);
    cairn_jnode *band = list ? cairn_j_children(item->arena, list) : NULL;
    for (size_t i = 0; ok && band && i < raster->n_bands && strcmp(name, "bands") == 0; i++, band = band->next)
        if (raster->bands[i].description.p)
            ok = cairn_j_set(item->arena, band, "description", quoted(item->arena, raster->bands[i].description));
    return ok;
}

bool cairn_enrich_bands(cairn_enrich_item *item, cairn_jnode *asset, const cairn_raster *raster, bool overwrite)
{
    bool core = cairn_enrich_has(item->arena, asset, "bands");
    bool own = cairn_enrich_has(item->arena, asset, "raster:bands");
    if (raster->n_bands == 0)
        return true;
    if (core || own)
        return (!core || fill_list(item, asset, "bands", raster, overwrite)) &&
               (!own || fill_list(item, asset, "raster:bands", raster, overwrite));
    /* stackstac refuses an item for one raster:bands of several; what STAC 1.0 doesn't know it ignores. */
    bool single_old = raster->n_bands == 1 && !item->has_core_bands;
    return make_list(item, asset, single_old ? "raster:bands" : "bands", raster);
}

/* ---- place ---- */

static bool fill_crs(cairn_enrich_item *item, cairn_jnode *asset, const cairn_raster *raster, bool overwrite)
{
    static const char *const others[] = {"proj:epsg", "proj:wkt2", "proj:projjson"};
    cairn_arena *arena = item->arena;
    cairn_span value = quoted(arena, raster->code.p ? raster->code : raster->wkt2);
    const char *name = raster->code.p ? "proj:code" : "proj:wkt2";
    if (!raster->code.p && !raster->wkt2.p)
        return true;
    if (!overwrite && (cairn_enrich_has_crs(arena, asset) || cairn_enrich_has_crs(arena, item->properties)))
        return true;
    cairn_jnode *old = cairn_j_get(arena, asset, name);
    if (old && old->kind == CAIRN_J_RAW && cairn_span_equal(old->raw, value))
        return true;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) /* of another system, or null */
        cairn_j_remove(arena, asset, others[i]);
    if (!raster->code.p)
        cairn_j_remove(arena, asset, "proj:code");
    return cairn_enrich_set(item, asset, name, value, true);
}

static bool is_missing(const cairn_enrich_item *item, cairn_jnode *asset, const char *name)
{
    return !cairn_enrich_has(item->arena, asset, name) && !cairn_enrich_has(item->arena, item->properties, name);
}

static bool fill_grid(cairn_enrich_item *item, cairn_jnode *asset, const cairn_raster *raster, bool overwrite)
{
    cairn_arena *arena = item->arena;
    bool shape = overwrite || is_missing(item, asset, "proj:shape");
    bool transform = raster->has_transform && (overwrite || is_missing(item, asset, "proj:transform"));
    bool ok = true;
    if (overwrite && transform) /* follows from the other two, by the load-ready form */
        cairn_j_remove(arena, asset, "proj:bbox");
    if (shape)
        ok = cairn_enrich_set(item, asset, "proj:shape",
                              cairn_arena_printf(arena, "[%d,%d]", raster->height, raster->width), overwrite);
    if (ok && transform)
        ok = cairn_enrich_set(item, asset, "proj:transform", transform_text(arena, raster->transform), overwrite);
    return ok;
}

static bool fill_type(cairn_enrich_item *item, cairn_jnode *asset, const cairn_raster *raster, bool overwrite)
{
    static const cairn_span cog = CAIRN_SPAN_LIT("\"" COG_TYPE "\""), tiff = CAIRN_SPAN_LIT("\"" TIFF_TYPE "\"");
    cairn_span type = cairn_enrich_string(item->arena, asset, "type");
    if (!raster->is_tiff)
        return true;
    if (raster->is_cog && (!type.p || (cairn_enrich_is_tiff(type) && !cairn_enrich_says_cog(type))))
        return cairn_enrich_set(item, asset, "type", cog, true);
    if (!raster->is_cog && (!type.p || (overwrite && cairn_enrich_says_cog(type))))
        return cairn_enrich_set(item, asset, "type", tiff, true);
    return true;
}

/* ---- the whole ---- */

static bool fill_asset(cairn_enrich_item *item, const cairn_enrich_asset *asset, bool overwrite)
{
    const cairn_raster *raster = asset->raster;
    if (item->told)
        cairn_buf_printf(item->told, "%s%.*s:", item->told->n ? "; " : "", CAIRN_SPAN_FMT(asset->node->key));
    bool ok = !raster->has_size ||
              cairn_enrich_set(item, asset->node, "file:size",
                               cairn_arena_printf(item->arena, "%llu", (unsigned long long)raster->size), overwrite);
    if (!raster->has_grid || !ok)
        return ok;
    return fill_crs(item, asset->node, raster, overwrite) && fill_grid(item, asset->node, raster, overwrite) &&
           fill_type(item, asset->node, raster, overwrite) && cairn_enrich_bands(item, asset->node, raster, overwrite);
}

/* The system that all the data have is the item's: `proj:code` of properties is what searches ask for. */
static bool fill_item_crs(cairn_enrich_item *item)
{
    size_t with_crs = 0;
    if (cairn_enrich_has_crs(item->arena, item->properties) || item->n_wanted == 0)
        return true;
    for (cairn_jnode *asset = cairn_j_children(item->arena, item->assets); asset; asset = asset->next)
        with_crs += cairn_enrich_has_crs(item->arena, asset);
    for (size_t i = 0; i < item->n_wanted; i++) {
        const cairn_raster *raster = item->wanted[i].raster;
        if (!raster || !raster->code.p || !cairn_span_equal(raster->code, item->wanted[0].raster->code))
            return true;
    }
    if (with_crs != item->n_wanted)
        return true;
    if (item->told)
        cairn_buf_add_text(item->told, "; properties:");
    return cairn_enrich_set(item, item->properties, "proj:code", quoted(item->arena, item->wanted[0].raster->code),
                            true);
}

static bool declare_file(cairn_enrich_item *item)
{
    static const cairn_span uri = CAIRN_SPAN_LIT("\"" FILE_EXTENSION "\"");
    cairn_jnode *list = cairn_j_get(item->arena, item->item, "stac_extensions");
    if (!cairn_enrich_given(list))
        return cairn_j_set(item->arena, item->item, "stac_extensions",
                           (cairn_span)CAIRN_SPAN_LIT("[\"" FILE_EXTENSION "\"]"));
    for (cairn_jnode *one = cairn_j_children(item->arena, list); one; one = one->next)
        if (one->kind == CAIRN_J_RAW && cairn_span_starts(one->raw, "\"https://stac-extensions.github.io/file/v"))
            return true;
    return list->kind != CAIRN_J_ARRAY || cairn_j_append(item->arena, list, uri);
}

cairn_code cairn_enrich_fill(cairn_enrich_item *item, const cairn_enrich_rules *rules, cairn_error *error)
{
    bool ok = true, any = false, sized = false;
    for (size_t i = 0; i < item->n_wanted && ok; i++) {
        if (!item->wanted[i].raster)
            continue;
        any = true;
        sized |= item->wanted[i].raster->has_size;
        ok = fill_asset(item, &item->wanted[i], rules->overwrite);
    }
    ok = ok && (!any || fill_item_crs(item)) && (!sized || declare_file(item));
    if (ok && any && (item->changed || !cairn_enrich_has(item->arena, item->properties, CAIRN_ENRICHED))) {
        item->changed = true;
        ok = cairn_j_set(item->arena, item->properties, CAIRN_ENRICHED, quoted(item->arena, rules->now));
    }
    return ok ? CAIRN_OK : cairn_error_no_memory(error);
}
