/* Intervals of the calendar, UTC, proleptic Gregorian. */
#include "query/aggregate_parts.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, DAYS_IN_ERA = 146097, DAYS_BEFORE_1970 = 719468, FIRST_DAY = -719528 };

const char *const cairn_calendar_names[] = {"year", "quarter", "month",  "week", "day",
                                            "hour", "minute",  "second", NULL};

static int64_t floor_to(int64_t value, int64_t step)
{
    int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

/* Years that begin in March, so that the leap day is the last one. */
static void date_of(int64_t day, int64_t *year, int *month)
{
    int64_t shifted = day + DAYS_BEFORE_1970, era = floor_to(shifted, DAYS_IN_ERA) / DAYS_IN_ERA;
    int64_t of_era = shifted - era * DAYS_IN_ERA;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int from_march = (int)((5 * of_year + 2) / 153);
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

static int64_t first_day_of(int64_t year, int month)
{
    int64_t shifted = month <= 2 ? year - 1 : year, era = floor_to(shifted, 400) / 400;
    int64_t year_of_era = shifted - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
    return era * DAYS_IN_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - DAYS_BEFORE_1970;
}

/* The Monday; in the first days of the year 0, that year's beginning, since none before it can be written. */
static int64_t week_of(int64_t day)
{
    int64_t monday = floor_to(day + 3, 7) - 3; /* 1970-01-01 was a Thursday */
    return monday < FIRST_DAY ? FIRST_DAY : monday;
}

int64_t cairn_calendar_start(cairn_calendar calendar, int64_t sec)
{
    int64_t day = floor_to(sec, DAY) / DAY, year;
    int month;
    date_of(day, &year, &month);
    switch (calendar) {
    case CAIRN_CALENDAR_YEAR:
        return first_day_of(year, 1) * DAY;
    case CAIRN_CALENDAR_QUARTER:
        return first_day_of(year, month - (month - 1) % 3) * DAY;
    case CAIRN_CALENDAR_MONTH:
        return first_day_of(year, month) * DAY;
    case CAIRN_CALENDAR_WEEK:
        return week_of(day) * DAY;
    case CAIRN_CALENDAR_DAY:
        return day * DAY;
    case CAIRN_CALENDAR_HOUR:
        return floor_to(sec, HOUR);
    case CAIRN_CALENDAR_MINUTE:
        return floor_to(sec, MINUTE);
    default:
        return sec;
    }
}
