/* The columns of an ESM collection that come from the properties of items, by what the catalog knows of these. */
#ifndef CAIRN_INDEXER_ESM_COLUMNS_H
#define CAIRN_INDEXER_ESM_COLUMNS_H

#include "store/store.h"

typedef struct cairn_esm_column {
    cairn_span name; /* of the column: that of the property, but `cmip6:source_id` is `source_id`, as the catalogs of
                        CMIP data have it, and one that is the name of a column already is `properties.NAME` */
    cairn_span property; /* "cmip6:source_id" */
    uint64_t items;      /* that have it */
} cairn_esm_column;

typedef struct cairn_esm_columns {
    cairn_esm_column *at; /* by property */
    size_t n;
    uint64_t items; /* of the collections that were asked for */
} cairn_esm_columns;

/* The columns that every row has before those of properties, NULL-terminated; CSV has bbox as four. */
extern const char *const cairn_esm_own_columns[];

/* All properties of the items of the search's collections (all, when it names none) but those that are objects.
 * CAIRN_TOO_LARGE for more than CAIRN_CSV_MAX_COLUMNS - 100. To be called within a transaction; all lives in the
 * arena. */
cairn_code cairn_esm_columns_gather(cairn_session *session, const cairn_search *search, cairn_arena *arena,
                                    cairn_esm_columns *out, cairn_error *error);
/* Only those that the list "a,b" names, by column or property, in its order; CAIRN_INVALID for others. */
cairn_code cairn_esm_columns_choose(cairn_esm_columns *columns, cairn_span list, cairn_arena *arena,
                                    cairn_error *error);
/* By the name of the column or property; NULL when there is none. */
const cairn_esm_column *cairn_esm_columns_find(const cairn_esm_columns *columns, cairn_span name);
/* CAIRN_INVALID "no column 'x'; did you mean 'y'?" */
cairn_code cairn_esm_refuse_name(const cairn_esm_columns *columns, cairn_span name, cairn_arena *arena,
                                 cairn_error *error);

#endif
