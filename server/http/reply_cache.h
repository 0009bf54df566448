/* Whole replies that are kept, to be given again for the same question while nothing was committed: as long as the
 * stamp of what is served is the same. With the first request that has another stamp, all are dropped. What it holds is
 * bounded; who was not asked for longest goes first. Thread-safe; no lock is held for longer than a few comparisons.
 * Private to the server. */
#ifndef CAIRN_HTTP_REPLY_CACHE_H
#define CAIRN_HTTP_REPLY_CACHE_H

#include "http/reply.h"

typedef struct cairn_reply_cache cairn_reply_cache;

typedef struct cairn_kept {
    cairn_response facts; /* without its body */
    char etag[CAIRN_ETAG_SIZE];
    struct MHD_Response *made;
    uint64_t bytes; /* of the body */
    /* of the cache: */
    _Atomic unsigned references;
    uint64_t hash;
    size_t weight;
    struct cairn_kept *next;          /* in its bucket */
    struct cairn_kept *newer, *older; /* by their last use */
    size_t key_length;
    char key[];
} cairn_kept;

/* Holds at most so many bytes. NULL when out of memory. */
cairn_reply_cache *cairn_reply_cache_new(uint64_t max_bytes);
/* No reply may be held by anybody else. */
void cairn_reply_cache_free(cairn_reply_cache *cache);

/* The reply to the question `key`; NULL when there is none. The caller releases it. */
cairn_kept *cairn_reply_cache_find(cairn_reply_cache *cache, cairn_span key, const cairn_served_stamp *stamp);

/* Whether an answer may be kept: it is a whole one that depends on the question and the catalog only, and not too long
 * to be worth its place. */
bool cairn_reply_cache_wants(const cairn_reply_cache *cache, cairn_method method, const cairn_response *response);

/* Makes a reply of the response and keeps it. `stamp` was taken before the answer was worked out. Takes the body. The
 * caller releases it; NULL when out of memory. */
cairn_kept *cairn_reply_cache_add(cairn_reply_cache *cache, cairn_span key, const cairn_served_stamp *stamp,
                                  const cairn_reply *reply, cairn_response *response);
void cairn_kept_release(cairn_kept *kept);

#endif
