#include "stac/shape.h"

#include "base/json.h"
#include "base/number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* As near as the antimeridian package takes for being on it (Python's math.isclose). */
static const double ON_ANTIMERIDIAN = 180.0 - 180e-9;

size_t cairn_box_split(cairn_box box, cairn_box out[2])
{
    out[0] = out[1] = box;
    if (box.west <= box.east)
        return 1;
    out[0].east = 180;
    out[1].west = -180;
    return 2;
}

static bool plain_meets(cairn_box a, cairn_box b)
{
    return a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;
}

static bool plain_contains(cairn_box outer, cairn_box inner)
{
    return outer.west <= inner.west && inner.east <= outer.east && outer.south <= inner.south &&
           inner.north <= outer.north;
}

bool cairn_box_meets(cairn_box a, cairn_box b)
{
    cairn_box left[2], right[2];
    size_t n = cairn_box_split(a, left), m = cairn_box_split(b, right);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            if (plain_meets(left[i], right[j]))
                return true;
    return false;
}

bool cairn_box_contains(cairn_box outer, cairn_box inner)
{
    cairn_box outers[2], inners[2];
    size_t n = cairn_box_split(outer, outers), m = cairn_box_split(inner, inners);
    for (size_t j = 0; j < m; j++) {
        bool found = false;
        for (size_t i = 0; i < n && !found; i++)
            found = plain_contains(outers[i], inners[j]);
        if (!found)
            return false;
    }
    return true;
}

static int compare_west(const void *a, const void *b)
{
    double x = ((const cairn_box *)a)->west, y = ((const cairn_box *)b)->west;
    return (x > y) - (x < y);
}

/* The widest stretch of longitude that no box covers; `around` then goes from its east end to its west end. */
static void leave_widest_gap(cairn_box *boxes, size_t n, cairn_box *around)
{
    qsort(boxes, n, sizeof *boxes, compare_west);
    double reached = boxes[0].east, widest = 0;
    for (size_t i = 1; i < n; i++) {
        if (boxes[i].west - reached > widest) {
            widest = boxes[i].west - reached;
            around->west = boxes[i].west;
            around->east = reached;
        }
        reached = fmax(reached, boxes[i].east);
    }
}

cairn_box cairn_box_around(cairn_box *boxes, size_t n)
{
    cairn_box around = boxes[0];
    for (size_t i = 1; i < n; i++) {
        around.west = fmin(around.west, boxes[i].west);
        around.south = fmin(around.south, boxes[i].south);
        around.east = fmax(around.east, boxes[i].east);
        around.north = fmax(around.north, boxes[i].north);
    }
    if (around.east >= ON_ANTIMERIDIAN && around.west <= -ON_ANTIMERIDIAN)
        leave_widest_gap(boxes, n, &around);
    return around;
}

cairn_box cairn_box_union(cairn_box a, cairn_box b)
{
    cairn_box pieces[4];
    size_t n = cairn_box_split(a, pieces);
    bool crosses = n == 2 || b.west > b.east;
    n += cairn_box_split(b, pieces + n);
    if (crosses)
        return cairn_box_around(pieces, n);
    return (cairn_box){fmin(a.west, b.west), fmin(a.south, b.south), fmax(a.east, b.east), fmax(a.north, b.north)};
}

/* ---- reading ---- */

enum { FLAT = 4, SOLID = 6 };

static cairn_code check_range(double value, double limit, const char *what, cairn_error *error)
{
    char printed[CAIRN_NUMBER_PRINT_MAX]; /* all of it: 180.00000000000006 is no 180 */
    if (fabs(value) <= limit)
        return CAIRN_OK;
    cairn_number_print(value, printed);
    return cairn_error_set(error, CAIRN_INVALID, "bbox: %s %s is not within -%g and %g", what, printed, limit, limit);
}

static cairn_code box_from_numbers(const double *v, size_t n, cairn_box *out, cairn_error *error)
{
    size_t half = n / 2;
    cairn_box box = {v[0], v[1], v[half], v[half + 1]};
    if (check_range(box.west, 180, "longitude", error) || check_range(box.east, 180, "longitude", error) ||
        check_range(box.south, 90, "latitude", error) || check_range(box.north, 90, "latitude", error))
        return CAIRN_INVALID;
    if (box.south > box.north)
        return cairn_error_set(error, CAIRN_INVALID, "bbox: south %.10g is greater than north %.10g", box.south,
                               box.north);
    if (half == 3 && v[2] > v[5])
        return cairn_error_set(error, CAIRN_INVALID, "bbox: lowest height %.10g is greater than highest %.10g", v[2],
                               v[5]);
    *out = box;
    return CAIRN_OK;
}

static cairn_code wrong_count(size_t n, cairn_error *error)
{
    return cairn_error_set(error, CAIRN_INVALID,
                           "bbox: expected 4 numbers (west, south, east, north) or 6 (with heights), found %zu", n);
}

static cairn_code not_a_number(size_t i, cairn_span text, cairn_error *error)
{
    char quoted[48];
    return cairn_error_set(error, CAIRN_INVALID, "bbox: expected a finite number at position %zu, found '%s'", i + 1,
                           cairn_quote(text, quoted, sizeof quoted));
}

cairn_code cairn_box_from_json(cairn_span array, cairn_box *out, cairn_error *error)
{
    char quoted[48];
    if (cairn_json_kind(array) != '[')
        return cairn_error_set(error, CAIRN_INVALID, "bbox: expected an array of 4 or 6 numbers, found '%s'",
                               cairn_quote(array, quoted, sizeof quoted));
    double v[SOLID] = {0};
    size_t n = cairn_json_count(array), i = 0;
    if (n != FLAT && n != SOLID)
        return wrong_count(n, error);
    cairn_json_walk walk = cairn_json_walk_array(array);
    for (cairn_span element; i < n && cairn_json_next_element(&walk, &element); i++)
        if (!cairn_json_number(element, &v[i]))
            return not_a_number(i, element, error);
    return box_from_numbers(v, n, out, error);
}

static bool number_from_text(cairn_span text, double *out)
{
    return text.n && cairn_json_check(text, 1, NULL, NULL) == CAIRN_OK && cairn_json_number(text, out);
}

cairn_code cairn_box_from_text(cairn_span text, cairn_box *out, cairn_error *error)
{
    double v[SOLID] = {0};
    size_t n = 1, i = 0;
    for (size_t k = 0; k < text.n; k++)
        n += text.p[k] == ',';
    if (n != FLAT && n != SOLID)
        return wrong_count(cairn_span_trim(text).n ? n : 0, error);
    const char *at = text.p, *end = text.p + text.n;
    for (; i < n; i++) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        cairn_span field = cairn_span_trim(cairn_span_make(at, (size_t)((comma ? comma : end) - at)));
        if (!number_from_text(field, &v[i]))
            return not_a_number(i, field, error);
        at = comma ? comma + 1 : end;
    }
    return box_from_numbers(v, n, out, error);
}
