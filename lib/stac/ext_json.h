/* Inside lib/stac: site-local descriptors. See ext.h and docs/extending.md. */
#ifndef CAIRN_STAC_EXT_JSON_H
#define CAIRN_STAC_EXT_JSON_H

#include "base/arena.h"
#include "stac/ext.h"

/* Reads a descriptor (text of a file). All of it lives in the arena. CAIRN_INVALID: the message begins with the JSON
 * pointer and says what was expected. Names are not yet compared with those of other descriptors. */
cairn_code cairn_ext_read(cairn_span json, cairn_arena *arena, cairn_ext *out, cairn_error *error);

#endif
