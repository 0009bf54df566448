/* Private to lib/stac: what was found of texts that come again with each item, such as the bands of a collection's
 * assets. Whole texts are kept, not their hashes alone, so that nobody can make one that is taken for another. */
#ifndef CAIRN_STAC_SEEN_H
#define CAIRN_STAC_SEEN_H

#include "base/span.h"

#include <stdbool.h>

enum { CAIRN_SEEN_BYTES = 500, CAIRN_SEEN_TEXTS = 256 };

/* Starts zeroed. Each belongs to one thread. */
typedef struct cairn_seen {
    struct {
        unsigned short n; /* 0: nothing */
        bool answer;
        char text[CAIRN_SEEN_BYTES];
    } at[CAIRN_SEEN_TEXTS];
} cairn_seen;

/* False when the text is not among those that are kept. */
bool cairn_seen_find(const cairn_seen *seen, cairn_span text, bool *answer);
/* In the place of another one, maybe. Texts that are empty or longer than CAIRN_SEEN_BYTES are not kept. */
void cairn_seen_keep(cairn_seen *seen, cairn_span text, bool answer);

#endif
