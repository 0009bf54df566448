/* How often each of many keys occurs. Thread-safety: none. */
#ifndef CAIRN_QUERY_AGGREGATE_COUNTER_H
#define CAIRN_QUERY_AGGREGATE_COUNTER_H

#include "base/arena.h"

#include <stdint.h>

typedef struct cairn_count {
    cairn_span key; /* absent: a free place */
    uint64_t hash;
    uint64_t count;
    uint64_t item; /* that was counted last: keys that one item has twice count once */
} cairn_count;

/* Zero-initialise. */
typedef struct cairn_counter {
    cairn_count *at; /* a hash table of `room` places, a power of two */
    size_t n, room;
} cairn_counter;

/* Counts `times` for an item, whose number is not 0; keys live in the arena. False when out of memory, or at its cap.
 */
bool cairn_counter_add(cairn_counter *counter, cairn_span key, uint64_t times, uint64_t item, cairn_arena *arena);
void cairn_counter_free(cairn_counter *counter);

#endif
