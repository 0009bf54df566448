#include "base/crc.h"

#include <pthread.h>

/* A CRC is a polynomial over GF(2), its first bit the constant term. A text of n zero bytes multiplies it by x^(8n),
 * modulo the polynomial of CRC-32. */
static const uint32_t polynomial = 0xEDB88320, one = 0x80000000;

enum { TABLES = 4, VALUES = 256 };
/* x^(8 * value * 256^table) */
static uint32_t powers[TABLES][VALUES];

static uint32_t multiply(uint32_t a, uint32_t b)
{
    uint32_t product = 0;
    for (; a; a <<= 1) {
        product ^= a & one ? b : 0;
        b = b >> 1 ^ (b & 1 ? polynomial : 0);
    }
    return product;
}

static void make_powers(void)
{
    uint32_t step = one >> 8; /* x^8 */
    for (int table = 0; table < TABLES; table++) {
        powers[table][0] = one;
        for (int value = 1; value < VALUES; value++)
            powers[table][value] = multiply(powers[table][value - 1], step);
        step = multiply(powers[table][VALUES - 1], step);
    }
}

uint32_t cairn_crc32_combine(uint32_t before, uint32_t behind, uint64_t length)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_powers);
    /* x^8 to the 2^32 - 1 is 1: what is carried beyond 32 bits comes in again below. */
    while (length >> 32)
        length = (length & UINT32_MAX) + (length >> 32);
    for (int table = 0; table < TABLES; table++)
        if (length >> 8 * table & 0xFF)
            before = multiply(powers[table][length >> 8 * table & 0xFF], before);
    return before ^ behind;
}
