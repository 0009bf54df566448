/* Places of a collection's calendar: /collections/{collectionId}/catalogs/2020/03/05/2 and the like. Nothing here looks
 * at a catalog. Thread-safety: no state.
 *
 * A collection is divided into years (into centuries, when there are too many years), a year into months, a month into
 * days, by the items' sort times (UTC); items without one (they have an end only) are
 * "undated". A day, and what is undated, is divided into
 * parts of CAIRN_BROWSE_LINKS items in the default order, numbered from 1; where there are more parts than
 * CAIRN_BROWSE_LINKS, they are gathered in groups of so many parts, and these again: "1-1000", "1001-2000". The root's
 * collections are divided into parts in the same way, in the order of their ids. */
#ifndef CAIRN_API_PLACE_H
#define CAIRN_API_PLACE_H

#include "base/span.h"
#include "stac/time.h"

/* The most child or item links of a document. */
enum { CAIRN_BROWSE_LINKS = 1000 };

typedef enum cairn_place_kind {
    CAIRN_PLACE_WHOLE, /* a collection, or the root */
    CAIRN_PLACE_CENTURY,
    CAIRN_PLACE_YEAR,
    CAIRN_PLACE_MONTH,
    CAIRN_PLACE_DAY,
    CAIRN_PLACE_UNDATED,
} cairn_place_kind;

typedef struct cairn_place {
    cairn_place_kind kind;
    int year, month, day; /* year: of a century its first one */
    uint64_t part;        /* the first part; 0: all of it */
    uint64_t n_parts;     /* 1: a part; else a group of them, a power of CAIRN_BROWSE_LINKS */
} cairn_place;

/* The place that the segments behind "catalogs" name; false when they name none, such as "2021","02","29". */
bool cairn_place_parse(const cairn_span *segments, size_t n, cairn_place *out);
/* "2" or "1-1000", of the root's collections. */
bool cairn_place_parse_part(cairn_span segment, cairn_place *out);

enum { CAIRN_PLACE_TEXT = 80 };
/* "2020/03/05/2": safe in a URL. "" for the whole. */
void cairn_place_path(const cairn_place *place, char out[CAIRN_PLACE_TEXT]);
/* "2020-03-05, part 2": for people. */
void cairn_place_title(const cairn_place *place, char out[CAIRN_PLACE_TEXT]);

/* The sort times of its items, ends included; all parts of a place have the same. */
cairn_interval cairn_place_period(const cairn_place *place);
cairn_time cairn_place_instant_before(cairn_time time);
/* The century, year, month or day in which the time lies. */
cairn_place cairn_place_around(cairn_place_kind kind, cairn_time time);

/* The place that it is divided from. `by_century`: the collection is divided into centuries; `n_parts`: how many parts
 * the place has altogether. */
cairn_place cairn_place_parent(const cairn_place *place, bool by_century, uint64_t n_parts);
/* How many parts a child has of a place that is divided into so many. */
uint64_t cairn_place_step(uint64_t n_parts);

#endif
