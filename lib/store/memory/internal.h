/* Inside the memory store: the store itself, its sessions and its writer. */
#ifndef CAIRN_STORE_MEMORY_INTERNAL_H
#define CAIRN_STORE_MEMORY_INTERNAL_H

#include "base/secret.h"
#include "store/memory/state.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct memory_store {
    cairn_store base;
    pthread_rwlock_t lock; /* of `committed`: read between a session's begin and end, written at commit */
    memory_state *committed;
    atomic_flag writing; /* a writer is open */
    char token_key[CAIRN_KEY_BYTES];
} memory_store;

typedef struct memory_session {
    cairn_session base;
    bool reading; /* between begin and end */
    int64_t deadline;
} memory_session;

/* The committed state of a session that reads; NULL with an error set when it doesn't, or is out of time. */
const memory_state *memory_session_state(cairn_session *session, cairn_error *error);
bool memory_session_is_late(cairn_session *session);

/* text.c: a whole document made of its open form; kept until the next one. */
enum { MEMORY_TEXT_MAX = 1 << 30 };
typedef struct memory_text {
    cairn_buf open, whole;
} memory_text;
/* clang-format off */
#define MEMORY_TEXT_INIT {CAIRN_BUF_INIT(MEMORY_TEXT_MAX), CAIRN_BUF_INIT(MEMORY_TEXT_MAX)}
/* clang-format on */
cairn_code memory_text_of(memory_text *text, cairn_codec *codec, const cairn_packed *packed, cairn_error *error);
cairn_code memory_text_close(memory_text *text, cairn_span open, cairn_error *error);
void memory_text_free(memory_text *text);

/* hits.c: all that a search finds, in its order; whatever the page. */
typedef struct memory_hit {
    const memory_item *item;
    cairn_position position; /* with the sort's keys */
} memory_hit;
typedef struct memory_hits {
    memory_hit *at;
    size_t n;
    uint64_t evaluated; /* items that the filter was evaluated on */
    cairn_arena *keys;
} memory_hits;
/* Free `out` in any case. The area and the filter's geometries live in the arena. */
cairn_code memory_hits_find(cairn_session *session, const memory_state *state, const cairn_search *search,
                            cairn_arena *arena, memory_hits *out, cairn_error *error);
void memory_hits_free(memory_hits *hits);

/* search.c */
cairn_code memory_search(cairn_session *session, const cairn_search *search, const cairn_page *page, cairn_arena *arena,
                         cairn_item_sink sink, void *context, cairn_result *result, cairn_error *error);

/* read.c */
cairn_code memory_item_get(cairn_session *session, cairn_span collection, cairn_span id, cairn_item_sink sink,
                           void *context, cairn_error *error);
cairn_code memory_collections(cairn_session *session, const cairn_text_query *text, cairn_collection_sink sink,
                              void *context, cairn_error *error);
cairn_code memory_collection_get(cairn_session *session, cairn_span id, cairn_collection_sink sink, void *context,
                                 cairn_error *error);
cairn_code memory_info(cairn_session *session, cairn_arena *arena, cairn_catalog_info *out, cairn_error *error);
cairn_code memory_times(cairn_session *session, cairn_span collection, cairn_interval sort_times, uint64_t stop,
                        uint64_t *count, cairn_time *newest, cairn_error *error);
void memory_item_to_row(const memory_item *item, bool without_body, cairn_item_row *row);

/* properties.c */
cairn_code memory_properties(cairn_session *session, cairn_span collection, cairn_property_sink sink, void *context,
                             cairn_error *error);
/* Of one collection. */
cairn_code memory_properties_of(cairn_session *session, const memory_state *state, cairn_span collection,
                                cairn_property_sink sink, void *context, cairn_error *error);

/* traits.c */
cairn_code memory_traits(cairn_session *session, cairn_span collection, cairn_traits_sink sink, void *context,
                         cairn_error *error);

/* promoted.c: names without an effect on answers. */
bool memory_promote_built_in(memory_state *state);
cairn_code memory_promoted_list(cairn_session *session, cairn_promoted_sink sink, void *context, cairn_error *error);
cairn_code memory_promote(cairn_writer *writer, cairn_span name, cairn_progress_sink progress, void *context,
                          uint64_t *items, cairn_error *error);
cairn_code memory_demote(cairn_writer *writer, cairn_span name, cairn_error *error);

/* write.c */
/* The state that the writer's transaction works on; NULL with an error set when none is open. */
memory_state *memory_writer_staged(cairn_writer *writer, cairn_error *error);
cairn_code memory_writer_open(cairn_store *store, cairn_writer **out, cairn_error *error);
cairn_code memory_writer_close(cairn_writer *writer, cairn_error *error);
cairn_code memory_write_begin(cairn_writer *writer, cairn_error *error);
cairn_code memory_commit(cairn_writer *writer, cairn_error *error);
void memory_rollback(cairn_writer *writer);
cairn_code memory_put_item(cairn_writer *writer, const cairn_item_record *record, cairn_conflict conflict,
                           cairn_put *what, cairn_error *error);
cairn_code memory_delete_item(cairn_writer *writer, cairn_span collection, cairn_span id, cairn_error *error);
cairn_code memory_put_collection(cairn_writer *writer, const cairn_collection *collection, cairn_conflict conflict,
                                 cairn_put *what, cairn_error *error);
cairn_code memory_ensure_collection(cairn_writer *writer, cairn_span id, bool make, bool *made, cairn_error *error);
cairn_code memory_delete_collection(cairn_writer *writer, cairn_span id, uint64_t *items, cairn_error *error);
cairn_code memory_set_catalog(cairn_writer *writer, const cairn_catalog *catalog, bool only_if_unset,
                              cairn_error *error);

#endif
