/* The Fields extension 1.0.0: which members of an item are sent, by splicing spans of its text.
 *
 * include  exclude   what is sent
 * -        -         the default set: type, stac_version, id, geometry, bbox, links, assets, properties.datetime (and
 *                    start_datetime, end_datetime where it is null)
 * a,b      -         a, b; and type, stac_version, id, so that clients can read it
 * missing  a,b       all but a, b (POST)
 * null/[]  a,b       the default set without a, b; so does GET with only "-a,-b"
 * a,b      a         a, b: include wins
 * a.b      a         of a only b
 * a        a.b       a without b
 * Names may be nested; `properties.` is optional for names that are no members of an item. What an item lacks is no
 * error.
 * `{"fields": null}` is invalid (stac-api-validator). Duplicate names are one. Thread-safety: no state. */
#ifndef CAIRN_QUERY_FIELDS_H
#define CAIRN_QUERY_FIELDS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

typedef struct cairn_fields cairn_fields; /* in the arena that it was read into */

/* GET: "id,+a,-b.c". POST: {"include": [...], "exclude": [...]}. CAIRN_INVALID with parameter "fields"; CAIRN_TOO_LARGE
 * beyond 1,000 names or a depth of 16. */
cairn_code cairn_fields_from_text(cairn_span text, cairn_arena *arena, const cairn_fields **out, cairn_error *error);
cairn_code cairn_fields_from_json(cairn_span json, cairn_arena *arena, const cairn_fields **out, cairn_error *error);

/* Does `links` belong to what is sent? */
bool cairn_fields_want_links(const cairn_fields *fields);
/* True when nothing but properties and these cheap members is wanted, so that assets needn't be unpacked: for planners.
 */
bool cairn_fields_want(const cairn_fields *fields, const char *member);
/* Appends what is sent of a document in open form (stac/document.h): in open form again when links are wanted (the kept
 * links, for the server to add its own), else as a whole document. Works on items and collections. False when the
 * buffer failed. */
bool cairn_fields_write(const cairn_fields *fields, cairn_span open, cairn_buf *out);

#endif
