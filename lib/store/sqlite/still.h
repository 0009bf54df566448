/* Read transactions without locks, while it is known that nothing is written: see still.c. A session's own; no
 * thread-safety beside that. */
#ifndef CAIRN_STORE_SQLITE_STILL_H
#define CAIRN_STORE_SQLITE_STILL_H

#include "store/sqlite/internal.h"

typedef struct still still;

/* What db_open() wants of a connection that may read so. */
const char *still_uri_flags(void);
/* NULL when `db` was opened otherwise, or when out of memory: then there are locks. Free it after `db` is closed. */
still *still_new(sqlite3 *db);
void still_free(still *still);

/* In a transaction without locks? `still` may be NULL. */
bool still_goes_on(const still *still);
/* The file is as it was when still_note() was called: this looks at it once. */
bool still_is_same(const still *still, const sqlite_store *store);
/* Around the beginning of a transaction, up to its first read. */
void still_begin(still *still);
void still_begun(void);
/* In a transaction that holds a lock: what is read now is committed. */
void still_note(still *still, const sqlite_store *store);
/* After the end of the transaction. What SQLite has kept of a file that was `changed` may be anything. */
void still_end(still *still, bool changed);

#endif
