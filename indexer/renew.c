#include "indexer/renew.h"

#include "indexer/enrich_item.h"
#include "indexer/work.h"

#include <stdlib.h>

enum { PAGE_ITEMS = 1000, PAGE_BYTES = 8 << 20, ARENA_BYTES = 1 << 30, TEXT_BYTES = 1 << 30, LEVEL = 6 };

typedef struct page {
    cairn_arena *arena; /* of the records, and of the positions at its ends */
    cairn_outcome outcomes[PAGE_ITEMS];
    size_t n;
    cairn_result result;
} page;

typedef struct renewal {
    cairn_editor *editor;
    cairn_session *session;
    cairn_tools *tools;
    cairn_buf open;
    page *page, *before;
    cairn_renew_refused refused;
    cairn_renewed *out;
} renewal;

/* ---- reading a page ---- */

/* What the row holds, in the arena: in open form, or closed to a whole document. */
static cairn_code text_of(renewal *r, const cairn_item_row *row, bool source, bool closed, cairn_span *out,
                          cairn_error *error)
{
    cairn_buf whole = CAIRN_BUF_INIT(TEXT_BYTES);
    cairn_buf_reset(&r->open);
    cairn_code code = cairn_row_text(r->session, row, source, &r->open, error);
    if (code == CAIRN_OK && closed && !cairn_document_close(cairn_buf_span(&r->open), CAIRN_SPAN_NONE, &whole))
        code = cairn_error_no_memory(error);
    *out = code == CAIRN_OK ? cairn_arena_copy(r->page->arena, cairn_buf_span(closed ? &whole : &r->open))
                            : CAIRN_SPAN_NONE;
    cairn_buf_free(&whole);
    return code == CAIRN_OK && !out->p ? cairn_error_no_memory(error) : code;
}

/* From the source's own words, or, where files were looked into, from what came of that. */
static cairn_code read_texts(renewal *r, const cairn_item_row *row, cairn_outcome *outcome, cairn_error *error)
{
    cairn_code code = text_of(r, row, false, true, &outcome->text, error);
    if (code != CAIRN_OK)
        return code;
    if (cairn_json_get(cairn_json_get(outcome->text, "properties"), CAIRN_ENRICHED).p)
        return text_of(r, row, true, false, &outcome->words, error);
    return row->source.bytes.p ? text_of(r, row, true, true, &outcome->text, error) : CAIRN_OK;
}

static cairn_code take_row(void *context, const cairn_item_row *row, cairn_error *error)
{
    renewal *r = context;
    cairn_arena *arena = r->page->arena;
    cairn_origin *origin = cairn_arena_calloc(arena, 1, sizeof *origin);
    cairn_outcome *outcome = &r->page->outcomes[r->page->n];
    if (!origin || !(origin->collection = cairn_arena_copy(arena, row->collection)).p ||
        !(origin->name = cairn_arena_copy(arena, row->id)).p)
        return cairn_error_no_memory(error);
    *outcome = (cairn_outcome){.origin = origin};
    r->page->n++;
    return read_texts(r, row, outcome, error);
}

static cairn_code read_page(renewal *r, cairn_error *error)
{
    static const cairn_search all = {0};
    cairn_error at_end = CAIRN_ERROR_INIT;
    const cairn_page page = {
        .limit = PAGE_ITEMS, .max_bytes = PAGE_BYTES, .position = r->before->n ? &r->before->result.last : NULL};
    cairn_arena_reset(r->page->arena);
    r->page->n = 0;
    cairn_code code = cairn_session_begin(r->session, 0, error);
    if (code != CAIRN_OK)
        return code;
    code = cairn_session_search(r->session, &all, &page, r->page->arena, take_row, r, &r->page->result, error);
    cairn_code ended = cairn_session_end(r->session, &at_end);
    return code == CAIRN_OK && ended != CAIRN_OK ? cairn_error_set(error, ended, "%s", at_end.message) : code;
}

/* ---- writing it ---- */

static cairn_code write_item(renewal *r, const cairn_outcome *outcome, cairn_error *error)
{
    cairn_put what = CAIRN_PUT_UNCHANGED;
    const cairn_item_record record = {.item = &outcome->item,
                                      .body = outcome->body,
                                      .source = outcome->source,
                                      .properties_text = outcome->properties_text,
                                      .properties = outcome->properties};
    r->out->items++;
    if (outcome->verdict != CAIRN_VERDICT_TAKEN || outcome->kind != CAIRN_KIND_ITEM) {
        r->out->refused++;
        if (r->refused)
            r->refused(outcome->origin->collection, outcome->origin->name, outcome->error);
        return CAIRN_OK;
    }
    cairn_code code = cairn_writer_put_item(r->editor->writer, &record, CAIRN_CONFLICT_REPLACE, &what, error);
    r->out->changed += what == CAIRN_PUT_REPLACED;
    return code;
}

static cairn_code write_page(renewal *r, cairn_error *error)
{
    cairn_code code = cairn_writer_begin(r->editor->writer, error);
    for (size_t i = 0; code == CAIRN_OK && i < r->page->n; i++) {
        cairn_work_on(r->tools, r->page->arena, &r->page->outcomes[i]);
        code = write_item(r, &r->page->outcomes[i], error);
    }
    return code == CAIRN_OK ? cairn_writer_commit(r->editor->writer, error) : code;
}

/* What is read next begins behind this page's end, whose position must stay. */
static void turn_page(renewal *r)
{
    page *before = r->before;
    r->before = r->page;
    r->page = before;
}

static cairn_code renew_pages(renewal *r, cairn_error *error)
{
    cairn_code code;
    do {
        code = read_page(r, error);
        if (code == CAIRN_OK)
            code = write_page(r, error);
        turn_page(r);
    } while (code == CAIRN_OK && r->before->n && r->before->result.more);
    return code;
}

/* ---- the whole ---- */

static page *new_page(void)
{
    page *new = calloc(1, sizeof *new);
    if (new && (new->arena = cairn_arena_new(ARENA_BYTES)))
        return new;
    free(new);
    return NULL;
}

static void free_page(page *gone)
{
    if (gone)
        cairn_arena_free(gone->arena);
    free(gone);
}

static cairn_code renew_all(renewal *r, cairn_error *error)
{
    if (!r->tools || !r->page || !r->before)
        return cairn_error_no_memory(error);
    cairn_code code = cairn_session_open(r->editor->store, &r->session, error);
    if (code == CAIRN_OK)
        code = renew_pages(r, error);
    cairn_session_close(r->session);
    return code;
}

cairn_code cairn_renew_items(cairn_editor *editor, cairn_renew_refused refused, cairn_renewed *out, cairn_error *error)
{
    const cairn_work_options how = {.pack = true, .level = LEVEL};
    renewal r = {.editor = editor,
                 .tools = cairn_tools_new(&how),
                 .open = CAIRN_BUF_INIT(TEXT_BYTES),
                 .page = new_page(),
                 .before = new_page(),
                 .refused = refused,
                 .out = out};
    *out = (cairn_renewed){0};
    cairn_code code = renew_all(&r, error);
    free_page(r.page);
    free_page(r.before);
    cairn_tools_free(r.tools);
    cairn_buf_free(&r.open);
    return code;
}
