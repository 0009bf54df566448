/* Cuts shapes at the antimeridian, with the results of the `antimeridian` Python package (defaults: great circle,
 * winding mended).
 *
 * A ring is cut into segments, each of which enters and leaves the map (the rectangle of +-180 by +-90) at its western
 * or eastern side. With the polygon at the left hand of its ring, whoever walks from where a segment leaves the map
 * counterclockwise along the map's border has the polygon at the left until the next segment enters. So each exit is
 * joined to the next entry, by way of the corners when that is around a pole. */
#include "stac/shape.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* Places on the map's border, counterclockwise from its southeastern corner: 180 for each side. */
enum { SIDE = 180, AROUND = 4 * SIDE, CORNERS = 4 };

static size_t count_crossings(cairn_path path)
{
    size_t n = 0;
    for (size_t i = 1; i < path.n; i++)
        n += cairn_edge_crossing(path.at[i - 1], path.at[i]) != 0;
    return n;
}

/* ---- where an edge crosses ---- */

static double flat_latitude(cairn_xy a, cairn_xy b)
{
    double to_a = 180 - fabs(a.x), to_b = 180 - fabs(b.x);
    return to_a + to_b > 0 ? a.y + (b.y - a.y) * to_a / (to_a + to_b) : a.y;
}

typedef struct vector {
    double x, y, z;
} vector;

static vector on_sphere(cairn_xy at)
{
    double lon = at.x * (M_PI / 180), lat = at.y * (M_PI / 180);
    return (vector){cos(lon) * cos(lat), sin(lon) * cos(lat), sin(lat)};
}

/* The great circle of a and b meets the plane of the meridians 0 and 180 at (nz, 0, -nx), n being its normal. */
static double great_circle_latitude(cairn_xy a, cairn_xy b)
{
    vector p = on_sphere(a), q = on_sphere(b);
    double nx = p.y * q.z - p.z * q.y, nz = p.x * q.y - p.y * q.x;
    double length = hypot(nx, nz);
    if (!(length > 0))
        return flat_latitude(a, b);
    double latitude = asin(fmin(fmax(-nx / length, -1), 1)) * (180 / M_PI);
    return rint(latitude * 1e7) / 1e7;
}

static double crossing_latitude(cairn_xy a, cairn_xy b, int way)
{
    if (fabs(a.x) == 180)
        return a.y;
    if (fabs(b.x) == 180)
        return b.y;
    return way > 0 ? great_circle_latitude(b, a) : great_circle_latitude(a, b);
}

/* ---- segments ---- */

typedef struct segments {
    cairn_arena *arena;
    cairn_path *at;
    size_t n, room;
} segments;

static bool add_segment(segments *s, cairn_xy *at, size_t n)
{
    if (s->n == s->room) {
        size_t room = s->room ? s->room * 2 : 8;
        cairn_path *more = cairn_arena_calloc(s->arena, room, sizeof *more);
        if (!more)
            return false;
        if (s->n)
            memcpy(more, s->at, s->n * sizeof *more);
        s->at = more;
        s->room = room;
    }
    s->at[s->n++] = (cairn_path){at, n};
    return true;
}

/* Writes where the edge leaves and enters the map; the first ends a segment, the second begins one. */
static void cut_edge(cairn_xy a, cairn_xy b, int way, cairn_xy *leaves, cairn_xy *enters)
{
    double latitude = crossing_latitude(a, b, way);
    *leaves = (cairn_xy){way * 180, latitude};
    *enters = (cairn_xy){way * -180, latitude};
}

/* Adds the segments into which the path falls. When it is a ring, it must begin where it enters the map and end over an
 * edge that crosses: what is behind that is not a segment. */
static bool cut_path(segments *s, cairn_path path, bool ring)
{
    cairn_path buffer;
    size_t used = 0, begun = 0;
    if (!cairn_path_make(s->arena, path.n + 2 * count_crossings(path), &buffer))
        return false;
    for (size_t i = 0; i + 1 < path.n; i++) {
        cairn_xy a = path.at[i], b = path.at[i + 1], enters;
        int way = cairn_edge_crossing(a, b);
        buffer.at[used++] = a;
        if (!way)
            continue;
        cut_edge(a, b, way, &buffer.at[used++], &enters);
        if (!add_segment(s, buffer.at + begun, used - begun))
            return false;
        begun = used;
        buffer.at[used++] = enters;
    }
    if (ring)
        return true;
    buffer.at[used++] = path.at[path.n - 1];
    return add_segment(s, buffer.at + begun, used - begun);
}

/* Cuts a ring that crosses; each segment then begins and ends on the border. */
static bool cut_ring(segments *s, cairn_path ring)
{
    size_t m = ring.n - 1, last = 0;
    while (!cairn_edge_crossing(ring.at[last], ring.at[last + 1]))
        last++;
    cairn_path turned; /* from where the edge behind `last` enters the map to that edge's end */
    if (!cairn_path_make(s->arena, m + 2, &turned))
        return false;
    cairn_xy a = ring.at[last], b = ring.at[last + 1], leaves;
    cut_edge(a, b, cairn_edge_crossing(a, b), &leaves, &turned.at[0]);
    for (size_t i = 0; i <= m; i++)
        turned.at[i + 1] = ring.at[(last + 1 + i) % m];
    return cut_path(s, turned, true);
}

/* ---- joining segments along the border ---- */

static double border_place(cairn_xy at)
{
    return at.x > 0 ? at.y + 90 : 3 * SIDE - (at.y + 90);
}

static const cairn_xy corners[CORNERS] = {{180, -90}, {180, 90}, {-180, 90}, {-180, -90}};

typedef struct event {
    double place;
    size_t segment;
    bool leaves;
} event;

static int compare_events(const void *a, const void *b)
{
    const event *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    if (x->leaves != y->leaves)
        return x->leaves ? -1 : 1;
    return (x->segment > y->segment) - (x->segment < y->segment);
}

static event *list_events(const segments *s)
{
    event *events = cairn_arena_calloc(s->arena, s->n, 2 * sizeof *events);
    for (size_t i = 0; i < s->n && events; i++) {
        cairn_path path = s->at[i];
        events[2 * i] = (event){border_place(path.at[0]), i, false};
        events[2 * i + 1] = (event){border_place(path.at[path.n - 1]), i, true};
    }
    if (events)
        qsort(events, 2 * s->n, sizeof *events, compare_events);
    return events;
}

static size_t end_of_place(const event *events, size_t n, size_t from)
{
    size_t to = from + 1;
    while (to < n && events[to].place == events[from].place)
        to++;
    return to;
}

/* Whether the polygon covers the border's beginning: the first place where exits and entries are not the same number
 * tells. */
static bool begins_inside(const event *events, size_t n)
{
    for (size_t from = 0, to; from < n; from = to) {
        to = end_of_place(events, n, from);
        size_t exits = 0;
        while (from + exits < to && events[from + exits].leaves)
            exits++;
        if (2 * exits != to - from)
            return 2 * exits < to - from;
    }
    return false;
}

/* Orders exits and entries at the same place so that they alternate. They come with the exits first. */
static void alternate(event *at, size_t n, event *scratch, bool *inside)
{
    size_t exit = 0, entry = 0, k = 0;
    while (entry < n && at[entry].leaves)
        entry++;
    size_t exits = entry;
    while (k < n) {
        bool take_entry = entry < n && (*inside || exit == exits);
        scratch[k++] = take_entry ? at[entry++] : at[exit++];
        *inside = !take_entry;
    }
    memcpy(at, scratch, n * sizeof *at);
}

/* How a segment goes on: along the border between two places to the next segment. */
typedef struct joint {
    size_t next;
    double from, to; /* to >= from, past AROUND when it goes by the southeastern corner */
} joint;

/* Joins each exit to the next entry, first come first served; what is left then to the entries before it. */
static bool join_events(cairn_arena *arena, const event *events, size_t n, joint *joints)
{
    size_t head = 0, tail = 0;
    const event **waiting = cairn_arena_calloc(arena, n, sizeof *waiting);
    bool *taken = cairn_arena_calloc(arena, n, sizeof *taken);
    if (!waiting || !taken)
        return false;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < n; i++) {
            const event *e = &events[i];
            if (e->leaves && round == 0) {
                waiting[tail++] = e;
            } else if (!e->leaves && !taken[e->segment] && head < tail) {
                const event *exit = waiting[head++];
                joints[exit->segment] = (joint){e->segment, exit->place, e->place + round * AROUND};
                taken[e->segment] = true;
            }
        }
    return true;
}

static joint *make_joints(const segments *s)
{
    size_t n = 2 * s->n;
    event *events = list_events(s);
    event *scratch = cairn_arena_calloc(s->arena, n, sizeof *scratch);
    joint *joints = cairn_arena_calloc(s->arena, s->n, sizeof *joints);
    if (!events || !scratch || !joints)
        return NULL;
    bool inside = begins_inside(events, n);
    for (size_t from = 0, to; from < n; from = to) {
        to = end_of_place(events, n, from);
        alternate(events + from, to - from, scratch, &inside);
    }
    return join_events(s->arena, events, n, joints) ? joints : NULL;
}

/* ---- rings ---- */

static bool has_width(cairn_path ring)
{
    for (size_t i = 1; i < ring.n; i++)
        if (ring.at[i].x != ring.at[0].x)
            return ring.n >= 4;
    return false;
}

/* Writes the segment and the corners on the way to the next one; returns how many positions. */
static size_t write_segment(cairn_path segment, joint next, cairn_xy *out)
{
    size_t n = segment.n;
    memcpy(out, segment.at, n * sizeof *out);
    for (int k = 1; k <= 2 * CORNERS; k++)
        if (k * SIDE > next.from && k * SIDE < next.to)
            out[n++] = corners[k % CORNERS];
    return n;
}

/* Joins segments to rings, without those that have no area for lying on the antimeridian. */
static bool build_rings(const segments *s, segments *rings)
{
    size_t total = 0;
    joint *joints = make_joints(s);
    bool *done = cairn_arena_calloc(s->arena, s->n, sizeof *done);
    for (size_t i = 0; i < s->n; i++)
        total += s->at[i].n + CORNERS + 1;
    cairn_path buffer;
    if (!joints || !done || !cairn_path_make(s->arena, total, &buffer))
        return false;
    for (size_t i = 0, used = 0; i < s->n; i++) {
        cairn_path ring = {buffer.at + used, 0};
        for (size_t k = i; !done[k]; k = joints[k].next) {
            done[k] = true;
            ring.n += write_segment(s->at[k], joints[k], ring.at + ring.n);
        }
        if (ring.n == 0)
            continue;
        ring.at[ring.n] = ring.at[0];
        ring.n++;
        used += ring.n;
        if (has_width(ring) && !add_segment(rings, ring.at, ring.n))
            return false;
    }
    return true;
}

/* A ring with the antimeridian taken away: how far it goes around the pole, and its area, positive when
 * counterclockwise (without meaning when it goes around). */
typedef struct winding {
    double around, area;
} winding;

static winding wind(cairn_path ring)
{
    winding w = {0, 0};
    for (size_t i = 0; i + 1 < ring.n; i++) {
        cairn_xy a = ring.at[i], b = ring.at[i + 1];
        double dx = b.x - a.x + 360 * cairn_edge_crossing(a, b), dy = b.y - a.y;
        w.area += w.around * dy - (a.y - ring.at[0].y) * dx;
        w.around += dx;
    }
    w.around = rint(w.around / 360);
    return w;
}

static void reverse(cairn_path path)
{
    for (size_t i = 0, k = path.n - 1; i < k; i++, k--) {
        cairn_xy kept = path.at[i];
        path.at[i] = path.at[k];
        path.at[k] = kept;
    }
}

static void orient_exterior(cairn_path ring)
{
    winding w = wind(ring);
    if (w.around == 0 && w.area < 0)
        reverse(ring);
}

/* A hole goes against its exterior. */
static void orient_hole(cairn_path hole, cairn_path exterior)
{
    winding w = wind(hole);
    if (w.around == 0 ? w.area > 0 : w.around == wind(exterior).around)
        reverse(hole);
}

/* +1 inside, -1 outside, 0 on an edge. */
static int locate(cairn_path ring, cairn_xy at)
{
    int inside = -1;
    for (size_t i = 0; i + 1 < ring.n; i++) {
        cairn_xy a = ring.at[i], b = ring.at[i + 1];
        if ((a.y > at.y) == (b.y > at.y) && a.y != at.y && b.y != at.y)
            continue;
        double side = (b.x - a.x) * (at.y - a.y) - (at.x - a.x) * (b.y - a.y);
        if (side == 0 && fmin(a.x, b.x) <= at.x && at.x <= fmax(a.x, b.x) && fmin(a.y, b.y) <= at.y &&
            at.y <= fmax(a.y, b.y))
            return 0;
        if ((a.y > at.y) != (b.y > at.y) && (side > 0) == (b.y > a.y))
            inside = -inside;
    }
    return inside;
}

static bool is_hole_of(cairn_path ring, cairn_path hole)
{
    for (size_t i = 0; i < hole.n; i++) {
        int where = locate(ring, hole.at[i]);
        if (where)
            return where > 0;
    }
    return true;
}

/* ---- parts ---- */

/* Adds a polygon of the ring and of those holes that lie in it, which leave the list. */
static bool add_polygon(cairn_shape *out, size_t leaf, cairn_path ring, segments *holes)
{
    cairn_part *part = cairn_shape_add(out, CAIRN_PART_POLYGON, leaf, holes->n + 1);
    if (!part)
        return false;
    size_t kept = 0;
    part->count = 1;
    part->paths[0] = ring;
    for (size_t i = 0; i < holes->n; i++)
        if (is_hole_of(ring, holes->at[i]))
            part->paths[part->count++] = holes->at[i];
        else
            holes->at[kept++] = holes->at[i];
    holes->n = kept;
    return true;
}

/* The exterior crosses: each ring of what is cut is a polygon; other holes are in one of them. */
static bool cut_crossing_polygon(const cairn_part *part, cairn_shape *out)
{
    segments pieces = {.arena = out->arena}, rings = pieces, holes = pieces;
    orient_exterior(part->paths[0]);
    if (!cut_ring(&pieces, part->paths[0]))
        return false;
    for (size_t i = 1; i < part->count; i++) {
        cairn_path hole = part->paths[i];
        bool crosses = count_crossings(hole) > 0;
        if (crosses)
            orient_hole(hole, part->paths[0]);
        if (crosses ? !cut_ring(&pieces, hole) : !add_segment(&holes, hole.at, hole.n))
            return false;
    }
    if (!build_rings(&pieces, &rings))
        return false;
    for (size_t i = 0; i < rings.n; i++)
        if (!add_polygon(out, part->leaf, rings.at[i], &holes))
            return false;
    return rings.n || add_polygon(out, part->leaf, part->paths[0], &holes);
}

/* Only holes may cross, as in an exterior that is the whole map: they are cut to holes that touch it. */
static bool cut_holes(const cairn_part *part, cairn_shape *out)
{
    segments rings = {.arena = out->arena};
    for (size_t i = 1; i < part->count; i++) {
        segments pieces = {.arena = out->arena};
        cairn_path hole = part->paths[i];
        bool crosses = count_crossings(hole) > 0;
        if (crosses)
            orient_exterior(hole);
        if (crosses ? !cut_ring(&pieces, hole) || !build_rings(&pieces, &rings) : !add_segment(&rings, hole.at, hole.n))
            return false;
    }
    cairn_part *whole = cairn_shape_add(out, CAIRN_PART_POLYGON, part->leaf, rings.n + 1);
    if (!whole)
        return false;
    whole->paths[0] = part->paths[0];
    if (rings.n)
        memcpy(whole->paths + 1, rings.at, rings.n * sizeof *rings.at);
    return true;
}

static bool part_needs_cut(const cairn_part *part, bool *crosses)
{
    bool within = true;
    *crosses = false;
    for (size_t i = 0; i < part->count; i++) {
        cairn_path path = part->paths[i];
        within = within && cairn_path_is_within(path);
        if (part->kind != CAIRN_PART_POINTS && count_crossings(path) > 0)
            *crosses = *crosses || part->kind == CAIRN_PART_LINES || !cairn_ring_is_world(path);
    }
    return !within || *crosses;
}

static bool cut_polygon(const cairn_part *part, cairn_shape *out)
{
    for (size_t i = 0; i < part->count; i++)
        if (cairn_ring_is_world(part->paths[i]))
            cairn_ring_spread(part->paths[i]);
        else
            cairn_path_wrap(part->paths[i], true);
    return count_crossings(part->paths[0]) ? cut_crossing_polygon(part, out) : cut_holes(part, out);
}

/* Cuts one line. Where it only touches the antimeridian, pieces have no length: those are left out, but not all. */
static bool cut_line(segments *pieces, cairn_path line)
{
    size_t before = pieces->n, kept = before;
    if (!cut_path(pieces, line, false))
        return false;
    for (size_t i = before; i < pieces->n; i++)
        if (!cairn_path_is_place(pieces->at[i]))
            pieces->at[kept++] = pieces->at[i];
    pieces->n = kept > before ? kept : before + 1;
    return true;
}

static bool cut_lines(const cairn_part *part, cairn_shape *out)
{
    segments pieces = {.arena = out->arena};
    for (size_t i = 0; i < part->count; i++) {
        cairn_path_wrap(part->paths[i], false);
        if (!cut_line(&pieces, part->paths[i]))
            return false;
    }
    cairn_part *lines = cairn_shape_add(out, CAIRN_PART_LINES, part->leaf, pieces.n);
    if (lines && pieces.n)
        memcpy(lines->paths, pieces.at, pieces.n * sizeof *pieces.at);
    return lines != NULL;
}

static bool cut_part(const cairn_part *part, cairn_shape *out, bool *cut)
{
    bool crosses = false;
    if (part_needs_cut(part, &crosses)) {
        if (part->kind == CAIRN_PART_POLYGON || part->kind == CAIRN_PART_LINES) {
            bool done = part->kind == CAIRN_PART_POLYGON ? cut_polygon(part, out) : cut_lines(part, out);
            *cut = *cut || crosses;
            return done;
        }
        cairn_points_wrap(part->paths[0]);
    }
    cairn_part *kept = cairn_shape_add(out, part->kind, part->leaf, part->count);
    if (kept)
        memcpy(kept->paths, part->paths, part->count * sizeof *part->paths);
    return kept != NULL;
}

cairn_code cairn_shape_cut(cairn_shape *shape, bool *cut, cairn_error *error)
{
    bool crosses, needed = false;
    cairn_shape out = {.arena = shape->arena};
    *cut = false;
    for (size_t i = 0; i < shape->count && !needed; i++)
        needed = part_needs_cut(&shape->parts[i], &crosses);
    if (!needed)
        return CAIRN_OK;
    for (size_t i = 0; i < shape->count; i++)
        if (!cut_part(&shape->parts[i], &out, cut))
            return cairn_error_set(error, CAIRN_NOMEM, "geometry: no memory left to cut it at the antimeridian");
    shape->parts = out.parts;
    shape->count = out.count;
    shape->room = out.room;
    return CAIRN_OK;
}
