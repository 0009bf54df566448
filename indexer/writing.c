#include "indexer/writing.h"

#include "base/clock.h"
#include "indexer/reading.h"

enum { NAME_MAX_BYTES = 1 << 20, TRANSACTION_SECONDS = 3 };

void cairn_writing_init(cairn_writing *writing)
{
    writing->tally = (cairn_tally){0};
    writing->begun = false;
    writing->records = writing->in_batch = 0;
    writing->collection = (cairn_buf)CAIRN_BUF_INIT(NAME_MAX_BYTES);
    writing->place = (cairn_buf)CAIRN_BUF_INIT(NAME_MAX_BYTES);
    writing->safe_place = (cairn_buf)CAIRN_BUF_INIT(NAME_MAX_BYTES);
    writing->line = writing->safe_line = 0;
}

void cairn_writing_free(cairn_writing *writing)
{
    cairn_buf_free(&writing->collection);
    cairn_buf_free(&writing->place);
    cairn_buf_free(&writing->safe_place);
}

static void set_text(cairn_buf *buf, cairn_span text)
{
    cairn_buf_reset(buf);
    cairn_buf_add_span(buf, text);
}

/* What the store says of a record: its own fault, for which it is refused, or a failure that ends the run. */
static cairn_code refuse_or_fail(cairn_writing *writing, const cairn_outcome *outcome, const cairn_error *fault,
                                 cairn_error *error)
{
    bool own = fault->code == CAIRN_INVALID || fault->code == CAIRN_CONFLICT || fault->code == CAIRN_TOO_LARGE ||
               fault->code == CAIRN_NOT_FOUND;
    if (!own) {
        *error = *fault;
        return fault->code;
    }
    cairn_reading_refuse(writing->journal, &writing->tally, outcome, fault);
    return CAIRN_OK;
}

static cairn_code ensure_collection(cairn_writing *writing, cairn_span id, cairn_error *error)
{
    bool made = false;
    if (writing->collection.n > 0 && cairn_span_equal(cairn_buf_span(&writing->collection), id))
        return CAIRN_OK;
    cairn_code code = cairn_writer_ensure_collection(writing->writer, id, !writing->strict_collections, &made, error);
    if (code == CAIRN_NOT_FOUND) {
        char quoted[256];
        cairn_error_clear(error);
        code = cairn_error_set(error, CAIRN_NOT_FOUND,
                               "the catalog has no collection \"%s\": ingest its collection JSON first, or leave "
                               "--strict-collections out",
                               cairn_quote(id, quoted, sizeof quoted));
        cairn_error_at_pointer(error, "/collection");
    }
    if (code == CAIRN_OK) {
        writing->tally.made += made;
        set_text(&writing->collection, id);
    }
    return code;
}

static cairn_code put_item(cairn_writing *writing, const cairn_outcome *outcome, cairn_put *what, cairn_error *error)
{
    cairn_item_record record = {.item = &outcome->item,
                                .body = outcome->body,
                                .source = outcome->source,
                                .properties_text = outcome->properties_text,
                                .properties = outcome->properties};
    cairn_code code = ensure_collection(writing, outcome->item.collection, error);
    if (code == CAIRN_OK)
        code = cairn_writer_put_item(writing->writer, &record, writing->conflict, what, error);
    return code;
}

static cairn_code take_catalog(cairn_writing *writing, const cairn_outcome *outcome, cairn_error *error)
{
    writing->tally.catalogs++;
    if (!outcome->is_root)
        return CAIRN_OK;
    return cairn_writer_set_catalog(writing->writer, &outcome->catalog, true, error);
}

static cairn_code put(cairn_writing *writing, const cairn_outcome *outcome, cairn_put *what, cairn_error *error)
{
    if (outcome->kind == CAIRN_KIND_COLLECTION)
        return cairn_writer_put_collection(writing->writer, &outcome->collection, writing->conflict, what, error);
    return put_item(writing, outcome, what, error);
}

static cairn_code take_record(cairn_writing *writing, const cairn_outcome *outcome, cairn_error *error)
{
    if (!writing->begun) {
        cairn_code code = cairn_writer_begin(writing->writer, error);
        if (code != CAIRN_OK)
            return code;
        writing->begun = true;
        writing->since = cairn_clock_now();
    }
    if (outcome->kind == CAIRN_KIND_CATALOG)
        return take_catalog(writing, outcome, error);
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_put what = CAIRN_PUT_ADDED;
    if (put(writing, outcome, &what, &fault) != CAIRN_OK)
        return refuse_or_fail(writing, outcome, &fault, error);
    cairn_counts *counts = cairn_tally_of(&writing->tally, outcome->kind);
    cairn_counts_put(counts, what);
    bool item = outcome->kind == CAIRN_KIND_ITEM;
    cairn_reading_warn(writing->journal, counts, outcome,
                       item ? &outcome->item.warnings : &outcome->collection.warnings);
    return CAIRN_OK;
}

static cairn_code take(void *context, const cairn_outcome *outcome, cairn_error *error)
{
    cairn_writing *writing = context;
    set_text(&writing->place, outcome->origin->name);
    writing->line = outcome->line;
    writing->in_batch++;
    if (outcome->verdict == CAIRN_VERDICT_TAKEN)
        return take_record(writing, outcome, error);
    if (outcome->verdict == CAIRN_VERDICT_IGNORED)
        writing->tally.ignored++;
    else
        cairn_reading_refuse(writing->journal, &writing->tally, outcome, outcome->error);
    return CAIRN_OK;
}

cairn_code cairn_writing_end(cairn_writing *writing, cairn_error *error)
{
    cairn_code code = cairn_journal_flush(writing->journal, error);
    if (code == CAIRN_OK && writing->begun)
        code = cairn_writer_commit(writing->writer, error);
    if (code != CAIRN_OK || writing->records == 0)
        return code;
    writing->tally.batches += writing->begun;
    writing->begun = false;
    writing->records = 0;
    writing->tally.committed = cairn_counts_taken(&writing->tally.items);
    set_text(&writing->safe_place, cairn_buf_span(&writing->place));
    writing->safe_line = writing->line;
    writing->committed(writing->context);
    return CAIRN_OK;
}

/* Whether the transaction does, with the batch in hand. */
static bool ends(void *context)
{
    const cairn_writing *writing = context;
    bool full = writing->in_batch >= writing->batch;
    uint64_t records = writing->records + writing->in_batch;
    return !full || !writing->begun || records + writing->batch > writing->most ||
           cairn_clock_now() - writing->since >= TRANSACTION_SECONDS * CAIRN_SECOND;
}

static cairn_code commit(void *context, cairn_error *error)
{
    cairn_writing *writing = context;
    bool ended = ends(writing);
    writing->records += writing->in_batch;
    writing->in_batch = 0;
    return ended ? cairn_writing_end(writing, error) : CAIRN_OK;
}

static void tick(void *context)
{
    cairn_writing *writing = context;
    writing->tick(writing->context);
}

cairn_sink cairn_writing_sink(cairn_writing *writing)
{
    return (cairn_sink){.context = writing, .take = take, .ends = ends, .commit = commit, .tick = tick};
}
