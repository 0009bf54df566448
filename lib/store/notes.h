/* What in a search is likely a mistake, though it can be answered: names that no item has, values that can't be equal.
 * Told to whoever asks why nothing was found; answers never depend on it. */
#ifndef CAIRN_STORE_NOTES_H
#define CAIRN_STORE_NOTES_H

#include "query/search.h"
#include "store/store.h"

enum { CAIRN_NOTES_MAX = 16 };

typedef struct cairn_notes {
    const char *at[CAIRN_NOTES_MAX]; /* each of one line, in the arena; none twice */
    size_t n;
} cairn_notes;

/* Looks at filter, query and sort of a checked search, by what the catalog knows of its items' properties (it reads all
 * of that: for explanations only) and by the registry of extensions. Nothing is told that isn't so, but not all is
 * found. The session's errors, and CAIRN_NOMEM. */
cairn_code cairn_notes_of(cairn_session *session, const cairn_search *search, cairn_arena *arena, cairn_notes *out,
                          cairn_error *error);
/* As a JSON array of strings. */
void cairn_notes_print(const cairn_notes *notes, cairn_buf *out);

#endif
