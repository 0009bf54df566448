/* Evaluates a filter on one record with three-valued logic (OGC 21-065 6.2): what a store can't push down, and all of
 * the in-memory reference.
 *
 * Types: a value of another type than the operator wants is null for that record, never an error. Numbers compare as
 * doubles, booleans false < true, strings by UTF-8 bytes. A string is read as a date or timestamp (as items' times are:
 * a missing zone is UTC) where it is compared with one, or with a property that holds times; what is neither is null. A
 * date is a day: compared with a timestamp it equals every instant of that day (UTC); in T_ functions it is the
 * interval from its first to its last nanosecond. T_ functions take instants and intervals in any mixture, an instant
 * being an interval without extent; an interval whose start is after its end is null. Where an item's datetime is null,
 * `datetime` in a T_ function is its range. LIKE: % is any run of characters, _ one character (code point), \ takes the
 * next one literally; linear in pattern times value. CASEI: full Unicode case folding (NFC); ACCENTI: decomposed,
 * without marks, composed again. Division by zero and results that are not finite are null. % takes the sign of the
 * dividend, div rounds toward zero. A_ functions compare sets: order and repetition don't count; null members equal
 * nothing. S_ functions are planar, by GEOS; `geometry` is the record's footprint, other properties are GeoJSON read as
 * footprints. A property that has another name in older or newer documents (proj:epsg and proj:code, eo:bands,
 * raster:bands and bands with their fields) is found under each. */
#ifndef CAIRN_QUERY_CQL2_EVALUATE_H
#define CAIRN_QUERY_CQL2_EVALUATE_H

#include "query/cql2/ast.h"

typedef enum cairn_truth { CAIRN_FALSE, CAIRN_TRUE, CAIRN_UNKNOWN } cairn_truth;

typedef struct cairn_cql2_times {
    bool has_instant; /* datetime is not null */
    cairn_time instant;
    bool has_start, has_end; /* start_datetime, end_datetime */
    cairn_time start, end;
} cairn_cql2_times;

/* What is asked of a record. `self` is handed to each; answers live until the next record. */
typedef struct cairn_cql2_record {
    void *self;
    cairn_span id, collection; /* decoded; absent when it has none */
    /* The value of a property with field IN_PROPERTIES or IN_ITEM as checked JSON text, or absent. May use
     * cairn_cql2_lookup(). False when there is no memory left. */
    bool (*value)(void *self, const cairn_cql2_property *property, cairn_arena *scratch, cairn_span *out);
    /* The footprint; false when there is none (null geometry). */
    bool (*place)(void *self, cairn_box *box, cairn_span *wkb);
    void (*times)(void *self, cairn_cql2_times *out);
    /* When it is known sooner than the times: the datetime, or both ends of the range where that is null, are this
     * instant. May be NULL: never known. */
    bool (*moment)(void *self, cairn_time *out);
} cairn_cql2_record;

/* The value at the property's path below a JSON object, or absent. Keys that have dots come first, the longest first.
 * Through "*" and arrays it leads to several values, which become one array (in scratch): arrays among them are joined,
 * nulls left out; no value at all is absent. False when there is no memory left. */
bool cairn_cql2_lookup(cairn_span object, const cairn_cql2_property *property, cairn_arena *scratch, cairn_span *out);

/* The members of a JSON object, found once for many lookups. Zero but for the object and the arena, where the list of
 * them lives. */
typedef struct cairn_cql2_members {
    cairn_span object;
    cairn_arena *arena;
    bool known;
    struct cairn_cql2_member {
        cairn_span key, value;
    } * list; /* NULL: they are not listed, having escapes in their keys, being many, or for want of memory */
    size_t n;
} cairn_cql2_members;

/* cairn_cql2_lookup() and cairn_json_get() below the members' object. */
bool cairn_cql2_members_lookup(cairn_cql2_members *members, const cairn_cql2_property *property, cairn_arena *scratch,
                               cairn_span *out);
cairn_span cairn_cql2_members_get(cairn_cql2_members *members, const char *name);

/* A record over an item's JSON. */
typedef struct cairn_cql2_item {
    cairn_span json; /* checked text of the item */
    cairn_span properties;
    cairn_cql2_members members; /* of the properties, once they were asked for */
    cairn_arena *arena;
    bool has_place;
    cairn_box box; /* of the footprint */
    cairn_span wkb;
    bool times_known;
    cairn_cql2_times times;
} cairn_cql2_item;

/* Points `record` at `item`, which keeps `json`. The footprint is the caller's to set (`has_place`, `box`, `wkb`).
 * Texts are decoded into the arena, where id and collection live; times are read as ingest reads them. */
void cairn_cql2_item_open(cairn_cql2_item *item, cairn_span json, cairn_arena *arena, cairn_cql2_record *record);

/* A filter made ready for many records: geometries prepared, patterns and constants folded. Belongs to one thread, as
 * its GEOS context does; lives in the arena, which must be settled before the context is freed. */
typedef struct cairn_cql2_matcher cairn_cql2_matcher;

/* CAIRN_INVALID (with byte) for what cairn_cql2_check() refuses and for geometries that GEOS finds invalid. The tree
 * must outlive the matcher. */
cairn_code cairn_cql2_matcher_new(const cairn_cql2 *filter, cairn_geos *geos, cairn_arena *arena,
                                  cairn_cql2_matcher **out, cairn_error *error);

/* The truth of the filter for a record. `scratch` holds what is made on the way: reset it between records.
 * CAIRN_NOMEM at its cap, CAIRN_CORRUPT for a footprint that GEOS can't read. */
cairn_code cairn_cql2_match(cairn_cql2_matcher *matcher, const cairn_cql2_record *record, cairn_arena *scratch,
                            cairn_truth *out, cairn_error *error);

#endif
