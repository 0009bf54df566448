/* A box of one projected system in another: for grids, whose axes are always x and y (east and north, lon and lat). */
#ifndef CAIRN_STAC_CRS_BETWEEN_H
#define CAIRN_STAC_CRS_BETWEEN_H

#include "stac/crs.h"

/* `box` is min x, min y, max x, max y, in and out; its edges are followed at 21 points each, as clients do. False when
 * PROJ doesn't know a system, or the box lies where it isn't defined; then the box is as it was. Takes milliseconds;
 * thread-safe. */
bool cairn_crs_box_between(const cairn_crs *from, const cairn_crs *to, double box[4]);

#endif
