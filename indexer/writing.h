/* The sink that writes outcomes into a catalog: one transaction a batch. Thread-safety: none. */
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
    void (*committed)(void *context);
    void (*tick)(void *context);
    void *context;

    cairn_tally tally;
    bool begun;           /* a transaction is open */
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

#endif
