#include "query/position.h"

int cairn_position_compare(const cairn_position *a, const cairn_position *b)
{
    int order = cairn_time_compare(b->time, a->time);
    if (order == 0)
        order = cairn_span_compare(a->collection, b->collection);
    return order ? order : cairn_span_compare(a->id, b->id);
}

bool cairn_position_copy(cairn_arena *arena, const cairn_position *from, cairn_position *to)
{
    to->time = from->time;
    to->collection = cairn_arena_copy(arena, from->collection);
    to->id = cairn_arena_copy(arena, from->id);
    return to->collection.p && to->id.p;
}
