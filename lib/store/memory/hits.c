/* What a search finds: every item is looked at, its whole text is unpacked for filters, words and sort keys. */
#include "store/memory/internal.h"

#include <stdlib.h>

enum { KEYS_MAX_BYTES = 1 << 30, SCRATCH_MAX_BYTES = 1 << 28 };

/* A search on its way over the items. */
typedef struct finder {
    cairn_session *session;
    const cairn_search *search;
    cairn_area *area;
    cairn_cql2_matcher *matcher;
    memory_text text;
    cairn_buf words;
    cairn_arena *scratch; /* of one item */
    memory_hits *hits;
    cairn_error *error;
} finder;

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "no memory for the hits of a search");
}

static bool is_named(const cairn_search *search, const memory_item *item)
{
    return (search->n_ids == 0 || cairn_list_has(search->ids, search->n_ids, item->record.id)) &&
           (search->n_collections == 0 ||
            cairn_list_has(search->collections, search->n_collections, item->record.group));
}

static cairn_code is_there(const finder *find, const memory_item *item, bool *yes)
{
    const cairn_search *search = find->search;
    *yes = is_named(search, item) && (!search->has_datetime || cairn_interval_meets(item->range, search->datetime));
    if (!*yes || !find->area)
        return CAIRN_OK;
    if (item->has_place)
        return cairn_area_meets(find->area, item->box, item->wkb, yes, find->error);
    *yes = search->null_geometry_hits;
    return CAIRN_OK;
}

static cairn_code has_words(finder *find, const memory_item *item, cairn_span properties, bool *yes)
{
    if (!find->search->text)
        return CAIRN_OK;
    cairn_buf_reset(&find->words);
    if (!cairn_text_words(item->record.id, properties, find->scratch, &find->words))
        return no_memory(find->error);
    *yes = cairn_text_matches(find->search->text, cairn_buf_span(&find->words));
    return CAIRN_OK;
}

static cairn_code passes_filter(finder *find, const cairn_cql2_record *record, bool *yes)
{
    cairn_truth truth = CAIRN_TRUE;
    if (!*yes || !find->matcher)
        return CAIRN_OK;
    find->hits->evaluated++;
    cairn_code code = cairn_cql2_match(find->matcher, record, find->scratch, &truth, find->error);
    *yes = truth == CAIRN_TRUE;
    return code;
}

static cairn_code add_hit(finder *find, const memory_item *item, const cairn_cql2_record *record)
{
    const cairn_sort *sort = &find->search->sort;
    cairn_sort_value keys[CAIRN_SORT_MAX_KEYS];
    cairn_position at = {.time = item->time, .collection = item->record.group, .id = item->record.id};
    memory_hit *hit = &find->hits->at[find->hits->n++];
    *hit = (memory_hit){item, at};
    if (sort->n == 0)
        return CAIRN_OK;
    at.keys = keys;
    at.n_keys = sort->n;
    if (!cairn_sort_values(sort, record, item->time, find->scratch, keys) ||
        !cairn_position_copy(find->hits->keys, &at, &hit->position))
        return no_memory(find->error);
    return CAIRN_OK;
}

/* What only the item's text tells. */
static cairn_code look_inside(finder *find, const memory_item *item)
{
    bool yes = true;
    cairn_cql2_item inside;
    cairn_cql2_record record;
    cairn_code code = memory_text_of(&find->text, find->session->codec, &item->body, find->error);
    if (code != CAIRN_OK)
        return code;
    cairn_cql2_item_open(&inside, cairn_buf_span(&find->text.whole), find->scratch, &record);
    inside.has_place = item->has_place;
    inside.box = item->box;
    inside.wkb = item->wkb;
    code = has_words(find, item, inside.properties, &yes);
    if (code == CAIRN_OK)
        code = passes_filter(find, &record, &yes);
    return code == CAIRN_OK && yes ? add_hit(find, item, &record) : code;
}

static cairn_code look_at(finder *find, const memory_item *item)
{
    const cairn_search *search = find->search;
    bool yes;
    cairn_code code = is_there(find, item, &yes);
    if (code != CAIRN_OK || !yes)
        return code;
    if (!search->filter && !search->text && search->sort.n == 0)
        return add_hit(find, item, NULL);
    cairn_arena_reset(find->scratch);
    return look_inside(find, item);
}

static int compare_hits(const void *a, const void *b, void *sort)
{
    return cairn_sort_compare(sort, &((const memory_hit *)a)->position, &((const memory_hit *)b)->position);
}

static cairn_code look_at_all(finder *find, const memory_state *state)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < state->items.n && code == CAIRN_OK; i++) {
        code = look_at(find, memory_item_at(state, i));
        if (code == CAIRN_OK && memory_session_is_late(find->session))
            code = cairn_error_set(find->error, CAIRN_DEADLINE, "the time for this request is over");
    }
    if (code == CAIRN_OK && find->hits->n)
        qsort_r(find->hits->at, find->hits->n, sizeof(memory_hit), compare_hits, (void *)&find->search->sort);
    return code;
}

static cairn_code prepare(finder *find, cairn_arena *arena)
{
    const cairn_search *search = find->search;
    cairn_geos *geos = find->session->geos;
    cairn_code code = cairn_search_area(search, geos, arena, &find->area, find->error);
    if (code == CAIRN_OK && search->filter)
        code = cairn_cql2_matcher_new(search->filter, geos, arena, &find->matcher, find->error);
    return code;
}

cairn_code memory_hits_find(cairn_session *session, const memory_state *state, const cairn_search *search,
                            cairn_arena *arena, memory_hits *out, cairn_error *error)
{
    finder find = {.session = session,
                   .search = search,
                   .text = MEMORY_TEXT_INIT,
                   .words = CAIRN_BUF_INIT(MEMORY_TEXT_MAX),
                   .scratch = cairn_arena_new(SCRATCH_MAX_BYTES),
                   .hits = out,
                   .error = error};
    *out = (memory_hits){.at = calloc(state->items.n + 1, sizeof(memory_hit)), .keys = cairn_arena_new(KEYS_MAX_BYTES)};
    cairn_code code = CAIRN_OK;
    if (!out->at || !out->keys || !find.scratch)
        code = no_memory(error);
    if (code == CAIRN_OK)
        code = prepare(&find, arena);
    if (code == CAIRN_OK)
        code = look_at_all(&find, state);
    memory_text_free(&find.text);
    cairn_buf_free(&find.words);
    cairn_arena_free(find.scratch);
    return code;
}

void memory_hits_free(memory_hits *hits)
{
    free(hits->at);
    cairn_arena_free(hits->keys);
}
