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
    CAIRN_SEARCH_PARAMETERS
};

/* The index of a parameter, or -1. */
int cairn_search_parameter(cairn_span name);
/* True for the parameters of extensions that are not implemented. */
bool cairn_search_is_unsupported(cairn_span name);
cairn_code cairn_search_refuse_unsupported(cairn_span name, cairn_error *error);

/* Marks a parameter as given; invalid when it was already. */
cairn_code cairn_search_once(cairn_search_reader *reader, int parameter);

/* CAIRN_INVALID: "what was wrong, found 'value'; for example ..." */
cairn_code cairn_search_refuse(cairn_search_reader *reader, int parameter, const char *expected, cairn_span value,
                               const char *example);
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
/* Room for a list of `n`; CAIRN_TOO_LARGE beyond the limit. */
cairn_code cairn_search_new_list(cairn_search_reader *reader, int parameter, size_t n, cairn_span **out);

#endif
