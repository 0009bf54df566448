/* Hrefs of assets at serving time: where an object lies, what an href becomes for a client, and which items need no
 * look at all. Nothing here opens a connection. */
#ifndef CAIRN_HREF_HREF_H
#define CAIRN_HREF_HREF_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "href/sign.h"
#include "stac/traits.h"

/* The parameter `asset-href-mode`: what the client wants. */
typedef enum cairn_href_mode {
    CAIRN_HREF_LOADABLE, /* the default: what loads with no credentials */
    CAIRN_HREF_HTTPS,
    CAIRN_HREF_S3,     /* the object store's own scheme: s3, gs, abfs */
    CAIRN_HREF_FILE,   /* paths of this machine where they are known */
    CAIRN_HREF_SOURCE, /* as the item was ingested */
    CAIRN_HREF_SIGNED, /* signed https where the signer covers the object, else as https */
} cairn_href_mode;

/* "loadable", "https", "s3", "file", "source", "signed": in the order of cairn_href_mode, NULL-terminated. */
extern const char *const cairn_href_modes[];
/* CAIRN_INVALID lists them. */
cairn_code cairn_href_mode_parse(cairn_span text, cairn_href_mode *out, cairn_error *error);

/* The rules of one server or one command: prefix maps, folders that are served, regions and endpoints, signing.
 * Read-only once made, shared by threads. */
typedef struct cairn_href_map cairn_href_map;

cairn_href_map *cairn_href_map_new(void);
void cairn_href_map_free(cairn_href_map *map);
/* "FROM=TO": hrefs that begin with FROM (at a '/' where FROM ends in none) get TO instead; the longest FROM wins. A
 * rule counts only in modes that its TO is right for: any in the default one. CAIRN_INVALID says what was expected. */
cairn_code cairn_href_map_add(cairn_href_map *map, cairn_span rule, cairn_error *error);
/* "/path/=DIR": file: hrefs inside DIR become BASE-URL/path/..., and the other way round. */
cairn_code cairn_href_map_add_folder(cairn_href_map *map, cairn_span rule, cairn_error *error);
/* Alternates of these names ("https", "download" ...) take the place of an asset's own href when that can't be loaded
 * without credentials, in this order. Default: any whose href is http(s). */
cairn_code cairn_href_map_add_alternate(cairn_href_map *map, cairn_span name, cairn_error *error);
/* Borrowed; must outlive the map. */
void cairn_href_map_set_signer(cairn_href_map *map, cairn_signer *signer);
bool cairn_href_map_signs(const cairn_href_map *map);

/* One answer's view of it. */
typedef struct cairn_href_view {
    const cairn_href_map *map;
    cairn_href_mode mode;
    cairn_span base_url; /* of the request, without a trailing slash; absent: file: stays */
    int64_t now;         /* seconds since 1970 */
} cairn_href_view;

/* False when no item with hrefs of these kinds (CAIRN_HREFS_*) is changed by the view: then it is sent untouched. */
bool cairn_href_view_touches(const cairn_href_view *view, unsigned kinds);

/* Appends the item (open form or whole, checked text) to `out` with the hrefs of its assets as the view has them: by
 * splicing, everything else byte for byte. What a changed asset was is not kept: mode=source tells it. `*expires` (may
 * be NULL) becomes the earliest end of a signature, when one was made that ends before it. A signature that can't be
 * had is a fault. Texts are made in the arena, which may be reset afterwards. */
cairn_code cairn_href_rewrite(const cairn_href_view *view, cairn_span item, cairn_arena *arena, cairn_buf *out,
                              int64_t *expires, cairn_error *error);

#endif
