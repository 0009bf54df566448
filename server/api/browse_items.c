#include "api/browse_items.h"

#include "api/links.h"

/* What is skipped goes by in pages, so that memory stays constant. */
enum { SKIP_ITEMS = 10000, SKIP_MEMORY = 64 << 20 };

typedef struct item_links {
    const cairn_browse *browse;
    cairn_span items; /* path of the collection's items */
    cairn_buf *out;
} item_links;

static cairn_code add_link(void *context, const cairn_item_row *row, cairn_error *error)
{
    const item_links *links = context;
    cairn_buf *out = links->out;
    cairn_link_open(links->browse->call, out, "item", "application/geo+json", links->items);
    if (!out->failed)
        out->p[out->n - 1] = '/'; /* for the quote: the href goes on */
    cairn_buf_add_url_segment(out, row->id);
    if (!cairn_buf_add_text(out, "\"}"))
        return cairn_error_set(error, CAIRN_NOMEM, "the links do not fit in memory");
    return CAIRN_OK;
}

static cairn_code pass(void *context, const cairn_item_row *row, cairn_error *error)
{
    (void)context, (void)row, (void)error;
    return CAIRN_OK;
}

/* The next `n` items behind the position. */
static cairn_code walk(const cairn_browse *browse, const cairn_position *at, uint32_t n, cairn_arena *arena,
                       cairn_item_sink sink, void *context, cairn_position *last)
{
    cairn_error *error = &browse->call->error;
    cairn_span collection = browse->collection;
    cairn_search search = {.collections = &collection, .n_collections = 1};
    cairn_page page = {.limit = n, .position = at, .without_body = true};
    cairn_result result;
    cairn_code code = cairn_session_search(browse->call->session, &search, &page, arena, sink, context, &result, error);
    if (!code && result.cut)
        code = cairn_error_set(error, CAIRN_DEADLINE, "out of time");
    if (last && !code && result.returned)
        *last = result.last;
    return code;
}

/* Moves the position behind the next `n` items. */
static cairn_code skip(const cairn_browse *browse, cairn_position *at, uint64_t n)
{
    cairn_arena *arenas[2] = {cairn_arena_new(SKIP_MEMORY), cairn_arena_new(SKIP_MEMORY)};
    cairn_error *error = &browse->call->error;
    cairn_code code = CAIRN_OK;
    if (!arenas[0] || !arenas[1])
        code = cairn_error_no_memory(error);
    for (int turn = 0; !code && n; turn = !turn) {
        uint32_t step = n < SKIP_ITEMS ? (uint32_t)n : SKIP_ITEMS;
        const cairn_position from = *at;
        cairn_arena_reset(arenas[turn]); /* `from` is in the other one */
        code = walk(browse, &from, step, arenas[turn], pass, NULL, at);
        n -= step;
    }
    const cairn_position last = *at;
    if (!code && !cairn_position_copy(browse->call->request->arena, &last, at))
        code = cairn_error_no_memory(error);
    for (int i = 0; i < 2; i++)
        cairn_arena_free(arenas[i]);
    return code;
}

cairn_code cairn_browse_add_items(const cairn_browse *browse, const cairn_place *place, uint64_t count, cairn_buf *out)
{
    cairn_arena *arena = browse->call->request->arena;
    item_links links = {browse, cairn_path_of_collection(arena, browse->collection, true), out};
    /* Before the first item of its last instant; for the whole that is before all. */
    cairn_position at = {
        .time = cairn_place_period(place).end, .collection = cairn_span_of(""), .id = cairn_span_of("")};
    const cairn_position *from = place->kind == CAIRN_PLACE_WHOLE ? NULL : &at;
    uint64_t before = place->part ? (place->part - 1) * CAIRN_BROWSE_LINKS : 0, n = count - before;
    cairn_code code = before ? skip(browse, &at, before) : CAIRN_OK;
    if (code || !n)
        return code;
    return walk(browse, from, n < CAIRN_BROWSE_LINKS ? (uint32_t)n : CAIRN_BROWSE_LINKS, arena, add_link, &links, NULL);
}
