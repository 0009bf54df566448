/* A compact difference between two texts that are mostly alike: how a second form of an item is kept beside the first.
 * Format: any number of (keep, drop, add-length as LEB128 varints, added bytes); what remains is kept. */
#ifndef CAIRN_BASE_PATCH_H
#define CAIRN_BASE_PATCH_H

#include "base/buf.h"
#include "base/error.h"

/* Appends the patch that turns `from` into `to`. */
bool cairn_patch_make(cairn_span from, cairn_span to, cairn_buf *out);
/* Appends `from` as changed by `patch`; CAIRN_CORRUPT when the patch does not fit. */
cairn_code cairn_patch_apply(cairn_span from, cairn_span patch, cairn_buf *out, cairn_error *error);

#endif
