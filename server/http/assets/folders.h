/* The folders of --assets: parts of the URL space that are files. */
#ifndef CAIRN_HTTP_ASSETS_FOLDERS_H
#define CAIRN_HTTP_ASSETS_FOLDERS_H

#include "base/arena.h"
#include "base/error.h"

#include <sys/stat.h>

typedef struct cairn_asset_folder {
    cairn_span rule;       /* as it was given: "/path/=DIR" */
    cairn_span path;       /* "/path", without a slash at its end */
    const char *directory; /* the real path of DIR */
    bool was_mounted;      /* something was mounted there when the server started */
} cairn_asset_folder;

typedef struct cairn_asset_folders {
    const cairn_asset_folder *list;
    size_t n;
} cairn_asset_folders;

/* Reads rules, one a line, into the arena. CAIRN_INVALID: no "/path/=DIR", a path that the API needs for itself or that
 * is there twice, or a DIR that is no folder, with what was expected. */
cairn_code cairn_asset_folders_parse(cairn_span rules, cairn_arena *arena, cairn_asset_folders *out,
                                     cairn_error *error);

/* CAIRN_INVALID when `file` (NULL: none) lies in one of the folders under a name that would be served: `what` tells
 * people which file that is. */
cairn_code cairn_asset_folders_spare(const cairn_asset_folders *folders, const char *file, const char *what,
                                     cairn_error *error);

/* The folder of a request's path (as sent, without the query), with the prefix of the external URL in front or without;
 * the longest path wins. NULL: none. *rest is what stands behind the folder's path: "/a/b", or empty. */
const cairn_asset_folder *cairn_asset_folders_find(const cairn_asset_folders *folders, cairn_span path,
                                                   cairn_span prefix, cairn_span *rest);

#endif
