#include "store/memory/internal.h"

#include <stdlib.h>

/* The items that match, in order; whatever the page. */
typedef struct hits {
    const memory_item **at;
    size_t n;
} hits;

static cairn_position position_of(const memory_item *item)
{
    return (cairn_position){.time = item->time, .collection = item->record.group, .id = item->record.id};
}

static int compare_items(const void *a, const void *b)
{
    cairn_position left = position_of(*(memory_item *const *)a), right = position_of(*(memory_item *const *)b);
    return cairn_position_compare(&left, &right);
}

static bool is_named(const cairn_search *search, const memory_item *item)
{
    return (search->n_ids == 0 || cairn_list_has(search->ids, search->n_ids, item->record.id)) &&
           (search->n_collections == 0 ||
            cairn_list_has(search->collections, search->n_collections, item->record.group));
}

static cairn_code matches(const cairn_search *search, cairn_area *area, const memory_item *item, bool *yes,
                          cairn_error *error)
{
    *yes = is_named(search, item) && (!search->has_datetime || cairn_interval_meets(item->range, search->datetime));
    if (!*yes || !area)
        return CAIRN_OK;
    if (item->has_place)
        return cairn_area_meets(area, item->box, item->wkb, yes, error);
    *yes = search->null_geometry_hits;
    return CAIRN_OK;
}

static cairn_code find_hits(cairn_session *session, const memory_state *state, const cairn_search *search,
                            cairn_area *area, hits *found, cairn_error *error)
{
    found->at = calloc(state->items.n + 1, sizeof(memory_item *));
    if (!found->at)
        return cairn_error_set(error, CAIRN_NOMEM, "no memory for the hits of a search");
    for (size_t i = 0; i < state->items.n; i++) {
        bool yes;
        cairn_code code = matches(search, area, memory_item_at(state, i), &yes, error);
        if (code != CAIRN_OK)
            return code;
        if (memory_session_is_late(session))
            return cairn_error_set(error, CAIRN_DEADLINE, "the time for this request is over");
        if (yes)
            found->at[found->n++] = memory_item_at(state, i);
    }
    qsort(found->at, found->n, sizeof(memory_item *), compare_items);
    return CAIRN_OK;
}

/* The hits from which a page may be taken: those on its side of the position. */
static void pick_side(const hits *found, const cairn_page *page, size_t *first, size_t *end)
{
    *first = 0;
    *end = found->n;
    if (!page->position)
        return;
    size_t before = 0, not_after = 0;
    for (size_t i = 0; i < found->n; i++) {
        cairn_position at = position_of(found->at[i]);
        int order = cairn_position_compare(&at, page->position);
        before += order < 0;
        not_after += order <= 0;
    }
    if (page->backward)
        *end = before;
    else
        *first = not_after;
}

static bool has_room(const cairn_page *page, size_t taken, uint64_t bytes, const memory_item *next)
{
    if (taken >= page->limit)
        return false;
    bool bounded = page->max_bytes != 0 && !page->without_body && taken > 0;
    return !bounded || bytes + next->body.length <= page->max_bytes;
}

/* Narrows the side to the page: from its start, or from its end when going backward. */
static bool pick_page(const hits *found, const cairn_page *page, size_t *first, size_t *end)
{
    size_t n = *end - *first, taken = 0;
    uint64_t bytes = 0;
    for (; taken < n; taken++) {
        const memory_item *next = found->at[page->backward ? *end - 1 - taken : *first + taken];
        if (!has_room(page, taken, bytes, next))
            break;
        bytes += next->body.length;
    }
    if (page->backward)
        *first = *end - taken;
    else
        *end = *first + taken;
    return taken < n;
}

static cairn_code deliver(const hits *found, size_t first, size_t end, const cairn_page *page, cairn_item_sink sink,
                          void *context, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = first; i < end && code == CAIRN_OK; i++) {
        cairn_item_row row;
        memory_item_to_row(found->at[i], page->without_body, &row);
        code = sink(context, &row, error);
    }
    return code;
}

static bool keep_ends(const hits *found, size_t first, size_t end, cairn_arena *arena, cairn_result *result)
{
    if (first == end)
        return true;
    cairn_position from = position_of(found->at[first]), to = position_of(found->at[end - 1]);
    return cairn_position_copy(arena, &from, &result->first) && cairn_position_copy(arena, &to, &result->last);
}

cairn_code memory_search(cairn_session *session, const cairn_search *search, const cairn_page *page, cairn_arena *arena,
                         cairn_item_sink sink, void *context, cairn_result *result, cairn_error *error)
{
    const memory_state *state = memory_session_state(session, error);
    if (!state)
        return error ? error->code : CAIRN_INTERNAL;
    cairn_area *area = NULL;
    hits found = {NULL, 0};
    cairn_code code = cairn_search_area(search, session->geos, arena, &area, error);
    if (code == CAIRN_OK)
        code = find_hits(session, state, search, area, &found, error);
    if (code == CAIRN_OK) {
        size_t first, end;
        pick_side(&found, page, &first, &end);
        result->more = pick_page(&found, page, &first, &end);
        result->returned = (uint32_t)(end - first);
        result->looked_at = state->items.n;
        result->matched_known = page->count_budget > 0;
        result->matched = result->matched_known ? found.n : 0;
        if (!keep_ends(&found, first, end, arena, result))
            code = cairn_error_set(error, CAIRN_NOMEM, "no memory for the ends of a page");
        else
            code = deliver(&found, first, end, page, sink, context, error);
    }
    free(found.at);
    return code;
}
