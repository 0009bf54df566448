/* The header fields that an answer depends on, and what they make of a request. Private to the server. */
#ifndef CAIRN_HTTP_FIELDS_H
#define CAIRN_HTTP_FIELDS_H

#include "http/exchange.h"

typedef struct cairn_fields {
    cairn_span host, accept, accept_profile, accept_encoding, content_type, if_none_match;
    cairn_forwarded forwarded;
} cairn_fields;

/* Fills zeroed `fields`. Lines of one list are joined by commas (RFC 9110 5.3). False at the arena's cap. */
bool cairn_fields_read(cairn_fields *fields, struct MHD_Connection *connection, cairn_arena *arena);

/* The external root of the links, in the request's base_url; takes its path off the front of the request's. `authority`
 * of an absolute target stands for Host. */
cairn_code cairn_fields_locate(const cairn_fields *fields, const cairn_server *server,
                               struct MHD_Connection *connection, cairn_span authority, cairn_request *request,
                               cairn_error *error);

cairn_method cairn_method_parse(const char *method);

#endif
