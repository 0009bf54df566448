/* Private to lib/stac: how a collection's summaries follow its items. Rules: cairn_collection_view(). */
#ifndef CAIRN_STAC_COLLECTION_RULES_H
#define CAIRN_STAC_COLLECTION_RULES_H

#include "base/jtree.h"
#include "stac/collection.h"

/* Brings `summaries` of the collection's tree up to date; `*changed` becomes true when something was written. False at
 * the arena's cap. */
bool cairn_summaries_widen(cairn_arena *arena, cairn_jnode *collection, const cairn_summary *summaries, size_t n,
                           bool *changed);

#endif
