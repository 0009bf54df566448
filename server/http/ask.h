/* A request that the API answers, or the cache of replies. Private to the server. */
#ifndef CAIRN_HTTP_ASK_H
#define CAIRN_HTTP_ASK_H

#include "http/fields.h"
#include "http/reply.h"
#include "http/target.h"

/* What the header says, before it is known whom it is for. */
typedef struct cairn_head {
    cairn_fields fields;
    cairn_target_form form;
    cairn_span path, query; /* still coded */
    cairn_origin origin;
} cairn_head;

/* Fills zeroed `out`, which borrows from the connection and the arena. */
cairn_code cairn_head_read(const cairn_exchange *exchange, struct MHD_Connection *connection, cairn_arena *arena,
                           cairn_head *out, cairn_error *error);

/* Works the answer out, or finds it kept, and queues it. When it takes too long for a thread that has other connections
 * to serve, nothing is queued, and exchange->slow.is_late says so. */
enum MHD_Result cairn_ask(cairn_exchange *exchange, struct MHD_Connection *connection, const cairn_head *head,
                          cairn_reply *reply, cairn_arena *arena);

#endif
