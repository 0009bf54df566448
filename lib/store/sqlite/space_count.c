/* How many match, by the R*Tree: branches that lie wholly within what is asked for count at once, only entries at its
 * edge are looked at. And all candidates, in no order. */
#include "store/sqlite/space_search.h"

#include <stdlib.h>

/* Beside a look at a row of the default order, which the budget is in. */
enum { NODE_COST = 4, CHECK_COST = 2 };

typedef enum relation { BESIDE, AT_EDGE, WITHIN } relation;

typedef struct found_entry {
    sqlite3_int64 entry;
    space_cell cell;
} found_entry;

typedef struct gathering {
    search_run *run;
    const space_asked *asked;
    bool telling;  /* tells what is sure */
    uint64_t sure; /* entries that need no look */
    space_tree tree;
    found_entry *list; /* the others */
    size_t n, cap, most;
    uint64_t budget; /* of nodes */
    bool gave_up;
} gathering;

static cairn_box box_of(const space_cell *cell)
{
    static const double degree = 1e7;
    return (cairn_box){cell->at[SPACE_WEST] / degree, cell->at[SPACE_SOUTH] / degree, cell->at[SPACE_EAST] / degree,
                       cell->at[SPACE_NORTH] / degree};
}

static relation relation_of(const gathering *g, const space_cell *cell)
{
    const space_asked *asked = g->asked;
    const space_query *query = &asked->query;
    bool meets = false, within = false;
    for (size_t i = 0; i < query->n && !meets; i++)
        meets = space_cells_meet(cell, &query->cells[i]);
    for (size_t i = 0; meets && g->telling && i < asked->n_sure && !within; i++)
        within = space_cell_contains(&asked->sure[i], cell);
    if (!meets)
        return BESIDE;
    if (!run_area_tells(g->run))
        return within ? WITHIN : AT_EDGE;
    cairn_tell tell = cairn_area_tell(g->run->area, box_of(cell));
    if (tell == CAIRN_TELL_BESIDE)
        return BESIDE;
    return within && tell == CAIRN_TELL_WITHIN ? WITHIN : AT_EDGE;
}

/* An entry whose place is not within the area, but a whole side of it is, which the footprint touches. That is so of
 * items with one entry: the sides of those over the antimeridian are not all their own. */
static bool has_side_within(const gathering *g, sqlite3_int64 entry, const space_cell *cell)
{
    enum { ANTIMERIDIAN = 1800000000 };
    static const double blur = 2.5e-7; /* coordinates are rounded outwards, to 1e-7 */
    const space_asked *asked = g->asked;
    if (!g->telling || entry & 1 || cell->at[SPACE_EAST] >= ANTIMERIDIAN)
        return false;
    for (size_t i = 0; i < asked->n_sure; i++) {
        const space_cell *sure = &asked->sure[i];
        if (sure->at[SPACE_FIRST] <= cell->at[SPACE_FIRST] && sure->at[SPACE_LAST] >= cell->at[SPACE_LAST] &&
            space_cells_meet(sure, cell))
            return cairn_area_has_side(g->run->area, box_of(cell), blur);
    }
    return false;
}

static cairn_code keep(gathering *g, sqlite3_int64 entry, const space_cell *cell, cairn_error *error)
{
    enum { FIRST = 256 };
    if (g->n == g->most) {
        g->gave_up = true;
        return CAIRN_OK;
    }
    if (g->n == g->cap) {
        size_t cap = g->cap ? g->cap * 2 : FIRST;
        found_entry *list = cairn_arena_alloc(g->run->arena, cap * sizeof *list);
        if (!list)
            return out_of_memory(error);
        if (g->n)
            memcpy(list, g->list, g->n * sizeof *list);
        g->list = list;
        g->cap = cap;
    }
    g->list[g->n++] = (found_entry){entry, *cell};
    return CAIRN_OK;
}

/* The second entry of an item never counts by itself. */
static cairn_code take_entry(gathering *g, sqlite3_int64 entry, const space_cell *cell, relation relation,
                             cairn_error *error)
{
    if (relation == WITHIN && !(entry & 1)) {
        g->sure++;
        return CAIRN_OK;
    }
    return relation == BESIDE ? CAIRN_OK : keep(g, entry, cell, error);
}

typedef struct child {
    sqlite3_int64 number;
    relation relation;
} child;

static cairn_code take_leaf(gathering *g, const space_node *node, relation parent, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (int i = 0; !code && !g->gave_up && i < node->n; i++) {
        const space_cell *cell = &node->cells[i];
        relation relation = parent == WITHIN ? WITHIN : relation_of(g, cell);
        if (relation == AT_EDGE && has_side_within(g, node->ids[i], cell))
            relation = WITHIN;
        code = take_entry(g, node->ids[i], cell, relation, error);
    }
    return code;
}

static size_t list_children(gathering *g, const space_node *node, relation parent, child *out)
{
    size_t n = 0;
    for (int i = 0; i < node->n; i++) {
        relation relation = parent == WITHIN ? WITHIN : relation_of(g, &node->cells[i]);
        if (relation != BESIDE)
            out[n++] = (child){node->ids[i], relation};
    }
    return n;
}

/* Recursion: the depth of the tree, which space_node_read() bounds. */
static cairn_code take_branch(gathering *g, sqlite3_int64 number, int height, relation relation, cairn_error *error)
{
    const space_node *node;
    child *children = NULL;
    size_t n = 0;
    if (g->tree.read >= g->budget) {
        g->gave_up = true;
        return CAIRN_OK;
    }
    cairn_code code = space_node_read(&g->tree, number, height, &node, error);
    if (code)
        return code;
    height = node->height;
    if (height == 0)
        code = take_leaf(g, node, relation, error);
    else if (!(children = cairn_arena_alloc(g->run->arena, ((size_t)node->n + 1) * sizeof *children)))
        code = out_of_memory(error);
    else
        n = list_children(g, node, relation, children);
    for (size_t i = 0; !code && !g->gave_up && i < n; i++)
        code = take_branch(g, children[i].number, height - 1, children[i].relation, error);
    return code;
}

static cairn_code gather(gathering *g, cairn_error *error)
{
    g->tree = (space_tree){.session = g->run->session, .all = g->asked->query.all};
    cairn_code code = take_branch(g, SPACE_ROOT, 0, AT_EDGE, error);
    g->run->nodes += g->tree.read;
    return code;
}

/* ---- counting ---- */

static cairn_code count_row(search_run *run, const item_row *row, cairn_error *error)
{
    bool match;
    cairn_code code = row_matches(run, row, &match, error);
    run->matched += !code && match;
    return code;
}

/* The other entry was taken before. A node that holds it is told to lie beside the area only if it does so itself. */
static bool is_taken(const gathering *g, const item_row *row, const found_entry *found)
{
    space_cell eastern;
    return space_eastern_part(row, found->entry, &found->cell, &eastern) && relation_of(g, &eastern) != BESIDE;
}

static cairn_code count_entry(search_run *run, const gathering *g, const found_entry *found, cairn_error *error)
{
    item_row row;
    sqlite3_stmt *statement = NULL;
    cairn_code code = space_row(run, found->entry >> 1, &statement, &row, error);
    if (!code && !is_taken(g, &row, found))
        code = count_row(run, &row, error);
    if (statement)
        sqlite3_reset(statement);
    return code;
}

static cairn_code count_loose(search_run *run, const space_asked *asked, cairn_error *error)
{
    sqlite3_stmt *rows;
    int rc = SQLITE_DONE;
    cairn_code code = space_loose_query(run, asked, &rows, error);
    if (code || !rows)
        return code;
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        item_row row;
        item_row_read_whole(rows, &row);
        code = count_row(run, &row, error);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(run->session->db, rc, "counting", error);
    sqlite3_reset(rows);
    return code;
}

static int compare_entries(const void *a, const void *b)
{
    sqlite3_int64 x = ((const found_entry *)a)->entry, y = ((const found_entry *)b)->entry;
    return (x > y) - (x < y);
}

/* By key: that is where rows lie beside each other. */
static cairn_code count_edge(search_run *run, const gathering *g, cairn_error *error)
{
    cairn_code code = count_loose(run, g->asked, error);
    if (g->n)
        qsort(g->list, g->n, sizeof *g->list, compare_entries);
    for (size_t i = 0; !code && i < g->n; i++)
        code = count_entry(run, g, &g->list[i], error);
    return code;
}

/* About half of those at the edge match. */
static void guess(search_run *run, const gathering *g)
{
    run->guess = g->sure + g->n / 2;
    run->has_guess = !g->gave_up;
}

/* Where there are few items anyway. */
static cairn_code count_by_scan(search_run *run, cairn_error *error)
{
    uint64_t items;
    cairn_code code = estimate_items(run, &items, error);
    return code || items > run->page->count_budget ? code : scan_count(run, error);
}

static cairn_code count(search_run *run, const space_asked *asked, cairn_error *error)
{
    uint64_t budget = run->page->count_budget;
    uint64_t row_cost = run->row_cost + CHECK_COST;
    size_t most = budget / row_cost < SIZE_MAX / 2 ? (size_t)(budget / row_cost) : SIZE_MAX / 2;
    gathering g = {.run = run, .asked = asked, .telling = true, .most = most + 1, .budget = budget / NODE_COST + 1};
    cairn_code code = gather(&g, error);
    if (code)
        return code;
    guess(run, &g);
    if (g.gave_up || g.n * row_cost + g.tree.read * NODE_COST + space_loose_rows(asked) > budget)
        return count_by_scan(run, error);
    run->matched = g.sure;
    code = count_edge(run, &g, error);
    run->counted = !code;
    return code;
}

cairn_code space_count(search_run *run, cairn_error *error)
{
    cairn_error fault = CAIRN_ERROR_INIT;
    space_asked asked;
    cairn_code code = space_ask(run, false, false, &asked, error);
    if (!code && !asked.usable)
        return scan_count(run, error);
    if (!code)
        code = count(run, &asked, &fault);
    if (code == CAIRN_DEADLINE) /* the page itself was found in time */
        return CAIRN_OK;
    return code ? cairn_error_set(error, code, "%s", fault.message) : CAIRN_OK;
}

/* ---- candidates ---- */

cairn_code space_candidates(search_run *run, candidates *found, bool *usable, cairn_error *error)
{
    space_asked asked;
    cairn_code code = space_ask(run, false, false, &asked, error);
    *usable = !code && asked.usable;
    if (code || !asked.usable)
        return code;
    size_t loose = (size_t)space_loose_rows(&asked);
    gathering g = {.run = run, .asked = &asked, .most = found->most, .budget = found->most + 1};
    code = gather(&g, error);
    if (code)
        return code;
    found->n = found->most + 1;
    if (g.gave_up || g.n + loose > found->most)
        return CAIRN_OK;
    found->n = 0;
    found->keys = cairn_arena_alloc(run->arena, (g.n + loose + 1) * sizeof *found->keys);
    if (!found->keys)
        return out_of_memory(error);
    for (size_t i = 0; i < g.n; i++)
        found->keys[found->n++] = g.list[i].entry >> 1;
    for (size_t i = 0; i < loose; i++)
        found->keys[found->n++] = asked.loose->from + (sqlite3_int64)i;
    return CAIRN_OK;
}
