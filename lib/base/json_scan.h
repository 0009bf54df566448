/* What the checker and the walkers of JSON share: how to run over white space and over the insides of strings quickly.
 * Private to lib/base/json_*.c. Nothing here reads at or behind `end`. */
#ifndef CAIRN_BASE_JSON_SCAN_H
#define CAIRN_BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline bool json_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline const char *json_skip_space(const char *p, const char *end)
{
    while (p < end && json_is_space(*p))
        p++;
    return p;
}

static inline bool json_is_plain(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

#ifdef __SSE2__

enum { JSON_STEP = 16 };

/* Bit i is set when byte i ends a plain run: a quote, a backslash or a control byte. */
static inline unsigned json_string_stops(const char *p, unsigned *high)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i quote = _mm_cmpeq_epi8(x, _mm_set1_epi8('"'));
    __m128i backslash = _mm_cmpeq_epi8(x, _mm_set1_epi8('\\'));
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x);
    *high = (unsigned)_mm_movemask_epi8(x);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control));
}

/* Bit i is set when byte i is a quote or a bracket of either kind: [ and ] differ from { and } by 0x20. */
static inline unsigned json_structure_stops(const char *p)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i folded = _mm_or_si128(x, _mm_set1_epi8(0x20));
    __m128i quote = _mm_cmpeq_epi8(x, _mm_set1_epi8('"'));
    __m128i open = _mm_cmpeq_epi8(folded, _mm_set1_epi8('{'));
    __m128i close = _mm_cmpeq_epi8(folded, _mm_set1_epi8('}'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(open, close), quote));
}

enum { JSON_BLOCK = 64 };

/* Bit i is set when byte i of a block is that. */
typedef struct json_block {
    uint64_t quotes, backslashes, opens, closes;
} json_block;

static inline json_block json_read_block(const char *p)
{
    json_block out = {0};
    for (int i = 0; i < JSON_BLOCK; i += JSON_STEP) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i folded = _mm_or_si128(x, _mm_set1_epi8(0x20));
        out.quotes |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8('"'))) << i;
        out.backslashes |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8('\\'))) << i;
        out.opens |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{'))) << i;
        out.closes |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(folded, _mm_set1_epi8('}'))) << i;
    }
    return out;
}

/* The bits from each odd quote up to the next one. */
static inline uint64_t json_between(uint64_t quotes)
{
    for (int by = 1; by < JSON_BLOCK; by *= 2)
        quotes ^= quotes << by;
    return quotes;
}

#else

enum { JSON_STEP = 8 };

static const uint64_t JSON_ONES = UINT64_C(0x0101010101010101);
static const uint64_t JSON_HIGHS = UINT64_C(0x8080808080808080);

static inline uint64_t json_load(const char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

/* The high bit of each byte that equals `c`, exact for every byte. */
static inline uint64_t json_equal_bytes(uint64_t x, unsigned char c)
{
    uint64_t y = x ^ (JSON_ONES * c);
    return ~(((y & ~JSON_HIGHS) + ~JSON_HIGHS) | y | ~JSON_HIGHS);
}

/* One bit a byte, that of the first byte in memory lowest. */
static inline unsigned json_gather(uint64_t highs)
{
    unsigned bits = 0;
    unsigned char bytes[8];
    memcpy(bytes, &highs, sizeof bytes);
    for (unsigned i = 0; highs && i < 8; i++)
        bits |= (unsigned)(bytes[i] >> 7) << i;
    return bits;
}

static inline unsigned json_string_stops(const char *p, unsigned *high)
{
    uint64_t x = json_load(p);
    uint64_t control = json_equal_bytes(x & (JSON_ONES * 0xE0), 0);
    *high = (x & JSON_HIGHS) != 0 ? 0xFF : 0;
    return json_gather(json_equal_bytes(x, '"') | json_equal_bytes(x, '\\') | control);
}

static inline unsigned json_structure_stops(const char *p)
{
    uint64_t x = json_load(p);
    uint64_t folded = x | (JSON_ONES * 0x20);
    return json_gather(json_equal_bytes(x, '"') | json_equal_bytes(folded, '{') | json_equal_bytes(folded, '}'));
}

#endif

/* The first byte in [p, end) that is a quote, a backslash or a control byte, else `end`. `*high` becomes true when
 * there may be a byte above 0x7F before it. */
static inline const char *json_plain_run(const char *p, const char *end, bool *high)
{
    unsigned above;
    while (end - p >= JSON_STEP) {
        unsigned stops = json_string_stops(p, &above);
        *high |= above != 0;
        if (stops)
            return p + __builtin_ctz(stops);
        p += JSON_STEP;
    }
    for (; p < end && json_is_plain(*p); p++)
        *high |= (unsigned char)*p >= 0x80;
    return p;
}

/* Behind the closing quote of a checked string whose inside begins at `p`. */
static inline const char *json_skip_string(const char *p, const char *end)
{
    bool high = false;
    for (;;) {
        p = json_plain_run(p, end, &high);
        if (end - p < 2)
            return end;
        if (*p == '"')
            return p + 1;
        p += 2;
    }
}

/* The next quote or bracket in [p, end), else `end`. */
static inline const char *json_next_stop(const char *p, const char *end)
{
    while (end - p >= JSON_STEP) {
        unsigned stops = json_structure_stops(p);
        if (stops)
            return p + __builtin_ctz(stops);
        p += JSON_STEP;
    }
    while (p < end && *p != '"' && (*p | 0x20) != '{' && (*p | 0x20) != '}')
        p++;
    return p;
}

#endif
