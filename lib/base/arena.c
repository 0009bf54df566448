#include "base/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { ALIGNMENT = _Alignof(max_align_t), FIRST_BLOCK = 8 << 10, LARGEST_STEP = 1 << 20 };

typedef struct block {
    struct block *next;
    size_t size; /* of `bytes` */
    size_t used;
    _Alignas(max_align_t) char bytes[];
} block;

typedef struct deferred {
    struct deferred *next;
    void (*cleanup)(void *object);
    void *object;
} deferred;

struct cairn_arena {
    block *blocks; /* the newest, from which is handed out, first */
    deferred *deferred;
    size_t cap;
    size_t used;
};

static size_t round_up(size_t n)
{
    return n > SIZE_MAX - ALIGNMENT ? SIZE_MAX - SIZE_MAX % ALIGNMENT : (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

cairn_arena *cairn_arena_new(size_t cap)
{
    cairn_arena *arena = calloc(1, sizeof *arena);
    if (arena)
        arena->cap = round_up(cap);
    return arena;
}

/* Blocks double, so that a big arena has few, and never reach far beyond what the cap still allows. */
static size_t next_block_size(const cairn_arena *arena, size_t n)
{
    size_t size = arena->blocks ? arena->blocks->size : FIRST_BLOCK / 2;
    size = size < LARGEST_STEP / 2 ? size * 2 : LARGEST_STEP;
    size_t left = arena->cap - arena->used;
    if (size > left)
        size = left;
    return size > n ? size : n;
}

static block *add_block(cairn_arena *arena, size_t n)
{
    size_t size = next_block_size(arena, n);
    if (size > SIZE_MAX - sizeof(block))
        return NULL;
    block *added = malloc(sizeof *added + size);
    if (!added)
        return NULL;
    added->size = size;
    added->used = 0;
    added->next = arena->blocks;
    arena->blocks = added;
    return added;
}

void *cairn_arena_alloc(cairn_arena *arena, size_t n)
{
    size_t rounded = round_up(n ? n : 1);
    if (n > rounded || rounded > arena->cap - arena->used)
        return NULL;
    block *b = arena->blocks;
    if ((!b || rounded > b->size - b->used) && !(b = add_block(arena, rounded)))
        return NULL;
    void *p = b->bytes + b->used;
    b->used += rounded;
    arena->used += rounded;
    return p;
}

void *cairn_arena_calloc(cairn_arena *arena, size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n))
        return NULL;
    void *p = cairn_arena_alloc(arena, n);
    return p ? memset(p, 0, n) : NULL;
}

cairn_span cairn_arena_copy(cairn_arena *arena, cairn_span bytes)
{
    char *p = bytes.n < SIZE_MAX ? cairn_arena_alloc(arena, bytes.n + 1) : NULL;
    if (!p)
        return CAIRN_SPAN_NONE;
    if (bytes.n)
        memcpy(p, bytes.p, bytes.n);
    p[bytes.n] = '\0';
    return (cairn_span){p, bytes.n};
}

cairn_span cairn_arena_printf(cairn_arena *arena, const char *format, ...)
{
    va_list ap;
    va_list again;
    va_start(ap, format);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    char *p = n >= 0 ? cairn_arena_alloc(arena, (size_t)n + 1) : NULL;
    if (p)
        vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    va_end(ap);
    return p ? (cairn_span){p, (size_t)n} : CAIRN_SPAN_NONE;
}

bool cairn_arena_defer(cairn_arena *arena, void (*cleanup)(void *object), void *object)
{
    deferred *d = cairn_arena_alloc(arena, sizeof *d);
    if (!d)
        return false;
    *d = (deferred){arena->deferred, cleanup, object};
    arena->deferred = d;
    return true;
}

void cairn_arena_settle(cairn_arena *arena)
{
    while (arena->deferred) {
        deferred *d = arena->deferred;
        arena->deferred = d->next;
        d->cleanup(d->object);
    }
}

/* Frees all blocks but the largest of ordinary size: one huge record must not stay in memory for ever. */
static block *keep_one(block *blocks)
{
    block *kept = NULL;
    while (blocks) {
        block *next = blocks->next;
        block *freed = blocks;
        if (blocks->size <= LARGEST_STEP && (!kept || blocks->size > kept->size)) {
            freed = kept;
            kept = blocks;
        }
        free(freed);
        blocks = next;
    }
    return kept;
}

void cairn_arena_reset(cairn_arena *arena)
{
    cairn_arena_settle(arena);
    arena->blocks = keep_one(arena->blocks);
    if (arena->blocks) {
        arena->blocks->next = NULL;
        arena->blocks->used = 0;
    }
    arena->used = 0;
}

void cairn_arena_free(cairn_arena *arena)
{
    if (!arena)
        return;
    cairn_arena_reset(arena);
    free(arena->blocks);
    free(arena);
}

size_t cairn_arena_used(const cairn_arena *arena)
{
    return arena->used;
}
