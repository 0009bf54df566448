/* The slow lane: threads beside those that serve connections, for work that would hold up the other requests of such a
 * thread. What is added is done in the order in which it came. These threads are niced, so that quick requests get the
 * processor first. Thread-safe. Private to the server. */
#ifndef CAIRN_HTTP_LANE_H
#define CAIRN_HTTP_LANE_H

#include <stdbool.h>
#include <stddef.h>

/* Of each thread that answers requests: 2 MB to work with, and room for what glibc takes out of a stack for what is
 * kept by thread (0.8 MB, mostly lib/stac/seen.h). Memory that is not touched is not taken. */
enum { CAIRN_STACK_BYTES = 3 << 20 };

typedef struct cairn_lane cairn_lane;

/* A piece of work, part of what it works on. */
typedef struct cairn_job {
    /* Called once, in a thread of the lane, which does not touch the job afterwards. `closing`: the lane is being
     * closed, only what is quick should be done. */
    void (*run)(struct cairn_job *job, bool closing);
    struct cairn_job *next; /* of the lane */
} cairn_job;

/* At most `most_waiting` jobs wait for one of the threads. NULL without memory or threads. */
cairn_lane *cairn_lane_new(size_t threads, size_t most_waiting);

/* Takes a place for one job: true obliges to add it. False when all are taken, unless the job `must` be done; and when
 * the lane is being closed. */
bool cairn_lane_reserve(cairn_lane *lane, bool must);
void cairn_lane_add(cairn_lane *lane, cairn_job *job);

/* Takes no more, does what waits, and waits until all is done. */
void cairn_lane_close(cairn_lane *lane);
/* Must have been closed. */
void cairn_lane_free(cairn_lane *lane);

#endif
