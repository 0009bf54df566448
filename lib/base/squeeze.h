/* Short generated texts as deflate blocks (RFC 1951), made quickly: fixed codes, and back-references into the text
 * before and the one itself. The links of an item repeat those of the item before it; so does an item that was cut down
 * to some fields.
 *
 * A block has no final bit and ends with an empty stored block on a byte boundary. Texts may be far apart in what is
 * compressed: each says where it stands. Thread-safety: one user at a time. */
#ifndef CAIRN_BASE_SQUEEZE_H
#define CAIRN_BASE_SQUEEZE_H

#include "base/buf.h"

#include <stdint.h>

enum { CAIRN_SQUEEZE_MAX = 32 << 10 };

typedef struct cairn_squeeze cairn_squeeze;

/* 40 KB; NULL when out of memory. */
cairn_squeeze *cairn_squeeze_new(void);
void cairn_squeeze_free(cairn_squeeze *squeeze);

/* Appends `text` (at most CAIRN_SQUEEZE_MAX bytes), which stands at `position` in the uncompressed stream, if that
 * takes less than `most` bytes. False when nothing was appended: it must be stored then, in the same place. */
bool cairn_squeeze_text(cairn_squeeze *squeeze, cairn_span text, uint64_t position, size_t most, cairn_buf *out);
/* What comes next refers to nothing that was before. */
void cairn_squeeze_forget(cairn_squeeze *squeeze);

#endif
