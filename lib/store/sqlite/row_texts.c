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
    texts->properties.max = texts->open.max = texts->body.max = texts->words.max = TEXT_BYTES;
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
    cairn_arena_reset(texts->scratch);
}

/* Unpacks the text that the row of a statement holds in the columns with these numbers. */
static cairn_code unpack_row(sqlite_session *session, sqlite3_stmt *statement, sqlite3_int64 key, const int columns[4],
                             cairn_buf *out, cairn_error *error)
{
    sqlite3_bind_int64(statement, 1, key);
    int rc = sqlite3_step(statement);
    cairn_code code;
    cairn_buf_reset(out);
    if (rc == SQLITE_ROW) {
        cairn_packed packed = db_column_packed(statement, columns[0], columns[1], columns[2], columns[3]);
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
    static const int columns[] = {0, 1, 2, 4};
    row_texts *texts = session->texts;
    sqlite3_stmt *statement;
    if (texts->body_of != key) {
        cairn_code code = session_query(session, Q_BODY, &statement, error);
        if (!code)
            code = unpack_row(session, statement, key, columns, &texts->open, error);
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
    static const int columns[] = {0, 1, 2, 3};
    row_texts *texts = session->texts;
    sqlite3_stmt *statement;
    if (texts->properties_of != key) {
        cairn_code code = session_query(session, Q_PROPERTIES, &statement, error);
        if (!code)
            code = unpack_row(session, statement, key, columns, &texts->properties, error);
        if (code)
            return code;
        texts->properties_of = key;
    }
    *out = cairn_buf_span(&texts->properties);
    return CAIRN_OK;
}

cairn_code row_footprint(sqlite_session *session, sqlite3_int64 key, cairn_span *out, cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = session_query(session, Q_FOOTPRINT, &statement, error);
    if (code)
        return code;
    sqlite3_reset(statement);
    sqlite3_bind_int64(statement, 1, key);
    int rc = sqlite3_step(statement);
    if (rc != SQLITE_ROW)
        return db_error(session->db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "reading a footprint", error);
    session->texts->footprint = statement;
    *out = db_column_span(statement, 0);
    return CAIRN_OK;
}
