#include "base/squeeze.h"

#include "base/bits.h"

#include <pthread.h>
#include <stdlib.h>

/* A place in the table says by its first bit which of two texts it is of; a text has as many places as the others. */
enum { TABLE_BITS = 12, OTHER_TEXT = 0x8000, WINDOW = 32768, LEAST = 4, LONGEST = 258, STRIDE = 16 };
_Static_assert((int)CAIRN_SQUEEZE_MAX <= (int)OTHER_TEXT, "places have 15 bits");

struct cairn_squeeze {
    uint16_t table[1 << TABLE_BITS]; /* where four bytes with this hash stood last, in either text */
    uint16_t turn;                   /* 0 or OTHER_TEXT: of the text in hand */
    size_t n_last;
    uint64_t last_position;
    char last[CAIRN_SQUEEZE_MAX];
};

/* ---- fixed codes (RFC 1951 3.2.6), reversed, with extra bits ---- */

typedef struct code {
    uint32_t bits : 24;
    uint32_t n : 8;
} code;

static code literals[256], lengths[LONGEST + 1], distances[30];
enum { END_OF_BLOCK = 0, END_OF_BLOCK_BITS = 7 };

static code reversed(uint32_t bits, unsigned n)
{
    uint32_t out = 0;
    for (unsigned i = 0; i < n; i++)
        out |= (bits >> i & 1) << (n - 1 - i);
    return (code){out, n};
}

static void make_lengths(void)
{
    static const unsigned char extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2,
                                          2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5};
    unsigned length = 3;
    for (unsigned i = 0; i < sizeof extra; i++)
        for (unsigned k = 0; k < 1u << extra[i] && length < LONGEST; k++, length++) {
            code c = i < 23 ? reversed(i + 1, 7) : reversed(0xC0 + i - 23, 8);
            lengths[length] = (code){c.bits | k << c.n, c.n + extra[i]};
        }
    lengths[LONGEST] = reversed(0xC5, 8);
}

static void make_codes(void)
{
    for (unsigned i = 0; i < 256; i++)
        literals[i] = i < 144 ? reversed(0x30 + i, 8) : reversed(0x190 + i - 144, 9);
    make_lengths();
    for (unsigned i = 0; i < sizeof distances / sizeof *distances; i++)
        distances[i] = reversed(i, 5);
}

/* ---- bits ---- */

static inline void put_code(cairn_bits *w, code c)
{
    cairn_bits_put(w, c.bits, c.n);
}

static void put_literals(cairn_bits *w, const char *p, size_t n)
{
    enum { AT_ONCE = 6 }; /* of 9 bits, and 7 that are left over */
    for (; n >= AT_ONCE; p += AT_ONCE, n -= AT_ONCE) {
        for (int i = 0; i < AT_ONCE; i++)
            put_code(w, literals[(unsigned char)p[i]]);
        cairn_bits_flush(w);
    }
    for (; n; p++, n--)
        put_code(w, literals[(unsigned char)*p]);
    cairn_bits_flush(w);
}

static void put_distance(cairn_bits *w, unsigned distance)
{
    unsigned d = distance - 1;
    if (d < 4) {
        put_code(w, distances[d]);
        return;
    }
    unsigned extra = 30 - (unsigned)__builtin_clz(d); /* bits below the two that the code tells */
    put_code(w, distances[2 * extra + (d >> extra)]);
    cairn_bits_put(w, d & ((1u << extra) - 1), extra);
}

static void put_match(cairn_bits *w, size_t length, unsigned distance)
{
    while (length) {
        size_t n = length <= LONGEST ? length : length - LONGEST < 3 ? LONGEST - 3 : LONGEST;
        put_code(w, lengths[n]);
        put_distance(w, distance);
        cairn_bits_flush(w);
        length -= n;
    }
}

/* The end of the block, and an empty stored block that ends on a byte boundary. */
static void put_end(cairn_bits *w)
{
    static const unsigned char MARK[] = {0, 0, 0xFF, 0xFF};
    cairn_bits_put(w, END_OF_BLOCK, END_OF_BLOCK_BITS);
    cairn_bits_put(w, 0, 3);
    cairn_bits_flush(w);
    if (w->n)
        *w->at++ = (unsigned char)w->waiting;
    memcpy(w->at, MARK, sizeof MARK);
    w->at += sizeof MARK;
}

/* ---- matches ---- */

cairn_squeeze *cairn_squeeze_new(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_codes);
    cairn_squeeze *squeeze = malloc(sizeof *squeeze);
    if (squeeze) {
        memset(squeeze->table, 0, sizeof squeeze->table);
        squeeze->turn = 0;
        cairn_squeeze_forget(squeeze);
    }
    return squeeze;
}

void cairn_squeeze_free(cairn_squeeze *squeeze)
{
    free(squeeze);
}

void cairn_squeeze_forget(cairn_squeeze *squeeze)
{
    squeeze->n_last = 0;
    squeeze->last_position = 0;
}

static inline uint32_t four_bytes(const char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint16_t *place_of(cairn_squeeze *squeeze, const char *p)
{
    return &squeeze->table[four_bytes(p) * 2654435761u >> (32 - TABLE_BITS)];
}

static size_t common_length(const char *a, const char *b, size_t most)
{
    size_t n = 0;
    for (; n + 8 <= most; n += 8) {
        uint64_t x, y;
        memcpy(&x, a + n, 8);
        memcpy(&y, b + n, 8);
        if (x != y)
            break;
    }
    while (n < most && a[n] == b[n])
        n++;
    return n;
}

typedef struct squeezing {
    cairn_squeeze *squeeze;
    const char *text, *end;
    uint64_t position; /* of the text */
} squeezing;

/* The length of what stood before and stands again at `p`: 0, or at least LEAST. What the table says may be long out
 * of date, so nothing is believed but the bytes. */
static size_t find_match(const squeezing *s, const char *p, uint16_t place, unsigned *distance)
{
    cairn_squeeze *squeeze = s->squeeze;
    size_t at = place & (OTHER_TEXT - 1), most = (size_t)(s->end - p);
    const char *from;
    uint64_t back;
    if ((place & OTHER_TEXT) == squeeze->turn) {
        from = s->text + at;
        if (at >= (size_t)(p - s->text))
            return 0;
        back = (uint64_t)(p - from);
    } else {
        from = squeeze->last + at;
        if (at + LEAST > squeeze->n_last)
            return 0;
        back = s->position + (uint64_t)(p - s->text) - squeeze->last_position - at;
        if (most > squeeze->n_last - at)
            most = squeeze->n_last - at;
    }
    if (back > WINDOW || four_bytes(from) != four_bytes(p))
        return 0;
    *distance = (unsigned)back;
    return common_length(from, p, most);
}

/* Enters places within a match, some of them. */
static void note_match(const squeezing *s, const char *p, size_t n)
{
    for (size_t i = STRIDE; i < n && p + i + LEAST <= s->end; i += STRIDE)
        *place_of(s->squeeze, p + i) = (uint16_t)((size_t)(p + i - s->text) | s->squeeze->turn);
}

static void put_text(const squeezing *s, cairn_bits *w)
{
    const char *p = s->text, *plain = p;
    while (s->end - p >= LEAST) {
        unsigned distance = 0;
        uint16_t *place = place_of(s->squeeze, p), before = *place;
        *place = (uint16_t)((size_t)(p - s->text) | s->squeeze->turn);
        size_t n = find_match(s, p, before, &distance);
        if (!n) {
            p++;
            continue;
        }
        put_literals(w, plain, (size_t)(p - plain));
        put_match(w, n, distance);
        note_match(s, p, n);
        plain = p += n;
    }
    put_literals(w, plain, (size_t)(s->end - plain));
}

static void remember(squeezing *s)
{
    cairn_squeeze *squeeze = s->squeeze;
    squeeze->n_last = (size_t)(s->end - s->text);
    memcpy(squeeze->last, s->text, squeeze->n_last);
    squeeze->last_position = s->position;
    squeeze->turn ^= OTHER_TEXT;
}

bool cairn_squeeze_text(cairn_squeeze *squeeze, cairn_span text, uint64_t position, size_t most, cairn_buf *out)
{
    enum { FRAME = 32 }; /* header, end, and what the last flush may touch */
    if (!text.n || text.n > CAIRN_SQUEEZE_MAX)
        return false;
    /* A literal has at most 9 bits; a match has never more than the bytes that it stands for. */
    char *to = cairn_buf_reserve(out, text.n + text.n / 8 + FRAME);
    if (!to)
        return false;
    squeezing s = {squeeze, text.p, text.p + text.n, position};
    cairn_bits w = {.at = (unsigned char *)to};
    cairn_bits_put(&w, 1 << 1, 3); /* not the last; fixed codes */
    put_text(&s, &w);
    put_end(&w);
    remember(&s);
    size_t n = (size_t)((char *)w.at - to);
    if (n >= most)
        return false;
    out->n += n;
    return true;
}
