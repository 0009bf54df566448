#include "http/config_table.h"

#include <errno.h>
#include <ini.h>

/* inih reads lines into a small buffer and goes on with the rest of a longer one as if it were a line: that is refused
 * here instead. A line that begins with a space continues the one before it. */
typedef struct reader {
    FILE *file;
    const char *path;
    int line;
    bool continued;
    cairn_config_set set;
    void *context;
    cairn_error *error;
} reader;

static char *read_line(char *out, int size, void *stream)
{
    reader *r = stream;
    if (r->error->code || !fgets(out, size, r->file))
        return NULL;
    r->line++;
    r->continued = out[0] == ' ' || out[0] == '\t';
    if (!strchr(out, '\n') && !feof(r->file)) {
        cairn_error_set(r->error, CAIRN_INVALID,
                        "%s:%d: expected a line of at most %d bytes; continue it on the next line, behind a space",
                        r->path, r->line, size - 2);
        return NULL;
    }
    return out;
}

static int take_key(void *user, const char *section, const char *name, const char *value)
{
    reader *r = user;
    char quoted[80];
    if (r->error->code)
        return 0;
    if (section[0] && strcmp(section, "cairnd") != 0)
        cairn_error_set(r->error, CAIRN_INVALID, "section '%s': expected [cairnd] or none",
                        cairn_quote(cairn_span_of(section), quoted, sizeof quoted));
    else
        r->set(r->context, cairn_span_of(name), cairn_span_of(value), r->continued, r->error);
    cairn_error_context(r->error, "%s:%d", r->path, r->line);
    return r->error->code == CAIRN_OK;
}

cairn_code cairn_config_read_file(const char *path, cairn_config_set set, void *context, cairn_error *error)
{
    cairn_error own = CAIRN_ERROR_INIT;
    reader r = {fopen(path, "re"), path, 0, false, set, context, &own};
    if (!r.file)
        return cairn_error_set(error, CAIRN_IO, "%s: %s", path, strerror(errno));
    int fault = ini_parse_stream(read_line, &r, take_key, &r);
    if (!own.code && fault)
        cairn_error_set(&own, CAIRN_INVALID, "%s:%d: expected key = value", path, fault);
    if (!own.code && ferror(r.file))
        cairn_error_set(&own, CAIRN_IO, "%s: %s", path, strerror(errno));
    fclose(r.file);
    return own.code ? cairn_error_set(error, own.code, "%s", own.message) : CAIRN_OK;
}
