/* The best first: a heap of branches by the time that each may still have, so that entries come in order although no
 * more of the tree is opened than meets the query and may come next. */
#include "store/sqlite/space_walk.h"

#include <stdlib.h>

enum { WAITING_MAX = 1 << 20 };

typedef struct space_branch {
    int64_t rank; /* ascending in the order of the walk */
    sqlite3_int64 id;
    int height; /* of the node with that number; -1: an entry */
    space_cell cell;
} branch;

int64_t space_steps(bool all, int32_t step)
{
    return all ? step : ((int64_t)step - INT32_MIN) % SPACE_STRETCH;
}

void space_walk_begin(space_walk *walk, sqlite_session *session, const space_query *query)
{
    *walk = (space_walk){.tree = {.session = session, .all = query->all}, .query = *query};
}

void space_walk_end(space_walk *walk)
{
    free(walk->heap);
    walk->heap = NULL;
}

/* ---- the heap ---- */

static cairn_code push(space_walk *walk, const branch *new, cairn_error *error)
{
    enum { FIRST = 128 };
    if (walk->n == walk->cap) {
        size_t cap = walk->cap ? walk->cap * 2 : FIRST;
        branch *heap = cap <= WAITING_MAX ? realloc(walk->heap, cap * sizeof *heap) : NULL;
        if (!heap)
            return cairn_error_set(error, CAIRN_TOO_LARGE, "the search is too wide for the index of places");
        walk->heap = heap;
        walk->cap = cap;
    }
    size_t at = walk->n++;
    for (size_t parent; at > 0 && new->rank < walk->heap[parent = (at - 1) / 2].rank; at = parent)
        walk->heap[at] = walk->heap[parent];
    walk->heap[at] = *new;
    return CAIRN_OK;
}

static branch pop(space_walk *walk)
{
    branch *heap = walk->heap, first = heap[0], moved = heap[--walk->n];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < walk->n; at = child) {
        if (child + 1 < walk->n && heap[child + 1].rank < heap[child].rank)
            child++;
        if (moved.rank <= heap[child].rank)
            break;
        heap[at] = heap[child];
    }
    if (walk->n)
        heap[at] = moved;
    return first;
}

/* ---- branches ---- */

/* Not bound by the times that are asked for: a range may meet those and its sort time lie beside them. */
static int64_t rank_within(const space_query *query, const space_cell *cell, const space_cell *asked)
{
    int64_t least = INT32_MIN, greatest = INT32_MAX;
    if (!query->all) { /* a node may have times of other stretches */
        least = asked->at[SPACE_FIRST] - space_steps(false, asked->at[SPACE_FIRST]);
        greatest = least + SPACE_STRETCH - 1;
    }
    int64_t first = cell->at[SPACE_FIRST], last = cell->at[SPACE_LAST];
    if (query->oldest_first)
        return space_steps(query->all, (int32_t)(first > least ? first : least));
    return -space_steps(query->all, (int32_t)(last < greatest ? last : greatest));
}

/* The first of the query's cells that does not end before the time. */
static size_t first_behind(const space_query *query, int32_t first)
{
    size_t low = 0, high = query->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (query->cells[middle].at[SPACE_LAST] < first)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* False when the cell meets nothing that is asked for. */
static bool rank_of(const space_query *query, const space_cell *cell, int64_t *rank)
{
    enum { FEW = 4 };
    size_t i = query->n > FEW ? first_behind(query, cell->at[SPACE_FIRST]) : 0;
    bool meets = false;
    for (; i < query->n && query->cells[i].at[SPACE_FIRST] <= cell->at[SPACE_LAST]; i++) {
        if (!space_cells_meet(cell, &query->cells[i]))
            continue;
        int64_t here = rank_within(query, cell, &query->cells[i]);
        *rank = !meets || here < *rank ? here : *rank;
        meets = true;
    }
    return meets;
}

static cairn_code open_node(space_walk *walk, sqlite3_int64 number, int height, cairn_error *error)
{
    const space_node *node;
    cairn_code code = space_node_read(&walk->tree, number, height, &node, error);
    for (int i = 0; !code && i < node->n; i++) {
        branch new = {.id = node->ids[i], .height = node->height - 1, .cell = node->cells[i]};
        if (rank_of(&walk->query, &new.cell, &new.rank))
            code = push(walk, &new, error);
    }
    return code;
}

cairn_code space_walk_next(space_walk *walk, bool *out, space_entry *entry, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    if (!walk->begun)
        code = open_node(walk, SPACE_ROOT, 0, error);
    walk->begun = true;
    *out = false;
    while (!code && walk->n) {
        branch next = pop(walk);
        if (next.height < 0) {
            *entry = (space_entry){next.id, next.cell, walk->query.oldest_first ? next.rank : -next.rank};
            *out = true;
            return CAIRN_OK;
        }
        code = open_node(walk, next.id, next.height, error);
    }
    return code;
}
