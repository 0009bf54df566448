/* Page tokens: opaque, URL-safe, signed (HMAC-SHA-256, 16 bytes kept) with the catalog's key, so that they survive a
 * restart and work on every copy of the catalog. A token is a place in the order and a direction, no snapshot: while
 * items are added, pages neither lose nor repeat an item. Thread-safe. */
#ifndef CAIRN_QUERY_TOKEN_H
#define CAIRN_QUERY_TOKEN_H

#include "base/buf.h"
#include "base/error.h"
#include "query/position.h"

enum { CAIRN_TOKEN_MAX = 8192 };

typedef struct cairn_token {
    bool backward; /* the page that ends before `position`, else the one that begins after it */
    cairn_position position;
} cairn_token;

/* Appends the token's text. */
bool cairn_token_write(const cairn_token *token, cairn_span key, cairn_buf *out);
/* CAIRN_INVALID (parameter "token") when the text was not written with this key. */
cairn_code cairn_token_read(cairn_span text, cairn_span key, cairn_arena *arena, cairn_token *out, cairn_error *error);

#endif
