#include "indexer/place.h"

#include "base/uri.h"

#include <stdlib.h>
#include <unistd.h>

static size_t segment_length(cairn_span path, size_t at)
{
    size_t n = 0;
    while (at + n < path.n && path.p[at + n] != '/')
        n++;
    return n;
}

/* Takes the last segment off out[0..n), unless it is ".." itself or there is none; true when it could be. */
static bool fold(const char *out, size_t *n, bool absolute)
{
    size_t start = *n;
    while (start > 0 && out[start - 1] != '/')
        start--;
    bool up = *n - start == 2 && out[start] == '.' && out[start + 1] == '.';
    if (*n == start || up)
        return absolute && *n <= 1;
    *n = start > 1 ? start - 1 : start;
    return true;
}

cairn_span cairn_place_normal(cairn_arena *arena, cairn_span path)
{
    char *out = cairn_arena_alloc(arena, path.n + 2);
    if (!out)
        return CAIRN_SPAN_NONE;
    bool absolute = path.n > 0 && path.p[0] == '/';
    size_t n = 0;
    if (absolute)
        out[n++] = '/';
    for (size_t at = 0; at < path.n;) {
        size_t length = segment_length(path, at);
        cairn_span segment = {path.p + at, length};
        at += length + 1;
        if (length == 0 || cairn_span_is(segment, "."))
            continue;
        if (cairn_span_is(segment, "..") && fold(out, &n, absolute))
            continue;
        if (n > 0 && out[n - 1] != '/')
            out[n++] = '/';
        memcpy(out + n, segment.p, segment.n);
        n += segment.n;
    }
    if (n == 0)
        out[n++] = '.';
    out[n] = '\0';
    return (cairn_span){out, n};
}

/* The length of the part before the last slash; `has` says whether there is one. */
static size_t folder_length(cairn_span file, bool *has)
{
    size_t n = file.n;
    while (n > 0 && file.p[n - 1] != '/')
        n--;
    *has = n > 0;
    return n > 0 ? n - 1 : 0;
}

cairn_span cairn_place_join(cairn_arena *arena, cairn_span file, cairn_span reference)
{
    bool has = false;
    size_t folder = folder_length(file, &has);
    if (!has || (reference.n > 0 && reference.p[0] == '/'))
        return cairn_place_normal(arena, reference);
    cairn_span joined = cairn_arena_printf(arena, "%.*s/%.*s", CAIRN_SPAN_FMT(cairn_span_make(file.p, folder)),
                                           CAIRN_SPAN_FMT(reference));
    return joined.p ? cairn_place_normal(arena, joined) : CAIRN_SPAN_NONE;
}

cairn_span cairn_place_folder(cairn_arena *arena, cairn_span file)
{
    bool has = false;
    size_t folder = folder_length(file, &has);
    if (!has)
        return cairn_arena_copy(arena, cairn_span_of("."));
    return folder ? cairn_arena_copy(arena, cairn_span_make(file.p, folder))
                  : cairn_arena_copy(arena, cairn_span_of("/"));
}

cairn_span cairn_place_absolute(cairn_arena *arena, cairn_span path)
{
    if (path.n > 0 && path.p[0] == '/')
        return cairn_place_normal(arena, path);
    char *here = getcwd(NULL, 0);
    if (!here)
        return CAIRN_SPAN_NONE;
    cairn_span joined = cairn_arena_printf(arena, "%s/%.*s", here, CAIRN_SPAN_FMT(path));
    free(here);
    return joined.p ? cairn_place_normal(arena, joined) : CAIRN_SPAN_NONE;
}

cairn_span cairn_place_uri(cairn_arena *arena, cairn_span path)
{
    cairn_span absolute = cairn_place_absolute(arena, path);
    return absolute.p ? cairn_uri_from_path(arena, absolute) : CAIRN_SPAN_NONE;
}

/* "../x/b.json": how to come from the folder `root` to `file`, both absolute and normal. */
static cairn_span relative(cairn_arena *arena, cairn_span root, cairn_span file)
{
    size_t same = 0; /* bytes of whole segments that both have, the slash behind them included */
    for (size_t i = 0; i <= root.n && i < file.n; i++) {
        bool ends = i == root.n || root.p[i] == '/';
        if (ends && file.p[i] == '/')
            same = i + 1;
        if (i == root.n || root.p[i] != file.p[i])
            break;
    }
    cairn_span out = cairn_arena_copy(arena, cairn_span_make(file.p + same, file.n - same));
    bool more = same <= root.n && root.n > 1;
    for (size_t i = same; more && i < root.n && out.p; i++)
        if (i == same || root.p[i - 1] == '/')
            out = cairn_arena_printf(arena, "../%.*s", CAIRN_SPAN_FMT(out));
    return out;
}

cairn_span cairn_place_below(cairn_arena *arena, cairn_span url, cairn_span root, cairn_span file)
{
    cairn_span from = cairn_place_absolute(arena, root);
    cairn_span to = cairn_place_absolute(arena, file);
    if (!from.p || !to.p)
        return CAIRN_SPAN_NONE;
    cairn_span path = cairn_arena_printf(arena, "/%.*s", CAIRN_SPAN_FMT(relative(arena, from, to)));
    cairn_span coded = path.p ? cairn_uri_from_path(arena, path) : CAIRN_SPAN_NONE;
    if (!coded.p)
        return CAIRN_SPAN_NONE;
    size_t skip = strlen("file:///");
    cairn_span reference =
        cairn_arena_printf(arena, "./%.*s", CAIRN_SPAN_FMT(cairn_span_make(coded.p + skip, coded.n - skip)));
    cairn_span base = cairn_arena_printf(arena, "%.*s%s", CAIRN_SPAN_FMT(url), cairn_span_ends(url, "/") ? "" : "/");
    return base.p && reference.p ? cairn_uri_resolve(arena, base, reference) : CAIRN_SPAN_NONE;
}
