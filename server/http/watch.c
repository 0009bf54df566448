#include "http/watch.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define LOOK_EVERY (CAIRN_SECOND / 4)
#define CUT        INT64_C(-1)

struct cairn_guard {
    cairn_guard *next, *previous;
    int socket;
    cairn_address peer;
    int64_t since;
    _Atomic int64_t deadline; /* 0: none; CUT: the socket was shut */
    _Atomic int phase;
    int file; /* -1: none; with its end under the watch's lock */
    uint64_t file_end;
};

struct cairn_watch {
    const char *late_reply;
    pthread_t thread;
    pthread_mutex_t lock; /* the list, `stop`, the files of guards */
    pthread_cond_t wake;
    bool stop;
    cairn_guard *first;
};

static void cut_if_late(const cairn_watch *watch, cairn_guard *guard, int64_t now)
{
    int64_t deadline = atomic_load(&guard->deadline);
    if (deadline <= 0 || now < deadline || !atomic_compare_exchange_strong(&guard->deadline, &deadline, CUT))
        return;
    if (atomic_load(&guard->phase) == CAIRN_READING)
        (void)!send(guard->socket, watch->late_reply, strlen(watch->late_reply), MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(guard->socket, SHUT_RDWR);
}

static void cut_if_short(cairn_guard *guard)
{
    struct stat status;
    if (guard->file < 0 || fstat(guard->file, &status) != 0 || (uint64_t)status.st_size >= guard->file_end)
        return;
    atomic_store(&guard->deadline, CUT);
    shutdown(guard->socket, SHUT_RDWR);
}

static void *run(void *context)
{
    cairn_watch *watch = context;
    pthread_mutex_lock(&watch->lock);
    while (!watch->stop) {
        int64_t now = cairn_clock_now(), next = now + LOOK_EVERY;
        for (cairn_guard *guard = watch->first; guard; guard = guard->next) {
            cut_if_late(watch, guard, now);
            cut_if_short(guard);
        }
        struct timespec until = {(time_t)(next / CAIRN_SECOND), (long)(next % CAIRN_SECOND)};
        pthread_cond_timedwait(&watch->wake, &watch->lock, &until);
    }
    pthread_mutex_unlock(&watch->lock);
    return NULL;
}

cairn_watch *cairn_watch_new(const char *late_reply)
{
    pthread_condattr_t attributes;
    cairn_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    watch->late_reply = late_reply;
    pthread_mutex_init(&watch->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&watch->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&watch->thread, NULL, run, watch) == 0)
        return watch;
    pthread_cond_destroy(&watch->wake);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
    return NULL;
}

void cairn_watch_free(cairn_watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    watch->stop = true;
    pthread_cond_signal(&watch->wake);
    pthread_mutex_unlock(&watch->lock);
    pthread_join(watch->thread, NULL);
    pthread_cond_destroy(&watch->wake);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

cairn_guard *cairn_watch_add(cairn_watch *watch, int socket, const cairn_address *peer, int64_t deadline)
{
    cairn_guard *guard = calloc(1, sizeof *guard);
    if (!guard)
        return NULL;
    guard->socket = socket;
    guard->peer = *peer;
    guard->since = cairn_clock_now();
    guard->file = -1;
    atomic_init(&guard->deadline, deadline);
    atomic_init(&guard->phase, CAIRN_FRESH);
    pthread_mutex_lock(&watch->lock);
    guard->next = watch->first;
    if (guard->next)
        guard->next->previous = guard;
    watch->first = guard;
    pthread_mutex_unlock(&watch->lock);
    return guard;
}

void cairn_watch_remove(cairn_watch *watch, cairn_guard *guard)
{
    pthread_mutex_lock(&watch->lock);
    if (guard->previous)
        guard->previous->next = guard->next;
    else
        watch->first = guard->next;
    if (guard->next)
        guard->next->previous = guard->previous;
    pthread_mutex_unlock(&watch->lock);
    free(guard);
}

/* The deadline goes first: as long as it is the old one, the watch may judge by the old phase. */
bool cairn_guard_set(cairn_guard *guard, cairn_phase phase, int64_t deadline)
{
    int64_t old = atomic_load(&guard->deadline);
    do {
        if (old == CUT)
            return false;
    } while (!atomic_compare_exchange_weak(&guard->deadline, &old, deadline));
    atomic_store(&guard->phase, phase);
    return true;
}

cairn_phase cairn_guard_phase(const cairn_guard *guard)
{
    return (cairn_phase)atomic_load(&guard->phase);
}

void cairn_guard_set_file(cairn_watch *watch, cairn_guard *guard, int fd, uint64_t end)
{
    pthread_mutex_lock(&watch->lock);
    guard->file = fd;
    guard->file_end = end;
    pthread_mutex_unlock(&watch->lock);
}

size_t cairn_watch_busy(cairn_watch *watch, int64_t fresh_for)
{
    size_t n = 0;
    int64_t now = cairn_clock_now();
    pthread_mutex_lock(&watch->lock);
    for (const cairn_guard *guard = watch->first; guard; guard = guard->next) {
        cairn_phase phase = cairn_guard_phase(guard);
        n += phase == CAIRN_READING || phase == CAIRN_ANSWERING ||
             (phase == CAIRN_FRESH && now - guard->since < fresh_for);
    }
    pthread_mutex_unlock(&watch->lock);
    return n;
}

size_t cairn_watch_count(cairn_watch *watch, const cairn_address *peer)
{
    size_t n = 0;
    pthread_mutex_lock(&watch->lock);
    for (const cairn_guard *guard = watch->first; guard; guard = guard->next)
        n += memcmp(guard->peer.bytes, peer->bytes, sizeof peer->bytes) == 0;
    pthread_mutex_unlock(&watch->lock);
    return n;
}
