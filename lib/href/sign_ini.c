#include "href/sign_ini.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE_MAX_BYTES = 64 << 10, LINES_MAX = 100000 };

typedef struct reader {
    cairn_span section;
    char *name; /* owned, of the section */
    int line;
    cairn_sign_ini_take take;
    void *context;
} reader;

static cairn_code take_section(reader *r, cairn_span text, cairn_error *error)
{
    const char *close = memchr(text.p, ']', text.n);
    if (!close || close == text.p + 1)
        return cairn_error_set(error, CAIRN_INVALID, "expected [name] of a section");
    free(r->name);
    size_t n = (size_t)(close - text.p) - 1;
    r->name = strndup(text.p + 1, n);
    if (!r->name)
        return cairn_error_no_memory(error);
    r->section = cairn_span_make(r->name, strlen(r->name));
    cairn_sign_ini_key head = {.section = r->section, .line = r->line};
    return r->take(r->context, &head, error);
}

static cairn_code take_line(reader *r, cairn_span whole, cairn_error *error)
{
    cairn_span text = cairn_span_trim(whole);
    if (text.n == 0 || text.p[0] == '#' || text.p[0] == ';')
        return CAIRN_OK;
    if (memchr(text.p, '\0', text.n))
        return cairn_error_set(error, CAIRN_INVALID, "expected text, found a NUL byte");
    if (text.p[0] == '[')
        return take_section(r, text, error);
    const char *equals = memchr(text.p, '=', text.n);
    if (!equals || equals == text.p)
        return cairn_error_set(error, CAIRN_INVALID, "expected key = value");
    cairn_sign_ini_key key = {
        .section = r->section,
        .key = cairn_span_trim(cairn_span_make(text.p, (size_t)(equals - text.p))),
        .value = cairn_span_trim(cairn_span_make(equals + 1, text.n - (size_t)(equals - text.p) - 1)),
        .line = r->line,
        .indented = whole.p[0] == ' ' || whole.p[0] == '\t',
    };
    return r->take(r->context, &key, error);
}

static cairn_code take_lines(reader *r, FILE *file, cairn_error *error)
{
    char *line = NULL;
    size_t room = 0;
    cairn_code code = CAIRN_OK;
    for (ssize_t n; !code && (n = getline(&line, &room, file)) >= 0;) {
        cairn_span text = cairn_span_make(line, (size_t)n);
        if (++r->line == 1 && cairn_span_starts(text, "\xEF\xBB\xBF"))
            text = cairn_span_make(text.p + 3, text.n - 3);
        if (n > LINE_MAX_BYTES || r->line > LINES_MAX)
            code = cairn_error_set(error, CAIRN_INVALID, "expected at most %d lines of at most %d bytes", LINES_MAX,
                                   LINE_MAX_BYTES);
        else
            code = take_line(r, text, error);
    }
    if (line)
        OPENSSL_cleanse(line, room);
    free(line);
    return code;
}

cairn_code cairn_sign_ini_read(const char *path, cairn_sign_ini_take take, void *context, cairn_error *error)
{
    reader r = {.take = take, .context = context};
    cairn_error own = CAIRN_ERROR_INIT;
    FILE *file = fopen(path, "re");
    if (!file)
        return cairn_error_set(error, errno == ENOENT ? CAIRN_NOT_FOUND : CAIRN_IO, "%s: %s", path, strerror(errno));
    cairn_code code = take_lines(&r, file, &own);
    if (code)
        cairn_error_context(&own, "%s:%d", path, own.line ? own.line : r.line);
    else if (ferror(file))
        code = cairn_error_set(&own, CAIRN_IO, "%s: %s", path, strerror(errno));
    fclose(file);
    free(r.name);
    return code ? cairn_error_set(error, code, "%s", own.message) : CAIRN_OK;
}
