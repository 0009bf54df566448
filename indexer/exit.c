#include "indexer/exit.h"

#include "indexer/message.h"
#include "indexer/output.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    cairn_code code;
    cairn_exit exit;
    const char *next; /* what to do about it, NULL when the message says all */
} exits[] = {
    {CAIRN_OK, CAIRN_EXIT_OK, NULL},
    {CAIRN_INVALID, CAIRN_EXIT_FAILED, NULL},
    {CAIRN_NOT_FOUND, CAIRN_EXIT_FAILED, NULL},
    {CAIRN_CONFLICT, CAIRN_EXIT_FAILED, NULL},
    {CAIRN_TOO_LARGE, CAIRN_EXIT_FAILED, NULL},
    {CAIRN_BUSY, CAIRN_EXIT_FAILED, NULL},
    {CAIRN_DEADLINE, CAIRN_EXIT_FAILED, "try again, or ask for less at once"},
    {CAIRN_UNSUPPORTED, CAIRN_EXIT_FAILED, NULL},
    {CAIRN_IO, CAIRN_EXIT_FAILED, NULL},
    {CAIRN_CORRUPT, CAIRN_EXIT_FAILED,
     "'cairn check CATALOG' lists what is wrong; ingest the sources into a new catalog"},
    {CAIRN_NOMEM, CAIRN_EXIT_FAILED, "out of memory: free some, or raise the limit of this process (ulimit -v)"},
    {CAIRN_INTERNAL, CAIRN_EXIT_FAILED,
     "this is a bug in cairn: please report it with the command and 'cairn --version'"},
};

static size_t row_of(cairn_code code)
{
    size_t last = sizeof(exits) / sizeof(*exits) - 1;
    for (size_t i = 0; i < last; i++)
        if (exits[i].code == code)
            return i;
    return last;
}

int cairn_exit_of(cairn_code code)
{
    return exits[row_of(code)].exit;
}

void cairn_say(const cairn_command *command, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fprintf(stderr, "cairn %s: ", command->name);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
}

int cairn_report(const cairn_command *command, const cairn_error *error)
{
    if (cairn_output_reader_left())
        return CAIRN_EXIT_NO_READER;
    size_t row = row_of(error->code);
    const char *message = error->message[0] ? error->message : cairn_code_name(error->code);
    if (error->parameter[0])
        cairn_say(command, "%s: %s", error->parameter,
                  cairn_message_behind(cairn_span_of(error->parameter), cairn_span_of(message)).p);
    else
        cairn_say(command, "%s", message);
    if (exits[row].next)
        cairn_say(command, "%s", exits[row].next);
    return exits[row].exit;
}
