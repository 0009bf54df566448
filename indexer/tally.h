/* What became of the records of a run, counted so that read = added + replaced + unchanged + skipped + refused.
 * Thread-safety: none. */
#ifndef CAIRN_INDEXER_TALLY_H
#define CAIRN_INDEXER_TALLY_H

#include "base/buf.h"
#include "indexer/work.h"

typedef struct cairn_counts {
    uint64_t read, added, replaced, unchanged, skipped, refused;
    uint64_t warned; /* of those taken: with at least one warning */
} cairn_counts;

typedef struct cairn_tally {
    cairn_counts items; /* and refused records of which nobody can say what they were */
    cairn_counts collections;
    uint64_t catalogs, catalogs_refused;
    uint64_t made;    /* collections that Cairn made */
    uint64_t ignored; /* JSON that is not STAC, in folders */
    uint64_t batches;
    uint64_t committed; /* items that are durable: added, replaced, unchanged or skipped */
} cairn_tally;

/* The counts that a record of this kind belongs to; NULL for catalogs. */
cairn_counts *cairn_tally_of(cairn_tally *tally, cairn_kind kind);
/* Counts a refused record. */
void cairn_tally_refuse(cairn_tally *tally, cairn_kind kind);
/* Counts what the store did. */
void cairn_counts_put(cairn_counts *counts, cairn_put what);
/* Items that were taken so far. */
uint64_t cairn_counts_taken(const cairn_counts *counts);
/* Catalogs that were read, refused ones too. */
uint64_t cairn_tally_catalogs(const cairn_tally *tally);
/* All refused records. */
uint64_t cairn_tally_refused(const cairn_tally *tally);

/* "read 3, added 3, replaced 0, ..." */
void cairn_counts_text(const cairn_counts *counts, cairn_buf *out);
/* "read":3,"added":3,... without braces. */
void cairn_counts_json(const cairn_counts *counts, cairn_buf *out);

#endif
