/* The rows of item_value that a batch adds: held back and written in the order of the table, so that each of its pages
 * is looked for and changed once instead of once for each item. */
#include "store/sqlite/internal.h"

#include <stdlib.h>

enum { MOST = 1 << 15, FIRST = 1 << 10 };
static const size_t TEXT_BYTES = (size_t)64 << 20;

struct held_value {
    sqlite3_int64 property, collection, back_sec, key;
    cairn_sort_value value;
};

void held_values_forget(held_values *held)
{
    held->n = 0;
    if (held->texts)
        cairn_arena_reset(held->texts);
}

void held_values_free(held_values *held)
{
    free(held->list);
    cairn_arena_free(held->texts);
    *held = (held_values){0};
}

static bool make_room(held_values *held)
{
    if (!held->texts && !(held->texts = cairn_arena_new(TEXT_BYTES)))
        return false;
    if (held->n < held->room)
        return true;
    size_t room = held->room ? 2 * held->room : FIRST;
    held_value *list = reallocarray(held->list, room, sizeof *list);
    if (!list)
        return false;
    held->list = list;
    held->room = room;
    return true;
}

static int order(sqlite3_int64 a, sqlite3_int64 b)
{
    return (a > b) - (a < b);
}

static int compare(const void *one, const void *other)
{
    const held_value *a = one, *b = other;
    int by = order(a->property, b->property);
    by = by ? by : order(a->collection, b->collection);
    by = by ? by : cairn_sort_value_compare(&a->value, &b->value);
    by = by ? by : order(a->back_sec, b->back_sec);
    return by ? by : order(a->key, b->key);
}

static cairn_code write(sqlite_writer *writer, write_id id, const held_value *value, cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = writer_query(writer, id, &statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(statement, 1, value->property);
    sqlite3_bind_int64(statement, 2, value->collection);
    values_bind(statement, 3, &value->value);
    sqlite3_bind_int64(statement, 4, value->back_sec);
    sqlite3_bind_int64(statement, 5, value->key);
    return db_run(writer->db, statement, "writing an item", error);
}

cairn_code held_values_write(sqlite_writer *writer, cairn_error *error)
{
    held_values *held = &writer->held;
    cairn_code code = CAIRN_OK;
    if (held->n == 0)
        return CAIRN_OK;
    qsort(held->list, held->n, sizeof *held->list, compare);
    for (size_t i = 0; !code && i < held->n; i++)
        code = write(writer, W_VALUE_PUT, &held->list[i], error);
    held_values_forget(held);
    return code;
}

/* False: there is no room for it. */
static bool hold(held_values *held, held_value value)
{
    if (!make_room(held))
        return false;
    if (value.value.type == CAIRN_SORT_STRING)
        value.value.text = cairn_arena_copy(held->texts, value.value.text);
    if (value.value.type == CAIRN_SORT_STRING && !value.value.text.p)
        return false;
    held->list[held->n++] = value;
    return true;
}

static held_value value_of(const tally *tally, const item_row *row, const index_value *value)
{
    return (held_value){value->property, tally->slot, back_sec(row->position.time), row->key, value->value};
}

cairn_code held_values_put(sqlite_writer *writer, const tally *tally, const item_row *row, const index_value *value,
                           cairn_error *error)
{
    held_value new = value_of(tally, row, value);
    if (writer->held.n < MOST && hold(&writer->held, new))
        return CAIRN_OK;
    cairn_code code = held_values_write(writer, error);
    return code ? code : write(writer, W_VALUE_PUT, &new, error);
}

cairn_code held_values_delete(sqlite_writer *writer, const tally *tally, const item_row *row, const index_value *value,
                              cairn_error *error)
{
    held_value old = value_of(tally, row, value);
    cairn_code code = held_values_write(writer, error);
    return code ? code : write(writer, W_VALUE_DELETE, &old, error);
}
