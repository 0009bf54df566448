#include "indexer/enrich_catalog.h"

#include "indexer/editor.h"
#include "indexer/interrupt.h"
#include "indexer/reader.h"
#include "indexer/work.h"

enum { PAGE_BYTES = 8 << 20, LEVEL = 6 };
#define TEXT_BYTES ((size_t)1 << 30)

typedef struct run {
    const cairn_enrich_run_options *options;
    cairn_enrich *enrich;
    const cairn_search *search;
    cairn_editor editor; /* writer NULL: nothing is written */
    cairn_session *session;
    cairn_tools *tools;
    cairn_buf text, open;
    cairn_arena *ends[2]; /* of the positions at the ends of this page and the one before */
    cairn_result result;
    uint64_t done, total;
} run;

/* ---- reading ---- */

static cairn_code read_row(run *r, const cairn_item_row *row, cairn_enrich_entry *entry, cairn_error *error)
{
    cairn_arena *arena = r->enrich->arena;
    cairn_buf_reset(&r->open);
    cairn_buf_reset(&r->text);
    cairn_code code = cairn_row_text(r->session, row, false, &r->open, error);
    if (code == CAIRN_OK && !cairn_document_close(cairn_buf_span(&r->open), CAIRN_SPAN_NONE, &r->text))
        return cairn_error_no_memory(error);
    entry->text = cairn_arena_copy(arena, cairn_buf_span(&r->text));
    cairn_buf_reset(&r->text);
    if (code == CAIRN_OK)
        code = cairn_row_text(r->session, row, true, &r->text, error);
    entry->words = cairn_arena_copy(arena, cairn_buf_span(&r->text));
    entry->name = cairn_arena_printf(arena, "%.*s/%.*s", CAIRN_SPAN_FMT(row->collection), CAIRN_SPAN_FMT(row->id));
    bool ok = entry->text.p && entry->words.p && entry->name.p;
    return code == CAIRN_OK && !ok ? cairn_error_no_memory(error) : code;
}

static cairn_code take_row(void *context, const cairn_item_row *row, cairn_error *error)
{
    run *r = context;
    cairn_enrich_entry *entry = &r->enrich->entries[r->enrich->n++];
    *entry = (cairn_enrich_entry){0};
    return read_row(r, row, entry, error);
}

/* What is read next begins behind the end of the page before, which must stay. */
static cairn_code read_page(run *r, cairn_error *error)
{
    cairn_error at_end = CAIRN_ERROR_INIT;
    const cairn_position last = r->result.last;
    const cairn_page page = {
        .limit = CAIRN_ENRICH_BATCH, .max_bytes = PAGE_BYTES, .position = r->result.returned ? &last : NULL};
    cairn_arena *arena = r->ends[1];
    r->ends[1] = r->ends[0];
    r->ends[0] = arena;
    cairn_arena_reset(arena);
    cairn_enrich_begin(r->enrich);
    cairn_code code = cairn_session_begin(r->session, 0, error);
    if (code != CAIRN_OK)
        return code;
    code = cairn_session_search(r->session, r->search, &page, arena, take_row, r, &r->result, error);
    cairn_code ended = cairn_session_end(r->session, &at_end);
    return code == CAIRN_OK && ended != CAIRN_OK ? cairn_error_set(error, ended, "%s", at_end.message) : code;
}

static cairn_code pass(void *context, const cairn_item_row *row, cairn_error *error)
{
    (void)context, (void)row, (void)error;
    return CAIRN_OK;
}

static cairn_code count_items(run *r, cairn_error *error)
{
    const cairn_page all = {.limit = UINT32_MAX, .without_body = true, .without_footprint = true, .any_order = true};
    cairn_code code = cairn_session_begin(r->session, 0, error);
    if (code != CAIRN_OK)
        return code;
    cairn_result result = {0};
    cairn_error at_end = CAIRN_ERROR_INIT;
    code = cairn_reader_check_collections(r->search, r->session, error);
    if (code == CAIRN_OK)
        code = cairn_session_search(r->session, r->search, &all, r->ends[0], pass, NULL, &result, error);
    cairn_code ended = cairn_session_end(r->session, &at_end);
    r->total = result.returned;
    return code == CAIRN_OK && ended != CAIRN_OK ? cairn_error_set(error, ended, "%s", at_end.message) : code;
}

/* ---- writing ---- */

static cairn_code put(run *r, const cairn_enrich_entry *entry, cairn_error *error)
{
    static const cairn_origin origin = {0};
    cairn_put what;
    cairn_outcome outcome = {
        .origin = &origin, .text = cairn_j_text(entry->item.item, r->enrich->arena), .words = entry->words};
    if (!outcome.text.p)
        return cairn_error_no_memory(error);
    cairn_work_on(r->tools, r->enrich->arena, &outcome);
    if (outcome.verdict != CAIRN_VERDICT_TAKEN || outcome.kind != CAIRN_KIND_ITEM) {
        const cairn_journal_note note = {
            .source = entry->name.p,
            .message = cairn_span_of(outcome.error ? outcome.error->message : "it is read as no item")};
        cairn_journal_refuse(r->enrich->journal, &note, CAIRN_SPAN_NONE, false);
        r->enrich->counts.changed--;
        return CAIRN_OK;
    }
    const cairn_item_record record = {.item = &outcome.item,
                                      .body = outcome.body,
                                      .source = outcome.source,
                                      .properties_text = outcome.properties_text,
                                      .properties = outcome.properties};
    return cairn_writer_put_item(r->editor.writer, &record, CAIRN_CONFLICT_REPLACE, &what, error);
}

cairn_code cairn_enrich_print_told(const cairn_enrich_run_options *options, const cairn_enrich_entry *entry,
                                   cairn_error *error)
{
    cairn_buf line = CAIRN_BUF_INIT(TEXT_BYTES);
    bool ok = cairn_buf_printf(&line, "%s\t%.*s\n", entry->name.p, CAIRN_SPAN_FMT(entry->told));
    cairn_code code =
        ok ? cairn_output_write(options->output, cairn_buf_span(&line), error) : cairn_error_no_memory(error);
    cairn_buf_free(&line);
    return code;
}

static cairn_code write_page(run *r, cairn_error *error)
{
    cairn_code code = r->editor.writer ? cairn_writer_begin(r->editor.writer, error) : CAIRN_OK;
    for (size_t i = 0; i < r->enrich->n && code == CAIRN_OK; i++) {
        const cairn_enrich_entry *entry = &r->enrich->entries[i];
        if (entry->left || !entry->item.changed)
            continue;
        code = r->editor.writer ? put(r, entry, error) : cairn_enrich_print_told(r->options, entry, error);
    }
    return code == CAIRN_OK && r->editor.writer ? cairn_writer_commit(r->editor.writer, error) : code;
}

/* ---- the whole ---- */

static cairn_code run_pages(run *r, cairn_error *error)
{
    cairn_code code;
    do {
        code = read_page(r, error);
        if (code == CAIRN_OK)
            code = cairn_enrich_run(r->enrich, error);
        if (code == CAIRN_OK)
            code = write_page(r, error);
        r->done += r->enrich->n;
        const cairn_progress_facts facts = {.bytes = r->done, .total = r->total, .counts_items = true};
        cairn_progress_tick(r->options->progress, &facts);
    } while (code == CAIRN_OK && r->result.more && !cairn_interrupted());
    return code;
}

static cairn_code open_catalog(run *r, const char *path, cairn_error *error)
{
    if (!r->options->dry_run)
        return cairn_editor_open(&r->editor, path, "cairn enrich", r->options->wait, error);
    return cairn_sqlite_open(path, NULL, &r->editor.store, error);
}

cairn_code cairn_enrich_catalog(const cairn_enrich_run_options *options, const char *path, const cairn_search *search,
                                cairn_error *error)
{
    const cairn_work_options how = {.pack = true, .level = LEVEL};
    run r = {.options = options,
             .enrich = options->enrich,
             .search = search,
             .tools = cairn_tools_new(&how),
             .text = CAIRN_BUF_INIT(TEXT_BYTES),
             .open = CAIRN_BUF_INIT(TEXT_BYTES),
             .ends = {cairn_arena_new(TEXT_BYTES), cairn_arena_new(TEXT_BYTES)}};
    cairn_code code = r.tools && r.ends[0] && r.ends[1] ? open_catalog(&r, path, error) : cairn_error_no_memory(error);
    if (code == CAIRN_OK)
        code = cairn_session_open(r.editor.store, &r.session, error);
    if (code == CAIRN_OK)
        code = count_items(&r, error);
    if (code == CAIRN_OK)
        code = run_pages(&r, error);
    cairn_session_close(r.session);
    code = cairn_editor_close(&r.editor, code, error);
    cairn_tools_free(r.tools);
    cairn_buf_free(&r.text);
    cairn_buf_free(&r.open);
    cairn_arena_free(r.ends[0]);
    cairn_arena_free(r.ends[1]);
    return code;
}
