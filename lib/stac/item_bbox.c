#include "stac/item_rules.h"

#include <math.h>
#include <stdio.h>

/* Degrees by which a bbox may differ from the footprint: noise, what rounding to the digits written explains, and a
 * margin that is a part of its size. */
static const double NOISE = 1e-6, ROUNDING_MAX = 0.01, MARGIN = 0.01;

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

static const char TAKEN[] = "the geometry's is indexed";

/* For west, south, east, north of an array of 4 or 6 numbers. */
static void roundings_of(cairn_span bbox, double out[4])
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

static bool boxes_agree(cairn_box a, cairn_box b, const double rounding[4])
{
    double wide = MARGIN * width(b), high = MARGIN * (b.north - b.south);
    return near_longitude(a.west, b.west, rounding[0] + wide) && fabs(a.south - b.south) <= rounding[1] + high &&
           near_longitude(a.east, b.east, rounding[2] + wide) && fabs(a.north - b.north) <= rounding[3] + high &&
           fabs(width(a) - width(b)) <= rounding[0] + rounding[2] + 2 * wide;
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
    double rounding[4] = {0};
    bool given = bbox.p && !cairn_json_is_null(bbox);
    if (!footprint->present && given)
        return cairn_record_mend(record, "/bbox", "not indexed", "an item without a geometry has no bbox, found %s",
                                 cairn_record_quote(bbox, quoted));
    if (!footprint->present)
        return CAIRN_OK;
    print_box(footprint->box, printed);
    if (!given)
        return cairn_record_mend(record, "/bbox", TAKEN, "bbox is missing, the geometry has %s", printed);
    if (cairn_box_from_json(bbox, &box, &fault) != CAIRN_OK)
        return cairn_record_mend(record, "/bbox", TAKEN, "%s, the geometry has %s", fault.message, printed);
    roundings_of(bbox, rounding);
    if (boxes_agree(box, footprint->box, rounding))
        return CAIRN_OK;
    return cairn_record_mend(record, "/bbox", TAKEN, "%s contradicts the geometry, which has %s",
                             cairn_record_quote(bbox, quoted), printed);
}
