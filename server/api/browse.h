/* Browsing (STAC API Browseable 1.0.0-rc.3): from the root along child and item links to every item, with no document
 * of more than CAIRN_BROWSE_LINKS such links. A place (api/place.h) that has no more items than that has item links, a
 * larger one has child links to the places that it is divided into. */
#ifndef CAIRN_API_BROWSE_H
#define CAIRN_API_BROWSE_H

#include "api/call.h"
#include "api/place.h"

/* What is browsed: a collection, or the root, whose "items" are its collections. */
typedef struct cairn_browse {
    cairn_call *call;
    cairn_span collection; /* absent: the root */
    cairn_span title;      /* of the collection, or its id */
    uint64_t n;            /* items of the collection; collections of the root */
} cairn_browse;

/* CAIRN_NOMEM: the request's arena, or the body, is at its cap. */
static inline cairn_code cairn_browse_no_memory(const cairn_browse *browse)
{
    return cairn_error_set(&browse->call->error, CAIRN_NOMEM, "the links do not fit in memory");
}

/* The collection, or the root when `collection` is absent; CAIRN_NOT_FOUND. */
cairn_code cairn_browse_open(cairn_browse *browse, cairn_call *call, cairn_span collection);

/* Something that a child link leads to. */
typedef struct cairn_child {
    cairn_span collection; /* its id; absent: a catalog at `place` */
    cairn_span title;
    cairn_place place;
    bool count_known;
    uint64_t count; /* of items */
} cairn_child;

/* How many items (for the root: collections) the place has, whatever its part; for a place that is divided by time
 * counted up to CAIRN_BROWSE_LINKS + 1. */
cairn_code cairn_browse_count(const cairn_browse *browse, const cairn_place *place, uint64_t *count);

/* The place that segments of the path behind "catalogs" name; CAIRN_NOT_FOUND when nothing is there. `*count` is its
 * count. */
cairn_code cairn_browse_find(const cairn_browse *browse, const cairn_span *segments, size_t n, cairn_place *place,
                             uint64_t *count);

/* Whether the place has more items than a document has links; a part never has. */
bool cairn_browse_is_divided(const cairn_place *place, uint64_t count);

/* The child links of the place, newest first, in the request's arena: none when it has item links. `count` is its
 * count. */
cairn_code cairn_browse_children(const cairn_browse *browse, const cairn_place *place, uint64_t count,
                                 cairn_child **list, size_t *n);

/* The place above it. Looks for all years of a collection to know whether they stand in centuries. */
cairn_code cairn_browse_parent(const cairn_browse *browse, const cairn_place *place, uint64_t count,
                               cairn_place *parent);

#endif
