#include "indexer/pipeline.h"

#include "base/clock.h"
#include "indexer/batch.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

enum {
    LEAST_BATCHES = 3, /* one is written, one is worked on, one is filled */
    BATCHES = 16,      /* more are filled only in front of the end of a transaction, for workers to live on */
    CLAIM = 4,         /* records that a worker takes at once */
    TICK_MS = 200,
    BATCH_SECONDS = 2,
    DEFAULT_MAX_THREADS = 16,
};

/* Of the texts in flight, with which no more than the least are filled. */
static const size_t AHEAD_BYTES = (size_t)32 << 20;

typedef struct pipeline pipeline;

typedef struct worker {
    pipeline *pipeline;
    size_t index;
    cairn_tools *tools;
    pthread_t thread;
} worker;

struct pipeline {
    const cairn_pipeline_options *options;
    cairn_sources *sources;
    const cairn_sink *sink;
    cairn_batch batches[BATCHES]; /* a ring: in_flight of them from `oldest` on are sealed and not yet written */
    size_t oldest, in_flight;
    size_t bytes; /* of the texts in flight; for the calling thread only */
    bool sources_end;
    worker workers[CAIRN_PIPELINE_MAX_THREADS];
    size_t worker_n;
    bool quit;
    pthread_mutex_t lock; /* of oldest, in_flight, quit and the batches' counters */
    pthread_cond_t work, done;
};

/* ---- workers ---- */

/* The first sealed batch with records that nobody has claimed; under the lock. */
static cairn_batch *claimable(pipeline *p)
{
    for (size_t i = 0; i < p->in_flight; i++) {
        cairn_batch *batch = &p->batches[(p->oldest + i) % BATCHES];
        if (batch->claimed < batch->n)
            return batch;
    }
    return NULL;
}

static void work_on(worker *self, cairn_batch *batch)
{
    pipeline *p = self->pipeline;
    size_t first = batch->claimed;
    size_t n = batch->n - first < CLAIM ? batch->n - first : CLAIM;
    batch->claimed += n;
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < n; i++)
        cairn_work_on(self->tools, batch->arenas[self->index], &batch->outcomes[first + i]);
    pthread_mutex_lock(&p->lock);
    batch->done += n;
    if (batch->done == batch->n)
        pthread_cond_signal(&p->done);
}

static void *run_worker(void *context)
{
    worker *self = context;
    pipeline *p = self->pipeline;
    pthread_mutex_lock(&p->lock);
    while (!p->quit) {
        cairn_batch *batch = claimable(p);
        if (batch)
            work_on(self, batch);
        else
            pthread_cond_wait(&p->work, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static cairn_code start_workers(pipeline *p, cairn_error *error)
{
    cairn_work_options work = p->options->work;
    work.room = cairn_batch_room(p->options->batch_bytes + p->options->max_record_bytes);
    for (size_t i = 0; i < p->options->threads; i++) {
        worker *w = &p->workers[i];
        *w = (worker){.pipeline = p, .index = i, .tools = cairn_tools_new(&work)};
        int status = w->tools ? pthread_create(&w->thread, NULL, run_worker, w) : ENOMEM;
        if (status != 0) {
            cairn_tools_free(w->tools);
            if (i == 0)
                return cairn_error_set(error, CAIRN_NOMEM, "no thread can be started: %s", strerror(status));
            break;
        }
        p->worker_n++;
    }
    return CAIRN_OK;
}

static void stop_workers(pipeline *p)
{
    pthread_mutex_lock(&p->lock);
    p->quit = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->worker_n; i++) {
        pthread_join(p->workers[i].thread, NULL);
        cairn_tools_free(p->workers[i].tools);
    }
}

/* ---- the calling thread ---- */

static bool is_full(const pipeline *p, const cairn_batch *batch)
{
    return batch->n >= p->options->batch_records || batch->text.n >= p->options->batch_bytes;
}

static cairn_code fill(pipeline *p, cairn_batch *batch, cairn_error *error)
{
    int64_t until = cairn_clock_now() + BATCH_SECONDS * CAIRN_SECOND;
    cairn_batch_reset(batch);
    while (!is_full(p, batch)) {
        cairn_record record;
        bool more = false;
        cairn_code code = cairn_sources_next(p->sources, &record, &more, error);
        if (code != CAIRN_OK)
            return code;
        p->sources_end = !more;
        if (!more)
            break;
        if (!cairn_batch_add(batch, &record))
            return cairn_error_set(error, CAIRN_NOMEM, "out of memory for a batch: --batch makes it smaller");
        if (cairn_clock_now() > until)
            break;
    }
    cairn_batch_seal(batch);
    return CAIRN_OK;
}

static cairn_code read_batch(pipeline *p, cairn_error *error)
{
    cairn_batch *batch = &p->batches[(p->oldest + p->in_flight) % BATCHES];
    cairn_code code = fill(p, batch, error);
    if (code != CAIRN_OK || batch->n == 0)
        return code;
    pthread_mutex_lock(&p->lock);
    p->in_flight++;
    p->bytes += batch->text.n;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    return CAIRN_OK;
}

/* Until a source is slow. */
static cairn_code read_ahead(pipeline *p, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    size_t before = p->in_flight - 1;
    while (code == CAIRN_OK && !p->sources_end && p->in_flight > before && p->in_flight < BATCHES &&
           p->bytes < AHEAD_BYTES && is_full(p, &p->batches[(p->oldest + p->in_flight - 1) % BATCHES])) {
        before = p->in_flight;
        code = read_batch(p, error);
    }
    return code;
}

static cairn_code write_batch(pipeline *p, cairn_error *error)
{
    const cairn_batch *batch = &p->batches[p->oldest];
    const cairn_sink *sink = p->sink;
    for (size_t i = 0; i < batch->n; i++) {
        cairn_code code = sink->take(sink->context, &batch->outcomes[i], error);
        if (code != CAIRN_OK)
            return code;
    }
    cairn_code code = sink->ends && sink->ends(sink->context) ? read_ahead(p, error) : CAIRN_OK;
    if (code == CAIRN_OK)
        code = sink->commit(sink->context, error);
    pthread_mutex_lock(&p->lock);
    p->oldest = (p->oldest + 1) % BATCHES;
    p->in_flight--;
    p->bytes -= batch->text.n;
    pthread_mutex_unlock(&p->lock);
    return code;
}

/* Waits for the oldest batch for one tick at most. */
static void wait_a_tick(pipeline *p)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_MS * CAIRN_MILLISECOND;
    until.tv_sec += until.tv_nsec / CAIRN_SECOND;
    until.tv_nsec %= CAIRN_SECOND;
    pthread_mutex_lock(&p->lock);
    const cairn_batch *batch = &p->batches[p->oldest];
    int status = 0;
    while (batch->done < batch->n && status == 0)
        status = pthread_cond_timedwait(&p->done, &p->lock, &until);
    pthread_mutex_unlock(&p->lock);
}

static bool is_oldest_done(pipeline *p)
{
    pthread_mutex_lock(&p->lock);
    const cairn_batch *batch = &p->batches[p->oldest];
    bool done = p->in_flight > 0 && batch->done == batch->n;
    pthread_mutex_unlock(&p->lock);
    return done;
}

static cairn_code run(pipeline *p, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    while (code == CAIRN_OK && (p->in_flight > 0 || !p->sources_end)) {
        if (is_oldest_done(p))
            code = write_batch(p, error);
        else if (!p->sources_end && p->in_flight < LEAST_BATCHES)
            code = read_batch(p, error);
        else
            wait_a_tick(p);
        p->sink->tick(p->sink->context);
    }
    return code;
}

static void init_locks(pipeline *p)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->done, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void free_pipeline(pipeline *p)
{
    for (size_t i = 0; i < BATCHES; i++)
        cairn_batch_free(&p->batches[i]);
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->done);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

cairn_code cairn_pipeline_run(cairn_sources *sources, const cairn_pipeline_options *options, const cairn_sink *sink,
                              cairn_error *error)
{
    pipeline *p = calloc(1, sizeof *p);
    if (!p)
        return cairn_error_no_memory(error);
    p->options = options;
    p->sources = sources;
    p->sink = sink;
    init_locks(p);
    bool ok = true;
    for (size_t i = 0; i < BATCHES; i++)
        ok = cairn_batch_init(&p->batches[i], options->threads, options->batch_bytes + options->max_record_bytes) && ok;
    cairn_code code = ok ? start_workers(p, error) : cairn_error_no_memory(error);
    if (code == CAIRN_OK)
        code = run(p, error);
    stop_workers(p);
    free_pipeline(p);
    return code;
}

size_t cairn_pipeline_default_threads(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > DEFAULT_MAX_THREADS ? DEFAULT_MAX_THREADS : n < 1 ? 1 : (size_t)n;
}
