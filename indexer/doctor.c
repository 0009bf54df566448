#include "indexer/doctor.h"

#include <stdlib.h>

#define KEPT_BYTES ((size_t)1 << 30)
#define ITEM_BYTES ((size_t)1 << 30)

bool cairn_doctor_init(cairn_doctor *doctor)
{
    doctor->collections = calloc(CAIRN_DOCTOR_COLLECTIONS, sizeof *doctor->collections);
    doctor->arena = cairn_arena_new(KEPT_BYTES);
    doctor->scratch = cairn_arena_new(ITEM_BYTES);
    if (doctor->collections && doctor->arena && doctor->scratch)
        return true;
    cairn_doctor_free(doctor);
    return false;
}

void cairn_doctor_free(cairn_doctor *doctor)
{
    free(doctor->collections);
    cairn_arena_free(doctor->arena);
    cairn_arena_free(doctor->scratch);
    doctor->collections = NULL;
    doctor->arena = doctor->scratch = NULL;
}

/* Where the collection is, or belongs. */
static size_t place_of(const cairn_doctor *doctor, cairn_span id, bool *found)
{
    size_t low = 0, high = doctor->n_collections;
    *found = false;
    while (low < high && !*found) {
        size_t middle = low + (high - low) / 2;
        int order = cairn_span_compare(doctor->collections[middle]->collection, id);
        *found = order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

static cairn_doctor_counts *counts_of(cairn_doctor *doctor, cairn_span id)
{
    bool found;
    size_t at = place_of(doctor, id, &found);
    if (found)
        return doctor->collections[at];
    if (doctor->n_collections == CAIRN_DOCTOR_COLLECTIONS)
        return &doctor->others;
    cairn_doctor_counts *counts = cairn_arena_calloc(doctor->arena, 1, sizeof *counts);
    if (!counts)
        return NULL;
    counts->collection = cairn_arena_copy(doctor->arena, id);
    memmove(&doctor->collections[at + 1], &doctor->collections[at],
            (doctor->n_collections - at) * sizeof(doctor->collections[0]));
    doctor->collections[at] = counts;
    doctor->n_collections++;
    return counts->collection.p ? counts : NULL;
}

/* Codes are static texts, so the same one is the same pointer, or at least spells the same. */
static cairn_doctor_reason *reason_of(cairn_doctor *doctor, cairn_doctor_reason **list, const cairn_doctor_item *item,
                                      const cairn_loads_verdict *verdict)
{
    for (; *list; list = &(*list)->next)
        if ((*list)->verdict.loads == verdict->loads && strcmp((*list)->verdict.code, verdict->code) == 0)
            return *list;
    cairn_doctor_reason *reason = cairn_arena_calloc(doctor->arena, 1, sizeof *reason);
    if (!reason)
        return NULL;
    reason->verdict = *verdict;
    if (verdict->asset.p)
        reason->verdict.asset = cairn_arena_copy(doctor->arena, verdict->asset);
    reason->collection = cairn_arena_copy(doctor->arena, item->collection);
    reason->id = cairn_arena_copy(doctor->arena, item->id);
    *list = reason;
    return reason->id.p ? reason : NULL;
}

static bool count(cairn_doctor *doctor, cairn_doctor_counts *counts, const cairn_doctor_item *item,
                  const cairn_loads_verdict *verdicts, unsigned before)
{
    counts->items++;
    for (size_t i = 0; i < CAIRN_N_CLIENTS; i++) {
        counts->loads[i] += verdicts[i].loads;
        counts->before[i] += before >> i & 1;
        if (!verdicts[i].code)
            continue;
        cairn_doctor_reason *reason = reason_of(doctor, &counts->reasons[i], item, &verdicts[i]);
        if (!reason)
            return false;
        reason->items++;
    }
    return true;
}

cairn_code cairn_doctor_take(cairn_doctor *doctor, const cairn_doctor_item *item, const cairn_loads_verdict **verdicts,
                             cairn_error *error)
{
    cairn_span own = item->source.p ? item->source : item->served;
    unsigned before = 0;
    cairn_arena_reset(doctor->scratch);
    cairn_loads_verdict *found = cairn_arena_alloc(doctor->scratch, CAIRN_N_CLIENTS * sizeof *found);
    if (!found)
        return cairn_error_no_memory(error);
    cairn_code code = cairn_loads_item(doctor->source ? own : item->served, doctor->scratch, found, error);
    if (code == CAIRN_OK && doctor->compare)
        code = cairn_loads_mask(own, doctor->scratch, &before, error);
    if (code != CAIRN_OK)
        return code;
    cairn_doctor_counts *counts = counts_of(doctor, item->collection);
    *verdicts = found;
    bool ok = counts && count(doctor, counts, item, found, before) && count(doctor, &doctor->all, item, found, before);
    return ok ? CAIRN_OK : cairn_error_no_memory(error);
}

bool cairn_doctor_all_well(const cairn_doctor *doctor)
{
    for (size_t i = 0; i < CAIRN_N_CLIENTS; i++)
        if (doctor->wanted[i] && doctor->all.loads[i] < doctor->all.items)
            return false;
    return doctor->refused == 0;
}
