/* STAC collections, and catalogs as far as a landing page needs them. */
#ifndef CAIRN_STAC_COLLECTION_H
#define CAIRN_STAC_COLLECTION_H

#include "stac/document.h"
#include "stac/geometry.h"
#include "stac/time.h"

typedef struct cairn_collection {
    cairn_span id, title, description; /* decoded; title may be absent */
    cairn_span body;                   /* open form, see document.h; `type` is there whatever the version */
    cairn_span source;                 /* open form of the source's own words, absent when equal to body */
    cairn_warnings warnings;
} cairn_collection;

/* Reads a collection of any version (checked text). Needs an id; a missing type, description, license, extent or
 * stac_version is added to `body` with a warning (strict: refused). Versions before 1.0 get an upgraded view. */
cairn_code cairn_collection_read(cairn_span json, const cairn_read_options *options, cairn_arena *arena,
                                 cairn_collection *out, cairn_error *error);

/* The extent of a collection that Cairn keeps from its items. */
typedef struct cairn_extent {
    bool has_box;
    cairn_box box;
    bool has_time;
    cairn_interval time; /* open ends are written as null */
} cairn_extent;

/* The open form of a minimal STAC 1.1.0 collection: id, a description that says where it comes from, license "other",
 * and the extent (the whole world and all time where nothing is known). */
cairn_span cairn_collection_make(cairn_arena *arena, cairn_span id, const cairn_extent *extent);

/* What a collection's items have of one property: a range of numbers or times, or values, or both (then what is
 * declared says which of them is wanted, and a summary that is added is the range). All are compact JSON texts; times
 * are RFC 3339 strings, as they are to be served. */
typedef struct cairn_summary {
    cairn_span name; /* decoded */
    cairn_span minimum, maximum;
    const cairn_span *values;
    size_t n_values;
} cairn_summary;

/* The open form of a collection as it is served, kept true to its items: `declared` (open form from a source, or absent
 * for a made one) with its extent widened where items lie outside of what it declares, and its summaries likewise: a
 * range that it declares is widened, a list of values gets what is missing (JSON Schema objects among them stay; a list
 * becomes a range where the items have only that and the list lacks its ends), and a summary that it lacks is added.
 * Everything else stays as it is, byte for byte. Without items a declared one is unchanged: then, and where nothing had
 * to be widened, `declared` itself is returned.
 *
 * Extent: the first of several boxes (it is the union of the others) and the first of several intervals are widened;
 * heights and sides that don't move stay as they are spelled. Where the first box is not the union of the others, as in
 * older collections, a box with all of them and the items is put in front. A list never comes to have two boxes, which
 * STAC doesn't know.
 * A box or an end of an interval that can't be read counts as not declared. Absent at the arena's cap. */
cairn_span cairn_collection_view(cairn_arena *arena, cairn_span id, cairn_span declared, const cairn_extent *extent,
                                 const cairn_summary *summaries, size_t n);

/* What a collection's extent says, leniently: what can't be read is left out, an end of an interval is then open.
 * Ends in the wrong order are exchanged. */
typedef struct cairn_extents {
    cairn_box *boxes; /* STAC: the first is the union of the others */
    size_t n_boxes;
    cairn_interval *intervals; /* the first is the union of the others */
    size_t n_intervals;
} cairn_extents;
/* `collection` is checked text of a whole document. False at the arena's cap. */
bool cairn_extents_read(cairn_span collection, cairn_arena *arena, cairn_extents *out);

/* A catalog's id, title and description (decoded; absent when missing). */
typedef struct cairn_catalog {
    cairn_span id, title, description;
} cairn_catalog;
cairn_code cairn_catalog_read(cairn_span json, cairn_arena *arena, cairn_catalog *out, cairn_error *error);

#endif
