#include "stac/raster.h"

#include <math.h>

enum { SIDE = 64, LEAVES_MAX = 64 };

enum { UNKNOWN, EDGE, WITHIN, BESIDE };

struct cairn_raster {
    cairn_box box;
    double width, height;            /* of a cell */
    double near_x, near_y;           /* what is as near as this to an edge is taken as touched by it */
    unsigned char cells[SIDE][SIDE]; /* by row, south to north, and column */
};

static int clip(double place)
{
    return place < 0 ? 0 : place >= SIDE ? SIDE - 1 : (int)place;
}

static int column_of(const cairn_raster *r, double x)
{
    return clip(floor((x - r->box.west) / r->width));
}

static int row_of(const cairn_raster *r, double y)
{
    return clip(floor((y - r->box.south) / r->height));
}

/* ---- edges ---- */

/* The part of the edge within a row goes from one of its columns to another. */
static void mark_row(cairn_raster *r, int row, cairn_xy a, cairn_xy b)
{
    double low = r->box.south + row * r->height - r->near_y, high = low + r->height + 2 * r->near_y;
    double from = a.x, to = b.x, rise = b.y - a.y;
    if (rise > 0) { /* a is the lower end */
        double slope = (b.x - a.x) / rise;
        if (a.y < low)
            from = a.x + (low - a.y) * slope;
        if (b.y > high)
            to = a.x + (high - a.y) * slope;
    }
    int first = column_of(r, fmin(from, to) - r->near_x), last = column_of(r, fmax(from, to) + r->near_x);
    memset(&r->cells[row][first], EDGE, (size_t)last + 1 - (size_t)first);
}

static void mark_edge(cairn_raster *r, cairn_xy a, cairn_xy b)
{
    cairn_xy low = a.y <= b.y ? a : b, high = a.y <= b.y ? b : a;
    int last = row_of(r, high.y + r->near_y);
    for (int row = row_of(r, low.y - r->near_y); row <= last; row++)
        mark_row(r, row, low, high);
}

static void mark_path(cairn_raster *r, cairn_path path, bool joined)
{
    for (size_t i = 0; i < path.n; i++)
        mark_edge(r, path.at[i], joined && i + 1 < path.n ? path.at[i + 1] : path.at[i]);
}

/* ---- what lies within: the parity of the edges to the west ---- */

typedef struct parity {
    unsigned char flips[SIDE][SIDE + 1]; /* before the middle of a cell of this column */
} parity;

static void flip_edge(const cairn_raster *r, parity *p, cairn_xy a, cairn_xy b)
{
    cairn_xy low = a.y <= b.y ? a : b, high = a.y <= b.y ? b : a;
    int last = row_of(r, high.y);
    for (int row = row_of(r, low.y); row <= last; row++) {
        double middle = r->box.south + (row + 0.5) * r->height;
        if (low.y > middle || high.y <= middle)
            continue;
        double x = low.x + (middle - low.y) * ((high.x - low.x) / (high.y - low.y));
        double column = ceil((x - r->box.west) / r->width - 0.5); /* the first whose middle is not west of x */
        p->flips[row][column < 0 ? 0 : column > SIDE ? SIDE : (int)column] ^= 1;
    }
}

static void flip_part(const cairn_raster *r, parity *p, const cairn_part *part)
{
    for (size_t k = 0; k < part->count; k++)
        for (size_t i = 0; i + 1 < part->paths[k].n; i++)
            flip_edge(r, p, part->paths[k].at[i], part->paths[k].at[i + 1]);
}

static void fill(cairn_raster *r, const parity *p)
{
    for (int row = 0; row < SIDE; row++) {
        bool within = false;
        for (int column = 0; column < SIDE; column++) {
            within ^= p->flips[row][column];
            if (within && r->cells[row][column] == UNKNOWN)
                r->cells[row][column] = WITHIN;
        }
    }
}

/* Polygons of one member don't overlap, so that its parity is that of all of them. Returns where the member ends. */
static size_t fill_member(cairn_raster *r, const cairn_shape *shape, size_t from, parity *p)
{
    size_t to = from;
    memset(p, 0, sizeof *p);
    for (; to < shape->count && shape->parts[to].leaf == shape->parts[from].leaf; to++)
        if (shape->parts[to].kind == CAIRN_PART_POLYGON)
            flip_part(r, p, &shape->parts[to]);
    fill(r, p);
    return to;
}

cairn_raster *cairn_raster_make(const cairn_shape *shape, cairn_box box, cairn_arena *arena)
{
    static const double near = 1.0 / 256, least = 1e-6; /* of a cell; degrees */
    if (box.east - box.west < least || box.north - box.south < least || shape->leaves > LEAVES_MAX)
        return NULL;
    cairn_raster *r = cairn_arena_calloc(arena, 1, sizeof *r);
    parity *p = cairn_arena_alloc(arena, sizeof *p);
    if (!r || !p)
        return NULL;
    r->box = box;
    r->width = (box.east - box.west) / SIDE;
    r->height = (box.north - box.south) / SIDE;
    r->near_x = r->width * near;
    r->near_y = r->height * near;
    for (size_t i = 0; i < shape->count; i++)
        for (size_t k = 0; k < shape->parts[i].count; k++)
            mark_path(r, shape->parts[i].paths[k], shape->parts[i].kind != CAIRN_PART_POINTS);
    for (size_t at = 0; at < shape->count;)
        at = fill_member(r, shape, at, p);
    for (int row = 0; row < SIDE; row++)
        for (int column = 0; column < SIDE; column++)
            if (r->cells[row][column] == UNKNOWN)
                r->cells[row][column] = BESIDE;
    return r;
}

/* ---- asking ---- */

static cairn_tell tell_of(unsigned char cell)
{
    return cell == WITHIN ? CAIRN_TELL_WITHIN : cell == BESIDE ? CAIRN_TELL_BESIDE : CAIRN_TELL_NOTHING;
}

/* What lies outside of the raster's box lies beside. The ends are a little wider than the box, against rounding. */
cairn_tell cairn_raster_box(const cairn_raster *r, cairn_box box)
{
    box = (cairn_box){box.west - r->near_x, box.south - r->near_y, box.east + r->near_x, box.north + r->near_y};
    if (box.west > r->box.east || box.east < r->box.west || box.south > r->box.north || box.north < r->box.south)
        return CAIRN_TELL_BESIDE;
    bool whole =
        box.west >= r->box.west && box.east <= r->box.east && box.south >= r->box.south && box.north <= r->box.north;
    int first = column_of(r, box.west), last = column_of(r, box.east), top = row_of(r, box.north);
    unsigned char one = r->cells[row_of(r, box.south)][first];
    if (one == EDGE || (one == WITHIN && !whole))
        return CAIRN_TELL_NOTHING;
    for (int row = row_of(r, box.south); row <= top; row++)
        for (int column = first; column <= last; column++)
            if (r->cells[row][column] != one)
                return CAIRN_TELL_NOTHING;
    return tell_of(one);
}

cairn_tell cairn_raster_position(const cairn_raster *r, cairn_xy at)
{
    return cairn_raster_box(r, (cairn_box){at.x, at.y, at.x, at.y});
}
