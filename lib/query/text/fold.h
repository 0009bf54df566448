/* Inside of free text: cutting text into folded words. */
#ifndef CAIRN_QUERY_TEXT_FOLD_H
#define CAIRN_QUERY_TEXT_FOLD_H

#include "base/buf.h"

/* Appends the words of `text` (UTF-8; what is broken parts words) with a blank between them, each cut at
 * CAIRN_TEXT_WORD_BYTES. True when there is any word; see out->failed. */
bool cairn_text_fold(cairn_span text, cairn_buf *out);

#endif
