/* One search, page by page, in both stores. */
#ifndef CAIRN_DIFFERENTIAL_WALK_H
#define CAIRN_DIFFERENTIAL_WALK_H

#include "tests/differential/generate.h"
#include "tests/differential/world.h"

typedef struct walk_tally {
    uint64_t pages, backward, rows, cut_short, refused, changed;
} walk_tally;

/* Walks a search to its end (or 50 pages) with random limits, sometimes back again, by tokens. False at the first
 * difference, which is printed. `*hits`: how many there are. */
bool walk_search(world *w, dice *d, const inquiry *asked, uint64_t *hits, walk_tally *tally);

#endif
