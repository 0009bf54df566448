#include "base/deflate_quick.h"

#include "base/bits.h"
#include "base/huffman.h"
#include "base/matches.h"

#include <stdlib.h>

enum {
    LITERALS = 286, /* bytes, the end of a block, lengths */
    DISTANCES = 30,
    ORDERS = 19, /* of the code for the lengths of the codes */
    END = 256,
    FIRST_LENGTH = 257,
    CHUNK = 64 << 10, /* bytes of text that share codes */
    SLACK = 32,       /* that the writer may touch behind its end */
};

static const uint16_t length_starts[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                           31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_extras[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                          2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};

typedef struct codes {
    uint8_t lengths[CAIRN_HUFFMAN_SYMBOLS + 32]; /* of literals; in a header those of distances follow */
    uint8_t distance_lengths[32];
    uint32_t literals[CAIRN_HUFFMAN_SYMBOLS], distances[32]; /* the code above its length */
} codes;

enum { LENGTH_BITS = 8, LENGTH_MASK = (1 << LENGTH_BITS) - 1 };

struct cairn_quick {
    uint8_t symbol_of_length[CAIRN_MATCH_MOST + 1]; /* less FIRST_LENGTH */
    codes fixed, made;
    uint32_t literals[LITERALS], distances[DISTANCES]; /* how often they occur */
    cairn_matcher matcher;
    cairn_match matches[CHUNK / 4 + 1];
};

/* ---- bits ---- */

static inline void put_code(cairn_bits *w, uint32_t code)
{
    cairn_bits_put(w, code >> LENGTH_BITS, code & LENGTH_MASK);
}

/* ---- symbols ---- */

static inline unsigned distance_symbol(unsigned less_one, unsigned *extra)
{
    if (less_one < 4) {
        *extra = 0;
        return less_one;
    }
    unsigned high = 31 - (unsigned)__builtin_clz(less_one);
    *extra = high - 1;
    return 2 * high + (less_one >> (high - 1) & 1);
}

static void fill_lengths(cairn_quick *q)
{
    for (unsigned symbol = 0; symbol < 29; symbol++)
        for (unsigned length = length_starts[symbol]; length <= CAIRN_MATCH_MOST; length++)
            q->symbol_of_length[length] = (uint8_t)symbol;
}

static void make_codes(const uint8_t *lengths, size_t n, uint32_t *out)
{
    uint16_t codes[CAIRN_HUFFMAN_SYMBOLS];
    cairn_huffman_codes(lengths, n, codes);
    for (size_t i = 0; i < n; i++)
        out[i] = (uint32_t)codes[i] << LENGTH_BITS | lengths[i];
}

/* RFC 1951, 3.2.6 */
static void fill_fixed(codes *fixed)
{
    for (unsigned i = 0; i < CAIRN_HUFFMAN_SYMBOLS; i++)
        fixed->lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    memset(fixed->distance_lengths, 5, sizeof fixed->distance_lengths);
    make_codes(fixed->lengths, CAIRN_HUFFMAN_SYMBOLS, fixed->literals);
    make_codes(fixed->distance_lengths, 32, fixed->distances);
}

cairn_quick *cairn_quick_new(void)
{
    cairn_quick *quick = calloc(1, sizeof *quick);
    if (!quick)
        return NULL;
    fill_lengths(quick);
    fill_fixed(&quick->fixed);
    return quick;
}

void cairn_quick_free(cairn_quick *quick)
{
    free(quick);
}

size_t cairn_quick_bound(size_t n)
{
    return n + n / 8 + (n / CHUNK + 1) * 4 + SLACK; /* fixed codes: nine bits a byte at most, ten around each chunk */
}

/* ---- counting ---- */

/* Returns the bits of lengths and distances that are no part of a code. */
static size_t count(cairn_quick *q, const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t extras = 0;
    memset(q->literals, 0, sizeof q->literals);
    memset(q->distances, 0, sizeof q->distances);
    for (size_t i = 0; i < n; i++) {
        const cairn_match *m = &q->matches[i];
        for (uint32_t k = 0; k < m->plain; k++)
            q->literals[*p++]++;
        if (m->length == 0)
            break;
        unsigned symbol = q->symbol_of_length[m->length], extra;
        q->literals[FIRST_LENGTH + symbol]++;
        q->distances[distance_symbol(m->distance_less_one, &extra)]++;
        extras += extra + length_extras[symbol];
        p += m->length;
    }
    q->literals[END] = 1;
    return extras;
}

static size_t code_bits(const cairn_quick *q, const codes *c)
{
    uint32_t bits = 0; /* of one chunk */
    for (size_t i = 0; i < LITERALS; i++)
        bits += q->literals[i] * c->lengths[i];
    for (size_t i = 0; i < DISTANCES; i++)
        bits += q->distances[i] * c->distance_lengths[i];
    return bits;
}

/* ---- the header of a block with codes of its own (RFC 1951, 3.2.7) ---- */

typedef struct header {
    unsigned literals, distances, orders; /* how many lengths are told */
    uint8_t symbols[LITERALS + DISTANCES], repeats[LITERALS + DISTANCES];
    size_t n;
    uint8_t lengths[ORDERS];
    uint16_t codes[ORDERS];
    size_t bits;
} header;

static const uint8_t order[ORDERS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

static unsigned repeat_bits(unsigned symbol)
{
    return symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
}

static void tell(header *h, unsigned symbol, unsigned repeat)
{
    h->symbols[h->n] = (uint8_t)symbol;
    h->repeats[h->n++] = (uint8_t)repeat;
}

/* A run of one length: the zeros by 17 and 18, others by 16 behind the first one. */
static void tell_run(header *h, uint8_t length, unsigned run)
{
    if (length > 0) {
        tell(h, length, 0);
        run--;
    }
    while (run >= 3) {
        unsigned most = length > 0 ? 6 : run > 10 ? 138 : 10, n = run < most ? run : most;
        tell(h, length > 0 ? 16 : n > 10 ? 18 : 17, n - (n > 10 ? 11 : 3));
        run -= n;
    }
    for (; run > 0; run--)
        tell(h, length, 0);
}

static unsigned told(const uint8_t *lengths, unsigned n, unsigned least)
{
    while (n > least && lengths[n - 1] == 0)
        n--;
    return n;
}

static void make_header(header *h, codes *c)
{
    uint32_t occurs[ORDERS] = {0};
    h->n = 0;
    h->literals = told(c->lengths, LITERALS, 257);
    h->distances = told(c->distance_lengths, DISTANCES, 1);
    memcpy(c->lengths + h->literals, c->distance_lengths, h->distances);
    unsigned all = h->literals + h->distances;
    for (unsigned i = 0, run; i < all; i += run) {
        for (run = 1; i + run < all && c->lengths[i + run] == c->lengths[i]; run++)
            continue;
        tell_run(h, c->lengths[i], run);
    }
    for (size_t i = 0; i < h->n; i++)
        occurs[h->symbols[i]]++;
    cairn_huffman_lengths(occurs, ORDERS, 7, h->lengths);
    cairn_huffman_codes(h->lengths, ORDERS, h->codes);
    h->orders = ORDERS;
    while (h->orders > 4 && h->lengths[order[h->orders - 1]] == 0)
        h->orders--;
    h->bits = 14 + 3 * h->orders;
    for (unsigned i = 0; i < ORDERS; i++)
        h->bits += occurs[i] * (h->lengths[i] + repeat_bits(i));
}

static void write_header(cairn_bits *w, const header *h)
{
    cairn_bits_put(w, h->literals - 257, 5);
    cairn_bits_put(w, h->distances - 1, 5);
    cairn_bits_put(w, h->orders - 4, 4);
    for (unsigned i = 0; i < h->orders; i++) {
        cairn_bits_flush(w);
        cairn_bits_put(w, h->lengths[order[i]], 3);
    }
    for (size_t i = 0; i < h->n; i++) {
        cairn_bits_flush(w);
        cairn_bits_put(w, h->codes[h->symbols[i]], h->lengths[h->symbols[i]]);
        cairn_bits_put(w, h->repeats[i], repeat_bits(h->symbols[i]));
    }
    cairn_bits_flush(w);
}

/* ---- a block ---- */

static inline const unsigned char *write_plain(cairn_bits *w, const codes *c, const unsigned char *p, uint32_t n)
{
    for (; n >= 3; n -= 3, p += 3) {
        put_code(w, c->literals[p[0]]);
        put_code(w, c->literals[p[1]]);
        put_code(w, c->literals[p[2]]);
        cairn_bits_flush(w);
    }
    for (; n > 0; n--, p++)
        put_code(w, c->literals[*p]);
    cairn_bits_flush(w);
    return p;
}

static inline void write_match(cairn_bits *w, const cairn_quick *q, const codes *c, const cairn_match *m)
{
    unsigned length = q->symbol_of_length[m->length], extra;
    unsigned distance = distance_symbol(m->distance_less_one, &extra);
    put_code(w, c->literals[FIRST_LENGTH + length]);
    cairn_bits_put(w, (uint64_t)m->length - length_starts[length], length_extras[length]);
    put_code(w, c->distances[distance]);
    cairn_bits_put(w, m->distance_less_one & ((1u << extra) - 1), extra);
    cairn_bits_flush(w);
}

static void write_symbols(cairn_bits *w, const cairn_quick *q, const codes *c, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    for (const cairn_match *m = q->matches;; m++) {
        p = write_plain(w, c, p, m->plain);
        if (m->length == 0)
            break;
        write_match(w, q, c, m);
        p += m->length;
    }
    put_code(w, c->literals[END]);
    cairn_bits_flush(w);
}

/* With the codes that are shorter in all. */
static void write_chunk(cairn_bits *w, cairn_quick *q, const char *text, size_t matches)
{
    enum { FIXED = 1, OWN = 2, KIND_SHIFT = 1 };
    header h;
    size_t extras = count(q, text, matches);
    cairn_huffman_lengths(q->literals, LITERALS, CAIRN_HUFFMAN_LONGEST, q->made.lengths);
    cairn_huffman_lengths(q->distances, DISTANCES, CAIRN_HUFFMAN_LONGEST, q->made.distance_lengths);
    size_t own = code_bits(q, &q->made) + extras, fixed = code_bits(q, &q->fixed) + extras;
    make_header(&h, &q->made);
    if (own + h.bits >= fixed) {
        cairn_bits_put(w, FIXED << KIND_SHIFT, 3);
        write_symbols(w, q, &q->fixed, text);
        return;
    }
    make_codes(q->made.lengths, h.literals, q->made.literals);
    make_codes(q->made.distance_lengths, DISTANCES, q->made.distances);
    cairn_bits_put(w, OWN << KIND_SHIFT, 3);
    write_header(w, &h);
    write_symbols(w, q, &q->made, text);
}

size_t cairn_quick_write(cairn_quick *quick, cairn_span text, size_t before, unsigned char *out)
{
    cairn_bits w = {.at = out};
    const char *end = text.p + text.n;
    const char *low = cairn_matcher_begin(&quick->matcher, text.p, before, text.n);
    const char *p = text.p, *to;
    do {
        to = end - p > CHUNK ? p + CHUNK : end;
        write_chunk(&w, quick, p, cairn_matcher_run(&quick->matcher, low, p, to, quick->matches));
        p = to;
    } while (p < end);
    return (size_t)(w.at - out) * 8 + w.n;
}
