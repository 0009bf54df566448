#include "http/served.h"

#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>
#include <stdlib.h>

#define RETRY_AFTER (CAIRN_SECOND / 4)
enum { OPEN_ATTEMPTS = 5, INFO_MEMORY = 1 << 20 };

/* Sessions of one kind. */
typedef struct shelf {
    cairn_session **idle; /* a stack with room for all of them */
    size_t n_idle;
    size_t n_open; /* idle, lent, or being opened */
} shelf;

struct cairn_generation {
    cairn_store *store;
    shelf shelves[CAIRN_SESSION_KINDS];
    size_t references; /* leases, and one while it is current */
    uint64_t number;
};

struct cairn_served {
    cairn_served_ops ops;
    size_t most[CAIRN_SESSION_KINDS]; /* sessions */
    pthread_mutex_t lock;             /* current, and all generations' members */
    uint64_t generations;             /* that were current */
    cairn_generation *current;
    pthread_mutex_t swapping; /* held while a replacement is opened; guards what follows */
    int64_t next_try;
    cairn_error refused; /* the reason that was logged last */
};

static void generation_free(cairn_generation *generation)
{
    for (size_t kind = 0; kind < CAIRN_SESSION_KINDS; kind++) {
        shelf *shelf = &generation->shelves[kind];
        while (shelf->n_idle)
            cairn_session_close(shelf->idle[--shelf->n_idle]);
        free(shelf->idle);
    }
    if (generation->store)
        cairn_store_close(generation->store);
    free(generation);
}

static cairn_generation *generation_new(const cairn_served *catalog)
{
    cairn_generation *generation = calloc(1, sizeof *generation);
    bool ok = generation;
    for (size_t kind = 0; ok && kind < CAIRN_SESSION_KINDS; kind++) {
        generation->shelves[kind].idle = calloc(catalog->most[kind], sizeof(cairn_session *));
        ok = generation->shelves[kind].idle;
    }
    if (ok || !generation)
        return generation;
    generation_free(generation);
    return NULL;
}

/* Reads with a session once, so that it holds all its files. */
static cairn_code read_once(cairn_session *session, cairn_error *error)
{
    cairn_catalog_info info;
    cairn_arena *arena = cairn_arena_new(INFO_MEMORY);
    cairn_code code = arena ? cairn_session_begin(session, 0, error) : cairn_error_no_memory(error);
    if (!code) {
        code = cairn_session_info(session, arena, &info, error);
        cairn_code end = cairn_session_end(session, code ? NULL : error);
        code = code ? code : end;
    }
    cairn_arena_free(arena);
    return code;
}

static cairn_code open_session(const cairn_served *catalog, const cairn_generation *generation, cairn_session_kind kind,
                               cairn_session **out, cairn_error *error)
{
    cairn_code code = catalog->ops.open_session(catalog->ops.context, generation->store, kind, out, error);
    if (code)
        return code;
    code = read_once(*out, error);
    if (code)
        cairn_session_close(*out);
    return code;
}

static cairn_code open_quick(const cairn_served *catalog, cairn_generation *generation, cairn_error *error)
{
    shelf *shelf = &generation->shelves[CAIRN_QUICK];
    cairn_code code = CAIRN_OK;
    while (!code && shelf->n_idle < catalog->most[CAIRN_QUICK]) {
        code = open_session(catalog, generation, CAIRN_QUICK, &shelf->idle[shelf->n_idle], error);
        shelf->n_idle += !code;
    }
    shelf->n_open = shelf->n_idle;
    return code;
}

static cairn_code generation_open(const cairn_served *catalog, const cairn_store *served, cairn_generation **out,
                                  cairn_error *error)
{
    cairn_generation *generation = generation_new(catalog);
    if (!generation)
        return cairn_error_no_memory(error);
    cairn_code code = catalog->ops.open(catalog->ops.context, served, &generation->store, error);
    if (!code)
        code = open_quick(catalog, generation, error);
    /* Replaced between the store and its sessions: these may be of another file. */
    if (!code && catalog->ops.is_replaced(generation->store))
        code = cairn_error_set(error, CAIRN_CONFLICT, "the catalog was replaced while it was opened");
    if (code) {
        generation_free(generation);
        return code;
    }
    generation->references = 1;
    *out = generation;
    return CAIRN_OK;
}

static cairn_code generation_open_steady(const cairn_served *catalog, const cairn_store *served, cairn_generation **out,
                                         cairn_error *error)
{
    cairn_code code = CAIRN_CONFLICT;
    for (int i = 0; i < OPEN_ATTEMPTS && code == CAIRN_CONFLICT; i++) {
        cairn_error_clear(error);
        code = generation_open(catalog, served, out, error);
    }
    return code;
}

/* Under the lock: true when the caller must free it after unlocking. */
static bool unreference(cairn_generation *generation)
{
    return --generation->references == 0;
}

static void install(cairn_served *catalog, cairn_generation *generation)
{
    pthread_mutex_lock(&catalog->lock);
    cairn_generation *old = catalog->current;
    catalog->current = generation;
    generation->number = ++catalog->generations;
    bool unused = old && unreference(old);
    pthread_mutex_unlock(&catalog->lock);
    if (unused)
        generation_free(old);
}

static void log_refusal(cairn_served *catalog, const cairn_error *error)
{
    if (catalog->refused.code == error->code && strcmp(catalog->refused.message, error->message) == 0)
        return;
    catalog->refused = *error;
    cairn_log(CAIRN_LOG_ERROR, "the new catalog is not taken, the old one stays in service: %s", error->message);
}

/* Holds `swapping`. */
static void swap(cairn_served *catalog)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_generation *generation;
    /* Only a thread that holds `swapping` takes the current one out of service, so it can be looked at. */
    if (generation_open_steady(catalog, catalog->current->store, &generation, &error)) {
        catalog->next_try = cairn_clock_now() + RETRY_AFTER;
        log_refusal(catalog, &error);
        return;
    }
    install(catalog, generation);
    catalog->next_try = 0;
    cairn_error_clear(&catalog->refused);
    cairn_log(CAIRN_LOG_INFO, "the catalog was replaced; the new one is served");
}

/* Current, with a reference of the caller's. */
static cairn_generation *hold(cairn_served *catalog)
{
    pthread_mutex_lock(&catalog->lock);
    cairn_generation *generation = catalog->current;
    generation->references++;
    pthread_mutex_unlock(&catalog->lock);
    return generation;
}

static void let_go(cairn_served *catalog, cairn_generation *generation)
{
    pthread_mutex_lock(&catalog->lock);
    bool unused = unreference(generation);
    pthread_mutex_unlock(&catalog->lock);
    if (unused)
        generation_free(generation);
}

static bool is_replaced(cairn_served *catalog)
{
    cairn_generation *generation = hold(catalog);
    bool replaced = catalog->ops.is_replaced(generation->store);
    let_go(catalog, generation);
    return replaced;
}

bool cairn_served_get_stamp(cairn_served *catalog, cairn_served_stamp *out)
{
    cairn_generation *generation = hold(catalog);
    bool told = cairn_store_stamp(generation->store, &out->stamp);
    out->generation = generation->number;
    let_go(catalog, generation);
    return told;
}

/* The file was seen to be another. One thread opens it; the others go on with the old one meanwhile. */
static void follow(cairn_served *catalog, bool patient)
{
    if ((patient ? pthread_mutex_lock : pthread_mutex_trylock)(&catalog->swapping))
        return;
    if (cairn_clock_now() >= catalog->next_try && is_replaced(catalog))
        swap(catalog);
    pthread_mutex_unlock(&catalog->swapping);
}

/* What was to be opened was not. */
static void take_back(cairn_served *catalog, cairn_generation *generation, shelf *shelf)
{
    pthread_mutex_lock(&catalog->lock);
    shelf->n_open--;
    bool unused = unreference(generation);
    pthread_mutex_unlock(&catalog->lock);
    if (unused)
        generation_free(generation);
}

/* An idle session, or one that is opened now. */
static cairn_code lend(cairn_served *catalog, cairn_session_kind kind, cairn_lease *lease, cairn_error *error)
{
    pthread_mutex_lock(&catalog->lock);
    cairn_generation *generation = catalog->current;
    shelf *shelf = &generation->shelves[kind];
    bool idle = shelf->n_idle, may_open = shelf->n_open < catalog->most[kind];
    cairn_session *session = idle ? shelf->idle[--shelf->n_idle] : NULL;
    generation->references += idle || may_open;
    shelf->n_open += !idle && may_open;
    pthread_mutex_unlock(&catalog->lock);
    if (!idle && !may_open)
        return cairn_error_set(error, CAIRN_BUSY, "too many requests at the same time");
    cairn_code code = idle ? CAIRN_OK : open_session(catalog, generation, kind, &session, error);
    if (code)
        take_back(catalog, generation, shelf);
    else
        *lease = (cairn_lease){generation, session, kind};
    return code;
}

cairn_code cairn_served_take(cairn_served *catalog, cairn_session_kind kind, bool patient, cairn_lease *lease,
                             cairn_error *error)
{
    *lease = (cairn_lease){NULL, NULL, kind};
    cairn_code code = lend(catalog, kind, lease, error);
    if (code ? kind == CAIRN_QUICK : !catalog->ops.look(lease->session))
        return code;
    if (!code)
        cairn_served_give(catalog, lease);
    cairn_error_clear(error);
    follow(catalog, patient);
    code = lend(catalog, kind, lease, error);
    if (code && kind == CAIRN_SLOW) { /* none can be opened of a file that is gone, and the new one may be refused */
        cairn_error_clear(error);
        code = lend(catalog, CAIRN_QUICK, lease, error);
    }
    if (!code)
        catalog->ops.look(lease->session); /* it may still be the old one */
    return code;
}

void cairn_served_give(cairn_served *catalog, cairn_lease *lease)
{
    cairn_generation *generation = lease->generation;
    shelf *shelf = &generation->shelves[lease->kind];
    pthread_mutex_lock(&catalog->lock);
    shelf->idle[shelf->n_idle++] = lease->session;
    bool unused = unreference(generation);
    pthread_mutex_unlock(&catalog->lock);
    if (unused)
        generation_free(generation);
    *lease = (cairn_lease){NULL, NULL, lease->kind};
}

void cairn_served_look(cairn_served *catalog)
{
    pthread_mutex_lock(&catalog->swapping);
    cairn_error_clear(&catalog->refused);
    if (is_replaced(catalog))
        swap(catalog);
    else
        cairn_log(CAIRN_LOG_INFO, "the catalog was not replaced");
    pthread_mutex_unlock(&catalog->swapping);
}

cairn_code cairn_served_open(const cairn_served_ops *ops, const size_t most[CAIRN_SESSION_KINDS], cairn_served **out,
                             cairn_error *error)
{
    cairn_served *catalog = calloc(1, sizeof *catalog);
    if (!catalog)
        return cairn_error_no_memory(error);
    catalog->ops = *ops;
    memcpy(catalog->most, most, sizeof catalog->most);
    pthread_mutex_init(&catalog->lock, NULL);
    pthread_mutex_init(&catalog->swapping, NULL);
    cairn_code code = generation_open_steady(catalog, NULL, &catalog->current, error);
    if (code) {
        cairn_served_close(catalog);
        return code;
    }
    *out = catalog;
    return CAIRN_OK;
}

void cairn_served_close(cairn_served *catalog)
{
    if (catalog->current)
        generation_free(catalog->current);
    pthread_mutex_destroy(&catalog->lock);
    pthread_mutex_destroy(&catalog->swapping);
    free(catalog);
}
