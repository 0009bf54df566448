/* A small editable JSON tree over checked text: what is not touched prints byte for byte as it was written.
 * Used where a document is really rewritten (upgraded views, collections), never while serving items.
 * All nodes live in the arena. Thread-safety: as the arena. */
#ifndef CAIRN_BASE_JTREE_H
#define CAIRN_BASE_JTREE_H

#include "base/json.h"

typedef enum cairn_jkind { CAIRN_J_RAW, CAIRN_J_OBJECT, CAIRN_J_ARRAY } cairn_jkind;

typedef struct cairn_jnode {
    cairn_jkind kind;              /* RAW: scalars, and containers that nobody has opened yet */
    cairn_span key;                /* as written between quotes, for members of an object */
    cairn_span raw;                /* RAW: the value's text */
    const cairn_json_index *index; /* of a text that `raw` may lie in, or NULL */

    struct cairn_jnode *first, *last, *next; /* children in order */
} cairn_jnode;

/* A node over a checked value. Children are opened lazily by the functions below. NULL at the arena's cap. */
cairn_jnode *cairn_j_open(cairn_arena *arena, cairn_span value);
/* The same with the index of the text that it lies in (or NULL), by which its levels are opened faster. */
cairn_jnode *cairn_j_open_in(cairn_arena *arena, const cairn_json_index *index, cairn_span value);

/* The child member `name` of an object node (last wins), or NULL. Opens one level. */
cairn_jnode *cairn_j_get(cairn_arena *arena, cairn_jnode *object, const char *name);
/* The first child of a container (opens one level); go on with ->next. NULL when empty or no container. */
cairn_jnode *cairn_j_children(cairn_arena *arena, cairn_jnode *container);

/* Sets member `name` to raw JSON text `value` (which must be valid JSON and live as long as the arena): replaced in
 * place, or appended. Returns the node, NULL at the cap or when `object` is none. */
cairn_jnode *cairn_j_set(cairn_arena *arena, cairn_jnode *object, const char *name, cairn_span value);
/* The same with a decoded string, that is quoted and escaped. */
cairn_jnode *cairn_j_set_string(cairn_arena *arena, cairn_jnode *object, const char *name, cairn_span text);
/* Appends raw JSON text to an array node. */
cairn_jnode *cairn_j_append(cairn_arena *arena, cairn_jnode *array, cairn_span value);
/* Takes all members called `name` out; true if there was one. */
bool cairn_j_remove(cairn_arena *arena, cairn_jnode *object, const char *name);
/* Renames members called `from`, keeping their place; an existing `to` wins (then `from` is removed). True if found. */
bool cairn_j_rename(cairn_arena *arena, cairn_jnode *object, const char *from, const char *to);

/* Prints without white space outside strings. */
bool cairn_j_print(const cairn_jnode *node, cairn_buf *out);
/* Prints into the arena; {NULL,0} at the cap. */
cairn_span cairn_j_text(const cairn_jnode *node, cairn_arena *arena);
/* The same, faster, for a tree none of whose texts has white space outside of strings, which is not looked for. */
cairn_span cairn_j_text_as_is(const cairn_jnode *node, cairn_arena *arena);

#endif
