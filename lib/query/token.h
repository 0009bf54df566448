/* Page tokens: opaque, URL-safe, signed (HMAC-SHA-256, 16 bytes kept) with the catalog's key, so that they survive a
 * restart and work on every copy of the catalog. A token is a place in the order and a direction, no snapshot: while
 * items are added, pages neither lose nor repeat an item. It says what it was sorted by, and is good for that alone.
 * Thread-safe. */
#ifndef CAIRN_QUERY_TOKEN_H
#define CAIRN_QUERY_TOKEN_H

#include "base/buf.h"
#include "base/error.h"
#include "query/position.h"
#include "query/sort.h"

/* Of the text: what fits into the longest URL that a server takes by default, with some of a search beside it. */
enum { CAIRN_TOKEN_MAX = 12288 };

typedef struct cairn_token {
    bool backward; /* the page that ends before `position`, else the one that begins after it */
    cairn_position position;
} cairn_token;

/* Appends the token's text; position.keys are those of the sort. CAIRN_INVALID (parameter "sortby") when the values
 * that are sorted by make it longer than CAIRN_TOKEN_MAX. */
cairn_code cairn_token_write(const cairn_token *token, const cairn_sort *sort, cairn_span key, cairn_arena *arena,
                             cairn_buf *out, cairn_error *error);
/* CAIRN_INVALID (parameter "token") when the text was not written with this key, or for another sort. */
cairn_code cairn_token_read(cairn_span text, const cairn_sort *sort, cairn_span key, cairn_arena *arena,
                            cairn_token *out, cairn_error *error);

#endif
