/* Collections as documents of an answer: each whole or cut down to fields, with the links that this server gives it. */
#ifndef CAIRN_API_COLLECTION_LINKS_H
#define CAIRN_API_COLLECTION_LINKS_H

#include "api/call.h"

#define CAIRN_REL_QUERYABLES "http://www.opengis.net/def/rel/ogc/1.0/queryables"
#define CAIRN_REL_SORTABLES  "http://www.opengis.net/def/rel/ogc/1.0/sortables"

/* Appends the collection: the source's own words where the call asks for them, all of it where `fields` is NULL. The
 * same for each path, so that a child link leads to what /children holds. CAIRN_NOMEM when it does not fit. */
cairn_code cairn_collection_add(const cairn_call *call, const cairn_collection_row *row, const cairn_fields *fields,
                                cairn_buf *out, cairn_error *error);

#endif
