/* Bits in a row, the lowest first, as a deflate stream has them (RFC 1951, 3.1.1). Private to those who compress. */
#ifndef CAIRN_BASE_BITS_H
#define CAIRN_BASE_BITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

typedef struct cairn_bits {
    unsigned char *at;
    uint64_t waiting; /* the lowest `n` */
    unsigned n;       /* below 8 behind cairn_bits_flush() */
} cairn_bits;

/* Writes whole bytes; eight may be touched at and behind `at`. 56 bits may be put between two of these. */
static inline void cairn_bits_flush(cairn_bits *bits)
{
    uint64_t bytes = htole64(bits->waiting);
    memcpy(bits->at, &bytes, sizeof bytes);
    bits->at += bits->n / 8;
    bits->waiting >>= bits->n & ~7u;
    bits->n &= 7;
}

static inline void cairn_bits_put(cairn_bits *bits, uint64_t value, unsigned n)
{
    bits->waiting |= value << bits->n;
    bits->n += n;
}

#endif
