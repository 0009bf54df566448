#include "indexer/batch.h"

#include <stdlib.h>

static const size_t origins_cap = (size_t)1 << 30;

size_t cairn_batch_room(size_t max_bytes)
{
    return max_bytes < SIZE_MAX / 16 ? max_bytes * 16 : SIZE_MAX;
}

bool cairn_batch_init(cairn_batch *batch, size_t workers, size_t max_bytes)
{
    *batch = (cairn_batch){.text = CAIRN_BUF_INIT(max_bytes)};
    batch->origins = cairn_arena_new(origins_cap);
    batch->arenas = calloc(workers, sizeof(cairn_arena *));
    if (!batch->origins || !batch->arenas)
        return false;
    for (size_t i = 0; i < workers; i++) {
        batch->arenas[i] = cairn_arena_new(cairn_batch_room(max_bytes));
        if (!batch->arenas[i])
            return false;
        batch->arena_n++;
    }
    return true;
}

void cairn_batch_free(cairn_batch *batch)
{
    for (size_t i = 0; i < batch->arena_n; i++)
        cairn_arena_free(batch->arenas[i]);
    free(batch->arenas);
    cairn_arena_free(batch->origins);
    cairn_buf_free(&batch->text);
    free(batch->outcomes);
    *batch = (cairn_batch){0};
}

void cairn_batch_reset(cairn_batch *batch)
{
    for (size_t i = 0; i < batch->arena_n; i++)
        cairn_arena_reset(batch->arenas[i]);
    cairn_arena_reset(batch->origins);
    cairn_buf_reset(&batch->text);
    batch->n = batch->claimed = batch->done = 0;
    batch->origin = NULL;
    batch->origin_serial = 0;
}

static cairn_span copy_span(cairn_arena *arena, cairn_span span, bool *ok)
{
    cairn_span copy = span.p ? cairn_arena_copy(arena, span) : CAIRN_SPAN_NONE;
    *ok = *ok && (copy.p || !span.p);
    return copy;
}

static bool copy_origin(cairn_batch *batch, const cairn_origin *origin)
{
    if (batch->origin && batch->origin_serial == origin->serial)
        return true;
    cairn_origin *copy = cairn_arena_alloc(batch->origins, sizeof *copy);
    if (!copy)
        return false;
    bool ok = true;
    *copy = *origin;
    copy->name = copy_span(batch->origins, origin->name, &ok);
    copy->base = copy_span(batch->origins, origin->base, &ok);
    copy->asset_base = copy_span(batch->origins, origin->asset_base, &ok);
    copy->collection = copy_span(batch->origins, origin->collection, &ok);
    batch->origin = copy;
    batch->origin_serial = origin->serial;
    return ok;
}

static bool grow(cairn_batch *batch)
{
    if (batch->n < batch->cap)
        return true;
    size_t cap = batch->cap ? batch->cap * 2 : 256;
    cairn_outcome *outcomes = reallocarray(batch->outcomes, cap, sizeof *outcomes);
    if (!outcomes)
        return false;
    batch->outcomes = outcomes;
    batch->cap = cap;
    return true;
}

bool cairn_batch_add(cairn_batch *batch, const cairn_record *record)
{
    if (!grow(batch) || !copy_origin(batch, record->origin))
        return false;
    const char *fault = record->fault;
    if (fault)
        fault = cairn_arena_copy(batch->origins, cairn_span_of(fault)).p;
    if (record->fault && !fault)
        return false;
    batch->outcomes[batch->n++] = (cairn_outcome){.origin = batch->origin,
                                                  .text = record->text,
                                                  .line = record->line,
                                                  .is_checked = record->is_checked,
                                                  .is_root = record->is_root,
                                                  .fault = fault};
    return record->fault || cairn_buf_add_span(&batch->text, record->text);
}

void cairn_batch_seal(cairn_batch *batch)
{
    size_t at = 0;
    for (size_t i = 0; i < batch->n; i++) {
        cairn_outcome *outcome = &batch->outcomes[i];
        if (outcome->fault)
            continue;
        outcome->text.p = batch->text.p + at;
        at += outcome->text.n;
    }
}
