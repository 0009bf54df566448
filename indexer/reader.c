#include "indexer/reader.h"

enum { ATTEMPTS = 5 };

cairn_code cairn_reader_open(cairn_reader *reader, const char *path, bool immutable, cairn_error *error)
{
    const cairn_sqlite_options options = {.immutable = immutable};
    *reader = (cairn_reader){.path = path, .immutable = immutable};
    cairn_code code = cairn_sqlite_open(path, &options, &reader->store, error);
    if (code == CAIRN_OK)
        code = cairn_session_open(reader->store, &reader->session, error);
    if (code != CAIRN_OK)
        cairn_reader_close(reader);
    return code;
}

void cairn_reader_close(cairn_reader *reader)
{
    if (reader->session)
        cairn_session_close(reader->session);
    if (reader->store)
        cairn_store_close(reader->store);
    reader->session = NULL;
    reader->store = NULL;
}

static cairn_code run_once(cairn_session *session, cairn_reading reading, void *context, cairn_error *error)
{
    cairn_code code = cairn_session_begin(session, 0, error);
    if (code != CAIRN_OK)
        return code;
    code = reading(context, session, error);
    cairn_error late = CAIRN_ERROR_INIT;
    cairn_code ended = cairn_session_end(session, &late);
    if (code != CAIRN_OK || ended == CAIRN_OK)
        return code;
    *error = late;
    return ended;
}

cairn_code cairn_reader_run(cairn_reader *reader, cairn_reading reading, void *context, cairn_error *error)
{
    cairn_code code = run_once(reader->session, reading, context, error);
    for (int i = 1; i < ATTEMPTS && code == CAIRN_CONFLICT; i++) {
        cairn_reader_close(reader);
        cairn_error_clear(error);
        code = cairn_reader_open(reader, reader->path, reader->immutable, error);
        if (code == CAIRN_OK)
            code = run_once(reader->session, reading, context, error);
    }
    return code;
}

static cairn_code finish_document(cairn_span open, cairn_buf *out, cairn_error *error)
{
    if (cairn_document_close(open, CAIRN_SPAN_NONE, out) && cairn_buf_add_byte(out, '\n'))
        return CAIRN_OK;
    return cairn_error_set(error, CAIRN_NOMEM, "no memory for a document of %zu bytes", open.n);
}

cairn_code cairn_reader_print_item(cairn_session *session, const cairn_item_row *row, bool source, cairn_hrefs *hrefs,
                                   cairn_buf *out, cairn_error *error)
{
    cairn_buf open = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    cairn_code code = cairn_hrefs_row_text(hrefs, session, row, source, &open, error);
    if (code == CAIRN_OK)
        code = finish_document(cairn_buf_span(&open), out, error);
    cairn_buf_free(&open);
    return code;
}

cairn_code cairn_reader_print_collection(const cairn_collection_row *row, bool source, cairn_buf *out,
                                         cairn_error *error)
{
    return finish_document(source && row->source.p ? row->source : row->body, out, error);
}

cairn_code cairn_reader_check_collections(const cairn_search *search, cairn_session *session, cairn_error *error)
{
    char quoted[120];
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < search->n_collections && code == CAIRN_OK; i++) {
        code = cairn_session_has_collection(session, search->collections[i], error);
        if (code == CAIRN_NOT_FOUND) {
            cairn_error_clear(error);
            cairn_error_set(error, code, "no collection '%s': 'cairn info CATALOG' lists those there are",
                            cairn_quote(search->collections[i], quoted, sizeof(quoted)));
        }
    }
    return code;
}
