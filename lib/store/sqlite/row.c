#include "store/sqlite/internal.h"

#include <limits.h>

sqlite3_int64 back_sec(cairn_time time)
{
    return time.sec == INT64_MIN ? INT64_MAX : -time.sec;
}

int back_nsec(cairn_time time)
{
    return -time.nsec;
}

/* The other way round. No catalog of ours has the least integer, which has no positive. */
static cairn_time time_back(sqlite3_int64 sec, int nsec)
{
    if (sec == INT64_MAX)
        return CAIRN_TIME_MIN;
    return (cairn_time){-(sec < -INT64_MAX ? -INT64_MAX : sec), -(nsec < -INT_MAX ? -INT_MAX : nsec)};
}

static cairn_time time_of(sqlite3_stmt *statement, int column, cairn_time otherwise)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return otherwise;
    return (cairn_time){sqlite3_column_int64(statement, column), sqlite3_column_int(statement, column + 1)};
}

void item_row_read(sqlite3_stmt *statement, item_row *out)
{
    out->key = sqlite3_column_int64(statement, 0);
    out->position = (cairn_position){.collection = db_column_span(statement, 1)};
    out->position.id = db_column_span(statement, 2);
    out->position.time = time_back(sqlite3_column_int64(statement, 3), sqlite3_column_int(statement, 4));
    out->range.start = time_of(statement, 5, out->position.time);
    out->range.end = time_of(statement, 7, out->position.time);
    out->is_whole = false;
    out->has_place = sqlite3_column_type(statement, 9) != SQLITE_NULL;
    if (out->has_place)
        out->box = (cairn_box){sqlite3_column_double(statement, 9), sqlite3_column_double(statement, 10),
                               sqlite3_column_double(statement, 11), sqlite3_column_double(statement, 12)};
}

void item_row_read_whole(sqlite3_stmt *statement, item_row *out)
{
    enum { BEHIND_ITEM_COLUMNS = 13 };
    item_row_read(statement, out);
    out->is_whole = true;
    out->hot = db_column_span(statement, BEHIND_ITEM_COLUMNS);
    out->footprint = db_column_span(statement, BEHIND_ITEM_COLUMNS + 1);
}

cairn_extent extent_read(sqlite3_stmt *statement, int column)
{
    cairn_extent extent = {0};
    extent.has_box = sqlite3_column_type(statement, column) != SQLITE_NULL;
    if (extent.has_box)
        extent.box =
            (cairn_box){sqlite3_column_double(statement, column), sqlite3_column_double(statement, column + 1),
                        sqlite3_column_double(statement, column + 2), sqlite3_column_double(statement, column + 3)};
    extent.has_time = sqlite3_column_type(statement, column + 4) != SQLITE_NULL;
    if (extent.has_time) {
        extent.time.start = time_of(statement, column + 4, CAIRN_TIME_MIN);
        extent.time.end = time_of(statement, column + 6, CAIRN_TIME_MAX);
    }
    return extent;
}
