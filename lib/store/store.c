#include "store/store.h"

void cairn_store_close(cairn_store *store)
{
    if (store)
        store->ops->close(store);
}

bool cairn_store_stamp(cairn_store *store, cairn_stamp *out)
{
    return store->ops->stamp && store->ops->stamp(store, out);
}

cairn_code cairn_session_open(cairn_store *store, cairn_session **out, cairn_error *error)
{
    return store->ops->session_open(store, out, error);
}

void cairn_session_close(cairn_session *session)
{
    if (session)
        session->store->ops->session_close(session);
}

cairn_code cairn_session_begin(cairn_session *session, int64_t deadline, cairn_error *error)
{
    session->texts_only = session->late = false;
    return session->store->ops->begin(session, deadline, error);
}

cairn_code cairn_session_end(cairn_session *session, cairn_error *error)
{
    return session->store->ops->end(session, error);
}

cairn_code cairn_session_search(cairn_session *session, const cairn_search *search, const cairn_page *page,
                                cairn_arena *arena, cairn_item_sink sink, void *context, cairn_result *result,
                                cairn_error *error)
{
    *result = (cairn_result){0};
    cairn_code code = session->store->ops->search(session, search, page, arena, sink, context, result, error);
    cairn_arena_settle(arena); /* the area was made with the session's GEOS context and must not outlive it */
    return code;
}

cairn_code cairn_session_item(cairn_session *session, cairn_span collection, cairn_span id, cairn_item_sink sink,
                              void *context, cairn_error *error)
{
    return session->store->ops->item(session, collection, id, sink, context, error);
}

cairn_code cairn_session_collections(cairn_session *session, const cairn_text_query *text, cairn_collection_sink sink,
                                     void *context, cairn_error *error)
{
    return session->store->ops->collections(session, text, sink, context, error);
}

cairn_code cairn_session_collection(cairn_session *session, cairn_span id, cairn_collection_sink sink, void *context,
                                    cairn_error *error)
{
    return session->store->ops->collection(session, id, sink, context, error);
}

static cairn_code pass_over(void *context, const cairn_collection_row *row, cairn_error *error)
{
    (void)context, (void)row, (void)error;
    return CAIRN_OK;
}

cairn_code cairn_session_has_collection(cairn_session *session, cairn_span id, cairn_error *error)
{
    return cairn_session_collection(session, id, pass_over, NULL, error);
}

cairn_code cairn_session_info(cairn_session *session, cairn_arena *arena, cairn_catalog_info *out, cairn_error *error)
{
    *out = (cairn_catalog_info){0};
    return session->store->ops->info(session, arena, out, error);
}

cairn_code cairn_session_properties(cairn_session *session, cairn_span collection, cairn_property_sink sink,
                                    void *context, cairn_error *error)
{
    return session->store->ops->properties(session, collection, sink, context, error);
}

cairn_code cairn_session_promoted(cairn_session *session, cairn_promoted_sink sink, void *context, cairn_error *error)
{
    return session->store->ops->promoted(session, sink, context, error);
}

cairn_code cairn_session_times(cairn_session *session, cairn_span collection, cairn_interval sort_times, uint64_t stop,
                               uint64_t *count, cairn_time *newest, cairn_error *error)
{
    return session->store->ops->times(session, collection, sort_times, stop, count, newest, error);
}

cairn_code cairn_session_traits(cairn_session *session, cairn_span collection, cairn_traits_sink sink, void *context,
                                cairn_error *error)
{
    return session->store->ops->traits(session, collection, sink, context, error);
}

cairn_code cairn_writer_open(cairn_store *store, cairn_writer **out, cairn_error *error)
{
    return store->ops->writer_open(store, out, error);
}

cairn_code cairn_writer_close(cairn_writer *writer, cairn_error *error)
{
    return writer ? writer->store->ops->writer_close(writer, error) : CAIRN_OK;
}

cairn_code cairn_writer_begin(cairn_writer *writer, cairn_error *error)
{
    return writer->store->ops->write_begin(writer, error);
}

cairn_code cairn_writer_commit(cairn_writer *writer, cairn_error *error)
{
    return writer->store->ops->commit(writer, error);
}

cairn_code cairn_writer_finish(cairn_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error)
{
    const cairn_store_ops *ops = writer->store->ops;
    return ops->finish ? ops->finish(writer, progress, context, error) : CAIRN_OK;
}

void cairn_writer_rollback(cairn_writer *writer)
{
    writer->store->ops->rollback(writer);
}

cairn_code cairn_writer_put_item(cairn_writer *writer, const cairn_item_record *record, cairn_conflict conflict,
                                 cairn_put *what, cairn_error *error)
{
    return writer->store->ops->put_item(writer, record, conflict, what, error);
}

cairn_code cairn_writer_delete_item(cairn_writer *writer, cairn_span collection, cairn_span id, cairn_error *error)
{
    return writer->store->ops->delete_item(writer, collection, id, error);
}

cairn_code cairn_writer_put_collection(cairn_writer *writer, const cairn_collection *collection,
                                       cairn_conflict conflict, cairn_put *what, cairn_error *error)
{
    return writer->store->ops->put_collection(writer, collection, conflict, what, error);
}

cairn_code cairn_writer_ensure_collection(cairn_writer *writer, cairn_span id, bool make, bool *made,
                                          cairn_error *error)
{
    return writer->store->ops->ensure_collection(writer, id, make, made, error);
}

cairn_code cairn_writer_delete_collection(cairn_writer *writer, cairn_span id, uint64_t *items, cairn_error *error)
{
    return writer->store->ops->delete_collection(writer, id, items, error);
}

cairn_code cairn_writer_set_catalog(cairn_writer *writer, const cairn_catalog *catalog, bool only_if_unset,
                                    cairn_error *error)
{
    return writer->store->ops->set_catalog(writer, catalog, only_if_unset, error);
}

cairn_code cairn_writer_promote(cairn_writer *writer, cairn_span name, cairn_progress_sink progress, void *context,
                                uint64_t *items, cairn_error *error)
{
    return writer->store->ops->promote(writer, name, progress, context, items, error);
}

cairn_code cairn_writer_demote(cairn_writer *writer, cairn_span name, cairn_error *error)
{
    return writer->store->ops->demote(writer, name, error);
}

cairn_code cairn_store_check(cairn_store *store, cairn_finding_sink sink, cairn_progress_sink progress, void *context,
                             uint64_t *findings, cairn_error *error)
{
    return store->ops->check(store, sink, progress, context, findings, error);
}

cairn_code cairn_store_optimize(cairn_store *store, const cairn_optimizing *how, cairn_error *error)
{
    return store->ops->optimize(store, how, error);
}

cairn_code cairn_row_text(cairn_session *session, const cairn_item_row *row, bool source, cairn_buf *out,
                          cairn_error *error)
{
    if (!source && row->text.p)
        return cairn_buf_add_span(out, row->text) ? CAIRN_OK : cairn_error_no_memory(error);
    if (!source)
        return cairn_unpack(session->codec, &row->body, true, out, error);
    return cairn_unpack_patched(session->codec, &row->body, &row->source, out, error);
}
