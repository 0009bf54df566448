/* Random boxes and geometries as JSON text. */
#ifndef CAIRN_DIFFERENTIAL_SHAPES_H
#define CAIRN_DIFFERENTIAL_SHAPES_H

#include "base/buf.h"
#include "tests/differential/world.h"

typedef struct place {
    double x, y;
} place;

/* A place at the sample: a vertex of it, a corner or the middle of its box, or nearby; anywhere when it has none. */
place shape_anchor(dice *d, const sample *s);
/* `"bbox":[...]` */
void shape_box(dice *d, const sample *s, cairn_buf *out);
/* `"intersects":{...}` */
void shape_geometry(dice *d, const sample *s, cairn_buf *out);

#endif
