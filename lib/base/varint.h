/* Unsigned numbers as LEB128: seven bits a byte, the lowest first, the top bit set in all bytes but the last. */
#ifndef CAIRN_BASE_VARINT_H
#define CAIRN_BASE_VARINT_H

#include "base/buf.h"

bool cairn_varint_put(cairn_buf *out, size_t value);
/* Takes a number from the front of `bytes`; false where there is none of up to 63 bits. */
bool cairn_varint_get(cairn_span *bytes, size_t *out);

#endif
