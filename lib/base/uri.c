#include "base/uri.h"

#include "base/buf.h"

#include <strings.h>

/* Longer URIs are nowhere accepted; at most three bytes for each that was given. */
static const size_t URI_MAX = (size_t)64 << 20;

/* The five components of RFC 3986 3, without their delimiters; absent ones have p == NULL. A path is never absent. */
typedef struct parts {
    cairn_span scheme, authority, path, query, fragment;
} parts;

static bool is_alpha(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* True when `p` begins with '%' and two hexadecimal digits. */
static bool is_code(const char *p, const char *end)
{
    return end - p >= 3 && *p == '%' && hex_value(p[1]) >= 0 && hex_value(p[2]) >= 0;
}

cairn_span cairn_uri_scheme(cairn_span uri)
{
    size_t n = 0;
    while (n < uri.n && (is_alpha(uri.p[n]) ||
                         (n > 0 && (is_digit(uri.p[n]) || uri.p[n] == '+' || uri.p[n] == '-' || uri.p[n] == '.'))))
        n++;
    if (n == 0 || n == uri.n || uri.p[n] != ':')
        return CAIRN_SPAN_NONE;
    bool drive = n == 1 && (uri.n == 2 || uri.p[2] == '/' || uri.p[2] == '\\');
    return drive ? CAIRN_SPAN_NONE : cairn_span_make(uri.p, n);
}

bool cairn_uri_is_absolute(cairn_span reference)
{
    return cairn_uri_scheme(reference).p != NULL;
}

/* Cuts `rest` at the first of the characters `stops`; returns what is before it. */
static cairn_span take_until(cairn_span *rest, const char *stops)
{
    size_t n = 0;
    while (n < rest->n && (rest->p[n] == '\0' || !strchr(stops, rest->p[n])))
        n++;
    cairn_span taken = cairn_span_make(rest->p, n);
    rest->p += n;
    rest->n -= n;
    return taken;
}

static parts split(cairn_span uri)
{
    cairn_span rest = uri.p ? uri : cairn_span_make("", 0);
    parts it = {.scheme = cairn_uri_scheme(rest)};
    if (it.scheme.p)
        rest = cairn_span_make(rest.p + it.scheme.n + 1, rest.n - it.scheme.n - 1);
    if (cairn_span_starts(rest, "//")) {
        rest = cairn_span_make(rest.p + 2, rest.n - 2);
        it.authority = take_until(&rest, "/?#");
    }
    it.path = take_until(&rest, "?#");
    if (rest.n && *rest.p == '?') {
        rest = cairn_span_make(rest.p + 1, rest.n - 1);
        it.query = take_until(&rest, "#");
    }
    if (rest.n)
        it.fragment = cairn_span_make(rest.p + 1, rest.n - 1);
    return it;
}

static void add_code(cairn_buf *out, unsigned char c)
{
    static const char HEX[] = "0123456789ABCDEF";
    cairn_buf_add(out, (char[]){'%', HEX[c >> 4], HEX[c & 15]}, 3);
}

/* Adds a component, coding what may not stand in any URI. */
static void add_component(cairn_buf *out, cairn_span text)
{
    const char *end = text.p + text.n;
    for (const char *p = text.p; p < end; p++) {
        unsigned char c = (unsigned char)*p;
        if (c <= ' ' || c >= 0x7F || strchr("<>\"{}|\\^`", c) || (c == '%' && !is_code(p, end)))
            add_code(out, c);
        else
            cairn_buf_add_byte(out, *p);
    }
}

/* `out` without its last segment and the slash in front of that. */
static char *drop_segment(char *start, char *out)
{
    while (out > start && *--out != '/')
        continue;
    return out;
}

/* RFC 3986 5.2.4, in place: what is read is never behind what is written. Returns the new length. */
static size_t remove_dot_segments(char *path, size_t n)
{
    cairn_span in = {path, n};
    char *out = path;
    while (in.p && in.n) {
        size_t skip = 0;
        bool last_dots = cairn_span_is(in, "/.."); /* to be read as "/" */
        if (cairn_span_starts(in, "../"))
            skip = 3;
        else if (cairn_span_starts(in, "./") || cairn_span_starts(in, "/./"))
            skip = 2;
        else if (cairn_span_is(in, ".") || cairn_span_is(in, ".."))
            skip = in.n;
        else if (cairn_span_is(in, "/."))
            in.n = 1;
        else if (cairn_span_starts(in, "/../") || last_dots) {
            out = drop_segment(path, out);
            skip = last_dots ? 0 : 3;
            in.n = last_dots ? 1 : in.n;
        }
        in = cairn_span_make(in.p + skip, in.n - skip);
        if (skip || !in.n)
            continue;
        size_t segment = 1;
        while (segment < in.n && in.p[segment] != '/')
            segment++;
        memmove(out, in.p, segment);
        out += segment;
        in = cairn_span_make(in.p + segment, in.n - segment);
    }
    return (size_t)(out - path);
}

/* RFC 3986 5.2.3: the directory of the base, in front of the reference's path. */
static void add_merged_path(cairn_buf *out, const parts *base, cairn_span path)
{
    size_t n = base->path.n;
    while (n && base->path.p[n - 1] != '/')
        n--;
    if (base->authority.p && base->path.n == 0)
        cairn_buf_add_byte(out, '/');
    add_component(out, cairn_span_make(base->path.p, n));
    add_component(out, path);
}

/* Keeps a path that begins with two slashes from being read as an authority (RFC 3986 3.3), as browsers do it. */
static void guard_slashes(cairn_buf *out, size_t start)
{
    bool ambiguous = !out->failed && out->n - start >= 2 && memcmp(out->p + start, "//", 2) == 0;
    if (!ambiguous || !cairn_buf_add_text(out, "/."))
        return;
    memmove(out->p + start + 2, out->p + start, out->n - start - 2);
    memcpy(out->p + start, "/.", 2);
}

static void add_path(cairn_buf *out, const parts *base, const parts *reference, bool has_authority)
{
    size_t start = out->n;
    if (!reference->scheme.p && !reference->authority.p && reference->path.n == 0) {
        add_component(out, base->path);
        return;
    }
    bool merged = !reference->scheme.p && !reference->authority.p && !cairn_span_starts(reference->path, "/");
    if (merged)
        add_merged_path(out, base, reference->path);
    else
        add_component(out, reference->path);
    if (!out->failed && out->n > start)
        out->n = start + remove_dot_segments(out->p + start, out->n - start);
    if (!has_authority)
        guard_slashes(out, start);
}

static void add_part(cairn_buf *out, const char *before, cairn_span part, const char *behind)
{
    if (!part.p)
        return;
    cairn_buf_add_text(out, before);
    add_component(out, part);
    cairn_buf_add_text(out, behind);
}

/* RFC 3986 5.2.2 and 5.3. */
static void add_resolved(cairn_buf *out, const parts *base, const parts *reference)
{
    const parts *of_authority = reference->scheme.p || reference->authority.p ? reference : base;
    bool own_query = of_authority == reference || reference->path.n || reference->query.p;
    add_part(out, "", (reference->scheme.p ? reference : base)->scheme, ":");
    add_part(out, "//", of_authority->authority, "");
    add_path(out, base, reference, of_authority->authority.p != NULL);
    add_part(out, "?", (own_query ? reference : base)->query, "");
    add_part(out, "#", reference->fragment, "");
}

/* Takes the buffer's contents into the arena and frees it. */
static cairn_span finish(cairn_arena *arena, cairn_buf *out)
{
    cairn_span copy = out->failed ? CAIRN_SPAN_NONE : cairn_arena_copy(arena, cairn_buf_span(out));
    cairn_buf_free(out);
    return copy;
}

cairn_span cairn_uri_resolve(cairn_arena *arena, cairn_span base, cairn_span reference)
{
    parts of_base = split(base);
    parts of_reference = split(reference);
    cairn_buf out = CAIRN_BUF_INIT(URI_MAX);
    add_resolved(&out, &of_base, &of_reference);
    return finish(arena, &out);
}

bool cairn_uri_decode_into(cairn_span text, char *out, size_t *n)
{
    const char *end = cairn_span_end(text);
    char *to = out;
    for (const char *p = text.p; p < end; p++) {
        char c = *p;
        if (c == '%') {
            if (!is_code(p, end))
                return false;
            c = (char)(hex_value(p[1]) * 16 + hex_value(p[2]));
            p += 2;
        }
        if (c == '\0')
            return false;
        *to++ = c;
    }
    *n = (size_t)(to - out);
    return true;
}

cairn_span cairn_uri_decode(cairn_arena *arena, cairn_span text)
{
    size_t n;
    char *out = cairn_arena_alloc(arena, text.n + 1);
    if (!out || !cairn_uri_decode_into(text, out, &n))
        return CAIRN_SPAN_NONE;
    out[n] = '\0';
    return cairn_span_make(out, n);
}

static bool stands_in_path(char c)
{
    return is_alpha(c) || is_digit(c) || (c != '\0' && strchr("-._~!$&'()*+,;=:@/", c));
}

cairn_span cairn_uri_from_path(cairn_arena *arena, cairn_span absolute_path)
{
    cairn_buf out = CAIRN_BUF_INIT(URI_MAX);
    cairn_buf_add_text(&out, "file://");
    for (size_t i = 0; i < absolute_path.n; i++) {
        if (stands_in_path(absolute_path.p[i]))
            cairn_buf_add_byte(&out, absolute_path.p[i]);
        else
            add_code(&out, (unsigned char)absolute_path.p[i]);
    }
    return finish(arena, &out);
}

static bool is_text_no_case(cairn_span a, const char *text)
{
    return a.n == strlen(text) && strncasecmp(a.p, text, a.n) == 0;
}

cairn_span cairn_uri_to_path(cairn_arena *arena, cairn_span uri)
{
    parts it = split(uri);
    bool local = !it.authority.p || it.authority.n == 0 || is_text_no_case(it.authority, "localhost");
    if (!it.scheme.p || !is_text_no_case(it.scheme, "file") || !local || !cairn_span_starts(it.path, "/"))
        return CAIRN_SPAN_NONE;
    return cairn_uri_decode(arena, it.path);
}
