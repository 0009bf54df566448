#include "base/clock.h"
#include "indexer/exit.h"
#include "indexer/options.h"
#include "indexer/reader.h"

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

typedef struct check {
    size_t format;
    bool immutable;
} check;

static const char *const formats[] = {"text", "json", NULL};
enum { FORMAT_TEXT, FORMAT_JSON };

static const cairn_option options[] = {
    {.name = "format",
     .letter = 'f',
     .kind = CAIRN_OPTION_CHOICE,
     .choices = formats,
     .at = offsetof(check, format),
     .help = "text: one fault a line, then a verdict (default)\njson: one object with all faults"},
    CAIRN_READER_OPTION(check, immutable),
    {0},
};

typedef struct report {
    bool json, terminal;
    uint64_t printed;
    int64_t last_progress;
    bool line_open; /* the progress line stands on the terminal */
    bool failed;    /* memory ran out, or standard output failed */
} report;

static void clear_progress(report *r)
{
    if (r->line_open)
        fputs("\r\033[K", stderr);
    r->line_open = false;
}

static void add_text_finding(cairn_buf *line, const cairn_finding *finding)
{
    char id[200], collection[200];
    cairn_buf_printf(line, "%s: ", finding->where);
    if (finding->collection.p)
        cairn_buf_printf(line, "collection '%s': ", cairn_quote(finding->collection, collection, sizeof(collection)));
    if (finding->id.p)
        cairn_buf_printf(line, "item '%s': ", cairn_quote(finding->id, id, sizeof(id)));
    cairn_buf_printf(line, "%s\n", finding->message);
}

static void add_member(cairn_buf *line, const char *name, cairn_span value)
{
    if (!value.p)
        return;
    cairn_buf_printf(line, ",\"%s\":", name);
    cairn_buf_add_json_string(line, value);
}

static void add_json_finding(cairn_buf *line, const cairn_finding *finding, bool first)
{
    cairn_buf_add_text(line, first ? "\n{\"where\":" : ",\n{\"where\":");
    cairn_buf_add_json_string(line, cairn_span_of(finding->where));
    add_member(line, "collection", finding->collection);
    add_member(line, "id", finding->id);
    add_member(line, "message", cairn_span_of(finding->message));
    cairn_buf_add_byte(line, '}');
}

static void print_finding(void *context, const cairn_finding *finding)
{
    report *r = context;
    cairn_buf line = CAIRN_BUF_INIT(1 << 20);
    clear_progress(r);
    if (r->json)
        add_json_finding(&line, finding, r->printed == 0);
    else
        add_text_finding(&line, finding);
    r->printed++;
    r->failed |= line.failed || fwrite(line.p, 1, line.n, stdout) != line.n;
    cairn_buf_free(&line);
}

static void print_progress(void *context, uint64_t done, uint64_t total)
{
    report *r = context;
    int64_t now = cairn_clock_now();
    if (!r->terminal || now - r->last_progress < CAIRN_SECOND / 5)
        return;
    r->last_progress = now;
    r->line_open = true;
    if (total)
        fprintf(stderr, "\r\033[Kchecked %llu of %llu items (%u %%)", (unsigned long long)done,
                (unsigned long long)total, (unsigned)(100.0 * (double)done / (double)total));
    else
        fprintf(stderr, "\r\033[Kchecked %llu items", (unsigned long long)done);
}

static void print_verdict(const report *r, const char *path, uint64_t findings)
{
    if (r->json)
        printf("%s],\"count\":%llu,\"ok\":%s}\n", r->printed ? "\n" : "", (unsigned long long)findings,
               findings ? "false" : "true");
    else if (findings)
        printf("%s: %llu fault%s\n", path, (unsigned long long)findings, findings == 1 ? "" : "s");
    else
        printf("%s: ok\n", path);
}

static cairn_code check_catalog(const char *path, bool immutable, report *r, uint64_t *findings, cairn_error *error)
{
    const cairn_sqlite_options how = {.immutable = immutable};
    cairn_store *store;
    cairn_code code = cairn_sqlite_open(path, &how, &store, error);
    if (code != CAIRN_OK)
        return code;
    if (r->json)
        fputs("{\"findings\":[", stdout);
    code = cairn_store_check(store, print_finding, print_progress, r, findings, error);
    clear_progress(r);
    cairn_store_close(store);
    if (code == CAIRN_OK && r->failed)
        return cairn_error_set(error, CAIRN_IO, "not all faults could be printed");
    return code;
}

static int run(int argc, char **argv)
{
    check values = {0};
    uint64_t findings = 0;
    cairn_operands operands = {.min = 1, .max = 1, .names = "CATALOG"};
    cairn_error error = CAIRN_ERROR_INIT;
    int exit = cairn_options_read(&cairn_command_check, options, argc, argv, &values, &operands);
    if (exit >= 0)
        return exit;
    report r = {.json = values.format == FORMAT_JSON, .terminal = isatty(STDERR_FILENO) != 0};
    if (check_catalog(operands.items[0], values.immutable, &r, &findings, &error) != CAIRN_OK)
        return cairn_report(&cairn_command_check, &error);
    print_verdict(&r, operands.items[0], findings);
    return findings ? CAIRN_EXIT_FAILED : CAIRN_EXIT_OK;
}

const cairn_command cairn_command_check = {
    .name = "check",
    .summary = "check a catalog: the file, its indexes, and every item against them",
    .usage = "cairn check CATALOG [options]",
    .help = "Runs SQLite's own checks of the file and of the R*Tree, then reads every item\n"
            "again and compares it with what the indexes say of it: place, time, properties,\n"
            "words; and each collection with what is kept of its items. Exit code 1 when\n"
            "there is a fault. Nothing is changed: a catalog with faults is made anew from\n"
            "its sources.\n"
            "\n"
            "Examples:\n"
            "  $ cairn check demo.cairn\n"
            "  $ cairn check demo.cairn --format json\n",
    .run = run,
};
