#include "store/sqlite/item_cache.h"

#include <stdalign.h>
#include <stdlib.h>

enum { LEAST_BYTES = 1 << 20, BYTES_A_SLOT = 4096, LARGEST_SHARE = 8 };

/* Positions only grow; a place in the ring is a position modulo its size. What lies before `tail` was overwritten. */
struct item_cache {
    char *ring;
    size_t bytes;
    uint64_t tail, head;
    uint64_t epoch;
    unsigned shift;  /* of a hash, to a slot */
    uint64_t *slots; /* position of the item that was entered last among those of the slot; 0: none */
};

item_cache *item_cache_new(size_t bytes)
{
    unsigned bits = 8;
    if (bytes < LEAST_BYTES)
        return NULL;
    bytes -= bytes % alignof(cached_item);
    while (((size_t)BYTES_A_SLOT << bits) < bytes)
        bits++;
    item_cache *cache = calloc(1, sizeof *cache);
    char *ring = malloc(bytes);
    uint64_t *slots = calloc((size_t)1 << bits, sizeof *slots);
    if (!cache || !ring || !slots) {
        free(cache);
        free(ring);
        free(slots);
        return NULL;
    }
    *cache =
        (item_cache){.ring = ring, .bytes = bytes, .tail = bytes, .head = bytes, .shift = 64 - bits, .slots = slots};
    return cache;
}

void item_cache_free(item_cache *cache)
{
    if (!cache)
        return;
    free(cache->ring);
    free(cache->slots);
    free(cache);
}

void item_cache_begin(item_cache *cache, uint64_t epoch)
{
    cache->epoch = epoch;
}

static uint64_t *slot_of(item_cache *cache, int64_t key)
{
    return &cache->slots[(uint64_t)key * 0x9E3779B97F4A7C15u >> cache->shift];
}

static cached_item *at(item_cache *cache, uint64_t position)
{
    return (cached_item *)(void *)(cache->ring + position % cache->bytes);
}

static cached_item *find(item_cache *cache, int64_t key)
{
    uint64_t position = *slot_of(cache, key);
    if (position < cache->tail)
        return NULL;
    cached_item *item = at(cache, position);
    return item->key == key ? item : NULL;
}

const cached_item *item_cache_get(item_cache *cache, int64_t key)
{
    const cached_item *item = find(cache, key);
    return item && item->epoch == cache->epoch ? item : NULL;
}

const cached_item *item_cache_confirm(item_cache *cache, int64_t key, const cairn_item_row *row)
{
    const cairn_packed *packed = &row->body;
    cached_item *item = find(cache, key);
    if (!item || item->crc != packed->crc || item->length != packed->length || item->n_packed != packed->bytes.n ||
        item->packed_crc != cairn_crc32(packed->bytes))
        return NULL;
    item->epoch = cache->epoch;
    item->changed = row->changed;
    item->traits = row->traits;
    return item;
}

/* Makes room for `size` bytes in one piece at the head. */
static cached_item *make_room(item_cache *cache, size_t size)
{
    size_t to_end = cache->bytes - cache->head % cache->bytes;
    if (to_end < size)
        cache->head += to_end;
    /* What is overwritten needs not be looked at: its slots lead before the tail. */
    if (cache->head + size > cache->tail + cache->bytes)
        cache->tail = cache->head + size - cache->bytes;
    return at(cache, cache->head);
}

cairn_code item_cache_enter(item_cache *cache, cairn_codec *codec, int64_t key, const cairn_item_row *row,
                            const cached_item **out, cairn_error *error)
{
    const cairn_packed *packed = &row->body;
    *out = NULL;
    if (packed->length > cache->bytes / LARGEST_SHARE)
        return CAIRN_OK;
    size_t room = packed->length + 1, align = alignof(cached_item); /* one more for who unpacks */
    size_t size = (sizeof(cached_item) + room + align - 1) / align * align;
    cached_item *item = make_room(cache, size);
    cairn_buf text = {.p = (char *)(item + 1), .cap = room, .max = room};
    cairn_code code = cairn_unpack(codec, packed, true, &text, error);
    if (code)
        return code;
    *item = (cached_item){.key = key,
                          .epoch = cache->epoch,
                          .crc = packed->crc,
                          .length = packed->length,
                          .text = text.p,
                          .packed_crc = cairn_crc32(packed->bytes),
                          .n_packed = packed->bytes.n,
                          .changed = row->changed,
                          .traits = row->traits};
    *slot_of(cache, key) = cache->head;
    cache->head += size;
    *out = item;
    return CAIRN_OK;
}
