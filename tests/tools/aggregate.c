/* Reads STAC items as NDJSON from standard input and prints their aggregations, as one JSON line; with --each one line
 * an item. Items that can't be read are passed over.
 *   cairn_aggregate_tool [--each] NAME=VALUE... (the parameters of /aggregate) */
#include "query/aggregate.h"
#include "stac/item.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_MAX = 1 << 30 };

typedef struct tool {
    bool each;
    cairn_aggregate_request *request;
    cairn_aggregation *aggregation;
    cairn_geos *geos;
    cairn_arena *kept, *arena;
    cairn_error error;
} tool;

static bool parse_flags(tool *t, int argc, char **argv)
{
    bool known = true;
    for (int i = 1; i < argc && known && t->error.code == CAIRN_OK; i++) {
        const char *equals = strchr(argv[i], '=');
        if (strcmp(argv[i], "--each") == 0)
            t->each = true;
        else if (!equals)
            known = false;
        else
            cairn_aggregate_set(&t->request, cairn_span_make(argv[i], (size_t)(equals - argv[i])),
                                cairn_span_of(equals + 1), false, t->kept, &known, &t->error);
    }
    return known && t->error.code == CAIRN_OK && cairn_aggregate_check(t->request, &t->error) == CAIRN_OK;
}

static bool put_answer(tool *t)
{
    cairn_buf out = CAIRN_BUF_INIT((size_t)1 << 30);
    cairn_buf_add_byte(&out, '[');
    bool ok = cairn_aggregation_write(t->aggregation, &out, &t->error) == CAIRN_OK;
    cairn_buf_add_text(&out, "]\n");
    ok = ok && fwrite(out.p, 1, out.n, stdout) == out.n;
    cairn_buf_free(&out);
    return ok;
}

static bool begin(tool *t)
{
    cairn_aggregation_free(t->aggregation);
    t->aggregation = cairn_aggregation_new(t->request);
    return t->aggregation != NULL;
}

static bool one_line(tool *t, cairn_span line)
{
    cairn_item item;
    cairn_error why = CAIRN_ERROR_INIT;
    const cairn_read_options options = {.collection = cairn_span_of("none")};
    cairn_arena_reset(t->arena);
    if (cairn_json_check(line, CAIRN_JSON_MAX_DEPTH, NULL, &why) ||
        cairn_item_read(t->geos, line, &options, t->arena, &item, &why))
        return true;
    const cairn_aggregate_item row = {.collection = item.collection,
                                      .properties = cairn_json_get(line, "properties"),
                                      .time = cairn_item_sort_time(&item),
                                      .has_place = item.footprint.present,
                                      .box = item.footprint.box,
                                      .footprint = item.footprint.wkb,
                                      .text = line};
    if (t->each && !begin(t))
        return false;
    return cairn_aggregation_add(t->aggregation, &row, t->geos, t->arena, &t->error) == CAIRN_OK &&
           (!t->each || put_answer(t));
}

int main(int argc, char **argv)
{
    tool t = {.geos = cairn_geos_new(),
              .kept = cairn_arena_new(ARENA_MAX),
              .arena = cairn_arena_new(ARENA_MAX),
              .error = CAIRN_ERROR_INIT};
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    bool ok = t.geos && t.kept && t.arena && parse_flags(&t, argc, argv) && begin(&t);
    while (ok && (n = getline(&line, &room, stdin)) > 0)
        ok = one_line(&t, cairn_span_trim(cairn_span_make(line, (size_t)n)));
    ok = ok && (t.each || put_answer(&t));
    if (!ok)
        fprintf(stderr, "%s: %s\n", t.error.parameter, t.error.message);
    free(line);
    cairn_aggregation_free(t.aggregation);
    cairn_arena_free(t.arena);
    cairn_arena_free(t.kept);
    cairn_geos_free(t.geos);
    return ok ? 0 : 2;
}
