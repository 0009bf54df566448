/* What is browsed, as documents: catalogs, collections and their child and item links. */
#ifndef CAIRN_API_BROWSE_LINKS_H
#define CAIRN_API_BROWSE_LINKS_H

#include "api/browse.h"

/* Appends the child or item links of a place to an open list of links, with commas. */
cairn_code cairn_browse_add_links(const cairn_browse *browse, const cairn_place *place, uint64_t count, cairn_buf *out);

/* Appends the catalog at a place; `parent` is the place above it (cairn_browse_parent()). */
cairn_code cairn_browse_add_catalog(const cairn_browse *browse, const cairn_place *place, const cairn_place *parent,
                                    uint64_t count, cairn_buf *out);
/* Appends a collection with its child or item links; CAIRN_NOT_FOUND. */
cairn_code cairn_browse_add_collection(cairn_call *call, cairn_span id, cairn_buf *out);
/* Appends what the link of a child of `parent` leads to. */
cairn_code cairn_browse_add_child(const cairn_browse *browse, const cairn_child *child, const cairn_place *parent,
                                  cairn_buf *out);

#endif
