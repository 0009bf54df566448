/* One item that is completed by what its files say of themselves: which assets are worth opening, and what is filled
 * in. JSON only; whoever opens the files does it between the two calls. The fields are those of docs/enrich.md. */
#ifndef CAIRN_INDEXER_ENRICH_ITEM_H
#define CAIRN_INDEXER_ENRICH_ITEM_H

#include "base/jtree.h"
#include "indexer/raster.h"
#include "store/enriched.h"

typedef struct cairn_enrich_rules {
    bool overwrite;              /* what is there already, too */
    bool all_assets;             /* of roles thumbnail, overview and metadata and other media types, too */
    const char *const *prefixes; /* only hrefs that begin with one of them */
    size_t n_prefixes;           /* 0: any */
    cairn_span now;              /* the value of CAIRN_ENRICHED, without quotes */
} cairn_enrich_rules;

typedef struct cairn_enrich_asset {
    cairn_jnode *node;
    cairn_span href; /* absolute where that is known; in the arena */
    bool tried;      /* set by who opens it, with either of: */
    cairn_raster *raster;
    cairn_error error;
} cairn_enrich_asset;

typedef struct cairn_enrich_item {
    cairn_arena *arena;
    cairn_jnode *item, *properties, *assets;
    bool has_core_bands;          /* STAC 1.1 */
    cairn_enrich_asset *wanted;   /* assets to open */
    size_t n_wanted, passed_over; /* for their prefix */
    cairn_buf *told;              /* for who wants to know what was filled: "red: proj:code, file:size; ..." or NULL */
    bool changed;
} cairn_enrich_item;

/* `text`: a checked item that lives as long as the arena; relative hrefs resolve against `base` (may be absent). An
 * asset is wanted when something may be missing of it: never twice, unless it could not be opened, where CAIRN_ENRICHED
 * is there. CAIRN_NOMEM is the only fault. */
cairn_code cairn_enrich_read(cairn_span text, cairn_span base, const cairn_enrich_rules *rules, cairn_arena *arena,
                             cairn_enrich_item *out, cairn_error *error);

/* Fills in what the wanted assets' rasters say; sets ->changed. Print item->item then. */
cairn_code cairn_enrich_fill(cairn_enrich_item *item, const cairn_enrich_rules *rules, cairn_error *error);

/* ---- between the files of this module ---- */

/* There, and not null. */
static inline bool cairn_enrich_given(const cairn_jnode *node)
{
    return node && !(node->kind == CAIRN_J_RAW && cairn_json_is_null(node->raw));
}
bool cairn_enrich_has(cairn_arena *arena, cairn_jnode *object, const char *name);
/* A system of its own, by any of the four fields. */
bool cairn_enrich_has_crs(cairn_arena *arena, cairn_jnode *object);
/* A type of GeoTIFF, with or without parameters; one that says that it is cloud optimised. */
bool cairn_enrich_is_tiff(cairn_span type);
bool cairn_enrich_says_cog(cairn_span type);
/* The decoded value of a string member; absent when there is none. */
cairn_span cairn_enrich_string(cairn_arena *arena, cairn_jnode *object, const char *name);
/* The lists of bands of an asset. */
bool cairn_enrich_bands(cairn_enrich_item *item, cairn_jnode *asset, const cairn_raster *raster, bool overwrite);
/* Sets a member that is missing, or with `overwrite` differs; false at the arena's cap. */
bool cairn_enrich_set(cairn_enrich_item *item, cairn_jnode *object, const char *name, cairn_span value, bool overwrite);

#endif
