#include "indexer/visited.h"

#include <stdlib.h>

enum { FIRST_CAP = 1024 };

struct cairn_visited_slot {
    uint64_t device, inode;
    bool used;
};

typedef struct cairn_visited_slot slot;

static slot *find(slot *slots, size_t cap, uint64_t device, uint64_t inode)
{
    uint64_t hash = (inode * UINT64_C(0x9e3779b97f4a7c15)) ^ (device * UINT64_C(0xc2b2ae3d27d4eb4f));
    size_t at = (size_t)(hash >> 16) & (cap - 1);
    while (slots[at].used && (slots[at].device != device || slots[at].inode != inode))
        at = (at + 1) & (cap - 1);
    return &slots[at];
}

static bool grow(cairn_visited *visited)
{
    size_t cap = visited->cap ? visited->cap * 2 : FIRST_CAP;
    slot *slots = calloc(cap, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < visited->cap; i++)
        if (visited->slots[i].used)
            *find(slots, cap, visited->slots[i].device, visited->slots[i].inode) = visited->slots[i];
    free(visited->slots);
    visited->slots = slots;
    visited->cap = cap;
    return true;
}

bool cairn_visited_add(cairn_visited *visited, cairn_file_id file, bool *fresh)
{
    if (visited->n * 2 >= visited->cap && !grow(visited))
        return false;
    slot *at = find(visited->slots, visited->cap, file.device, file.inode);
    *fresh = !at->used;
    if (*fresh) {
        *at = (slot){file.device, file.inode, true};
        visited->n++;
    }
    return true;
}

void cairn_visited_free(cairn_visited *visited)
{
    free(visited->slots);
    *visited = (cairn_visited){0};
}
