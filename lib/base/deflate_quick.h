/* Private to lib/base: a compressor for texts of a few kilobytes, in the time that libdeflate's level 1 takes for the
 * setting up and with the result of its level 6; and what it writes can be gone on with, since it knows at which bit it
 * ends. It makes deflate blocks (RFC 1951) without the final bit. Thread-safety: each belongs to one thread. */
#ifndef CAIRN_BASE_DEFLATE_QUICK_H
#define CAIRN_BASE_DEFLATE_QUICK_H

#include "base/span.h"

typedef struct cairn_quick cairn_quick;

/* NULL when out of memory. About 130 KB. */
cairn_quick *cairn_quick_new(void);
void cairn_quick_free(cairn_quick *quick);

/* The most bytes that `n` bytes of text become. */
size_t cairn_quick_bound(size_t n);

/* Writes the text to `out`, with room for cairn_quick_bound(), and returns at how many bits it ends; the unused ones of
 * the last byte are 0. The blocks may refer to the `before` bytes that lie in front of the text in memory: whoever
 * inflates them has to have inflated these before. */
size_t cairn_quick_write(cairn_quick *quick, cairn_span text, size_t before, unsigned char *out);

#endif
