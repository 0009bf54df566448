/* The CRC-32 of gzip (RFC 1952) over texts that are known by their CRC alone. Thread-safety: no state. */
#ifndef CAIRN_BASE_CRC_H
#define CAIRN_BASE_CRC_H

#include <stdint.h>

/* That of a text and another one behind it, which has `length` bytes. As zlib's crc32_combine(), without the loop over
 * the bits of the length. */
uint32_t cairn_crc32_combine(uint32_t before, uint32_t behind, uint64_t length);

#endif
