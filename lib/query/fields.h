/* The Fields extension 1.0.0: which members of an item are sent, by splicing spans of its text.
 *
 * include  exclude   what is sent
 * -        -         the default set: type, stac_version, id, collection, geometry, bbox, links, assets,
 *                    properties.datetime (and start_datetime, end_datetime where it is null or missing); of a
 *                    collection: type, stac_version, id, description, license, extent, links
 * a,b      -         a, b; and type, stac_version, id, collection
 * missing  a,b       all but a, b (POST)
 * null/[]  a,b       the default set without a, b; so does GET with only "-a,-b"
 * a,b      a         a, b: include wins
 * a.b      a         of a only b
 * a        a.b       a without b
 * The longest name decides: a.b.c, -a.b, a is a without b but with b's c. What is sent unasked (the default set; type,
 * stac_version, id, collection) can be excluded. `collection` is among it because the id of an item is unique in its
 * collection only, because an item with a link to its collection is invalid without it, and because
 * stac-api-validator wants 5 members where two are named.
 *
 * Names may be nested: dots lead into objects (not into arrays). The dots of a key are no different: a name means every
 * member whose keys, with dots between them, spell it. For items `properties.` is optional for names that don't begin
 * with a member of STAC items; such a name means a foreign member too. Names for collections (every document that is no
 * GeoJSON Feature) are their own members. What a document lacks is no error; an object that was only to hold it is not
 * sent either.
 * `{"fields": null}` is invalid (stac-api-validator). Duplicate names are one, empty ones as if not given. `includes`
 * and `excludes`, as older pystac-clients send them, are understood. Thread-safety: no state. */
#ifndef CAIRN_QUERY_FIELDS_H
#define CAIRN_QUERY_FIELDS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

typedef struct cairn_fields cairn_fields; /* in the arena that it was read into */

/* GET: "id,+a,-b.c". POST: {"include": [...], "exclude": [...]}. CAIRN_INVALID with parameter "fields"; CAIRN_TOO_LARGE
 * beyond 1,000 names, a depth of 16 or 1,024 bytes of a name. The text is copied. `json` is
 * checked text. */
cairn_code cairn_fields_from_text(cairn_span text, cairn_arena *arena, const cairn_fields **out, cairn_error *error);
cairn_code cairn_fields_from_json(cairn_span json, cairn_arena *arena, const cairn_fields **out, cairn_error *error);

/* Does `links` belong to what is sent? */
bool cairn_fields_want_links(const cairn_fields *fields);
/* Is this member of an item, or something in it, sent? For planners: without "assets" they needn't be unpacked. */
bool cairn_fields_want(const cairn_fields *fields, const char *member);
/* Appends what is sent of a document in open form (stac/document.h): in open form again when links are wanted (the kept
 * links, for the server to add its own), else as a whole document. Works on items and collections. False when the
 * buffer failed. */
bool cairn_fields_write(const cairn_fields *fields, cairn_span open, cairn_buf *out);

#endif
