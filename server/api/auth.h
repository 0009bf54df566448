/* The authentication extension (v1.1.0) and the storage extension (v2.0.0): that URLs are signed here, how to ask for
 * it, and of which objects. */
#ifndef CAIRN_API_AUTH_H
#define CAIRN_API_AUTH_H

#include "api/call.h"

/* Appends the members stac_extensions and auth:schemes, a comma in front of each. */
void cairn_auth_add(const cairn_call *call, cairn_buf *out);

/* An error for want of keys: the reason is for the log, the client learns that it isn't its own fault. Status 503. */
cairn_code cairn_auth_lacks_keys(cairn_call *call);

/* True when the collection's objects are signed here. */
bool cairn_auth_wants(const cairn_call *call, cairn_span collection);
/* Appends the open form of a collection with the extension and a scheme more; its own schemes stay, and win. Where it
 * says nothing of storage itself, the storage extension (v2.0.0) tells where the objects lie. */
bool cairn_auth_add_collection(const cairn_call *call, cairn_span collection, cairn_span open, cairn_buf *out);

#endif
