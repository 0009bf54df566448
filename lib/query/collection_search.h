/* Collection search (STAC API Collection Search 1.0.0-rc.1): a search request that is asked of collections.
 *
 * bbox and datetime: any of the boxes, any of the intervals of the collection's own extent meets it; a collection that
 * says nothing of its place or time does not. Filters and sorts see the collection's own members: `title`,
 * `keywords`, `summaries.gsd.minimum`; `geometry` is the area of its boxes, `datetime` is null as an instant and the
 * first of its intervals where a range is asked for, start_datetime and end_datetime are that interval's ends, an open
 * one lying before or after every time. Sorting by `datetime` takes the start. `collection` is null.
 * `q` is the store's to evaluate. Ids, collections and intersects are no part of it. Belongs to one thread. */
#ifndef CAIRN_QUERY_COLLECTION_SEARCH_H
#define CAIRN_QUERY_COLLECTION_SEARCH_H

#include "query/search.h"

typedef struct cairn_collection_search cairn_collection_search;

/* Makes a search ready for many collections; in the arena, which must be settled before the GEOS context is freed.
 * `newest_first`: sortby was "-datetime", which a search does not tell from no sort. The search must outlive it.
 * CAIRN_INVALID as cairn_cql2_matcher_new(). */
cairn_code cairn_collection_search_new(const cairn_search *search, bool newest_first, cairn_geos *geos,
                                       cairn_arena *arena, cairn_collection_search **out, cairn_error *error);

/* True when it asks for an order other than that of ids, which is the default. */
bool cairn_collection_search_sorts(const cairn_collection_search *search);

/* Does a collection (decoded id, open form) match, and where in the order does it stand? `*at` lives in `scratch`,
 * which is to be reset between collections. CAIRN_NOMEM at its cap. */
cairn_code cairn_collection_search_match(cairn_collection_search *search, cairn_span id, cairn_span open,
                                         cairn_arena *scratch, bool *matches, cairn_position *at, cairn_error *error);

/* Negative when `a` comes before `b`: by the sort, then by id. */
int cairn_collection_search_compare(const cairn_collection_search *search, const cairn_position *a,
                                    const cairn_position *b);

#endif
