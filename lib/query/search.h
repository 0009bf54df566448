/* A search request (STAC API 1.0.0 Item Search): what the GET parameters, the POST body and the CLI's flags mean alike.
 * All text lives in the arena that it was read into. Thread-safety: no state.
 *
 * Rules (spec A.5): bbox and intersects exclude each other; limit 1 and up, clamped to the maximum; datetime as
 * cairn_interval_parse(); lists in GET are comma-separated without brackets; JSON null and empty values mean "not
 * given", but an empty list of ids or collections is invalid, and so are an empty filter, query (text) or q and
 * `fields` that is null; empty `fields` are the default set. `collections` as a bare JSON string is taken as one, other
 * scalars for lists are invalid.
 *
 * filter is CQL2-Text in GET and as a JSON string, CQL2-JSON as any other JSON value, unless filter-lang says otherwise
 * (cql2-text, cql2-json; both by both methods). filter-crs can only be CRS84. query is JSON in GET as in POST
 * (query_ext.h); what it says is ANDed to the filter. bbox-crs says what the numbers of bbox are (stac/crs.h): answers
 * stay in CRS84. */
#ifndef CAIRN_QUERY_SEARCH_H
#define CAIRN_QUERY_SEARCH_H

#include "base/arena.h"
#include "base/error.h"
#include "query/cql2/ast.h"
#include "query/fields.h"
#include "query/sort.h"
#include "query/text/text.h"
#include "stac/geometry.h"
#include "stac/time.h"

/* What can be understood only with another parameter, until cairn_search_check(). */
typedef struct cairn_search_raw {
    cairn_arena *arena;
    cairn_span bbox, bbox_crs; /* bbox: "1,2,3,4" of a GET, or a JSON array */
    cairn_span filter, filter_lang;
    bool filter_is_json; /* a JSON value that is no string */
    bool filter_by_get;
    const cairn_cql2 *query;
} cairn_search_raw;

typedef struct cairn_search {
    cairn_span *ids; /* any of them; sorted by bytes, without duplicates */
    size_t n_ids;
    cairn_span *collections; /* any of them; sorted by bytes, without duplicates */
    size_t n_collections;
    bool has_box;
    cairn_box box;
    cairn_span intersects; /* checked GeoJSON text, or absent */
    bool has_datetime;
    cairn_interval datetime;
    uint32_t limit;               /* 0: not given */
    cairn_span token;             /* page token as sent, or absent */
    const cairn_cql2 *filter;     /* `filter` AND `query`, checked; NULL: none */
    const cairn_text_query *text; /* `q`; NULL: none */
    cairn_sort sort;              /* `sortby`; n = 0: the default order */
    const cairn_fields *fields;   /* NULL: whole items */
    cairn_span asset_href_mode;   /* as sent, or absent: what the items look like, not which (href/href.h) */
    size_t max_vertices;          /* of intersects, from the limits it was read with; 0: the default */
    unsigned given;               /* bits: which parameters were read already, so that one given twice is seen */
    bool null_geometry_hits;      /* items without a place meet every bbox and intersects (OGC API Features); from
                                     configuration */
    cairn_search_raw raw;
} cairn_search;

typedef struct cairn_search_limits {
    uint32_t max_limit;  /* larger ones are clamped (default 10,000) */
    size_t max_list;     /* ids or collections in one request (default 10,000) */
    size_t max_vertices; /* of intersects (default 100,000) */
} cairn_search_limits;

/* The defaults; the size of a page when `limit` is not given. */
extern const cairn_search_limits cairn_search_defaults;
enum { CAIRN_DEFAULT_LIMIT = 10 };

/* Sets one GET parameter (decoded name and value). `*known` is false when no search parameter has that name: then
 * nothing happens. A parameter given twice is invalid. Errors name the parameter. `limits` may be NULL: the defaults.
 * The search is complete after cairn_search_check(), with the same arena still there. */
cairn_code cairn_search_set(cairn_search *search, cairn_span name, cairn_span value, const cairn_search_limits *limits,
                            cairn_arena *arena, bool *known, cairn_error *error);

/* Reads a POST body (unchecked bytes, must be a JSON object). Members that are no search parameters: invalid, naming
 * the nearest known one, unless `ignore_unknown`. */
cairn_code cairn_search_from_json(cairn_search *search, cairn_span body, const cairn_search_limits *limits,
                                  bool ignore_unknown, cairn_arena *arena, cairn_error *error);

/* Reads what only the whole request shows (bbox by bbox-crs, filter by filter-lang, filter AND query) and refuses bbox
 * together with intersects. Must be called after the parameters are set: before it there is no box and no filter. */
cairn_code cairn_search_check(cairn_search *search, cairn_error *error);

/* Names of the search parameters, NULL-terminated: "bbox", "datetime", ... */
extern const char *const cairn_search_names[];

/* The area that the search asks for: NULL in *out when it asks for none. Made with the session's GEOS context: settle
 * the arena before that is freed. */
cairn_code cairn_search_area(const cairn_search *search, cairn_geos *geos, cairn_arena *arena, cairn_area **out,
                             cairn_error *error);

#endif
