/* An answer of the API as one of libmicrohttpd: header fields, entity tag, cross-origin rules. Private to the server.
 */
#ifndef CAIRN_HTTP_REPLY_H
#define CAIRN_HTTP_REPLY_H

#include "http/exchange.h"

typedef struct cairn_reply {
    cairn_method method;
    cairn_span path;          /* for the access log */
    cairn_span if_none_match; /* absent mostly */
    bool close;               /* the connection after it */
} cairn_reply;

/* Queues `response` and takes its body. */
enum MHD_Result cairn_reply_queue(cairn_exchange *exchange, struct MHD_Connection *connection, const cairn_reply *reply,
                                  cairn_response *response);

/* What the watch sends to who is too slow: a whole HTTP message. */
extern const char cairn_reply_timeout[];

#endif
