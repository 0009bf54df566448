/* The default store: one SQLite file. Layout: schema/README.md.
 *
 * At rest the file is in rollback mode and alone: whoever may read it can use it, without write permission on file or
 * folder. While a writer works on a local disk it is in WAL mode; the writer is the only one that checkpoints, and goes
 * back to rollback mode at its end unless somebody else (a daemon) has the file open. On network file systems the
 * writer stays in rollback mode. A -wal beside a file in rollback mode belongs to another catalog that stood there
 * before: it is refused. */
#ifndef CAIRN_STORE_SQLITE_SQLITE_STORE_H
#define CAIRN_STORE_SQLITE_SQLITE_STORE_H

#include "store/store.h"

typedef struct cairn_sqlite_options {
    bool immutable; /* the file never changes under us: no locks are taken (read-only media, file systems without locks)
                     */
    int busy_ms;    /* how long a session waits for a lock; 0: default 5,000 */
    int lock_wait_ms;    /* how long a writer waits for another writer; negative: for ever; 0: not at all */
    uint64_t mmap_bytes; /* memory map at most so much; 0: none, since SQLite then checks a page's cells on every use */
    uint64_t cache_bytes;      /* page cache of a session; 0: default 64 MB */
    uint64_t item_cache_bytes; /* unpacked texts that a session keeps, for who asks for texts only; 0: none */
    bool still; /* sessions read without locks while nothing is written. When something was, cairn_session_end() says
                   CAIRN_CONFLICT, and the same session may be asked again. Not with mmap_bytes */
    bool alone; /* the caller has just made the catalog, and nobody else is expected to have it open: a writer may
                   keep readers waiting while it commits, and writes each page once instead of twice. Ends when
                   the catalog has so many items that its indexes are made at the end */
    uint64_t late_from;  /* items that a new catalog gets with all indexes; more: these are made at the end. 0: usual */
    const char *program; /* who we are, written into the lock file: "cairn ingest" */
} cairn_sqlite_options;

/* Makes an empty catalog: under a temporary name in the same folder, then renamed when it is whole and synced.
 * CAIRN_CONFLICT when `path` exists. */
cairn_code cairn_sqlite_create(const char *path, cairn_error *error);

/* Opens an existing catalog for reading (sessions) and, if asked (writer_open), for writing. Checks magic, schema
 * version (a newer one: CAIRN_UNSUPPORTED saying which program version is needed; an older one is migrated when it is
 * opened for writing, and a session on it is refused before that), and a foreign -wal. `options` may be NULL. */
cairn_code cairn_sqlite_open(const char *path, const cairn_sqlite_options *options, cairn_store **out,
                             cairn_error *error);

/* True when the file at the store's path is no longer the one that is open (another inode), or was changed under an
 * immutable opening. Cheap: one stat(). */
bool cairn_sqlite_is_replaced(const cairn_store *store);

/* The same of the store of a session that is about to begin: what is seen of the file now, cairn_session_begin()
 * doesn't look at again. */
bool cairn_sqlite_look(cairn_session *session);

/* Another size of the session's page cache than the store's option says. */
cairn_code cairn_sqlite_set_cache(cairn_session *session, uint64_t bytes, cairn_error *error);

/* Opens what stands at `path` now in the place of `served`. Another file must be in rollback mode, without a foreign
 * -wal: else CAIRN_CONFLICT says the way out. The same file, changed under an immutable opening, is opened as it is. */
cairn_code cairn_sqlite_open_swapped(const char *path, const cairn_sqlite_options *options, const cairn_store *served,
                                     cairn_store **out, cairn_error *error);

/* Brings a catalog that a finished writer left in WAL mode back to one file, if nobody else has it open and we may
 * write. Silent otherwise. Called by a daemon after it closed the store. */
void cairn_sqlite_tidy(const char *path);

/* From here on SQLite's temporary files stand beside the catalog, unless the environment says where (SQLITE_TMPDIR,
 * TMPDIR): they may be as large as it. Not when there are threads. */
void cairn_sqlite_temporary_beside(const char *path);

/* At the start of a program, before anything else uses SQLite (PROJ does, too): it need not add up what memory it has,
 * which nobody asks for, under a lock that all threads share. */
void cairn_sqlite_setup(void);

const char *cairn_sqlite_version(void);

#endif
