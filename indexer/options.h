/* Options of a command, from one static table that also makes the list of options in its --help:
 *
 *     struct search { const char *bbox; bool quiet; size_t format; };
 *     static const char *const formats[] = {"ids", "ndjson", NULL};
 *     static const cairn_option options[] = {
 *         {.name = "bbox", .kind = CAIRN_OPTION_TEXT, .argument = "W,S,E,N", .at = offsetof(struct search, bbox),
 *          .help = "items that meet this box"},
 *         {.name = "format", .kind = CAIRN_OPTION_CHOICE, .choices = formats, .at = offsetof(struct search, format),
 *          .help = "what is printed"},
 *         {.name = "quiet", .letter = 'q', .kind = CAIRN_OPTION_FLAG, .at = offsetof(struct search, quiet), .help =
 * ...}, {0}};
 *
 *     cairn_operands operands = {.min = 1, .max = 1, .names = "CATALOG"};
 *     int exit = cairn_options_read(&cairn_command_search, options, argc, argv, &values, &operands);
 *     if (exit >= 0)
 *         return exit;
 *
 * The names may be cut as far as they stay unique, "--" ends the options, operands and options may be mixed. */
#ifndef CAIRN_INDEXER_OPTIONS_H
#define CAIRN_INDEXER_OPTIONS_H

#include "base/error.h"
#include "indexer/command.h"

#include <stddef.h>
#include <stdint.h>

typedef enum cairn_option_kind {
    CAIRN_OPTION_FLAG,       /* bool: set to true */
    CAIRN_OPTION_TEXT,       /* const char *: the argument, borrowed from argv; given twice is a usage error */
    CAIRN_OPTION_LIST,       /* cairn_option_list: may be given again and again */
    CAIRN_OPTION_NUMBER,     /* uint64_t within min and max; K, M, G behind it are powers of 1024 */
    CAIRN_OPTION_CHOICE,     /* size_t: the index in `choices` */
    CAIRN_OPTION_EXTENSIONS, /* no value: see CAIRN_EXTENSIONS_OPTION */
} cairn_option_kind;

enum { CAIRN_OPTION_LIST_MAX = 64 };

typedef struct cairn_option_list {
    const char *items[CAIRN_OPTION_LIST_MAX]; /* borrowed from argv */
    size_t n;
} cairn_option_list;

typedef struct cairn_option {
    const char *name; /* without the dashes; NULL ends a table */
    char letter;      /* the short form, 0: none */
    cairn_option_kind kind;
    const char *argument;       /* what --help calls the argument: "FILE"; the choices when NULL */
    const char *const *choices; /* CHOICE: NULL-terminated */
    uint64_t min, max;          /* NUMBER; max 0: no limit */
    size_t at;        /* offsetof() the value in the command's struct, which the caller fills with the defaults */
    const char *help; /* one or more lines, wrapped by --help; says the default where there is one */
} cairn_option;

/* The option of the commands for which it matters what is known of properties. What it names, or else the environment
 * variable CAIRN_EXTENSIONS, is loaded (stac/ext.h) when the whole command line has been read. */
#define CAIRN_EXTENSIONS_OPTION                                                                                        \
    {                                                                                                                  \
        .name = "extensions", .kind = CAIRN_OPTION_EXTENSIONS, .argument = "PATH",                                     \
        .help = "a site's own descriptors of properties (JSON): a file or a folder of them, several separated by "     \
                "':'; may be given again; default: CAIRN_EXTENSIONS"                                                   \
    }

typedef struct cairn_operands {
    int min, max;      /* how many; max < 0: any number */
    const char *names; /* for the message: "CATALOG SOURCE..." */
    int n;             /* out */
    char **items;      /* out: borrowed from argv */
} cairn_operands;

enum { CAIRN_OPTIONS_GO_ON = -1 };

/* Reads the command line. CAIRN_OPTIONS_GO_ON, or the exit code with which the command ends at once: 0 after --help
 * was printed, 2 after a message about what is wrong with the usage, 1 when a site's own extensions can't be loaded.
 * Not thread-safe (getopt_long). */
int cairn_options_read(const cairn_command *command, const cairn_option *options, int argc, char **argv, void *values,
                       cairn_operands *operands);

/* A usage error that the command itself found: prints "cairn CMD: MESSAGE" and "cairn CMD: try 'cairn CMD --help'" to
 * standard error and returns CAIRN_EXIT_USAGE. */
int cairn_usage_error(const cairn_command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for an error value that is about an option: "cairn CMD: bbox: MESSAGE". */
int cairn_usage_report(const cairn_command *command, const cairn_error *error);

#endif
