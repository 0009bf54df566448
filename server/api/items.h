/* Items as documents of an answer: each whole or cut down to fields, with the links that this server gives it. */
#ifndef CAIRN_API_ITEMS_H
#define CAIRN_API_ITEMS_H

#include "api/body.h"
#include "api/links.h"

typedef struct cairn_item_writer {
    const cairn_call *call;
    cairn_body body;
    cairn_item_links links;
    const cairn_fields *fields; /* NULL: whole items */
} cairn_item_writer;

/* `call` and `fields` are borrowed; the session is the call's. `splicing`: the answer becomes a gzip member. */
void cairn_item_writer_begin(cairn_item_writer *writer, const cairn_call *call, const cairn_fields *fields,
                             cairn_buf *out, bool splicing);
/* Appends the item behind what was written to cairn_body_text(&writer->body). CAIRN_NOMEM when it does not fit. */
cairn_code cairn_item_writer_add(cairn_item_writer *writer, const cairn_item_row *row, cairn_error *error);
/* Says in the response that it has signatures, when it has. */
void cairn_item_writer_tell(const cairn_item_writer *writer, cairn_response *response);
void cairn_item_writer_free(cairn_item_writer *writer);

#endif
