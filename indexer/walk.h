/* A folder's files: in each folder first collection.json and catalog.json, then the other files by name, then the
 * folders by name, so that collections mostly come before their items. Hidden names (a dot in front) are left out, a
 * folder that was seen already (links that make loops) too. Memory: the names of the folders from the root to the
 * present one. Thread-safety: none. */
#ifndef CAIRN_INDEXER_WALK_H
#define CAIRN_INDEXER_WALK_H

#include "indexer/journal.h"

typedef struct cairn_walk cairn_walk;

enum { CAIRN_WALK_MAX_DEPTH = 100 };

/* CAIRN_IO when the folder can't be read. The journal is borrowed. */
cairn_code cairn_walk_open(const char *path, cairn_journal *journal, cairn_walk **out, cairn_error *error);
void cairn_walk_free(cairn_walk *walk);

/* The next file whose name is one of a source's (indexer/records.h), NUL-terminated and valid until the next call;
 * absent at the end. A folder that can't be read is told to the journal as failed. */
cairn_code cairn_walk_next(cairn_walk *walk, cairn_span *path, cairn_error *error);

#endif
