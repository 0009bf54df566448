/* Reading the nodes of an R*Tree, and keeping those that were read. */
#include "store/sqlite/space_walk.h"

#include <stdlib.h>

enum { HEAD_BYTES = 4, CHILD_BYTES = 8, CELL_BYTES = CHILD_BYTES + 4 * SPACE_COORDINATES, DEPTH_MAX = 40 };

static uint32_t read_16(const unsigned char *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t read_32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static cairn_code corrupt(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_CORRUPT, "the index of places is damaged; run `cairn check`");
}

/* Each node is read once, unless branches lead back to it. */
static cairn_code check_reading(space_tree *tree, cairn_error *error)
{
    enum { NODES_BETWEEN_CLOCKS = 16, SURELY_HARMLESS = 4096 };
    sqlite_session *session = tree->session;
    sqlite3_stmt *statement;
    if (++tree->read % NODES_BETWEEN_CLOCKS == 0 && session_is_late(session))
        return cairn_error_set(error, CAIRN_DEADLINE, "out of time");
    if (tree->read <= SURELY_HARMLESS || tree->read <= tree->most)
        return CAIRN_OK;
    if (tree->most)
        return corrupt(error);
    cairn_code code = session_query(session, tree->all ? Q_SPACE_ALL_NODES : Q_SPACE_NODES, &statement, error);
    if (code)
        return code;
    int rc = sqlite3_step(statement);
    sqlite3_int64 most = rc == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    tree->most = most > 0 ? (uint64_t)most : 1;
    if (rc != SQLITE_ROW)
        return db_error(session->db, rc, "searching", error);
    return tree->read <= tree->most ? CAIRN_OK : corrupt(error);
}

/* ---- nodes that are kept ---- */

enum { KEPT_LEAVES = 512, KEPT_INNER = 512 };

struct space_nodes {
    uint64_t epoch; /* of the session, in which all of this was read */
    struct kept {
        sqlite3_int64 number; /* 0: nothing is kept here */
        bool all;
        space_node node;
    } kept[KEPT_LEAVES + KEPT_INNER];
};

void space_nodes_free(struct space_nodes *nodes)
{
    free(nodes);
}

/* Without a transaction each statement may see another state. */
static cairn_code refresh(sqlite_session *session, cairn_error *error)
{
    struct space_nodes *nodes = session->nodes;
    if (!nodes && !(nodes = session->nodes = calloc(1, sizeof *nodes)))
        return cairn_error_no_memory(error);
    if (nodes->epoch == session->epoch && !sqlite3_get_autocommit(session->db))
        return CAIRN_OK;
    for (size_t i = 0; i < KEPT_LEAVES + KEPT_INNER; i++)
        nodes->kept[i].number = 0;
    nodes->epoch = session->epoch;
    return CAIRN_OK;
}

/* Leaves are many: they have a part of their own, so that the others stay. */
static struct kept *place_of(const space_tree *tree, sqlite3_int64 number, int height)
{
    struct kept *kept = tree->session->nodes->kept;
    uint64_t at = (uint64_t)number * 2 + tree->all;
    return height == 0 && number != SPACE_ROOT ? &kept[at % KEPT_LEAVES] : &kept[KEPT_LEAVES + at % KEPT_INNER];
}

/* ---- reading ---- */

/* The bytes that the statement stands at. */
static bool read_node(sqlite3_stmt *statement, bool is_root, int height, space_node *out)
{
    const unsigned char *at = sqlite3_column_blob(statement, 0);
    size_t size = (size_t)sqlite3_column_bytes(statement, 0);
    if (!at || size < HEAD_BYTES)
        return false;
    out->height = is_root ? (int)read_16(at) : height;
    out->n = (int)read_16(at + 2);
    if (out->height < 0 || out->height > DEPTH_MAX || out->n > SPACE_NODE_CELLS ||
        (size_t)out->n > (size - HEAD_BYTES) / CELL_BYTES)
        return false;
    at += HEAD_BYTES;
    for (int i = 0; i < out->n; i++, at += CELL_BYTES) {
        out->ids[i] = (sqlite3_int64)((uint64_t)read_32(at) << 32 | read_32(at + 4));
        for (int k = 0; k < SPACE_COORDINATES; k++)
            out->cells[i].at[k] = (int32_t)read_32(at + CHILD_BYTES + 4 * k);
    }
    return true;
}

static cairn_code fetch(space_tree *tree, sqlite3_int64 number, int height, space_node *out, cairn_error *error)
{
    sqlite_session *session = tree->session;
    sqlite3_stmt *statement;
    cairn_code code = session_query(session, tree->all ? Q_SPACE_ALL_NODE : Q_SPACE_NODE, &statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(statement, 1, number);
    int rc = sqlite3_step(statement);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        code = db_error(session->db, rc, "searching", error);
    else if (rc == SQLITE_DONE || !read_node(statement, number == SPACE_ROOT, height, out))
        code = corrupt(error);
    sqlite3_reset(statement);
    return code;
}

cairn_code space_node_read(space_tree *tree, sqlite3_int64 number, int height, const space_node **out,
                           cairn_error *error)
{
    cairn_code code = check_reading(tree, error);
    if (!code)
        code = refresh(tree->session, error);
    if (code)
        return code;
    struct kept *kept = place_of(tree, number, height);
    bool is_root = number == SPACE_ROOT;
    *out = &kept->node;
    if (kept->number == number && kept->all == tree->all && (is_root || kept->node.height == height))
        return CAIRN_OK;
    kept->number = 0; /* unless it is read */
    code = fetch(tree, number, height, &kept->node, error);
    if (code)
        return code;
    kept->number = number;
    kept->all = tree->all;
    return CAIRN_OK;
}
