#include "indexer/command.h"

#include "indexer/exit.h"
#include "indexer/output.h"
#include "query/names.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

const cairn_command *const cairn_commands[] = {
    &cairn_command_init,     &cairn_command_ingest, &cairn_command_search,     &cairn_command_explain,
    &cairn_command_get,      &cairn_command_delete, &cairn_command_info,       &cairn_command_check,
    &cairn_command_optimize, &cairn_command_export, &cairn_command_queryables, &cairn_command_validate,
    &cairn_command_doctor,   &cairn_command_enrich, &cairn_command_version,    NULL,
};

const cairn_command *cairn_command_find(const char *name)
{
    for (size_t i = 0; cairn_commands[i]; i++)
        if (strcmp(cairn_commands[i]->name, name) == 0)
            return cairn_commands[i];
    return NULL;
}

static int print_overview(FILE *to)
{
    fputs("cairn builds, checks, searches and exports catalogs of STAC items.\n\n"
          "Usage: cairn COMMAND [arguments]\n\nCommands:\n",
          to);
    for (size_t i = 0; cairn_commands[i]; i++)
        fprintf(to, "  %-10s %s\n", cairn_commands[i]->name, cairn_commands[i]->summary);
    fputs("\n'cairn COMMAND --help' shows the options of a command, with examples.\n"
          "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but for what was refused or not found.\n\n"
          "Examples:\n"
          "  $ cairn ingest new.cairn items.ndjson\n"
          "  $ cairn search new.cairn --limit 3\n",
          to);
    return CAIRN_EXIT_OK;
}

static int say_unknown(const char *name)
{
    const char *names[sizeof cairn_commands / sizeof *cairn_commands]; /* which ends in NULL */
    char quoted[80];
    size_t n = 0;
    for (; cairn_commands[n]; n++)
        names[n] = cairn_commands[n]->name;
    names[n] = NULL;
    const char *near = cairn_name_nearest(cairn_span_of(name), names);
    fprintf(stderr, "cairn: unknown command '%s'", cairn_quote(cairn_span_of(name), quoted, sizeof(quoted)));
    if (near)
        fprintf(stderr, ": did you mean '%s'?", near);
    fputs("\ncairn: try 'cairn --help'\n", stderr);
    return CAIRN_EXIT_USAGE;
}

static int run_named(int argc, char **argv)
{
    const cairn_command *command = cairn_command_find(argv[0]);
    return command ? command->run(argc, argv) : say_unknown(argv[0]);
}

/* `cairn help CMD` is `cairn CMD --help`. */
static int run_help(int argc, char **argv)
{
    char help[] = "--help";
    if (argc < 2)
        return print_overview(stdout);
    char *rewritten[] = {argv[1], help, NULL};
    return run_named(2, rewritten);
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        print_overview(stderr);
        return CAIRN_EXIT_USAGE;
    }
    const char *first = argv[1];
    if (strcmp(first, "help") == 0)
        return run_help(argc - 1, argv + 1);
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
        return print_overview(stdout);
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0)
        return cairn_command_version.run(1, argv + 1);
    return run_named(argc - 1, argv + 1);
}

/* What a command printed may fail as late as here: a full disk is no success. */
static int finish_output(int code)
{
    cairn_error error = CAIRN_ERROR_INIT;
    if ((code != CAIRN_EXIT_OK && code != CAIRN_EXIT_REFUSED) || cairn_output_flush(&error) == CAIRN_OK)
        return code;
    if (cairn_output_reader_left())
        return CAIRN_EXIT_NO_READER;
    fprintf(stderr, "cairn: %s\n", error.message);
    return CAIRN_EXIT_FAILED;
}

int cairn_command_main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    return finish_output(dispatch(argc, argv));
}
