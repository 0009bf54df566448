/* Timestamps and intervals. What is read is written and read again as the same instant; what is RFC 3339 means the same
 * to the lenient reader. */
#include "fuzz.h"

#include "stac/time.h"

static void check_instant(cairn_span text)
{
    cairn_time strict, lenient, again;
    const char *repair = NULL;
    char written[CAIRN_TIME_TEXT_MAX];
    cairn_error error = CAIRN_ERROR_INIT;
    bool is_strict = cairn_time_parse(text, &strict, &error) == CAIRN_OK;
    FUZZ_ASSERT(is_strict || error.message[0]);
    bool is_lenient = cairn_time_parse_lenient(text, &lenient, &repair, NULL) == CAIRN_OK;
    FUZZ_ASSERT(is_lenient || !is_strict);
    if (is_strict)
        FUZZ_ASSERT(!repair && cairn_time_compare(strict, lenient) == 0);
    if (!is_lenient)
        return;
    FUZZ_ASSERT(lenient.nsec >= 0 && lenient.nsec <= 999999999 && !cairn_time_is_open(lenient));
    size_t n = cairn_time_format(lenient, written);
    FUZZ_ASSERT(n < CAIRN_TIME_TEXT_MAX && n == strlen(written));
    if (cairn_time_parse(cairn_span_make(written, n), &again, NULL) == CAIRN_OK)
        FUZZ_ASSERT(cairn_time_compare(lenient, again) == 0);
    else /* an offset can lead beyond the years that can be written */
        FUZZ_ASSERT(lenient.sec < INT64_C(-62167219200) || lenient.sec > INT64_C(253402300799));
}

static void check_interval(cairn_span text)
{
    cairn_interval interval;
    cairn_error error = CAIRN_ERROR_INIT;
    if (cairn_interval_parse(text, &interval, &error) != CAIRN_OK) {
        FUZZ_ASSERT(error.code == CAIRN_INVALID && error.message[0]);
        return;
    }
    FUZZ_ASSERT(cairn_time_compare(interval.start, interval.end) <= 0);
    FUZZ_ASSERT(!cairn_time_is_open(interval.start) || !cairn_time_is_open(interval.end));
    FUZZ_ASSERT(cairn_interval_meets(interval, interval));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cairn_span text = cairn_span_make(size ? (const char *)data : "", size);
    check_instant(text);
    check_interval(text);
    return 0;
}
