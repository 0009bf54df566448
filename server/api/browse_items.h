/* The item links of a place that is browsed. */
#ifndef CAIRN_API_BROWSE_ITEMS_H
#define CAIRN_API_BROWSE_ITEMS_H

#include "api/browse.h"

/* Appends them to an open list of links, with commas. `count` is the place's (of a part: of what it is a part of). */
cairn_code cairn_browse_add_items(const cairn_browse *browse, const cairn_place *place, uint64_t count, cairn_buf *out);

#endif
