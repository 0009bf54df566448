/* Inside the query room: what reading GET parameters and reading a POST body have in common. */
#ifndef CAIRN_QUERY_SEARCH_READ_H
#define CAIRN_QUERY_SEARCH_READ_H

#include "query/search.h"

typedef struct cairn_search_reader {
    cairn_search *search;
    const cairn_search_limits *limits;
    cairn_arena *arena;
    cairn_error *error;
} cairn_search_reader;

/* In the order of cairn_search_names. */
enum {
    CAIRN_SEARCH_BBOX,
    CAIRN_SEARCH_DATETIME,
    CAIRN_SEARCH_INTERSECTS,
    CAIRN_SEARCH_IDS,
    CAIRN_SEARCH_COLLECTIONS,
    CAIRN_SEARCH_LIMIT,
    CAIRN_SEARCH_TOKEN,
    CAIRN_SEARCH_BBOX_CRS,
    CAIRN_SEARCH_FILTER,
    CAIRN_SEARCH_FILTER_LANG,
    CAIRN_SEARCH_FILTER_CRS,
    CAIRN_SEARCH_QUERY,
    CAIRN_SEARCH_Q,
    CAIRN_SEARCH_SORTBY,
    CAIRN_SEARCH_FIELDS,
    CAIRN_SEARCH_ASSET_HREF_MODE,
    CAIRN_SEARCH_PARAMETERS
};

/* The index of a parameter, or -1. */
int cairn_search_parameter(cairn_span name);

/* Marks a parameter as given; invalid when it was already. */
cairn_code cairn_search_once(cairn_search_reader *reader, int parameter);

/* CAIRN_INVALID: "what was wrong, found 'value'; for example ..." */
cairn_code cairn_search_refuse(cairn_search_reader *reader, int parameter, const char *expected, cairn_span value,
                               const char *example);
/* CAIRN_INVALID for a condition that is given, but empty: a script that has lost it must not get everything. */
cairn_code cairn_search_refuse_empty(cairn_search_reader *reader, int parameter);
/* CAIRN_INVALID, or whatever code, with a message of its own. */
cairn_code cairn_search_fail(cairn_search_reader *reader, int parameter, cairn_code code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Hands on the error of a lower layer with an example behind it. */
cairn_code cairn_search_explain(cairn_search_reader *reader, int parameter, const cairn_error *why,
                                const char *example);
cairn_code cairn_search_no_memory(cairn_search_reader *reader);

/* The values themselves, which live in the arena already. */
cairn_code cairn_search_take_datetime(cairn_search_reader *reader, cairn_span text, const char *example);
void cairn_search_take_limit(cairn_search_reader *reader, uint64_t limit);
void cairn_search_take_intersects(cairn_search_reader *reader, cairn_span geojson);
cairn_code cairn_search_take_token(cairn_search_reader *reader, cairn_span token);
/* `list` is sorted in place. */
cairn_code cairn_search_take_list(cairn_search_reader *reader, int parameter, cairn_span *list, size_t n);
/* Names of reference systems and languages. */
cairn_code cairn_search_take_filter_lang(cairn_search_reader *reader, cairn_span name);
cairn_code cairn_search_take_filter_crs(cairn_search_reader *reader, cairn_span name);
void cairn_search_take_filter(cairn_search_reader *reader, cairn_span filter, bool is_json, bool by_get);
/* `json` is checked text. */
cairn_code cairn_search_take_query(cairn_search_reader *reader, cairn_span json);

/* For cairn_search_check(). */
cairn_code cairn_search_finish_bbox(cairn_search_reader *reader);
cairn_code cairn_search_finish_filter(cairn_search_reader *reader);
/* Room for a list of `n`; CAIRN_TOO_LARGE beyond the limit. */
cairn_code cairn_search_new_list(cairn_search_reader *reader, int parameter, size_t n, cairn_span **out);

#endif
