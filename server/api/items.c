#include "api/items.h"

void cairn_item_writer_begin(cairn_item_writer *writer, const cairn_call *call, const cairn_fields *fields,
                             cairn_buf *out, bool splicing)
{
    *writer = (cairn_item_writer){.call = call, .fields = fields};
    cairn_body_begin(&writer->body, call->session, &call->hrefs, call->source, out, splicing);
}

static cairn_code add_document(cairn_item_writer *writer, const cairn_item_row *row, cairn_error *error)
{
    if (writer->fields)
        return cairn_body_fields(&writer->body, row, writer->fields, error);
    return cairn_body_item(&writer->body, row, error);
}

cairn_code cairn_item_writer_add(cairn_item_writer *writer, const cairn_item_row *row, cairn_error *error)
{
    cairn_buf *text = cairn_body_text(&writer->body);
    cairn_code code = add_document(writer, row, error);
    if (code)
        return code;
    bool ok = writer->fields && !cairn_fields_want_links(writer->fields)
                  ? !text->failed
                  : cairn_item_links_add(&writer->links, writer->call, row->collection, row->id, text);
    if (!ok || writer->body.out->failed)
        return cairn_error_set(error, CAIRN_NOMEM, "the answer does not fit in memory");
    return CAIRN_OK;
}

/* Half of what the signatures still last, and not long: who gets them out of a cache has to read by them yet. */
void cairn_item_writer_tell(const cairn_item_writer *writer, cairn_response *response)
{
    enum { LONGEST = 300 };
    if (writer->body.signed_until == INT64_MAX)
        return;
    int64_t fresh = (writer->body.signed_until - writer->call->hrefs.now) / 2;
    response->private_seconds = fresh < 1 ? 1 : fresh > LONGEST ? LONGEST : fresh;
    response->cacheable = false;
}

void cairn_item_writer_free(cairn_item_writer *writer)
{
    cairn_body_free(&writer->body);
    cairn_item_links_free(&writer->links);
}
