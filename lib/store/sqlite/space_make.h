/* Inside lib/store/sqlite/space_*.c: the nodes of an R*Tree, written straight into its shadow tables, in the order in
 * which the cells come. Each node is full but for the last one of each level. The format is SQLite's; see
 * space_walk.h. Memory does not grow with the tree. */
#ifndef CAIRN_STORE_SQLITE_SPACE_MAKE_H
#define CAIRN_STORE_SQLITE_SPACE_MAKE_H

#include "store/sqlite/space.h"

enum {
    SPACE_CELL_BYTES = 8 + 4 * SPACE_COORDINATES,
    SPACE_NODE_BYTES = 4 + SPACE_NODE_CELLS * SPACE_CELL_BYTES,
    SPACE_LEVELS_MAX = 12,
};

typedef struct space_level {
    sqlite3_int64 children[SPACE_NODE_CELLS]; /* nodes, or entries in a leaf */
    space_cell cells[SPACE_NODE_CELLS];
    int n;
} space_level;

typedef struct space_maker {
    sqlite3 *db;
    sqlite3_stmt *put_node, *put_parent;
    const char *tree;      /* "item_space" */
    sqlite3_int64 written; /* number of the last node */
    space_level levels[SPACE_LEVELS_MAX];
} space_maker;

/* Empties the tree. The connection must not be defensive, and must have had nothing to do with the tree in this
 * transaction. End it in any case. */
cairn_code space_make_begin(space_maker *maker, sqlite3 *db, const char *tree, cairn_error *error);
cairn_code space_make_add(space_maker *maker, sqlite3_int64 entry, const space_cell *cell, cairn_error *error);
/* Writes what is left, and where each entry is. */
cairn_code space_make_finish(space_maker *maker, cairn_error *error);
void space_make_end(space_maker *maker);

#endif
