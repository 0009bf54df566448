#include "store/enriched.h"

#include "store/properties.h"

#define TEXT_BYTES ((size_t)1 << 30)

bool cairn_is_enriched(cairn_span properties)
{
    cairn_span mark = cairn_json_get(properties, CAIRN_ENRICHED);
    return mark.p && !cairn_json_is_null(mark);
}

bool cairn_enriched_keeps(cairn_codec *codec, const cairn_packed *body, const cairn_packed *source,
                          const cairn_item_record *record)
{
    cairn_span properties = record->properties_text;
    if (cairn_is_enriched(properties.p ? properties : cairn_properties_of(record->item->body)))
        return false;
    cairn_buf old = CAIRN_BUF_INIT(TEXT_BYTES), new = CAIRN_BUF_INIT(TEXT_BYTES);
    bool same = !cairn_unpack_patched(codec, body, source, &old, NULL) &&
                !cairn_unpack_patched(codec, &record->body, &record->source, &new, NULL) &&
                cairn_span_equal(cairn_buf_span(&old), cairn_buf_span(&new));
    cairn_buf_free(&old);
    cairn_buf_free(&new);
    return same;
}
