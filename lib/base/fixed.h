/* Text into memory of a fixed size, NUL-terminated; what does not fit is cut between characters and ends in "...".
 * Thread-safety: none, a writer belongs to one thread. */
#ifndef CAIRN_BASE_FIXED_H
#define CAIRN_BASE_FIXED_H

#include "base/span.h"

typedef struct cairn_fixed {
    char *out;
    size_t size; /* of `out`, the NUL counted; at least 4 */
    size_t n;    /* bytes written */
    size_t safe; /* where "..." would still fit */
    bool cut;    /* nothing more is taken */
} cairn_fixed;

/* A writer into `out`, that goes on behind the `used` bytes which are there already. */
cairn_fixed cairn_fixed_begin(char *out, size_t size, size_t used);

/* Adds a piece that must not be torn (a character, an escape); false when it did not fit. */
bool cairn_fixed_add(cairn_fixed *fixed, const char *piece, size_t n);

/* How cairn_fixed_add_line() shows control bytes. */
typedef enum cairn_fixed_controls {
    CAIRN_FIXED_BLANK,  /* as a space */
    CAIRN_FIXED_ESCAPE, /* as \n, \x1b; a backslash as \\ */
} cairn_fixed_controls;

/* Adds any bytes as one line of UTF-8: broken bytes, C1 controls and line separators become U+FFFD. */
bool cairn_fixed_add_line(cairn_fixed *fixed, cairn_span bytes, cairn_fixed_controls controls);

#endif
