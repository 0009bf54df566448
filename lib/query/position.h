/* The total order of items and a place in it. Default order: time descending (datetime, else start_datetime, else
 * last), then collection and id ascending by UTF-8 bytes. (collection, id) is unique, so the order is total. */
#ifndef CAIRN_QUERY_POSITION_H
#define CAIRN_QUERY_POSITION_H

#include "base/arena.h"
#include "stac/time.h"

typedef struct cairn_sort_value cairn_sort_value; /* query/sort.h */

typedef struct cairn_position {
    cairn_time time; /* cairn_item_sort_time(): CAIRN_TIME_MIN when an item has none */
    cairn_span collection, id;
    const cairn_sort_value *keys; /* of the sort, in its order; none in the default order */
    size_t n_keys;
} cairn_position;

/* Negative when `a` comes before `b` in the default order; keys are not looked at. */
int cairn_position_compare(const cairn_position *a, const cairn_position *b);
/* A copy whose strings and keys live in the arena; false at its cap. */
bool cairn_position_copy(cairn_arena *arena, const cairn_position *from, cairn_position *to);

#endif
