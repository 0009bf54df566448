/* An ESM collection (intake-esm's specification, version 0.1.0) made of the assets of items: NAME.json and NAME.csv.gz,
 * one row for each asset of the formats that are wanted. What stands in them: docs/esm.md. */
#ifndef CAIRN_INDEXER_ESM_H
#define CAIRN_INDEXER_ESM_H

#include "indexer/reader.h"

typedef struct cairn_esm_wanted {
    const char *output;   /* DIR/NAME, or DIR/NAME.json */
    const char *formats;  /* a list by commas, NULL: those that intake-esm opens by itself */
    const char *columns;  /* a list of properties, NULL: all */
    const char *groupby;  /* a list of columns, NULL: see docs/esm.md */
    const char *variable; /* a column, NULL: see docs/esm.md */
    cairn_hrefs *hrefs;   /* of the assets */
} cairn_esm_wanted;

/* Writes both files; they appear when they are whole, the JSON last. The items are read page by page, in constant
 * memory (twice, when no property names the variable). CAIRN_INVALID with the option as parameter for names that are
 * not there, and when no asset has one of the formats. */
cairn_code cairn_esm_write(const cairn_esm_wanted *wanted, cairn_reader *reader, const cairn_search *search,
                           cairn_arena *arena, cairn_error *error);

#endif
