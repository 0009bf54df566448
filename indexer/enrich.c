#include "indexer/enrich.h"

#include "indexer/interrupt.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define BATCH_BYTES  ((size_t)1 << 30)
#define THREAD_BYTES ((size_t)256 << 20)
enum { TOLD_MAX = 1 << 20 };

/* ---- opening the files ---- */

typedef struct work {
    cairn_enrich_asset **assets;
    size_t n;
    atomic_size_t next;
} work;

typedef struct worker {
    work *work;
    cairn_arena *arena;
    pthread_t thread;
} worker;

static void open_asset(cairn_enrich_asset *asset, cairn_arena *arena)
{
    cairn_raster *raster = cairn_arena_calloc(arena, 1, sizeof *raster);
    if (!raster)
        cairn_error_no_memory(&asset->error);
    else if (cairn_raster_open(asset->href, arena, raster, &asset->error) == CAIRN_OK)
        asset->raster = raster;
    asset->tried = true;
}

static void *work_on(void *context)
{
    const worker *self = context;
    for (size_t at; !cairn_interrupted() && (at = atomic_fetch_add(&self->work->next, 1)) < self->work->n;)
        open_asset(self->work->assets[at], self->arena);
    return NULL;
}

/* The calling thread is one of them, so that a thread that can't be had is no fault. */
static cairn_code open_all(cairn_enrich *enrich, cairn_enrich_asset **assets, size_t n, cairn_error *error)
{
    work all = {.assets = assets, .n = n};
    worker *workers = calloc(enrich->jobs, sizeof *workers);
    size_t wanted = n < enrich->jobs ? n : enrich->jobs, started = 1;
    if (!workers)
        return cairn_error_no_memory(error);
    for (size_t i = 0; i < enrich->jobs; i++)
        workers[i] = (worker){.work = &all, .arena = enrich->arenas[i]};
    while (started < wanted && pthread_create(&workers[started].thread, NULL, work_on, &workers[started]) == 0)
        started++;
    work_on(&workers[0]);
    for (size_t i = 1; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    free(workers);
    return CAIRN_OK;
}

static cairn_code open_batch(cairn_enrich *enrich, cairn_error *error)
{
    size_t n = 0, at = 0;
    for (size_t i = 0; i < enrich->n; i++)
        n += enrich->entries[i].item.n_wanted;
    if (n == 0)
        return CAIRN_OK;
    cairn_enrich_asset **assets = cairn_arena_calloc(enrich->arena, n, sizeof(cairn_enrich_asset *));
    if (!assets)
        return cairn_error_no_memory(error);
    for (size_t i = 0; i < enrich->n; i++)
        for (size_t k = 0; k < enrich->entries[i].item.n_wanted; k++)
            assets[at++] = &enrich->entries[i].item.wanted[k];
    return open_all(enrich, assets, n, error);
}

/* ---- what came of it ---- */

static void tell_failure(cairn_enrich *enrich, const cairn_enrich_entry *entry, const cairn_enrich_asset *asset)
{
    char pointer[CAIRN_ERROR_POINTER_MAX];
    cairn_json_pointer(pointer, "/assets", asset->node->key);
    const cairn_journal_note note = {
        .source = entry->name.p, .pointer = cairn_span_of(pointer), .message = cairn_span_of(asset->error.message)};
    enrich->counts.failed++;
    cairn_journal_refuse(enrich->journal, &note, CAIRN_SPAN_NONE, false);
}

static bool is_done(const cairn_enrich_item *item)
{
    for (size_t i = 0; i < item->n_wanted; i++)
        if (!item->wanted[i].tried)
            return false;
    return true;
}

static cairn_code finish(cairn_enrich *enrich, cairn_enrich_entry *entry, cairn_error *error)
{
    cairn_buf told = CAIRN_BUF_INIT(TOLD_MAX);
    cairn_enrich_item *item = &entry->item;
    entry->left = !is_done(item);
    if (entry->left)
        return CAIRN_OK;
    for (size_t i = 0; i < item->n_wanted; i++)
        if (item->wanted[i].raster)
            enrich->counts.opened++;
        else
            tell_failure(enrich, entry, &item->wanted[i]);
    item->told = &told;
    cairn_code code = cairn_enrich_fill(item, &enrich->rules, error);
    entry->told = cairn_arena_copy(enrich->arena, cairn_buf_span(&told));
    cairn_buf_free(&told);
    enrich->counts.items++;
    enrich->counts.complete += item->n_wanted == 0 && item->passed_over == 0;
    enrich->counts.items_passed_over += item->n_wanted == 0 && item->passed_over > 0;
    enrich->counts.changed += item->changed;
    enrich->counts.passed_over += item->passed_over;
    return code == CAIRN_OK && !entry->told.p ? cairn_error_no_memory(error) : code;
}

cairn_code cairn_enrich_run(cairn_enrich *enrich, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < enrich->n && code == CAIRN_OK; i++) {
        cairn_enrich_entry *entry = &enrich->entries[i];
        code = cairn_enrich_read(entry->text, entry->base, &enrich->rules, enrich->arena, &entry->item, error);
    }
    if (code == CAIRN_OK)
        code = open_batch(enrich, error);
    for (size_t i = 0; i < enrich->n && code == CAIRN_OK; i++)
        code = finish(enrich, &enrich->entries[i], error);
    return code;
}

/* ---- its memory ---- */

void cairn_enrich_begin(cairn_enrich *enrich)
{
    cairn_arena_reset(enrich->arena);
    for (size_t i = 0; i < enrich->jobs; i++)
        cairn_arena_reset(enrich->arenas[i]);
    enrich->n = 0;
}

bool cairn_enrich_open(cairn_enrich *enrich)
{
    enrich->arena = cairn_arena_new(BATCH_BYTES);
    enrich->arenas = calloc(enrich->jobs, sizeof(cairn_arena *));
    bool ok = enrich->arena && enrich->arenas;
    for (size_t i = 0; ok && i < enrich->jobs; i++)
        ok = (enrich->arenas[i] = cairn_arena_new(THREAD_BYTES)) != NULL;
    return ok;
}

void cairn_enrich_close(cairn_enrich *enrich)
{
    for (size_t i = 0; enrich->arenas && i < enrich->jobs; i++)
        cairn_arena_free(enrich->arenas[i]);
    free(enrich->arenas);
    cairn_arena_free(enrich->arena);
}
