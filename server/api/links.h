/* Links: every href is absolute, from the request's external base URL, with ids percent-coded once. */
#ifndef CAIRN_API_LINKS_H
#define CAIRN_API_LINKS_H

#include "api/call.h"

/* "/a/b": the decoded segments percent-coded, in the arena; {NULL,0} at its cap. "/" for none. */
cairn_span cairn_path_join(cairn_arena *arena, const cairn_span *segments, size_t n);
/* "/collections/{id}", and "/collections/{id}/items" when `items`. */
cairn_span cairn_path_of_collection(cairn_arena *arena, cairn_span id, bool items);

/* Appends a link object and, where one is needed, a comma in front of it. `path` is coded already; an absent one (the
 * arena was full) fails the buffer. `title` may be absent. */
void cairn_link_add(const cairn_call *call, cairn_buf *out, const char *rel, const char *type, cairn_span path,
                    cairn_span title);

/* The beginning of a link, up to and with its href, for links that have more members; the caller closes it. */
void cairn_link_open(const cairn_call *call, cairn_buf *out, const char *rel, const char *type, cairn_span path);

/* The links of items, made anew only where the collection changes. Zero-initialise; free at the end. */
typedef struct cairn_item_links {
    cairn_buf collection, self, rest;
} cairn_item_links;

/* Appends self, parent, collection and root behind an open form (stac/document.h) and closes the document. False when
 * out of memory. */
bool cairn_item_links_add(cairn_item_links *links, const cairn_call *call, cairn_span collection, cairn_span id,
                          cairn_buf *out);
void cairn_item_links_free(cairn_item_links *links);

#endif
