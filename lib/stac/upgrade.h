/* Upgraded views of items and collections before 1.0.0 (0.6 to 1.0.0-rc.4): the same document in the words of 1.0.0. */
#ifndef CAIRN_STAC_UPGRADE_H
#define CAIRN_STAC_UPGRADE_H

#include "base/jtree.h"

/* True for a stac_version before 1.0.0 (also "v0.6.0-rc1" and the like; absent counts as old). */
bool cairn_upgrade_is_needed(cairn_span stac_version);

/* Rewrites the tree in place: stac_version, stac_extensions short names to schema URIs, renamed and moved fields (eo:,
 * dtr:, sar:, label:, checksum:, asset types and roles ...). False at the arena's cap. Table-driven: see upgrade.c. */
bool cairn_upgrade_item(cairn_arena *arena, cairn_jnode *item, cairn_span stac_version);
bool cairn_upgrade_collection(cairn_arena *arena, cairn_jnode *collection, cairn_span stac_version);

#endif
