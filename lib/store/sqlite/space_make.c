#include "store/sqlite/space_make.h"

#include <stdio.h>
#include <stdlib.h>

static const char what[] = "making the index of places";

/* `sql` has one %s for the tree's name, which is one of ours. */
static cairn_code prepare(const space_maker *maker, const char *sql, sqlite3_stmt **out, cairn_error *error)
{
    char text[200];
    snprintf(text, sizeof text, sql, maker->tree);
    return db_prepare(maker->db, text, out, error);
}

static cairn_code run(const space_maker *maker, const char *sql, cairn_error *error)
{
    char text[200];
    snprintf(text, sizeof text, sql, maker->tree);
    return db_exec(maker->db, text, what, error);
}

/* SQLite makes the nodes of a tree as large as its pages let it. */
static cairn_code check_size(const space_maker *maker, cairn_error *error)
{
    char text[200];
    sqlite3_int64 size;
    snprintf(text, sizeof text, "SELECT length(data) FROM %s_node WHERE nodeno=1", maker->tree);
    cairn_code code = db_integer(maker->db, text, &size, error);
    if (!code && size != SPACE_NODE_BYTES)
        code = cairn_error_set(error, CAIRN_CORRUPT, "the nodes of %s have %lld bytes, expected %d", maker->tree,
                               (long long)size, SPACE_NODE_BYTES);
    return code;
}

cairn_code space_make_begin(space_maker *maker, sqlite3 *db, const char *tree, cairn_error *error)
{
    *maker = (space_maker){.db = db, .tree = tree, .written = 1}; /* 1 is the root, which is written last */
    cairn_code code = check_size(maker, error);
    if (!code)
        code = run(maker, "DELETE FROM %s_node", error);
    if (!code)
        code = run(maker, "DELETE FROM %s_parent", error);
    if (!code)
        code = run(maker, "DELETE FROM %s_rowid", error);
    if (!code)
        code = prepare(maker, "INSERT INTO %s_node(nodeno, data) VALUES(?1, ?2)", &maker->put_node, error);
    if (!code)
        code = prepare(maker, "INSERT INTO %s_parent(nodeno, parentnode) VALUES(?1, ?2)", &maker->put_parent, error);
    return code;
}

void space_make_end(space_maker *maker)
{
    sqlite3_finalize(maker->put_node);
    sqlite3_finalize(maker->put_parent);
}

/* ---- nodes ---- */

static unsigned char *write_16(unsigned char *at, unsigned value)
{
    *at++ = (unsigned char)(value >> 8);
    *at++ = (unsigned char)value;
    return at;
}

static unsigned char *write_32(unsigned char *at, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static void write_node(const space_level *level, unsigned depth, unsigned char out[SPACE_NODE_BYTES])
{
    memset(out, 0, SPACE_NODE_BYTES);
    out = write_16(out, depth);
    out = write_16(out, (unsigned)level->n);
    for (int i = 0; i < level->n; i++) {
        out = write_32(out, (uint32_t)((uint64_t)level->children[i] >> 32));
        out = write_32(out, (uint32_t)level->children[i]);
        for (int k = 0; k < SPACE_COORDINATES; k++)
            out = write_32(out, (uint32_t)level->cells[i].at[k]);
    }
}

static space_cell hull_of(const space_level *level)
{
    space_cell hull = level->cells[0];
    for (int i = 1; i < level->n; i++)
        for (int k = 0; k < SPACE_COORDINATES; k += 2) {
            const int32_t *at = level->cells[i].at;
            hull.at[k] = at[k] < hull.at[k] ? at[k] : hull.at[k];
            hull.at[k + 1] = at[k + 1] > hull.at[k + 1] ? at[k + 1] : hull.at[k + 1];
        }
    return hull;
}

static cairn_code put_parents(const space_maker *maker, const space_level *level, sqlite3_int64 number,
                              cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (int i = 0; !code && i < level->n; i++) {
        sqlite3_bind_int64(maker->put_parent, 1, level->children[i]);
        sqlite3_bind_int64(maker->put_parent, 2, number);
        code = db_run(maker->db, maker->put_parent, what, error);
    }
    return code;
}

/* `at` is 0 for leaves, whose entries are seen to at the end. */
static cairn_code put_node(const space_maker *maker, int at, sqlite3_int64 number, cairn_error *error)
{
    unsigned char bytes[SPACE_NODE_BYTES];
    write_node(&maker->levels[at], number == 1 ? (unsigned)at : 0, bytes);
    sqlite3_bind_int64(maker->put_node, 1, number);
    sqlite3_bind_blob(maker->put_node, 2, bytes, sizeof bytes, SQLITE_STATIC);
    cairn_code code = db_run(maker->db, maker->put_node, what, error);
    return code || !at ? code : put_parents(maker, &maker->levels[at], number, error);
}

static void add_cell(space_level *level, sqlite3_int64 child, const space_cell *cell)
{
    level->children[level->n] = child;
    level->cells[level->n++] = *cell;
}

/* Writes the node of a level, and enters it above: where there is no room, that one first. */
static cairn_code flush(space_maker *maker, int at, cairn_error *error)
{
    int top = at;
    cairn_code code = CAIRN_OK;
    while (top + 2 < SPACE_LEVELS_MAX && maker->levels[top + 1].n == SPACE_NODE_CELLS)
        top++;
    if (maker->levels[top + 1].n == SPACE_NODE_CELLS)
        return cairn_error_set(error, CAIRN_TOO_LARGE, "the index of places would have more than %d levels", top + 2);
    for (; !code && top >= at; top--) {
        space_level *level = &maker->levels[top];
        space_cell hull = hull_of(level);
        code = put_node(maker, top, ++maker->written, error);
        level->n = 0;
        add_cell(&maker->levels[top + 1], maker->written, &hull);
    }
    return code;
}

cairn_code space_make_add(space_maker *maker, sqlite3_int64 entry, const space_cell *cell, cairn_error *error)
{
    cairn_code code = maker->levels[0].n == SPACE_NODE_CELLS ? flush(maker, 0, error) : CAIRN_OK;
    if (!code)
        add_cell(&maker->levels[0], entry, cell);
    return code;
}

/* ---- where each entry is ---- */

/* Some entries, by the node that they are in (0: no such entry). They are so many that few passes are needed and so few
 * that memory stays small. */
enum { PASS = 1 << 24 };
typedef struct entries {
    sqlite3_int64 first;
    size_t n;
    uint32_t *nodes;
} entries;

static uint32_t read_32(const unsigned char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return __builtin_bswap32(value);
}

static void note_leaf(sqlite3_stmt *leaf, entries *out)
{
    uint32_t number = (uint32_t)sqlite3_column_int64(leaf, 0);
    const unsigned char *data = sqlite3_column_blob(leaf, 1);
    int n = data && sqlite3_column_bytes(leaf, 1) == SPACE_NODE_BYTES ? data[2] << 8 | data[3] : 0;
    for (int i = 0; i < n; i++) {
        const unsigned char *at = data + 4 + (size_t)i * SPACE_CELL_BYTES;
        uint64_t place = ((uint64_t)read_32(at) << 32 | read_32(at + 4)) - (uint64_t)out->first;
        if (place < out->n)
            out->nodes[place] = number;
    }
}

static cairn_code note_leaves(const space_maker *maker, entries *out, cairn_error *error)
{
    sqlite3_stmt *leaves = NULL;
    int rc = SQLITE_DONE;
    char text[200];
    snprintf(text, sizeof text,
             "SELECT nodeno, data FROM %s_node WHERE nodeno NOT IN (SELECT parentnode FROM %s_parent)", maker->tree,
             maker->tree);
    cairn_code code = db_prepare(maker->db, text, &leaves, error);
    while (!code && (rc = sqlite3_step(leaves)) == SQLITE_ROW)
        note_leaf(leaves, out);
    if (!code && rc != SQLITE_DONE)
        code = db_error(maker->db, rc, what, error);
    sqlite3_finalize(leaves);
    return code;
}

static cairn_code put_entries(const space_maker *maker, const entries *in, cairn_error *error)
{
    sqlite3_stmt *put = NULL;
    cairn_code code = prepare(maker, "INSERT INTO %s_rowid(rowid, nodeno) VALUES(?1, ?2)", &put, error);
    for (size_t i = 0; !code && i < in->n; i++)
        if (in->nodes[i]) {
            sqlite3_bind_int64(put, 1, in->first + (sqlite3_int64)i);
            sqlite3_bind_int64(put, 2, in->nodes[i]);
            code = db_run(maker->db, put, what, error);
        }
    sqlite3_finalize(put);
    return code;
}

/* The first entry that is not below `from`; *last: of all. -1: there is none. */
static cairn_code next_entry(const space_maker *maker, sqlite3_int64 from, sqlite3_int64 *first, sqlite3_int64 *last,
                             cairn_error *error)
{
    sqlite3_stmt *get = NULL;
    cairn_code code = db_prepare(maker->db,
                                 "SELECT coalesce((SELECT min(key) * 2 FROM item WHERE key>=?1), -1),"
                                 " coalesce((SELECT max(key) * 2 + 1 FROM item), -1)",
                                 &get, error);
    if (code)
        return code;
    sqlite3_bind_int64(get, 1, from / 2);
    int rc = sqlite3_step(get);
    *first = sqlite3_column_int64(get, 0);
    *last = sqlite3_column_int64(get, 1);
    if (rc != SQLITE_ROW)
        code = db_error(maker->db, rc, what, error);
    sqlite3_finalize(get);
    return code;
}

/* In their order, so that the table is written from its beginning to its end. */
static cairn_code write_entries(const space_maker *maker, cairn_error *error)
{
    sqlite3_int64 last;
    entries in = {0};
    cairn_code code = next_entry(maker, 0, &in.first, &last, error);
    if (!code && in.first >= 0) {
        in.n = last - in.first < PASS ? (size_t)(last - in.first + 1) : PASS;
        in.nodes = malloc(in.n * sizeof *in.nodes);
        if (!in.nodes)
            return cairn_error_no_memory(error);
    }
    while (!code && in.first >= 0) {
        bool more = last - in.first >= (sqlite3_int64)in.n;
        memset(in.nodes, 0, in.n * sizeof *in.nodes);
        code = note_leaves(maker, &in, error);
        if (!code)
            code = put_entries(maker, &in, error);
        if (code || !more)
            break;
        code = next_entry(maker, in.first + (sqlite3_int64)in.n, &in.first, &last, error);
    }
    free(in.nodes);
    return code;
}

cairn_code space_make_finish(space_maker *maker, cairn_error *error)
{
    int top = 0;
    cairn_code code = CAIRN_OK;
    for (;; top++) {
        bool more = false;
        for (int i = top + 1; i < SPACE_LEVELS_MAX; i++)
            more |= maker->levels[i].n > 0;
        if (!more)
            break;
        if (maker->levels[top].n && (code = flush(maker, top, error)))
            return code;
    }
    code = put_node(maker, top, 1, error);
    return code ? code : write_entries(maker, error);
}
