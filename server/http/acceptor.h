/* A thread that accepts connections and gives each to the least busy of several single-threaded libmicrohttpd daemons.
 * Their own accepting and quiescing (0.9.75) may abort the process when it is stopped under load; here the end is
 * orderly: what the kernel has queued is still taken, then the socket is closed. Private to the server. */
#ifndef CAIRN_HTTP_ACCEPTOR_H
#define CAIRN_HTTP_ACCEPTOR_H

#include "http/net.h"

typedef struct cairn_acceptor cairn_acceptor;

/* Where connections go. Called by the acceptor's thread. */
typedef struct cairn_acceptor_ops {
    /* Whether there is room for one more; when not, it waits in the kernel's queue. */
    bool (*has_room)(void *context);
    /* Whether this peer may have one more; when not, it is closed. */
    bool (*may_enter)(void *context, const cairn_address *peer);
    /* Takes the socket in any case. */
    void (*take)(void *context, int socket, const struct sockaddr *peer, socklen_t length);
    void *context;
} cairn_acceptor_ops;

/* Takes the listening socket, which does not block. NULL without memory or thread: then the caller still owns it. */
cairn_acceptor *cairn_acceptor_start(int socket, const cairn_acceptor_ops *ops);
/* Takes what has come, closes the socket, ends the thread and frees. */
void cairn_acceptor_stop(cairn_acceptor *acceptor);

#endif
