/* UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. Thread-safe, allocates nothing. */
#ifndef CAIRN_BASE_UTF8_H
#define CAIRN_BASE_UTF8_H

#include "base/span.h"

#include <stdint.h>

/* The bytes (1 to 4) of the well-formed character at `p`, 0 when it is broken or cut by `end`. Needs p < end. */
size_t cairn_utf8_length(const char *p, const char *end);

/* The code point of the well-formed character of `length` bytes at `p`. */
uint32_t cairn_utf8_decode(const char *p, size_t length);

/* Writes a code point (a surrogate or one above U+10FFFF as U+FFFD); returns the bytes written, 1 to 4. */
size_t cairn_utf8_encode(uint32_t code, char out[4]);

/* The first broken byte, NULL when the whole text is UTF-8. */
const char *cairn_utf8_fault(cairn_span text);

#endif
