/* Private to lib/base: where a text repeats itself, the first half of deflate. */
#ifndef CAIRN_BASE_MATCHES_H
#define CAIRN_BASE_MATCHES_H

#include <stddef.h>
#include <stdint.h>

enum { CAIRN_MATCH_MOST = 258, CAIRN_MATCH_FARTHEST = 32768, CAIRN_MATCH_SLOTS = 1 << 13 };

/* So many bytes as they are, then `length` (4 to CAIRN_MATCH_MOST) bytes again that stood `distance` before. The last
 * one of a text has no match: its length is 0. */
typedef struct cairn_match {
    uint32_t plain;
    uint16_t length, distance_less_one;
} cairn_match;

/* Where four bytes were seen last: places count from `origin` on. What the text was there may have changed since, so
 * that places are asked again for their bytes. Starts zeroed. */
typedef struct cairn_matcher {
    const char *origin, *end; /* of the texts seen, one behind the other; NULL: none */
    uint32_t base;            /* what `origin` counts as; what is less was in other texts */
    uint32_t slots[CAIRN_MATCH_SLOTS];
} cairn_matcher;

/* Makes ready for a text at `from`, before which `before` bytes may be referred to. Returns from where on. */
const char *cairn_matcher_begin(cairn_matcher *matcher, const char *from, size_t before, size_t n);

/* Finds the matches in [from, end), which lies in the text begun; what they refer to is at `low` or behind it. At most
 * (end - from) / 4 + 1 of them; returns how many. */
size_t cairn_matcher_run(cairn_matcher *matcher, const char *low, const char *from, const char *end, cairn_match *out);

#endif
