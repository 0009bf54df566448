#include "stac/item_rules.h"

#include <math.h>
#include <stdio.h>

/* Degrees by which a bbox may differ from the footprint: noise, and what rounding to the digits written explains. */
static const double NOISE = 1e-6, ROUNDING_MAX = 0.01;

static double rounding_of(cairn_span number)
{
    const char *dot = memchr(number.p, '.', number.n);
    double unit = 1;
    if (!dot || memchr(number.p, 'e', number.n) || memchr(number.p, 'E', number.n))
        return dot ? NOISE : ROUNDING_MAX;
    for (const char *p = dot + 1; p < number.p + number.n && unit > NOISE; p++)
        unit /= 10;
    return unit < ROUNDING_MAX ? unit : ROUNDING_MAX;
}

/* For west, south, east, north of an array of 4 or 6 numbers. */
static void tolerances_of(cairn_span bbox, double out[4])
{
    size_t flat = cairn_json_count(bbox) / 2, i = 0;
    cairn_span number;
    cairn_json_walk walk = cairn_json_walk_array(bbox);
    for (; cairn_json_next_element(&walk, &number); i++)
        if (i % flat < 2)
            out[i / flat * 2 + i % flat] = NOISE + rounding_of(number);
}

static double width(cairn_box box)
{
    return box.east - box.west + (box.west > box.east ? 360 : 0);
}

static bool near_longitude(double a, double b, double tolerance)
{
    double apart = fabs(a - b);
    return apart <= tolerance || fabs(apart - 360) <= tolerance;
}

static bool boxes_agree(cairn_box a, cairn_box b, const double tolerance[4])
{
    return near_longitude(a.west, b.west, tolerance[0]) && fabs(a.south - b.south) <= tolerance[1] &&
           near_longitude(a.east, b.east, tolerance[2]) && fabs(a.north - b.north) <= tolerance[3] &&
           fabs(width(a) - width(b)) <= tolerance[0] + tolerance[2];
}

static const char *print_box(cairn_box box, char out[CAIRN_RECORD_QUOTE])
{
    snprintf(out, CAIRN_RECORD_QUOTE, "[%.9g, %.9g, %.9g, %.9g]", box.west, box.south, box.east, box.north);
    return out;
}

cairn_code cairn_item_check_bbox(cairn_record *record, cairn_span bbox, const cairn_footprint *footprint)
{
    char quoted[CAIRN_RECORD_QUOTE], printed[CAIRN_RECORD_QUOTE];
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_box box;
    double tolerance[4];
    bool given = bbox.p && !cairn_json_is_null(bbox);
    if (!footprint->present && given)
        return cairn_record_mend(record, "/bbox", "an item without a geometry has no bbox, found %s: not indexed",
                                 cairn_record_quote(bbox, quoted));
    if (!footprint->present)
        return CAIRN_OK;
    print_box(footprint->box, printed);
    if (!given)
        return cairn_record_mend(record, "/bbox", "bbox is missing: the geometry's %s is indexed", printed);
    if (cairn_box_from_json(bbox, &box, &fault) != CAIRN_OK)
        return cairn_record_mend(record, "/bbox", "%s: the geometry's %s is indexed", fault.message, printed);
    tolerances_of(bbox, tolerance);
    if (boxes_agree(box, footprint->box, tolerance))
        return CAIRN_OK;
    return cairn_record_mend(record, "/bbox", "%s contradicts the geometry, whose box is %s and is indexed",
                             cairn_record_quote(bbox, quoted), printed);
}
