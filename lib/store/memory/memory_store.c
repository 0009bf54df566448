#include "store/memory/memory.h"

#include "base/clock.h"
#include "store/memory/internal.h"

#include <stdlib.h>

static void store_close(cairn_store *base)
{
    memory_store *store = (memory_store *)base;
    memory_state_free(store->committed);
    pthread_rwlock_destroy(&store->lock);
    free(store);
}

static void session_close(cairn_session *base)
{
    memory_session *session = (memory_session *)base;
    if (session->reading)
        pthread_rwlock_unlock(&((memory_store *)base->store)->lock);
    cairn_geos_free(base->geos);
    cairn_codec_free(base->codec);
    free(session);
}

static cairn_code session_open(cairn_store *store, cairn_session **out, cairn_error *error)
{
    memory_session *session = calloc(1, sizeof *session);
    *out = NULL;
    if (session) {
        session->base = (cairn_session){.store = store, .geos = cairn_geos_new(), .codec = cairn_codec_new(1)};
        if (session->base.geos && session->base.codec) {
            *out = &session->base;
            return CAIRN_OK;
        }
        session_close(&session->base);
    }
    return cairn_error_set(error, CAIRN_NOMEM, "no memory for a session");
}

static cairn_code session_begin(cairn_session *base, int64_t deadline, cairn_error *error)
{
    memory_session *session = (memory_session *)base;
    if (session->reading || pthread_rwlock_rdlock(&((memory_store *)base->store)->lock) != 0)
        return cairn_error_set(error, CAIRN_INTERNAL, "a read transaction was begun twice");
    session->reading = true;
    session->deadline = deadline;
    return CAIRN_OK;
}

static cairn_code session_end(cairn_session *base, cairn_error *error)
{
    memory_session *session = (memory_session *)base;
    if (!session->reading)
        return cairn_error_set(error, CAIRN_INTERNAL, "a read transaction was ended that was not begun");
    session->reading = false;
    pthread_rwlock_unlock(&((memory_store *)base->store)->lock);
    return CAIRN_OK;
}

bool memory_session_is_late(cairn_session *session)
{
    int64_t deadline = ((const memory_session *)session)->deadline;
    bool late = deadline != 0 && cairn_clock_now() >= deadline;
    session->late |= late;
    return late;
}

const memory_state *memory_session_state(cairn_session *session, cairn_error *error)
{
    if (!((memory_session *)session)->reading) {
        cairn_error_set(error, CAIRN_INTERNAL, "something was read outside of a read transaction");
        return NULL;
    }
    if (memory_session_is_late(session)) {
        cairn_error_set(error, CAIRN_DEADLINE, "the time for this request is over");
        return NULL;
    }
    return ((const memory_store *)session->store)->committed;
}

static bool stamp(cairn_store *base, cairn_stamp *out)
{
    memory_store *store = (memory_store *)base;
    *out = (cairn_stamp){{0}};
    if (pthread_rwlock_rdlock(&store->lock) != 0)
        return false;
    memcpy(out->bytes, &store->committed->generation, sizeof store->committed->generation);
    pthread_rwlock_unlock(&store->lock);
    return true;
}

static cairn_code check(cairn_store *store, cairn_finding_sink sink, cairn_progress_sink progress, void *context,
                        uint64_t *findings, cairn_error *error)
{
    (void)store, (void)sink, (void)progress, (void)context;
    *findings = 0;
    return cairn_error_set(error, CAIRN_UNSUPPORTED, "the memory store has no file to check");
}

static cairn_code optimize(cairn_store *store, const cairn_optimizing *how, cairn_error *error)
{
    (void)store, (void)how;
    return cairn_error_set(error, CAIRN_UNSUPPORTED, "the memory store has no file to optimize");
}

static const cairn_store_ops MEMORY_OPS = {
    .name = "memory",
    .close = store_close,
    .session_open = session_open,
    .session_close = session_close,
    .begin = session_begin,
    .end = session_end,
    .search = memory_search,
    .item = memory_item_get,
    .collections = memory_collections,
    .collection = memory_collection_get,
    .info = memory_info,
    .properties = memory_properties,
    .promoted = memory_promoted_list,
    .times = memory_times,
    .traits = memory_traits,
    .stamp = stamp,
    .writer_open = memory_writer_open,
    .writer_close = memory_writer_close,
    .write_begin = memory_write_begin,
    .commit = memory_commit,
    .rollback = memory_rollback,
    .put_item = memory_put_item,
    .delete_item = memory_delete_item,
    .put_collection = memory_put_collection,
    .ensure_collection = memory_ensure_collection,
    .delete_collection = memory_delete_collection,
    .set_catalog = memory_set_catalog,
    .promote = memory_promote,
    .demote = memory_demote,
    .check = check,
    .optimize = optimize,
};

cairn_store *cairn_memory_store_new(void)
{
    memory_store *store = calloc(1, sizeof *store);
    if (!store)
        return NULL;
    store->base.ops = &MEMORY_OPS;
    store->committed = memory_state_copy(NULL);
    atomic_flag_clear(&store->writing);
    if (!store->committed || !memory_promote_built_in(store->committed) ||
        !cairn_random(store->token_key, sizeof store->token_key) || pthread_rwlock_init(&store->lock, NULL) != 0) {
        memory_state_free(store->committed);
        free(store);
        return NULL;
    }
    return &store->base;
}
