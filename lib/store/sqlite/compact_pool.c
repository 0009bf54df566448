#include "store/sqlite/compact.h"

#include "store/properties.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_THREADS = 64 };

typedef struct worker {
    compact_pool *pool;
    cairn_framer *framer;
    cairn_codec *codec;
    pthread_t thread;
} worker;

struct compact_pool {
    worker *workers;
    unsigned n;
    /* What is being done: */
    const cairn_dictionary *dictionary; /* NULL: into the fast form */
    size_t number;
    compact_item *items;
    size_t n_items;
    atomic_size_t next;
};

static unsigned processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (unsigned)n;
}

compact_pool *compact_pool_new(unsigned threads)
{
    unsigned n = threads ? threads : processors();
    compact_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->n = n < MOST_THREADS ? n : MOST_THREADS;
    pool->workers = calloc(pool->n, sizeof *pool->workers);
    bool ok = pool->workers != NULL;
    for (unsigned i = 0; ok && i < pool->n; i++) {
        pool->workers[i] =
            (worker){.pool = pool, .framer = cairn_framer_new(), .codec = cairn_codec_new(COMPACT_FAST_LEVEL)};
        ok = pool->workers[i].framer && pool->workers[i].codec;
    }
    if (ok)
        return pool;
    compact_pool_free(pool);
    return NULL;
}

void compact_pool_free(compact_pool *pool)
{
    if (!pool)
        return;
    for (unsigned i = 0; pool->workers && i < pool->n; i++) {
        cairn_framer_free(pool->workers[i].framer);
        cairn_codec_free(pool->workers[i].codec);
    }
    free(pool->workers);
    free(pool);
}

static bool pack_compact(const worker *self, compact_item *item, cairn_span patch)
{
    const cairn_compactor with = {self->framer, self->pool->dictionary, self->pool->number};
    cairn_span open = cairn_buf_span(&item->open);
    return cairn_compact_pack(&with, CAIRN_PATTERN_NONE, patch, &item->out, &item->source) &&
           cairn_compact_item(&with, open, cairn_properties_of(open), &item->out, &item->body, &item->properties);
}

static bool pack_fast(const worker *self, compact_item *item, cairn_span patch)
{
    cairn_span open = cairn_buf_span(&item->open);
    return cairn_pack(self->codec, patch, &item->out, &item->source) &&
           cairn_properties_pack(self->codec, open, cairn_properties_of(open), &item->out, &item->body,
                                 &item->properties);
}

static void pack(const worker *self, compact_item *item)
{
    cairn_span patch = item->has_patch ? cairn_buf_span(&item->patch) : CAIRN_SPAN_NONE;
    cairn_buf_reset(&item->out);
    item->packed = self->pool->dictionary ? pack_compact(self, item, patch) : pack_fast(self, item, patch);
    if (item->has_patch) /* it comes first, and may have been moved since */
        item->source.bytes.p = item->out.p;
}

static void *work(void *context)
{
    worker *self = context;
    compact_pool *pool = self->pool;
    for (size_t at; (at = atomic_fetch_add(&pool->next, 1)) < pool->n_items;)
        pack(self, &pool->items[at]);
    return NULL;
}

/* The calling thread is the first of them. A thread that can't be started is done without. */
void compact_pool_run(compact_pool *pool, const cairn_dictionary *dictionary, size_t number, compact_item *items,
                      size_t n)
{
    unsigned started = 1;
    pool->dictionary = dictionary;
    pool->number = number;
    pool->items = items;
    pool->n_items = n;
    atomic_store(&pool->next, 0);
    while (started < pool->n && started < n &&
           pthread_create(&pool->workers[started].thread, NULL, work, &pool->workers[started]) == 0)
        started++;
    work(&pool->workers[0]);
    for (unsigned i = 1; i < started; i++)
        pthread_join(pool->workers[i].thread, NULL);
}
