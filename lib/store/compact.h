/* Packing into the compact encoding (store/pack.h). */
#ifndef CAIRN_STORE_COMPACT_H
#define CAIRN_STORE_COMPACT_H

#include "base/dictionary.h"
#include "store/pack.h"

/* What is packed with. A framer belongs to one thread. */
typedef struct cairn_compactor {
    cairn_framer *framer;
    const cairn_dictionary *dictionary;
    size_t number; /* of the dictionary, 0: it is an empty one */
} cairn_compactor;

/* As cairn_pack(): compact, or plain when that is no smaller. */
bool cairn_compact_pack(const cairn_compactor *with, cairn_pattern pattern, cairn_span text, cairn_buf *out,
                        cairn_packed *packed);
/* As cairn_properties_pack(). The first pattern is that of items without their properties, the second that of these. */
bool cairn_compact_item(const cairn_compactor *with, cairn_span open, cairn_span inside, cairn_buf *out,
                        cairn_packed *body, cairn_packed *properties);

/* The number of the dictionary that a compact text is packed with; false when it is not compact, or broken. */
bool cairn_compact_number(const cairn_packed *packed, size_t *number);
/* Takes the number and the pattern from the front of a compact text. */
bool cairn_compact_head(cairn_span *bytes, size_t *number, cairn_pattern *pattern);

#endif
