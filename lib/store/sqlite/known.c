/* What the catalog knows of its items' properties, and which of them have an index. */
#include "store/sqlite/internal.h"

#include <math.h>

/* [[value, count], ...] */
static bool read_list(cairn_span list, property_row *out)
{
    cairn_property *p = &out->property;
    cairn_span pair, value, count, rest;
    long long n;
    p->values = out->values;
    if (cairn_json_check(list, CAIRN_JSON_MAX_DEPTH, NULL, NULL) || cairn_json_kind(list) != '[')
        return false;
    cairn_json_walk walk = cairn_json_walk_array(list);
    while (cairn_json_next_element(&walk, &pair)) {
        cairn_json_walk inside = cairn_json_walk_array(pair);
        if (p->n_values == CAIRN_PROPERTY_VALUES_MAX || !cairn_json_next_element(&inside, &value) ||
            !cairn_json_next_element(&inside, &count) || cairn_json_next_element(&inside, &rest) ||
            !cairn_json_integer(count, &n) || n < 1)
            return false;
        out->values[p->n_values++] = (cairn_property_value){value, (uint64_t)n};
    }
    return true;
}

static uint64_t count_at(sqlite3_stmt *statement, int column)
{
    return (uint64_t)sqlite3_column_int64(statement, column);
}

static void read_ranges(sqlite3_stmt *statement, property_row *out)
{
    cairn_property *p = &out->property;
    p->minimum = sqlite3_column_double(statement, 9);
    p->maximum = sqlite3_column_double(statement, 10);
    p->has_range = sqlite3_column_type(statement, 9) == SQLITE_FLOAT &&
                   sqlite3_column_type(statement, 10) == SQLITE_FLOAT && isfinite(p->minimum) && isfinite(p->maximum);
    if (p->has_range) {
        p->minimum_json = cairn_span_make(out->minimum, cairn_number_print(p->minimum, out->minimum));
        p->maximum_json = cairn_span_make(out->maximum, cairn_number_print(p->maximum, out->maximum));
    }
    p->first = db_column_span(statement, 11);
    p->last = db_column_span(statement, 12);
    p->has_times = p->times > 0 && p->times == p->strings && p->first.p && p->last.p;
    p->minimum_items = count_at(statement, 13);
    p->maximum_items = count_at(statement, 14);
    p->first_items = count_at(statement, 15);
    p->last_items = count_at(statement, 16);
}

bool property_read(sqlite3_stmt *statement, property_row *out)
{
    out->property = (cairn_property){
        .collection = db_column_span(statement, 0),
        .name = db_column_span(statement, 1),
        .integers = count_at(statement, 2),
        .numbers = count_at(statement, 3),
        .strings = count_at(statement, 4),
        .booleans = count_at(statement, 5),
        .arrays = count_at(statement, 6),
        .objects = count_at(statement, 7),
        .times = count_at(statement, 8),
        .enumerated = sqlite3_column_int(statement, 17) != 0,
    };
    read_ranges(statement, out);
    return read_list(db_column_span(statement, 18), out);
}

cairn_code sqlite_session_properties(cairn_session *base, cairn_span collection, cairn_property_sink sink,
                                     void *context, cairn_error *error)
{
    sqlite_session *session = (sqlite_session *)base;
    sqlite3_stmt *rows;
    property_row row;
    int rc = SQLITE_DONE;
    cairn_code code = session_query(session, collection.p ? Q_KNOWN : Q_KNOWN_ALL, &rows, error);
    if (code)
        return code;
    if (collection.p)
        db_bind_span(rows, 1, collection);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW)
        code = property_read(rows, &row)
                   ? sink(context, &row.property, error)
                   : cairn_error_set(error, CAIRN_CORRUPT,
                                     "what is kept of a property is damaged: `cairn optimize` counts it anew");
    if (!code && rc != SQLITE_DONE)
        code = db_error(session->db, rc, "reading the properties", error);
    sqlite3_reset(rows);
    return code;
}

cairn_code sqlite_session_promoted(cairn_session *base, cairn_promoted_sink sink, void *context, cairn_error *error)
{
    sqlite_session *session = (sqlite_session *)base;
    sqlite3_stmt *rows;
    int rc = SQLITE_DONE;
    cairn_code code = session_query(session, Q_PROMOTED, &rows, error);
    if (code)
        return code;
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        cairn_promoted promoted = {
            .name = db_column_span(rows, 0), .built_in = sqlite3_column_int(rows, 1) != 0, .items = count_at(rows, 2)};
        code = sink(context, &promoted, error);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(session->db, rc, "reading the promoted properties", error);
    sqlite3_reset(rows);
    return code;
}
