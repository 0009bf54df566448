#include "stac/shape.h"

#include <float.h>
#include <math.h>
#include <stdint.h>

bool cairn_path_make(cairn_arena *arena, size_t n, cairn_path *out)
{
    if (n > SIZE_MAX / sizeof(cairn_xy))
        return false;
    out->at = cairn_arena_alloc(arena, n * sizeof(cairn_xy));
    out->n = n;
    return out->at != NULL;
}

static bool make_room(cairn_shape *shape)
{
    if (shape->count < shape->room)
        return true;
    size_t room = shape->room ? shape->room * 2 : 1;
    cairn_part *parts = cairn_arena_calloc(shape->arena, room, sizeof *parts);
    if (!parts)
        return false;
    if (shape->count)
        memcpy(parts, shape->parts, shape->count * sizeof *parts);
    shape->parts = parts;
    shape->room = room;
    return true;
}

cairn_part *cairn_shape_add(cairn_shape *shape, cairn_part_kind kind, size_t leaf, size_t count)
{
    if (!make_room(shape))
        return NULL;
    cairn_path *paths = cairn_arena_calloc(shape->arena, count, sizeof *paths);
    if (!paths)
        return NULL;
    cairn_part *part = &shape->parts[shape->count++];
    *part = (cairn_part){kind, leaf, paths, count};
    return part;
}

bool cairn_shape_add_point(cairn_shape *shape, size_t leaf, cairn_xy at)
{
    cairn_part *part = cairn_shape_add(shape, CAIRN_PART_POINTS, leaf, 1);
    if (!part || !cairn_path_make(shape->arena, 1, &part->paths[0]))
        return false;
    part->paths[0].at[0] = at;
    return true;
}

bool cairn_path_is_place(cairn_path path)
{
    for (size_t i = 1; i < path.n; i++)
        if (path.at[i].x != path.at[0].x || path.at[i].y != path.at[0].y)
            return false;
    return true;
}

bool cairn_shape_settle_lines(cairn_shape *shape)
{
    size_t parts = shape->count, kept_parts = 0;
    for (size_t i = 0; i < parts; i++) {
        cairn_part part = shape->parts[i];
        size_t kept = 0;
        for (size_t k = 0; k < part.count && part.kind == CAIRN_PART_LINES; k++)
            if (!cairn_path_is_place(part.paths[k]))
                part.paths[kept++] = part.paths[k];
            else if (!cairn_shape_add_point(shape, part.leaf, part.paths[k].at[0]))
                return false;
        shape->parts[i].count = part.kind == CAIRN_PART_LINES ? kept : part.count;
    }
    for (size_t i = 0; i < shape->count; i++)
        if (shape->parts[i].count)
            shape->parts[kept_parts++] = shape->parts[i];
    shape->count = kept_parts;
    return true;
}

static cairn_box box_of_positions(const cairn_xy *at, size_t n)
{
    cairn_box box = {at[0].x, at[0].y, at[0].x, at[0].y};
    for (size_t i = 1; i < n; i++) {
        box.west = at[i].x < box.west ? at[i].x : box.west;
        box.east = at[i].x > box.east ? at[i].x : box.east;
        box.south = at[i].y < box.south ? at[i].y : box.south;
        box.north = at[i].y > box.north ? at[i].y : box.north;
    }
    return box;
}

/* How many connected pieces a part has: each gets a box of its own. */
static size_t count_pieces(const cairn_part *part)
{
    switch (part->kind) {
    case CAIRN_PART_POINTS:
        return part->paths[0].n;
    case CAIRN_PART_LINES:
        return part->count;
    case CAIRN_PART_POLYGON:
        break;
    }
    return 1;
}

static cairn_box box_of_piece(const cairn_part *part, size_t i)
{
    if (part->kind == CAIRN_PART_POINTS)
        return box_of_positions(&part->paths[0].at[i], 1);
    return box_of_positions(part->paths[i].at, part->paths[i].n);
}

bool cairn_shape_box(const cairn_shape *shape, cairn_box *out)
{
    size_t n = 0;
    for (size_t i = 0; i < shape->count; i++)
        n += count_pieces(&shape->parts[i]);
    if (n == 1) {
        *out = box_of_piece(&shape->parts[0], 0);
        return true;
    }
    cairn_box *boxes = cairn_arena_calloc(shape->arena, n, sizeof *boxes);
    if (!boxes || !n)
        return false;
    size_t k = 0;
    for (size_t i = 0; i < shape->count; i++)
        for (size_t piece = 0; piece < count_pieces(&shape->parts[i]); piece++)
            boxes[k++] = box_of_piece(&shape->parts[i], piece);
    *out = cairn_box_around(boxes, n);
    return true;
}

/* Shewchuk's first filter of orient2d. */
int cairn_turn(cairn_xy a, cairn_xy b, cairn_xy c)
{
    double left = (a.x - c.x) * (b.y - c.y);
    double right = (a.y - c.y) * (b.x - c.x);
    double det = left - right;
    double bound = (3.0 + 8.0 * DBL_EPSILON) * (DBL_EPSILON / 2) * (fabs(left) + fabs(right));
    /* Products that underflow have no relative error bound. */
    if (fabs(det) <= bound || fabs(det) < DBL_MIN / DBL_EPSILON)
        return 0;
    return det > 0 ? 1 : -1;
}

/* All turns go the same way, and x rises once and falls once: so it winds around once. */
bool cairn_ring_is_convex(cairn_path ring)
{
    if (ring.n < 4)
        return false;
    size_t m = ring.n - 1;
    int way = cairn_turn(ring.at[0], ring.at[1], ring.at[2]), changes = 0;
    if (way == 0)
        return false;
    for (size_t i = 0; i < m; i++) {
        cairn_xy a = ring.at[i], b = ring.at[i + 1], c = ring.at[(i + 2) % m];
        if (cairn_turn(a, b, c) != way)
            return false;
        changes += (b.x >= a.x) != (c.x >= b.x);
    }
    return changes == 2;
}
