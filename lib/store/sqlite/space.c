#include "store/sqlite/space.h"

#include <math.h>

enum {
    HOUR = 3600,
    MINUTE = 60,
};
static const int64_t from_1950 = -631152000, from_2000 = 946684800; /* seconds since 1970 */

int32_t space_least(sqlite3_int64 slot)
{
    return slot < 0 ? INT32_MIN : (int32_t)(INT32_MIN + slot % SPACE_STRETCHES * SPACE_STRETCH);
}

int32_t space_greatest(sqlite3_int64 slot)
{
    return slot < 0 ? INT32_MAX : space_least(slot) + (SPACE_STRETCH - 1);
}

/* Steps from the epoch, which may be negative; `up`: what has begun counts as a whole one. */
static int64_t steps(cairn_time time, int64_t epoch, int64_t length, bool up)
{
    int64_t sec = time.sec - epoch, whole = sec / length, rest = sec % length;
    if (rest < 0) {
        rest += length;
        whole--;
    }
    return whole + (up && (rest || time.nsec));
}

static int32_t step_of(sqlite3_int64 slot, cairn_time time, bool up)
{
    int32_t least = space_least(slot), greatest = space_greatest(slot);
    if (time.sec == INT64_MIN || time.sec == INT64_MAX)
        return time.sec < 0 ? least : greatest;
    /* Far beyond both, so that nothing overflows. */
    static const int64_t century = 36525LL * 86400;
    cairn_time within = time;
    if (time.sec < -1000 * century || time.sec > 1000 * century)
        within.sec = time.sec < 0 ? -1000 * century : 1000 * century;
    int64_t step = slot < 0 ? steps(within, from_2000, MINUTE, up) : least + steps(within, from_1950, HOUR, up);
    return step < least ? least : step > greatest ? greatest : (int32_t)step;
}

int32_t space_step_down(sqlite3_int64 slot, cairn_time time)
{
    return step_of(slot, time, false);
}

int32_t space_step_up(sqlite3_int64 slot, cairn_time time)
{
    return step_of(slot, time, true);
}

static const double parts_of_degree = 1e7;

int32_t space_degrees_down(double degrees)
{
    double within = fmin(fmax(degrees, -180), 180), product = within * parts_of_degree, whole = floor(product);
    /* The product may be rounded up to a whole number: fma() tells what was lost. */
    return (int32_t)whole - (whole == product && fma(within, parts_of_degree, -product) < 0);
}

int32_t space_degrees_up(double degrees)
{
    return -space_degrees_down(-degrees);
}

size_t space_cells_of(const item_row *row, sqlite3_int64 slot, space_cell out[2])
{
    cairn_box parts[2];
    cairn_time time = row->position.time, start = row->range.start, end = row->range.end;
    size_t n = cairn_box_split(row->box, parts);
    for (size_t k = 0; k < n; k++) {
        out[k].at[SPACE_WEST] = space_degrees_down(parts[k].west);
        out[k].at[SPACE_EAST] = space_degrees_up(parts[k].east);
        out[k].at[SPACE_SOUTH] = space_degrees_down(parts[k].south);
        out[k].at[SPACE_NORTH] = space_degrees_up(parts[k].north);
        out[k].at[SPACE_FIRST] = space_step_down(slot, cairn_time_compare(start, time) < 0 ? start : time);
        out[k].at[SPACE_LAST] = space_step_up(slot, cairn_time_compare(end, time) > 0 ? end : time);
    }
    return n;
}
