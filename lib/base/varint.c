#include "base/varint.h"

bool cairn_varint_put(cairn_buf *out, size_t value)
{
    for (; value >= 0x80; value >>= 7)
        if (!cairn_buf_add_byte(out, (char)(value | 0x80)))
            return false;
    return cairn_buf_add_byte(out, (char)value);
}

bool cairn_varint_get(cairn_span *bytes, size_t *out)
{
    uint64_t value = 0;
    for (unsigned shift = 0; bytes->n && shift < 63; shift += 7) {
        unsigned char byte = (unsigned char)*bytes->p;
        *bytes = cairn_span_make(bytes->p + 1, bytes->n - 1);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = (size_t)value;
            return value <= SIZE_MAX;
        }
    }
    return false;
}
