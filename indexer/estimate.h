/* `cairn search --estimate`: how many bytes the arrays are that a search finds, and the cube that a client builds. */
#ifndef CAIRN_INDEXER_ESTIMATE_H
#define CAIRN_INDEXER_ESTIMATE_H

#include "indexer/output.h"
#include "indexer/reader.h"

typedef struct cairn_estimate_flags {
    bool estimate, json;
    const char *assets, *crs, *resolution;
    uint64_t memory; /* of a worker in bytes; 0: the default */
} cairn_estimate_flags;

/* Whether any of them is given. */
bool cairn_estimate_is_asked(const cairn_estimate_flags *flags);

/* Prints the estimate of what the search finds: a table, or one line of JSON with `array_bytes`, `cube_bytes`, `arrays`
 * and `cube` as /aggregate has them. *count gets the number of items. Faults of an option name it as parameter. */
cairn_code cairn_estimate_print(const cairn_estimate_flags *flags, cairn_reader *reader, const cairn_search *search,
                                cairn_arena *arena, uint64_t *count, cairn_error *error);

/* The entries of a table of options for the member `flags` of the struct `type`. */
#define CAIRN_ESTIMATE_OPTIONS(type, flags)                                                                            \
    {.name = "estimate",                                                                                               \
     .kind = CAIRN_OPTION_FLAG,                                                                                        \
     .at = offsetof(type, flags.estimate),                                                                             \
     .help = "instead of items: how many bytes their arrays are, and the cube that a client builds of them, with "     \
             "chunks and workers for it"},                                                                             \
        {.name = "json",                                                                                               \
         .kind = CAIRN_OPTION_FLAG,                                                                                    \
         .at = offsetof(type, flags.json),                                                                             \
         .help = "of --estimate: as JSON"},                                                                            \
        {.name = "estimate-assets",                                                                                    \
         .kind = CAIRN_OPTION_TEXT,                                                                                    \
         .argument = "KEY,...",                                                                                        \
         .at = offsetof(type, flags.assets),                                                                           \
         .help = "of --estimate: only these assets; default: all that hold data"},                                     \
        {.name = "estimate-crs",                                                                                       \
         .kind = CAIRN_OPTION_TEXT,                                                                                    \
         .argument = "CRS",                                                                                            \
         .at = offsetof(type, flags.crs),                                                                              \
         .help = "of --estimate: the cube's reference system; default: the one of most arrays"},                       \
        {.name = "estimate-resolution",                                                                                \
         .kind = CAIRN_OPTION_TEXT,                                                                                    \
         .argument = "UNITS",                                                                                          \
         .at = offsetof(type, flags.resolution),                                                                       \
         .help = "of --estimate: the cube's resolution in units of that system; default: the finest of the arrays"},   \
    {                                                                                                                  \
        .name = "estimate-memory", .kind = CAIRN_OPTION_NUMBER, .argument = "BYTES", .min = 1 << 20,                   \
        .at = offsetof(type, flags.memory), .help = "of --estimate: memory of one worker (default: 4G)"                \
    }

#endif
