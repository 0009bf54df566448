#include "http/assets/path.h"

#include "base/uri.h"

#include <strings.h>

static bool is_zarr_metadata(cairn_span name)
{
    static const char *const NAMES[] = {".zarray", ".zgroup", ".zattrs", ".zmetadata"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (cairn_span_is(name, NAMES[i]))
            return true;
    return false;
}

/* "x.cairn" in any case, and what SQLite and the indexer put beside it: "x.cairn-wal", "x.cairn.lock". */
static bool is_catalog(cairn_span name)
{
    static const char SUFFIX[] = ".cairn";
    enum { N = sizeof SUFFIX - 1 };
    for (size_t i = 0; i + N <= name.n; i++) {
        bool ends = i + N == name.n || name.p[i + N] == '-' || name.p[i + N] == '.';
        if (ends && strncasecmp(name.p + i, SUFFIX, N) == 0)
            return true;
    }
    return false;
}

static bool is_served_name(cairn_span name)
{
    if (name.n == 0 || (name.p[0] == '.' && !is_zarr_metadata(name)) || is_catalog(name))
        return false;
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if (c < ' ' || c == 0x7f || c == '/' || c == '\\')
            return false;
    }
    return true;
}

bool cairn_asset_is_served(cairn_span path)
{
    size_t start = 0;
    for (size_t i = 0; i <= path.n; i++) {
        if (i < path.n && path.p[i] != '/')
            continue;
        if (!is_served_name(cairn_span_make(path.p + start, i - start)))
            return false;
        start = i + 1;
    }
    return true;
}

/* Names that need no decoding are used where they stand. */
static cairn_code decode_name(cairn_span part, cairn_arena *arena, cairn_span *name, cairn_error *error)
{
    char quoted[80];
    *name = part.n && memchr(part.p, '%', part.n) ? cairn_uri_decode(arena, part) : part;
    if (name->p)
        return CAIRN_OK;
    return cairn_error_set(error, CAIRN_INVALID,
                           "a bad escape in '%s': expected '%%' and two hexadecimal digits, not 00",
                           cairn_quote(part, quoted, sizeof quoted));
}

cairn_code cairn_asset_path(cairn_span rest, cairn_arena *arena, cairn_span *out, cairn_error *error)
{
    char *path = cairn_arena_alloc(arena, rest.n + 1);
    size_t n = 0;
    *out = CAIRN_SPAN_NONE;
    if (!path)
        return cairn_error_set(error, CAIRN_NOMEM, "the request needs more memory than --request-memory allows");
    if (rest.n == 0)
        return cairn_error_set(error, CAIRN_NOT_FOUND, "this is a folder; expected the path of a file in it");
    for (size_t i = 0; i < rest.n;) {
        const char *start = rest.p + i + 1, *end = memchr(start, '/', rest.n - i - 1);
        cairn_span name, part = cairn_span_make(start, end ? (size_t)(end - start) : rest.n - i - 1);
        cairn_code code = decode_name(part, arena, &name, error);
        if (code)
            return code;
        if (!is_served_name(name))
            return cairn_error_set(error, CAIRN_NOT_FOUND, "no file of that name is served");
        if (n)
            path[n++] = '/';
        memcpy(path + n, name.p, name.n);
        n += name.n;
        i += part.n + 1;
    }
    path[n] = 0;
    *out = cairn_span_make(path, n);
    return CAIRN_OK;
}
