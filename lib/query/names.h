/* "Did you mean": the known name nearest to an unknown one. */
#ifndef CAIRN_QUERY_NAMES_H
#define CAIRN_QUERY_NAMES_H

#include "base/span.h"

/* The nearest by edit distance (Damerau-Levenshtein, case folded), or NULL when none is near (more than half of the
 * name differs; of at most three letters, more than one edit). `names` is NULL-terminated. */
const char *cairn_name_nearest(cairn_span unknown, const char *const *names);

#endif
