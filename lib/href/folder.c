/* Folders that the server serves: file: hrefs inside of them are URLs of it. */
#include "base/uri.h"
#include "href/map.h"
#include "href/object.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static cairn_span without_slashes(cairn_span dir)
{
    while (dir.n > 1 && dir.p[dir.n - 1] == '/')
        dir.n--;
    return dir;
}

/* An absolute name of the folder, and the one without symbolic links. */
static bool name_dir(cairn_arena *arena, cairn_span dir, cairn_href_folder *out)
{
    char here[PATH_MAX], real[PATH_MAX];
    cairn_span given = cairn_arena_copy(arena, without_slashes(dir));
    if (!given.p)
        return false;
    if (*given.p != '/') {
        if (!getcwd(here, sizeof here))
            return false;
        given = cairn_arena_printf(arena, "%s/%s", here, given.p);
    }
    out->dirs[0] = given;
    if (given.p && realpath(given.p, real) && !cairn_span_is(given, real))
        out->dirs[1] = cairn_arena_copy(arena, cairn_span_of(real));
    return given.p != NULL;
}

cairn_code cairn_href_map_add_folder(cairn_href_map *map, cairn_span rule, cairn_error *error)
{
    const char *equals = rule.n ? memchr(rule.p, '=', rule.n) : NULL;
    cairn_span path = cairn_span_make(rule.p, equals ? (size_t)(equals - rule.p) : 0);
    cairn_span dir = cairn_span_make(equals ? equals + 1 : "", equals ? rule.n - path.n - 1 : 0);
    char quoted[200];
    if (path.n < 2 || path.p[0] != '/' || !dir.n || memchr(dir.p, '\0', dir.n))
        return cairn_error_set(error, CAIRN_INVALID, "\"%s\": expected /path/=DIR",
                               cairn_quote(rule, quoted, sizeof quoted));
    cairn_href_folder *folder = cairn_arena_calloc(map->arena, 1, sizeof *folder);
    if (!folder || !(folder->path = cairn_arena_printf(map->arena, "%.*s/", CAIRN_SPAN_FMT(without_slashes(path)))).p ||
        !name_dir(map->arena, dir, folder))
        return cairn_error_no_memory(error);
    folder->next = map->folders;
    map->folders = folder;
    return CAIRN_OK;
}

/* The path below the folder; absent when it is not inside. Compared by segments. */
static cairn_span below(cairn_span path, cairn_span dir)
{
    if (!dir.p || path.n <= dir.n || memcmp(path.p, dir.p, dir.n) != 0)
        return CAIRN_SPAN_NONE;
    if (dir.p[dir.n - 1] == '/') /* the root */
        return cairn_span_make(path.p + dir.n, path.n - dir.n);
    if (path.p[dir.n] != '/')
        return CAIRN_SPAN_NONE;
    return cairn_span_make(path.p + dir.n + 1, path.n - dir.n - 1);
}

bool cairn_href_served(const cairn_href_view *view, cairn_span href, cairn_arena *arena, cairn_buf *out)
{
    if (!view->base_url.p || !view->map->folders || cairn_href_kind(href) != CAIRN_HREFS_FILE ||
        memchr(href.p, '?', href.n) || memchr(href.p, '#', href.n))
        return false;
    cairn_span path = cairn_uri_to_path(arena, href);
    if (!path.p || cairn_href_has_dot_names(path))
        return false;
    for (const cairn_href_folder *folder = view->map->folders; folder; folder = folder->next)
        for (int i = 0; i < 2; i++) {
            cairn_span rest = below(path, folder->dirs[i]);
            if (!rest.n)
                continue;
            cairn_buf_add_span(out, view->base_url);
            cairn_buf_add_span(out, folder->path);
            return cairn_href_add_names(out, rest);
        }
    return false;
}

bool cairn_href_local(const cairn_href_view *view, cairn_span href, cairn_arena *arena, cairn_buf *out)
{
    cairn_span base = view->base_url;
    if (!base.p || href.n <= base.n || memcmp(href.p, base.p, base.n) != 0 || memchr(href.p, '?', href.n) ||
        memchr(href.p, '#', href.n))
        return false;
    cairn_span rest = cairn_span_make(href.p + base.n, href.n - base.n);
    for (const cairn_href_folder *folder = view->map->folders; folder; folder = folder->next) {
        if (rest.n <= folder->path.n || memcmp(rest.p, folder->path.p, folder->path.n) != 0)
            continue;
        cairn_span name = cairn_span_make(rest.p + folder->path.n, rest.n - folder->path.n);
        if (cairn_href_has_dots(name))
            return false;
        cairn_span decoded = cairn_uri_decode(arena, name);
        cairn_span path = decoded.p ? cairn_arena_printf(arena, "%s%s%.*s", folder->dirs[0].p,
                                                         folder->dirs[0].n > 1 ? "/" : "", CAIRN_SPAN_FMT(decoded))
                                    : CAIRN_SPAN_NONE;
        cairn_span local = path.p ? cairn_uri_from_path(arena, path) : CAIRN_SPAN_NONE;
        return local.p && cairn_buf_add_span(out, local);
    }
    return false;
}
