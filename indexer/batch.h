/* Records that are worked on and written together: one transaction. The reading thread fills it, the workers claim its
 * records one after another, the writing thread takes the outcomes in the order of the source.
 * Thread-safety: claiming and finishing are done under the pipeline's lock; a claimed outcome belongs to its worker. */
#ifndef CAIRN_INDEXER_BATCH_H
#define CAIRN_INDEXER_BATCH_H

#include "indexer/work.h"

typedef struct cairn_batch {
    cairn_outcome *outcomes; /* owned */
    size_t n, cap;
    size_t claimed, done; /* how many of them workers have taken, and finished */
    cairn_buf text;       /* the records' bytes */
    cairn_arena *origins; /* copies of what the records have in common */
    uint64_t origin_serial;
    const cairn_origin *origin;
    cairn_arena **arenas; /* one for each worker */
    size_t arena_n;
} cairn_batch;

/* The memory that records of so many bytes may take: many times that, since some are rewritten as a tree. */
size_t cairn_batch_room(size_t max_bytes);

/* False when out of memory; cairn_batch_free() is to be called in any case. */
bool cairn_batch_init(cairn_batch *batch, size_t workers, size_t max_bytes);
void cairn_batch_free(cairn_batch *batch);

/* Empties it for the next records. */
void cairn_batch_reset(cairn_batch *batch);
/* Copies a record into it; false when out of memory. */
bool cairn_batch_add(cairn_batch *batch, const cairn_record *record);
/* Ends the filling: from here on the outcomes' texts are in place. */
void cairn_batch_seal(cairn_batch *batch);

#endif
