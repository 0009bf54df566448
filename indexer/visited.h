/* The set of files that were seen. Thread-safety: none. */
#ifndef CAIRN_INDEXER_VISITED_H
#define CAIRN_INDEXER_VISITED_H

#include "indexer/stream.h"

typedef struct cairn_visited {
    struct cairn_visited_slot *slots; /* owned */
    size_t cap, n;
} cairn_visited;

/* Adds a file; *fresh says whether it is new. False when out of memory. */
bool cairn_visited_add(cairn_visited *visited, cairn_file_id file, bool *fresh);
void cairn_visited_free(cairn_visited *visited);

#endif
