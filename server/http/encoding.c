#include "http/encoding.h"

#include "base/secret.h"
#include "http/words.h"

#include <inttypes.h>
#include <stdio.h>

/* "0", "0.25", "1.000" as thousandths (RFC 9110 12.4.2); -1 when it is no quality. */
static int parse_quality(cairn_span text)
{
    int value, unit = 100;
    if (text.n == 0 || text.n > 5 || (text.p[0] != '0' && text.p[0] != '1'))
        return -1;
    value = (text.p[0] - '0') * 1000;
    if (text.n > 1 && text.p[1] != '.')
        return -1;
    for (size_t i = 2; i < text.n; i++, unit /= 10) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return -1;
        value += (text.p[i] - '0') * unit;
    }
    return value > 1000 ? -1 : value;
}

/* Splits "gzip;q=0.5"; -1 when malformed. */
static int element_quality(cairn_span element, cairn_span *coding)
{
    const char *semicolon = memchr(element.p, ';', element.n);
    *coding = element;
    if (!semicolon)
        return 1000;
    *coding = cairn_span_trim(cairn_span_make(element.p, (size_t)(semicolon - element.p)));
    cairn_span weight =
        cairn_span_trim(cairn_span_make(semicolon + 1, element.n - (size_t)(semicolon + 1 - element.p)));
    if (weight.n < 3 || (weight.p[0] | 0x20) != 'q' || weight.p[1] != '=')
        return -1;
    return parse_quality(cairn_span_make(weight.p + 2, weight.n - 2));
}

bool cairn_accepts_gzip(cairn_span header)
{
    int gzip = -1, identity = -1, any = -1;
    const char *at = header.p, *end = header.p ? header.p + header.n : NULL;
    while (at && at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        cairn_span coding, element = cairn_span_trim(cairn_span_make(at, (size_t)(stop - at)));
        at = comma ? comma + 1 : end;
        int quality = element.n ? element_quality(element, &coding) : -1;
        if (quality < 0)
            continue;
        if (cairn_word_is(coding, "gzip") || cairn_word_is(coding, "x-gzip"))
            gzip = quality > gzip ? quality : gzip;
        else if (cairn_word_is(coding, "identity"))
            identity = quality;
        else if (cairn_word_is(coding, "*"))
            any = quality;
    }
    if (gzip < 0)
        gzip = any;
    return gzip > 0 && gzip >= identity;
}

void cairn_etag_make(cairn_span body, char out[CAIRN_ETAG_SIZE])
{
    snprintf(out, CAIRN_ETAG_SIZE, "\"%016" PRIx64 "\"", cairn_hash64(body));
}

static bool matches(cairn_span header, const char *etag, bool strongly)
{
    cairn_span rest = cairn_span_trim(header);
    if (cairn_span_is(rest, "*"))
        return true;
    while (rest.n) {
        bool is_weak = cairn_span_starts(rest, "W/");
        if (is_weak)
            rest = cairn_span_make(rest.p + 2, rest.n - 2);
        const char *close = rest.n > 1 && rest.p[0] == '"' ? memchr(rest.p + 1, '"', rest.n - 1) : NULL;
        if (!close)
            return false;
        size_t n = (size_t)(close + 1 - rest.p);
        if (!(strongly && is_weak) && cairn_span_is(cairn_span_make(rest.p, n), etag))
            return true;
        rest = cairn_span_trim(cairn_span_make(rest.p + n, rest.n - n));
        if (rest.n && rest.p[0] != ',')
            return false;
        while (rest.n && rest.p[0] == ',')
            rest = cairn_span_trim(cairn_span_make(rest.p + 1, rest.n - 1));
    }
    return false;
}

bool cairn_etag_matches(cairn_span if_none_match, const char *etag)
{
    return matches(if_none_match, etag, false);
}

bool cairn_etag_matches_strongly(cairn_span if_match, const char *etag)
{
    return matches(if_match, etag, true);
}
