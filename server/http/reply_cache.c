#include "http/reply_cache.h"

#include "base/secret.h"

#include <stdlib.h>

/* Somebody may choose targets that fall into one bucket: then these crowd each other out, and nobody waits. */
enum { BUCKET_MOST = 8, BYTES_A_BUCKET = 4096, BUCKETS_LEAST = 64 };
/* What libmicrohttpd keeps of a reply, its fields included, roughly. */
enum { REPLY_OVERHEAD = 1536, PART_OF_ALL = 16 };

struct cairn_reply_cache {
    size_t max_bytes, n_buckets; /* a power of two */
    pthread_mutex_t lock;        /* of what follows */
    bool stamped;
    cairn_served_stamp stamp; /* of all that is kept */
    size_t bytes;
    cairn_kept **buckets;
    cairn_kept *newest, *oldest;
};

cairn_reply_cache *cairn_reply_cache_new(uint64_t max_bytes)
{
    cairn_reply_cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return NULL;
    cache->max_bytes = max_bytes < SIZE_MAX ? (size_t)max_bytes : SIZE_MAX;
    cache->n_buckets = BUCKETS_LEAST;
    while (cache->n_buckets < cache->max_bytes / BYTES_A_BUCKET)
        cache->n_buckets *= 2;
    cache->buckets = calloc(cache->n_buckets, sizeof(cairn_kept *));
    if (!cache->buckets) {
        free(cache);
        return NULL;
    }
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void cairn_kept_release(cairn_kept *kept)
{
    if (atomic_fetch_sub(&kept->references, 1) > 1)
        return;
    MHD_destroy_response(kept->made);
    free(kept);
}

/* ---- under the lock: what is taken out is put on a list, to be released when the lock is given back ---- */

static void link_newest(cairn_reply_cache *cache, cairn_kept *kept)
{
    kept->newer = NULL;
    kept->older = cache->newest;
    if (kept->older)
        kept->older->newer = kept;
    else
        cache->oldest = kept;
    cache->newest = kept;
}

static void unlink_age(cairn_reply_cache *cache, cairn_kept *kept)
{
    if (kept->newer)
        kept->newer->older = kept->older;
    else
        cache->newest = kept->older;
    if (kept->older)
        kept->older->newer = kept->newer;
    else
        cache->oldest = kept->newer;
}

static cairn_kept **bucket_of(const cairn_reply_cache *cache, uint64_t hash)
{
    return &cache->buckets[hash & (cache->n_buckets - 1)];
}

static void take_out(cairn_reply_cache *cache, cairn_kept *kept, cairn_kept **gone)
{
    cairn_kept **at = bucket_of(cache, kept->hash);
    while (*at != kept)
        at = &(*at)->next;
    *at = kept->next;
    unlink_age(cache, kept);
    cache->bytes -= kept->weight;
    kept->next = *gone;
    *gone = kept;
}

static bool same_stamp(const cairn_served_stamp *a, const cairn_served_stamp *b)
{
    return a->generation == b->generation && memcmp(a->stamp.bytes, b->stamp.bytes, sizeof a->stamp.bytes) == 0;
}

/* From now on, what is kept has this stamp. */
static void follow(cairn_reply_cache *cache, const cairn_served_stamp *stamp, cairn_kept **gone)
{
    if (cache->stamped && same_stamp(&cache->stamp, stamp))
        return;
    while (cache->oldest)
        take_out(cache, cache->oldest, gone);
    cache->stamp = *stamp;
    cache->stamped = true;
}

static cairn_kept *find(const cairn_reply_cache *cache, uint64_t hash, cairn_span key)
{
    for (cairn_kept *kept = *bucket_of(cache, hash); kept; kept = kept->next)
        if (kept->hash == hash && cairn_span_equal(cairn_span_make(kept->key, kept->key_length), key))
            return kept;
    return NULL;
}

/* The one of the bucket that is to go when another comes: its last one, when it is full. */
static cairn_kept *crowded_out(cairn_kept *first)
{
    size_t n = 1;
    for (; first && first->next; first = first->next)
        n++;
    return n >= BUCKET_MOST ? first : NULL;
}

static void put_in(cairn_reply_cache *cache, cairn_kept *kept, cairn_kept **gone)
{
    cairn_kept *same = find(cache, kept->hash, cairn_span_make(kept->key, kept->key_length));
    if (same)
        take_out(cache, same, gone);
    cairn_kept **bucket = bucket_of(cache, kept->hash);
    cairn_kept *last = crowded_out(*bucket);
    if (last)
        take_out(cache, last, gone);
    while (cache->oldest && kept->weight > cache->max_bytes - cache->bytes)
        take_out(cache, cache->oldest, gone);
    kept->next = *bucket;
    *bucket = kept;
    link_newest(cache, kept);
    cache->bytes += kept->weight;
    atomic_fetch_add(&kept->references, 1);
}

static void release_all(cairn_kept *gone)
{
    while (gone) {
        /* Each is on the list once, and the list has a reference to it, which the analyser cannot see. */
        cairn_kept *next = gone->next; /* NOLINT(clang-analyzer-unix.Malloc) */
        cairn_kept_release(gone);
        gone = next;
    }
}

/* ---- outside of it ---- */

void cairn_reply_cache_free(cairn_reply_cache *cache)
{
    cairn_kept *gone = NULL;
    if (!cache)
        return;
    while (cache->oldest)
        take_out(cache, cache->oldest, &gone);
    release_all(gone);
    pthread_mutex_destroy(&cache->lock);
    free(cache->buckets);
    free(cache);
}

cairn_kept *cairn_reply_cache_find(cairn_reply_cache *cache, cairn_span key, const cairn_served_stamp *stamp)
{
    cairn_kept *gone = NULL;
    uint64_t hash = cairn_hash64(key);
    pthread_mutex_lock(&cache->lock);
    follow(cache, stamp, &gone);
    cairn_kept *kept = find(cache, hash, key);
    if (kept) {
        unlink_age(cache, kept);
        link_newest(cache, kept);
        atomic_fetch_add(&kept->references, 1);
    }
    pthread_mutex_unlock(&cache->lock);
    release_all(gone);
    return kept;
}

static size_t weight_of(size_t key, size_t body)
{
    return sizeof(cairn_kept) + key + body + REPLY_OVERHEAD;
}

bool cairn_reply_cache_wants(const cairn_reply_cache *cache, cairn_method method, const cairn_response *response)
{
    return (response->cacheable || method == CAIRN_POST) && response->status == 200 && !response->momentary &&
           !response->private_seconds && !response->stream && !response->location.p && !response->body.failed &&
           response->body.n < cache->max_bytes / PART_OF_ALL;
}

static cairn_kept *kept_new(cairn_span key, const cairn_reply *reply, cairn_response *response)
{
    cairn_kept *kept = malloc(sizeof *kept + key.n);
    char *exact = kept && response->body.n ? realloc(response->body.p, response->body.n) : NULL;
    if (exact) {
        response->body.p = exact;
        response->body.cap = response->body.n;
    }
    if (!kept) {
        cairn_buf_free(&response->body);
        return NULL;
    }
    *kept = (cairn_kept){.bytes = response->body.n, .hash = cairn_hash64(key), .key_length = key.n};
    kept->weight = weight_of(key.n, response->body.n);
    memcpy(kept->key, key.p, key.n);
    atomic_init(&kept->references, 1);
    kept->made = cairn_reply_make(reply, response, kept->etag);
    kept->facts = *response;
    kept->facts.body = (cairn_buf)CAIRN_BUF_INIT(0);
    if (kept->made)
        return kept;
    free(kept);
    return NULL;
}

cairn_kept *cairn_reply_cache_add(cairn_reply_cache *cache, cairn_span key, const cairn_served_stamp *stamp,
                                  const cairn_reply *reply, cairn_response *response)
{
    cairn_kept *gone = NULL;
    cairn_kept *kept = kept_new(key, reply, response);
    if (!kept || kept->weight > cache->max_bytes)
        return kept;
    pthread_mutex_lock(&cache->lock);
    /* Else something was committed meanwhile: the reply is good for who has asked, and nobody else. */
    if (cache->stamped && same_stamp(&cache->stamp, stamp))
        put_in(cache, kept, &gone);
    pthread_mutex_unlock(&cache->lock);
    release_all(gone);
    return kept;
}
