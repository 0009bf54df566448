/* The header fields that an answer depends on, and what they make of a request. Private to the server. */
#ifndef CAIRN_HTTP_FIELDS_H
#define CAIRN_HTTP_FIELDS_H

#include "http/exchange.h"

typedef struct cairn_fields {
    cairn_span host, accept, accept_profile, accept_encoding, content_type;
    cairn_span range, if_match, if_none_match, if_modified_since, if_unmodified_since, if_range;
    cairn_forwarded forwarded;
} cairn_fields;

/* Fills zeroed `fields`. Lines of one list are joined by commas (RFC 9110 5.3). False at the arena's cap. */
bool cairn_fields_read(cairn_fields *fields, struct MHD_Connection *connection, cairn_arena *arena);

/* The external root of the links: --base-url's, or what trusted proxies, an absolute target (`authority`, absent
 * otherwise) and the Host field say. Borrows from all of them. */
cairn_code cairn_fields_origin(const cairn_fields *fields, const cairn_server *server,
                               struct MHD_Connection *connection, cairn_span authority, cairn_arena *arena,
                               cairn_origin *origin, cairn_error *error);

cairn_method cairn_method_parse(const char *method);

#endif
