#include "store/sqlite/search.h"

#include <stdlib.h>

enum { TEXT_BYTES = 1 << 30, SCRATCH_BYTES = 256 << 20 };

cairn_code out_of_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "the answer needs more memory than one request may use");
}

cairn_code row_texts_open(sqlite_session *session, cairn_error *error)
{
    row_texts *texts = calloc(1, sizeof *texts);
    if (!texts)
        return cairn_error_no_memory(error);
    session->texts = texts;
    texts->properties.max = texts->open.max = texts->body.max = texts->words.max = texts->packed.max = TEXT_BYTES;
    texts->scratch = cairn_arena_new(SCRATCH_BYTES);
    return texts->scratch ? CAIRN_OK : cairn_error_no_memory(error);
}

void row_texts_close(sqlite_session *session)
{
    row_texts *texts = session->texts;
    if (!texts)
        return;
    cairn_buf_free(&texts->properties);
    cairn_buf_free(&texts->open);
    cairn_buf_free(&texts->body);
    cairn_buf_free(&texts->words);
    cairn_buf_free(&texts->packed);
    cairn_arena_free(texts->scratch);
    free(texts);
    session->texts = NULL;
}

void row_texts_forget(sqlite_session *session)
{
    row_texts *texts = session->texts;
    texts->properties_of = texts->body_of = 0;
    if (texts->footprint)
        sqlite3_reset(texts->footprint);
    texts->footprint = NULL;
    if (texts->hot)
        sqlite3_reset(texts->hot);
    texts->hot = NULL;
    cairn_arena_reset(texts->scratch);
}

/* The block of the properties is put back into its place. */
cairn_code row_packed(sqlite_session *session, sqlite3_stmt *statement, cairn_packed *out, cairn_error *error)
{
    cairn_buf *whole = &session->texts->packed;
    *out = db_column_packed(statement, 0, 1, 2, 4);
    if (sqlite3_column_type(statement, 10) == SQLITE_NULL || !out->bytes.p)
        return CAIRN_OK;
    sqlite3_int64 at = sqlite3_column_int64(statement, 10);
    if (at < 0 || (uint64_t)at > out->bytes.n)
        return cairn_error_set(error, CAIRN_CORRUPT, "the parts of an item do not fit together; run `cairn check`");
    cairn_buf_reset(whole);
    cairn_buf_add(whole, out->bytes.p, (size_t)at);
    cairn_buf_add_span(whole, db_column_span(statement, 11));
    cairn_buf_add(whole, out->bytes.p + at, out->bytes.n - (size_t)at);
    out->bytes = cairn_buf_span(whole);
    return whole->failed ? out_of_memory(error) : CAIRN_OK;
}

static cairn_code read_properties(sqlite_session *session, sqlite3_stmt *statement, cairn_packed *out,
                                  cairn_error *error)
{
    (void)session, (void)error;
    *out = db_column_packed(statement, 0, 1, 2, 3);
    return CAIRN_OK;
}

typedef cairn_code (*packed_reader)(sqlite_session *session, sqlite3_stmt *statement, cairn_packed *out,
                                    cairn_error *error);

/* Unpacks the text that the row of a statement holds. */
static cairn_code unpack_row(sqlite_session *session, sqlite3_stmt *statement, sqlite3_int64 key, packed_reader read,
                             cairn_buf *out, cairn_error *error)
{
    sqlite3_bind_int64(statement, 1, key);
    int rc = sqlite3_step(statement);
    cairn_code code;
    cairn_buf_reset(out);
    session->texts->unpacked++;
    if (rc == SQLITE_ROW) {
        cairn_packed packed;
        code = read(session, statement, &packed, error);
        if (!code)
            code = cairn_unpack(session->base.codec, &packed, false, out, error);
    } else {
        code = rc == SQLITE_DONE ? cairn_error_set(error, CAIRN_CORRUPT, "an item has no text; run `cairn check`")
                                 : db_error(session->db, rc, "reading an item", error);
    }
    sqlite3_reset(statement);
    return code;
}

cairn_code row_body(sqlite_session *session, sqlite3_int64 key, cairn_span *out, cairn_error *error)
{
    row_texts *texts = session->texts;
    sqlite3_stmt *statement;
    if (texts->body_of != key) {
        cairn_code code = session_query(session, Q_BODY, &statement, error);
        if (!code)
            code = unpack_row(session, statement, key, row_packed, &texts->open, error);
        if (code)
            return code;
        cairn_buf_reset(&texts->body);
        if (!cairn_document_close(cairn_buf_span(&texts->open), CAIRN_SPAN_NONE, &texts->body))
            return out_of_memory(error);
        texts->body_of = key;
    }
    *out = cairn_buf_span(&texts->body);
    return CAIRN_OK;
}

cairn_code row_properties(sqlite_session *session, sqlite3_int64 key, cairn_span *out, cairn_error *error)
{
    row_texts *texts = session->texts;
    sqlite3_stmt *statement;
    if (texts->properties_of != key) {
        cairn_code code = session_query(session, Q_PROPERTIES, &statement, error);
        if (!code)
            code = unpack_row(session, statement, key, read_properties, &texts->properties, error);
        if (code)
            return code;
        texts->properties_of = key;
    }
    *out = cairn_buf_span(&texts->properties);
    return CAIRN_OK;
}

/* The first column of the item's row; the statement stays at it. */
static cairn_code read_column(sqlite_session *session, query_id query, sqlite3_int64 key, sqlite3_stmt **statement,
                              cairn_span *out, cairn_error *error)
{
    cairn_code code = session_query(session, query, statement, error);
    if (code)
        return code;
    sqlite3_reset(*statement);
    sqlite3_bind_int64(*statement, 1, key);
    int rc = sqlite3_step(*statement);
    if (rc != SQLITE_ROW)
        return db_error(session->db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "reading an item", error);
    *out = db_column_span(*statement, 0);
    return CAIRN_OK;
}

cairn_code row_footprint(sqlite_session *session, sqlite3_int64 key, cairn_span *out, cairn_error *error)
{
    return read_column(session, Q_FOOTPRINT, key, &session->texts->footprint, out, error);
}

cairn_code row_hot(sqlite_session *session, sqlite3_int64 key, cairn_span *out, cairn_error *error)
{
    return read_column(session, Q_HOT, key, &session->texts->hot, out, error);
}
