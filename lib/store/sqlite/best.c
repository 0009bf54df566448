/* Of a group of rows, the best ones that the page still has room for, and one more, in a heap. */
#include "store/sqlite/search.h"

#include <stdlib.h>

enum { KEPT_BYTES = 512 << 20, SLACK_BYTES = 1 << 20 };

/* Negative when `a` comes before `b` in the direction of the page. */
static int compare(const best *best, const cairn_position *a, const cairn_position *b)
{
    int order = cairn_sort_compare(&best->run->search->sort, a, b);
    return best->run->page->backward ? -order : order;
}

static void swap(hit *a, hit *b)
{
    hit other = *a;
    *a = *b;
    *b = other;
}

static void sift_up(best *best, size_t at)
{
    for (; at > 0; at = (at - 1) / 2) {
        size_t parent = (at - 1) / 2;
        if (compare(best, &best->heap[at].position, &best->heap[parent].position) <= 0)
            return;
        swap(&best->heap[at], &best->heap[parent]);
    }
}

static void sift_down(best *best, size_t at)
{
    for (size_t child; (child = 2 * at + 1) < best->n; at = child) {
        if (child + 1 < best->n && compare(best, &best->heap[child + 1].position, &best->heap[child].position) > 0)
            child++;
        if (compare(best, &best->heap[at].position, &best->heap[child].position) >= 0)
            return;
        swap(&best->heap[at], &best->heap[child]);
    }
}

/* Leaves the texts behind that nothing needs any more. */
static cairn_code pack(best *best, cairn_error *error)
{
    if (cairn_arena_used(best->arena) < 2 * best->packed + SLACK_BYTES)
        return CAIRN_OK;
    cairn_arena *arena = cairn_arena_new(KEPT_BYTES);
    bool done = arena != NULL;
    for (size_t i = 0; done && i < best->n; i++)
        done = cairn_position_copy(arena, &best->heap[i].position, &best->heap[i].position);
    if (!done) {
        cairn_arena_free(arena);
        return out_of_memory(error);
    }
    cairn_arena_free(best->arena);
    best->arena = arena;
    best->packed = cairn_arena_used(arena);
    return CAIRN_OK;
}

static cairn_code make_room(best *best, cairn_error *error)
{
    enum { FIRST = 64 };
    if (best->n < best->cap)
        return CAIRN_OK;
    size_t cap = best->cap ? best->cap * 2 : FIRST;
    hit *heap = cap < SIZE_MAX / sizeof *heap ? realloc(best->heap, cap * sizeof *heap) : NULL;
    if (!heap)
        return out_of_memory(error);
    best->heap = heap;
    best->cap = cap;
    return CAIRN_OK;
}

static bool is_beyond_page(const best *best, const cairn_position *position)
{
    const cairn_position *from = best->run->page->position;
    return !from || compare(best, position, from) > 0;
}

static cairn_code insert(best *best, sqlite3_int64 key, const cairn_position *position, cairn_error *error)
{
    size_t most = (size_t)best->run->page->limit + 1 - best->run->hits.n;
    if (most == 0)
        return CAIRN_OK;
    if (best->n == most) {
        if (compare(best, position, &best->heap[0].position) >= 0)
            return CAIRN_OK;
        best->heap[0].key = key;
        if (!cairn_position_copy(best->arena, position, &best->heap[0].position))
            return out_of_memory(error);
        sift_down(best, 0);
        return pack(best, error);
    }
    cairn_code code = make_room(best, error);
    if (code)
        return code;
    hit *new = &best->heap[best->n];
    new->key = key;
    if (!cairn_position_copy(best->arena, position, &new->position))
        return out_of_memory(error);
    best->n++;
    sift_up(best, best->n - 1);
    return CAIRN_OK;
}

cairn_code best_offer(best *best, const item_row *row, cairn_error *error)
{
    search_run *run = best->run;
    cairn_position position;
    cairn_sort_value keys[CAIRN_SORT_MAX_KEYS];
    bool match;
    cairn_code code = row_matches(run, row, &match, error);
    if (code || !match)
        return code;
    best->matched++;
    run->matched += run->counting;
    code = row_position(run, row, keys, &position, error);
    if (code || !is_beyond_page(best, &position) || (best->only_none && keys[0].type != CAIRN_SORT_NONE))
        return code;
    return insert(best, row->key, &position, error);
}

/* Takes the worst out again and again: the heap becomes a list, best first. */
cairn_code best_flush(best *best, cairn_error *error)
{
    search_run *run = best->run;
    size_t n = best->n;
    cairn_code code = CAIRN_OK;
    while (best->n > 1) {
        swap(&best->heap[0], &best->heap[--best->n]);
        sift_down(best, 0);
    }
    for (size_t i = 0; !code && i < n; i++)
        code = hits_add(&run->hits, best->heap[i].key, &best->heap[i].position, run->arena, error);
    best->n = 0;
    best->packed = 0;
    cairn_arena_reset(best->arena);
    return code;
}

cairn_code best_begin(best *best, search_run *run, cairn_error *error)
{
    *best = (struct best){.run = run, .arena = cairn_arena_new(KEPT_BYTES)};
    return best->arena ? CAIRN_OK : out_of_memory(error);
}

void best_end(best *best)
{
    free(best->heap);
    cairn_arena_free(best->arena);
}
