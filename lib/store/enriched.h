/* Items that were completed from their files (docs/enrich.md): what of them outlives reading their source again. */
#ifndef CAIRN_STORE_ENRICHED_H
#define CAIRN_STORE_ENRICHED_H

#include "store/store.h"

/* A property of items that were completed: when, as an RFC 3339 time. */
#define CAIRN_ENRICHED "cairn:enriched"

/* Whether `properties`, checked text, have the mark. */
bool cairn_is_enriched(cairn_span properties);

/* For a stored item that has the mark, its body and its patch (may be absent): whether the record is its source as it
 * was read before, so that it has nothing new to say and what was completed stays. Never for a record with a mark of
 * its own. A stored text that can't be unpacked is not the same. */
bool cairn_enriched_keeps(cairn_codec *codec, const cairn_packed *body, const cairn_packed *source,
                          const cairn_item_record *record);

#endif
