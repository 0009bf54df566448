/* The Range field (RFC 9110 14): which bytes of a file a client asks for. Hostile bytes in; no state. */
#ifndef CAIRN_HTTP_ASSETS_RANGE_H
#define CAIRN_HTTP_ASSETS_RANGE_H

#include "base/span.h"

#include <stdint.h>

/* What one request may ask for. More than so many ranges, or more than two that overlap others, is what 15.5.17 has 416
 * for: so no answer is longer than three times its file, and the heads of its parts. */
enum { CAIRN_MAX_RANGES = 256, CAIRN_MAX_OVERLAPS = 2 };

typedef struct cairn_byte_range {
    uint64_t offset, length; /* inside of the file, length > 0 */
} cairn_byte_range;

typedef enum cairn_range_verdict {
    CAIRN_RANGE_NONE,        /* nothing asked for, another unit, or words that are no ranges: the whole file */
    CAIRN_RANGE_SOME,        /* *n >= 1 ranges, in the order of the request */
    CAIRN_RANGE_TOO_MANY,    /* 416: beyond the limits */
    CAIRN_RANGE_BEYOND_FILE, /* 416: none of them has a byte */
} cairn_range_verdict;

/* Reads the value of a Range field (absent: none was sent) for a file of `size` bytes. Ranges that begin behind the end
 * are left out, ends behind it are cut, suffixes ("-500") are counted from it; an empty file is given whole to who asks
 * for its last bytes. */
cairn_range_verdict cairn_range_parse(cairn_span header, uint64_t size, cairn_byte_range ranges[CAIRN_MAX_RANGES],
                                      size_t *n);

#endif
