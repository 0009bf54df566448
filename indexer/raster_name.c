#include "base/uri.h"
#include "indexer/raster.h"

#include <strings.h>

static const struct {
    const char *scheme, *prefix;
    bool whole; /* the name has the scheme, too */
} ways[] = {
    {"http", "/vsicurl/", true}, {"https", "/vsicurl/", true}, {"s3", "/vsis3/", false},
    {"gs", "/vsigs/", false},    {"az", "/vsiaz/", false},
};

static bool has_control(cairn_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
            return true;
    return false;
}

static bool is_scheme(cairn_span scheme, const char *name)
{
    return scheme.n == strlen(name) && strncasecmp(scheme.p, name, scheme.n) == 0;
}

static cairn_code refuse(cairn_error *error, const char *message)
{
    return cairn_error_set(error, CAIRN_INVALID, "%s", message);
}

static cairn_code file_name(cairn_span href, cairn_arena *arena, cairn_span *out, cairn_error *error)
{
    cairn_span path = cairn_uri_to_path(arena, href);
    if (!path.p || has_control(path))
        return refuse(error, "not opened: no path of a local file");
    if (path.n > 3 && strncasecmp(path.p, "/vsi", 4) == 0)
        return refuse(error, "not opened: names that begin with /vsi are GDAL's own");
    *out = path;
    return CAIRN_OK;
}

/* Bucket and key are names, not URIs, to GDAL; in an http href the coding stays. */
static cairn_code remote_name(size_t way, cairn_span href, cairn_arena *arena, cairn_span *out, cairn_error *error)
{
    size_t skip = strlen(ways[way].scheme) + 3;
    if (href.n <= skip || strncmp(href.p + skip - 3, "://", 3) != 0)
        return refuse(error, "not opened: expected '://' behind the scheme");
    cairn_span rest = ways[way].whole ? href : cairn_uri_decode(arena, cairn_span_make(href.p + skip, href.n - skip));
    if (!rest.p || has_control(rest))
        return refuse(error, "not opened: the href has control characters or broken percent-codes");
    *out = cairn_arena_printf(arena, "%s%.*s", ways[way].prefix, CAIRN_SPAN_FMT(rest));
    return out->p ? CAIRN_OK : cairn_error_no_memory(error);
}

cairn_code cairn_raster_name(cairn_span href, cairn_arena *arena, cairn_span *out, cairn_error *error)
{
    cairn_span scheme = cairn_uri_scheme(href);
    *out = CAIRN_SPAN_NONE;
    if (!scheme.p)
        return refuse(error, "not opened: a relative href, and nothing is known that it is relative to");
    if (is_scheme(scheme, "file"))
        return file_name(href, arena, out, error);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (is_scheme(scheme, ways[i].scheme))
            return remote_name(i, href, arena, out, error);
    return refuse(error, "not opened: expected a scheme of file, http, https, s3, gs or az");
}
