/* A patch (base/patch.h) in another order: all numbers first, then all added bytes, so that the numbers of texts that
 * are made after one pattern are mostly the same bytes in a row, which a compressor with a dictionary sees. Format: how
 * many bytes the numbers have (LEB128), the numbers, the added bytes. */
#ifndef CAIRN_BASE_DELTA_H
#define CAIRN_BASE_DELTA_H

#include "base/buf.h"

/* Appends the delta that turns `from` into `to`. */
bool cairn_delta_make(cairn_span from, cairn_span to, cairn_buf *out);
/* Writes the `length` bytes that `from` becomes to `to`; false when the delta does not yield just that many. */
bool cairn_delta_apply(cairn_span from, cairn_span delta, char *to, size_t length);

#endif
