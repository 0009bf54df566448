/* Private to lib/stac: the rules of an item's time and place. Rules: docs/ingest.md. */
#ifndef CAIRN_STAC_ITEM_RULES_H
#define CAIRN_STAC_ITEM_RULES_H

#include "stac/item.h"
#include "stac/record.h"

/* Sets has_datetime, datetime and range from the members of `properties`. */
cairn_code cairn_item_read_times(cairn_record *record, const cairn_members *properties, cairn_item *item);

/* Compares `bbox` (absent: missing) with the footprint, which alone is indexed. */
cairn_code cairn_item_check_bbox(cairn_record *record, cairn_span bbox, const cairn_footprint *footprint);

#endif
