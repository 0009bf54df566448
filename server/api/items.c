#include "api/items.h"

void cairn_item_writer_begin(cairn_item_writer *writer, const cairn_call *call, const cairn_fields *fields,
                             cairn_buf *out, bool splicing)
{
    *writer = (cairn_item_writer){.call = call, .fields = fields};
    cairn_body_begin(&writer->body, call->session, out, splicing);
}

static cairn_code add_document(cairn_item_writer *writer, const cairn_item_row *row, cairn_error *error)
{
    if (writer->fields)
        return cairn_body_fields(&writer->body, row, writer->call->source, writer->fields, error);
    return cairn_body_item(&writer->body, row, writer->call->source, error);
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

void cairn_item_writer_free(cairn_item_writer *writer)
{
    cairn_body_free(&writer->body);
    cairn_item_links_free(&writer->links);
}
