/* Longitudes beyond +-180, and rings around all longitudes. */
#include "stac/shape.h"

#include <math.h>

/* Python's math.isclose to 180. */
static const double NEAR = 180e-9;

/* About a metre: no footprint is narrower. */
static const double NARROWEST = 1e-5;

bool cairn_path_is_within(cairn_path path)
{
    for (size_t i = 0; i < path.n; i++)
        if (fabs(path.at[i].x) > 180)
            return false;
    return true;
}

static double wrap(double x)
{
    if (x < -180)
        return fmod(x - 180, 360) + 180;
    return x > 180 ? fmod(x + 180, 360) - 180 : x;
}

static bool is_near(double x, double side)
{
    return fabs(x - side) <= NEAR;
}

/* A position on the antimeridian belongs to the side where its predecessor is, unless it is a pole. */
static double wrap_after(cairn_xy at, double before)
{
    double side = is_near(at.x, 180) ? 180 : is_near(at.x, -180) ? -180 : 0;
    if (side == 0)
        return wrap(at.x);
    return fabs(at.y) != 90 && is_near(before, -side) ? -side : side;
}

static bool is_all_on_antimeridian(cairn_path path)
{
    for (size_t i = 0; i < path.n; i++)
        if (!is_near(fabs(path.at[i].x), 180))
            return false;
    return true;
}

/* A path along the antimeridian stays as it is, apart from rounding. */
static void clamp_path(cairn_path path)
{
    for (size_t i = 0; i < path.n; i++)
        path.at[i].x = fmin(fmax(path.at[i].x, -180), 180);
}

void cairn_path_wrap(cairn_path path, bool ring)
{
    if (is_all_on_antimeridian(path)) {
        clamp_path(path);
        return;
    }
    size_t n = ring ? path.n - 1 : path.n;
    double before = ring ? path.at[n - 1].x : path.at[0].x;
    for (size_t i = 0; i < n; i++)
        before = path.at[i].x = wrap_after(path.at[i], before);
    if (ring)
        path.at[n] = path.at[0];
}

void cairn_points_wrap(cairn_path path)
{
    for (size_t i = 0; i < path.n; i++)
        path.at[i].x = wrap(path.at[i].x);
}

/* ---- the whole world ---- */

typedef struct extent {
    double west, east;
} extent;

static void widen(extent *e, double x)
{
    e->west = fmin(e->west, x);
    e->east = fmax(e->east, x);
}

bool cairn_ring_is_world(cairn_path ring)
{
    double x = ring.at[0].x;
    extent written = {x, x}, unwrapped = {x, x};
    for (size_t i = 1; i < ring.n; i++) {
        double step = ring.at[i].x - ring.at[i - 1].x;
        x += remainder(step, 360);
        widen(&written, ring.at[i].x);
        widen(&unwrapped, x);
    }
    double beyond = written.east - written.west - 360;
    return beyond >= -NARROWEST && unwrapped.east - unwrapped.west <= fmax(beyond, 0) + NARROWEST;
}

void cairn_ring_spread(cairn_path ring)
{
    extent written = {ring.at[0].x, ring.at[0].x};
    for (size_t i = 1; i < ring.n; i++)
        widen(&written, ring.at[i].x);
    double middle = (written.west + written.east) / 2;
    for (size_t i = 0; i < ring.n; i++)
        ring.at[i].x = ring.at[i].x < middle ? -180 : 180;
}
