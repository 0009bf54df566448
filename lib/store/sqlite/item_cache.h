/* Texts of items that were unpacked, kept in memory for a session: a ring of bytes in which the oldest are overwritten.
 *
 * Nothing stale is given. What was entered is good as it is in one epoch of the session (internal.h). Afterwards it
 * must be confirmed: the row is read again, and has to have the text's CRC-32 and length, and those of the packed
 * bytes. Thread-safety: belongs to a session. */
#ifndef CAIRN_STORE_SQLITE_ITEM_CACHE_H
#define CAIRN_STORE_SQLITE_ITEM_CACHE_H

#include "store/store.h"

typedef struct item_cache item_cache;

typedef struct cached_item {
    int64_t key;
    uint64_t epoch; /* in which it was confirmed */
    uint32_t crc;   /* of the text, as it is stored */
    size_t length;
    const char *text;
    uint32_t packed_crc; /* of the packed bytes, */
    size_t n_packed;     /* and how many they are */
    int64_t changed;     /* see cairn_item_row */
    unsigned traits;
} cached_item;

/* Memory is touched as it is used. NULL when out of memory, or when `bytes` are too few to be of use. */
item_cache *item_cache_new(size_t bytes);
void item_cache_free(item_cache *cache);

/* Call in each transaction, with the epoch it is in (from 1), before anything else. */
void item_cache_begin(item_cache *cache, uint64_t epoch);
/* What is good as it is; NULL: nothing. Valid until the next item_cache_enter(). */
const cached_item *item_cache_get(item_cache *cache, int64_t key);
/* The same for a row that was read: what has the same packed bytes is good again. */
const cached_item *item_cache_confirm(item_cache *cache, int64_t key, const cairn_item_row *row);
/* Unpacks and keeps a row's text. *out is NULL when it is too large to be kept. */
cairn_code item_cache_enter(item_cache *cache, cairn_codec *codec, int64_t key, const cairn_item_row *row,
                            const cached_item **out, cairn_error *error);

#endif
