/* The request target (RFC 9112 3.2): split first, decoded once afterwards, so that no "%2F" becomes a separator and no
 * dot segment is folded. Hostile bytes in; no state. */
#ifndef CAIRN_HTTP_TARGET_H
#define CAIRN_HTTP_TARGET_H

#include "api/api.h"

typedef struct cairn_target_form {
    cairn_span authority; /* of the absolute form ("GET http://host/path"): stands for Host; else absent */
    bool asterisk;        /* "*", for OPTIONS */
} cairn_target_form;

/* Takes the target apart, still coded: *path begins with '/', *query is absent without a '?'; both are absent for "*".
 * CAIRN_INVALID: control characters, spaces, '#', or another form than a path, http(s):// or "*". */
cairn_code cairn_target_split(cairn_span raw, cairn_target_form *form, cairn_span *path, cairn_span *query,
                              cairn_error *error);

/* Sets path, segments and params of `request` from `raw`. CAIRN_INVALID: control characters, '#', %00, a bad escape,
 * too many parameters, or a form that is neither a path, nor http(s)://, nor "*". CAIRN_NOT_FOUND: more segments than
 * any route has. CAIRN_NOMEM at the arena's cap. */
cairn_code cairn_target_parse(cairn_span raw, cairn_arena *arena, cairn_request *request, cairn_target_form *form,
                              cairn_error *error);

/* Takes the segments of `prefix` ("/stac/v1", or empty) off the front of the path's when they are all there. */
void cairn_target_strip(cairn_request *request, cairn_span prefix);

#endif
