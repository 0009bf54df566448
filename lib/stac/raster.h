/* Internal to lib/stac: a coarse picture of an area, made once, by which most boxes and positions are decided without
 * GEOS. What it says is certain; the cells that an edge of the area comes near say nothing. */
#ifndef CAIRN_STAC_RASTER_H
#define CAIRN_STAC_RASTER_H

#include "stac/shape.h"

typedef struct cairn_raster cairn_raster;

/* NULL where there can be none: a box over the antimeridian or without width or height, too many overlapping members,
 * no memory. In the arena. */
cairn_raster *cairn_raster_make(const cairn_shape *shape, cairn_box box, cairn_arena *arena);
cairn_tell cairn_raster_box(const cairn_raster *raster, cairn_box box);
cairn_tell cairn_raster_position(const cairn_raster *raster, cairn_xy at);

#endif
