/* The reference store: everything in memory, every search by brute force over all items, in the obvious way. It is the
 * oracle for the others; never make it clever. A session sees the committed state at its begin (a lock is held between
 * begin and end). */
#ifndef CAIRN_STORE_MEMORY_MEMORY_H
#define CAIRN_STORE_MEMORY_MEMORY_H

#include "store/store.h"

/* An empty store; NULL when out of memory. */
cairn_store *cairn_memory_store_new(void);

#endif
