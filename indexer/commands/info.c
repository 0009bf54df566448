#include "indexer/exit.h"
#include "indexer/options.h"
#include "indexer/output.h"
#include "indexer/reader.h"
#include "stac/loads.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

typedef struct info {
    size_t format;
    bool immutable;
} info;

static const char *const formats[] = {"text", "json", NULL};
enum { FORMAT_TEXT, FORMAT_JSON };
#define ARENA_BYTES ((size_t)64 << 20)

static const cairn_option options[] = {
    {.name = "format",
     .letter = 'f',
     .kind = CAIRN_OPTION_CHOICE,
     .choices = formats,
     .at = offsetof(info, format),
     .help = "text: a table (default)\njson: one object"},
    CAIRN_READER_OPTION(info, immutable),
    {0},
};

/* How many items of a collection each client loads, as it was found when they were written. */
typedef struct loads {
    cairn_span collection;
    uint64_t items[CAIRN_N_CLIENTS];
    uint64_t unknown; /* items that nobody looked at */
    struct loads *next;
} loads;

typedef struct summary {
    const char *path;
    cairn_arena *arena;
    loads *loads, *last_loads; /* by collection, ascending */
    const loads *next_loads;
    cairn_buf collections; /* rows of the table, or elements of the array */
    cairn_buf text;        /* all that is printed */
    bool json;
} summary;

/* ---- which clients load the items ---- */

static loads *add_loads(summary *s, cairn_span collection)
{
    loads *l = cairn_arena_calloc(s->arena, 1, sizeof *l);
    if (!l)
        return NULL;
    l->collection = cairn_arena_copy(s->arena, collection);
    if (s->last_loads)
        s->last_loads->next = l;
    else
        s->loads = l;
    s->last_loads = l;
    return l->collection.p ? l : NULL;
}

static cairn_code count_loads(void *context, const cairn_traits_row *row, cairn_error *error)
{
    summary *s = context;
    loads *l = s->last_loads;
    if (!l || !cairn_span_equal(l->collection, row->collection))
        l = add_loads(s, row->collection);
    if (!l)
        return cairn_error_no_memory(error);
    if (row->traits & CAIRN_HREFS_UNKNOWN) {
        l->unknown += row->items;
        return CAIRN_OK;
    }
    for (unsigned i = 0; i < CAIRN_N_CLIENTS; i++)
        if (row->traits >> CAIRN_TRAITS_LOADS_SHIFT >> i & 1)
            l->items[i] += row->items;
    return CAIRN_OK;
}

/* Collections come by id, too, so the list is gone through once. */
static const loads *loads_of(summary *s, cairn_span collection)
{
    static const loads none;
    while (s->next_loads && cairn_span_compare(s->next_loads->collection, collection) < 0)
        s->next_loads = s->next_loads->next;
    bool found = s->next_loads && cairn_span_equal(s->next_loads->collection, collection);
    return found ? s->next_loads : &none;
}

static void add_json_loads(const loads *l, cairn_buf *out)
{
    cairn_buf_add_text(out, ",\"loads\":{");
    for (unsigned i = 0; i < CAIRN_N_CLIENTS; i++)
        cairn_buf_printf(out, "%s\"%s\":%llu", i ? "," : "", cairn_client_name((cairn_client)i),
                         (unsigned long long)l->items[i]);
    cairn_buf_printf(out, "},\"loads_unknown\":%llu", (unsigned long long)l->unknown);
}

static void add_text_loads(const loads *l, cairn_buf *out)
{
    cairn_buf_add_text(out, "  loads  ");
    for (unsigned i = 0; i < CAIRN_N_CLIENTS; i++)
        cairn_buf_printf(out, "%s%s %llu", i ? ", " : "", cairn_client_name((cairn_client)i),
                         (unsigned long long)l->items[i]);
    cairn_buf_add_byte(out, '\n');
    if (l->unknown)
        cairn_buf_printf(out, "         (nobody looked at %llu: 'cairn optimize' does)\n",
                         (unsigned long long)l->unknown);
}

/* ---- one collection ---- */

static void format_end(cairn_time time, bool json, cairn_buf *out)
{
    char text[CAIRN_TIME_TEXT_MAX];
    cairn_span span = {text, cairn_time_format(time, text)};
    if (!json)
        cairn_buf_add_span(out, span);
    else if (cairn_time_is_open(time))
        cairn_buf_add_text(out, "null");
    else
        cairn_buf_add_json_string(out, span);
}

static void add_box(cairn_box box, cairn_buf *out)
{
    const double corners[] = {box.west, box.south, box.east, box.north};
    for (int i = 0; i < 4; i++) {
        if (i)
            cairn_buf_add_byte(out, ',');
        cairn_buf_add_json_number(out, corners[i]);
    }
}

static void add_json_collection(const cairn_collection_row *row, const loads *l, cairn_buf *out)
{
    cairn_buf_add_text(out, out->n ? ",{\"id\":" : "{\"id\":");
    cairn_buf_add_json_string(out, row->id);
    if (row->title.p) {
        cairn_buf_add_text(out, ",\"title\":");
        cairn_buf_add_json_string(out, row->title);
    }
    cairn_buf_printf(out, ",\"items\":%llu,\"made\":%s,\"bbox\":", (unsigned long long)row->items,
                     row->made ? "true" : "false");
    cairn_buf_add_text(out, row->extent.has_box ? "[" : "null");
    if (row->extent.has_box) {
        add_box(row->extent.box, out);
        cairn_buf_add_byte(out, ']');
    }
    cairn_buf_add_text(out, ",\"interval\":");
    cairn_buf_add_text(out, row->extent.has_time ? "[" : "null");
    if (row->extent.has_time) {
        format_end(row->extent.time.start, true, out);
        cairn_buf_add_byte(out, ',');
        format_end(row->extent.time.end, true, out);
        cairn_buf_add_byte(out, ']');
    }
    add_json_loads(l, out);
    cairn_buf_add_byte(out, '}');
}

static void add_text_collection(const cairn_collection_row *row, const loads *l, cairn_buf *out)
{
    char quoted[200];
    cairn_buf_printf(out, "\n%s\n  items  %llu\n", cairn_quote(row->id, quoted, sizeof(quoted)),
                     (unsigned long long)row->items);
    if (row->title.p && row->title.n)
        cairn_buf_printf(out, "  title  %s\n", cairn_quote(row->title, quoted, sizeof(quoted)));
    if (row->extent.has_box) {
        cairn_buf_add_text(out, "  bbox   ");
        add_box(row->extent.box, out);
        cairn_buf_add_byte(out, '\n');
    }
    if (row->extent.has_time) {
        cairn_buf_add_text(out, "  time   ");
        format_end(row->extent.time.start, false, out);
        cairn_buf_add_byte(out, '/');
        format_end(row->extent.time.end, false, out);
        cairn_buf_add_byte(out, '\n');
    }
    if (row->items)
        add_text_loads(l, out);
}

static cairn_code add_collection(void *context, const cairn_collection_row *row, cairn_error *error)
{
    summary *s = context;
    if (s->json)
        add_json_collection(row, loads_of(s, row->id), &s->collections);
    else
        add_text_collection(row, loads_of(s, row->id), &s->collections);
    return s->collections.failed ? cairn_error_no_memory(error) : CAIRN_OK;
}

/* ---- the whole ---- */

/* The file format version for writing in an SQLite file's header, byte 18: 1 rollback journal, 2 WAL. */
static const char *journal_of(const char *path)
{
    unsigned char version = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return "unknown";
    bool known = pread(fd, &version, 1, 18) == 1;
    close(fd);
    return !known ? "unknown" : version == 1 ? "rollback" : version == 2 ? "wal" : "unknown";
}

static void add_json_member(cairn_buf *out, const char *name, cairn_span value)
{
    if (!value.p)
        return;
    cairn_buf_printf(out, "\"%s\":", name);
    cairn_buf_add_json_string(out, value);
    cairn_buf_add_byte(out, ',');
}

static void add_json_form(const cairn_catalog_info *catalog, cairn_buf *out)
{
    cairn_buf_printf(out, "\"form\":\"%s\",", catalog->compact ? "compact" : "fast");
    if (catalog->compact)
        cairn_buf_printf(out, "\"compact_items\":%llu,\"dictionaries\":%llu,\"dictionary_bytes\":%llu,",
                         (unsigned long long)catalog->compact_items, (unsigned long long)catalog->dictionaries,
                         (unsigned long long)catalog->dictionary_bytes);
}

static void add_text_form(const cairn_catalog_info *catalog, cairn_buf *out)
{
    if (catalog->compact)
        cairn_buf_printf(out,
                         "%-12s compact (%llu items when 'cairn optimize --compact' ran last; %llu dictionaries, "
                         "%.1f MB)\n",
                         "form", (unsigned long long)catalog->compact_items, (unsigned long long)catalog->dictionaries,
                         (double)catalog->dictionary_bytes / 1e6);
    else
        cairn_buf_printf(out, "%-12s fast\n", "form");
}

static void add_json(summary *s, const cairn_catalog_info *catalog)
{
    cairn_buf *out = &s->text;
    cairn_buf_add_byte(out, '{');
    add_json_member(out, "id", catalog->id);
    add_json_member(out, "title", catalog->title);
    add_json_member(out, "description", catalog->description);
    add_json_form(catalog, out);
    cairn_buf_printf(out, "\"items\":%llu,\"bytes\":%llu,\"schema_version\":%d,\"journal\":\"%s\",\"collections\":[",
                     (unsigned long long)catalog->items, (unsigned long long)catalog->bytes, catalog->schema_version,
                     journal_of(s->path));
    cairn_buf_add_span(out, cairn_buf_span(&s->collections));
    cairn_buf_add_text(out, "]}\n");
}

static void add_text_member(cairn_buf *out, const char *name, cairn_span value)
{
    char quoted[400];
    if (value.p)
        cairn_buf_printf(out, "%-12s %s\n", name, cairn_quote(value, quoted, sizeof(quoted)));
}

static void add_text(summary *s, const cairn_catalog_info *catalog)
{
    cairn_buf *out = &s->text;
    add_text_member(out, "catalog", cairn_span_of(s->path));
    add_text_member(out, "id", catalog->id);
    add_text_member(out, "title", catalog->title);
    add_text_member(out, "description", catalog->description);
    cairn_buf_printf(out, "%-12s %llu\n", "items", (unsigned long long)catalog->items);
    cairn_buf_printf(out, "%-12s %llu\n", "collections", (unsigned long long)catalog->collections);
    cairn_buf_printf(out, "%-12s %.1f MB (%llu bytes)\n", "size", (double)catalog->bytes / 1e6,
                     (unsigned long long)catalog->bytes);
    add_text_form(catalog, out);
    cairn_buf_printf(out, "%-12s %d\n", "schema", catalog->schema_version);
    cairn_buf_printf(out, "%-12s %s\n", "journal", journal_of(s->path));
    cairn_buf_add_span(out, cairn_buf_span(&s->collections));
}

static cairn_code summarise(void *context, cairn_session *session, cairn_error *error)
{
    summary *s = context;
    cairn_catalog_info catalog;
    cairn_arena_reset(s->arena);
    cairn_buf_reset(&s->collections);
    cairn_buf_reset(&s->text);
    s->loads = s->last_loads = NULL;
    cairn_code code = cairn_session_info(session, s->arena, &catalog, error);
    if (code == CAIRN_OK)
        code = cairn_session_traits(session, CAIRN_SPAN_NONE, count_loads, s, error);
    s->next_loads = s->loads;
    if (code == CAIRN_OK)
        code = cairn_session_collections(session, NULL, add_collection, s, error);
    if (code != CAIRN_OK)
        return code;
    if (s->json)
        add_json(s, &catalog);
    else
        add_text(s, &catalog);
    return s->text.failed ? cairn_error_no_memory(error) : CAIRN_OK;
}

static cairn_code print_summary(summary *s, bool immutable, cairn_error *error)
{
    cairn_reader reader;
    cairn_output output;
    cairn_code code = cairn_reader_open(&reader, s->path, immutable, error);
    if (code != CAIRN_OK)
        return code;
    code = cairn_reader_run(&reader, summarise, s, error);
    cairn_reader_close(&reader);
    if (code == CAIRN_OK)
        code = cairn_output_open(&output, NULL, error);
    return code == CAIRN_OK ? cairn_output_write(&output, cairn_buf_span(&s->text), error) : code;
}

static int run(int argc, char **argv)
{
    info values = {0};
    cairn_operands operands = {.min = 1, .max = 1, .names = "CATALOG"};
    cairn_error error = CAIRN_ERROR_INIT;
    int exit = cairn_options_read(&cairn_command_info, options, argc, argv, &values, &operands);
    if (exit >= 0)
        return exit;
    summary s = {.path = operands.items[0],
                 .arena = cairn_arena_new(ARENA_BYTES),
                 .collections = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT),
                 .text = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT),
                 .json = values.format == FORMAT_JSON};
    cairn_code code = s.arena ? print_summary(&s, values.immutable, &error) : cairn_error_no_memory(&error);
    cairn_buf_free(&s.collections);
    cairn_buf_free(&s.text);
    cairn_arena_free(s.arena);
    return code == CAIRN_OK ? CAIRN_EXIT_OK : cairn_report(&cairn_command_info, &error);
}

const cairn_command cairn_command_info = {
    .name = "info",
    .summary = "say what is in a catalog: items, collections, extents, size",
    .usage = "cairn info CATALOG [options]",
    .help = "The extents are those of the items that are in the catalog, not what a\n"
            "collection's document says. 'journal' is rollback for a file at rest, and wal\n"
            "while a writer works on it or a daemon holds it open after one. 'loads' is how\n"
            "many items each client loads ('cairn doctor' says why not the others), as it\n"
            "was found when they were written: a lazy array is built. Of netCDF, HDF and\n"
            "Zarr odc-stac builds one that mostly fails when it is read. 'form' is compact\n"
            "once 'cairn optimize --compact' has run: what was written since is in the fast\n"
            "form nevertheless.\n"
            "\n"
            "Examples:\n"
            "  $ cairn info demo.cairn\n"
            "  $ cairn info demo.cairn --format json\n",
    .run = run,
};
