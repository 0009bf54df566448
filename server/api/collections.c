/* /collections/{collectionId} (STAC API Collections, OGC API Features 7.14). */
#include "api/browse_links.h"

cairn_code cairn_get_collection(cairn_call *call)
{
    return cairn_browse_add_collection(call, call->collection_id, &call->response->body);
}
