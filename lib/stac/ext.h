/* What is known of STAC's common metadata and extensions: one descriptor a prefix, each in a file of its own,
 * lib/stac/ext/<prefix>.c, which defines cairn_ext_of_<prefix> and which CMake gathers into the registry; and
 * site-local ones in JSON with the same members (docs/extending.md). Queryables, types, aliases, indexing, summaries
 * and docs come from here. Thread-safety: read-only once the programs have started; cairn_ext_load() is called before
 * there are threads. */
#ifndef CAIRN_STAC_EXT_H
#define CAIRN_STAC_EXT_H

#include "base/error.h"
#include "base/span.h"

typedef enum cairn_ext_type {
    CAIRN_EXT_ANY,
    CAIRN_EXT_NUMBER,
    CAIRN_EXT_INTEGER,
    CAIRN_EXT_STRING,
    CAIRN_EXT_BOOLEAN,
    CAIRN_EXT_TIME, /* RFC 3339 text; compared and sorted as an instant */
    CAIRN_EXT_ARRAY,
    CAIRN_EXT_OBJECT,
} cairn_ext_type;

typedef enum cairn_ext_change { /* what makes a value of one generation one of the other */
                                CAIRN_EXT_SAME,
                                CAIRN_EXT_EPSG_CODE, /* 32633 <-> "EPSG:32633" */
} cairn_ext_change;

typedef struct cairn_ext_field {
    const char *name; /* "eo:cloud_cover"; a member of `properties` (or of a band, when `of_band`) */
    cairn_ext_type type;
    const char *title, *description; /* title in a few words; description may be NULL */
    const char *unit;                /* NULL: none */
    bool indexed;                    /* promoted to an index from the start */
    bool summary;                    /* in the summaries of collections */
    bool of_band;                    /* lives in the objects of `bands` */
    const char *older[3];            /* its names in older documents: "proj:epsg"; for bands "eo:bands.common_name" */
    cairn_ext_change change;
} cairn_ext_field;

/* The last two members of a descriptor, from an array: {.prefix = "eo", ..., CAIRN_EXT_FIELDS(fields)}. */
#define CAIRN_EXT_FIELDS(array) .fields = (array), .n_fields = sizeof(array) / sizeof *(array)

typedef struct cairn_ext {
    const char *prefix; /* "eo"; "" for common metadata */
    const char *title;
    const char *schema; /* URI of the JSON Schema, NULL for common metadata */
    const cairn_ext_field *fields;
    size_t n_fields;
} cairn_ext;

/* The extension at `index`, built in first (common metadata before all), NULL behind the last. A field that a
 * site-local descriptor says more of is met twice; cairn_ext_find() gives what counts. */
const cairn_ext *cairn_ext_at(size_t index);
/* The field with this name (its own, or an older one), or NULL. `*ext` (may be NULL) gets where it belongs. A field of
 * bands is found as "bands.eo:common_name", as "eo:bands.common_name", and by its bare name where no other field has
 * that. O(1). */
const cairn_ext_field *cairn_ext_find(cairn_span name, const cairn_ext **ext);
/* "number", "string", "time" ...: as descriptors in JSON spell it. */
const char *cairn_ext_type_name(cairn_ext_type type);

/* Reads a site-local descriptor from a file of JSON (at most 1 MB); it may add fields, or say more of known ones.
 * CAIRN_INVALID names file, pointer and what was expected: nothing of the file is taken then. */
cairn_code cairn_ext_load(const char *path, cairn_error *error);
/* The same for a list of paths separated by ':'; a folder stands for the files in it that end in ".json", in the order
 * of their names. */
cairn_code cairn_ext_load_all(const char *paths, cairn_error *error);
/* Forgets what was loaded. */
void cairn_ext_unload(void);

#endif
