/* The commands of `cairn`: one table entry, one file in indexer/commands/ each. */
#ifndef CAIRN_INDEXER_COMMAND_H
#define CAIRN_INDEXER_COMMAND_H

typedef struct cairn_command {
    const char *name;    /* "search" */
    const char *summary; /* one line without a full stop, for the list of commands */
    const char *usage;   /* "cairn search CATALOG [options]" */
    /* Shown by --help below the options: paragraphs, then "Examples:" with the commands to type as lines that begin
     * with "  $ ". A test (tests/cli/test_help.py) runs each of them, in order, in a folder that holds demo.cairn, the
     * same few items as items.ndjson and as catalog.json with what it links to, and refused.ndjson. */
    const char *help;
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns the exit code (indexer/exit.h) */
} cairn_command;

/* All commands in the order of `cairn --help`, NULL at the end. */
extern const cairn_command *const cairn_commands[];

/* The command of that name, or NULL. */
const cairn_command *cairn_command_find(const char *name);

/* Runs the command line of the program; returns its exit code. */
int cairn_command_main(int argc, char **argv);

extern const cairn_command cairn_command_init, cairn_command_ingest, cairn_command_search, cairn_command_explain,
    cairn_command_get, cairn_command_delete, cairn_command_info, cairn_command_check, cairn_command_optimize,
    cairn_command_export, cairn_command_queryables, cairn_command_validate, cairn_command_doctor, cairn_command_enrich,
    cairn_command_version;

#endif
