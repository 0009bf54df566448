/* What a command prints as its result: to standard output, or to a file that appears whole or not at all.
 * Every write is checked, so that a full disk is an error and never a short file with exit code 0. When nobody reads
 * standard output any more (EPIPE), writing fails and cairn_report() stays silent. Not thread-safe. */
#ifndef CAIRN_INDEXER_OUTPUT_H
#define CAIRN_INDEXER_OUTPUT_H

#include "base/deflate.h"

#include <stdio.h>

typedef struct cairn_output {
    FILE *file;       /* stdout, or owned */
    const char *path; /* NULL: standard output; borrowed */
    char *temporary;  /* renamed to path by close; NULL when written in place (devices, pipes) */
    bool compressed;  /* what is written becomes one gzip member */
    cairn_gzip gzip;
    cairn_buf packed; /* compressed and not yet written */
} cairn_output;

/* `path` NULL or "-": standard output; else a file, written beside it under a temporary name. */
cairn_code cairn_output_open(cairn_output *output, const char *path, cairn_error *error);
/* What is written from now on becomes one gzip member (RFC 1952), compressed call by call: write much at once. `output`
 * must stay where it is until it is closed. */
void cairn_output_compress(cairn_output *output);
cairn_code cairn_output_write(cairn_output *output, cairn_span bytes, cairn_error *error);
/* Flushes; a file is synced and renamed. After an error nothing is left beside the path. */
cairn_code cairn_output_close(cairn_output *output, cairn_error *error);
/* Throws away what was written to a file; harmless after close. */
void cairn_output_abandon(cairn_output *output);

/* Flushes what went to standard output by printf(). */
cairn_code cairn_output_flush(cairn_error *error);
/* True once a write to standard output failed because nobody reads it. */
bool cairn_output_reader_left(void);

#endif
