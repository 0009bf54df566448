/* Private to lib/stac: how a collection's extent is read, and how its summaries follow its items. Rules:
 * cairn_collection_view(). */
#ifndef CAIRN_STAC_COLLECTION_RULES_H
#define CAIRN_STAC_COLLECTION_RULES_H

#include "base/jtree.h"
#include "stac/collection.h"

/* A box of an extent: four numbers or six. What lies beyond the range of longitude, or little beyond that of latitude,
 * is cut; other faults make it unreadable (false). */
typedef struct cairn_declared_box {
    cairn_span sides[6]; /* as they are spelled */
    size_t n;
    cairn_box box;
} cairn_declared_box;
bool cairn_declared_box_read(cairn_span json, cairn_declared_box *out);

/* An end of an interval of an extent: null, "" and ".." are open (CAIRN_TIME_MIN, CAIRN_TIME_MAX). False when it can't
 * be read. */
bool cairn_declared_end_read(cairn_span json, bool is_start, cairn_arena *arena, cairn_time *out);

/* Brings `summaries` of the collection's tree up to date; `*changed` becomes true when something was written. False at
 * the arena's cap. */
bool cairn_summaries_widen(cairn_arena *arena, cairn_jnode *collection, const cairn_summary *summaries, size_t n,
                           bool *changed);

#endif
