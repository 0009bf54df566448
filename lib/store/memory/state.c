#include "store/memory/state.h"

#include <stdint.h>
#include <stdlib.h>

void *memory_record_new(size_t size, size_t text)
{
    if (text > SIZE_MAX - size)
        return NULL;
    memory_record *record = calloc(1, size + text);
    if (record)
        record->references = 1;
    return record;
}

void memory_keep(char **at, cairn_span *span)
{
    if (!span->p)
        return;
    if (span->n)
        memcpy(*at, span->p, span->n);
    span->p = *at;
    *at += span->n;
}

void memory_record_release(memory_record *record)
{
    if (record && --record->references == 0)
        free(record);
}

/* ---- lists ---- */

static int compare_key(const memory_record *record, cairn_span group, cairn_span id)
{
    int order = cairn_span_compare(record->group, group);
    return order ? order : cairn_span_compare(record->id, id);
}

/* Where the key is, or belongs. */
static size_t place_of(const memory_list *list, cairn_span group, cairn_span id, bool *found)
{
    size_t low = 0, high = list->n;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_key(list->at[middle], group, id);
        *found = *found || order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

memory_record *memory_list_find(const memory_list *list, cairn_span group, cairn_span id)
{
    bool found;
    size_t place = place_of(list, group, id, &found);
    return found ? list->at[place] : NULL;
}

static bool grow(memory_list *list)
{
    if (list->n < list->cap)
        return true;
    size_t cap = list->cap ? list->cap * 2 : 64;
    memory_record **at =
        cap > SIZE_MAX / sizeof(memory_record *) ? NULL : realloc(list->at, cap * sizeof(memory_record *));
    if (!at)
        return false;
    list->at = at;
    list->cap = cap;
    return true;
}

bool memory_list_put(memory_list *list, memory_record *take_record)
{
    bool found;
    size_t place = place_of(list, take_record->group, take_record->id, &found);
    if (found) {
        memory_record_release(list->at[place]);
        list->at[place] = take_record;
        return true;
    }
    if (!grow(list)) {
        memory_record_release(take_record);
        return false;
    }
    memmove(list->at + place + 1, list->at + place, (list->n - place) * sizeof(memory_record *));
    list->at[place] = take_record;
    list->n++;
    return true;
}

bool memory_list_remove(memory_list *list, cairn_span group, cairn_span id)
{
    bool found;
    size_t place = place_of(list, group, id, &found);
    if (!found)
        return false;
    memory_record_release(list->at[place]);
    list->n--;
    memmove(list->at + place, list->at + place + 1, (list->n - place) * sizeof(memory_record *));
    return true;
}

static bool list_copy(memory_list *to, const memory_list *from)
{
    to->at = calloc(from->n + 1, sizeof(memory_record *));
    if (!to->at)
        return false;
    to->cap = from->n + 1;
    for (; to->n < from->n; to->n++) {
        to->at[to->n] = from->at[to->n];
        to->at[to->n]->references++;
    }
    return true;
}

static void list_free(memory_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        memory_record_release(list->at[i]);
    free(list->at);
}

/* ---- states ---- */

memory_state *memory_state_copy(const memory_state *from)
{
    static const memory_state EMPTY;
    memory_state *state = calloc(1, sizeof *state);
    if (!from)
        from = &EMPTY;
    if (!state || !list_copy(&state->items, &from->items) || !list_copy(&state->collections, &from->collections) ||
        !list_copy(&state->promoted, &from->promoted)) {
        memory_state_free(state);
        return NULL;
    }
    state->root = from->root;
    if (state->root)
        state->root->record.references++;
    state->generation = from->generation;
    return state;
}

void memory_state_free(memory_state *state)
{
    if (!state)
        return;
    list_free(&state->items);
    list_free(&state->collections);
    list_free(&state->promoted);
    memory_record_release(state->root ? &state->root->record : NULL);
    free(state);
}
