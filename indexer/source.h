/* Sources to records: files, pipes, folders and static catalogs, one after another in the order of the command line,
 * and each of them in a fixed order, so that the same command reads the same records in the same order. Thread-safety:
 * none, the reading thread owns it. */
#ifndef CAIRN_INDEXER_SOURCE_H
#define CAIRN_INDEXER_SOURCE_H

#include "indexer/journal.h"
#include "stac/document.h"

typedef struct cairn_sources cairn_sources;

typedef struct cairn_source_options {
    const char *const *names; /* the sources, "-": standard input; borrowed */
    size_t count;
    const char *files_from; /* a file of further sources, one a line, or "-"; NULL: none */
    const char *collection; /* for items that name none and were not found under a collection; NULL: none */
    const char *asset_base; /* the URL that stands for each source's folder; NULL: none */
    size_t max_record_bytes;
} cairn_source_options;

/* What the records of one file have in common. */
typedef struct cairn_origin {
    uint64_t serial;       /* another one for each file */
    cairn_span name;       /* for messages, NUL-terminated */
    cairn_span base;       /* file:///..., absent for a pipe */
    cairn_span asset_base; /* or absent */
    cairn_span collection; /* for items that name none, or absent */
    bool any_json;         /* JSON that is not STAC may be there: it is no fault */
} cairn_origin;

typedef struct cairn_record {
    const cairn_origin *origin;
    cairn_span text;   /* absent when there is a fault */
    uint64_t line;     /* where it begins */
    bool is_checked;   /* cairn_json_check() passed */
    bool is_root;      /* a catalog or collection that was named as source, whose links are crawled */
    const char *fault; /* why there is no text, or NULL */
} cairn_record;

/* Checks that the named sources are there (CAIRN_NOT_FOUND, CAIRN_INVALID). The options are copied, what they point to
 * and the journal are borrowed. */
cairn_code cairn_sources_open(const cairn_source_options *options, cairn_journal *journal, cairn_sources **out,
                              cairn_error *error);
void cairn_sources_close(cairn_sources *sources);

/* The next record, valid until the next call; *more is false at the end, or when the program was asked to stop. A
 * source that can't be read is told to the journal, and the next one is taken. */
cairn_code cairn_sources_next(cairn_sources *sources, cairn_record *out, bool *more, cairn_error *error);

/* How far the reading is, in bytes of the files; *total is 0 where it isn't known. */
void cairn_sources_position(const cairn_sources *sources, uint64_t *read, uint64_t *total);

#endif
