/* Private to lib/base: prefix codes of limited length, as deflate wants them (RFC 1951, 3.2.2). */
#ifndef CAIRN_BASE_HUFFMAN_H
#define CAIRN_BASE_HUFFMAN_H

#include <stddef.h>
#include <stdint.h>

enum { CAIRN_HUFFMAN_SYMBOLS = 288, CAIRN_HUFFMAN_LONGEST = 15 };

/* Gives each symbol that occurs a length from 1 to `longest` so that the whole text is short and the code complete, and
 * the others 0. `occurs` has the numbers of occurrences of `n` symbols (2 to CAIRN_HUFFMAN_SYMBOLS), in all fewer than
 * 2^32; where fewer than two symbols occur, the first ones get a code with them. */
void cairn_huffman_lengths(const uint32_t *occurs, size_t n, unsigned longest, uint8_t *lengths);

/* The codes for such lengths, lowest bit first as they are written. */
void cairn_huffman_codes(const uint8_t *lengths, size_t n, uint16_t *codes);

#endif
