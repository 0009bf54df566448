/* A collection as it is served: what was declared, kept true to the items. */
#include "store/sqlite/internal.h"

#include "query/text/text.h"
#include "store/summaries.h"

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "the document of a collection needs more memory than there is for it");
}

/* What a source gave, in the arena; absent for a made collection. */
static cairn_code get_declared(sqlite_writer *writer, const tally *tally, cairn_arena *arena, cairn_span *out,
                               cairn_error *error)
{
    sqlite3_stmt *get;
    *out = CAIRN_SPAN_NONE;
    if (tally->made)
        return CAIRN_OK;
    cairn_code code = writer_query(writer, W_COLLECTION_GET, &get, error);
    if (code)
        return code;
    db_bind_span(get, 1, cairn_span_make(tally->id, tally->id_size));
    int rc = sqlite3_step(get);
    if (rc == SQLITE_ROW) {
        cairn_span declared = db_column_span(get, 14);
        *out = cairn_arena_copy(arena, declared.p ? declared : db_column_span(get, 12));
        code = out->p ? CAIRN_OK : no_memory(error);
    } else {
        code = db_error(writer->db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "reading a collection", error);
    }
    sqlite3_reset(get);
    return code;
}

cairn_code view_make(sqlite_writer *writer, tally *tally, cairn_arena *arena, collection_view *out, cairn_error *error)
{
    cairn_span declared, id = cairn_span_make(tally->id, tally->id_size);
    cairn_summaries summaries;
    cairn_stats *counts;
    cairn_code code = get_declared(writer, tally, arena, &declared, error);
    if (!code)
        code = counts_get(writer, tally, &counts, error);
    if (!code && !cairn_summaries_begin(&summaries, declared, arena))
        code = no_memory(error);
    if (!code)
        code = cairn_stats_each(counts, id, cairn_summaries_add, &summaries, error);
    if (code)
        return code;
    out->body = cairn_collection_view(arena, id, declared, &tally->extent, summaries.at, summaries.n);
    out->declared = cairn_span_equal(out->body, declared) ? CAIRN_SPAN_NONE : declared;
    return out->body.p ? CAIRN_OK : no_memory(error);
}

cairn_code view_put_words(sqlite_writer *writer, sqlite3_int64 slot, cairn_span id, cairn_span body, cairn_error *error)
{
    enum { BYTES = 256 << 20 };
    sqlite3_stmt *put;
    cairn_buf whole = CAIRN_BUF_INIT(BYTES), words = CAIRN_BUF_INIT(BYTES);
    cairn_arena *arena = cairn_arena_new(BYTES);
    cairn_code code = writer_query(writer, W_COLLECTION_WORDS_PUT, &put, error);
    if (!code && !(arena && cairn_document_close(body, CAIRN_SPAN_NONE, &whole) &&
                   cairn_text_words(id, cairn_buf_span(&whole), arena, &words)))
        code = no_memory(error);
    if (!code) {
        sqlite3_bind_int64(put, 1, slot);
        db_bind_span(put, 2, cairn_buf_span(&words));
        code = db_run(writer->db, put, "writing a collection", error);
    }
    cairn_arena_free(arena);
    cairn_buf_free(&whole);
    cairn_buf_free(&words);
    return code;
}
