/* A catalog opened for writing by a command. Belongs to one thread. */
#ifndef CAIRN_INDEXER_EDITOR_H
#define CAIRN_INDEXER_EDITOR_H

#include "store/sqlite/sqlite_store.h"

typedef struct cairn_editor {
    cairn_store *store;
    cairn_writer *writer;
} cairn_editor;

/* `program` such as "cairn delete" is what others are told who find the catalog locked. Waits for another writer up to
 * `wait_seconds`. */
cairn_code cairn_editor_open(cairn_editor *editor, const char *path, const char *program, uint64_t wait_seconds,
                             cairn_error *error);
/* The same for a catalog that was made just now. */
cairn_code cairn_editor_open_new(cairn_editor *editor, const char *path, const char *program, cairn_error *error);
/* Rolls back what was not committed and returns `code`, or what closing failed with when that was CAIRN_OK. */
cairn_code cairn_editor_close(cairn_editor *editor, cairn_code code, cairn_error *error);

/* What --wait is when it is not given, and at most, in seconds. */
enum { CAIRN_EDITOR_WAIT = 30, CAIRN_EDITOR_WAIT_MAX = 1000000 };
int cairn_editor_wait_ms(uint64_t wait_seconds);

#endif
