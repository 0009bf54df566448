/* Whole answers of the API, worked out over both stores. */
#ifndef CAIRN_DIFFERENTIAL_ANSWERS_H
#define CAIRN_DIFFERENTIAL_ANSWERS_H

#include "tests/differential/generate.h"
#include "tests/differential/world.h"

/* POST /search with the inquiry (its fields, too), POST /aggregate with it and some aggregations, and a document that
 * tells of the catalog (queryables, aggregations, children ...): byte for byte the same but for page tokens.
 * Differences are printed. */
bool same_answers(world *w, dice *d, const inquiry *asked);

#endif
