#include "store/sqlite/search.h"

#include <stdlib.h>

cairn_code hits_add(hits *hits, sqlite3_int64 key, const cairn_position *position, cairn_arena *arena,
                    cairn_error *error)
{
    enum { FIRST = 64 };
    if (hits->n == hits->cap) {
        size_t cap = hits->cap ? hits->cap * 2 : FIRST;
        hit *list = cairn_arena_calloc(arena, cap, sizeof *list);
        if (!list)
            return out_of_memory(error);
        if (hits->n)
            memcpy(list, hits->list, hits->n * sizeof *list);
        hits->list = list;
        hits->cap = cap;
    }
    hit *new = &hits->list[hits->n];
    new->key = key;
    if (!cairn_position_copy(arena, position, &new->position))
        return out_of_memory(error);
    hits->n++;
    return CAIRN_OK;
}

static int compare_hits(const void *a, const void *b)
{
    return cairn_position_compare(&((const hit *)a)->position, &((const hit *)b)->position);
}

void hits_sort_unique(hits *hits)
{
    if (!hits->n)
        return;
    qsort(hits->list, hits->n, sizeof *hits->list, compare_hits);
    size_t kept = 1;
    for (size_t i = 1; i < hits->n; i++)
        if (hits->list[i].key != hits->list[kept - 1].key)
            hits->list[kept++] = hits->list[i];
    hits->n = kept;
}

void hits_reverse(hits *hits)
{
    for (size_t i = 0, j = hits->n; i + 1 < j; i++) {
        hit other = hits->list[--j];
        hits->list[j] = hits->list[i];
        hits->list[i] = other;
    }
}
