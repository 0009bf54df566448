#include "http/config_table.h"

static const char USAGE[] =
    "cairnd serves a catalog that `cairn ingest` has made as a STAC API.\n\n"
    "Usage: cairnd --catalog FILE [--listen ADDR:PORT] [flags]\n\n"
    "Each flag is also an environment variable (--max-limit is CAIRND_MAX_LIMIT) and a key of the file that --config\n"
    "names (max-limit = 5000). A flag beats the environment, the environment beats the file.\n\n";

static const char EXAMPLES[] = "\nExamples:\n"
                               "  $ cairnd --catalog catalog.cairn\n"
                               "  $ cairnd --catalog /data/catalog.cairn --listen 0.0.0.0:8080\n"
                               "  $ cairnd --catalog catalog.cairn --base-url https://example.org/stac\n"
                               "  $ CAIRND_CATALOG=catalog.cairn cairnd --listen '[::1]:0' --trust-proxy 10.0.0.0/8\n"
                               "\nSignals: SIGTERM and SIGINT end requests under way and exit with 0; SIGHUP looks at\n"
                               "once whether the catalog was replaced. Exit codes: 0, 1 failed, 2 usage.\n";

/* Words of `text` from column `indent` on, in lines of 80. */
static void print_wrapped(FILE *out, const char *text, size_t indent)
{
    size_t column = 0;
    while (*text) {
        size_t n = strcspn(text, " ");
        if (column == 0 || column + 1 + n > 80) {
            fprintf(out, "%s%*s", column ? "\n" : "", (int)indent, "");
            column = indent;
        } else {
            fputc(' ', out);
            column++;
        }
        fwrite(text, 1, n, out);
        column += n;
        text += n + (text[n] == ' ');
    }
    fputc('\n', out);
}

static bool has_default(const cairn_option *option)
{
    return option->fallback && option->kind != CAIRN_OPTION_SWITCH && !option->flag_only;
}

static void print_option(FILE *out, const cairn_option *option)
{
    fprintf(out, "  --%s%s%s", option->name, option->argument ? " " : "", option->argument ? option->argument : "");
    if (has_default(option))
        fprintf(out, "  [%s]", option->fallback);
    fputc('\n', out);
    print_wrapped(out, option->help, 6);
}

static void print_cell(FILE *out, const char *text)
{
    for (; *text; text++)
        fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
}

static void print_row(FILE *out, const cairn_option *option)
{
    char variable[64];
    cairn_option_variable(option, variable, sizeof variable);
    fprintf(out, "| `--%s", option->name);
    if (option->argument) {
        fputc(' ', out);
        print_cell(out, option->argument);
    }
    fprintf(out, "` | %s%s%s | %s%s%s | ", option->flag_only ? "" : "`", option->flag_only ? "" : variable,
            option->flag_only ? "" : "`", has_default(option) ? "`" : "", has_default(option) ? option->fallback : "",
            has_default(option) ? "`" : "");
    print_cell(out, option->help);
    fprintf(out, " |\n");
}

void cairn_config_help(FILE *out, bool markdown)
{
    if (markdown)
        fprintf(out, "# cairnd\n\nWritten by `cairnd --help=markdown`.\n\n");
    fputs(USAGE, out);
    if (markdown)
        fputs("| Flag | Environment | Default | Meaning |\n|---|---|---|---|\n", out);
    for (size_t i = 0; cairn_option_at(i); i++)
        (markdown ? print_row : print_option)(out, cairn_option_at(i));
    if (!markdown) {
        fputs(EXAMPLES, out);
        return;
    }
    fputs("\n```", out);
    fputs(EXAMPLES, out);
    fputs("```\n", out);
}
