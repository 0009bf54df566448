#include "api/body.h"

void cairn_body_begin(cairn_body *body, cairn_session *session, cairn_buf *out, bool splicing)
{
    *body = (cairn_body){.session = session,
                         .out = out,
                         .splicing = splicing,
                         .pending = CAIRN_BUF_INIT(out->max),
                         .whole = CAIRN_BUF_INIT(out->max)};
    if (splicing)
        cairn_gzip_begin(&body->gzip, out);
}

cairn_buf *cairn_body_text(cairn_body *body)
{
    return body->splicing ? &body->pending : body->out;
}

void cairn_body_continue(cairn_body *body, cairn_session *session, cairn_buf *out)
{
    body->session = session;
    body->out = body->gzip.out = out;
}

bool cairn_body_flush(cairn_body *body)
{
    if (body->pending.failed)
        body->out->failed = true;
    else if (body->pending.n)
        cairn_gzip_text(&body->gzip, cairn_buf_span(&body->pending));
    cairn_buf_reset(&body->pending);
    return !body->out->failed;
}

cairn_code cairn_body_item(cairn_body *body, const cairn_item_row *row, bool source, cairn_error *error)
{
    bool as_stored = row->body.encoding == CAIRN_ENCODING_DEFLATE && !(source && row->source.bytes.p);
    if (!body->splicing || !as_stored)
        return cairn_row_text(body->session, row, source, cairn_body_text(body), error);
    cairn_body_flush(body);
    cairn_gzip_splice(&body->gzip, row->body.bytes, row->body.crc, row->body.length);
    return CAIRN_OK;
}

cairn_code cairn_body_fields(cairn_body *body, const cairn_item_row *row, bool source, const cairn_fields *fields,
                             cairn_error *error)
{
    cairn_buf_reset(&body->whole);
    cairn_code code = cairn_row_text(body->session, row, source, &body->whole, error);
    if (!code && !cairn_fields_write(fields, cairn_buf_span(&body->whole), cairn_body_text(body)))
        code = cairn_error_set(error, CAIRN_NOMEM, "the answer does not fit in memory");
    return code;
}

cairn_code cairn_body_end(cairn_body *body, cairn_error *error)
{
    if (body->splicing) {
        cairn_body_flush(body);
        cairn_gzip_end(&body->gzip);
    }
    if (body->out->failed)
        return cairn_error_set(error, CAIRN_NOMEM, "the answer does not fit in memory");
    return CAIRN_OK;
}

void cairn_body_free(cairn_body *body)
{
    cairn_buf_free(&body->pending);
    cairn_buf_free(&body->whole);
}
