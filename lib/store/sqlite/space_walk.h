/* Reading the R*Trees of space.h node by node: in the order of time, which the virtual table can't give, and counting
 * whole branches at once.
 *
 * The format of a node is a part of SQLite's file format: two bytes of depth (in node 1, the root, only), two of the
 * number of cells, then the cells: eight bytes of child (or of entry, in a leaf) and six coordinates of four bytes, all
 * big-endian. A child's own cells lie within its cell. Nodes come from a file that may be hostile: what is none is
 * CAIRN_CORRUPT, and no walk reads more nodes than there are. Thread-safety: that of the session. */
#ifndef CAIRN_STORE_SQLITE_SPACE_WALK_H
#define CAIRN_STORE_SQLITE_SPACE_WALK_H

#include "store/sqlite/space.h"

/* ---- space_node.c ---- */

/* Which tree, and how many of its nodes were read. */
typedef struct space_tree {
    sqlite_session *session;
    bool all;            /* item_space_all, else item_space */
    uint64_t read, most; /* most: nodes that there are at most; 0: not yet asked for */
} space_tree;

enum { SPACE_ROOT = 1 };

typedef struct space_node {
    int height; /* 0: a leaf */
    int n;
    sqlite3_int64 ids[SPACE_NODE_CELLS]; /* the child, or the entry, that each cell belongs to */
    space_cell cells[SPACE_NODE_CELLS];
} space_node;
/* The answer lives until the next node is read. Nodes are kept in the session: searches go through the same ones at the
 * top again and again, and those at the bottom twice, to find and to count. `height` is not looked at for the root,
 * which knows its own. CAIRN_DEADLINE when the session is out of time. */
cairn_code space_node_read(space_tree *tree, sqlite3_int64 number, int height, const space_node **out,
                           cairn_error *error);
void space_nodes_free(struct space_nodes *nodes);

static inline bool space_cells_meet(const space_cell *a, const space_cell *b)
{
    return a->at[SPACE_WEST] <= b->at[SPACE_EAST] && a->at[SPACE_EAST] >= b->at[SPACE_WEST] &&
           a->at[SPACE_SOUTH] <= b->at[SPACE_NORTH] && a->at[SPACE_NORTH] >= b->at[SPACE_SOUTH] &&
           a->at[SPACE_FIRST] <= b->at[SPACE_LAST] && a->at[SPACE_LAST] >= b->at[SPACE_FIRST];
}

static inline bool space_cell_contains(const space_cell *outer, const space_cell *inner)
{
    return outer->at[SPACE_WEST] <= inner->at[SPACE_WEST] && outer->at[SPACE_EAST] >= inner->at[SPACE_EAST] &&
           outer->at[SPACE_SOUTH] <= inner->at[SPACE_SOUTH] && outer->at[SPACE_NORTH] >= inner->at[SPACE_NORTH] &&
           outer->at[SPACE_FIRST] <= inner->at[SPACE_FIRST] && outer->at[SPACE_LAST] >= inner->at[SPACE_LAST];
}

/* ---- space_walk.c ---- */

/* Steps from the beginning of a stretch (of item_space_all: from its epoch), which are the same time in each. */
int64_t space_steps(bool all, int32_t step);

typedef struct space_query {
    bool all;
    bool oldest_first; /* by `first` ascending; else by `last` descending */
    /* Entries that meet one of them: begin at or before its `last` (though that be before its `first`), and so on.
     * Ascending by time, none over the end of a stretch, and those of one stretch have the same times. Borrowed. */
    const space_cell *cells;
    size_t n;
} space_query;

typedef struct space_entry {
    sqlite3_int64 entry; /* item.key * 2 + k: an item over the antimeridian may come twice */
    space_cell cell;
    int64_t bound; /* space_steps() of its last (first) moment: no entry that follows has a later (earlier) one */
} space_entry;

typedef struct space_walk {
    space_tree tree;
    space_query query;
    struct space_branch *heap; /* nodes and entries; the next one first */
    size_t n, cap;
    bool begun;
} space_walk;

/* Within one transaction. End it in any case. */
void space_walk_begin(space_walk *walk, sqlite_session *session, const space_query *query);
/* The entry that comes next; *out false: there is none. CAIRN_TOO_LARGE when more than a million nodes and entries
 * wait. */
cairn_code space_walk_next(space_walk *walk, bool *out, space_entry *entry, cairn_error *error);
void space_walk_end(space_walk *walk);

#endif
