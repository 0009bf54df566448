/* One GET of a document by http or https (libcurl). Nothing else is spoken, redirects included: at most five, never
 * from https to http. Credentials are neither taken from a URL nor sent. Thread-safety: one thread at a time. */
#ifndef CAIRN_INDEXER_FETCH_H
#define CAIRN_INDEXER_FETCH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#include <stdint.h>

typedef struct cairn_fetch cairn_fetch;

typedef struct cairn_fetch_options {
    uint64_t seconds;   /* for one document, all in all */
    uint64_t max_bytes; /* of one document, unpacked */
} cairn_fetch_options;

/* NULL when out of memory. */
cairn_fetch *cairn_fetch_new(const cairn_fetch_options *options);
void cairn_fetch_free(cairn_fetch *fetch);

/* True for a text that begins like an http or https URL. */
bool cairn_fetch_is_url(cairn_span text);

/* Gets the document into `out` (emptied before), and into *place where it came from after redirects (in the arena).
 * CAIRN_INVALID for a URL that isn't taken, CAIRN_NOT_FOUND for 404 and 410, CAIRN_TOO_LARGE, CAIRN_DEADLINE, CAIRN_IO
 * for other answers than 200 and for the network; messages name the URL without its query, which may hold a token. */
cairn_code cairn_fetch_get(cairn_fetch *fetch, cairn_span url, cairn_arena *arena, cairn_buf *out, cairn_span *place,
                           cairn_error *error);

#endif
