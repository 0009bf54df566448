#include "indexer/input.h"

#include "base/buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 16 };
#define MAX_TEXT ((size_t)256 << 20)

static cairn_code open_input(const char *path, FILE **out, cairn_error *error)
{
    *out = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (*out)
        return CAIRN_OK;
    return cairn_error_set(error, CAIRN_IO, "cannot open %s: %s", path, strerror(errno));
}

static void close_input(FILE *file)
{
    if (file && file != stdin)
        fclose(file);
}

static cairn_code read_failed(const char *path, cairn_error *error)
{
    return cairn_error_set(error, CAIRN_IO, "cannot read %s: %s", strcmp(path, "-") == 0 ? "standard input" : path,
                           strerror(errno));
}

static cairn_code read_all(FILE *file, const char *path, cairn_buf *out, cairn_error *error)
{
    size_t n;
    do {
        char *room = cairn_buf_reserve(out, CHUNK);
        if (!room)
            return cairn_error_set(error, CAIRN_TOO_LARGE, "%s is larger than %zu MB", path, MAX_TEXT >> 20);
        n = fread(room, 1, CHUNK, file);
        out->n += n;
    } while (n == CHUNK);
    return ferror(file) ? read_failed(path, error) : CAIRN_OK;
}

cairn_code cairn_input_argument(const char *argument, cairn_arena *arena, cairn_span *out, cairn_error *error)
{
    cairn_buf text = CAIRN_BUF_INIT(MAX_TEXT);
    FILE *file = NULL;
    *out = cairn_span_of(argument);
    if (*argument != '@' && strcmp(argument, "-") != 0)
        return CAIRN_OK;
    const char *path = *argument == '@' ? argument + 1 : argument;
    cairn_code code = open_input(path, &file, error);
    if (code == CAIRN_OK)
        code = read_all(file, path, &text, error);
    if (code == CAIRN_OK) {
        *out = cairn_arena_copy(arena, cairn_buf_span(&text));
        code = out->p ? CAIRN_OK : cairn_error_no_memory(error);
    }
    close_input(file);
    cairn_buf_free(&text);
    return code;
}

cairn_code cairn_input_lines_open(cairn_input_lines *lines, const char *path, cairn_error *error)
{
    *lines = (cairn_input_lines){.path = path};
    return open_input(path, &lines->file, error);
}

cairn_code cairn_input_lines_next(cairn_input_lines *lines, cairn_span *out, cairn_error *error)
{
    *out = CAIRN_SPAN_NONE;
    for (;;) {
        errno = 0;
        ssize_t n = getline(&lines->line, &lines->size, lines->file);
        if (n < 0)
            return ferror(lines->file) || errno ? read_failed(lines->path, error) : CAIRN_OK;
        while (n > 0 && (lines->line[n - 1] == '\n' || lines->line[n - 1] == '\r'))
            n--;
        if (n > 0) {
            *out = cairn_span_make(lines->line, (size_t)n);
            return CAIRN_OK;
        }
    }
}

void cairn_input_lines_close(cairn_input_lines *lines)
{
    close_input(lines->file);
    free(lines->line);
    *lines = (cairn_input_lines){0};
}
