/* The load-ready form: an item in the words that all clients of the field read on the first try. Documented field by
 * field in docs/load-ready.md. In short: projection v1.2.0 (proj:epsg and proj:code), eo v1.1.0 and raster v1.1.0 are
 * declared in place of other versions of these three; bands stand in `bands` and in eo:bands/raster:bands; proj:bbox,
 * proj:shape and proj:transform imply each other; what PROJ knows of the reference system is filled in; a missing
 * geometry and bbox come from proj fields; assets get a media type where they have none. Otherwise it only adds: no
 * value of the source changes, and a `datetime` is never invented. It validates wherever the source did. */
#ifndef CAIRN_STAC_READY_H
#define CAIRN_STAC_READY_H

#include "base/error.h"
#include "base/jtree.h"

/* Rewrites the tree of an item (1.0.0 or later, or an upgraded view, hrefs absolute) in place. `*changed`: anything
 * was. Faults of the source's own values are left as they are, never refused; CAIRN_NOMEM at the arena's cap is the
 * only fault. Idempotent: a second run changes nothing. Thread-safety: as the arena; PROJ contexts are each thread's
 * own. */
cairn_code cairn_ready_item(cairn_arena *arena, cairn_jnode *item, bool *changed, cairn_error *error);

#endif
