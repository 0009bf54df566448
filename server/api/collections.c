/* /collections and /collections/{collectionId} (STAC API Collections, OGC API Features 7.13 and 7.14). */
#include "api/call.h"
#include "api/links.h"

typedef struct collections_sink {
    cairn_call *call;
    unsigned long long n;
} collections_sink;

/* The document's open form with the links that every collection has. */
static cairn_code add_collection(void *context, const cairn_collection_row *row, cairn_error *error)
{
    collections_sink *sink = context;
    const cairn_call *call = sink->call;
    cairn_arena *arena = call->request->arena;
    cairn_buf *out = &sink->call->response->body;
    cairn_span path = cairn_path_of_collection(arena, row->id, false);
    if (sink->n++)
        cairn_buf_add_byte(out, ',');
    cairn_buf_add_span(out, call->source && row->source.p ? row->source : row->body);
    cairn_link_add(call, out, "self", "application/json", path, cairn_span_of("This collection"));
    cairn_link_add(call, out, "root", "application/json", cairn_span_of("/"), cairn_span_of("The whole catalog"));
    cairn_link_add(call, out, "parent", "application/json", cairn_span_of("/"), cairn_span_of("The whole catalog"));
    cairn_link_add(call, out, "items", "application/geo+json", cairn_path_of_collection(arena, row->id, true),
                   cairn_span_of("Items of this collection"));
    if (!cairn_buf_add_text(out, "]}"))
        return cairn_error_set(error, CAIRN_NOMEM, "the collections do not fit in memory");
    return CAIRN_OK;
}

cairn_code cairn_get_collections(cairn_call *call)
{
    collections_sink sink = {call, 0};
    cairn_buf *out = &call->response->body;
    cairn_buf_add_text(out, "{\"collections\":[");
    cairn_code code = cairn_session_collections(call->session, NULL, add_collection, &sink, &call->error);
    cairn_buf_add_text(out, "],\"links\":[");
    cairn_link_add(call, out, "self", "application/json", cairn_span_of("/collections"), CAIRN_SPAN_NONE);
    cairn_link_add(call, out, "root", "application/json", cairn_span_of("/"), CAIRN_SPAN_NONE);
    cairn_link_add(call, out, "parent", "application/json", cairn_span_of("/"), CAIRN_SPAN_NONE);
    cairn_buf_printf(out, "],\"numberMatched\":%llu,\"numberReturned\":%llu}", sink.n, sink.n);
    return code;
}

cairn_code cairn_get_collection(cairn_call *call)
{
    collections_sink sink = {call, 0};
    return cairn_session_collection(call->session, call->collection_id, add_collection, &sink, &call->error);
}
