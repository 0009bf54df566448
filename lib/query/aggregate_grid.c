#include "query/aggregate_grid.h"

#include <math.h>
#include <stdio.h>

enum { GEOHASH_FINEST = 12, GEOTILE_FINEST = 29, LETTER_BITS = 5 };

int cairn_grid_coarsest(cairn_grid grid)
{
    return grid == CAIRN_GRID_GEOHASH ? 1 : 0;
}

int cairn_grid_finest(cairn_grid grid)
{
    return grid == CAIRN_GRID_GEOHASH ? GEOHASH_FINEST : GEOTILE_FINEST;
}

static int x_bits(cairn_grid grid, int precision)
{
    return grid == CAIRN_GRID_GEOHASH ? (precision * LETTER_BITS + 1) / 2 : precision;
}

static int y_bits(cairn_grid grid, int precision)
{
    return grid == CAIRN_GRID_GEOHASH ? precision * LETTER_BITS / 2 : precision;
}

/* The number of the 2^bits equal parts of [low, high) that the value lies in. Exact: with 180 and 90 degrees as ends
 * every bound is a double. */
static uint32_t part_of(double value, double low, double high, int bits)
{
    uint32_t part = 0;
    for (int i = 0; i < bits; i++) {
        double middle = (low + high) / 2;
        part = part * 2 + (value >= middle);
        if (value >= middle)
            low = middle;
        else
            high = middle;
    }
    return part;
}

static double bound_of(uint32_t part, double low, double width, int bits)
{
    return low + ldexp(width, -bits) * part;
}

/* ---- geotile ---- */

/* The northern side of row y; the southern one of row y - 1. */
static double tile_north(uint32_t y, int precision)
{
    if (y == 0)
        return 90;
    if (y >= (uint32_t)1 << precision)
        return -90;
    return atan(sinh(M_PI * (1 - ldexp(y, 1 - precision)))) * 180 / M_PI;
}

/* The formula, put right where rounding would contradict the bounds. */
static uint32_t tile_row(double lat, int precision)
{
    double rows = ldexp(1, precision);
    double row = floor((1 - asinh(tan(lat * M_PI / 180)) / M_PI) / 2 * rows);
    uint32_t y = row > 0 ? (uint32_t)fmin(row, rows - 1) : 0;
    while (y > 0 && lat > tile_north(y, precision))
        y--;
    while (y + 1 < (uint32_t)1 << precision && lat <= tile_north(y + 1, precision))
        y++;
    return y;
}

/* ---- cells ---- */

cairn_cell cairn_grid_cell(cairn_grid grid, int precision, double lon, double lat)
{
    cairn_cell cell = {.x = part_of(lon, -180, 180, x_bits(grid, precision))};
    cell.y = grid == CAIRN_GRID_GEOHASH ? part_of(lat, -90, 90, y_bits(grid, precision)) : tile_row(lat, precision);
    return cell;
}

cairn_box cairn_grid_box(cairn_grid grid, int precision, cairn_cell cell)
{
    int bits = x_bits(grid, precision), rows = y_bits(grid, precision);
    cairn_box box = {.west = bound_of(cell.x, -180, 360, bits), .east = bound_of(cell.x + 1, -180, 360, bits)};
    bool tile = grid == CAIRN_GRID_GEOTILE;
    box.south = tile ? tile_north(cell.y + 1, precision) : bound_of(cell.y, -90, 180, rows);
    box.north = tile ? tile_north(cell.y, precision) : bound_of(cell.y + 1, -90, 180, rows);
    return box;
}

/* Letters of five bits, taken in turns from x and y, the highest first; the first bit is one of x. */
static size_t geohash_key(int precision, cairn_cell cell, char *out)
{
    static const char LETTERS[] = "0123456789bcdefghjkmnpqrstuvwxyz";
    int x = x_bits(CAIRN_GRID_GEOHASH, precision), y = y_bits(CAIRN_GRID_GEOHASH, precision);
    unsigned letter = 0;
    for (int bit = 0; bit < precision * LETTER_BITS; bit++) {
        bool of_x = bit % 2 == 0;
        uint32_t next = of_x ? cell.x >> --x : cell.y >> --y;
        letter = letter * 2 + (next & 1);
        if (bit % LETTER_BITS == LETTER_BITS - 1) {
            *out++ = LETTERS[letter];
            letter = 0;
        }
    }
    *out = '\0';
    return (size_t)precision;
}

size_t cairn_grid_key(cairn_grid grid, int precision, cairn_cell cell, char out[CAIRN_GRID_KEY_MAX])
{
    if (grid == CAIRN_GRID_GEOHASH)
        return geohash_key(precision, cell, out);
    return (size_t)snprintf(out, CAIRN_GRID_KEY_MAX, "%d/%u/%u", precision, cell.x, cell.y);
}
