#include "indexer/listing.h"

enum {
    SMALL_PAGE = 1000,
    LARGE_PAGE = 10000,   /* without bodies; or in another order, where a page may cost a look at every item */
    PAGE_BYTES = 8 << 20, /* of bodies, before the page is printed */
    SORTED_PAGE_BYTES = 64 << 20,
};
/* Holds the positions at both ends of a page and the area of the search. */
#define PAGE_ARENA ((size_t)256 << 20)

typedef struct page_state {
    const cairn_listing *listing;
    cairn_page page;
    cairn_arena *arena; /* of this page */
    cairn_arena *spare; /* of the page before, where page.position points into */
    cairn_buf text;
    uint64_t before; /* rows of earlier pages */
    uint64_t rows;   /* of this page so far */
    cairn_result result;
    cairn_position last; /* of the page before */
} page_state;

static cairn_code print_row(void *context, const cairn_item_row *row, cairn_error *error)
{
    page_state *state = context;
    const cairn_listing *listing = state->listing;
    uint64_t number = state->before + state->rows++;
    if (!listing->print)
        return CAIRN_OK;
    return listing->print(listing, listing->reader->session, row, number, &state->text, error);
}

/* One page into state->text; may run again when the catalog is replaced. */
static cairn_code read_page(void *context, cairn_session *session, cairn_error *error)
{
    page_state *state = context;
    cairn_arena_reset(state->arena);
    cairn_buf_reset(&state->text);
    state->rows = 0;
    state->result = (cairn_result){0};
    return cairn_session_search(session, state->listing->search, &state->page, state->arena, print_row, state,
                                &state->result, error);
}

static void set_page_limit(page_state *state)
{
    const cairn_listing *listing = state->listing;
    bool large = listing->without_body || listing->search->sort.n;
    uint32_t limit = large ? LARGE_PAGE : SMALL_PAGE;
    uint64_t left = listing->limit ? listing->limit - state->before : limit;
    state->page.limit = left < limit ? (uint32_t)left : limit;
}

/* The next page begins behind the last row of this one, whose position stays alive in `spare`. */
static void turn_page(page_state *state)
{
    cairn_arena *arena = state->arena;
    state->arena = state->spare;
    state->spare = arena;
    state->before += state->result.returned;
    state->last = state->result.last;
    state->page.position = &state->last;
}

static bool is_done(const page_state *state)
{
    return !state->result.more || (state->listing->limit && state->before >= state->listing->limit);
}

static cairn_code run_pages(page_state *state, cairn_error *error)
{
    cairn_code code;
    do {
        set_page_limit(state);
        code = cairn_reader_run(state->listing->reader, read_page, state, error);
        if (code == CAIRN_OK && state->listing->output)
            code = cairn_output_write(state->listing->output, cairn_buf_span(&state->text), error);
        turn_page(state);
    } while (code == CAIRN_OK && !is_done(state));
    return code;
}

cairn_code cairn_listing_run(const cairn_listing *listing, uint64_t *count, cairn_error *error)
{
    page_state state = {.listing = listing, .text = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT)};
    size_t page_bytes = listing->search->sort.n ? SORTED_PAGE_BYTES : PAGE_BYTES;
    state.page.max_bytes = listing->without_body ? 0 : page_bytes;
    state.page.without_body = listing->without_body;
    state.arena = cairn_arena_new(PAGE_ARENA);
    state.spare = cairn_arena_new(PAGE_ARENA);
    cairn_code code = state.arena && state.spare ? run_pages(&state, error) : cairn_error_no_memory(error);
    *count = state.before;
    cairn_arena_free(state.arena);
    cairn_arena_free(state.spare);
    cairn_buf_free(&state.text);
    return code;
}

/* What is left of a document with links is open still. */
static bool cut_fields(const cairn_fields *fields, cairn_span open, cairn_buf *out)
{
    cairn_buf rest = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    if (!cairn_fields_want_links(fields))
        return cairn_fields_write(fields, open, out) && cairn_buf_add_byte(out, '\n');
    bool done = cairn_fields_write(fields, open, &rest) &&
                cairn_document_close(cairn_buf_span(&rest), CAIRN_SPAN_NONE, out) && cairn_buf_add_byte(out, '\n');
    cairn_buf_free(&rest);
    return done;
}

static cairn_code print_fields(const cairn_listing *listing, cairn_session *session, const cairn_item_row *row,
                               cairn_buf *out, cairn_error *error)
{
    cairn_buf open = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    cairn_code code = cairn_hrefs_row_text(listing->hrefs, session, row, listing->source, &open, error);
    if (code == CAIRN_OK && !cut_fields(listing->search->fields, cairn_buf_span(&open), out))
        code = cairn_error_set(error, CAIRN_NOMEM, "no memory for a document of %zu bytes", open.n);
    cairn_buf_free(&open);
    return code;
}

cairn_code cairn_listing_print_document(const cairn_listing *listing, cairn_session *session, const cairn_item_row *row,
                                        uint64_t number, cairn_buf *out, cairn_error *error)
{
    (void)number;
    if (listing->search->fields)
        return print_fields(listing, session, row, out, error);
    return cairn_reader_print_item(session, row, listing->source, listing->hrefs, out, error);
}

cairn_code cairn_listing_print_ids(const cairn_listing *listing, cairn_session *session, const cairn_item_row *row,
                                   uint64_t number, cairn_buf *out, cairn_error *error)
{
    (void)listing, (void)session, (void)number;
    bool fits = cairn_buf_add_span(out, row->collection) && cairn_buf_add_byte(out, '\t') &&
                cairn_buf_add_span(out, row->id) && cairn_buf_add_byte(out, '\n');
    return fits ? CAIRN_OK : cairn_error_no_memory(error);
}
