#include "base/clock.h"
#include "indexer/asking.h"
#include "indexer/exit.h"
#include "indexer/output.h"
#include "indexer/reader.h"
#include "store/notes.h"

#include <stddef.h>
#include <stdio.h>

typedef struct explain {
    cairn_asking asking;
    uint64_t limit;
    bool json, immutable;
} explain;

static const cairn_option options[] = {
    CAIRN_ASKING_OPTIONS(explain, asking),
    {.name = "limit",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "N",
     .min = 1,
     .max = UINT32_MAX,
     .at = offsetof(explain, limit),
     .help = "the size of the page, as a server is asked for it (default 10)"},
    {.name = "json", .kind = CAIRN_OPTION_FLAG, .at = offsetof(explain, json), .help = "one JSON object"},
    CAIRN_EXTENSIONS_OPTION,
    CAIRN_READER_OPTION(explain, immutable),
    {0},
};

/* One page, the first, of a search. */
typedef struct trial {
    const cairn_search *search;
    uint32_t limit;
    cairn_arena *arena;
    cairn_result result;
    double milliseconds;
    cairn_notes notes;
} trial;

static cairn_code forget(void *context, const cairn_item_row *row, cairn_error *error)
{
    (void)context, (void)row, (void)error;
    return CAIRN_OK;
}

static cairn_code run_page(void *context, cairn_session *session, cairn_error *error)
{
    trial *t = context;
    cairn_page page = {.limit = t->limit};
    int64_t start = cairn_clock_now();
    cairn_code code = cairn_session_search(session, t->search, &page, t->arena, forget, NULL, &t->result, error);
    t->milliseconds = (double)(cairn_clock_now() - start) / 1e6;
    return code == CAIRN_OK ? cairn_notes_of(session, t->search, t->arena, &t->notes, error) : code;
}

static void print_text(const trial *t, cairn_buf *out)
{
    const cairn_result *r = &t->result;
    const cairn_plan *plan = &r->plan;
    cairn_buf_printf(out, "plan              %s\n", plan->way ? plan->way : "");
    if (plan->index.p)
        cairn_buf_printf(out, "index             %.*s\n", CAIRN_SPAN_FMT(plan->index));
    cairn_buf_printf(out, "candidates        %llu\n", (unsigned long long)plan->candidates);
    cairn_buf_printf(out, "rows looked at    %llu\n", (unsigned long long)r->looked_at);
    cairn_buf_printf(out, "filter evaluated  %llu\n", (unsigned long long)plan->evaluated);
    cairn_buf_printf(out, "rows returned     %lu%s\n", (unsigned long)r->returned,
                     r->more ? ", and there are more" : "");
    cairn_buf_printf(out, "time              %.3f ms\n", t->milliseconds);
    for (size_t i = 0; i < t->notes.n; i++)
        cairn_buf_printf(out, "note              %s\n", t->notes.at[i]);
}

static void print_json(const trial *t, cairn_buf *out)
{
    const cairn_result *r = &t->result;
    cairn_buf_add_text(out, "{\"plan\":");
    cairn_buf_add_json_string(out, cairn_span_of(r->plan.way ? r->plan.way : ""));
    cairn_buf_add_text(out, ",\"index\":");
    if (r->plan.index.p)
        cairn_buf_add_json_string(out, r->plan.index);
    else
        cairn_buf_add_text(out, "null");
    cairn_buf_printf(out, ",\"candidates\":%llu,\"rowsLookedAt\":%llu,\"filterEvaluated\":%llu",
                     (unsigned long long)r->plan.candidates, (unsigned long long)r->looked_at,
                     (unsigned long long)r->plan.evaluated);
    cairn_buf_printf(out,
                     ",\"rowsReturned\":%lu,\"more\":%s,\"milliseconds\":%.3f,\"notes\":", (unsigned long)r->returned,
                     r->more ? "true" : "false", t->milliseconds);
    cairn_notes_print(&t->notes, out);
    cairn_buf_add_text(out, "}\n");
}

static cairn_code print(const explain *values, const trial *t, cairn_error *error)
{
    enum { TEXT_MAX = 1 << 16 };
    cairn_output output;
    cairn_buf text = CAIRN_BUF_INIT(TEXT_MAX);
    if (values->json)
        print_json(t, &text);
    else
        print_text(t, &text);
    cairn_code code = text.failed ? cairn_error_no_memory(error) : CAIRN_OK;
    if (!code)
        code = cairn_output_open(&output, NULL, error);
    if (!code)
        code = cairn_output_write(&output, cairn_buf_span(&text), error);
    cairn_buf_free(&text);
    return code;
}

static int explain_search(const explain *values, const char *path, cairn_arena *arena)
{
    cairn_search request = {0};
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_reader reader;
    trial t = {
        .search = &request, .limit = values->limit ? (uint32_t)values->limit : CAIRN_DEFAULT_LIMIT, .arena = arena};
    cairn_code code = cairn_asking_read(&values->asking, arena, &request, &error);
    if (code == CAIRN_INVALID || code == CAIRN_TOO_LARGE)
        return cairn_asking_report(&cairn_command_explain, &error);
    if (code == CAIRN_OK)
        code = cairn_reader_open(&reader, path, values->immutable, &error);
    if (code != CAIRN_OK)
        return cairn_report(&cairn_command_explain, &error);
    code = cairn_reader_run(&reader, run_page, &t, &error);
    if (code == CAIRN_OK)
        code = print(values, &t, &error);
    cairn_reader_close(&reader);
    if (code == CAIRN_INVALID)
        return cairn_asking_report(&cairn_command_explain, &error);
    return code == CAIRN_OK ? CAIRN_EXIT_OK : cairn_report(&cairn_command_explain, &error);
}

static int run(int argc, char **argv)
{
    explain values = {0};
    cairn_operands operands = {.min = 1, .max = 1, .names = "CATALOG"};
    int exit = cairn_options_read(&cairn_command_explain, options, argc, argv, &values, &operands);
    if (exit >= 0)
        return exit;
    cairn_arena *arena = cairn_arena_new(CAIRN_READER_MAX_TEXT);
    if (!arena)
        return cairn_exit_of(CAIRN_NOMEM);
    exit = explain_search(&values, operands.items[0], arena);
    cairn_arena_free(arena);
    return exit;
}

const cairn_command cairn_command_explain = {
    .name = "explain",
    .summary = "show how a search is done: plan, index, rows, time",
    .usage = "cairn explain CATALOG [options]",
    .help = "Runs the first page of a search and tells how: the plan that was chosen, the\n"
            "property whose index was used, how many rows the index gave, how many were\n"
            "looked at, on how many the filter itself was evaluated, and the time. A note\n"
            "tells of what may be a mistake: a name that no item has, a value that can't be\n"
            "equal. When many rows are looked at for few that are returned, an index may\n"
            "help:\n"
            "`cairn queryables add CATALOG PROPERTY`. The options are those of\n"
            "`cairn search`.\n"
            "\n"
            "Examples:\n"
            "  $ cairn explain demo.cairn --filter 'eo:cloud_cover < 20'\n"
            "  $ cairn explain demo.cairn --sortby -eo:cloud_cover --limit 100\n"
            "  $ cairn explain demo.cairn --bbox 5.9,45.8,10.5,47.9 --json\n",
    .run = run,
};
