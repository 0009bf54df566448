#include "store/sqlite/space_walk.h"

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

/* The bytes that the statement stands at. */
static bool read_head(space_node *out, bool is_root, int height)
{
    const unsigned char *data = sqlite3_column_blob(out->statement, 0);
    size_t size = (size_t)sqlite3_column_bytes(out->statement, 0);
    if (!data || size < HEAD_BYTES)
        return false;
    out->height = is_root ? (int)read_16(data) : height;
    out->n = read_16(data + 2);
    out->cells = data + HEAD_BYTES;
    return out->height >= 0 && out->height <= DEPTH_MAX && out->n <= (size - HEAD_BYTES) / CELL_BYTES;
}

cairn_code space_node_open(space_tree *tree, sqlite3_int64 number, int height, space_node *out, cairn_error *error)
{
    sqlite_session *session = tree->session;
    *out = (space_node){0};
    cairn_code code = check_reading(tree, error);
    if (!code)
        code = session_query(session, tree->all ? Q_SPACE_ALL_NODE : Q_SPACE_NODE, &out->statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(out->statement, 1, number);
    int rc = sqlite3_step(out->statement);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        code = db_error(session->db, rc, "searching", error);
    else if (rc == SQLITE_DONE || !read_head(out, number == SPACE_ROOT, height))
        code = corrupt(error);
    if (code)
        space_node_close(out);
    return code;
}

void space_node_close(space_node *node)
{
    sqlite3_reset(node->statement);
}

sqlite3_int64 space_node_cell(const space_node *node, size_t i, space_cell *out)
{
    const unsigned char *at = node->cells + i * CELL_BYTES;
    for (int k = 0; k < SPACE_COORDINATES; k++)
        out->at[k] = (int32_t)read_32(at + CHILD_BYTES + 4 * k);
    return (sqlite3_int64)((uint64_t)read_32(at) << 32 | read_32(at + 4));
}
