/* Whether clients can load an item's assets, and if not, why and what would mend it: what the clients read, found in
 * their sources and by running them (docs/clients.md has versions and places). One rule table a client. */
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

typedef struct cairn_verdict {
    bool loads;
    const char *code;   /* static, short, for machines: "no-crs", "no-media-type" ...; NULL when it loads */
    const char *reason; /* static: what the client lacks, in a sentence */
    const char *mend;   /* static: what would mend it */
    cairn_span asset;   /* key of the asset that it is about, decoded; absent: the item as a whole */
    size_t loadable;    /* assets that the client would load */
} cairn_verdict;

/* Judges one item. `item`: checked text of a whole item or its open form, as it is served. The verdict says of the item
 * as the client sees it, not whether bytes can be fetched. CAIRN_NOMEM at the arena's cap is the only fault. */
cairn_code cairn_loads_item(cairn_span item, cairn_client client, cairn_arena *arena, cairn_verdict *out,
                            cairn_error *error);

/* Bit (1 << client) for each client that loads the item. Cheap (microseconds): it is asked for each item at ingest. */
cairn_code cairn_loads_mask(cairn_span item, cairn_arena *arena, unsigned *out, cairn_error *error);

#endif
