/* An arena: memory for one request or one ingested record, freed at once, with a hard cap.
 * Foreign resources (json_t, GEOSGeometry, statements) register a deferred cleanup.
 * Thread-safety: an arena belongs to one thread at a time. */
#ifndef CAIRN_BASE_ARENA_H
#define CAIRN_BASE_ARENA_H

#include "base/span.h"

typedef struct cairn_arena cairn_arena;

/* A new arena that hands out at most `cap` bytes in total between resets; NULL when out of memory.
 * The caller owns it (cairn_arena_free). */
cairn_arena *cairn_arena_new(size_t cap);

/* Memory of `n` bytes, aligned for any type, not zeroed; NULL at the cap or out of memory. O(1). */
void *cairn_arena_alloc(cairn_arena *arena, size_t n);
/* The same, zeroed; `count * size` is checked for overflow. */
void *cairn_arena_calloc(cairn_arena *arena, size_t count, size_t size);

/* A copy of the bytes with a NUL behind them (not counted in n); {NULL,0} at the cap. */
cairn_span cairn_arena_copy(cairn_arena *arena, cairn_span bytes);
/* printf into the arena; {NULL,0} at the cap. NUL-terminated. */
cairn_span cairn_arena_printf(cairn_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Runs `cleanup(object)` when the arena is reset or freed, last registered first. False at the cap: then the
 * caller still owns the object. */
bool cairn_arena_defer(cairn_arena *arena, void (*cleanup)(void *object), void *object);

/* Runs the deferred cleanups now, for objects that must not outlive something else; the memory stays. */
void cairn_arena_settle(cairn_arena *arena);
/* Runs the deferred cleanups and makes the memory free for reuse, keeping one block. */
void cairn_arena_reset(cairn_arena *arena);
void cairn_arena_free(cairn_arena *arena);

/* Bytes handed out since the last reset. */
size_t cairn_arena_used(const cairn_arena *arena);

#endif
