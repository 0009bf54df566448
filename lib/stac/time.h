/* Instants and intervals, exact: UTC as seconds and nanoseconds, years 0000 to 9999 (proleptic Gregorian), 1 to 9
 * fractional digits (RFC 3339). Never one 64-bit count of nanoseconds, which ends in 2262. Thread-safe: no state. */
#ifndef CAIRN_STAC_TIME_H
#define CAIRN_STAC_TIME_H

#include "base/error.h"

#include <stdint.h>

typedef struct cairn_time {
    int64_t sec;  /* since 1970-01-01T00:00:00Z */
    int32_t nsec; /* 0 to 999,999,999 */
} cairn_time;

/* Open ends. They order before and after every real instant. */
#define CAIRN_TIME_MIN ((cairn_time){INT64_MIN, 0})
#define CAIRN_TIME_MAX ((cairn_time){INT64_MAX, 0})

static inline int cairn_time_compare(cairn_time a, cairn_time b)
{
    if (a.sec != b.sec)
        return a.sec < b.sec ? -1 : 1;
    return (a.nsec > b.nsec) - (a.nsec < b.nsec);
}

static inline bool cairn_time_is_open(cairn_time t)
{
    return t.sec == INT64_MIN || t.sec == INT64_MAX;
}

typedef struct cairn_interval {
    cairn_time start; /* CAIRN_TIME_MIN: open */
    cairn_time end;   /* CAIRN_TIME_MAX: open; both ends inclusive */
} cairn_interval;

/* Strict RFC 3339 date-time: lower-case t and z, any offset and -00:00 are legal; date only, a missing zone, +0100,
 * comma fractions, more than 9 digits are not. A leap second (:60, only at 23:59 UTC) is read as the next second.
 * CAIRN_INVALID quotes the text and says what was expected. */
cairn_code cairn_time_parse(cairn_span text, cairn_time *out, cairn_error *error);

/* What the world writes: also a date only (midnight UTC), a space for T, a missing zone (UTC), offsets +hhmm and +hh,
 * more than 9 fractional digits (cut). `*repair` becomes NULL, or the words that say what was done, such as "read as
 * midnight UTC", static. */
cairn_code cairn_time_parse_lenient(cairn_span text, cairn_time *out, const char **repair, cairn_error *error);

/* The API's `datetime` parameter (STAC API Item Search, A.5 rules 1 to 3): an instant, or start/end where exactly one
 * may be "" or "..". A space where an offset's '+' belongs is accepted (a raw '+' in a query). start > end: invalid. */
cairn_code cairn_interval_parse(cairn_span text, cairn_interval *out, cairn_error *error);

enum { CAIRN_TIME_TEXT_MAX = 40 };
/* "2020-01-02T03:04:05Z", with as many fractional digits as are needed (0, 3, 6 or 9). Returns the length. An open end
 * is written as "..". */
size_t cairn_time_format(cairn_time time, char out[CAIRN_TIME_TEXT_MAX]);

/* True when the closed intervals have an instant in common. */
static inline bool cairn_interval_meets(cairn_interval a, cairn_interval b)
{
    return cairn_time_compare(a.start, b.end) <= 0 && cairn_time_compare(b.start, a.end) <= 0;
}

#endif
