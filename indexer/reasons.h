/* Messages counted by kind: what differs from record to record (numbers, quoted words, lists, names of assets) makes no
 * difference. Thread-safety: none. */
#ifndef CAIRN_INDEXER_REASONS_H
#define CAIRN_INDEXER_REASONS_H

#include "base/span.h"

#include <stdint.h>

typedef struct cairn_reason {
    char *key;      /* owned: what messages of the kind have in common */
    char *example;  /* owned: the first message of the kind, with its pointer */
    uint64_t count; /* how often it came */
    uint64_t shown; /* how often it was printed, kept by the caller */
} cairn_reason;

enum { CAIRN_REASONS_MAX = 200 };

typedef struct cairn_reasons {
    cairn_reason items[CAIRN_REASONS_MAX]; /* beyond that, all others together in the last */
    size_t n;
} cairn_reasons;

/* Counts one and returns its kind; NULL when out of memory. */
cairn_reason *cairn_reasons_count(cairn_reasons *reasons, cairn_span pointer, cairn_span message);
void cairn_reasons_free(cairn_reasons *reasons);

#endif
