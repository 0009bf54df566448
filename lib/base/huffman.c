#include "base/huffman.h"

#include <string.h>

/* A symbol below its number of occurrences, so that whole numbers sort as both do. */
enum { SYMBOL_BITS = 9, SYMBOL_MASK = (1 << SYMBOL_BITS) - 1, DIGIT_BITS = 6, DIGITS = 1 << DIGIT_BITS };

static size_t gather(const uint32_t *occurs, size_t n, uint64_t *out)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        if (occurs[i])
            out[used++] = (uint64_t)occurs[i] << SYMBOL_BITS | i;
    for (size_t i = 0; used < 2; i++)
        if (!occurs[i])
            out[used++] = (uint64_t)1 << SYMBOL_BITS | i;
    return used;
}

static void sort_by_digit(const uint64_t *from, size_t n, unsigned shift, uint64_t *to)
{
    uint16_t places[DIGITS + 1] = {0};
    for (size_t i = 0; i < n; i++)
        places[(from[i] >> shift & (DIGITS - 1)) + 1]++;
    for (size_t digit = 1; digit < DIGITS; digit++)
        places[digit] = (uint16_t)(places[digit] + places[digit - 1]);
    for (size_t i = 0; i < n; i++)
        to[places[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

/* By occurrence; symbols come in their order already. */
static void sort(uint64_t *at, size_t n)
{
    uint64_t other[CAIRN_HUFFMAN_SYMBOLS], all = 0;
    for (size_t i = 0; i < n; i++)
        all |= at[i];
    for (unsigned shift = SYMBOL_BITS; all >> shift; shift += DIGIT_BITS) {
        sort_by_digit(at, n, shift, other);
        memcpy(at, other, n * sizeof *at);
    }
}

/* The parents of leaves (0 to n) and of inner nodes (from n on; the last is the root) in Huffman's tree. Leaves are
 * sorted, and inner nodes come into being in their order, so that the lightest is always the first of one of both. */
static void grow_tree(const uint64_t *leaves, size_t n, uint16_t *parents)
{
    uint64_t weights[CAIRN_HUFFMAN_SYMBOLS];
    size_t leaf = 0, inner = 0;
    for (size_t made = 0; made < n - 1; made++) {
        weights[made] = 0;
        for (int child = 0; child < 2; child++) {
            uint64_t weight = leaf < n ? leaves[leaf] >> SYMBOL_BITS : UINT64_MAX;
            if (inner < made && weights[inner] < weight) {
                weight = weights[inner];
                parents[n + inner++] = (uint16_t)(n + made);
            } else {
                parents[leaf++] = (uint16_t)(n + made);
            }
            weights[made] += weight;
        }
    }
}

/* How many leaves there are at each depth, those that are too deep at the deepest allowed. */
static void count_depths(const uint16_t *parents, size_t n, unsigned longest, unsigned counts[])
{
    uint16_t depths[2 * CAIRN_HUFFMAN_SYMBOLS];
    size_t root = 2 * n - 2;
    depths[root] = 0;
    for (size_t i = root; i-- > 0;) {
        depths[i] = (uint16_t)(depths[parents[i]] + 1);
        if (i < n)
            counts[depths[i] < longest ? depths[i] : longest]++;
    }
}

/* A code with leaves that were too deep is over-full: a leaf from above goes down beside one of them, until it isn't.
 */
static void settle(unsigned counts[], unsigned longest)
{
    uint32_t taken = 0, whole = (uint32_t)1 << longest;
    for (unsigned depth = 1; depth <= longest; depth++)
        taken += counts[depth] << (longest - depth);
    for (; taken > whole; taken--) {
        unsigned depth = longest - 1;
        while (counts[depth] == 0)
            depth--;
        counts[depth]--;
        counts[depth + 1] += 2;
        counts[longest]--;
    }
}

void cairn_huffman_lengths(const uint32_t *occurs, size_t n, unsigned longest, uint8_t *lengths)
{
    uint64_t leaves[CAIRN_HUFFMAN_SYMBOLS];
    uint16_t parents[2 * CAIRN_HUFFMAN_SYMBOLS];
    unsigned counts[CAIRN_HUFFMAN_LONGEST + 1] = {0};
    size_t used = gather(occurs, n, leaves), leaf = 0;
    sort(leaves, used);
    grow_tree(leaves, used, parents);
    count_depths(parents, used, longest, counts);
    settle(counts, longest);
    memset(lengths, 0, n);
    for (unsigned depth = longest; depth > 0; depth--)
        for (unsigned i = 0; i < counts[depth] && leaf < used; i++)
            lengths[leaves[leaf++] & SYMBOL_MASK] = (uint8_t)depth;
}

static uint16_t mirror(unsigned code, unsigned length)
{
    code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
    code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
    code = (code & 0x0F0F) << 4 | (code >> 4 & 0x0F0F);
    code = (code & 0x00FF) << 8 | (code >> 8 & 0x00FF);
    return (uint16_t)(code >> (16 - length));
}

void cairn_huffman_codes(const uint8_t *lengths, size_t n, uint16_t *codes)
{
    unsigned next[CAIRN_HUFFMAN_LONGEST + 2] = {0};
    for (size_t i = 0; i < n; i++)
        next[lengths[i] + 1] += lengths[i] > 0;
    for (unsigned length = 2; length <= CAIRN_HUFFMAN_LONGEST; length++)
        next[length] = (next[length] + next[length - 1]) << 1;
    for (size_t i = 0; i < n; i++)
        codes[i] = lengths[i] ? mirror(next[lengths[i]]++, lengths[i]) : 0;
}
