#include "indexer/source.h"

#include "base/uri.h"
#include "indexer/crawl.h"
#include "indexer/input.h"
#include "indexer/interrupt.h"
#include "indexer/place.h"
#include "indexer/records.h"
#include "indexer/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

struct cairn_sources {
    cairn_source_options options;
    cairn_journal *journal;
    size_t next_name;
    cairn_input_lines list; /* of --files-from */
    bool list_open;

    /* the present source */
    cairn_arena *source_arena;
    cairn_span root; /* the folder that --asset-base stands for; absent for a pipe */
    cairn_walk *walk;
    cairn_crawl *crawl;

    /* the present file */
    cairn_arena *file_arena;
    cairn_records *records;
    cairn_origin origin;
    bool is_crawlable;

    uint64_t raw_done;  /* of the files before the present one */
    uint64_t raw_total; /* 0: not known */
};

static const size_t arena_cap = (size_t)1 << 20;

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "out of memory when reading the sources");
}

static void fail(cairn_sources *sources, cairn_span name, uint64_t line, const char *message)
{
    cairn_journal_note note = {.source = name.p, .line = line, .message = cairn_span_of(message)};
    cairn_journal_fail(sources->journal, &note);
}

static void warn(cairn_sources *sources, uint64_t line, const char *pointer, const char *message)
{
    cairn_journal_note note = {.source = sources->origin.name.p,
                               .line = line,
                               .pointer = cairn_span_of(pointer),
                               .message = cairn_span_of(message)};
    cairn_journal_warn(sources->journal, &note);
}

/* ---- what the command line names ---- */

static cairn_code check_name(const char *name, uint64_t *total, bool *known, cairn_error *error)
{
    struct stat facts;
    char quoted[256];
    cairn_quote(cairn_span_of(name), quoted, sizeof quoted);
    bool is_stdin = strcmp(name, "-") == 0;
    if (!is_stdin && strstr(name, "://") && !cairn_span_starts(cairn_span_of(name), "file:"))
        return cairn_error_set(error, CAIRN_INVALID,
                               "%s: sources are local files and folders; fetch it first and give the file, or '-'",
                               quoted);
    if (is_stdin ? fstat(0, &facts) : stat(name, &facts))
        return cairn_error_set(error, errno == ENOENT ? CAIRN_NOT_FOUND : CAIRN_IO, "%s: cannot be opened: %s", quoted,
                               strerror(errno));
    *known = *known && S_ISREG(facts.st_mode);
    *total += facts.st_size > 0 ? (uint64_t)facts.st_size : 0;
    return CAIRN_OK;
}

static cairn_code check_names(cairn_sources *sources, cairn_error *error)
{
    const cairn_source_options *options = &sources->options;
    uint64_t total = 0;
    bool known = options->files_from == NULL;
    size_t pipes = options->files_from && strcmp(options->files_from, "-") == 0;
    for (size_t i = 0; i < options->count; i++) {
        cairn_code code = check_name(options->names[i], &total, &known, error);
        if (code != CAIRN_OK)
            return code;
        pipes += strcmp(options->names[i], "-") == 0;
    }
    if (pipes > 1)
        return cairn_error_set(error, CAIRN_INVALID, "standard input can be read once only");
    sources->raw_total = known ? total : 0;
    return CAIRN_OK;
}

cairn_code cairn_sources_open(const cairn_source_options *options, cairn_journal *journal, cairn_sources **out,
                              cairn_error *error)
{
    cairn_sources *sources = calloc(1, sizeof *sources);
    if (!sources)
        return no_memory(error);
    sources->options = *options;
    sources->journal = journal;
    sources->source_arena = cairn_arena_new(arena_cap);
    sources->file_arena = cairn_arena_new(arena_cap);
    cairn_code code = CAIRN_OK;
    if (!sources->source_arena || !sources->file_arena)
        code = no_memory(error);
    if (code == CAIRN_OK)
        code = check_names(sources, error);
    if (code == CAIRN_OK && options->files_from) {
        code = cairn_input_lines_open(&sources->list, options->files_from, error);
        sources->list_open = code == CAIRN_OK;
    }
    if (code != CAIRN_OK) {
        cairn_sources_close(sources);
        return code;
    }
    *out = sources;
    return CAIRN_OK;
}

static void end_file(cairn_sources *sources)
{
    if (sources->records)
        sources->raw_done += cairn_stream_raw_bytes(cairn_records_stream(sources->records));
    cairn_records_free(sources->records);
    sources->records = NULL;
}

static void end_source(cairn_sources *sources)
{
    cairn_walk_free(sources->walk);
    cairn_crawl_free(sources->crawl);
    sources->walk = NULL;
    sources->crawl = NULL;
}

void cairn_sources_close(cairn_sources *sources)
{
    if (!sources)
        return;
    end_file(sources);
    end_source(sources);
    if (sources->list_open)
        cairn_input_lines_close(&sources->list);
    cairn_arena_free(sources->source_arena);
    cairn_arena_free(sources->file_arena);
    free(sources);
}

/* ---- opening files ---- */

static bool describe(cairn_sources *sources, cairn_span path, cairn_span collection, bool is_regular)
{
    cairn_arena *arena = sources->file_arena;
    const char *url = sources->options.asset_base;
    cairn_origin *origin = &sources->origin;
    *origin = (cairn_origin){.serial = origin->serial + 1, .any_json = sources->walk != NULL};
    origin->name = cairn_arena_copy(arena, path);
    origin->base = is_regular ? cairn_place_uri(arena, path) : CAIRN_SPAN_NONE;
    if (url && is_regular)
        origin->asset_base = cairn_place_below(arena, cairn_span_of(url), sources->root, path);
    else if (url)
        origin->asset_base = cairn_arena_printf(arena, "%s/", url);
    if (collection.p)
        origin->collection = cairn_arena_copy(arena, collection);
    return origin->name.p && (!is_regular || origin->base.p) && (!url || origin->asset_base.p) &&
           (!collection.p || origin->collection.p);
}

/* Opens the path as the present file; one that can't be opened is told, and there is then no present file. */
static cairn_code open_file(cairn_sources *sources, cairn_span path, cairn_span collection, cairn_error *error)
{
    cairn_stream *stream = NULL;
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_arena_reset(sources->file_arena);
    if (cairn_stream_open(path.p, &stream, &fault) != CAIRN_OK) {
        fail(sources, path, 0, fault.message);
        return CAIRN_OK;
    }
    cairn_file_id id = cairn_stream_file_id(stream);
    bool is_regular = cairn_stream_is_regular(stream) && !cairn_span_is(path, "-");
    if (cairn_journal_is_reject(sources->journal, id.device, id.inode)) {
        fail(sources, path, 0, "is the file that rejected records are written to (--reject): it is not read");
        cairn_stream_close(stream);
        return CAIRN_OK;
    }
    sources->records = cairn_records_new(stream, cairn_records_form_of(path.p), sources->options.max_record_bytes);
    if (!sources->records || !describe(sources, path, collection, is_regular))
        return no_memory(error);
    sources->is_crawlable = is_regular && !sources->walk;
    return CAIRN_OK;
}

static bool is_folder(const char *path)
{
    struct stat facts;
    return strcmp(path, "-") != 0 && stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

static cairn_code open_folder(cairn_sources *sources, cairn_span path, cairn_error *error)
{
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_code code = cairn_walk_open(path.p, sources->journal, &sources->walk, &fault);
    if (code == CAIRN_NOMEM)
        return no_memory(error);
    if (code != CAIRN_OK)
        fail(sources, path, 0, fault.message);
    return CAIRN_OK;
}

static cairn_code next_name(cairn_sources *sources, cairn_span *name, cairn_error *error)
{
    *name = CAIRN_SPAN_NONE;
    if (sources->next_name < sources->options.count)
        *name = cairn_span_of(sources->options.names[sources->next_name++]);
    else if (sources->list_open)
        return cairn_input_lines_next(&sources->list, name, error);
    return CAIRN_OK;
}

static cairn_code open_source(cairn_sources *sources, bool *more, cairn_error *error)
{
    cairn_span name;
    cairn_code code = next_name(sources, &name, error);
    *more = code == CAIRN_OK && name.p;
    if (!*more)
        return code;
    end_source(sources);
    cairn_arena_reset(sources->source_arena);
    cairn_span path = cairn_arena_copy(sources->source_arena, name);
    bool folder = path.p && is_folder(path.p);
    sources->root = folder ? path : cairn_place_folder(sources->source_arena, path);
    if (!path.p || !sources->root.p)
        return no_memory(error);
    return folder ? open_folder(sources, path, error)
                  : open_file(sources, path, cairn_span_of(sources->options.collection), error);
}

static cairn_code open_next_in_folder(cairn_sources *sources, cairn_error *error)
{
    cairn_span path;
    cairn_code code = cairn_walk_next(sources->walk, &path, error);
    if (code == CAIRN_OK && path.p)
        return open_file(sources, path, cairn_span_of(sources->options.collection), error);
    cairn_walk_free(sources->walk);
    sources->walk = NULL;
    return code;
}

static cairn_code open_next_link(cairn_sources *sources, cairn_error *error)
{
    cairn_crawl_target target;
    bool more = false;
    cairn_code code = cairn_crawl_next(sources->crawl, &target, &more, error);
    if (code == CAIRN_OK && more) {
        cairn_span given = cairn_span_of(sources->options.collection);
        cairn_span collection = target.collection.p ? target.collection : given.p ? given : target.catalog;
        return open_file(sources, target.path, collection, error);
    }
    cairn_crawl_free(sources->crawl);
    sources->crawl = NULL;
    return code;
}

/* ---- records of the present file ---- */

/* A document that stands alone may be a catalog, whose links are then followed. */
static cairn_code enter_document(cairn_sources *sources, cairn_record *record, cairn_error *error)
{
    if (cairn_json_check(record->text, CAIRN_JSON_MAX_DEPTH, NULL, NULL) != CAIRN_OK)
        return CAIRN_OK;
    record->is_checked = true;
    cairn_kind kind = cairn_document_kind(record->text);
    if (kind != CAIRN_KIND_CATALOG && kind != CAIRN_KIND_COLLECTION)
        return CAIRN_OK;
    if (!sources->is_crawlable) {
        if (kind == CAIRN_KIND_CATALOG && !sources->walk)
            warn(sources, record->line, "/links",
                 "the catalog comes from a pipe and has no place: its links are not followed");
        return CAIRN_OK;
    }
    if (!sources->crawl) {
        sources->crawl = cairn_crawl_new(sources->journal);
        record->is_root = true;
        sources->raw_total = 0;
        if (!sources->crawl)
            return no_memory(error);
    }
    cairn_file_id id = cairn_stream_file_id(cairn_records_stream(sources->records));
    return cairn_crawl_enter(sources->crawl, sources->origin.name, id, kind, record->text, error);
}

static bool has_next_page(cairn_span envelope, cairn_arena *arena)
{
    cairn_link link;
    cairn_links links = cairn_links_of(envelope, arena);
    while (cairn_links_next(&links, &link))
        if (link.rel.p && cairn_span_is(link.rel, "next"))
            return true;
    return false;
}

/* What stood around the features. *give: it is at fault, and a record to be refused. */
static void look_at_envelope(cairn_sources *sources, const cairn_records_entry *entry, cairn_record *record, bool *give)
{
    cairn_error fault = CAIRN_ERROR_INIT;
    *give = false;
    if (cairn_json_check(entry->text, CAIRN_JSON_MAX_DEPTH, NULL, &fault) != CAIRN_OK) {
        size_t offset = fault.offset > 0 ? (size_t)fault.offset : 0;
        record->line = cairn_records_envelope_line(sources->records, offset);
        record->fault = cairn_arena_copy(sources->file_arena, cairn_span_of(fault.message)).p;
        if (!record->fault)
            record->fault = "JSON: the document around the features is at fault";
        *give = true;
        return;
    }
    if (sources->origin.any_json)
        return;
    cairn_span type = cairn_json_get(entry->text, "type");
    if (cairn_json_get(entry->text, "features").p && !cairn_json_string_is(type, "FeatureCollection"))
        warn(sources, entry->line, "/type", "expected \"FeatureCollection\", as there are features: they were taken");
    if (has_next_page(entry->text, sources->file_arena))
        warn(sources, entry->line, "/links", "is one page of an answer, and has a next one that is not fetched");
}

/* The next record of the file; *given is false when there is none (any more). */
static cairn_code next_in_file(cairn_sources *sources, cairn_record *record, bool *given, cairn_error *error)
{
    cairn_records_entry entry;
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_code code = cairn_records_next(sources->records, &entry, &fault);
    *given = false;
    if (code == CAIRN_NOMEM)
        return cairn_error_set(error, code, "%s: %s", sources->origin.name.p, fault.message);
    if (code != CAIRN_OK && code != CAIRN_DEADLINE)
        fail(sources, sources->origin.name, 0, fault.message);
    if (code != CAIRN_OK || entry.kind == CAIRN_RECORDS_END) {
        end_file(sources);
        return CAIRN_OK;
    }
    *given = true;
    *record = (cairn_record){.origin = &sources->origin, .line = entry.line};
    if (entry.kind == CAIRN_RECORDS_ENVELOPE) {
        look_at_envelope(sources, &entry, record, given);
        return CAIRN_OK;
    }
    record->fault = entry.fault;
    record->text = entry.fault ? CAIRN_SPAN_NONE : entry.text;
    return entry.alone && !entry.fault ? enter_document(sources, record, error) : CAIRN_OK;
}

cairn_code cairn_sources_next(cairn_sources *sources, cairn_record *out, bool *more, cairn_error *error)
{
    *more = false;
    bool any = true;
    cairn_code code = CAIRN_OK;
    while (code == CAIRN_OK && !*more && any && !cairn_interrupted()) {
        if (sources->records)
            code = next_in_file(sources, out, more, error);
        else if (sources->crawl)
            code = open_next_link(sources, error);
        else if (sources->walk)
            code = open_next_in_folder(sources, error);
        else
            code = open_source(sources, &any, error);
    }
    return code;
}

void cairn_sources_position(const cairn_sources *sources, uint64_t *read, uint64_t *total)
{
    *read = sources->raw_done;
    if (sources->records)
        *read += cairn_stream_raw_bytes(cairn_records_stream(sources->records));
    *total = sources->raw_total;
}
