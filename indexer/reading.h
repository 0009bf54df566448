/* What `cairn ingest` and `cairn validate` have in common: the options that say what is read and how, and telling what
 * became of a record. */
#ifndef CAIRN_INDEXER_READING_H
#define CAIRN_INDEXER_READING_H

#include "indexer/options.h"
#include "indexer/pipeline.h"
#include "indexer/tally.h"

typedef struct cairn_reading_flags {
    const char *collection, *files_from, *asset_base;
    bool strict;
    uint64_t threads, max_record_bytes;
} cairn_reading_flags;

#define CAIRN_READING_MAX_RECORD_BYTES ((uint64_t)1 << 30)
#define CAIRN_READING_DEFAULTS                                                                                         \
    {                                                                                                                  \
        .max_record_bytes = (uint64_t)64 << 20                                                                         \
    }

/* The entries of a table of options for the member `flags` of the struct `type`. */
#define CAIRN_READING_OPTIONS(type, flags)                                                                             \
    {.name = "collection",                                                                                             \
     .letter = 'c',                                                                                                    \
     .kind = CAIRN_OPTION_TEXT,                                                                                        \
     .argument = "ID",                                                                                                 \
     .at = offsetof(type, flags.collection),                                                                           \
     .help = "the collection of items that name none and were not found under one"},                                   \
        {.name = "files-from",                                                                                         \
         .kind = CAIRN_OPTION_TEXT,                                                                                    \
         .argument = "FILE",                                                                                           \
         .at = offsetof(type, flags.files_from),                                                                       \
         .help = "also the sources named in FILE, one a line; - is standard input"},                                   \
        {.name = "asset-base",                                                                                         \
         .kind = CAIRN_OPTION_TEXT,                                                                                    \
         .argument = "URL",                                                                                            \
         .at = offsetof(type, flags.asset_base),                                                                       \
         .help =                                                                                                       \
             "stands for the folder of each source when relative asset hrefs are made absolute: ./x.tif in "           \
             "ROOT/a/b/i.json becomes URL/a/b/x.tif. Without it an absolute self link is taken, else the file's own "  \
             "place"},                                                                                                 \
        {.name = "strict",                                                                                             \
         .kind = CAIRN_OPTION_FLAG,                                                                                    \
         .at = offsetof(type, flags.strict),                                                                           \
         .help = "refuse what is otherwise repaired for the index with a warning"},                                    \
        {.name = "threads",                                                                                            \
         .kind = CAIRN_OPTION_NUMBER,                                                                                  \
         .argument = "N",                                                                                              \
         .min = 1,                                                                                                     \
         .max = CAIRN_PIPELINE_MAX_THREADS,                                                                            \
         .at = offsetof(type, flags.threads),                                                                          \
         .help = "threads that read records (default: one a processor)"},                                              \
    {                                                                                                                  \
        .name = "max-record-bytes", .kind = CAIRN_OPTION_NUMBER, .argument = "N", .min = 1024,                         \
        .max = CAIRN_READING_MAX_RECORD_BYTES, .at = offsetof(type, flags.max_record_bytes),                           \
        .help = "refuse larger records (default 64M)"                                                                  \
    }

/* Checks the flags against each other: CAIRN_OPTIONS_GO_ON, or CAIRN_EXIT_USAGE after a message. `sources` is the
 * number of sources on the command line. */
int cairn_reading_check(const cairn_command *command, const cairn_reading_flags *flags, int sources);

/* Opens the sources of a command line. `names` is borrowed. */
cairn_code cairn_reading_open(const cairn_reading_flags *flags, char **names, int count, cairn_journal *journal,
                              cairn_sources **out, cairn_error *error);

/* Tells the journal that the record is refused, and counts it. */
void cairn_reading_refuse(cairn_journal *journal, cairn_tally *tally, const cairn_outcome *outcome,
                          const cairn_error *error);
/* Tells the warnings of a record that was taken, and counts the record if it has any. */
void cairn_reading_warn(cairn_journal *journal, cairn_counts *counts, const cairn_outcome *outcome,
                        const cairn_warnings *warnings);

/* The exit code of a run that came to its end. */
int cairn_reading_exit(const cairn_journal *journal, const cairn_tally *tally);

#endif
