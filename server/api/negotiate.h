/* Content negotiation (RFC 9110 12.5.1) over the few forms that a route has. No state. */
#ifndef CAIRN_API_NEGOTIATE_H
#define CAIRN_API_NEGOTIATE_H

#include "base/error.h"

/* One form of an answer. A route's list is ended by a NULL content_type; the first is the default. */
typedef struct cairn_representation {
    const char *content_type;
    const char *format; /* value of the parameter `f` that asks for it */
    bool streamed;      /* item by item, without an end that is known (api/stream.h) */
} cairn_representation;

extern const cairn_representation cairn_as_json[];
extern const cairn_representation cairn_as_geojson[];
/* Of lists of items: a page, or one of the forms that are streamed. */
extern const cairn_representation cairn_as_items[];
extern const cairn_representation cairn_as_openapi[];
extern const cairn_representation cairn_as_html[];

/* The best of `list` for an Accept header (absent or empty: the first). The media range that fits best counts, then the
 * order of the list. JSON answers to any range that is a kind of JSON (application/json, +json), so NULL (406) only
 * says that no kind of JSON is acceptable. A page of HTML is given whatever is accepted: its path has named the form.
 */
const cairn_representation *cairn_negotiate(const cairn_representation *list, cairn_span accept);

/* The form that `f` names; CAIRN_INVALID naming the known ones. "json" and "geojson" both mean the route's JSON. */
cairn_code cairn_negotiate_format(const cairn_representation *list, cairn_span format, const cairn_representation **out,
                                  cairn_error *error);

/* True for application/json and anything +json; parameters are ignored. */
bool cairn_media_is_json(cairn_span media);

#endif
