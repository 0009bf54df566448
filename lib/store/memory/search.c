/* A page of what a search finds. */
#include "store/memory/internal.h"

/* The hits from which a page may be taken: those on its side of the position. */
static void pick_side(const memory_hits *found, const cairn_sort *sort, const cairn_page *page, size_t *first,
                      size_t *end)
{
    *first = 0;
    *end = found->n;
    if (!page->position)
        return;
    size_t before = 0, not_after = 0;
    for (size_t i = 0; i < found->n; i++) {
        int order = cairn_sort_compare(sort, &found->at[i].position, page->position);
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
static bool pick_page(const memory_hits *found, const cairn_page *page, size_t *first, size_t *end)
{
    size_t n = *end - *first, taken = 0;
    uint64_t bytes = 0;
    for (; taken < n; taken++) {
        const memory_item *next = found->at[page->backward ? *end - 1 - taken : *first + taken].item;
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

static cairn_code add_properties(memory_text *text, cairn_codec *codec, const memory_item *item, cairn_item_row *row,
                                 cairn_error *error)
{
    cairn_code code = memory_text_of(text, codec, &item->body, error);
    if (code != CAIRN_OK)
        return code;
    row->properties = cairn_json_get(cairn_buf_span(&text->whole), "properties");
    row->range = item->range;
    row->has_place = item->has_place;
    row->box = item->box;
    row->footprint = item->wkb;
    return CAIRN_OK;
}

static cairn_code deliver(cairn_session *session, const memory_hit *hits, size_t n, const cairn_page *page,
                          cairn_item_sink sink, void *context, cairn_error *error)
{
    memory_text text = MEMORY_TEXT_INIT;
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < n && code == CAIRN_OK; i++) {
        cairn_item_row row;
        memory_item_to_row(hits[i].item, page->without_body, &row);
        if (page->with_properties)
            code = add_properties(&text, session->codec, hits[i].item, &row, error);
        if (code == CAIRN_OK)
            code = sink(context, &row, error);
    }
    memory_text_free(&text);
    return code;
}

static bool keep_ends(const memory_hits *found, size_t first, size_t end, cairn_arena *arena, cairn_result *result)
{
    return first == end || (cairn_position_copy(arena, &found->at[first].position, &result->first) &&
                            cairn_position_copy(arena, &found->at[end - 1].position, &result->last));
}

cairn_code memory_search(cairn_session *session, const cairn_search *search, const cairn_page *page, cairn_arena *arena,
                         cairn_item_sink sink, void *context, cairn_result *result, cairn_error *error)
{
    const memory_state *state = memory_session_state(session, error);
    if (!state)
        return error ? error->code : CAIRN_INTERNAL;
    memory_hits found;
    cairn_code code = memory_hits_find(session, state, search, arena, &found, error);
    if (code == CAIRN_OK) {
        size_t first, end;
        pick_side(&found, &search->sort, page, &first, &end);
        result->more = pick_page(&found, page, &first, &end);
        result->returned = (uint32_t)(end - first);
        result->looked_at = state->items.n;
        result->matched_known = page->count_budget > 0;
        result->matched = result->matched_known ? found.n : 0;
        result->plan = (cairn_plan){"all items", CAIRN_SPAN_NONE, state->items.n, found.evaluated};
        if (!keep_ends(&found, first, end, arena, result))
            code = cairn_error_set(error, CAIRN_NOMEM, "no memory for the ends of a page");
        else
            code = deliver(session, found.at + first, end - first, page, sink, context, error);
    }
    memory_hits_free(&found);
    return code;
}
