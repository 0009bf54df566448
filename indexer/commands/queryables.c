#include "base/clock.h"
#include "indexer/editor.h"
#include "indexer/exit.h"
#include "indexer/known.h"
#include "indexer/options.h"
#include "indexer/output.h"
#include "indexer/reader.h"
#include "query/names.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct queryables {
    const char *collection;
    bool json, immutable, quiet, force;
    uint64_t wait;
} queryables;

static const cairn_option options[] = {
    {.name = "collection",
     .kind = CAIRN_OPTION_TEXT,
     .argument = "ID",
     .at = offsetof(queryables, collection),
     .help = "list: what the items of this collection have (default: those of all)"},
    {.name = "json",
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(queryables, json),
     .help = "list: one object, for programs"},
    {.name = "force",
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(queryables, force),
     .help = "add: an index that holds no item too, for items to come"},
    {.name = "wait",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "SECONDS",
     .max = CAIRN_EDITOR_WAIT_MAX,
     .at = offsetof(queryables, wait),
     .help = "add, remove: how long to wait for another writer (default 30)"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CAIRN_OPTION_FLAG,
     .at = offsetof(queryables, quiet),
     .help = "add, remove: don't say what was done"},
    CAIRN_EXTENSIONS_OPTION,
    CAIRN_READER_OPTION(queryables, immutable),
    {0},
};

enum { ARENA_BYTES = 1 << 30 };

/* ---- list ---- */

typedef struct listing {
    const queryables *values;
    cairn_knowns knowns;
    cairn_buf text;
} listing;

static cairn_code read_knowns(void *context, cairn_session *session, cairn_error *error)
{
    listing *l = context;
    cairn_span collection = cairn_span_of(l->values->collection);
    cairn_code code = collection.p ? cairn_session_has_collection(session, collection, error) : CAIRN_OK;
    cairn_buf_reset(&l->text);
    if (code == CAIRN_OK)
        code = cairn_knowns_read(&l->knowns, session, collection, error);
    if (code != CAIRN_OK)
        return code;
    bool ok = l->values->json ? cairn_knowns_json(&l->knowns, &l->text) : cairn_knowns_text(&l->knowns, &l->text);
    return ok ? CAIRN_OK : cairn_error_no_memory(error);
}

static cairn_code print_knowns(listing *l, const char *path, cairn_error *error)
{
    cairn_reader reader;
    cairn_output output;
    cairn_code code = cairn_reader_open(&reader, path, l->values->immutable, error);
    if (code != CAIRN_OK)
        return code;
    code = cairn_reader_run(&reader, read_knowns, l, error);
    cairn_reader_close(&reader);
    if (code == CAIRN_OK)
        code = cairn_output_open(&output, NULL, error);
    return code == CAIRN_OK ? cairn_output_write(&output, cairn_buf_span(&l->text), error) : code;
}

static cairn_code list(const queryables *values, const cairn_operands *operands, cairn_error *error)
{
    listing l = {.values = values,
                 .knowns = {.arena = cairn_arena_new(ARENA_BYTES)},
                 .text = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT)};
    cairn_code code = l.knowns.arena ? print_knowns(&l, operands->items[1], error) : cairn_error_no_memory(error);
    cairn_arena_free(l.knowns.arena);
    cairn_buf_free(&l.text);
    return code;
}

/* ---- add and remove: one transaction for all names ---- */

typedef struct progress {
    const char *name;
    bool terminal, line_open;
    int64_t last;
} progress;

static void show_progress(void *context, uint64_t done, uint64_t total)
{
    progress *p = context;
    int64_t now = cairn_clock_now();
    if (!p->terminal || now - p->last < CAIRN_SECOND / 5)
        return;
    p->last = now;
    p->line_open = true;
    fprintf(stderr, "\r\033[K%s: %llu of %llu items", p->name, (unsigned long long)done, (unsigned long long)total);
}

/* A run of add or remove. */
typedef struct change {
    const queryables *values;
    const cairn_operands *operands;
    bool add;
    cairn_editor editor;
    cairn_knowns knowns; /* before anything is changed; for add without --force */
    uint64_t *items;     /* that each new index holds, by operand */
    progress progress;
} change;

static cairn_code read_before(change *c, cairn_error *error)
{
    cairn_session *session = NULL;
    cairn_code code = cairn_session_open(c->editor.store, &session, error);
    if (code != CAIRN_OK)
        return code;
    code = cairn_session_begin(session, 0, error);
    if (code == CAIRN_OK) {
        code = cairn_knowns_read(&c->knowns, session, CAIRN_SPAN_NONE, error);
        cairn_code ended = cairn_session_end(session, code == CAIRN_OK ? error : NULL);
        code = code == CAIRN_OK ? ended : code;
    }
    cairn_session_close(session);
    return code;
}

static cairn_code add_one(change *c, cairn_span name, uint64_t *items, cairn_error *error)
{
    cairn_code code = c->values->force ? CAIRN_OK : cairn_knowns_expect(&c->knowns, name, error);
    if (code == CAIRN_OK)
        code = cairn_writer_promote(c->editor.writer, name, show_progress, &c->progress, items, error);
    if (c->progress.line_open)
        fputs("\r\033[K", stderr);
    c->progress.line_open = false;
    if (code != CAIRN_OK || *items || c->values->force)
        return code;
    return cairn_knowns_refuse(&c->knowns, name, error);
}

static cairn_code change_all(change *c, cairn_error *error)
{
    cairn_writer *writer = c->editor.writer;
    cairn_code code = c->add && !c->values->force ? read_before(c, error) : CAIRN_OK;
    if (code == CAIRN_OK)
        code = cairn_writer_begin(writer, error);
    for (int i = 2; i < c->operands->n && code == CAIRN_OK; i++) {
        cairn_span name = cairn_span_of(c->progress.name = c->operands->items[i]);
        code = c->add ? add_one(c, name, &c->items[i], error) : cairn_writer_demote(writer, name, error);
    }
    return code == CAIRN_OK ? cairn_writer_commit(writer, error) : code;
}

static void say_changed(const change *c)
{
    for (int i = 2; i < c->operands->n && !c->values->quiet; i++)
        if (c->add)
            printf("%s: has an index now, of %llu item%s\n", c->operands->items[i], (unsigned long long)c->items[i],
                   c->items[i] == 1 ? "" : "s");
        else
            printf("%s: has no index any more\n", c->operands->items[i]);
}

static cairn_code run_change(const queryables *values, const cairn_operands *operands, bool add, cairn_error *error)
{
    change c = {.values = values,
                .operands = operands,
                .add = add,
                .knowns = {.arena = cairn_arena_new(ARENA_BYTES)},
                .progress = {.terminal = !values->quiet && isatty(STDERR_FILENO) != 0}};
    c.items = calloc((size_t)operands->n, sizeof *c.items);
    cairn_code code = c.items && c.knowns.arena ? CAIRN_OK : cairn_error_no_memory(error);
    if (code == CAIRN_OK)
        code = cairn_editor_open(&c.editor, operands->items[1], "cairn queryables", values->wait, error);
    if (code == CAIRN_OK)
        code = cairn_editor_close(&c.editor, change_all(&c, error), error);
    if (code == CAIRN_OK)
        say_changed(&c);
    cairn_arena_free(c.knowns.arena);
    free(c.items);
    return code;
}

static cairn_code add(const queryables *values, const cairn_operands *operands, cairn_error *error)
{
    return run_change(values, operands, true, error);
}

static cairn_code take_away(const queryables *values, const cairn_operands *operands, cairn_error *error)
{
    return run_change(values, operands, false, error);
}

/* ---- the command ---- */

static const struct {
    const char *name;
    bool wants_names;
    cairn_code (*run)(const queryables *values, const cairn_operands *operands, cairn_error *error);
} actions[] = {{"list", false, list}, {"add", true, add}, {"remove", true, take_away}};
enum { ACTIONS = sizeof actions / sizeof *actions };

static int say_unknown(const char *name)
{
    static const char *const names[] = {"list", "add", "remove", NULL};
    char quoted[80];
    const char *near = cairn_name_nearest(cairn_span_of(name), names);
    return cairn_usage_error(&cairn_command_queryables, "expected list, add or remove, found '%s'%s%s%s",
                             cairn_quote(cairn_span_of(name), quoted, sizeof quoted), near ? ": did you mean '" : "",
                             near ? near : "", near ? "'?" : "");
}

static int run(int argc, char **argv)
{
    queryables values = {.wait = CAIRN_EDITOR_WAIT};
    cairn_operands operands = {.min = 2, .max = -1, .names = "list|add|remove CATALOG [NAME...]"};
    cairn_error error = CAIRN_ERROR_INIT;
    int exit = cairn_options_read(&cairn_command_queryables, options, argc, argv, &values, &operands);
    if (exit >= 0)
        return exit;
    size_t i = 0;
    while (i < ACTIONS && strcmp(actions[i].name, operands.items[0]) != 0)
        i++;
    if (i == ACTIONS)
        return say_unknown(operands.items[0]);
    if (actions[i].wants_names && operands.n < 3)
        return cairn_usage_error(&cairn_command_queryables, "expected the names of properties behind the catalog");
    if (!actions[i].wants_names && operands.n > 2)
        return cairn_usage_error(&cairn_command_queryables, "list takes one catalog, and no names");
    if (actions[i].run(&values, &operands, &error) != CAIRN_OK)
        return cairn_report(&cairn_command_queryables, &error);
    return CAIRN_EXIT_OK;
}

const cairn_command cairn_command_queryables = {
    .name = "queryables",
    .summary = "list the items' properties, and say which have an index",
    .usage = "cairn queryables list|add|remove CATALOG [NAME...] [options]",
    .help = "Every property of the items can be filtered and sorted by. One that has an index\n"
            "is found quickly however large the catalog is; without one the properties of all\n"
            "items that time, place and the other conditions leave are read, and a sort of\n"
            "too many of them is refused by cairnd.\n"
            "\n"
            "'list' prints each property with the types of its values, how many items have\n"
            "it, its range or most frequent values, and its index: built-in for those that\n"
            "every catalog has from the start, added for those that somebody added. An index\n"
            "without such items, of values under another name or nested in objects, is told\n"
            "as 'index only'.\n"
            "\n"
            "'add' makes an index while the catalog is served: readers go on with what was\n"
            "there, and use it once it is done. A name is that of a member of an item's\n"
            "'properties', or a path below it: view:sun_elevation, a.b. An index costs about\n"
            "50 bytes for each item that has the property, and a little time in each ingest.\n"
            "A name that no item has, or only objects, is refused, unless --force is given.\n"
            "'remove' takes an index away; a built-in one stays away.\n"
            "\n"
            "Examples:\n"
            "  $ cairn queryables list demo.cairn\n"
            "  $ cairn queryables add demo.cairn title\n"
            "  $ cairn queryables list demo.cairn --collection landsat --json\n"
            "  $ cairn queryables remove demo.cairn title\n",
    .run = run,
};
