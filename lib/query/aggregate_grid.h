/* Grids over the world: geohash and geotile (the tiles of web maps). Cells of geohash are [west, east) x [south,
 * north), those of geotile [west, east) x (south, north]; the outermost ones reach to the poles and to 180 degrees, so
 * that every place lies in exactly one cell. Thread-safety: no state. */
#ifndef CAIRN_QUERY_AGGREGATE_GRID_H
#define CAIRN_QUERY_AGGREGATE_GRID_H

#include "stac/geometry.h"

#include <stdint.h>

typedef enum cairn_grid { CAIRN_GRID_GEOHASH, CAIRN_GRID_GEOTILE } cairn_grid;

typedef struct cairn_cell {
    uint32_t x, y; /* from the west; from the south (geohash) or from the north (geotile) */
} cairn_cell;

int cairn_grid_coarsest(cairn_grid grid); /* 1, 0 */
int cairn_grid_finest(cairn_grid grid);   /* 12, 29 */

cairn_cell cairn_grid_cell(cairn_grid grid, int precision, double lon, double lat);
cairn_box cairn_grid_box(cairn_grid grid, int precision, cairn_cell cell);
/* "u1hcv", "12/2150/1388", NUL-terminated. */
enum { CAIRN_GRID_KEY_MAX = 32 };
size_t cairn_grid_key(cairn_grid grid, int precision, cairn_cell cell, char out[CAIRN_GRID_KEY_MAX]);

/* All cells that a footprint meets, each once, in the arena. Areas: those that it reaches into by more than a billionth
 * of a degree (so that a footprint which fills a cell has no part in its neighbours); lines and points: also where they
 * run along a border. CAIRN_TOO_LARGE when there are more than `max` in its box. */
cairn_code cairn_grid_cells(cairn_grid grid, int precision, cairn_box box, cairn_span wkb, size_t max, cairn_geos *geos,
                            cairn_arena *arena, cairn_cell **out, size_t *n, cairn_error *error);

#endif
