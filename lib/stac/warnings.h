/* What was repaired or noticed in a record that was taken all the same. In the arena of the record. */
#ifndef CAIRN_STAC_WARNINGS_H
#define CAIRN_STAC_WARNINGS_H

#include "base/arena.h"

typedef struct cairn_warning {
    cairn_span pointer; /* JSON pointer into the record, with any bytes that its keys have: quote it for people */
    cairn_span message; /* what was wrong and what was done, one line of UTF-8 */
    struct cairn_warning *next;
} cairn_warning;

typedef struct cairn_warnings {
    cairn_warning *first, *last;
    size_t count;
} cairn_warnings;

/* Adds a warning; silently nothing at the arena's cap. At most 100 a record are kept, all are counted. */
void cairn_warn(cairn_warnings *warnings, cairn_arena *arena, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
