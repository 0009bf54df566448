/* Searches and their hits as JSON lines, for test_shapely.py. */
#ifndef CAIRN_DIFFERENTIAL_DUMP_H
#define CAIRN_DIFFERENTIAL_DUMP_H

#include "tests/differential/generate.h"
#include "tests/differential/world.h"

#include <stdio.h>

/* First line: {"items": [[collection, id, line, repaired], ...]}. */
bool dump_items(const world *w, FILE *out);
/* {"search": {...}, "null_geometry_hits": false, "hits": [[collection, id], ...]} by the tested store. */
bool dump_search(world *w, const inquiry *asked, FILE *out);

#endif
