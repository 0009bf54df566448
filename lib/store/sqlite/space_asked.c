#include "store/sqlite/space_search.h"

#include <stdlib.h>

/* Rows that are in no tree are looked at one by one, as long as they are no more than this. */
enum { LOOSE_MAX = 2000 };

/* The times that an entry must meet, as steps of one slot. */
typedef struct times {
    cairn_time start, end;
} times;

static void narrow(times *t, cairn_time start, cairn_time end)
{
    if (cairn_time_compare(start, t->start) > 0)
        t->start = start;
    if (cairn_time_compare(end, t->end) < 0)
        t->end = end;
}

/* Each of the conditions is on the same stretch, from the first to the last of range and sort time. */
static times times_of(const search_run *run, bool paged, bool oldest_first)
{
    const cairn_cql2_envelope *filter = &run->narrow.filter;
    const cairn_position *position = paged ? run->page->position : NULL;
    times t = {CAIRN_TIME_MIN, CAIRN_TIME_MAX};
    if (run->search->has_datetime)
        narrow(&t, run->search->datetime.start, run->search->datetime.end);
    if (filter->has_time)
        narrow(&t, filter->time.start, filter->time.end);
    if (filter->has_instant)
        narrow(&t, filter->instant.start, filter->instant.end);
    if (position)
        narrow(&t, oldest_first ? position->time : CAIRN_TIME_MIN, oldest_first ? CAIRN_TIME_MAX : position->time);
    return t;
}

/* The smaller one of the request's box and the filter's; false when neither asks for a place. */
static bool box_of(const search_run *run, cairn_box *out)
{
    const cairn_cql2_envelope *filter = &run->narrow.filter;
    bool asked = run->area && !run->search->null_geometry_hits;
    if (asked)
        *out = cairn_area_box(run->area);
    if (filter->has_box && (!asked || cairn_box_contains(*out, filter->box)))
        *out = filter->box;
    return asked || filter->has_box;
}

static space_cell outer_cell(sqlite3_int64 slot, cairn_box box, times t)
{
    return (space_cell){{
        [SPACE_WEST] = space_degrees_down(box.west),
        [SPACE_EAST] = space_degrees_up(box.east),
        [SPACE_SOUTH] = space_degrees_down(box.south),
        [SPACE_NORTH] = space_degrees_up(box.north),
        [SPACE_FIRST] = space_step_down(slot, t.start),
        [SPACE_LAST] = space_step_up(slot, t.end),
    }};
}

/* The least and the greatest step stand for all that lies beyond, which is within an open end only. */
static bool inner_times(sqlite3_int64 slot, times t, space_cell *out)
{
    int32_t least = space_least(slot), greatest = space_greatest(slot);
    bool from_ever = t.start.sec == INT64_MIN, for_ever = t.end.sec == INT64_MAX;
    out->at[SPACE_FIRST] = from_ever ? least : space_step_up(slot, t.start);
    out->at[SPACE_LAST] = for_ever ? greatest : space_step_down(slot, t.end);
    if (!from_ever && out->at[SPACE_FIRST] == least)
        out->at[SPACE_FIRST]++;
    if (!for_ever && out->at[SPACE_LAST] == greatest)
        out->at[SPACE_LAST]--;
    return (from_ever || out->at[SPACE_FIRST] < greatest) && (for_ever || out->at[SPACE_LAST] > least) &&
           out->at[SPACE_FIRST] <= out->at[SPACE_LAST];
}

static bool inner_cell(sqlite3_int64 slot, cairn_box box, times t, space_cell *out)
{
    out->at[SPACE_WEST] = space_degrees_up(box.west);
    out->at[SPACE_EAST] = space_degrees_down(box.east);
    out->at[SPACE_SOUTH] = space_degrees_up(box.south);
    out->at[SPACE_NORTH] = space_degrees_down(box.north);
    return inner_times(slot, t, out) && out->at[SPACE_WEST] <= out->at[SPACE_EAST] &&
           out->at[SPACE_SOUTH] <= out->at[SPACE_NORTH];
}

/* ---- collections ---- */

static int compare_stretches(const void *a, const void *b)
{
    int32_t x = space_least(*(const sqlite3_int64 *)a), y = space_least(*(const sqlite3_int64 *)b);
    return (x > y) - (x < y);
}

/* Slots of the collections that are there, one for each stretch. */
static cairn_code list_slots(search_run *run, sqlite3_int64 **out, size_t *n, bool *shared, cairn_error *error)
{
    const narrowed *narrow = &run->narrow;
    const collection_facts *facts;
    sqlite3_int64 *slots = cairn_arena_calloc(run->arena, narrow->n_collections + 1, sizeof *slots);
    size_t found = 0, kept = 0;
    if (!slots)
        return out_of_memory(error);
    for (size_t i = 0; i < narrow->n_collections; i++) {
        cairn_code code = facts_of(run->session, narrow->collections[i], &facts, error);
        if (code)
            return code;
        if (facts->exists)
            slots[found++] = facts->slot;
    }
    qsort(slots, found, sizeof *slots, compare_stretches);
    for (size_t i = 0; i < found; i++)
        if (!kept || space_least(slots[kept - 1]) != space_least(slots[i]))
            slots[kept++] = slots[i];
    *shared = kept < found;
    *out = slots;
    *n = kept;
    return CAIRN_OK;
}

/* Another collection may have its entries in the same stretch. */
static cairn_code is_shared(search_run *run, sqlite3_int64 slot, bool *out, cairn_error *error)
{
    enum { ASKED_MAX = 16 };
    const collection_facts *all;
    sqlite3_stmt *statement;
    cairn_code code = facts_of_all(run->session, &all, error);
    if (code)
        return code;
    sqlite3_int64 greatest = all->slot;
    *out = greatest / SPACE_STRETCHES > ASKED_MAX;
    if (*out || greatest < SPACE_STRETCHES || (code = session_query(run->session, Q_SLOT_TAKEN, &statement, error)))
        return code;
    for (sqlite3_int64 other = slot % SPACE_STRETCHES; !code && !*out && other <= greatest; other += SPACE_STRETCHES) {
        sqlite3_bind_int64(statement, 1, other);
        int rc = sqlite3_step(statement);
        *out = other != slot && rc == SQLITE_ROW;
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            code = db_error(run->session->db, rc, "searching", error);
        sqlite3_reset(statement);
    }
    return code;
}

/* Many collections that have a good part of all items are found sooner in the tree of all. */
static cairn_code choose_tree(search_run *run, bool *all, cairn_error *error)
{
    enum { SURELY_FEW = 8, SHARE = 8 };
    const collection_facts *facts;
    uint64_t items = 0;
    *all = run->narrow.n_collections == 0;
    if (run->narrow.n_collections <= SURELY_FEW)
        return CAIRN_OK;
    cairn_code code = facts_of_all(run->session, &facts, error);
    if (!code)
        code = count_items(run, &items, error);
    if (!code)
        *all = items >= facts->items / SHARE;
    return code;
}

/* ---- cells ---- */

typedef struct maker {
    search_run *run;
    space_asked *out;
    space_cell *cells, *sure;
    cairn_box boxes[2];
    size_t n_boxes;
    times times;
} maker;

static void add_cells(maker *m, sqlite3_int64 slot)
{
    for (size_t i = 0; i < m->n_boxes; i++) {
        m->cells[m->out->query.n++] = outer_cell(slot, m->boxes[i], m->times);
        if (m->sure && inner_cell(slot, m->boxes[i], m->times, &m->sure[m->out->n_sure]))
            m->out->n_sure++;
    }
}

static cairn_code make_cells(maker *m, const sqlite3_int64 *slots, size_t n, bool shared, cairn_error *error)
{
    static const sqlite3_int64 of_all = -1;
    bool all = m->out->query.all;
    n = all ? 1 : n;
    m->cells = cairn_arena_calloc(m->run->arena, n * m->n_boxes + 1, sizeof *m->cells);
    m->sure = cairn_arena_calloc(m->run->arena, n * m->n_boxes + 1, sizeof *m->sure);
    if (!m->cells || !m->sure)
        return out_of_memory(error);
    if (all && m->run->narrow.n_collections) /* which of them an entry belongs to is not known */
        m->sure = NULL;
    if (shared)
        m->sure = NULL;
    for (size_t i = 0; i < n; i++)
        add_cells(m, all ? of_all : slots[i]);
    m->out->query.cells = m->cells;
    m->out->sure = m->sure;
    return CAIRN_OK;
}

/* What has to be looked into can't be sure. */
static bool may_be_sure(const search_run *run)
{
    const cairn_search *search = run->search;
    return run->area && !search->filter && !search->text && !search->n_ids;
}

static cairn_code ask_collections(maker *m, cairn_error *error)
{
    sqlite3_int64 *slots = NULL;
    size_t n = 0;
    bool shared = false;
    cairn_code code = choose_tree(m->run, &m->out->query.all, error);
    if (!code && !m->out->query.all)
        code = list_slots(m->run, &slots, &n, &shared, error);
    if (!may_be_sure(m->run))
        shared = true;
    for (size_t i = 0; !code && !shared && i < n; i++)
        code = is_shared(m->run, slots[i], &shared, error);
    return code ? code : make_cells(m, slots, n, shared, error);
}

cairn_code space_ask(search_run *run, bool paged, bool oldest_first, space_asked *out, cairn_error *error)
{
    maker m = {.run = run, .out = out};
    cairn_box box;
    *out = (space_asked){.query.oldest_first = oldest_first};
    if (!box_of(run, &box))
        return CAIRN_OK;
    cairn_code code = facts_of_loose(run->session, &out->loose, error);
    out->usable = !code && space_loose_rows(out) <= LOOSE_MAX;
    if (code || !out->usable)
        return code;
    m.n_boxes = cairn_box_split(box, m.boxes);
    m.times = times_of(run, paged, oldest_first);
    return ask_collections(&m, error);
}

/* ---- rows ---- */

uint64_t space_loose_rows(const space_asked *asked)
{
    const loose_facts *loose = asked->loose;
    if (loose->from > loose->to)
        return 0;
    uint64_t behind = (uint64_t)loose->to - (uint64_t)loose->from;
    return behind < UINT64_MAX ? behind + 1 : behind;
}

cairn_code space_loose_query(search_run *run, const space_asked *asked, sqlite3_stmt **out, cairn_error *error)
{
    *out = NULL;
    if (!space_loose_rows(asked))
        return CAIRN_OK;
    cairn_code code = session_query(run->session, Q_LOOSE_ROWS, out, error);
    if (!code)
        sqlite3_bind_int64(*out, 1, asked->loose->from);
    return code;
}

cairn_code space_row(search_run *run, sqlite3_int64 key, sqlite3_stmt **statement, item_row *out, cairn_error *error)
{
    cairn_code code = session_query(run->session, Q_ITEM_ROW, statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(*statement, 1, key);
    int rc = sqlite3_step(*statement);
    run->fetched++;
    if (rc == SQLITE_ROW)
        item_row_read_whole(*statement, out);
    else if (rc == SQLITE_DONE)
        code = cairn_error_set(error, CAIRN_CORRUPT, "an item of the index is not there; run `cairn check`");
    else
        code = db_error(run->session->db, rc, "searching", error);
    return code;
}

bool space_eastern_part(const item_row *row, sqlite3_int64 entry, const space_cell *cell, space_cell *out)
{
    *out = *cell;
    if (!(entry & 1) || row->box.west <= row->box.east)
        return false;
    out->at[SPACE_WEST] = space_degrees_down(row->box.west);
    out->at[SPACE_EAST] = space_degrees_up(180);
    return true;
}

bool space_comes_twice(const space_query *query, const item_row *row, sqlite3_int64 entry, const space_cell *cell)
{
    space_cell eastern;
    if (!space_eastern_part(row, entry, cell, &eastern))
        return false;
    for (size_t i = 0; i < query->n; i++)
        if (space_cells_meet(&eastern, &query->cells[i]))
            return true;
    return false;
}
