/* Items made anew from their source's own words, by what this program knows now: for catalogs that an earlier version
 * wrote. What `cairn enrich` filled in stays: such items are made from what they have become. */
#ifndef CAIRN_INDEXER_RENEW_H
#define CAIRN_INDEXER_RENEW_H

#include "indexer/editor.h"

typedef struct cairn_renewed {
    uint64_t items, changed;
    uint64_t refused; /* that this program would not take: they stay as they are */
} cairn_renewed;

/* Reads page by page, in constant memory, and writes each page in a transaction of its own; a run that was interrupted
 * is begun again from the start. `refused` (may be NULL) is told of each item that is. */
typedef void (*cairn_renew_refused)(cairn_span collection, cairn_span id, const cairn_error *error);
cairn_code cairn_renew_items(cairn_editor *editor, cairn_renew_refused refused, cairn_renewed *out, cairn_error *error);

#endif
