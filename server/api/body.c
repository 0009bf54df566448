#include "api/body.h"

void cairn_body_begin(cairn_body *body, cairn_session *session, const cairn_href_view *view, bool source,
                      cairn_buf *out, bool splicing)
{
    *body = (cairn_body){.session = session,
                         .view = view,
                         .source = source,
                         .signed_until = INT64_MAX,
                         .out = out,
                         .splicing = splicing,
                         .pending = CAIRN_BUF_INIT(out->max),
                         .whole = CAIRN_BUF_INIT(out->max),
                         .hrefs = CAIRN_BUF_INIT(out->max)};
    session->texts_only = !splicing && !source;
    if (splicing)
        cairn_gzip_begin(&body->gzip, out);
}

cairn_buf *cairn_body_text(cairn_body *body)
{
    return body->splicing ? &body->pending : body->out;
}

void cairn_body_continue(cairn_body *body, cairn_session *session, cairn_buf *out)
{
    session->texts_only = false; /* a whole catalog would push everything else out of the cache */
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

static bool is_touched(const cairn_body *body, const cairn_item_row *row)
{
    return cairn_href_view_touches(body->view, row->traits & CAIRN_HREFS_ALL);
}

/* Appends the item, which is unpacked, with other hrefs. */
static cairn_code add_rewritten(cairn_body *body, cairn_buf *out, cairn_error *error)
{
    enum { SCRATCH_BYTES = 128 << 20 };
    if (!body->scratch && !(body->scratch = cairn_arena_new(SCRATCH_BYTES)))
        return cairn_error_no_memory(error);
    cairn_arena_reset(body->scratch);
    cairn_code code =
        cairn_href_rewrite(body->view, cairn_buf_span(&body->whole), body->scratch, out, &body->signed_until, error);
    body->lacks_keys = code == CAIRN_IO;
    return code;
}

/* The stored block is what is sent. */
static bool is_spliced(const cairn_body *body, const cairn_item_row *row)
{
    return body->splicing && row->body.encoding == CAIRN_ENCODING_DEFLATE && !(body->source && row->source.bytes.p) &&
           !is_touched(body, row);
}

/* A text that no stored block has: compressed as one of its own. */
static cairn_code add_block(cairn_body *body, cairn_span text, cairn_error *error)
{
    cairn_body_flush(body);
    if (!cairn_gzip_block(&body->gzip, body->session->codec, text))
        return cairn_error_set(error, CAIRN_NOMEM, "the answer does not fit in memory");
    return CAIRN_OK;
}

cairn_code cairn_body_item(cairn_body *body, const cairn_item_row *row, cairn_error *error)
{
    if (is_spliced(body, row)) {
        cairn_body_flush(body);
        cairn_gzip_splice(&body->gzip, row->body.bytes, row->body.crc, row->body.length);
        return CAIRN_OK;
    }
    if (!body->splicing && !is_touched(body, row))
        return cairn_row_text(body->session, row, body->source, body->out, error);
    cairn_span text;
    cairn_code code = cairn_body_read(body, row, &text, error);
    if (code)
        return code;
    if (body->splicing)
        return add_block(body, text, error);
    cairn_buf_add_span(body->out, text);
    return CAIRN_OK;
}

cairn_code cairn_body_read(cairn_body *body, const cairn_item_row *row, cairn_span *out, cairn_error *error)
{
    cairn_buf_reset(&body->whole);
    cairn_code code = cairn_row_text(body->session, row, body->source, &body->whole, error);
    *out = cairn_buf_span(&body->whole);
    if (code || !is_touched(body, row))
        return code;
    cairn_buf_reset(&body->hrefs);
    code = add_rewritten(body, &body->hrefs, error);
    *out = cairn_buf_span(&body->hrefs);
    return code;
}

cairn_code cairn_body_fields(cairn_body *body, const cairn_item_row *row, const cairn_fields *fields,
                             cairn_error *error)
{
    cairn_span text;
    cairn_code code = cairn_body_read(body, row, &text, error);
    if (!code && !cairn_fields_write(fields, text, cairn_body_text(body)))
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
    cairn_gzip_free(&body->gzip);
    cairn_buf_free(&body->pending);
    cairn_buf_free(&body->whole);
    cairn_buf_free(&body->hrefs);
    cairn_arena_free(body->scratch);
}
