/* Random bytes, SHA-256, HMAC-SHA-256, base64 and base64url, by OpenSSL libcrypto. Thread-safe. */
#ifndef CAIRN_BASE_SECRET_H
#define CAIRN_BASE_SECRET_H

#include "base/buf.h"

#include <stdint.h>

enum { CAIRN_KEY_BYTES = 32, CAIRN_MAC_BYTES = 32 };

bool cairn_random(void *out, size_t n);
bool cairn_sha256(cairn_span message, unsigned char out[CAIRN_MAC_BYTES]);
/* A key of any length. */
bool cairn_hmac_sha256(cairn_span key, cairn_span message, unsigned char out[CAIRN_MAC_BYTES]);
/* Compares in constant time. */
bool cairn_equal_secret(const void *a, const void *b, size_t n);
/* base64url without padding (RFC 4648 5). */
bool cairn_base64url(cairn_span bytes, cairn_buf *out);
/* False on a character outside the alphabet, an impossible length, or a last letter with bits that would be lost (so
 * that each text decodes to its own bytes); then `out` is as before. */
bool cairn_base64url_decode(cairn_span text, cairn_buf *out);
/* base64 with its padding (RFC 4648 4). */
bool cairn_base64(cairn_span bytes, cairn_buf *out);
/* As strict as cairn_base64url_decode(). */
bool cairn_base64_decode(cairn_span text, cairn_buf *out);
/* XXH3-64 of the bytes: fast, not for secrets (ETags, comparing). */
uint64_t cairn_hash64(cairn_span bytes);

#endif
