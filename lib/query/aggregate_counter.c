#include "query/aggregate_counter.h"

#include "base/secret.h"

#include <stdlib.h>

enum { FIRST_ROOM = 64 };

/* The key's place, or the free one where it belongs. The table is never full. */
static cairn_count *place_of(const cairn_counter *counter, cairn_span key, uint64_t hash)
{
    size_t i = (size_t)hash & (counter->room - 1);
    while (counter->at[i].key.p && (counter->at[i].hash != hash || !cairn_span_equal(counter->at[i].key, key)))
        i = (i + 1) & (counter->room - 1);
    return &counter->at[i];
}

static bool grow(cairn_counter *counter)
{
    if (counter->room && counter->n < counter->room / 2)
        return true;
    cairn_counter larger = {.n = counter->n, .room = counter->room ? counter->room * 2 : FIRST_ROOM};
    larger.at = calloc(larger.room, sizeof *larger.at);
    if (!larger.at)
        return false;
    for (size_t i = 0; i < counter->room; i++)
        if (counter->at[i].key.p)
            *place_of(&larger, counter->at[i].key, counter->at[i].hash) = counter->at[i];
    free(counter->at);
    *counter = larger;
    return true;
}

bool cairn_counter_add(cairn_counter *counter, cairn_span key, uint64_t times, uint64_t item, cairn_arena *arena)
{
    uint64_t hash = cairn_hash64(key);
    if (!grow(counter))
        return false;
    cairn_count *count = place_of(counter, key, hash);
    if (!count->key.p) {
        cairn_span kept = cairn_arena_copy(arena, key);
        if (!kept.p)
            return false;
        *count = (cairn_count){.key = kept, .hash = hash};
        counter->n++;
    }
    if (count->item != item)
        count->count += times;
    count->item = item;
    return true;
}

void cairn_counter_free(cairn_counter *counter)
{
    free(counter->at);
    *counter = (cairn_counter){0};
}
