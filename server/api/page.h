/* A page of items: runs a checked search and writes the FeatureCollection (STAC API Item Search, OGC API
 * Features 7.15). */
#ifndef CAIRN_API_PAGE_H
#define CAIRN_API_PAGE_H

#include "api/call.h"

/* What a page was asked with, and what came of it. */
typedef struct cairn_page_request {
    cairn_search *search;
    cairn_page page;
    cairn_position position; /* from the token */
    cairn_span token_key;
    cairn_result result;
    int64_t started; /* cairn_clock_now() */
} cairn_page_request;

/* Narrows the search to the collection of the path; CAIRN_INVALID when it names others only. */
cairn_code cairn_search_in_collection(cairn_call *call, cairn_search *search);

/* Reads the token, searches and writes the whole body; `*returned` is the number of its items. */
cairn_code cairn_page_answer(cairn_call *call, cairn_search *search, uint32_t *returned);

/* Appends the next and prev links: by GET the whole URL again, by POST the whole body again, each with another token.
 */
cairn_code cairn_page_links_add(cairn_call *call, const cairn_page_request *request, cairn_buf *out);

/* The path of the request with the parameters that it may have, but with this token in the query of a GET (none when
 * absent); in the arena, {NULL,0} at its cap. */
cairn_span cairn_page_path(const cairn_call *call, cairn_span token);

#endif
