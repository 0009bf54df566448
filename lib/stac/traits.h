/* What is kept beside an item so that nobody has to open it again: of which kinds the hrefs of its assets are, and
 * which clients load it. One number: the kinds in the low 8 bits, above them a bit for each client (stac/loads.h). */
#ifndef CAIRN_STAC_TRAITS_H
#define CAIRN_STAC_TRAITS_H

#include "base/arena.h"
#include "base/error.h"

/* Kinds of the hrefs of assets, and whether there are alternates (the extension alternate-assets), of any kind. */
enum {
    CAIRN_HREFS_HTTP = 1,  /* http, https */
    CAIRN_HREFS_S3 = 2,    /* s3, s3a, s3n */
    CAIRN_HREFS_GS = 4,    /* gs, gcs */
    CAIRN_HREFS_AZURE = 8, /* abfs, abfss, az */
    CAIRN_HREFS_FILE = 16,
    CAIRN_HREFS_OTHER = 32,     /* any other scheme, relative ones */
    CAIRN_HREFS_ALTERNATE = 64, /* an asset has alternates */
    CAIRN_HREFS_UNKNOWN = 128,  /* nobody looked: look now */
    CAIRN_HREFS_ALL = 255,
};

enum { CAIRN_TRAITS_LOADS_SHIFT = 8 }; /* cairn_loads_mask() stands above the kinds */

/* The kind of one href, as written in JSON or decoded; any case of the scheme. */
unsigned cairn_href_kind(cairn_span href);

/* `item`: checked text of a whole item or its open form. CAIRN_NOMEM at the arena's cap is the only fault. Cost: a few
 * microseconds. */
cairn_code cairn_traits_of(cairn_span item, cairn_arena *arena, unsigned *out, cairn_error *error);

#endif
