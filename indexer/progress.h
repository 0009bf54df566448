/* How far a long command is: a line that is rewritten on a terminal, a line each few seconds elsewhere, or JSON for
 * programs. Thread-safety: none. */
#ifndef CAIRN_INDEXER_PROGRESS_H
#define CAIRN_INDEXER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef enum cairn_progress_mode {
    CAIRN_PROGRESS_AUTO, /* a line on a terminal, else plain */
    CAIRN_PROGRESS_LINE,
    CAIRN_PROGRESS_PLAIN,
    CAIRN_PROGRESS_JSON, /* says nothing by itself: each commit is told by the command, on standard output */
    CAIRN_PROGRESS_NONE,
} cairn_progress_mode;

/* The choices of --progress in the order of the enumeration, NULL-terminated. */
extern const char *const cairn_progress_names[];

typedef struct cairn_progress {
    cairn_progress_mode mode; /* never AUTO after start */
    FILE *out;
    int64_t start, last; /* cairn_clock_now() */
    bool line_shown;
} cairn_progress;

/* What is shown. */
typedef struct cairn_progress_facts {
    uint64_t items;        /* that are committed */
    uint64_t bytes, total; /* of the sources' files; total 0: not known */
    bool counts_items;     /* bytes and total are items that were looked at, and all */
    const char *what;      /* is done with them; NULL: what the command does */
} cairn_progress_facts;

/* Starts the clock. Progress goes to standard error. */
void cairn_progress_start(cairn_progress *progress, cairn_progress_mode mode);
/* Shows the state when it is time to. */
void cairn_progress_tick(cairn_progress *progress, const cairn_progress_facts *facts);
/* Takes a shown line away, so that something else can be printed. `context` is the cairn_progress. */
void cairn_progress_pause(void *context);
/* Seconds since the start, above 0. */
double cairn_progress_seconds(const cairn_progress *progress);

#endif
