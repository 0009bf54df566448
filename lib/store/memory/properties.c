/* What is known of the properties of items: all of them counted anew for each question. */
#include "store/memory/internal.h"
#include "store/stats.h"

static cairn_code count_item(cairn_stats *stats, memory_text *text, cairn_codec *codec, const memory_item *item,
                             cairn_error *error)
{
    cairn_code code = memory_text_of(text, codec, &item->body, error);
    if (code == CAIRN_OK && !cairn_stats_add(stats, cairn_json_get(cairn_buf_span(&text->whole), "properties")))
        code = cairn_error_set(error, CAIRN_NOMEM, "no memory to count properties");
    return code;
}

cairn_code memory_properties_of(cairn_session *session, const memory_state *state, cairn_span collection,
                                cairn_property_sink sink, void *context, cairn_error *error)
{
    memory_text text = MEMORY_TEXT_INIT;
    cairn_stats *stats = cairn_stats_new();
    cairn_code code = stats ? CAIRN_OK : cairn_error_set(error, CAIRN_NOMEM, "no memory to count properties");
    for (size_t i = 0; i < state->items.n && code == CAIRN_OK; i++)
        if (cairn_span_equal(memory_item_at(state, i)->record.group, collection))
            code = count_item(stats, &text, session->codec, memory_item_at(state, i), error);
    if (code == CAIRN_OK)
        code = cairn_stats_each(stats, collection, sink, context, error);
    cairn_stats_free(stats);
    memory_text_free(&text);
    return code;
}

cairn_code memory_properties(cairn_session *session, cairn_span collection, cairn_property_sink sink, void *context,
                             cairn_error *error)
{
    const memory_state *state = memory_session_state(session, error);
    if (!state)
        return error ? error->code : CAIRN_INTERNAL;
    if (collection.p)
        return memory_properties_of(session, state, collection, sink, context, error);
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < state->collections.n && code == CAIRN_OK; i++)
        code = memory_properties_of(session, state, memory_collection_at(state, i)->record.id, sink, context, error);
    return code;
}
