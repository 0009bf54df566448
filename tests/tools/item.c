/* Reads STAC documents as NDJSON from standard input and prints what the readers make of each, one JSON line a record.
 *   cairn_item_tool [--strict] [--base URI] [--asset-base URI] [--collection ID] [--collections] [--time] */
#include "stac/item.h"
#include "stac/collection.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_MAX = 1 << 30 };

typedef struct tool {
    cairn_read_options options;
    bool collections, timing;
    cairn_geos *geos;
    cairn_arena *arena;
    int64_t spent;
    size_t records, bytes;
} tool;

static void put_string(cairn_buf *out, const char *name, cairn_span value)
{
    cairn_buf_printf(out, ",\"%s\":", name);
    if (value.p)
        cairn_buf_add_json_string(out, value);
    else
        cairn_buf_add_text(out, "null");
}

static void put_time(cairn_buf *out, cairn_time time)
{
    char text[CAIRN_TIME_TEXT_MAX];
    cairn_buf_add_json_string(out, cairn_span_make(text, cairn_time_format(time, text)));
}

static void put_warnings(cairn_buf *out, const cairn_warnings *warnings)
{
    cairn_buf_add_text(out, ",\"warnings\":[");
    for (const cairn_warning *w = warnings->first; w; w = w->next) {
        cairn_buf_add_text(out, w == warnings->first ? "[" : ",[");
        cairn_buf_add_json_string(out, w->pointer);
        cairn_buf_add_byte(out, ',');
        cairn_buf_add_json_string(out, w->message);
        cairn_buf_add_byte(out, ']');
    }
    cairn_buf_add_byte(out, ']');
}

static void put_error(cairn_buf *out, const cairn_error *error)
{
    cairn_buf_printf(out, "{\"ok\":false,\"code\":\"%s\"", cairn_code_name(error->code));
    put_string(out, "pointer", cairn_span_of(error->pointer));
    put_string(out, "message", cairn_span_of(error->message));
}

static void put_place(cairn_buf *out, const cairn_footprint *footprint)
{
    double sides[] = {footprint->box.west, footprint->box.south, footprint->box.east, footprint->box.north};
    cairn_buf_add_text(out, ",\"box\":");
    if (!footprint->present)
        cairn_buf_add_text(out, "null");
    for (size_t i = 0; footprint->present && i < 4; i++) {
        cairn_buf_add_byte(out, i ? ',' : '[');
        cairn_buf_add_json_number(out, sides[i]);
    }
    if (footprint->present)
        cairn_buf_add_byte(out, ']');
}

static void put_item(cairn_buf *out, const cairn_item *item)
{
    cairn_buf_add_text(out, "{\"ok\":true");
    put_string(out, "id", item->id);
    put_string(out, "collection", item->collection);
    put_string(out, "stac_version", item->stac_version);
    cairn_buf_add_text(out, ",\"datetime\":");
    if (item->has_datetime)
        put_time(out, item->datetime);
    else
        cairn_buf_add_text(out, "null");
    cairn_buf_add_text(out, ",\"range\":[");
    put_time(out, item->range.start);
    cairn_buf_add_byte(out, ',');
    put_time(out, item->range.end);
    cairn_buf_add_byte(out, ']');
    put_place(out, &item->footprint);
    put_string(out, "body", item->body);
    put_string(out, "source", item->source);
    put_warnings(out, &item->warnings);
}

static cairn_code read_record(tool *t, cairn_span text, cairn_buf *out, cairn_error *error)
{
    cairn_item item;
    cairn_collection collection;
    cairn_json_facts facts;
    int64_t start = cairn_clock_now();
    cairn_code code = cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, &facts, error);
    t->options.compact = code == CAIRN_OK && !facts.has_space;
    if (code == CAIRN_OK && t->collections)
        code = cairn_collection_read(text, &t->options, t->arena, &collection, error);
    else if (code == CAIRN_OK)
        code = cairn_item_read(t->geos, text, &t->options, t->arena, &item, error);
    t->spent += cairn_clock_now() - start;
    if (code == CAIRN_OK && !t->collections)
        put_item(out, &item);
    if (code == CAIRN_OK && t->collections) {
        cairn_buf_add_text(out, "{\"ok\":true");
        put_string(out, "id", collection.id);
        put_string(out, "title", collection.title);
        put_string(out, "description", collection.description);
        put_string(out, "body", collection.body);
        put_string(out, "source", collection.source);
        put_warnings(out, &collection.warnings);
    }
    return code;
}

static bool one_line(tool *t, cairn_span line, cairn_buf *out)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_buf_reset(out);
    cairn_arena_reset(t->arena);
    if (read_record(t, line, out, &error) != CAIRN_OK)
        put_error(out, &error);
    t->records++;
    t->bytes += line.n;
    cairn_kind kind = error.offset < 0 ? cairn_document_kind(line) : CAIRN_KIND_OTHER;
    put_string(out, "kind", cairn_span_of(cairn_kind_name(kind)));
    cairn_buf_add_text(out, "}\n");
    return !out->failed && (t->timing || fwrite(out->p, 1, out->n, stdout) == out->n);
}

static bool parse_flags(tool *t, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        cairn_span *value = strcmp(argv[i], "--base") == 0         ? &t->options.base
                            : strcmp(argv[i], "--asset-base") == 0 ? &t->options.asset_base
                            : strcmp(argv[i], "--collection") == 0 ? &t->options.collection
                                                                   : NULL;
        if (value && i + 1 < argc)
            *value = cairn_span_of(argv[++i]);
        else if (strcmp(argv[i], "--strict") == 0)
            t->options.strict = true;
        else if (strcmp(argv[i], "--collections") == 0)
            t->collections = true;
        else if (strcmp(argv[i], "--time") == 0)
            t->timing = true;
        else
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    tool t = {.geos = cairn_geos_new(), .arena = cairn_arena_new(ARENA_MAX)};
    cairn_buf out = CAIRN_BUF_INIT((size_t)1 << 30);
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    bool ok = t.geos && t.arena && parse_flags(&t, argc, argv);
    while (ok && (n = getline(&line, &room, stdin)) > 0)
        ok = one_line(&t, cairn_span_trim(cairn_span_make(line, (size_t)n)), &out);
    if (t.timing && t.records)
        printf("%zu records, %zu bytes, %.1f us a record\n", t.records, t.bytes,
               (double)t.spent / 1000 / (double)t.records);
    free(line);
    cairn_buf_free(&out);
    cairn_arena_free(t.arena);
    cairn_geos_free(t.geos);
    return ok ? 0 : 2;
}
