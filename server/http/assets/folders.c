#include "http/assets/folders.h"

#include "api/api.h"
#include "http/assets/path.h"
#include "http/net.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static cairn_code expected(cairn_error *error, const char *what, cairn_span found)
{
    char quoted[128];
    return cairn_error_set(error, CAIRN_INVALID, "expected %s, found '%s'", what,
                           cairn_quote(found, quoted, sizeof quoted));
}

/* "/a" of "/a/b". */
static cairn_span first_segment(cairn_span path)
{
    const char *slash = path.n > 1 ? memchr(path.p + 1, '/', path.n - 1) : NULL;
    return cairn_span_make(path.p, slash ? (size_t)(slash - path.p) : path.n);
}

/* A folder has its first segment for itself, so that operations to come find no file in their way. */
static cairn_code check_routes(cairn_span path, cairn_error *error)
{
    char quoted[80];
    const cairn_route_info *route;
    for (size_t i = 0; (route = cairn_api_route(i)) != NULL; i++)
        if (cairn_span_equal(first_segment(cairn_span_of(route->path)), first_segment(path)))
            return cairn_error_set(error, CAIRN_INVALID,
                                   "%s/: the API has %s there; choose another path, such as /assets/",
                                   cairn_quote(path, quoted, sizeof quoted), route->path);
    return CAIRN_OK;
}

static cairn_code set_path(cairn_asset_folder *folder, const cairn_asset_folders *others, cairn_span path,
                           cairn_error *error)
{
    while (cairn_span_ends(path, "/"))
        path.n--;
    folder->path = path;
    if (path.n == 0 || !cairn_prefix_is_valid(path))
        return expected(error, "a path such as /assets/ in front of the '='", folder->rule);
    for (size_t i = 0; i < others->n; i++)
        if (cairn_span_equal(others->list[i].path, path))
            return cairn_error_set(error, CAIRN_INVALID, "%.*s/ is given twice, with %s and in '%.*s'",
                                   CAIRN_SPAN_FMT(path), others->list[i].directory, CAIRN_SPAN_FMT(folder->rule));
    return check_routes(path, error);
}

static bool is_mounted(const char *directory)
{
    struct stat own, parent;
    char above[PATH_MAX + 4];
    snprintf(above, sizeof above, "%s/..", directory);
    return stat(directory, &own) == 0 && stat(above, &parent) == 0 && own.st_dev != parent.st_dev;
}

static cairn_code set_directory(cairn_asset_folder *folder, cairn_span directory, cairn_arena *arena,
                                cairn_error *error)
{
    char quoted[128], real[PATH_MAX];
    struct stat status;
    cairn_span name = cairn_arena_copy(arena, directory);
    if (!name.p)
        return cairn_error_no_memory(error);
    if (name.n == 0)
        return expected(error, "a folder behind the '='", folder->rule);
    if (!realpath(name.p, real) || stat(real, &status) != 0)
        return cairn_error_set(error, CAIRN_INVALID, "%s: %s", cairn_quote(name, quoted, sizeof quoted),
                               strerror(errno));
    if (!S_ISDIR(status.st_mode) || strcmp(real, "/") == 0)
        return expected(error, "a folder of data", name);
    folder->directory = cairn_arena_copy(arena, cairn_span_of(real)).p;
    folder->was_mounted = is_mounted(real);
    return folder->directory ? CAIRN_OK : cairn_error_no_memory(error);
}

static cairn_code parse_rule(cairn_asset_folder *folder, const cairn_asset_folders *others, cairn_arena *arena,
                             cairn_error *error)
{
    cairn_span rule = folder->rule;
    const char *equals = memchr(rule.p, '=', rule.n);
    if (!equals)
        return expected(error, "/path/=DIR, such as /assets/=/data", rule);
    cairn_span path = cairn_span_make(rule.p, (size_t)(equals - rule.p));
    cairn_code code = set_path(folder, others, path, error);
    if (code)
        return code;
    return set_directory(folder, cairn_span_make(equals + 1, rule.n - path.n - 1), arena, error);
}

static size_t count_lines(cairn_span text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n;
}

cairn_code cairn_asset_folders_parse(cairn_span rules, cairn_arena *arena, cairn_asset_folders *out, cairn_error *error)
{
    cairn_asset_folder *list = cairn_arena_calloc(arena, count_lines(rules), sizeof *list);
    *out = (cairn_asset_folders){list, 0};
    if (!list)
        return cairn_error_no_memory(error);
    while (rules.n) {
        const char *end = memchr(rules.p, '\n', rules.n);
        size_t n = end ? (size_t)(end - rules.p) : rules.n;
        cairn_span rule = cairn_span_trim(cairn_span_make(rules.p, n));
        rules = cairn_span_make(rules.p + n + (end != NULL), rules.n - n - (end != NULL));
        if (rule.n == 0)
            continue;
        list[out->n].rule = rule;
        cairn_code code = parse_rule(&list[out->n], out, arena, error);
        if (code)
            return code;
        out->n++;
    }
    return CAIRN_OK;
}

/* Whether `path` would be served from the folder. */
static bool has_file(const cairn_asset_folder *folder, const char *path)
{
    cairn_span rest = cairn_span_of(path);
    size_t n = strlen(folder->directory);
    if (!cairn_span_starts(rest, folder->directory) || path[n] != '/')
        return false;
    return cairn_asset_is_served(cairn_span_make(rest.p + n + 1, rest.n - n - 1));
}

/* The folder of `file` as the kernel sees it, and its own name, which may be a link's. */
static bool resolve_folder(const char *file, char *out, size_t size)
{
    char folder[PATH_MAX], real[PATH_MAX];
    const char *slash = strrchr(file, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - file) + 1 : 1, slash ? file : ".");
    if (!realpath(folder, real))
        return false;
    int n = snprintf(out, size, "%s/%s", strcmp(real, "/") == 0 ? "" : real, slash ? slash + 1 : file);
    return n > 0 && (size_t)n < size;
}

cairn_code cairn_asset_folders_spare(const cairn_asset_folders *folders, const char *file, const char *what,
                                     cairn_error *error)
{
    char named[PATH_MAX], real[PATH_MAX];
    if (!file)
        return CAIRN_OK;
    bool is_named = resolve_folder(file, named, sizeof named), is_real = realpath(file, real) != NULL;
    for (size_t i = 0; i < folders->n; i++)
        if ((is_named && has_file(&folders->list[i], named)) || (is_real && has_file(&folders->list[i], real)))
            return cairn_error_set(error, CAIRN_INVALID,
                                   "--assets %.*s would hand out %s, %s; move it out of that folder",
                                   CAIRN_SPAN_FMT(folders->list[i].rule), what, file);
    return CAIRN_OK;
}

static bool strip(cairn_span path, cairn_span prefix, cairn_span *rest)
{
    if (path.n < prefix.n || memcmp(path.p, prefix.p, prefix.n) != 0)
        return false;
    *rest = cairn_span_make(path.p + prefix.n, path.n - prefix.n);
    return rest->n == 0 || rest->p[0] == '/';
}

static const cairn_asset_folder *longest(const cairn_asset_folders *folders, cairn_span path, cairn_span *rest)
{
    const cairn_asset_folder *best = NULL;
    for (size_t i = 0; i < folders->n; i++) {
        cairn_span behind;
        if ((!best || folders->list[i].path.n > best->path.n) && strip(path, folders->list[i].path, &behind)) {
            best = &folders->list[i];
            *rest = behind;
        }
    }
    return best;
}

const cairn_asset_folder *cairn_asset_folders_find(const cairn_asset_folders *folders, cairn_span path,
                                                   cairn_span prefix, cairn_span *rest)
{
    cairn_span stripped;
    const cairn_asset_folder *folder = NULL;
    if (prefix.n && strip(path, prefix, &stripped))
        folder = longest(folders, stripped, rest);
    return folder ? folder : longest(folders, path, rest);
}
