/* The items behind a URL: an item, a page of a search with the pages that follow, a collection or landing page of an
 * API, or a static catalog. Documents are fetched one after another (indexer/fetch.h), each URL once. */
#ifndef CAIRN_INDEXER_REMOTE_H
#define CAIRN_INDEXER_REMOTE_H

#include "indexer/fetch.h"

/* Documents fetched for one URL, at most. */
enum { CAIRN_REMOTE_DOCUMENTS = 100000 };

typedef struct cairn_remote_options {
    cairn_fetch_options fetch;
    uint64_t limit; /* of items; 0: none */
} cairn_remote_options;

/* `text`: a JSON value, checked; `place`: the URL that it came from, for its relative hrefs. */
typedef cairn_code (*cairn_remote_sink)(void *context, cairn_span text, cairn_span place, cairn_error *error);

/* Calls `sink` for each record that stands where an item should. An API is asked by GET: a collection's `items` link, a
 * landing page's `search` link, `next` links. Without those, `child` and `item` links are followed. CAIRN_INVALID when
 * a document is no STAC, or the next page can be had by POST only; CAIRN_TOO_LARGE for too many documents. */
cairn_code cairn_remote_walk(cairn_span url, const cairn_remote_options *options, cairn_remote_sink sink, void *context,
                             cairn_error *error);

#endif
