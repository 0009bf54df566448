#include "http/lane.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { NICER = 5 };

struct cairn_lane {
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t wake;
    cairn_job *first, *last;
    size_t taken; /* places: reserved or waiting */
    size_t most;
    bool closing;
    size_t n_threads;
    pthread_t *threads;
};

/* On Linux the calling thread's own. That it may not be set is no harm. */
static void be_nice(void)
{
    setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + NICER);
}

/* Under the lock. NULL: there is nothing left to do. A place that is reserved will be filled. */
static cairn_job *wait_for_job(cairn_lane *lane)
{
    while (!lane->first && !(lane->closing && !lane->taken))
        pthread_cond_wait(&lane->wake, &lane->lock);
    cairn_job *job = lane->first;
    if (!job)
        return NULL;
    lane->first = job->next;
    if (!lane->first)
        lane->last = NULL;
    if (--lane->taken == 0 && lane->closing)
        pthread_cond_broadcast(&lane->wake);
    return job;
}

static void *run(void *context)
{
    cairn_lane *lane = context;
    cairn_job *job;
    be_nice();
    pthread_mutex_lock(&lane->lock);
    while ((job = wait_for_job(lane)) != NULL) {
        bool closing = lane->closing;
        pthread_mutex_unlock(&lane->lock);
        job->run(job, closing);
        pthread_mutex_lock(&lane->lock);
    }
    pthread_mutex_unlock(&lane->lock);
    return NULL;
}

static bool start_threads(cairn_lane *lane, size_t n)
{
    pthread_attr_t attributes;
    bool ok = true;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setstacksize(&attributes, CAIRN_STACK_BYTES);
    for (; ok && lane->n_threads < n; lane->n_threads += ok)
        ok = pthread_create(&lane->threads[lane->n_threads], &attributes, run, lane) == 0;
    pthread_attr_destroy(&attributes);
    return ok;
}

cairn_lane *cairn_lane_new(size_t threads, size_t most_waiting)
{
    cairn_lane *lane = calloc(1, sizeof *lane);
    if (!lane)
        return NULL;
    lane->most = most_waiting;
    lane->threads = calloc(threads, sizeof *lane->threads);
    pthread_mutex_init(&lane->lock, NULL);
    pthread_cond_init(&lane->wake, NULL);
    if (lane->threads && start_threads(lane, threads))
        return lane;
    cairn_lane_close(lane);
    cairn_lane_free(lane);
    return NULL;
}

bool cairn_lane_reserve(cairn_lane *lane, bool must)
{
    pthread_mutex_lock(&lane->lock);
    bool may = !lane->closing && (must || lane->taken < lane->most);
    lane->taken += may;
    pthread_mutex_unlock(&lane->lock);
    return may;
}

void cairn_lane_add(cairn_lane *lane, cairn_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&lane->lock);
    if (lane->last)
        lane->last->next = job;
    else
        lane->first = job;
    lane->last = job;
    pthread_cond_signal(&lane->wake);
    pthread_mutex_unlock(&lane->lock);
}

void cairn_lane_close(cairn_lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    lane->closing = true;
    pthread_cond_broadcast(&lane->wake);
    pthread_mutex_unlock(&lane->lock);
    while (lane->n_threads)
        pthread_join(lane->threads[--lane->n_threads], NULL);
}

void cairn_lane_free(cairn_lane *lane)
{
    pthread_cond_destroy(&lane->wake);
    pthread_mutex_destroy(&lane->lock);
    free(lane->threads);
    free(lane);
}
