/* /collections/{collectionId} (STAC API Collections, OGC API Features 7.14). */
#include "api/call.h"
#include "api/collection_links.h"

static cairn_code add_collection(void *context, const cairn_collection_row *row, cairn_error *error)
{
    cairn_call *call = context;
    return cairn_collection_add(call, row, NULL, &call->response->body, error);
}

cairn_code cairn_get_collection(cairn_call *call)
{
    return cairn_session_collection(call->session, call->collection_id, add_collection, call, &call->error);
}
