/* Deadlines of connections. libmicrohttpd measures inactivity only, so a client that sends a byte now and then would
 * hold a connection for ever; here a thread looks a few times a second and shuts the socket of whoever is late.
 * Thread-safe; a guard is changed by the thread that serves the connection. */
#ifndef CAIRN_HTTP_WATCH_H
#define CAIRN_HTTP_WATCH_H

#include "http/net.h"

#include <stdint.h>

typedef struct cairn_watch cairn_watch;
typedef struct cairn_guard cairn_guard;

typedef enum cairn_phase {
    CAIRN_FRESH,     /* connected, no request line yet */
    CAIRN_READING,   /* a request line was read, the request is not whole */
    CAIRN_ANSWERING, /* worked on, or its answer is sent */
    CAIRN_IDLE,      /* answered; nothing, or a part of the next request line */
} cairn_phase;

/* `late_reply` (static) is sent before the socket of a late CAIRN_READING connection is shut. NULL without memory or
 * thread. */
cairn_watch *cairn_watch_new(const char *late_reply);
/* No guard may be left. */
void cairn_watch_free(cairn_watch *watch);

/* Watches the socket from now on; `deadline` in cairn_clock_now() nanoseconds. NULL when out of memory. */
cairn_guard *cairn_watch_add(cairn_watch *watch, int socket, const cairn_address *peer, int64_t deadline);
/* Call before the socket is closed. */
void cairn_watch_remove(cairn_watch *watch, cairn_guard *guard);

/* Sets phase and deadline (0: none). False when the connection has been cut: then nothing is to be answered. */
bool cairn_guard_set(cairn_guard *guard, cairn_phase phase, int64_t deadline);
cairn_phase cairn_guard_phase(const cairn_guard *guard);

/* While bytes of the file `fd` (borrowed) up to `end` are sent: cuts the connection when it becomes shorter, since the
 * library would wait for the rest. -1: no longer. */
void cairn_guard_set_file(cairn_watch *watch, cairn_guard *guard, int fd, uint64_t end);

/* Connections that are reading or answering, or that are fresh and younger than `fresh_for` nanoseconds. */
size_t cairn_watch_busy(cairn_watch *watch, int64_t fresh_for);

/* Connections from this address. O(all connections). */
size_t cairn_watch_count(cairn_watch *watch, const cairn_address *peer);

#endif
