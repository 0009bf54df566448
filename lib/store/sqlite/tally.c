/* What a collection's row says of its items: how many, where, when. Kept in memory during a batch, saved at its commit.
 */
#include "store/sqlite/internal.h"

#include "base/secret.h"
#include "store/extent.h"

#include <stdlib.h>

static tally **bucket_of(sqlite_writer *writer, cairn_span id)
{
    return &writer->tallies[cairn_hash64(id) % TALLY_BUCKETS];
}

static tally *tally_new(cairn_span id, sqlite3_stmt *row)
{
    tally *new = calloc(1, sizeof *new);
    char *copy = new ? malloc(id.n + 1) : NULL;
    if (!copy) {
        free(new);
        return NULL;
    }
    memcpy(copy, id.p, id.n);
    copy[id.n] = '\0';
    new->id = copy;
    new->id_size = id.n;
    new->made = sqlite3_column_int(row, 0) != 0;
    new->items = (uint64_t)sqlite3_column_int64(row, 1);
    new->extent = extent_read(row, 2);
    new->lead = sqlite3_column_int64(row, 10);
    new->lag = sqlite3_column_int64(row, 11);
    new->slot = sqlite3_column_int64(row, 15);
    return new;
}

cairn_code tally_get(sqlite_writer *writer, cairn_span id, tally **out, cairn_error *error)
{
    tally **bucket = bucket_of(writer, id);
    for (tally *t = *bucket; t; t = t->next)
        if (cairn_span_equal(cairn_span_make(t->id, t->id_size), id)) {
            *out = t;
            return CAIRN_OK;
        }
    sqlite3_stmt *get;
    cairn_code code = writer_query(writer, W_COLLECTION_GET, &get, error);
    if (code)
        return code;
    db_bind_span(get, 1, id);
    int rc = sqlite3_step(get);
    char quoted[160];
    if (rc == SQLITE_ROW) {
        *out = tally_new(id, get);
        if (*out) {
            (*out)->next = *bucket;
            *bucket = *out;
        } else {
            code = cairn_error_no_memory(error);
        }
    } else if (rc == SQLITE_DONE) {
        code = cairn_error_set(error, CAIRN_NOT_FOUND, "there is no collection \"%s\"",
                               cairn_quote(id, quoted, sizeof quoted));
    } else {
        code = db_error(writer->db, rc, "reading a collection", error);
    }
    sqlite3_reset(get);
    return code;
}

/* Whole seconds from `a` to `b`, rounded up; endless for open ends and for items without a sort time. */
static int64_t reach(cairn_time a, cairn_time b)
{
    if (cairn_time_compare(a, b) >= 0)
        return 0;
    return cairn_time_is_open(a) || cairn_time_is_open(b) ? INT64_MAX : b.sec - a.sec + 1;
}

void tally_add(tally *tally, const item_row *row)
{
    cairn_time time = row->position.time;
    int64_t lead = reach(row->range.start, time), lag = reach(time, row->range.end);
    tally->items++;
    tally->dirty = true;
    cairn_extent_add(&tally->extent, row->has_place ? &row->box : NULL, row->range);
    if (lead > tally->lead)
        tally->lead = lead;
    if (lag > tally->lag)
        tally->lag = lag;
}

void tally_drop(tally *tally, const item_row *row)
{
    const cairn_extent *extent = &tally->extent;
    bool at_edge = row->has_place && (row->box.west > row->box.east || row->box.west <= extent->box.west ||
                                      row->box.south <= extent->box.south || row->box.east >= extent->box.east ||
                                      row->box.north >= extent->box.north);
    bool at_end = cairn_time_compare(row->range.start, extent->time.start) <= 0 ||
                  cairn_time_compare(row->range.end, extent->time.end) >= 0;
    tally->items--;
    tally->dirty = true;
    if (at_edge || at_end)
        tally->stale = true;
}

static cairn_code count_anew(sqlite_writer *writer, tally *tally, cairn_error *error)
{
    sqlite3_stmt *rows;
    cairn_code code = writer_query(writer, W_COLLECTION_ROWS, &rows, error);
    if (code)
        return code;
    tally->items = 0;
    tally->extent = (cairn_extent){0};
    tally->lead = tally->lag = 0;
    tally->stale = false;
    db_bind_span(rows, 1, cairn_span_make(tally->id, tally->id_size));
    int rc;
    while ((rc = sqlite3_step(rows)) == SQLITE_ROW) {
        item_row row;
        item_row_read(rows, &row);
        tally_add(tally, &row);
    }
    if (rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "counting a collection", error);
    sqlite3_reset(rows);
    return code;
}

static void bind_extent(sqlite3_stmt *save, int index, const cairn_extent *extent)
{
    const double box[4] = {extent->box.west, extent->box.south, extent->box.east, extent->box.north};
    for (int i = 0; i < 4; i++)
        if (extent->has_box)
            sqlite3_bind_double(save, index + i, box[i]);
        else
            sqlite3_bind_null(save, index + i);
    if (extent->has_time) {
        sqlite3_bind_int64(save, index + 4, extent->time.start.sec);
        sqlite3_bind_int(save, index + 5, extent->time.start.nsec);
        sqlite3_bind_int64(save, index + 6, extent->time.end.sec);
        sqlite3_bind_int(save, index + 7, extent->time.end.nsec);
    } else {
        for (int i = 4; i < 8; i++)
            sqlite3_bind_null(save, index + i);
    }
}

/* The document is written anew, so that its extent and summaries follow the items. */
static cairn_code save(sqlite_writer *writer, tally *tally, cairn_arena *arena, cairn_error *error)
{
    collection_view view;
    sqlite3_stmt *statement;
    cairn_code code = tally->stale ? count_anew(writer, tally, error) : CAIRN_OK;
    if (!code)
        code = counts_save(writer, tally, error);
    if (!code)
        code = traits_save(writer, tally, error);
    if (!code)
        code = view_make(writer, tally, arena, &view, error);
    if (!code)
        code = writer_query(writer, W_COLLECTION_TALLY, &statement, error);
    if (code)
        return code;
    db_bind_span(statement, 1, cairn_span_make(tally->id, tally->id_size));
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)tally->items);
    bind_extent(statement, 3, &tally->extent);
    sqlite3_bind_int64(statement, 11, tally->lead);
    sqlite3_bind_int64(statement, 12, tally->lag);
    db_bind_blob(statement, 13, view.body);
    db_bind_blob(statement, 14, view.declared);
    tally->dirty = tally->recount = false;
    return db_run(writer->db, statement, "writing a collection", error);
}

cairn_code tally_save_all(sqlite_writer *writer, cairn_error *error)
{
    enum { ARENA_BYTES = 256 << 20 };
    cairn_arena *arena = cairn_arena_new(ARENA_BYTES);
    if (!arena)
        return cairn_error_no_memory(error);
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; !code && i < TALLY_BUCKETS; i++)
        for (tally *t = writer->tallies[i]; !code && t; t = t->next)
            if (t->dirty) {
                code = save(writer, t, arena, error);
                cairn_arena_reset(arena);
            }
    cairn_arena_free(arena);
    if (!code)
        counts_trim(writer);
    return code;
}

static void tally_free(sqlite_writer *writer, tally *gone)
{
    writer->n_counts -= gone->counts != NULL;
    cairn_stats_free(gone->counts);
    free(gone->traits);
    free(gone->id);
    free(gone);
}

void tally_forget(sqlite_writer *writer, tally *gone)
{
    for (tally **at = bucket_of(writer, cairn_span_make(gone->id, gone->id_size)); *at; at = &(*at)->next)
        if (*at == gone) {
            *at = gone->next;
            tally_free(writer, gone);
            return;
        }
}

void tally_forget_all(sqlite_writer *writer)
{
    for (size_t i = 0; i < TALLY_BUCKETS; i++)
        while (writer->tallies[i]) {
            tally *next = writer->tallies[i]->next;
            tally_free(writer, writer->tallies[i]);
            writer->tallies[i] = next;
        }
}
