/* The sink that writes outcomes into a catalog: one transaction a batch, or several batches while they come quickly,
 * since a transaction costs as much for few records as for many that lie beside each other. Thread-safety: none. */
#ifndef CAIRN_INDEXER_WRITING_H
#define CAIRN_INDEXER_WRITING_H

#include "indexer/journal.h"
#include "indexer/pipeline.h"
#include "indexer/tally.h"

typedef struct cairn_writing {
    cairn_writer *writer;   /* borrowed */
    cairn_journal *journal; /* borrowed */
    cairn_conflict conflict;
    bool strict_collections; /* refuse items whose collection the catalog lacks */
    uint64_t batch;          /* records of a full batch of the pipeline: behind one that is not full all is committed */
    uint64_t most;           /* records in a transaction */
    void (*committed)(void *context);
    void (*tick)(void *context);
    void *context;

    cairn_tally tally;
    bool begun;           /* a transaction is open */
    int64_t since;        /* when it began, cairn_clock_now() */
    uint64_t records;     /* of it, */
    uint64_t in_batch;    /* and of the batch in hand */
    cairn_buf collection; /* the last one that is known to be there */
    cairn_buf place;      /* the name of the source of the last record that was taken */
    uint64_t line;        /* and its line */
    cairn_buf safe_place; /* the same as of the last commit */
    uint64_t safe_line;
} cairn_writing;

/* Sets up what the caller doesn't: the members from `tally` on. */
void cairn_writing_init(cairn_writing *writing);
void cairn_writing_free(cairn_writing *writing);

cairn_sink cairn_writing_sink(cairn_writing *writing);
/* Commits what is left when the pipeline has ended well. */
cairn_code cairn_writing_end(cairn_writing *writing, cairn_error *error);

#endif
