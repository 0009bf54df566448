/* What a command is told by an argument, a file or standard input. */
#ifndef CAIRN_INDEXER_INPUT_H
#define CAIRN_INDEXER_INPUT_H

#include "base/arena.h"
#include "base/error.h"

#include <stdio.h>

/* The text of an argument: itself, what is in FILE for "@FILE", or standard input for "-". In the arena, or borrowed
 * from `argument`. At most 256 MB. */
cairn_code cairn_input_argument(const char *argument, cairn_arena *arena, cairn_span *out, cairn_error *error);

/* A file of lines: "-" is standard input. */
typedef struct cairn_input_lines {
    FILE *file;
    const char *path;
    char *line; /* owned */
    size_t size;
} cairn_input_lines;

cairn_code cairn_input_lines_open(cairn_input_lines *lines, const char *path, cairn_error *error);
/* The next line without its line feed (and carriage return), skipping empty ones: absent at the end. It is valid until
 * the next call. */
cairn_code cairn_input_lines_next(cairn_input_lines *lines, cairn_span *out, cairn_error *error);
void cairn_input_lines_close(cairn_input_lines *lines);

#endif
