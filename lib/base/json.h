/* The JSON span scanner (RFC 8259): checks a text once at memory speed and then walks it without parsing, so that
 * number spellings, key order, escapes and unknown members stay byte for byte. Nothing here allocates unless an arena
 * is passed.
 *
 * Two layers. cairn_json_check() takes hostile bytes and is the only function that may see unchecked text.
 * All the others take a span that came out of a checked text and trust its grammar.
 *
 * Deliberate choices: UTF-8 is validated, escaped lone surrogates are legal JSON and kept; a BOM in front is skipped by
 * the readers of files, not here; nesting is bounded by `max_depth`; numbers keep their spelling. */
#ifndef CAIRN_BASE_JSON_H
#define CAIRN_BASE_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#include <stdint.h>

enum { CAIRN_JSON_MAX_DEPTH = 64 };

typedef struct cairn_json_facts {
    bool has_space; /* there is white space outside of strings */
    size_t end;     /* offset just behind the value (and trailing white space) */
} cairn_json_facts;

/* Checks that `text` is exactly one JSON value with white space around it. On a fault: CAIRN_INVALID with the byte
 * offset, line, and a message such as "JSON: expected ',' or '}' at line 3 column 14, found '\"'".
 * `facts` may be NULL. Cost: about 1 ns a byte. */
cairn_code cairn_json_check(cairn_span text, int max_depth, cairn_json_facts *facts, cairn_error *error);

/* The kind of a checked value by its first byte: '{' '[' '"' 't' 'f' 'n' or '0' for any number; 0 for absent. */
char cairn_json_kind(cairn_span value);

/* ---- walking. `value` spans have no white space around them. ---- */

typedef struct cairn_json_member {
    cairn_span key; /* between the quotes, escapes as written */
    cairn_span value;
    cairn_span whole; /* from the key's opening quote to the end of the value */
} cairn_json_member;

/* Where the containers of one text end. A walk that has it takes each member and element of that text at once, however
 * much is in it; one without it skips over all that is inside. Lives in an arena. */
typedef struct cairn_json_index {
    const char *text;
    size_t n;
    uint32_t ends[]; /* by the offset of an opening bracket: the offset behind the closing one; else undefined */
} cairn_json_index;

/* The index of a checked text, which has to stay where it is; NULL at the arena's cap, for texts of more than 1 MB and
 * for those that are nested deeper than CAIRN_JSON_MAX_DEPTH: every walk does without. Cost: as skipping the text once,
 * and 4 bytes a byte, of which few are touched. */
const cairn_json_index *cairn_json_index_of(cairn_span text, cairn_arena *arena);

typedef struct cairn_json_walk {
    const char *at;
    const char *end;
    const cairn_json_index *index; /* or NULL */
} cairn_json_walk;

/* Starts a walk over an object's members or an array's elements. A value of another kind yields an empty walk. */
cairn_json_walk cairn_json_walk_object(cairn_span object);
cairn_json_walk cairn_json_walk_array(cairn_span array);
/* The same with an index (or NULL), that is used when the container lies in its text. */
cairn_json_walk cairn_json_walk_object_in(const cairn_json_index *index, cairn_span object);
cairn_json_walk cairn_json_walk_array_in(const cairn_json_index *index, cairn_span array);
bool cairn_json_next_member(cairn_json_walk *walk, cairn_json_member *member);
bool cairn_json_next_element(cairn_json_walk *walk, cairn_span *element);

/* The same as cairn_json_key_is(), for keys that are longer than the name: only escapes can make them equal. */
bool cairn_json_key_spells(cairn_span key, const char *name);
/* True when a member's key, escapes decoded, is `name`. */
static inline bool cairn_json_key_is(cairn_span key, const char *name)
{
    size_t n = strlen(name);
    if (key.n > n)
        return (n == 0 || key.p[0] == name[0] || key.p[0] == '\\') && cairn_json_key_spells(key, name);
    return key.n == n && (n == 0 || (memcmp(key.p, name, n) == 0 && !memchr(name, '\\', n)));
}

/* The value of the member `name`, or the absent span. The last one wins when keys repeat, as in Python. */
cairn_span cairn_json_get(cairn_span object, const char *name);
/* cairn_json_get along a NULL-terminated list of names. */
cairn_span cairn_json_get_path(cairn_span object, const char *const *names);

bool cairn_json_is_null(cairn_span value);

/* Decodes a string value into the arena (borrows from the text when it has no escapes). Lone surrogates become
 * U+FFFD. {NULL,0} when it is not a string or the arena is full. */
cairn_span cairn_json_string(cairn_span value, cairn_arena *arena);
/* True when the string value, decoded, equals `text`. */
bool cairn_json_string_is(cairn_span value, const char *text);

/* Reads a number value as the nearest double; false when it is not a number or overflows to infinity. Locale-free. */
bool cairn_json_number(cairn_span value, double *out);
/* Reads a number that is a whole one in int64 (1, 1.0, 1e3 are; 1.5 is not). */
bool cairn_json_integer(cairn_span value, long long *out);

/* Appends the checked value without the white space outside of its strings. */
bool cairn_json_minify(cairn_span value, cairn_buf *out);

/* The number of elements or members. */
size_t cairn_json_count(cairn_span value);

/* Writes the RFC 6901 escaping of `key` (~ and /; JSON escapes are decoded) behind `prefix` as a JSON pointer:
 * "/assets/B02/href". `out` has CAIRN_ERROR_POINTER_MAX bytes and may be `prefix`. A cut one ends in "...". */
void cairn_json_pointer(char *out, const char *prefix, cairn_span key);

/* 1-based line and column (bytes) of an offset in a text. */
void cairn_json_position(cairn_span text, size_t offset, int *line, int *column);

#endif
