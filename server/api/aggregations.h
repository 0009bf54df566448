/* Which aggregations make sense for a catalog, or for a collection: those of items and places always, those of a
 * property where an item has it, and NAME_frequency of each property whose values are enumerated. */
#ifndef CAIRN_API_AGGREGATIONS_H
#define CAIRN_API_AGGREGATIONS_H

#include "api/call.h"
#include "query/aggregate.h"

/* Refuses (CAIRN_INVALID) a property that the catalog does not know; for a collection everything that its
 * /aggregations does not list, as the extension has it. */
cairn_code cairn_aggregations_check(cairn_call *call, const cairn_aggregate_request *request);

/* The links of both documents: self (not by POST), root, and the collection. */
void cairn_aggregate_links_add(const cairn_call *call, cairn_buf *out);

#endif
