/* The way through a static catalog: its child, children, item and items links, depth first, in their order, each file
 * once. Nothing is read here: the caller reads the documents and gives those that have links back to
 * cairn_crawl_enter(). Memory holds the documents from the root to the present one, and up to 96 bytes for each file
 * seen.
 *
 * hrefs are taken as relative to the document's own file (its self link doesn't count): percent-decoded, or as written
 * where only that file exists; '\' as '/'. Links that lead nowhere and cycles are warnings; links to the network are
 * counted and left. Thread-safety: none. */
#ifndef CAIRN_INDEXER_CRAWL_H
#define CAIRN_INDEXER_CRAWL_H

#include "indexer/journal.h"
#include "indexer/stream.h"
#include "stac/document.h"

enum {
    CAIRN_CRAWL_MAX_DEPTH = 100,
    CAIRN_CRAWL_MAX_FILES = 50 * 1000 * 1000,
};

typedef struct cairn_crawl cairn_crawl;

/* What a link leads to. Valid until the next call. */
typedef struct cairn_crawl_target {
    cairn_span path;       /* NUL-terminated */
    cairn_span collection; /* the collection that it is under, or absent */
    cairn_span catalog;    /* the catalog that names it, or absent */
} cairn_crawl_target;

/* NULL when out of memory. The journal is borrowed. */
cairn_crawl *cairn_crawl_new(cairn_journal *journal);
void cairn_crawl_free(cairn_crawl *crawl);

/* Goes down into a catalog or collection (checked text, copied) that was read from `path`: its links come next.
 * CAIRN_NOMEM only; one that is nested too deep is left with a warning. */
cairn_code cairn_crawl_enter(cairn_crawl *crawl, cairn_span path, cairn_file_id file, cairn_kind kind, cairn_span text,
                             cairn_error *error);

/* The next file to be read; *more is false at the end. */
cairn_code cairn_crawl_next(cairn_crawl *crawl, cairn_crawl_target *out, bool *more, cairn_error *error);

/* How many catalogs and collections are open above the present place. */
size_t cairn_crawl_depth(const cairn_crawl *crawl);

#endif
