/* Places of documents: file names as the user wrote them (for messages and for opening), and the URIs that go with
 * them. Names are worked out by their text, as a URL's are; symbolic links are not resolved. Thread-safe. */
#ifndef CAIRN_INDEXER_PLACE_H
#define CAIRN_INDEXER_PLACE_H

#include "base/arena.h"

/* The path without ".", "//" and, where they can be folded, ".."; NUL-terminated. {NULL,0} at the arena's cap. */
cairn_span cairn_place_normal(cairn_arena *arena, cairn_span path);

/* The file that `reference` (a path, not a URI) names in the document at `file`. */
cairn_span cairn_place_join(cairn_arena *arena, cairn_span file, cairn_span reference);

/* The absolute form of a path; {NULL,0} when the working directory has no name. */
cairn_span cairn_place_absolute(cairn_arena *arena, cairn_span path);

/* The folder of a file: "a/b" of "a/b/c.json", "." of "c.json". */
cairn_span cairn_place_folder(cairn_arena *arena, cairn_span file);

/* file:///... of a path. */
cairn_span cairn_place_uri(cairn_arena *arena, cairn_span path);

/* The URL that stands for `file` when `url` stands for the folder `root`: URL/a/b.json for ROOT/a/b.json, each segment
 * percent-coded. */
cairn_span cairn_place_below(cairn_arena *arena, cairn_span url, cairn_span root, cairn_span file);

#endif
