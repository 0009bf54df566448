/* Random searches, most of them with something to find. */
#ifndef CAIRN_DIFFERENTIAL_GENERATE_H
#define CAIRN_DIFFERENTIAL_GENERATE_H

#include "base/buf.h"
#include "tests/differential/world.h"

typedef struct inquiry {
    cairn_buf json; /* the POST body */
    bool null_geometry_hits;
    bool plain_only; /* to be set: only what item search has by itself, for test_shapely.py */
    bool plain;      /* this one has nothing else */
} inquiry;

/* Writes the search of the dice into `out`, whose buffer is reused. */
void generate(dice *d, const world *w, inquiry *out);

#endif
