/* Reads CQL2 filters from standard input, one JSON object a line ({"text": "..."} or {"json": ...}, maybe "collection":
 * id to look among its items only), and prints what is made of each, one JSON line a filter: both canonical forms and
 * the tree, or the fault. With --items FILE (items as NDJSON): the ids of the items that match, and how many were
 * unknown. cairn_cql2_tool [--items FILE] */
#include "query/cql2/evaluate.h"
#include "query/cql2/parse.h"
#include "query/cql2/print.h"

#include "base/json.h"
#include "stac/item.h"

#include <stdio.h>
#include <stdlib.h>

enum { ITEMS_MAX = 1 << 30, FILTER_MAX = 256 << 20, SCRATCH_MAX = 64 << 20 };

typedef struct row {
    cairn_cql2_item item;
    cairn_cql2_record record; /* points at a row: made when all of them are there */
    cairn_span json;
    cairn_footprint footprint;
} row;

typedef struct tool {
    cairn_geos *geos;
    cairn_arena *items, *filters, *scratch;
    row *rows;
    size_t n, room;
} tool;

static void die(const char *what)
{
    fprintf(stderr, "cairn_cql2_tool: %s\n", what);
    exit(1);
}

/* ---- items ---- */

/* An item whose place can't be had is one without a place. */
static void add_row(tool *t, cairn_span json)
{
    cairn_item item;
    cairn_read_options options = {0};
    if (t->n == t->room) {
        t->room = t->room ? t->room * 2 : 256;
        t->rows = realloc(t->rows, t->room * sizeof *t->rows);
        if (!t->rows)
            die("no memory left");
    }
    row *r = &t->rows[t->n++];
    *r = (row){.json = json};
    if (cairn_item_read(t->geos, json, &options, t->items, &item, NULL) == CAIRN_OK)
        r->footprint = item.footprint;
}

static void open_rows(tool *t)
{
    for (row *r = t->rows; r < t->rows + t->n; r++) {
        cairn_cql2_item_open(&r->item, r->json, t->items, &r->record);
        r->item.has_place = r->footprint.present;
        r->item.box = r->footprint.box;
        r->item.wkb = r->footprint.wkb;
    }
}

/* The line without white space, checked, in the arena; absent when it is not JSON. */
static cairn_span take_line(const char *line, size_t n, cairn_arena *arena)
{
    cairn_buf compact = CAIRN_BUF_INIT(FILTER_MAX);
    cairn_span text = cairn_span_trim(cairn_span_make(line, n));
    if (cairn_json_check(text, 200, NULL, NULL) != CAIRN_OK || !cairn_json_minify(text, &compact))
        return CAIRN_SPAN_NONE;
    text = cairn_arena_copy(arena, cairn_buf_span(&compact));
    cairn_buf_free(&compact);
    return text;
}

static void read_items(tool *t, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    if (!file)
        die("can't open the items");
    for (ssize_t n; (n = getline(&line, &room, file)) > 0;) {
        cairn_span json = take_line(line, (size_t)n, t->items);
        if (!json.p)
            die("a line of the items is not JSON");
        add_row(t, json);
    }
    free(line);
    fclose(file);
    open_rows(t);
}

/* ---- filters ---- */

static cairn_code match_items(tool *t, const cairn_cql2 *filter, cairn_span collection, cairn_buf *out,
                              cairn_error *error)
{
    cairn_cql2_matcher *matcher;
    size_t unknown = 0, matched = 0;
    cairn_code code = cairn_cql2_matcher_new(filter, t->geos, t->filters, &matcher, error);
    cairn_buf_add_text(out, ",\"ids\":[");
    for (size_t i = 0; i < t->n && code == CAIRN_OK; i++) {
        cairn_truth truth = CAIRN_UNKNOWN;
        row *r = &t->rows[i];
        if (collection.p && !cairn_span_equal(collection, r->record.collection))
            continue;
        code = cairn_cql2_match(matcher, &r->record, t->scratch, &truth, error);
        cairn_arena_reset(t->scratch);
        unknown += truth == CAIRN_UNKNOWN;
        if (code != CAIRN_OK || truth != CAIRN_TRUE)
            continue;
        if (matched++)
            cairn_buf_add_byte(out, ',');
        cairn_buf_add_json_string(out, r->record.id);
    }
    cairn_buf_printf(out, "],\"unknown\":%zu", unknown);
    return code;
}

static void put_fault(cairn_buf *out, const cairn_error *error)
{
    cairn_buf_reset(out);
    cairn_buf_printf(out, "{\"ok\":false,\"code\":\"%s\",\"byte\":%lld,\"message\":", cairn_code_name(error->code),
                     error->offset);
    cairn_buf_add_json_string(out, cairn_span_of(error->message));
}

static void put_forms(cairn_buf *out, const cairn_cql2 *filter)
{
    cairn_buf form = CAIRN_BUF_INIT(FILTER_MAX);
    cairn_cql2_print_text(filter->root, &form);
    cairn_buf_add_text(out, "{\"ok\":true,\"text\":");
    cairn_buf_add_json_string(out, cairn_buf_span(&form));
    cairn_buf_add_text(out, ",\"json\":");
    cairn_cql2_print_json(filter->root, out);
    cairn_buf_reset(&form);
    cairn_cql2_dump(filter->root, &form);
    cairn_buf_printf(out, ",\"nodes\":%zu,\"tree\":", filter->nodes);
    cairn_buf_add_json_string(out, cairn_buf_span(&form));
    cairn_buf_free(&form);
}

static cairn_code run_filter(tool *t, cairn_span line, cairn_buf *out, cairn_error *error)
{
    cairn_cql2 filter;
    cairn_span text = cairn_json_get(line, "text"), json = cairn_json_get(line, "json");
    cairn_span collection = cairn_json_string(cairn_json_get(line, "collection"), t->filters);
    cairn_code code = text.p
                          ? cairn_cql2_parse_text(cairn_json_string(text, t->filters), NULL, t->filters, &filter, error)
                          : cairn_cql2_parse_json(json, NULL, t->filters, &filter, error);
    if (code != CAIRN_OK)
        return code;
    put_forms(out, &filter);
    return t->rows ? match_items(t, &filter, collection, out, error) : CAIRN_OK;
}

static void read_filters(tool *t)
{
    char *line = NULL;
    size_t room = 0;
    cairn_buf out = CAIRN_BUF_INIT(FILTER_MAX);
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        cairn_error error = CAIRN_ERROR_INIT;
        cairn_span json = take_line(line, (size_t)n, t->filters);
        if (!json.p)
            die("a filter's line is not JSON");
        cairn_buf_reset(&out);
        if (run_filter(t, json, &out, &error) != CAIRN_OK)
            put_fault(&out, &error);
        printf("%.*s}\n", CAIRN_SPAN_FMT(cairn_buf_span(&out)));
        cairn_arena_reset(t->filters);
    }
    cairn_buf_free(&out);
    free(line);
}

/* ---- the tables ---- */

static void describe(void)
{
    char types[200];
    printf("| CQL2-Text | CQL2-JSON | operands | conformance class |\n|---|---|---|---|\n");
    for (int kind = CAIRN_CQL2_FIRST_OPERATOR; kind < CAIRN_CQL2_KINDS; kind++) {
        const cairn_cql2_operator *op = cairn_cql2_operator_of((cairn_cql2_kind)kind);
        printf(
            "| `%s` | `%s` | %zu%s: %s | %s |\n", op->text, op->json, op->least, op->most > op->least ? " or more" : "",
            op->operands == CAIRN_CQL2_ANY ? "anything" : cairn_cql2_describe_types(op->operands, types, sizeof types),
            op->conformance);
    }
    printf("\n| function | operands | yields |\n|---|---|---|\n");
    for (int id = CAIRN_CQL2_F_UNKNOWN + 1; id < CAIRN_CQL2_FUNCTION_COUNT; id++) {
        const cairn_cql2_function *f = cairn_cql2_function_of((cairn_cql2_function_id)id);
        printf("| `%s` | %zu%s: %s | %s |\n", f->name, f->least, f->most > f->least ? " or more" : "",
               f->operands == CAIRN_CQL2_ANY ? "anything" : cairn_cql2_describe_types(f->operands, types, sizeof types),
               f->meaning);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--describe") == 0) {
        describe();
        return 0;
    }
    tool t = {.geos = cairn_geos_new(),
              .items = cairn_arena_new(ITEMS_MAX),
              .filters = cairn_arena_new(FILTER_MAX),
              .scratch = cairn_arena_new(SCRATCH_MAX)};
    if (!t.geos || !t.items || !t.filters || !t.scratch)
        die("no memory left");
    if (argc == 3 && strcmp(argv[1], "--items") == 0)
        read_items(&t, argv[2]);
    else if (argc != 1)
        die("usage: cairn_cql2_tool [--items FILE | --describe]");
    read_filters(&t);
    free(t.rows);
    cairn_arena_free(t.scratch);
    cairn_arena_free(t.filters);
    cairn_arena_free(t.items);
    cairn_geos_free(t.geos);
    return 0;
}
