/* Both trees at once: entries in the order of collection and time are cut into slabs, each slab is put into the order
 * of a Hilbert curve, and the nodes are written full, one after the other (sort-tile-recursive packing, Leutenegger et
 * al. 1997, with a curve for two of the three dimensions). Nothing is sorted but slabs, as the indexes of the default
 * order give the rows in that of time. */
#include "store/sqlite/space_make.h"

#include <math.h>
#include <stdlib.h>

typedef struct slab_entry {
    uint64_t order;
    sqlite3_int64 entry;
    space_cell cell;
} slab_entry;

typedef struct packing {
    sqlite_writer *writer;
    space_maker maker;
    sqlite3_int64 slot; /* of the rows in hand; -1: all collections */
    slab_entry *slab;
    size_t n, cap;
    uint64_t done, total;
    cairn_progress_sink progress;
    void *context;
} packing;

/* ---- order ---- */

/* The place of a point of 2^16 by 2^16 on a Hilbert curve. */
static uint32_t hilbert(uint32_t x, uint32_t y)
{
    enum { SIDE = 1 << 16 };
    uint32_t place = 0;
    for (uint32_t s = SIDE / 2; s; s /= 2) {
        bool right = x & s, up = y & s;
        place += s * s * ((3u * right) ^ up);
        if (!up) {
            if (right) {
                x = SIDE - 1 - x;
                y = SIDE - 1 - y;
            }
            uint32_t swap = x;
            x = y;
            y = swap;
        }
    }
    return place;
}

static uint32_t centre(const space_cell *cell, int least, int32_t whole)
{
    int64_t sum = (int64_t)cell->at[least] + cell->at[least + 1] + 2 * (int64_t)whole;
    return (uint32_t)(sum * 65535 / (4 * (int64_t)whole)) & 0xffff;
}

/* Large entries among small ones make all nodes large: each has its like beside it. */
static uint64_t size_class(const space_cell *cell, bool all)
{
    enum { TWO_MONTHS = 60 * 24 };                           /* in the hours of item_space */
    static const int64_t large = 50000000, huge = 400000000; /* 5 and 40 degrees */
    int64_t width = (int64_t)cell->at[SPACE_EAST] - cell->at[SPACE_WEST];
    int64_t height = (int64_t)cell->at[SPACE_NORTH] - cell->at[SPACE_SOUTH];
    int64_t extent = width > height ? width : height;
    bool is_long = (int64_t)cell->at[SPACE_LAST] - cell->at[SPACE_FIRST] > (all ? 60 * TWO_MONTHS : TWO_MONTHS);
    return (is_long ? 4u : 0u) + (extent > huge ? 2u : extent > large ? 1u : 0u);
}

static uint64_t order_of(const space_cell *cell, bool all)
{
    static const int32_t half_turn = 1800000000, quarter_turn = 900000000;
    uint64_t place = hilbert(centre(cell, SPACE_WEST, half_turn), centre(cell, SPACE_SOUTH, quarter_turn));
    return size_class(cell, all) << 32 | place;
}

static int compare(const void *a, const void *b)
{
    const slab_entry *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

/* ---- slabs ---- */

/* As many slabs as each has rows of nodes in either direction, as far as memory allows. */
static size_t slab_size(uint64_t items)
{
    enum { MOST = 1 << 20 };
    double leaves = ceil((double)items / SPACE_NODE_CELLS), slabs = ceil(cbrt(leaves));
    double size = slabs > 0 ? ceil((double)items / slabs) : 1;
    return size < SPACE_NODE_CELLS ? SPACE_NODE_CELLS : size > MOST ? MOST : (size_t)size;
}

static cairn_code end_slab(packing *at, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    qsort(at->slab, at->n, sizeof *at->slab, compare);
    for (size_t i = 0; !code && i < at->n; i++)
        code = space_make_add(&at->maker, at->slab[i].entry, &at->slab[i].cell, error);
    at->n = 0;
    return code;
}

static cairn_code begin_slabs(packing *at, uint64_t items, cairn_error *error)
{
    enum { CELLS_A_ROW = 2 };
    size_t cap = slab_size(items);
    slab_entry *slab = realloc(at->slab, (cap + CELLS_A_ROW) * sizeof *slab);
    if (!slab)
        return cairn_error_no_memory(error);
    at->slab = slab;
    at->cap = cap;
    return CAIRN_OK;
}

static cairn_code add_row(packing *at, const item_row *row, cairn_error *error)
{
    enum { ROWS_BETWEEN_WORDS = 10000 };
    space_cell cells[2];
    size_t n = row->has_place ? space_cells_of(row, at->slot, cells) : 0;
    for (size_t k = 0; k < n; k++)
        at->slab[at->n++] = (slab_entry){order_of(&cells[k], at->slot < 0), space_entry_of(row, k), cells[k]};
    if (at->progress && ++at->done % ROWS_BETWEEN_WORDS == 0)
        at->progress(at->context, at->done < at->total ? at->done : at->total, at->total);
    return at->n >= at->cap ? end_slab(at, error) : CAIRN_OK;
}

static cairn_code add_rows(packing *at, sqlite3_stmt *rows, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    int rc = SQLITE_DONE;
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        item_row row;
        item_row_read(rows, &row);
        code = add_row(at, &row, error);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(at->writer->db, rc, "reading the items", error);
    sqlite3_reset(rows);
    return code ? code : end_slab(at, error);
}

/* ---- trees ---- */

static cairn_code add_all(packing *at, cairn_error *error)
{
    sqlite3_stmt *rows;
    at->slot = -1;
    cairn_code code = begin_slabs(at, at->total / 2, error);
    if (!code)
        code = writer_query(at->writer, W_ALL_ROWS, &rows, error);
    return code ? code : add_rows(at, rows, error);
}

/* Columns: slot, id, items. */
static cairn_code add_collection(packing *at, sqlite3_stmt *collection, cairn_error *error)
{
    sqlite3_stmt *rows;
    at->slot = sqlite3_column_int64(collection, 0);
    cairn_code code = begin_slabs(at, (uint64_t)sqlite3_column_int64(collection, 2), error);
    if (!code)
        code = writer_query(at->writer, W_COLLECTION_ORDER, &rows, error);
    if (code)
        return code;
    db_bind_span(rows, 1, db_column_span(collection, 1));
    return add_rows(at, rows, error);
}

/* In the order of their stretches. */
static cairn_code add_collections(packing *at, cairn_error *error)
{
    sqlite3 *db = at->writer->db;
    sqlite3_stmt *collections = NULL;
    int rc = SQLITE_DONE;
    cairn_code code =
        db_prepare(db, "SELECT slot, id, items FROM collection ORDER BY slot % ?1, slot", &collections, error);
    if (!code)
        sqlite3_bind_int(collections, 1, SPACE_STRETCHES);
    while (!code && (rc = sqlite3_step(collections)) == SQLITE_ROW)
        code = add_collection(at, collections, error);
    if (!code && rc != SQLITE_DONE)
        code = db_error(db, rc, "reading the collections", error);
    sqlite3_finalize(collections);
    return code;
}

static cairn_code make_tree(packing *at, const char *tree, cairn_code (*add)(packing *, cairn_error *),
                            cairn_error *error)
{
    cairn_code code = space_make_begin(&at->maker, at->writer->db, tree, error);
    if (!code)
        code = add(at, error);
    if (!code)
        code = space_make_finish(&at->maker, error);
    space_make_end(&at->maker);
    return code;
}

cairn_code space_pack(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error)
{
    sqlite3 *db = writer->db;
    sqlite3_int64 items;
    packing at = {.writer = writer, .progress = progress, .context = context};
    cairn_code code = db_integer(db, "SELECT coalesce(sum(items), 0) FROM collection", &items, error);
    if (code)
        return code;
    at.total = 2 * (uint64_t)items;
    /* Shadow tables are not to be written by those who don't know them. */
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    code = make_tree(&at, "item_space", add_collections, error);
    if (!code)
        code = make_tree(&at, "item_space_all", add_all, error);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    free(at.slab);
    return code ? code : space_set_loose(writer, INT64_MAX, error);
}
