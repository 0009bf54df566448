#include "query/position.h"

#include "query/sort.h"

int cairn_position_compare(const cairn_position *a, const cairn_position *b)
{
    int order = cairn_time_compare(b->time, a->time);
    if (order == 0)
        order = cairn_span_compare(a->collection, b->collection);
    return order ? order : cairn_span_compare(a->id, b->id);
}

static bool copy_keys(cairn_arena *arena, const cairn_position *from, cairn_position *to)
{
    cairn_sort_value *keys = cairn_arena_calloc(arena, from->n_keys, sizeof *keys);
    if (!keys)
        return false;
    for (size_t i = 0; i < from->n_keys; i++) {
        keys[i] = from->keys[i];
        if (keys[i].type != CAIRN_SORT_STRING)
            continue;
        keys[i].text = cairn_arena_copy(arena, keys[i].text);
        if (!keys[i].text.p)
            return false;
    }
    to->keys = keys;
    to->n_keys = from->n_keys;
    return true;
}

bool cairn_position_copy(cairn_arena *arena, const cairn_position *from, cairn_position *to)
{
    cairn_position copy = {
        .time = from->time,
        .collection = cairn_arena_copy(arena, from->collection),
        .id = cairn_arena_copy(arena, from->id),
    };
    if (!copy.collection.p || !copy.id.p || (from->n_keys && !copy_keys(arena, from, &copy)))
        return false;
    *to = copy;
    return true;
}
