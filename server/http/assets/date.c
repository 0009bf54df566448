#include "http/assets/date.h"

#include <stdio.h>
#include <time.h>

void cairn_http_date_format(int64_t seconds, char out[CAIRN_HTTP_DATE_SIZE])
{
    static const char *const DAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t when = (time_t)seconds;
    struct tm t;
    out[0] = 0;
    if (!gmtime_r(&when, &t) || t.tm_year < -1900 || t.tm_year > 9999 - 1900)
        return;
    snprintf(out, CAIRN_HTTP_DATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT", DAYS[t.tm_wday], t.tm_mday,
             MONTHS[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

bool cairn_http_date_parse(cairn_span text, int64_t *seconds)
{
    /* The program sets no locale, so these names are English. */
    static const char *const FORMS[] = {"%a, %d %b %Y %H:%M:%S GMT", "%a, %d-%b-%y %H:%M:%S GMT",
                                        "%a %b %d %H:%M:%S %Y"};
    char copy[40];
    if (text.n == 0 || text.n >= sizeof copy || memchr(text.p, 0, text.n))
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        struct tm t = {0};
        const char *end = strptime(copy, FORMS[i], &t);
        if (!end || *end)
            continue;
        *seconds = (int64_t)timegm(&t);
        return true;
    }
    return false;
}
