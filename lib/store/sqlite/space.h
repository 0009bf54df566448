/* Where and when items are, as the two R*Trees of integers have it: `item_space`, in which time is folded with the
 * collection, so that one tree serves as one for each collection does; and `item_space_all`, time alone, for searches
 * of all collections.
 *
 * Coordinates: longitude and latitude in 1e-7 degrees, rounded outwards; time in steps (see below), rounded outwards.
 * They give candidates: what lies outside of the integers lies outside of the exact values; what lies inside must be
 * looked at, unless the integers, which err outwards only, lie wholly within what is asked for.
 *
 * The time of an entry is the stretch from the first to the last of the item's range and its sort time. So no item
 * sorts before `first` or behind `last`, and none of its range lies beyond them.
 *
 * Nodes are read by us (space_walk.h), in the order of time, newest or oldest first: that is what a page of the default
 * order needs, and the virtual table can't give. They are written by SQLite's own R*Tree, or all at once by
 * space_pack(). The format of the shadow tables is a part of SQLite's file format.
 *
 * Items that were added since the trees were last packed may be *loose*: those with a key of meta.loose_from and more
 * (absent: none) are in neither tree and are looked for in `item` itself. A writer makes them fast at its end, one by
 * one or by packing the trees anew, whichever is cheaper (space_fasten). */
#ifndef CAIRN_STORE_SQLITE_SPACE_H
#define CAIRN_STORE_SQLITE_SPACE_H

#include "store/sqlite/internal.h"

enum {
    SPACE_WEST,
    SPACE_EAST,
    SPACE_SOUTH,
    SPACE_NORTH,
    SPACE_FIRST,
    SPACE_LAST,
    SPACE_COORDINATES,
};

enum { SPACE_NODE_CELLS = 51 }; /* RTREE_MAXCELLS: the most that a node has */

/* In the order of the table's columns: pairs of a least and a greatest value. */
typedef struct space_cell {
    int32_t at[SPACE_COORDINATES];
} space_cell;

/* ---- space.c: coordinates ---- */
enum { SPACE_STRETCH = 1 << 20, SPACE_STRETCHES = 4096 }; /* see below; a hundred and nineteen years */

/* item_space: hours since 1950-01-01, clamped to 0 and SPACE_STRETCH - 1, in a stretch of its own for each collection
 * slot modulo SPACE_STRETCHES; so two collections may share a stretch. item_space_all: minutes since 2000-01-01,
 * clamped. slot < 0: item_space_all. Both are monotonic in time for one slot, and the least and greatest step of a
 * stretch stand for all that lies beyond. */
int32_t space_step_down(sqlite3_int64 slot, cairn_time time);
int32_t space_step_up(sqlite3_int64 slot, cairn_time time);
/* The first and last step of a slot's stretch. */
int32_t space_least(sqlite3_int64 slot);
int32_t space_greatest(sqlite3_int64 slot);
/* 1e-7 degrees, rounded down or up, clamped to +-180. */
int32_t space_degrees_down(double degrees);
int32_t space_degrees_up(double degrees);
/* The cells of a row that has a place: one, or two for a box over the antimeridian. Returns how many. */
size_t space_cells_of(const item_row *row, sqlite3_int64 slot, space_cell out[2]);
/* The number of the k-th of them. A file that somebody made up may have keys that are too large for that: no such
 * entry is its item's, which `cairn check` tells. */
static inline sqlite3_int64 space_entry_of(const item_row *row, size_t k)
{
    return (sqlite3_int64)((uint64_t)row->key * 2 + k);
}

/* ---- space_write.c: writing. Nothing is entered or taken out for loose rows. ---- */

/* A row with a new key: loose from now on. */
cairn_code space_add(sqlite_writer *writer, const item_row *row, cairn_error *error);
cairn_code space_insert(sqlite_writer *writer, const item_row *row, sqlite3_int64 slot, cairn_error *error);
cairn_code space_delete(sqlite_writer *writer, const item_row *row, cairn_error *error);
/* One after the other; nothing where that changes no entry. */
cairn_code space_replace(sqlite_writer *writer, const item_row *old, const item_row *row, sqlite3_int64 slot,
                         cairn_error *error);
/* meta.loose_from, which the writer knows during a batch; INT64_MAX: nothing is loose. */
cairn_code space_get_loose(sqlite_writer *writer, cairn_error *error);
cairn_code space_set_loose(sqlite_writer *writer, sqlite3_int64 from, cairn_error *error);
/* Leaves no loose rows, in the cheaper way, in batches of its own. */
cairn_code space_fasten(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error);

/* ---- space_pack.c ---- */

/* Makes both trees anew from the rows of `item`, packed: nothing is loose any more. Within a batch that has not touched
 * the trees yet. Memory does not grow with the catalog. */
cairn_code space_pack(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error);

#endif
