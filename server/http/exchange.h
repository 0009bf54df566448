/* One request and its answer, between libmicrohttpd and the API. Private to the server. */
#ifndef CAIRN_HTTP_EXCHANGE_H
#define CAIRN_HTTP_EXCHANGE_H

#include "http/acceptor.h"
#include "http/gate.h"
#include "http/lane.h"
#include "http/server.h"
#include "http/watch.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

/* One thread. */
typedef struct cairn_worker {
    cairn_server *server;
    struct MHD_Daemon *daemon;
    _Atomic size_t connections;
} cairn_worker;

struct cairn_server {
    const cairn_config *config;
    const cairn_api *api;
    cairn_served *catalog;
    struct cairn_reply_cache *replies; /* NULL: none are kept */
    cairn_watch *watch;
    cairn_lane *lane;
    cairn_acceptor *acceptor;
    cairn_worker *workers;
    size_t threads, next; /* of the workers, the one to look at first */
    char url[1600];       /* with its '/' */
    cairn_origin self;    /* of the bound address, for requests without Host; points into `url` unless has_base */
    _Atomic bool draining;
    _Atomic size_t body_bytes; /* of all request bodies in memory */
    _Atomic size_t open_files; /* of --assets, that are being sent */
    size_t max_open_files;
    _Atomic size_t file_bytes; /* of --assets, in memory */
    pthread_mutex_t arena_lock;
    cairn_arena **arenas; /* a stack of idle ones */
    size_t n_arenas, max_arenas;
};

/* A request whose answer did not come soon enough to let the other connections of its thread wait for it. The slow lane
 * makes it meanwhile, and the connection is suspended: nobody else touches connection or exchange. */
typedef struct cairn_slow {
    cairn_job job;
    bool is_late; /* the answer did not come in time: it is to be asked for again */
    bool begun;   /* handed over, and perhaps answered */
    bool in_lane; /* worked on by the lane: what is to be queued is put by */
    int64_t since;
    cairn_method method;
    struct MHD_Connection *connection;
    enum MHD_Result result; /* what follows is to be queued */
    int status;
    struct MHD_Response *made; /* NULL: nothing */
    struct cairn_kept *kept;   /* that holds `made`; else it is ours */
} cairn_slow;

typedef struct cairn_exchange {
    cairn_server *server;
    cairn_guard *guard;
    char *target; /* as sent; NULL when it was too long or memory ran out */
    size_t target_length;
    const char *target_at; /* target and version in the library's buffer: the version when nothing hides before it */
    const char *version_at;
    cairn_buf body;
    size_t body_counted; /* bytes of it that the server's total has */
    bool gated;
    bool holds_file;    /* counted in the server's open_files */
    size_t file_bytes;  /* that the server's total has */
    int refusal_status; /* not 0: answered so as soon as the body is read */
    cairn_error refusal;
    int64_t started;
    cairn_slow slow;
} cairn_exchange;

/* Called with the request line. NULL when out of memory. */
cairn_exchange *cairn_exchange_new(cairn_server *server, cairn_guard *guard, const char *target);
void cairn_exchange_free(cairn_exchange *exchange);

/* Called when the header is read: the gate. Queues an answer and closes when it must not pass. */
enum MHD_Result cairn_exchange_gate(cairn_exchange *exchange, struct MHD_Connection *connection, const char *method,
                                    const char *version);
/* Takes a piece of the body, or throws it away when the request is refused already. */
void cairn_exchange_take_body(cairn_exchange *exchange, const char *bytes, size_t n);
/* Called when the request is whole, and again when the slow lane has worked its answer out: queues it, or hands it
 * over. */
enum MHD_Result cairn_exchange_answer(cairn_exchange *exchange, struct MHD_Connection *connection, const char *method);

#endif
