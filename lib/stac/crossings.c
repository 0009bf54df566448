/* How often the edges of polygons cross: what repairing them costs. */
#include "stac/shape.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* Pairs of edges that are looked at: seconds, not minutes. */
static const uint64_t MOST_PAIRS = 300000000;

/* An edge with its extents along the axis of the sweep and across it. */
typedef struct edge {
    cairn_xy a, b;
    double from, to, low, high;
    size_t part;
} edge;

static edge make_edge(cairn_xy a, cairn_xy b, bool by_latitude, size_t part)
{
    edge e = {a, b, fmin(a.x, b.x), fmax(a.x, b.x), fmin(a.y, b.y), fmax(a.y, b.y), part};
    if (by_latitude)
        e = (edge){a, b, e.low, e.high, e.from, e.to, part};
    return e;
}

static int compare_from(const void *a, const void *b)
{
    double x = ((const edge *)a)->from, y = ((const edge *)b)->from;
    return (x > y) - (x < y);
}

/* In a point that ends neither of them. */
static bool cross(const edge *e, const edge *f)
{
    if (e->low > f->high || f->low > e->high)
        return false;
    return cairn_turn(e->a, e->b, f->a) * cairn_turn(e->a, e->b, f->b) < 0 &&
           cairn_turn(f->a, f->b, e->a) * cairn_turn(f->a, f->b, e->b) < 0;
}

static bool same(cairn_xy a, cairn_xy b)
{
    return a.x == b.x && a.y == b.y;
}

/* Have a point in common, other than the corner where one goes on as the other. Not certain counts as yes. */
static bool touch(const edge *e, const edge *f)
{
    if (e->low > f->high || f->low > e->high || same(e->b, f->a) || same(f->b, e->a))
        return false;
    return cairn_turn(e->a, e->b, f->a) * cairn_turn(e->a, e->b, f->b) <= 0 &&
           cairn_turn(f->a, f->b, e->a) * cairn_turn(f->a, f->b, e->b) <= 0;
}

static bool is_polygon(const cairn_part *part)
{
    return part->kind == CAIRN_PART_POLYGON;
}

typedef struct edges {
    edge *at;
    size_t n;
} edges;

static edges list_edges(const cairn_shape *shape, bool by_latitude)
{
    edges list = {NULL, 0};
    for (size_t i = 0; i < shape->count; i++)
        for (size_t k = 0; is_polygon(&shape->parts[i]) && k < shape->parts[i].count; k++)
            list.n += shape->parts[i].paths[k].n - 1;
    list.at = cairn_arena_calloc(shape->arena, list.n, sizeof *list.at);
    size_t n = 0;
    for (size_t i = 0; i < shape->count && list.at; i++)
        for (size_t k = 0; is_polygon(&shape->parts[i]) && k < shape->parts[i].count; k++) {
            cairn_path path = shape->parts[i].paths[k];
            for (size_t v = 1; v < path.n; v++)
                list.at[n++] = make_edge(path.at[v - 1], path.at[v], by_latitude, i);
        }
    return list;
}

/* The sweep goes along the axis that edges are shorter along, in terms of the whole. */
static bool is_long_in_longitude(const cairn_shape *shape)
{
    double sum[2] = {0, 0}, low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (size_t i = 0; i < shape->count; i++)
        for (size_t k = 0; is_polygon(&shape->parts[i]) && k < shape->parts[i].count; k++) {
            cairn_path path = shape->parts[i].paths[k];
            for (size_t v = 1; v < path.n; v++) {
                const double at[2] = {path.at[v].x, path.at[v].y};
                sum[0] += fabs(at[0] - path.at[v - 1].x);
                sum[1] += fabs(at[1] - path.at[v - 1].y);
                for (int d = 0; d < 2; d++) {
                    low[d] = fmin(low[d], at[d]);
                    high[d] = fmax(high[d], at[d]);
                }
            }
        }
    return sum[0] * (high[1] - low[1]) > sum[1] * (high[0] - low[0]);
}

static void count_pair(const edge *e, const edge *f, size_t *total, size_t *own)
{
    if (e->part == f->part && touch(e, f))
        own[e->part]++;
    *total += cross(e, f);
}

bool cairn_shape_count_crossings(const cairn_shape *shape, size_t most, size_t *total, size_t *own)
{
    uint64_t pairs = 0;
    edges list = list_edges(shape, is_long_in_longitude(shape));
    *total = 0;
    memset(own, 0, shape->count * sizeof *own);
    if (!list.at)
        return false;
    qsort(list.at, list.n, sizeof *list.at, compare_from);
    for (size_t i = 0; i < list.n; i++)
        for (size_t k = i + 1; k < list.n && list.at[k].from <= list.at[i].to; k++) {
            if (++pairs > MOST_PAIRS)
                *total = most;
            else
                count_pair(&list.at[i], &list.at[k], total, own);
            if (*total >= most)
                return true;
        }
    return true;
}
