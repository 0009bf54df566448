/* The extent of a collection, from its items: the same in every store. */
#ifndef CAIRN_STORE_EXTENT_H
#define CAIRN_STORE_EXTENT_H

#include "stac/collection.h"

/* Widens it by an item's box (NULL: it has no place) and range. Plain minima and maxima: a box over the antimeridian
 * makes the extent go all around. Unlike the narrowest box this does not depend on the order in which items come. */
void cairn_extent_add(cairn_extent *extent, const cairn_box *box, cairn_interval range);

#endif
