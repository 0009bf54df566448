#include "api/place.h"

#include <inttypes.h>
#include <stdio.h>

/* More digits than any number of parts has. */
enum { MAX_PART_DIGITS = 15, LAST_YEAR = 9999 };

static bool read_number(cairn_span text, size_t digits, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        *out = *out * 10 + (uint64_t)(text.p[i] - '0');
    }
    return text.n == digits;
}

/* Without zeros in front: each part has one spelling. */
static bool read_part_number(cairn_span text, uint64_t *out)
{
    return text.n > 0 && text.n <= MAX_PART_DIGITS && text.p[0] != '0' && read_number(text, text.n, out);
}

static bool is_power(uint64_t n)
{
    while (n > 1 && n % CAIRN_BROWSE_LINKS == 0)
        n /= CAIRN_BROWSE_LINKS;
    return n == 1;
}

static bool read_part(cairn_span segment, cairn_place *place)
{
    const char *dash = segment.n ? memchr(segment.p, '-', segment.n) : NULL;
    if (!dash) {
        place->n_parts = 1;
        return read_part_number(segment, &place->part);
    }
    size_t n = (size_t)(dash - segment.p);
    uint64_t last;
    if (!read_part_number(cairn_span_make(segment.p, n), &place->part) ||
        !read_part_number(cairn_span_make(dash + 1, segment.n - n - 1), &last) || last <= place->part)
        return false;
    place->n_parts = last - place->part + 1;
    return is_power(place->n_parts) && (place->part - 1) % place->n_parts == 0;
}

bool cairn_place_parse_part(cairn_span segment, cairn_place *out)
{
    *out = (cairn_place){.kind = CAIRN_PLACE_WHOLE};
    return read_part(segment, out);
}

/* "2020", or "19xx" for a century. */
static bool read_year(cairn_span segment, cairn_place *place)
{
    uint64_t number;
    bool century = segment.n == 4 && cairn_span_ends(segment, "xx");
    if (!read_number(century ? cairn_span_make(segment.p, 2) : segment, century ? 2 : 4, &number))
        return false;
    place->kind = century ? CAIRN_PLACE_CENTURY : CAIRN_PLACE_YEAR;
    place->year = (int)(century ? number * 100 : number);
    return true;
}

/* False for days that no calendar has. */
static bool read_time(int year, int month, int day, cairn_time *out)
{
    char text[CAIRN_TIME_TEXT_MAX];
    int n = snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z", year, month, day);
    return cairn_time_parse(cairn_span_make(text, (size_t)n), out, NULL) == CAIRN_OK;
}

static bool read_dated(const cairn_span *segments, size_t n, cairn_place *place)
{
    uint64_t month = 1, day = 1;
    cairn_time start;
    if (!read_year(segments[0], place) || n > 4 || (place->kind == CAIRN_PLACE_CENTURY && n > 1))
        return false;
    if ((n > 1 && !read_number(segments[1], 2, &month)) || (n > 2 && !read_number(segments[2], 2, &day)))
        return false;
    if (n > 1) {
        place->kind = n > 2 ? CAIRN_PLACE_DAY : CAIRN_PLACE_MONTH;
        place->month = (int)month;
        place->day = n > 2 ? (int)day : 0;
    }
    return read_time(place->year, (int)month, (int)day, &start) && (n < 4 || read_part(segments[3], place));
}

bool cairn_place_parse(const cairn_span *segments, size_t n, cairn_place *out)
{
    *out = (cairn_place){.kind = CAIRN_PLACE_UNDATED};
    if (n == 0)
        return false;
    if (!cairn_span_is(segments[0], "undated"))
        return read_dated(segments, n, out);
    return n == 1 || (n == 2 && read_part(segments[1], out));
}

/* ---- texts ---- */

static size_t print_days(const cairn_place *place, char separator, char *out)
{
    switch (place->kind) {
    case CAIRN_PLACE_YEAR:
        return (size_t)snprintf(out, CAIRN_PLACE_TEXT, "%04d", place->year);
    case CAIRN_PLACE_MONTH:
        return (size_t)snprintf(out, CAIRN_PLACE_TEXT, "%04d%c%02d", place->year, separator, place->month);
    default:
        return (size_t)snprintf(out, CAIRN_PLACE_TEXT, "%04d%c%02d%c%02d", place->year, separator, place->month,
                                separator, place->day);
    }
}

void cairn_place_path(const cairn_place *place, char out[CAIRN_PLACE_TEXT])
{
    size_t n = 0;
    out[0] = 0;
    if (place->kind == CAIRN_PLACE_CENTURY)
        n = (size_t)snprintf(out, CAIRN_PLACE_TEXT, "%02dxx", place->year / 100);
    else if (place->kind == CAIRN_PLACE_UNDATED)
        n = (size_t)snprintf(out, CAIRN_PLACE_TEXT, "undated");
    else if (place->kind != CAIRN_PLACE_WHOLE)
        n = print_days(place, '/', out);
    if (!place->part)
        return;
    n += (size_t)snprintf(out + n, CAIRN_PLACE_TEXT - n, "%s%" PRIu64, n ? "/" : "", place->part);
    if (place->n_parts > 1)
        snprintf(out + n, CAIRN_PLACE_TEXT - n, "-%" PRIu64, place->part - 1 + place->n_parts);
}

void cairn_place_title(const cairn_place *place, char out[CAIRN_PLACE_TEXT])
{
    size_t n = 0;
    out[0] = 0;
    if (place->kind == CAIRN_PLACE_CENTURY)
        n = (size_t)snprintf(out, CAIRN_PLACE_TEXT, "%04d to %04d", place->year, place->year + 99);
    else if (place->kind == CAIRN_PLACE_UNDATED)
        n = (size_t)snprintf(out, CAIRN_PLACE_TEXT, "without a start");
    else if (place->kind != CAIRN_PLACE_WHOLE)
        n = print_days(place, '-', out);
    if (place->part && place->n_parts == 1)
        snprintf(out + n, CAIRN_PLACE_TEXT - n, "%spart %" PRIu64, n ? ", " : "", place->part);
    else if (place->part)
        snprintf(out + n, CAIRN_PLACE_TEXT - n, "%sparts %" PRIu64 " to %" PRIu64, n ? ", " : "", place->part,
                 place->part - 1 + place->n_parts);
}

/* ---- time ---- */

cairn_time cairn_place_instant_before(cairn_time time)
{
    enum { LAST_NANOSECOND = 999999999 };
    return time.nsec ? (cairn_time){time.sec, time.nsec - 1} : (cairn_time){time.sec - 1, LAST_NANOSECOND};
}

static cairn_time last_instant(const cairn_place *place, cairn_time start)
{
    enum { SECONDS_A_DAY = 86400, SECONDS_A_LEAP_YEAR = 366 * SECONDS_A_DAY };
    cairn_time next = start;
    int years = place->kind == CAIRN_PLACE_CENTURY ? 100 : place->kind == CAIRN_PLACE_YEAR || place->month == 12;
    int month = place->kind == CAIRN_PLACE_MONTH ? place->month % 12 + 1 : 1;
    if (place->kind == CAIRN_PLACE_DAY)
        next.sec += SECONDS_A_DAY;
    else if (place->year + years <= LAST_YEAR)
        read_time(place->year + years, month, 1, &next);
    else if (read_time(LAST_YEAR, 12, 31, &next)) /* the last time that there is */
        next.sec += SECONDS_A_DAY;
    return cairn_place_instant_before(next);
}

cairn_interval cairn_place_period(const cairn_place *place)
{
    cairn_interval period = {CAIRN_TIME_MIN, CAIRN_TIME_MAX};
    if (place->kind == CAIRN_PLACE_UNDATED)
        period.end = CAIRN_TIME_MIN;
    if (place->kind == CAIRN_PLACE_WHOLE || place->kind == CAIRN_PLACE_UNDATED)
        return period;
    read_time(place->year, place->month ? place->month : 1, place->day ? place->day : 1, &period.start);
    period.end = last_instant(place, period.start);
    return period;
}

cairn_place cairn_place_around(cairn_place_kind kind, cairn_time time)
{
    char text[CAIRN_TIME_TEXT_MAX];
    uint64_t year = 0, month = 0, day = 0;
    cairn_time_format(time, text);
    read_number(cairn_span_make(text, 4), 4, &year);
    read_number(cairn_span_make(text + 5, 2), 2, &month);
    read_number(cairn_span_make(text + 8, 2), 2, &day);
    return (cairn_place){.kind = kind,
                         .year = (int)(kind == CAIRN_PLACE_CENTURY ? year / 100 * 100 : year),
                         .month = kind == CAIRN_PLACE_MONTH || kind == CAIRN_PLACE_DAY ? (int)month : 0,
                         .day = kind == CAIRN_PLACE_DAY ? (int)day : 0};
}

/* ---- above and below ---- */

uint64_t cairn_place_step(uint64_t n_parts)
{
    uint64_t step = 1;
    while (n_parts > step * CAIRN_BROWSE_LINKS)
        step *= CAIRN_BROWSE_LINKS;
    return step;
}

static cairn_place parent_of_part(const cairn_place *place, uint64_t n_parts)
{
    cairn_place parent = *place;
    if (!place->n_parts || place->n_parts >= cairn_place_step(n_parts)) {
        parent.part = parent.n_parts = 0;
        return parent;
    }
    parent.n_parts = place->n_parts * CAIRN_BROWSE_LINKS;
    parent.part = (place->part - 1) / parent.n_parts * parent.n_parts + 1;
    return parent;
}

cairn_place cairn_place_parent(const cairn_place *place, bool by_century, uint64_t n_parts)
{
    if (place->part)
        return parent_of_part(place, n_parts);
    switch (place->kind) {
    case CAIRN_PLACE_DAY:
        return (cairn_place){.kind = CAIRN_PLACE_MONTH, .year = place->year, .month = place->month};
    case CAIRN_PLACE_MONTH:
        return (cairn_place){.kind = CAIRN_PLACE_YEAR, .year = place->year};
    case CAIRN_PLACE_YEAR:
        if (by_century)
            return (cairn_place){.kind = CAIRN_PLACE_CENTURY, .year = place->year / 100 * 100};
        break;
    default:
        break;
    }
    return (cairn_place){.kind = CAIRN_PLACE_WHOLE};
}
