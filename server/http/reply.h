/* An answer of the API as one of libmicrohttpd: header fields, entity tag, cross-origin rules. Private to the server.
 */
#ifndef CAIRN_HTTP_REPLY_H
#define CAIRN_HTTP_REPLY_H

#include "http/encoding.h"
#include "http/exchange.h"

typedef struct cairn_reply {
    cairn_method method;
    cairn_span path;           /* for the access log */
    cairn_span if_none_match;  /* absent mostly */
    bool close;                /* the connection after it */
    const char *content_range; /* of 416; NULL mostly */
} cairn_reply;

/* What the access log tells of an answer. */
typedef struct cairn_access {
    cairn_method method;
    int status;
    int64_t started;
    char path[512], peer[64]; /* as they are printed */
} cairn_access;

cairn_access cairn_reply_access(const cairn_exchange *exchange, struct MHD_Connection *connection,
                                const cairn_reply *reply, int status);
void cairn_reply_log(const cairn_access *access, uint64_t bytes);
/* Both at once, where an access log is kept. */
void cairn_reply_note(const cairn_exchange *exchange, struct MHD_Connection *connection, const cairn_reply *reply,
                      int status, uint64_t bytes);

/* The fields that every answer has: the cross-origin rules, and the end of the connection. `allow`: methods, or "". */
void cairn_reply_add_common(struct MHD_Response *out, const cairn_reply *reply, const char *allow);

/* How long a client may take for so many bytes, nanoseconds. */
int64_t cairn_reply_patience(const cairn_server *server, uint64_t bytes);

/* Where an answer is worth keeping: with its entity tag, and never turned into a 304. Takes the body. NULL when out of
 * memory. */
struct MHD_Response *cairn_reply_make(const cairn_reply *reply, cairn_response *response, char etag[CAIRN_ETAG_SIZE]);
/* Queues what was made so, of `bytes`; or a 304 when the client has the same. `response` is what it was made of, its
 * body gone. */
enum MHD_Result cairn_reply_queue_made(cairn_exchange *exchange, struct MHD_Connection *connection,
                                       const cairn_reply *reply, const cairn_response *response, const char *etag,
                                       struct MHD_Response *made, uint64_t bytes);

/* Queues what was made, and takes it; or puts it by, when it is the slow lane that has made it. */
enum MHD_Result cairn_reply_give(cairn_exchange *exchange, struct MHD_Connection *connection, int status,
                                 struct MHD_Response *made);

/* Queues `response` and takes its body or stream. */
enum MHD_Result cairn_reply_queue(cairn_exchange *exchange, struct MHD_Connection *connection, const cairn_reply *reply,
                                  cairn_response *response);

/* What the watch sends to who is too slow: a whole HTTP message. */
extern const char cairn_reply_timeout[];

#endif
