#include "stac/time.h"

enum { SECONDS_A_DAY = 86400, MAX_FRACTION = 9 };

/* What was repaired; the index of `repairs` below. */
enum { SPACE_FOR_T = 1, NO_ZONE = 2, SHORT_OFFSET = 4, LONG_FRACTION = 8, DATE_ONLY = 16 };

typedef struct scan {
    const char *p, *end;
    bool lenient;    /* what the world writes */
    bool plus_space; /* a space may stand for the '+' of an offset */
    unsigned repairs;
    const char *reason; /* of a fault, NULL: wrong shape */
} scan;

typedef struct civil {
    int year, month, day;
    int64_t second; /* of the day, local */
    int32_t nsec;
    int offset; /* seconds east of UTC */
    bool leap;
} civil;

static bool scan_digits(scan *s, int count, int *out)
{
    int value = 0;
    if (s->end - s->p < count)
        return false;
    for (int i = 0; i < count; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        value = value * 10 + (s->p[i] - '0');
    }
    s->p += count;
    *out = value;
    return true;
}

static bool scan_byte(scan *s, char byte)
{
    if (s->p == s->end || *s->p != byte)
        return false;
    s->p++;
    return true;
}

static bool fault(scan *s, const char *reason)
{
    s->reason = reason;
    return false;
}

static bool is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

static bool scan_date(scan *s, civil *c)
{
    if (!scan_digits(s, 4, &c->year) || !scan_byte(s, '-') || !scan_digits(s, 2, &c->month) || !scan_byte(s, '-') ||
        !scan_digits(s, 2, &c->day))
        return false;
    if (c->month < 1 || c->month > 12)
        return fault(s, "there is no such month");
    if (c->day < 1 || c->day > days_in_month(c->year, c->month))
        return fault(s, "there is no such day");
    return true;
}

/* ".123": 1 to 9 digits, more of them cut when lenient. */
static bool scan_fraction(scan *s, civil *c)
{
    int digits = 0;
    for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++, digits++)
        if (digits < MAX_FRACTION)
            c->nsec = c->nsec * 10 + (*s->p - '0');
    if (digits == 0)
        return fault(s, "a fraction needs digits");
    if (digits > MAX_FRACTION) {
        if (!s->lenient)
            return fault(s, "a fraction has at most 9 digits");
        s->repairs |= LONG_FRACTION;
    }
    for (; digits < MAX_FRACTION; digits++)
        c->nsec *= 10;
    return true;
}

static bool scan_clock(scan *s, civil *c)
{
    int hour, minute, second;
    if (!scan_digits(s, 2, &hour) || !scan_byte(s, ':') || !scan_digits(s, 2, &minute) || !scan_byte(s, ':') ||
        !scan_digits(s, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 60)
        return fault(s, "there is no such time of day");
    c->leap = second == 60;
    c->second = (int64_t)hour * 3600 + minute * 60 + second;
    return !scan_byte(s, '.') || scan_fraction(s, c);
}

static bool scan_offset(scan *s, civil *c)
{
    int hours, minutes = 0;
    int sign = *s->p++ == '-' ? -1 : 1;
    if (!scan_digits(s, 2, &hours))
        return false;
    if (scan_byte(s, ':')) {
        if (!scan_digits(s, 2, &minutes))
            return false;
    } else {
        if (!s->lenient || (s->p < s->end && !scan_digits(s, 2, &minutes)))
            return fault(s, "an offset is written +hh:mm");
        s->repairs |= SHORT_OFFSET;
    }
    if (hours > 23 || minutes > 59)
        return fault(s, "there is no such offset");
    c->offset = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool scan_zone(scan *s, civil *c)
{
    if (s->p == s->end) {
        if (!s->lenient)
            return fault(s, "the time zone is missing");
        s->repairs |= NO_ZONE;
        return true;
    }
    if (*s->p == 'Z' || *s->p == 'z') {
        s->p++;
        return true;
    }
    return (*s->p == '+' || *s->p == '-' || (*s->p == ' ' && s->plus_space)) && scan_offset(s, c);
}

static bool scan_timestamp(scan *s, civil *c)
{
    if (!scan_date(s, c))
        return false;
    if (s->p == s->end) {
        s->repairs |= DATE_ONLY;
        return s->lenient || fault(s, "the time of day is missing");
    }
    if (*s->p == ' ' && s->lenient)
        s->repairs |= SPACE_FOR_T;
    else if (*s->p != 'T' && *s->p != 't')
        return false;
    s->p++;
    return scan_clock(s, c) && scan_zone(s, c) && (s->p == s->end || fault(s, "something stands behind the zone"));
}

/* Days since 1970-01-01 of a proleptic Gregorian date: eras of 400 years that begin in March. */
static int64_t days_from_civil(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void civil_from_days(int64_t days, civil *c)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    c->day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
    c->month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    c->year = (int)(year_of_era + era * 400 + (c->month <= 2));
}

static int64_t floor_mod(int64_t value, int64_t by)
{
    int64_t rest = value % by;
    return rest < 0 ? rest + by : rest;
}

static bool to_utc(scan *s, const civil *c, cairn_time *out)
{
    out->sec = days_from_civil(c->year, c->month, c->day) * SECONDS_A_DAY + c->second - c->offset;
    out->nsec = c->nsec;
    if (c->leap && floor_mod(out->sec, SECONDS_A_DAY) != 0)
        return fault(s, "a leap second is only at 23:59:60 UTC");
    if (out->sec < days_from_civil(0, 1, 1) * SECONDS_A_DAY || out->sec >= days_from_civil(10000, 1, 1) * SECONDS_A_DAY)
        return fault(s, "it is not within the years 0000 to 9999 in UTC");
    return true;
}

static cairn_code parse(scan *s, cairn_span text, cairn_time *out, cairn_error *error)
{
    civil c = {0};
    char quoted[80];
    s->p = text.p;
    s->end = text.p + text.n;
    if (text.n && scan_timestamp(s, &c) && to_utc(s, &c, out))
        return CAIRN_OK;
    cairn_quote(text, quoted, sizeof quoted);
    return cairn_error_set(error, CAIRN_INVALID,
                           "expected an RFC 3339 timestamp such as 2020-01-02T03:04:05Z, found \"%s\"%s%s", quoted,
                           s->reason ? ": " : "", s->reason ? s->reason : "");
}

cairn_code cairn_time_parse(cairn_span text, cairn_time *out, cairn_error *error)
{
    scan s = {0};
    return parse(&s, text, out, error);
}

static const char *repair_words(unsigned repairs)
{
    static const char *const words[16] = {
        [SPACE_FOR_T] = "read with T for the space",
        [NO_ZONE] = "read as UTC",
        [SPACE_FOR_T | NO_ZONE] = "read with T for the space and as UTC",
        [SHORT_OFFSET] = "read with the offset as +hh:mm",
        [SPACE_FOR_T | SHORT_OFFSET] = "read with T for the space and the offset as +hh:mm",
        [LONG_FRACTION] = "cut to nanoseconds",
        [LONG_FRACTION | SPACE_FOR_T] = "read with T for the space, cut to nanoseconds",
        [LONG_FRACTION | NO_ZONE] = "read as UTC, cut to nanoseconds",
        [LONG_FRACTION | SPACE_FOR_T | NO_ZONE] = "read with T for the space and as UTC, cut to nanoseconds",
        [LONG_FRACTION | SHORT_OFFSET] = "read with the offset as +hh:mm, cut to nanoseconds",
        [LONG_FRACTION | SPACE_FOR_T | SHORT_OFFSET] =
            "read with T for the space and the offset as +hh:mm, cut to nanoseconds",
    };
    return repairs & DATE_ONLY ? "read as midnight UTC" : words[repairs & 15];
}

cairn_code cairn_time_parse_lenient(cairn_span text, cairn_time *out, const char **repair, cairn_error *error)
{
    scan s = {.lenient = true};
    cairn_code code = parse(&s, text, out, error);
    *repair = code == CAIRN_OK ? repair_words(s.repairs) : NULL;
    return code;
}

/* ---- intervals ---- */

static bool is_open(cairn_span text)
{
    return text.n == 0 || cairn_span_is(text, "..");
}

static cairn_code parse_end(cairn_span text, cairn_time open, cairn_time *out, cairn_error *error)
{
    scan s = {.plus_space = true};
    if (is_open(text)) {
        *out = open;
        return CAIRN_OK;
    }
    return parse(&s, text, out, error);
}

static cairn_code invalid_interval(cairn_span text, const char *reason, cairn_error *error)
{
    char quoted[120];
    return cairn_error_set(error, CAIRN_INVALID, "%s, found \"%s\"", reason, cairn_quote(text, quoted, sizeof quoted));
}

cairn_code cairn_interval_parse(cairn_span text, cairn_interval *out, cairn_error *error)
{
    const char *slash = text.n ? memchr(text.p, '/', text.n) : NULL;
    if (!slash) {
        scan s = {.plus_space = true};
        cairn_code code = parse(&s, text, &out->start, error);
        out->end = out->start;
        return code;
    }
    cairn_span start = {text.p, (size_t)(slash - text.p)};
    cairn_span end = {slash + 1, text.n - start.n - 1};
    if (end.n && memchr(end.p, '/', end.n))
        return invalid_interval(text, "expected one '/' between start and end", error);
    if (is_open(start) && is_open(end))
        return invalid_interval(text, "expected at least one end of the interval to be a timestamp", error);
    cairn_code code = parse_end(start, CAIRN_TIME_MIN, &out->start, error);
    if (code == CAIRN_OK)
        code = parse_end(end, CAIRN_TIME_MAX, &out->end, error);
    if (code == CAIRN_OK && cairn_time_compare(out->start, out->end) > 0)
        return invalid_interval(text, "expected the start not to be after the end", error);
    return code;
}

/* ---- writing ---- */

static void put_digits(char *p, int count, int value)
{
    for (int i = count - 1; i >= 0; i--, value /= 10)
        p[i] = (char)('0' + value % 10);
}

static size_t put_fraction(char *p, int32_t nsec)
{
    int digits = MAX_FRACTION;
    if (nsec == 0)
        return 0;
    for (; nsec % 1000 == 0; nsec /= 1000)
        digits -= 3;
    p[0] = '.';
    put_digits(p + 1, digits, nsec);
    return (size_t)digits + 1;
}

size_t cairn_time_format(cairn_time time, char out[CAIRN_TIME_TEXT_MAX])
{
    civil c;
    if (cairn_time_is_open(time)) {
        memcpy(out, "..", 3);
        return 2;
    }
    int second = (int)floor_mod(time.sec, SECONDS_A_DAY);
    civil_from_days((time.sec - second) / SECONDS_A_DAY, &c);
    memcpy(out, "0000-00-00T00:00:00", 19);
    put_digits(out, 4, c.year);
    put_digits(out + 5, 2, c.month);
    put_digits(out + 8, 2, c.day);
    put_digits(out + 11, 2, second / 3600);
    put_digits(out + 14, 2, second / 60 % 60);
    put_digits(out + 17, 2, second % 60);
    size_t n = 19 + put_fraction(out + 19, time.nsec);
    out[n++] = 'Z';
    out[n] = '\0';
    return n;
}
