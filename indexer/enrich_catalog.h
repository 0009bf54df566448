/* `cairn enrich` over a catalog, and over files. */
#ifndef CAIRN_INDEXER_ENRICH_CATALOG_H
#define CAIRN_INDEXER_ENRICH_CATALOG_H

#include "indexer/enrich.h"
#include "indexer/output.h"
#include "indexer/progress.h"
#include "query/search.h"

typedef struct cairn_enrich_run_options {
    cairn_enrich *enrich; /* open */
    cairn_progress *progress;
    cairn_output *output; /* a catalog: what would change, with dry_run; a file: the items, else what would change */
    bool dry_run;
    uint64_t wait; /* for another writer, seconds */
} cairn_enrich_run_options;

/* The items of the catalog that meet the search. Each batch is a transaction; what was written is complete and skipped
 * by the next run. Ends early, with CAIRN_OK, when the program was asked to stop. */
cairn_code cairn_enrich_catalog(const cairn_enrich_run_options *options, const char *path, const cairn_search *search,
                                cairn_error *error);

/* The items of a file (NDJSON, a FeatureCollection, an item; "-" is standard input), one a line, in the load-ready
 * form; what is no item is told to the journal and left out. */
cairn_code cairn_enrich_file(const cairn_enrich_run_options *options, const char *path, cairn_error *error);

/* Prints what was filled in an item: its name, a tab, the fields. */
cairn_code cairn_enrich_print_told(const cairn_enrich_run_options *options, const cairn_enrich_entry *entry,
                                   cairn_error *error);

#endif
