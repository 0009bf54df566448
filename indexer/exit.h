/* Exit codes of `cairn`, and how a failure is told. */
#ifndef CAIRN_INDEXER_EXIT_H
#define CAIRN_INDEXER_EXIT_H

#include "base/error.h"
#include "indexer/command.h"

typedef enum cairn_exit {
    CAIRN_EXIT_OK = 0,
    CAIRN_EXIT_FAILED = 1,
    CAIRN_EXIT_USAGE = 2,
    CAIRN_EXIT_REFUSED = 3,     /* all done, but some records were refused, or records or collections not found */
    CAIRN_EXIT_NO_READER = 141, /* nobody reads our output any more (EPIPE): as a shell shows SIGPIPE, without words */
} cairn_exit;

/* The exit code of an error code, by the one table. */
int cairn_exit_of(cairn_code code);

/* Prints "cairn CMD: [parameter: ]MESSAGE" to standard error, a second line with the next step where there is one for
 * the code, and returns the exit code. Prints nothing when the reason is that nobody reads our output. */
int cairn_report(const cairn_command *command, const cairn_error *error);

/* Prints "cairn CMD: MESSAGE" to standard error. */
void cairn_say(const cairn_command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
