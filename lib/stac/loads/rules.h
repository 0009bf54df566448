/* Private to lib/stac: the rules, one function a client. Each follows what the client does with an item, in the
 * client's order, so that the fault told is the one that the client stumbles over. */
#ifndef CAIRN_STAC_LOADS_RULES_H
#define CAIRN_STAC_LOADS_RULES_H

#include "stac/loads/facts.h"

typedef struct cairn_loads_fault {
    const char *code, *reason, *mend;
} cairn_loads_fault;

/* A verdict in the making. `asset` of the verdict is decoded later, from `about`. */
typedef struct cairn_loads_judgement {
    const cairn_loads_fault *fault; /* NULL: it loads */
    const cairn_loads_fault *note;  /* when it loads: something to know, or NULL */
    const cairn_loads_asset *about; /* NULL: the item as a whole */
    size_t loadable;
} cairn_loads_judgement;

void cairn_loads_stackstac(const cairn_loads_facts *facts, cairn_loads_judgement *out);
void cairn_loads_odc_stac(const cairn_loads_facts *facts, cairn_loads_judgement *out);
void cairn_loads_rioxarray(const cairn_loads_facts *facts, cairn_loads_judgement *out);
void cairn_loads_xpystac(const cairn_loads_facts *facts, cairn_loads_judgement *out);
void cairn_loads_intake_stac(const cairn_loads_facts *facts, cairn_loads_judgement *out);
void cairn_loads_gdal_stacit(const cairn_loads_facts *facts, cairn_loads_judgement *out);

/* ---- what several of them need ---- */

/* Why pystac.Item.from_dict() fails, which odc-stac, xpystac and intake-stac begin with; NULL when it doesn't. */
const cairn_loads_fault *cairn_loads_pystac(const cairn_loads_facts *facts, const cairn_loads_asset **about);

/* True when pystac puts the bands of the properties into the assets: an item before 1.0.0-beta.1. */
bool cairn_loads_bands_move(const cairn_loads_facts *facts);

/* A fault of one asset, NULL when the client opens it. */
typedef const cairn_loads_fault *(*cairn_loads_asset_rule)(const cairn_loads_facts *facts,
                                                           const cairn_loads_asset *asset);
/* For clients that open one asset at a time: the item loads when one of its assets does, but for those with one of the
 * roles `but_roles`. Otherwise the fault is that of the asset that is most likely meant: the first with the role data,
 * else the first that looks like an array, else the first. */
void cairn_loads_each(const cairn_loads_facts *facts, cairn_loads_asset_rule rule, unsigned but_roles,
                      cairn_loads_judgement *out);

/* The faults that several clients have in common. */
extern const cairn_loads_fault cairn_loads_no_assets, cairn_loads_no_way, cairn_loads_not_raster, cairn_loads_hdf4,
    cairn_loads_no_href;

#endif
