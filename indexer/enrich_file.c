#include "indexer/enrich_catalog.h"
#include "indexer/interrupt.h"
#include "indexer/records.h"
#include "stac/document.h"
#include "stac/ready.h"

#include "base/uri.h"

#include <limits.h>
#include <stdlib.h>

#define RECORD_BYTES ((size_t)64 << 20)
#define BATCH_BYTES  ((size_t)64 << 20)

typedef struct run {
    const cairn_enrich_run_options *options;
    cairn_enrich *enrich;
    cairn_records *records;
    const char *path;
    char base[PATH_MAX]; /* the file's own place, or "" */
    bool ended;
    uint64_t done;
} run;

static void refuse(run *r, uint64_t line, cairn_span record, const char *message)
{
    const cairn_journal_note note = {.source = r->path, .line = line, .message = cairn_span_of(message)};
    cairn_journal_refuse(r->enrich->journal, &note, record, false);
}

static cairn_code take_value(run *r, const cairn_records_entry *record, cairn_error *error)
{
    cairn_arena *arena = r->enrich->arena;
    cairn_error fault = CAIRN_ERROR_INIT;
    if (cairn_json_check(record->text, CAIRN_JSON_MAX_DEPTH, NULL, &fault) != CAIRN_OK) {
        refuse(r, record->line, record->text, fault.message);
        return CAIRN_OK;
    }
    if (cairn_document_kind(record->text) != CAIRN_KIND_ITEM) {
        refuse(r, record->line, record->text, "no item: expected a Feature with stac_version, assets or links");
        return CAIRN_OK;
    }
    cairn_enrich_entry *entry = &r->enrich->entries[r->enrich->n++];
    *entry = (cairn_enrich_entry){.text = cairn_arena_copy(arena, record->text)};
    entry->name = cairn_arena_printf(arena, "%s:%llu", r->path, (unsigned long long)record->line);
    entry->base = *r->base ? cairn_uri_from_path(arena, cairn_span_of(r->base)) : CAIRN_SPAN_NONE;
    return entry->text.p && entry->name.p ? CAIRN_OK : cairn_error_no_memory(error);
}

static cairn_code read_batch(run *r, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    cairn_enrich_begin(r->enrich);
    while (code == CAIRN_OK && !r->ended && r->enrich->n < CAIRN_ENRICH_BATCH &&
           cairn_arena_used(r->enrich->arena) < BATCH_BYTES) {
        cairn_records_entry record;
        code = cairn_records_next(r->records, &record, error);
        if (code != CAIRN_OK)
            break;
        if (record.kind == CAIRN_RECORDS_VALUE)
            code = take_value(r, &record, error);
        else if (record.kind == CAIRN_RECORDS_FAULT)
            refuse(r, record.line, CAIRN_SPAN_NONE, record.fault);
        r->ended = record.kind == CAIRN_RECORDS_END;
    }
    return code;
}

static cairn_code print_item(run *r, const cairn_enrich_entry *entry, cairn_error *error)
{
    bool changed;
    cairn_code code = cairn_ready_item(r->enrich->arena, entry->item.item, &changed, error);
    if (code != CAIRN_OK)
        return code;
    cairn_buf line = CAIRN_BUF_INIT(RECORD_BYTES * 2);
    bool ok = cairn_j_print(entry->item.item, &line) && cairn_buf_add_byte(&line, '\n');
    code = ok ? cairn_output_write(r->options->output, cairn_buf_span(&line), error) : cairn_error_no_memory(error);
    cairn_buf_free(&line);
    return code;
}

static cairn_code write_batch(run *r, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < r->enrich->n && code == CAIRN_OK; i++) {
        const cairn_enrich_entry *entry = &r->enrich->entries[i];
        if (entry->left)
            return cairn_error_set(error, CAIRN_DEADLINE, "interrupted");
        if (!r->options->dry_run)
            code = print_item(r, entry, error);
        else if (entry->item.changed)
            code = cairn_enrich_print_told(r->options, entry, error);
    }
    return code;
}

static cairn_code run_batches(run *r, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    while (code == CAIRN_OK && !r->ended) {
        code = read_batch(r, error);
        if (code == CAIRN_OK)
            code = cairn_enrich_run(r->enrich, error);
        if (code == CAIRN_OK)
            code = write_batch(r, error);
        r->done += r->enrich->n;
        const cairn_progress_facts facts = {.bytes = r->done, .counts_items = true};
        cairn_progress_tick(r->options->progress, &facts);
    }
    return code;
}

cairn_code cairn_enrich_file(const cairn_enrich_run_options *options, const char *path, cairn_error *error)
{
    run r = {.options = options, .enrich = options->enrich, .path = path};
    cairn_stream *stream;
    cairn_code code = cairn_stream_open(path, &stream, error);
    if (code != CAIRN_OK)
        return code;
    if (strcmp(path, "-") == 0 || !realpath(path, r.base))
        *r.base = 0;
    r.records = cairn_records_new(stream, cairn_records_form_of(path), RECORD_BYTES);
    code = r.records ? run_batches(&r, error) : cairn_error_no_memory(error);
    cairn_records_free(r.records);
    return code;
}
