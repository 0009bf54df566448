/* Tokens of collections, with which GET /sign signs what needs one: opaque, URL-safe, sealed with the catalog's key
 * (HMAC-SHA-256, 16 bytes kept), so that they are good on every copy of the catalog. Thread-safe. */
#ifndef CAIRN_API_SIGN_TOKEN_H
#define CAIRN_API_SIGN_TOKEN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#include <stdint.h>

bool cairn_sign_token_write(cairn_span collection, int64_t expires, cairn_span key, cairn_buf *out);
/* CAIRN_INVALID (parameter "token") when the text was not written with this key, or has ended at `now`. */
cairn_code cairn_sign_token_read(cairn_span text, cairn_span key, int64_t now, cairn_arena *arena,
                                 cairn_span *collection, cairn_error *error);

#endif
