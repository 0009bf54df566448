#include "store/extent.h"

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static void widen_box(cairn_extent *extent, cairn_box box)
{
    if (box.west > box.east) {
        box.west = -180;
        box.east = 180;
    }
    if (!extent->has_box) {
        extent->box = box;
        extent->has_box = true;
        return;
    }
    extent->box.west = smaller(extent->box.west, box.west);
    extent->box.south = smaller(extent->box.south, box.south);
    extent->box.east = larger(extent->box.east, box.east);
    extent->box.north = larger(extent->box.north, box.north);
}

static void widen_time(cairn_extent *extent, cairn_interval range)
{
    if (!extent->has_time) {
        extent->time = range;
        extent->has_time = true;
        return;
    }
    if (cairn_time_compare(range.start, extent->time.start) < 0)
        extent->time.start = range.start;
    if (cairn_time_compare(range.end, extent->time.end) > 0)
        extent->time.end = range.end;
}

void cairn_extent_add(cairn_extent *extent, const cairn_box *box, cairn_interval range)
{
    if (box)
        widen_box(extent, *box);
    widen_time(extent, range);
}
