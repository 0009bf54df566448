#include "tests/differential/generate.h"

#include "tests/differential/conditions.h"
#include "tests/differential/shapes.h"

static const int64_t FIRST_SECOND = INT64_C(-62167219200), LAST_SECOND = INT64_C(253402300799);
enum { DAY = 86400 };

static void next_member(cairn_buf *out)
{
    if (out->n > 1)
        cairn_buf_add_byte(out, ',');
}

/* ---- time ---- */

static cairn_time moved(cairn_time t, double seconds)
{
    if (cairn_time_is_open(t))
        return t;
    t.sec += (int64_t)seconds;
    t.sec = t.sec < FIRST_SECOND ? FIRST_SECOND : t.sec > LAST_SECOND ? LAST_SECOND : t.sec;
    return t;
}

static cairn_time nudged(cairn_time t, int nsec)
{
    if (cairn_time_is_open(t) || t.sec <= FIRST_SECOND || t.sec >= LAST_SECOND)
        return t;
    int64_t sum = t.nsec + nsec;
    t.sec += sum < 0 ? -1 : sum > 999999999 ? 1 : 0;
    t.nsec = (int32_t)((sum + 1000000000) % 1000000000);
    return t;
}

static cairn_interval random_interval(dice *d, cairn_interval range)
{
    double before = dice_scale(d, 1, 3650.0 * DAY), after = dice_scale(d, 1, 3650.0 * DAY);
    cairn_time start = cairn_time_is_open(range.start) ? range.end : range.start;
    cairn_time end = cairn_time_is_open(range.end) ? range.start : range.end;
    switch (dice_below(d, 10)) {
    case 0:
        return (cairn_interval){start, start};
    case 1:
        return (cairn_interval){end, end};
    case 2:
        return range;
    case 3:
        return (cairn_interval){CAIRN_TIME_MIN, dice_one_in(d, 2) ? start : moved(end, after)};
    case 4:
        return (cairn_interval){dice_one_in(d, 2) ? end : moved(start, -before), CAIRN_TIME_MAX};
    case 5: /* just behind the item, and just before it */
        return (cairn_interval){nudged(end, 1), moved(end, after + 2)};
    case 6:
        return (cairn_interval){moved(start, -before - 2), nudged(start, -1)};
    default:
        return (cairn_interval){moved(start, -before), moved(end, after)};
    }
}

static void add_end(cairn_buf *out, dice *d, cairn_time t)
{
    char text[CAIRN_TIME_TEXT_MAX];
    if (!cairn_time_is_open(t) || dice_one_in(d, 2)) {
        cairn_time_format(t, text);
        cairn_buf_add_text(out, text);
    }
}

static void add_datetime(dice *d, const sample *s, cairn_buf *out)
{
    cairn_interval i = random_interval(d, s->range);
    if ((cairn_time_is_open(i.start) && cairn_time_is_open(i.end)) || cairn_time_compare(i.start, i.end) > 0)
        return;
    next_member(out);
    cairn_buf_add_text(out, "\"datetime\":\"");
    if (cairn_time_compare(i.start, i.end) != 0 || dice_one_in(d, 2)) {
        add_end(out, d, i.start);
        cairn_buf_add_byte(out, '/');
    }
    add_end(out, d, i.end);
    cairn_buf_add_byte(out, '"');
}

/* ---- names ---- */

static const sample *any(dice *d, const world *w)
{
    return &w->samples[dice_below(d, w->n_samples)];
}

static void add_collections(dice *d, const world *w, const sample *s, cairn_buf *out)
{
    next_member(out);
    cairn_buf_add_text(out, "\"collections\":[");
    if (!dice_one_in(d, 10))
        cairn_buf_add_json_string(out, s->collection);
    else
        cairn_buf_add_text(out, "\"no-such-collection\"");
    for (size_t n = dice_one_in(d, 2) ? dice_below(d, 30) : 0; n > 0; n--) {
        cairn_buf_add_byte(out, ',');
        cairn_buf_add_json_string(out, any(d, w)->collection);
    }
    cairn_buf_add_byte(out, ']');
}

static void add_ids(dice *d, const world *w, const sample *s, cairn_buf *out)
{
    next_member(out);
    cairn_buf_add_text(out, "\"ids\":[");
    cairn_buf_add_json_string(out, s->id);
    for (size_t n = dice_below(d, dice_one_in(d, 3) ? 200 : 5); n > 0; n--) {
        cairn_buf_add_byte(out, ',');
        cairn_buf_add_json_string(out, dice_one_in(d, 10) ? cairn_span_of("no-such-item") : any(d, w)->id);
    }
    cairn_buf_add_byte(out, ']');
}

/* What item search has by itself; one time in `rarely` of what a plain search has. */
static void add_where_and_when(dice *d, const world *w, const sample *s, size_t rarely, cairn_buf *json)
{
    size_t space = dice_below(d, 20 * rarely);
    if (space < 11)
        shape_box(d, s, json);
    else if (space < 17)
        shape_geometry(d, s, json);
    if (dice_below(d, 10 * rarely) < 5)
        add_datetime(d, dice_one_in(d, 5) ? any(d, w) : s, json);
    if (dice_below(d, 10) < 4)
        add_collections(d, w, s, json);
    if (dice_one_in(d, 14))
        add_ids(d, w, s, json);
}

static void add_conditions(dice *d, const world *w, const sample *s, cairn_buf *json)
{
    size_t kind = dice_below(d, 10);
    if (kind < 7) {
        next_member(json);
        condition_filter(d, w, s, json);
    }
    if (kind == 7 || kind == 0) {
        next_member(json);
        condition_query(d, s, json);
    }
    if (kind == 8) {
        next_member(json);
        condition_text(d, s, json);
    }
    if (dice_one_in(d, 2)) {
        next_member(json);
        condition_sort(d, s, json);
    }
    if (dice_one_in(d, 4)) {
        next_member(json);
        condition_fields(d, s, json);
    }
}

/* All that a search asks for is chosen around one item, so that it is often found, by whatever is combined. */
void generate(dice *d, const world *w, inquiry *out)
{
    const sample *s = any(d, w);
    cairn_buf *json = &out->json;
    cairn_buf_reset(json);
    cairn_buf_add_byte(json, '{');
    out->plain = out->plain_only || dice_one_in(d, 3);
    add_where_and_when(d, w, s, out->plain ? 1 : 3, json);
    if (!out->plain)
        add_conditions(d, w, s, json);
    cairn_buf_add_byte(json, '}');
    out->null_geometry_hits = dice_one_in(d, 10);
}
