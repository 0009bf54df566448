#include "base/matches.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

enum {
    LEAST = 4,       /* of a match; also the bytes that are looked up */
    TAIL = 12,       /* so near the end nothing is looked for */
    GOOD = 32,       /* a match that is so long is taken, whatever the next byte has */
    PACE = 2,        /* only each second place within a match can be found again */
    HURRY_SHIFT = 7, /* where nothing repeats for 128 bytes, steps become longer */
};

/* Texts are shorter than this, so that places behind it are still 32 bits. */
static const uint64_t MOST_PLACES = UINT32_C(1) << 31;

static inline uint32_t load_four(const char *p)
{
    uint32_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline uint64_t load_eight(const char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline size_t slot_of(uint32_t four)
{
    return four * UINT32_C(2654435761) >> 19;
}

/* The place in memory of the first byte that is not 0. */
static inline unsigned first_byte(uint64_t x)
{
    return (unsigned)__builtin_ctzll(le64toh(x)) / 8;
}

/* How far both go on alike, `b` up to `end` and no farther than a match may reach. */
static inline unsigned length_alike(const char *a, const char *b, const char *end)
{
    const char *start = b, *stop = end - b > CAIRN_MATCH_MOST ? b + CAIRN_MATCH_MOST : end;
    while (stop - b >= 8) {
        uint64_t differ = load_eight(a) ^ load_eight(b);
        if (differ)
            return (unsigned)(b - start) + first_byte(differ);
        a += 8;
        b += 8;
    }
    while (b < stop && *a == *b)
        a++, b++;
    return (unsigned)(b - start);
}

/* The last place where the four bytes at `p` stood, if it may be referred to and they still stand there; NULL if not.
 * Notes that they stand at `p`. */
static inline const char *look_up(cairn_matcher *m, const char *low, const char *p)
{
    uint32_t four = load_four(p), at = m->base + (uint32_t)(p - m->origin);
    uint32_t *slot = &m->slots[slot_of(four)], seen = *slot;
    *slot = at;
    if (seen < m->base + (uint32_t)(low - m->origin) || at - seen > CAIRN_MATCH_FARTHEST)
        return NULL;
    const char *there = m->origin + (seen - m->base);
    return load_four(there) == four ? there : NULL;
}

static inline void note(cairn_matcher *m, const char *p)
{
    m->slots[slot_of(load_four(p))] = m->base + (uint32_t)(p - m->origin);
}

const char *cairn_matcher_begin(cairn_matcher *m, const char *from, size_t before, size_t n)
{
    uint64_t next = m->base + (m->origin ? (uint64_t)(m->end - m->origin) : 0);
    bool full = !m->origin || next > MOST_PLACES;
    if (full)
        memset(m->slots, 0, sizeof m->slots);
    if (full || from != m->end) {
        m->base = full ? 1 : (uint32_t)next;
        m->origin = from;
    }
    m->end = from + n;
    return (size_t)(from - m->origin) < before ? m->origin : from - before;
}

/* A match in the making: the bytes at `p` are those at `found`. */
typedef struct repeat {
    const char *found, *p;
    unsigned length;
    const char *next; /* the first place that was not looked up */
} repeat;

/* One byte later there may be a longer one. */
static inline void look_further(cairn_matcher *m, const char *low, const char *stop, const char *end, repeat *r)
{
    while (r->length < GOOD && r->next < stop) {
        const char *later = look_up(m, low, r->next);
        unsigned length = later ? length_alike(later, r->next, end) : 0;
        if (length <= r->length) {
            r->next++;
            return;
        }
        *r = (repeat){later, r->next, length, r->next + 1};
    }
}

static inline void look_back(const char *low, const char *plain, repeat *r)
{
    while (r->p > plain && r->found > low && r->length < CAIRN_MATCH_MOST && r->p[-1] == r->found[-1]) {
        r->p--;
        r->found--;
        r->length++;
    }
}

size_t cairn_matcher_run(cairn_matcher *m, const char *low, const char *from, const char *end, cairn_match *out)
{
    const char *p = from, *plain = from, *stop = end - from > TAIL ? end - TAIL : from;
    size_t n = 0;
    while (p < stop) {
        const char *found = look_up(m, low, p);
        if (!found) {
            ptrdiff_t step = 1 + ((p - plain) >> HURRY_SHIFT);
            p = stop - p > step ? p + step : stop;
            continue;
        }
        repeat r = {found, p, length_alike(found, p, end), p + 1};
        look_further(m, low, stop, end, &r);
        look_back(low, plain, &r);
        out[n++] = (cairn_match){(uint32_t)(r.p - plain), (uint16_t)r.length, (uint16_t)(r.p - r.found - 1)};
        p = plain = r.p + r.length;
        for (; r.next < p && r.next < stop; r.next += PACE)
            note(m, r.next);
    }
    out[n++] = (cairn_match){(uint32_t)(end - plain), 0, 0};
    return n;
}
