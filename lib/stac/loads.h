/* Whether clients can load an item's assets, and if not, why and what would mend it: what the clients read, found in
 * their sources and by running them (docs/clients.md has versions and places). One rule function a client. */
#ifndef CAIRN_STAC_LOADS_H
#define CAIRN_STAC_LOADS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"

typedef enum cairn_client {
    CAIRN_CLIENT_STACKSTAC,
    CAIRN_CLIENT_ODC_STAC,
    CAIRN_CLIENT_RIOXARRAY,
    CAIRN_CLIENT_XPYSTAC,
    CAIRN_CLIENT_INTAKE_STAC,
    CAIRN_CLIENT_GDAL_STACIT,
    CAIRN_N_CLIENTS,
} cairn_client;

/* "stackstac", "odc-stac", ... as `cairn doctor --client` takes it; NULL behind the last. */
const char *cairn_client_name(cairn_client client);

/* What a client makes of an item. It loads when the plain call gives a lazy array: of the whole item for stackstac
 * (stackstac.stack(item)) and odc-stac (odc.stac.load([item], chunks={})); of at least one asset that is no preview for
 * the others, which open one at a time. Whether bytes can be fetched is not looked at, only whether the client has a
 * way to them. */
typedef struct cairn_loads_verdict {
    bool loads;
    const char *code;   /* static, short, for machines: "no-crs", "no-media-type" ... When it loads: something to know
                           all the same ("no-datetime": it will stand at NaT), or NULL */
    const char *reason; /* static: what the client lacks, in a sentence; NULL when code is */
    const char *mend;   /* static: what would mend it; NULL when code is */
    cairn_span asset;   /* key of the asset that it is about, decoded; absent: the item as a whole */
    size_t loadable;    /* assets that the client would load when asked for them by their keys */
} cairn_loads_verdict;

/* Of an item with more assets only so many are looked at. */
enum { CAIRN_LOADS_MOST_ASSETS = 4096 };

/* Judges one item for each client. `item`: checked text of a whole item or its open form, as the client gets it.
 * CAIRN_NOMEM at the arena's cap is the only fault. */
cairn_code cairn_loads_item(cairn_span item, cairn_arena *arena, cairn_loads_verdict out[CAIRN_N_CLIENTS],
                            cairn_error *error);

/* Bit (1 << client) for each client that loads the item. Cheap (microseconds): it is asked for each item at ingest. */
cairn_code cairn_loads_mask(cairn_span item, cairn_arena *arena, unsigned *out, cairn_error *error);

#endif
