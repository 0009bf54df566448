/* A walk over the index of a promoted property: a cursor a collection, all of them by the same few statements, which
 * are asked anew for each small batch, so that thousands of collections need no thousands of statements. */
#include "store/sqlite/search.h"

#include <stdlib.h>

enum { BATCH = 16, TEXT_BYTES = 1 << 28 };

struct value_cursor {
    sqlite3_int64 collection;
    cairn_sort_value value; /* of the batch; its text is in `text` */
    cairn_buf text;
    sqlite3_int64 sec[BATCH], key[BATCH];
    size_t n, at;
};

/* ---- order ---- */

static int compare(const value_walk *walk, const value_cursor *a, const value_cursor *b)
{
    if (!walk->by_time) {
        int order = cairn_sort_value_compare(&a->value, &b->value);
        if (order)
            return walk->up ? order : -order;
    }
    sqlite3_int64 x = a->sec[a->at], y = b->sec[b->at];
    int order = (x > y) - (x < y);
    return walk->backward ? -order : order;
}

static void sift_down(value_walk *walk, size_t at)
{
    value_cursor **heap = walk->heap;
    for (size_t child; (child = 2 * at + 1) < walk->n; at = child) {
        if (child + 1 < walk->n && compare(walk, heap[child + 1], heap[child]) < 0)
            child++;
        if (compare(walk, heap[at], heap[child]) <= 0)
            return;
        value_cursor *other = heap[at];
        heap[at] = heap[child];
        heap[child] = other;
    }
}

/* ---- cursors ---- */

static bool keep_value(cairn_sort_value *value, cairn_buf *text)
{
    if (value->type != CAIRN_SORT_STRING)
        return true;
    cairn_buf_reset(text);
    if (!cairn_buf_add_span(text, value->text))
        return false;
    value->text = cairn_buf_span(text);
    return true;
}

static cairn_sort_value column_value(sqlite3_stmt *statement)
{
    switch (sqlite3_column_type(statement, 0)) {
    case SQLITE_TEXT:
        return (cairn_sort_value){.type = CAIRN_SORT_STRING, .text = db_column_span(statement, 0)};
    case SQLITE_BLOB: {
        cairn_span byte = db_column_span(statement, 0);
        return (cairn_sort_value){.type = CAIRN_SORT_BOOLEAN, .number = byte.n && byte.p[0] != 0};
    }
    default:
        return (cairn_sort_value){.type = CAIRN_SORT_NUMBER, .number = sqlite3_column_double(statement, 0)};
    }
}

static cairn_code bind_group(const value_walk *walk, query_id query, const value_cursor *cursor, sqlite3_stmt **out,
                             cairn_error *error)
{
    cairn_code code = session_query(walk->run->session, query, out, error);
    if (code)
        return code;
    sqlite3_bind_int64(*out, 1, walk->property);
    sqlite3_bind_int64(*out, 2, cursor->collection);
    values_bind(*out, 3, &cursor->value);
    return CAIRN_OK;
}

/* The rows of the cursor's value behind (sec, key). */
static cairn_code fetch(const value_walk *walk, value_cursor *cursor, sqlite3_int64 sec, sqlite3_int64 key,
                        cairn_error *error)
{
    sqlite3_stmt *rows;
    int rc;
    cairn_code code = bind_group(walk, walk->backward ? Q_VALUE_ROWS_BACK : Q_VALUE_ROWS, cursor, &rows, error);
    if (code)
        return code;
    sqlite3_bind_int64(rows, 4, sec);
    sqlite3_bind_int64(rows, 5, key);
    sqlite3_bind_int64(rows, 6, walk->backward ? walk->newest : walk->oldest);
    sqlite3_bind_int64(rows, 7, BATCH);
    cursor->n = cursor->at = 0;
    while (cursor->n < BATCH && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        cursor->sec[cursor->n] = sqlite3_column_int64(rows, 0);
        cursor->key[cursor->n++] = sqlite3_column_int64(rows, 1);
    }
    if (cursor->n < BATCH && rc != SQLITE_DONE)
        code = db_error(walk->run->session->db, rc, "searching", error);
    sqlite3_reset(rows);
    return code;
}

/* All rows of the value from the second on that is given, as far as the search's times reach. */
static cairn_code fetch_from(const value_walk *walk, value_cursor *cursor, sqlite3_int64 sec, cairn_error *error)
{
    if (walk->backward)
        return fetch(walk, cursor, sec < walk->oldest ? sec : walk->oldest, INT64_MAX, error);
    return fetch(walk, cursor, sec > walk->newest ? sec : walk->newest, INT64_MIN, error);
}

/* Takes the value in the statement's row. One that is read as another than it is kept as, such as the largest integer,
 * would be found for ever. */
static cairn_code take_value(const value_walk *walk, value_cursor *cursor, sqlite3_stmt *values, cairn_error *error)
{
    cairn_sort_value value = column_value(values);
    int order = cairn_sort_value_compare(&value, &cursor->value);
    if (walk->up ? order <= 0 : order >= 0)
        return cairn_error_set(error, CAIRN_CORRUPT,
                               "the index of a property holds what is no value: `cairn check` tells more");
    cursor->value = value;
    return keep_value(&cursor->value, &cursor->text) ? CAIRN_OK : out_of_memory(error);
}

static cairn_code next_value(const value_walk *walk, value_cursor *cursor, bool *found, cairn_error *error)
{
    sqlite3_stmt *values;
    cairn_code code = bind_group(walk, walk->up ? Q_VALUE_UP : Q_VALUE_DOWN, cursor, &values, error);
    if (code)
        return code;
    sqlite3_bind_int64(values, 4, walk->up ? INT64_MAX : INT64_MIN);
    values_bind(values, 5, walk->up ? &walk->high : &walk->low);
    int rc = sqlite3_step(values);
    *found = rc == SQLITE_ROW;
    if (*found)
        code = take_value(walk, cursor, values, error);
    else if (rc != SQLITE_DONE)
        code = db_error(walk->run->session->db, rc, "searching", error);
    sqlite3_reset(values);
    return code;
}

/* Goes on to values behind this one until there is a row. */
static cairn_code find_rows(const value_walk *walk, value_cursor *cursor, cairn_error *error)
{
    bool found = !walk->by_time;
    cairn_code code = CAIRN_OK;
    while (!code && found && cursor->n == 0) {
        if (session_is_late(walk->run->session))
            return cairn_error_set(error, CAIRN_DEADLINE, "out of time");
        code = next_value(walk, cursor, &found, error);
        if (!code && found)
            code = fetch_from(walk, cursor, walk->backward ? INT64_MAX : INT64_MIN, error);
    }
    return code;
}

static cairn_code advance(const value_walk *walk, value_cursor *cursor, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    bool more = cursor->n == BATCH;
    if (++cursor->at < cursor->n)
        return CAIRN_OK;
    sqlite3_int64 sec = cursor->sec[cursor->n - 1], key = cursor->key[cursor->n - 1];
    cursor->n = cursor->at = 0;
    if (more)
        code = fetch(walk, cursor, sec, key, error);
    return code ? code : find_rows(walk, cursor, error);
}

/* ---- the walk ---- */

cairn_code value_walk_open(value_walk *walk, const collection_list *collections, const cairn_sort_value *values,
                           size_t n_values, sqlite3_int64 sec, cairn_error *error)
{
    size_t most = collections->n * n_values;
    walk->last_text = (cairn_buf)CAIRN_BUF_INIT(TEXT_BYTES);
    walk->cursors = calloc(most + 1, sizeof *walk->cursors);
    walk->heap = calloc(most + 1, sizeof(value_cursor *));
    if (!walk->cursors || !walk->heap)
        return out_of_memory(error);
    for (; walk->n_cursors < most; walk->n_cursors++) {
        value_cursor *cursor = &walk->cursors[walk->n_cursors];
        cursor->text.max = TEXT_BYTES;
        cursor->collection = collections->slots[walk->n_cursors / n_values];
        cursor->value = values[walk->n_cursors % n_values];
        cairn_code code = fetch_from(walk, cursor, sec, error);
        if (!code)
            code = find_rows(walk, cursor, error);
        if (code)
            return code;
        if (cursor->n)
            walk->heap[walk->n++] = cursor;
    }
    for (size_t i = walk->n / 2; i-- > 0;)
        sift_down(walk, i);
    return CAIRN_OK;
}

void value_walk_close(value_walk *walk)
{
    for (size_t i = 0; i < walk->n_cursors; i++)
        cairn_buf_free(&walk->cursors[i].text);
    cairn_buf_free(&walk->last_text);
    free(walk->cursors);
    free(walk->heap);
}

static bool note_row(value_walk *walk, const value_cursor *cursor, value_step *out)
{
    sqlite3_int64 sec = cursor->sec[cursor->at];
    out->key = cursor->key[cursor->at];
    out->same_value = walk->begun && (walk->by_time || cairn_sort_value_compare(&walk->last, &cursor->value) == 0);
    out->same_sec = out->same_value && walk->last_sec == sec;
    walk->begun = true;
    walk->last_sec = sec;
    if (out->same_value)
        return true;
    walk->last = cursor->value;
    return keep_value(&walk->last, &walk->last_text);
}

cairn_code value_walk_next(value_walk *walk, value_step *out, cairn_error *error)
{
    *out = (value_step){.ended = walk->n == 0};
    if (out->ended)
        return CAIRN_OK;
    value_cursor *cursor = walk->heap[0];
    if (!note_row(walk, cursor, out))
        return out_of_memory(error);
    cairn_code code = advance(walk, cursor, error);
    if (code)
        return code;
    if (cursor->n == 0)
        walk->heap[0] = walk->heap[--walk->n];
    sift_down(walk, 0);
    return CAIRN_OK;
}
