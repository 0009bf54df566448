/* What the extent of a collection says. */
#include "stac/collection.h"

#include "stac/collection_rules.h"

#include <math.h>

static double within(double value, double limit)
{
    return fmax(-limit, fmin(limit, value));
}

bool cairn_declared_box_read(cairn_span json, cairn_declared_box *out)
{
    static const double NEAR_POLE = 91;
    double v[6] = {0};
    cairn_json_walk walk = cairn_json_walk_array(json);
    out->n = 0;
    for (cairn_span side; cairn_json_next_element(&walk, &side);) {
        if (out->n == 6 || !cairn_json_number(side, &v[out->n]))
            return false;
        out->sides[out->n++] = side;
    }
    if (out->n != 4 && out->n != 6)
        return false;
    size_t half = out->n / 2;
    double west = v[0], south = v[1], east = v[half], north = v[half + 1];
    bool crosses = west > east && fabs(west) <= 180 && fabs(east) <= 180;
    out->box = (cairn_box){within(west, 180), within(south, 90), within(east, 180), within(north, 90)};
    return south <= north && south >= -NEAR_POLE && north <= NEAR_POLE && (crosses || west <= east);
}

bool cairn_declared_end_read(cairn_span json, bool is_start, cairn_arena *arena, cairn_time *out)
{
    const char *repair;
    cairn_span text = cairn_json_string(json, arena);
    *out = is_start ? CAIRN_TIME_MIN : CAIRN_TIME_MAX;
    if (cairn_json_is_null(json) || (text.p && (text.n == 0 || cairn_span_is(text, ".."))))
        return true;
    return text.p && cairn_time_parse_lenient(text, out, &repair, NULL) == CAIRN_OK;
}

static bool read_boxes(cairn_span list, cairn_arena *arena, cairn_extents *out)
{
    cairn_declared_box box;
    out->boxes = cairn_arena_calloc(arena, cairn_json_count(list) + 1, sizeof *out->boxes);
    cairn_json_walk walk = cairn_json_walk_array(list);
    for (cairn_span element; out->boxes && cairn_json_next_element(&walk, &element);)
        if (cairn_declared_box_read(element, &box))
            out->boxes[out->n_boxes++] = box.box;
    return out->boxes != NULL;
}

/* An end that can't be read is open: it says nothing. Ends in the wrong order are exchanged, as those of items are. */
static bool read_interval(cairn_span json, cairn_arena *arena, cairn_interval *out)
{
    cairn_span ends[2];
    size_t n = 0;
    cairn_json_walk walk = cairn_json_walk_array(json);
    while (n < 2 && cairn_json_next_element(&walk, &ends[n]))
        n++;
    if (n < 2)
        return false;
    if (!cairn_declared_end_read(ends[0], true, arena, &out->start))
        out->start = CAIRN_TIME_MIN;
    if (!cairn_declared_end_read(ends[1], false, arena, &out->end))
        out->end = CAIRN_TIME_MAX;
    if (cairn_time_compare(out->start, out->end) > 0)
        *out = (cairn_interval){out->end, out->start};
    return true;
}

static bool read_intervals(cairn_span list, cairn_arena *arena, cairn_extents *out)
{
    out->intervals = cairn_arena_calloc(arena, cairn_json_count(list) + 1, sizeof *out->intervals);
    cairn_json_walk walk = cairn_json_walk_array(list);
    for (cairn_span element; out->intervals && cairn_json_next_element(&walk, &element);)
        if (read_interval(element, arena, &out->intervals[out->n_intervals]))
            out->n_intervals++;
    return out->intervals != NULL;
}

bool cairn_extents_read(cairn_span collection, cairn_arena *arena, cairn_extents *out)
{
    cairn_span extent = cairn_json_get(collection, "extent");
    *out = (cairn_extents){0};
    return read_boxes(cairn_json_get(cairn_json_get(extent, "spatial"), "bbox"), arena, out) &&
           read_intervals(cairn_json_get(cairn_json_get(extent, "temporal"), "interval"), arena, out);
}
