#include "store/extent.h"
#include "store/memory/internal.h"
#include "store/summaries.h"

enum { DOCUMENT_MAX_BYTES = 1 << 28 };

static cairn_code error_of(const cairn_error *error)
{
    return error ? error->code : CAIRN_INTERNAL;
}

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "no memory for a collection");
}

static cairn_code not_found(const char *what, cairn_span id, cairn_error *error)
{
    char quoted[120];
    return cairn_error_set(error, CAIRN_NOT_FOUND, "no %s is called '%s'", what,
                           cairn_quote(id, quoted, sizeof quoted));
}

void memory_item_to_row(const memory_item *item, bool without_body, cairn_item_row *row)
{
    *row = (cairn_item_row){
        .collection = item->record.group, .id = item->record.id, .time = item->time, .changed = item->changed};
    if (without_body)
        return;
    row->body = item->body;
    row->source = item->source;
    row->traits = item->traits;
}

cairn_code memory_item_get(cairn_session *session, cairn_span collection, cairn_span id, cairn_item_sink sink,
                           void *context, cairn_error *error)
{
    const memory_state *state = memory_session_state(session, error);
    if (!state)
        return error_of(error);
    const memory_record *record = memory_list_find(&state->items, collection, id);
    if (!record)
        return not_found("item", id, error);
    cairn_item_row row;
    memory_item_to_row((const memory_item *)record, false, &row);
    return sink(context, &row, error);
}

cairn_code memory_times(cairn_session *session, cairn_span collection, cairn_interval sort_times, uint64_t stop,
                        uint64_t *count, cairn_time *newest, cairn_error *error)
{
    const memory_state *state = memory_session_state(session, error);
    *count = 0;
    *newest = CAIRN_TIME_MIN;
    if (!state)
        return error_of(error);
    for (size_t i = 0; i < state->items.n; i++) {
        const memory_item *item = memory_item_at(state, i);
        if (!cairn_span_equal(item->record.group, collection) || cairn_time_compare(item->time, sort_times.start) < 0 ||
            cairn_time_compare(item->time, sort_times.end) > 0)
            continue;
        *count += *count < stop;
        if (cairn_time_compare(item->time, *newest) > 0)
            *newest = item->time;
    }
    return CAIRN_OK;
}

/* ---- collections ---- */

/* Does the text of the collection have the words? */
static cairn_code has_words(const cairn_text_query *text, const cairn_collection_row *row, cairn_arena *arena,
                            bool *yes, cairn_error *error)
{
    memory_text document = MEMORY_TEXT_INIT;
    cairn_buf words = CAIRN_BUF_INIT(MEMORY_TEXT_MAX);
    cairn_code code = memory_text_close(&document, row->body, error);
    if (code == CAIRN_OK && !cairn_text_words(row->id, cairn_buf_span(&document.whole), arena, &words))
        code = no_memory(error);
    *yes = code == CAIRN_OK && cairn_text_matches(text, cairn_buf_span(&words));
    memory_text_free(&document);
    cairn_buf_free(&words);
    return code;
}

/* Items and extent of a collection. */
static void tally(const memory_state *state, cairn_collection_row *row)
{
    for (size_t i = 0; i < state->items.n; i++) {
        const memory_item *item = memory_item_at(state, i);
        if (!cairn_span_equal(item->record.group, row->id))
            continue;
        row->items++;
        cairn_extent_add(&row->extent, item->has_place ? &item->box : NULL, item->range);
    }
}

/* The served document follows the items; `source` is what it was made of, where that is another. */
static cairn_code set_document(cairn_session *session, const memory_state *state, const memory_collection *collection,
                               cairn_arena *arena, cairn_collection_row *row, cairn_error *error)
{
    cairn_summaries summaries;
    if (!cairn_summaries_begin(&summaries, collection->body, arena))
        return no_memory(error);
    cairn_code code = memory_properties_of(session, state, row->id, cairn_summaries_add, &summaries, error);
    if (code != CAIRN_OK)
        return code;
    row->body = cairn_collection_view(arena, row->id, collection->body, &row->extent, summaries.at, summaries.n);
    if (!row->body.p)
        return no_memory(error);
    row->source = collection->source;
    if (!row->source.p && collection->body.p && !cairn_span_equal(collection->body, row->body))
        row->source = collection->body;
    return CAIRN_OK;
}

static cairn_code give_collection(cairn_session *session, const memory_state *state,
                                  const memory_collection *collection, const cairn_text_query *text,
                                  cairn_collection_sink sink, void *context, cairn_error *error)
{
    bool yes = true;
    cairn_arena *arena = cairn_arena_new(DOCUMENT_MAX_BYTES);
    cairn_collection_row row = {.id = collection->record.id, .title = collection->title, .made = collection->made};
    tally(state, &row);
    cairn_code code = arena ? set_document(session, state, collection, arena, &row, error) : no_memory(error);
    if (code == CAIRN_OK && text)
        code = has_words(text, &row, arena, &yes, error);
    if (code == CAIRN_OK && yes)
        code = sink(context, &row, error);
    cairn_arena_free(arena);
    return code;
}

cairn_code memory_collections(cairn_session *session, const cairn_text_query *text, cairn_collection_sink sink,
                              void *context, cairn_error *error)
{
    const memory_state *state = memory_session_state(session, error);
    if (!state)
        return error_of(error);
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < state->collections.n && code == CAIRN_OK; i++)
        code = give_collection(session, state, memory_collection_at(state, i), text, sink, context, error);
    return code;
}

cairn_code memory_collection_get(cairn_session *session, cairn_span id, cairn_collection_sink sink, void *context,
                                 cairn_error *error)
{
    const memory_state *state = memory_session_state(session, error);
    if (!state)
        return error_of(error);
    const memory_record *record = memory_list_find(&state->collections, CAIRN_SPAN_NONE, id);
    if (!record)
        return not_found("collection", id, error);
    return give_collection(session, state, (const memory_collection *)record, NULL, sink, context, error);
}

/* ---- the catalog ---- */

static bool keep(cairn_arena *arena, cairn_span from, cairn_span *to)
{
    *to = from.p ? cairn_arena_copy(arena, from) : CAIRN_SPAN_NONE;
    return !from.p || to->p;
}

static uint64_t bytes_of(const memory_state *state)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < state->items.n; i++)
        bytes += memory_item_at(state, i)->body.bytes.n + memory_item_at(state, i)->source.bytes.n;
    return bytes;
}

cairn_code memory_info(cairn_session *session, cairn_arena *arena, cairn_catalog_info *out, cairn_error *error)
{
    const memory_state *state = memory_session_state(session, error);
    const memory_store *store = (const memory_store *)session->store;
    if (!state)
        return error_of(error);
    *out = (cairn_catalog_info){.items = state->items.n,
                                .collections = state->collections.n,
                                .generation = state->generation,
                                .bytes = bytes_of(state)};
    const memory_root *root = state->root;
    bool kept = keep(arena, cairn_span_make(store->token_key, CAIRN_KEY_BYTES), &out->token_key);
    if (kept && root)
        kept = keep(arena, root->record.id, &out->id) && keep(arena, root->title, &out->title) &&
               keep(arena, root->description, &out->description);
    return kept ? CAIRN_OK : cairn_error_set(error, CAIRN_NOMEM, "no memory for what is known of the catalog");
}
