/* Items that are completed by what their files say, batch by batch: the files of a batch are opened by several threads,
 * everything else is done by the calling one. Whoever calls reads items and takes what came of them. */
#ifndef CAIRN_INDEXER_ENRICH_H
#define CAIRN_INDEXER_ENRICH_H

#include "base/buf.h"
#include "indexer/enrich_item.h"
#include "indexer/journal.h"

enum { CAIRN_ENRICH_MAX_JOBS = 256, CAIRN_ENRICH_BATCH = 200 };

typedef struct cairn_enrich_counts {
    uint64_t items, changed, complete; /* complete: nothing was wanted of them */
    uint64_t items_passed_over;        /* all that was wanted was passed over */
    uint64_t opened, failed;           /* files */
    uint64_t passed_over;              /* assets whose href has none of the prefixes */
} cairn_enrich_counts;

typedef struct cairn_enrich_entry {
    cairn_span name;        /* "COLLECTION/ID" or "FILE:LINE", for messages */
    cairn_span text, base;  /* a checked item; see cairn_enrich_read() */
    cairn_span words;       /* the caller's */
    cairn_enrich_item item; /* what came of it */
    cairn_span told;        /* what was filled, for people */
    bool left;              /* not looked at to its end: the program was asked to stop */
} cairn_enrich_entry;

typedef struct cairn_enrich {
    cairn_enrich_rules rules;
    size_t jobs;            /* threads, 1 to CAIRN_ENRICH_MAX_JOBS */
    cairn_journal *journal; /* is told of each file that can't be read */
    cairn_enrich_counts counts;
    cairn_arena *arena;   /* of the batch: texts of entries go here */
    cairn_arena **arenas; /* of the threads */
    cairn_enrich_entry entries[CAIRN_ENRICH_BATCH];
    size_t n;
} cairn_enrich;

/* On zeroed memory where rules, jobs and journal are set; false when out of memory. */
bool cairn_enrich_open(cairn_enrich *enrich);
void cairn_enrich_close(cairn_enrich *enrich);

/* Empties the batch. */
void cairn_enrich_begin(cairn_enrich *enrich);
/* Does the entries[0..n) that the caller has set (name, text, base, words): opens files, fills in, counts, tells the
 * journal. Texts are to be printed from entry->item.item. */
cairn_code cairn_enrich_run(cairn_enrich *enrich, cairn_error *error);

#endif
