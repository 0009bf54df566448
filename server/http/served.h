/* The catalog that is served: a store, the sessions on it, and its replacement while requests go on.
 *
 * A session can't be opened any more when the file has been renamed away. So those of
 * the threads that serve connections are opened at once with the store; those of the slow lane when they are wanted. A
 * request takes a
 * session, and gives it back; so a session belongs to one thread at a time, and to none in between. When the file at
 * the path was replaced, the next request opens the new one and the old one is closed when its last session comes back.
 * A new file that may not be swapped in leaves the old one in service; the reason is logged once, and the next attempts
 * follow four times a second while requests come. Thread-safe. */
#ifndef CAIRN_HTTP_SERVED_H
#define CAIRN_HTTP_SERVED_H

#include "store/store.h"

/* Whose sessions: of the threads that serve connections, or of the slow lane, which goes through much that is not asked
 * for again and so would push out of the others' caches what is. */
typedef enum cairn_session_kind { CAIRN_QUICK, CAIRN_SLOW, CAIRN_SESSION_KINDS } cairn_session_kind;

/* What only the kind of store knows. */
typedef struct cairn_served_ops {
    /* Opens what stands at the path, in the place of `served` when that is in service (NULL: the first opening). */
    cairn_code (*open)(void *context, const cairn_store *served, cairn_store **out, cairn_error *error);
    cairn_code (*open_session)(void *context, cairn_store *store, cairn_session_kind kind, cairn_session **out,
                               cairn_error *error);
    bool (*is_replaced)(const cairn_store *store);
    /* The same, on behalf of a session that is to begin at once. */
    bool (*look)(cairn_session *session);
    void *context;
} cairn_served_ops;

typedef struct cairn_served cairn_served;
typedef struct cairn_generation cairn_generation;

typedef struct cairn_lease {
    cairn_generation *generation;
    cairn_session *session;
    cairn_session_kind kind;
} cairn_lease;

/* At most so many sessions of each kind: one for each thread. */
cairn_code cairn_served_open(const cairn_served_ops *ops, const size_t most[CAIRN_SESSION_KINDS], cairn_served **out,
                             cairn_error *error);
/* No lease may be out. */
void cairn_served_close(cairn_served *catalog);

/* A session of the newest generation. Looks whether the file was replaced (one stat). `patient`: waits when another
 * thread is opening a replacement, instead of going on with the old one. CAIRN_BUSY when all sessions are out. Who
 * asks for a slow one may get a quick one, when none can be opened any more. */
cairn_code cairn_served_take(cairn_served *catalog, cairn_session_kind kind, bool patient, cairn_lease *lease,
                             cairn_error *error);
void cairn_served_give(cairn_served *catalog, cairn_lease *lease);

/* What is served: two equal ones say that all requests that were begun after the first was taken, and before the
 * second, are answered from the same catalog in the same state. */
typedef struct cairn_served_stamp {
    uint64_t generation; /* counted here */
    cairn_stamp stamp;
} cairn_served_stamp;
/* Without a session, in a microsecond or two. False when it can't be told, as when the file was replaced. */
bool cairn_served_get_stamp(cairn_served *catalog, cairn_served_stamp *out);

/* Looks at once, and says in the log what came of it: for SIGHUP. */
void cairn_served_look(cairn_served *catalog);

#endif
