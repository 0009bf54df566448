/* STAC items, versions 0.6 to 1.1: bytes -> what the index needs, and the forms that are kept.
 * Everything lives in the arena or borrows from `json`. Thread-safety: a cairn_geos per thread, else no state. */
#ifndef CAIRN_STAC_ITEM_H
#define CAIRN_STAC_ITEM_H

#include "stac/document.h"
#include "stac/geometry.h"
#include "stac/time.h"

typedef struct cairn_item {
    cairn_span id;         /* decoded UTF-8, 1 to 2048 bytes, without U+0000 */
    cairn_span collection; /* decoded; the document's own, else options->collection */
    cairn_span stac_version;
    bool has_datetime;    /* false: null, with a range */
    cairn_time datetime;  /* when has_datetime */
    cairn_interval range; /* what `datetime` searches are matched with: start_datetime/end_datetime where given (an
                             open end where one lacks), else the instant */
    cairn_footprint footprint;
    cairn_span body; /* open form of what is served: load-ready (stac/ready.h), upgraded to a 1.0 view for versions
                        before 1.0.0, `collection` written in, hrefs of assets and kept links absolute; else the
                        source's bytes */
    cairn_span properties; /* their value in the body, when it was seen as that was written; else absent */
    cairn_span source;     /* open form of the source's own words (hrefs absolute), or absent when equal to body */
    unsigned traits;       /* of the body, see stac/traits.h */
    cairn_warnings warnings;
} cairn_item;

/* The time that items are sorted by: datetime, else start_datetime, else CAIRN_TIME_MIN (sorts last in descending
 * order). */
cairn_time cairn_item_sort_time(const cairn_item *item);

/* Reads one item. `json` must be checked text (cairn_json_check). A fault is CAIRN_INVALID with a JSON pointer and what
 * was expected. Rules: docs/ingest.md. */
cairn_code cairn_item_read(cairn_geos *geos, cairn_span json, const cairn_read_options *options, cairn_arena *arena,
                           cairn_item *out, cairn_error *error);

#endif
