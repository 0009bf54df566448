/* URIs (RFC 3986): resolving references, percent-coding kept as written; file: URIs and paths. */
#ifndef CAIRN_BASE_URI_H
#define CAIRN_BASE_URI_H

#include "base/arena.h"

/* True when the reference begins with a scheme ("https:", "s3:", "file:"). One letter, a colon and then a slash, a
 * backslash or nothing is a Windows drive, not a scheme. */
bool cairn_uri_is_absolute(cairn_span reference);
/* The scheme in the case as written, without the colon; absent when relative. */
cairn_span cairn_uri_scheme(cairn_span uri);

/* Resolves `reference` against the absolute `base` by RFC 3986 5.2 (merge, remove_dot_segments). Characters that may
 * not stand in a URI (space, non-ASCII, controls, < > " { } | \ ^ `) are percent-coded once; percent-codes that are
 * there stay as they are; a '%' that starts no code becomes %25. {NULL,0} at the arena's cap. */
cairn_span cairn_uri_resolve(cairn_arena *arena, cairn_span base, cairn_span reference);

/* Percent-decodes once; NUL bytes and bad escapes: {NULL,0}. */
cairn_span cairn_uri_decode(cairn_arena *arena, cairn_span text);

/* The same into `out`, which has room for text.n bytes and may be text.p; no NUL is added. False where that gives
 * {NULL,0}. */
bool cairn_uri_decode_into(cairn_span text, char *out, size_t *n);

/* "file:///a/b%20c" for the absolute path "/a/b c". */
cairn_span cairn_uri_from_path(cairn_arena *arena, cairn_span absolute_path);
/* The path of a file: URI (empty host or localhost), decoded, NUL-terminated; {NULL,0} for anything else. */
cairn_span cairn_uri_to_path(cairn_arena *arena, cairn_span uri);

#endif
