/* The rows of an ESM collection: one for each asset of the wanted formats. */
#ifndef CAIRN_INDEXER_ESM_ROWS_H
#define CAIRN_INDEXER_ESM_ROWS_H

#include "indexer/esm_columns.h"
#include "indexer/esm_format.h"
#include "indexer/output.h"
#include "indexer/reader.h"

typedef struct cairn_esm_table {
    const cairn_esm_columns *columns;
    cairn_hrefs *hrefs;
    bool formats[CAIRN_ESM_FORMATS];   /* which are wanted */
    bool own_variable;                 /* there is a column `variable`, of what the assets hold */
    bool lists;                        /* whose cells are JSON arrays, since some assets hold several */
    bool any;                          /* out: there was a row */
    uint64_t unnamed;                  /* out, of a survey: rows of data cubes that don't tell their variables */
    uint64_t found[CAIRN_ESM_FORMATS]; /* out: assets of each format, wanted or not */
} cairn_esm_table;

/* Sets `lists` as the items want it, and `any`, without writing: for tables with a variable of their own. */
cairn_code cairn_esm_rows_survey(cairn_esm_table *table, cairn_reader *reader, const cairn_search *search,
                                 cairn_error *error);
/* Writes the header and all rows, in the order of a search. */
cairn_code cairn_esm_rows_write(cairn_esm_table *table, cairn_reader *reader, const cairn_search *search,
                                cairn_output *output, cairn_arena *arena, cairn_error *error);

#endif
