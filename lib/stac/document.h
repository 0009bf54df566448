/* What a JSON document is in STAC terms, its links, and the forms in which Cairn keeps it.
 *
 * The open form: items and collections are kept as one line of JSON (no white space outside of strings) whose `links`
 * member is last and left open, each kept link followed by a comma:
 *     {"type":"Feature", ... ,"links":[{"rel":"license","href":"https://..."},
 * so that a server appends its own links and "]}" without parsing. CAIRN_OPEN_LINKS ends such a text when no link is
 * kept. cairn_document_close() makes a whole document of it.
 * Kept links are those that a server does not write itself: all but self, root, parent, collection, item, items, child,
 * children, next, prev; their relative hrefs are made absolute. */
#ifndef CAIRN_STAC_DOCUMENT_H
#define CAIRN_STAC_DOCUMENT_H

#include "base/json.h"
#include "stac/warnings.h"

typedef enum cairn_kind {
    CAIRN_KIND_OTHER, /* not STAC */
    CAIRN_KIND_ITEM,  /* type Feature with STAC members, of any version */
    CAIRN_KIND_COLLECTION,
    CAIRN_KIND_CATALOG,
    CAIRN_KIND_FEATURE_COLLECTION, /* ItemCollection, single-file catalog, search answer */
} cairn_kind;

/* By `type`, and for versions before 1.0 (no type) by the members: extent and license make a collection, links a
 * catalog. A Feature that has neither stac_version nor assets nor links is OTHER. `json` is checked text. */
cairn_kind cairn_document_kind(cairn_span json);
/* The same with the index of the text, or NULL. */
cairn_kind cairn_document_kind_in(const cairn_json_index *index, cairn_span json);
const char *cairn_kind_name(cairn_kind kind);

typedef struct cairn_link {
    cairn_span rel, href, type, title; /* decoded; absent when missing or not strings */
    cairn_span whole;                  /* the link object's text */
} cairn_link;

/* Walks `links` (an array; versions 0.4 to 0.6 have an object of links too). Entries that are no link objects are
 * skipped. */
typedef struct cairn_links {
    cairn_json_walk walk;
    bool is_object;
    cairn_arena *arena;
} cairn_links;
cairn_links cairn_links_of(cairn_span document, cairn_arena *arena);
bool cairn_links_next(cairn_links *links, cairn_link *link);

/* How the reader of a document is to take it. Zero-initialise. */
typedef struct cairn_read_options {
    bool strict;     /* refuse what would be repaired */
    cairn_span base; /* URI of the document itself, such as file:///data/a/b/i.json; absent: unknown */
    /* URI that stands for the document by --asset-base (ROOT/a/b/i.json gives URL/a/b/i.json), or absent. Relative
     * hrefs resolve against: asset_base, else an absolute self link, else base. */
    cairn_span asset_base;
    cairn_span collection;         /* for items that name none; absent: such an item is refused */
    size_t max_vertices;           /* of a geometry; 0: default */
    bool compact;                  /* the text has no white space outside of strings (cairn_json_facts): saves a copy */
    const cairn_json_index *index; /* of the text, where there is one already; else NULL */
} cairn_read_options;

/* "links":[ at the end of an open form without kept links. */
extern const cairn_span cairn_open_links;

/* Appends a whole document from the open form: kept links, then `extra` (link objects with commas between, may be
 * empty), then "]}". */
bool cairn_document_close(cairn_span open, cairn_span extra, cairn_buf *out);

#endif
