/* The counts of a collection's properties: in memory during a batch, in the table property at its commit. */
#include "store/sqlite/internal.h"

#include "base/json.h"

static cairn_code load(sqlite_writer *writer, const tally *tally, cairn_stats *counts, cairn_error *error)
{
    sqlite3_stmt *rows;
    property_row row;
    int rc = SQLITE_DONE;
    cairn_code code = writer_query(writer, W_COUNT_GET, &rows, error);
    if (code)
        return code;
    sqlite3_bind_int64(rows, 1, tally->slot);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        if (!property_read(rows, &row))
            row.property = (cairn_property){.name = row.property.name}; /* can't be true: counted anew */
        if (!cairn_stats_load(counts, &row.property))
            code = cairn_error_no_memory(error);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "reading the properties", error);
    sqlite3_reset(rows);
    return code;
}

cairn_code counts_get(sqlite_writer *writer, tally *tally, cairn_stats **out, cairn_error *error)
{
    *out = tally->counts;
    if (tally->counts)
        return CAIRN_OK;
    cairn_stats *counts = cairn_stats_new();
    cairn_code code = counts ? load(writer, tally, counts, error) : cairn_error_no_memory(error);
    if (code) {
        cairn_stats_free(counts);
        return code;
    }
    tally->counts = *out = counts;
    writer->n_counts++;
    return CAIRN_OK;
}

void counts_trim(sqlite_writer *writer)
{
    enum { MANY = 200 };
    if (writer->n_counts <= MANY)
        return;
    for (size_t i = 0; i < TALLY_BUCKETS; i++)
        for (tally *t = writer->tallies[i]; t; t = t->next) {
            cairn_stats_free(t->counts);
            t->counts = NULL;
        }
    writer->n_counts = 0;
}

static cairn_code count_anew(sqlite_writer *writer, tally *tally, cairn_error *error)
{
    sqlite3_stmt *rows;
    int rc = SQLITE_DONE;
    cairn_code code = writer_query(writer, W_COLLECTION_PROPERTIES, &rows, error);
    if (code)
        return code;
    cairn_stats_clear(tally->counts);
    tally->changed = 0;
    db_bind_span(rows, 1, cairn_span_make(tally->id, tally->id_size));
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        cairn_packed packed = db_column_packed(rows, 0, 1, 2, 3);
        cairn_buf_reset(&writer->old_text);
        code = cairn_unpack(writer->codec, &packed, false, &writer->old_text, error);
        if (!code && !cairn_stats_add(tally->counts, cairn_buf_span(&writer->old_text)))
            code = cairn_error_no_memory(error);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "counting a collection", error);
    sqlite3_reset(rows);
    return code;
}

/* ---- saving ---- */

typedef struct saving {
    sqlite_writer *writer;
    const tally *tally;
    cairn_buf list;
} saving;

static bool write_list(const cairn_property *property, cairn_buf *out)
{
    cairn_buf_reset(out);
    cairn_buf_add_byte(out, '[');
    for (size_t i = 0; i < property->n_values; i++) {
        cairn_buf_add_text(out, i ? ",[" : "[");
        cairn_buf_add_span(out, property->values[i].json);
        cairn_buf_printf(out, ",%llu]", (unsigned long long)property->values[i].count);
    }
    return cairn_buf_add_byte(out, ']');
}

static void bind_property(sqlite3_stmt *put, const cairn_property *p)
{
    const uint64_t counts[] = {p->integers, p->numbers, p->strings, p->booleans, p->arrays, p->objects, p->times};
    const uint64_t extremes[] = {p->minimum_items, p->maximum_items, p->first_items, p->last_items};
    for (int i = 0; i < 7; i++)
        sqlite3_bind_int64(put, 3 + i, (sqlite3_int64)counts[i]);
    for (int i = 0; i < 2; i++)
        if (p->has_range)
            sqlite3_bind_double(put, 10 + i, i ? p->maximum : p->minimum);
        else
            sqlite3_bind_null(put, 10 + i);
    db_bind_span(put, 12, p->first);
    db_bind_span(put, 13, p->last);
    for (int i = 0; i < 4; i++)
        sqlite3_bind_int64(put, 14 + i, (sqlite3_int64)extremes[i]);
    sqlite3_bind_int(put, 18, p->enumerated);
}

static cairn_code save_one(void *context, const cairn_property *property, cairn_error *error)
{
    saving *at = context;
    sqlite3_stmt *put;
    bool gone = cairn_property_items(property) == 0;
    cairn_code code = writer_query(at->writer, gone ? W_COUNT_DELETE : W_COUNT_PUT, &put, error);
    if (!code && !write_list(property, &at->list))
        code = cairn_error_no_memory(error);
    if (code)
        return code;
    sqlite3_bind_int64(put, 1, at->tally->slot);
    db_bind_span(put, 2, property->name);
    if (!gone) {
        bind_property(put, property);
        db_bind_span(put, 19, cairn_buf_span(&at->list));
    }
    return db_run(at->writer->db, put, "writing the properties", error);
}

static cairn_code clear_saved(sqlite_writer *writer, const tally *tally, cairn_error *error)
{
    sqlite3_stmt *clear;
    cairn_code code = writer_query(writer, W_COUNT_CLEAR, &clear, error);
    if (code)
        return code;
    sqlite3_bind_int64(clear, 1, tally->slot);
    return db_run(writer->db, clear, "writing the properties", error);
}

/* Counting anew costs as much as all items do: it is done for what can't be told otherwise; for the sake of a range, or
 * of values that may be few now, when there are not too many items beside those that were written. */
static bool must_count(const tally *tally, const cairn_stats *counts)
{
    enum { ITEMS_A_CHANGE = 10 };
    uint64_t affordable = COUNTED_ANEW + ITEMS_A_CHANGE * tally->changed;
    return tally->recount || cairn_stats_is_stale(counts) ||
           (tally->items <= affordable && (cairn_stats_is_loose(counts) || cairn_stats_may_end(counts)));
}

cairn_code counts_save(sqlite_writer *writer, tally *tally, cairn_error *error)
{
    enum { LIST_BYTES = CAIRN_PROPERTY_VALUES_MAX * (CAIRN_PROPERTY_VALUE_BYTES + 32) };
    cairn_stats *counts;
    saving at = {.writer = writer, .tally = tally, .list = CAIRN_BUF_INIT(LIST_BYTES)};
    cairn_code code = counts_get(writer, tally, &counts, error);
    if (!code && must_count(tally, counts))
        code = count_anew(writer, tally, error);
    bool all = !code && cairn_stats_is_new(counts);
    if (all)
        code = clear_saved(writer, tally, error);
    if (!code)
        code = all ? cairn_stats_each(counts, CAIRN_SPAN_NONE, save_one, &at, error)
                   : cairn_stats_each_changed(counts, save_one, &at, error);
    if (!code)
        cairn_stats_settle(counts);
    cairn_buf_free(&at.list);
    return code;
}
