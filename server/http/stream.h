/* An answer in pieces as a response of libmicrohttpd: a piece is worked out when the one before it was taken by the
 * client, in the slow lane, while the connection is suspended. Private to the server. */
#ifndef CAIRN_HTTP_STREAM_H
#define CAIRN_HTTP_STREAM_H

#include "http/reply.h"

/* Takes response->stream, whatever comes of it. What goes wrong later closes the connection without the last chunk, and
 * is logged; so is the access, at the end. NULL when out of memory. */
struct MHD_Response *cairn_http_stream_new(cairn_exchange *exchange, struct MHD_Connection *connection,
                                           const cairn_reply *reply, cairn_response *response);

#endif
