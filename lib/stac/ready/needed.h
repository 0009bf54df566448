/* Private to lib/stac: whether the load-ready form can differ from the item. */
#ifndef CAIRN_STAC_READY_NEEDED_H
#define CAIRN_STAC_READY_NEEDED_H

#include "stac/record.h"

/* By a walk over the item's text, before a tree is made of it. False: cairn_ready_item() would change nothing. */
bool cairn_ready_is_needed(const cairn_members *item);

#endif
