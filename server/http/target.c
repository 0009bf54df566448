#include "http/target.h"

#include <strings.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of the escape at text.p[i], or -1. */
static int escape_value(cairn_span text, size_t i)
{
    if (text.n - i < 3)
        return -1;
    int high = hex_value(text.p[i + 1]), low = hex_value(text.p[i + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static cairn_code decode(cairn_span text, bool plus_is_space, cairn_arena *arena, cairn_span *out, cairn_error *error)
{
    char quoted[80];
    bool plain = !memchr(text.p, '%', text.n) && !(plus_is_space && memchr(text.p, '+', text.n));
    if (plain) {
        *out = text;
        return CAIRN_OK;
    }
    char *p = cairn_arena_alloc(arena, text.n);
    size_t n = 0;
    if (!p)
        return cairn_error_set(error, CAIRN_NOMEM, "the request needs more memory than --request-memory allows");
    for (size_t i = 0; i < text.n; i++) {
        int c = (unsigned char)text.p[i];
        if (c == '+' && plus_is_space)
            c = ' ';
        else if (c == '%') {
            c = escape_value(text, i);
            if (c <= 0)
                return cairn_error_set(error, CAIRN_INVALID, "%s in '%s': expected '%%' and two hexadecimal digits%s",
                                       c == 0 ? "a NUL byte" : "a bad escape", cairn_quote(text, quoted, sizeof quoted),
                                       c == 0 ? " that are not 00" : "");
            i += 2;
        }
        p[n++] = (char)c;
    }
    *out = cairn_span_make(p, n);
    return CAIRN_OK;
}

/* Cuts the part before the first `separator` off `rest`; false when nothing is left. */
static bool next_part(cairn_span *rest, char separator, cairn_span *part)
{
    if (!rest->p)
        return false;
    const char *end = memchr(rest->p, separator, rest->n);
    if (!end) {
        *part = *rest;
        *rest = CAIRN_SPAN_NONE;
        return true;
    }
    *part = cairn_span_make(rest->p, (size_t)(end - rest->p));
    *rest = cairn_span_make(end + 1, rest->n - part->n - 1);
    return true;
}

/* `path` begins with '/'. */
static cairn_code parse_path(cairn_span path, cairn_arena *arena, cairn_request *request, cairn_error *error)
{
    cairn_span rest = cairn_span_make(path.p + 1, path.n - 1), part;
    if (cairn_span_ends(rest, "/"))
        rest.n--;
    else if (rest.n == 0)
        return CAIRN_OK;
    while (next_part(&rest, '/', &part)) {
        if (request->n_segments == CAIRN_MAX_SEGMENTS)
            return cairn_error_set(error, CAIRN_NOT_FOUND, "no resource has a path of more than %d segments",
                                   CAIRN_MAX_SEGMENTS);
        cairn_code code = decode(part, false, arena, &request->segments[request->n_segments], error);
        if (code)
            return code;
        request->n_segments++;
    }
    return CAIRN_OK;
}

static cairn_code parse_query(cairn_span query, cairn_arena *arena, cairn_request *request, cairn_error *error)
{
    cairn_span part;
    while (next_part(&query, '&', &part)) {
        if (part.n == 0)
            continue;
        if (request->n_params == CAIRN_MAX_PARAMS)
            return cairn_error_set(error, CAIRN_INVALID, "query: expected at most %d parameters", CAIRN_MAX_PARAMS);
        cairn_param *param = &request->params[request->n_params++];
        cairn_span name, value = part;
        next_part(&value, '=', &name);
        if (!value.p)
            value = cairn_span_make("", 0);
        cairn_code code = decode(name, true, arena, &param->name, error);
        if (!code)
            code = decode(value, true, arena, &param->value, error);
        if (code)
            return code;
    }
    return CAIRN_OK;
}

/* Spaces, controls and '#' never stand in a target; bytes above 0x7f are let through, for clients that forget to code.
 */
static cairn_code check_bytes(cairn_span raw, cairn_error *error)
{
    for (size_t i = 0; i < raw.n; i++) {
        unsigned char c = (unsigned char)raw.p[i];
        if (c <= ' ' || c == 0x7f || c == '#') {
            cairn_error_set(error, CAIRN_INVALID, "request target: byte 0x%02x may not stand there, percent-code it",
                            c);
            if (error)
                error->offset = (long long)i;
            return CAIRN_INVALID;
        }
    }
    return CAIRN_OK;
}

/* Takes "http://authority" off the front. */
static void take_authority(cairn_span *raw, cairn_target_form *form)
{
    size_t scheme = raw->n >= 7 && strncasecmp(raw->p, "http://", 7) == 0    ? 7
                    : raw->n >= 8 && strncasecmp(raw->p, "https://", 8) == 0 ? 8
                                                                             : 0;
    if (!scheme)
        return;
    size_t end = scheme;
    while (end < raw->n && raw->p[end] != '/' && raw->p[end] != '?')
        end++;
    form->authority = cairn_span_make(raw->p + scheme, end - scheme);
    *raw = cairn_span_make(raw->p + end, raw->n - end);
}

cairn_code cairn_target_split(cairn_span raw, cairn_target_form *form, cairn_span *path, cairn_span *query,
                              cairn_error *error)
{
    char quoted[80];
    cairn_span whole = raw;
    *form = (cairn_target_form){CAIRN_SPAN_NONE, false};
    *path = *query = CAIRN_SPAN_NONE;
    cairn_code code = check_bytes(raw, error);
    if (code)
        return code;
    if (cairn_span_is(raw, "*")) {
        form->asterisk = true;
        return CAIRN_OK;
    }
    take_authority(&raw, form);
    *path = *query = raw;
    if (raw.n)
        next_part(query, '?', path);
    else
        *query = CAIRN_SPAN_NONE;
    if (form->authority.p && path->n == 0)
        *path = cairn_span_make("/", 1);
    if (path->n == 0 || path->p[0] != '/')
        return cairn_error_set(error, CAIRN_INVALID, "request target: expected a path that begins with '/', found '%s'",
                               cairn_quote(whole, quoted, sizeof quoted));
    return CAIRN_OK;
}

cairn_code cairn_target_parse(cairn_span raw, cairn_arena *arena, cairn_request *request, cairn_target_form *form,
                              cairn_error *error)
{
    cairn_span path, query;
    request->path = raw;
    request->n_segments = request->n_params = 0;
    cairn_code code = cairn_target_split(raw, form, &path, &query, error);
    if (code || form->asterisk)
        return code;
    request->path = path;
    code = parse_path(path, arena, request, error);
    return code ? code : parse_query(query, arena, request, error);
}

void cairn_target_strip(cairn_request *request, cairn_span prefix)
{
    size_t n = 0;
    cairn_span part, rest = prefix.n ? cairn_span_make(prefix.p + 1, prefix.n - 1) : CAIRN_SPAN_NONE;
    while (next_part(&rest, '/', &part)) {
        if (n >= request->n_segments || !cairn_span_equal(request->segments[n], part))
            return;
        n++;
    }
    request->n_segments -= n;
    memmove(request->segments, request->segments + n, request->n_segments * sizeof request->segments[0]);
}
