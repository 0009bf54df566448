#include "store/memory/internal.h"

cairn_code memory_text_of(memory_text *text, cairn_codec *codec, const cairn_packed *packed, cairn_error *error)
{
    cairn_buf_reset(&text->open);
    cairn_code code = cairn_unpack(codec, packed, true, &text->open, error);
    return code == CAIRN_OK ? memory_text_close(text, cairn_buf_span(&text->open), error) : code;
}

cairn_code memory_text_close(memory_text *text, cairn_span open, cairn_error *error)
{
    cairn_buf_reset(&text->whole);
    if (!cairn_document_close(open, CAIRN_SPAN_NONE, &text->whole))
        return cairn_error_set(error, CAIRN_NOMEM, "no memory for a document of %zu bytes", open.n);
    return CAIRN_OK;
}

void memory_text_free(memory_text *text)
{
    cairn_buf_free(&text->open);
    cairn_buf_free(&text->whole);
}
