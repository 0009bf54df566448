/* The path of a file below a folder, from the rest of a request's path. Hostile bytes in; no state. */
#ifndef CAIRN_HTTP_ASSETS_PATH_H
#define CAIRN_HTTP_ASSETS_PATH_H

#include "base/arena.h"
#include "base/error.h"

/* Splits `rest` ("/a/b%20c": what stands behind the folder's own path) on '/', decodes each name once and puts them
 * together: "a/b c", NUL-terminated, in the arena. CAIRN_NOT_FOUND for what is no name of a file that is served: an
 * empty name ("//", a '/' at the end), "." and "..", names with '/', '\' or control characters in them, names that
 * begin with a dot (but .zarray, .zgroup, .zattrs, .zmetadata), and catalogs ("x.cairn", "x.cairn-wal"), which hold the
 * key of their page tokens. CAIRN_INVALID: %00 or a bad escape. CAIRN_NOMEM at the arena's cap. */
cairn_code cairn_asset_path(cairn_span rest, cairn_arena *arena, cairn_span *out, cairn_error *error);

/* The same rules for a decoded path ("a/b c"). */
bool cairn_asset_is_served(cairn_span path);

#endif
