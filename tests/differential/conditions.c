#include "tests/differential/conditions.h"

#include "base/json.h"

static const int64_t LAST_SECOND = INT64_C(253402300799); /* of the year 9999 */
enum { DEPTH = 3, MEMBERS_MAX = 200, PATTERN_MAX = 1000 };

static const char *const COMMON[] = {"datetime",    "start_datetime", "end_datetime", "created",    "updated",
                                     "platform",    "eo:cloud_cover", "gsd",          "proj:epsg",  "proj:code",
                                     "instruments", "title",          "id",           "collection", "no:such"};
enum { N_COMMON = sizeof COMMON / sizeof *COMMON };

/* ---- a property and its value ---- */

typedef struct choice {
    cairn_json_member member; /* key without quotes, as JSON has it */
    char kind;                /* of the value; 0: the item has none */
} choice;

static choice any_property(dice *d, const sample *s)
{
    cairn_json_walk walk = cairn_json_walk_object(cairn_json_get(s->line, "properties"));
    choice list[MEMBERS_MAX];
    size_t n = 0;
    for (cairn_json_member member; n < MEMBERS_MAX && cairn_json_next_member(&walk, &member);)
        list[n++] = (choice){member, cairn_json_kind(member.value)};
    if (n && !dice_one_in(d, 4))
        return list[dice_below(d, n)];
    const char *name = COMMON[dice_below(d, N_COMMON)];
    for (size_t i = 0; i < n; i++)
        if (cairn_json_key_is(list[i].member.key, name))
            return list[i];
    return (choice){{.key = cairn_span_of(name)}, 0};
}

static void add_name(const choice *c, cairn_buf *out)
{
    cairn_buf_add_text(out, "{\"property\":\"");
    cairn_buf_add_span(out, c->member.key);
    cairn_buf_add_text(out, "\"}");
}

static void add_near_number(dice *d, cairn_span json, cairn_buf *out)
{
    double number;
    if (dice_one_in(d, 2) || !cairn_json_number(json, &number) || number > 1e15 || number < -1e15)
        cairn_buf_add_span(out, json);
    else
        cairn_buf_printf(out, "%.3f", number + dice_between(d, -1, 1) * (number > 1 || number < -1 ? number / 4 : 1));
}

/* A literal near the value; scalars only. */
static void add_literal(dice *d, const choice *c, cairn_buf *out)
{
    static const char *const OTHERS[] = {"0", "1.5", "\"x\"", "true", "\"2012\"", "\"2019-01-01T00:00:00Z\""};
    bool other = dice_one_in(d, 12);
    if (!other && c->kind == '0')
        add_near_number(d, c->member.value, out);
    else if (!other && (c->kind == '"' || c->kind == 't' || c->kind == 'f'))
        cairn_buf_add_span(out, c->member.value);
    else
        cairn_buf_add_text(out, OTHERS[dice_below(d, sizeof OTHERS / sizeof *OTHERS)]);
}

/* Of one type for one property: the ends of BETWEEN must be alike. */
static void add_alike(dice *d, const choice *c, cairn_buf *out)
{
    if (c->kind == '"')
        cairn_buf_add_span(out, c->member.value);
    else if (c->kind == '0')
        add_near_number(d, c->member.value, out);
    else
        cairn_buf_printf(out, "%zu", dice_below(d, 5));
}

/* ---- predicates ---- */

static void compare(dice *d, const choice *c, cairn_buf *out)
{
    static const char *const OPS[] = {"=", "<>", "<", ">", "<=", ">="};
    cairn_buf_printf(out, "{\"op\":\"%s\",\"args\":[", OPS[dice_below(d, 6)]);
    bool turned = dice_one_in(d, 6);
    if (turned)
        add_literal(d, c, out);
    else
        add_name(c, out);
    cairn_buf_add_byte(out, ',');
    if (turned)
        add_name(c, out);
    else
        add_literal(d, c, out);
    cairn_buf_add_text(out, "]}");
}

static void list_or_range(dice *d, const choice *c, cairn_buf *out)
{
    bool in = dice_one_in(d, 2);
    cairn_buf_add_text(out, in ? "{\"op\":\"in\",\"args\":[" : "{\"op\":\"between\",\"args\":[");
    add_name(c, out);
    cairn_buf_add_text(out, in ? ",[" : ",");
    const choice plain = {c->member, c->kind == '"' || c->kind == '0' ? c->kind : 0};
    for (size_t i = in ? dice_below(d, 4) : 1;; i--) {
        add_alike(d, &plain, out);
        if (i == 0)
            break;
        cairn_buf_add_byte(out, ',');
    }
    cairn_buf_add_text(out, in ? "]]}" : "]}");
}

/* A few bytes of a plain string, with % at its ends; strings with escapes or other bytes than ASCII give "%". */
static void add_pattern(dice *d, const choice *c, cairn_buf *out)
{
    cairn_span value = c->member.value, inside = CAIRN_SPAN_LIT("");
    if (c->kind == '"')
        inside = cairn_span_make(value.p + 1, value.n - 2);
    for (size_t i = 0; i < inside.n; i++)
        if (inside.p[i] == '\\' || (unsigned char)inside.p[i] >= 0x80)
            inside.n = i;
    size_t from = dice_one_in(d, 2) || !inside.n ? 0 : dice_below(d, inside.n);
    size_t n = inside.n - from ? 1 + dice_below(d, inside.n - from) : 0;
    n = n > PATTERN_MAX ? PATTERN_MAX : n;
    cairn_buf_add_text(out, from ? "\"%" : "\"");
    cairn_buf_add(out, inside.p + from, n);
    cairn_buf_add_text(out, from + n < inside.n || !n ? "%\"" : "\"");
}

static void like(dice *d, const choice *c, cairn_buf *out)
{
    bool folded = dice_one_in(d, 3);
    cairn_buf_add_text(out, "{\"op\":\"like\",\"args\":[");
    if (folded)
        cairn_buf_add_text(out, "{\"op\":\"casei\",\"args\":[");
    add_name(c, out);
    cairn_buf_add_text(out, folded ? "]},{\"op\":\"casei\",\"args\":[" : ",");
    add_pattern(d, c, out);
    cairn_buf_add_text(out, folded ? "]}]}" : "]}");
}

static void is_null(const choice *c, cairn_buf *out)
{
    cairn_buf_add_text(out, "{\"op\":\"isNull\",\"args\":[");
    add_name(c, out);
    cairn_buf_add_text(out, "]}");
}

static void array(dice *d, const choice *c, cairn_buf *out)
{
    static const char *const OPS[] = {"a_contains", "a_overlaps", "a_containedBy", "a_equals"};
    cairn_buf_printf(out, "{\"op\":\"%s\",\"args\":[", OPS[dice_below(d, 4)]);
    if (dice_one_in(d, 4)) {
        cairn_buf_add_text(out, "{\"property\":\"assets.*.roles\"},[\"data\"]]}");
        return;
    }
    cairn_json_walk walk = cairn_json_walk_array(c->member.value);
    cairn_span element;
    bool first = true;
    add_name(c, out);
    cairn_buf_add_text(out, ",[");
    while (c->kind == '[' && cairn_json_next_element(&walk, &element)) {
        char kind = cairn_json_kind(element);
        if ((kind != '"' && kind != '0') || dice_one_in(d, 4))
            continue;
        if (!first)
            cairn_buf_add_byte(out, ',');
        first = false;
        cairn_buf_add_span(out, element);
    }
    cairn_buf_add_text(out, "]]}");
}

static void add_instant(cairn_time time, cairn_buf *out)
{
    char text[CAIRN_TIME_TEXT_MAX];
    if (cairn_time_is_open(time)) {
        cairn_buf_add_text(out, "\"..\"");
        return;
    }
    cairn_time_format(time, text);
    cairn_buf_printf(out, "\"%s\"", text);
}

static void in_time(dice *d, const sample *s, cairn_buf *out)
{
    static const char *const OPS[] = {"t_intersects", "t_after", "t_before", "t_during",   "t_disjoint",
                                      "t_equals",     "t_meets", "t_starts", "t_finishes", "t_contains"};
    enum { DAY = 86400 };
    cairn_interval i = s->range;
    i.start.sec -= cairn_time_is_open(i.start) ? 0 : (int64_t)dice_scale(d, 1, 1000.0 * DAY);
    i.end.sec += cairn_time_is_open(i.end) ? 0 : (int64_t)dice_scale(d, 1, 1000.0 * DAY);
    bool in_calendar = cairn_time_is_open(i.end) || i.end.sec <= LAST_SECOND;
    if (dice_one_in(d, 5) || !in_calendar || cairn_time_compare(i.start, i.end) > 0)
        i = s->range;
    if (cairn_time_compare(i.start, i.end) > 0) /* an item whose range is given upside down */
        i.end = i.start;
    cairn_buf_printf(out, "{\"op\":\"%s\",\"args\":[{\"property\":\"%s\"},{\"interval\":[", OPS[dice_below(d, 10)],
                     COMMON[dice_below(d, 3)]);
    add_instant(i.start, out);
    cairn_buf_add_byte(out, ',');
    add_instant(i.end, out);
    cairn_buf_add_text(out, "]}]}");
}

static void in_space(dice *d, const sample *s, cairn_buf *out)
{
    static const char *const OPS[] = {"s_intersects", "s_within",   "s_contains",
                                      "s_disjoint",   "s_overlaps", "s_touches"};
    double x = s->has_place ? s->box.west : 0, y = s->has_place ? s->box.south : 0, size = dice_scale(d, 0.01, 40);
    double west = x - size < -180 ? -180 : x - size, east = x + size > 180 ? 180 : x + size;
    double south = y - size < -90 ? -90 : y - size, north = y + size > 90 ? 90 : y + size;
    cairn_buf_printf(
        out,
        "{\"op\":\"%s\",\"args\":[{\"property\":\"geometry\"},{\"type\":\"Polygon\",\"coordinates\":[[[%.6f,%.6f],"
        "[%.6f,%.6f],[%.6f,%.6f],[%.6f,%.6f],[%.6f,%.6f]]]}]}",
        OPS[dice_below(d, 6)], west, south, east, south, east, north, west, north, west, south);
}

static void named(dice *d, const world *w, const sample *s, cairn_buf *out)
{
    bool id = dice_one_in(d, 2);
    cairn_buf_printf(out, "{\"op\":\"%s\",\"args\":[{\"property\":\"%s\"},[", "in", id ? "id" : "collection");
    cairn_buf_add_json_string(out, id ? s->id : s->collection);
    for (size_t n = dice_below(d, 6); n; n--) {
        const sample *other = &w->samples[dice_below(d, w->n_samples)];
        cairn_buf_add_byte(out, ',');
        cairn_buf_add_json_string(out, id ? other->id : other->collection);
    }
    cairn_buf_add_text(out, "]]}");
}

static void arithmetic(const choice *c, dice *d, cairn_buf *out)
{
    cairn_buf_printf(out, "{\"op\":\"%s\",\"args\":[{\"op\":\"%c\",\"args\":[",
                     dice_one_in(d, 2) ? ">" : "<=", "+-*/"[dice_below(d, 4)]);
    add_name(c, out);
    cairn_buf_add_text(out, ",2]},");
    if (c->kind == '0')
        add_near_number(d, c->member.value, out);
    else
        cairn_buf_add_text(out, "3.5");
    cairn_buf_add_text(out, "]}");
}

static void predicate(dice *d, const world *w, const sample *s, cairn_buf *out)
{
    choice c = any_property(d, s);
    if (c.kind == '[' && !dice_one_in(d, 5)) {
        array(d, &c, out);
        return;
    }
    switch (dice_below(d, 16)) {
    case 0:
        is_null(&c, out);
        break;
    case 1:
    case 2:
        in_time(d, s, out);
        break;
    case 3:
        in_space(d, s, out);
        break;
    case 4:
        named(d, w, s, out);
        break;
    case 5:
    case 6:
        like(d, &c, out);
        break;
    case 7:
    case 8:
        list_or_range(d, &c, out);
        break;
    case 9:
        array(d, &c, out);
        break;
    case 10:
        if (c.kind == '0' || c.kind == 0) {
            arithmetic(&c, d, out);
            break;
        }
        /* fall through */
    default:
        compare(d, &c, out);
    }
}

static void expression(dice *d, const world *w, const sample *s, int depth, cairn_buf *out)
{
    if (depth == 0 || dice_one_in(d, 2)) {
        predicate(d, w, s, out);
        return;
    }
    size_t kind = dice_below(d, 7), n = kind == 0 ? 1 : 2 + dice_below(d, 2);
    cairn_buf_printf(out, "{\"op\":\"%s\",\"args\":[", kind == 0 ? "not" : kind < 4 ? "and" : "or");
    for (size_t i = 0; i < n; i++) {
        if (i)
            cairn_buf_add_byte(out, ',');
        expression(d, w, s, depth - 1, out);
    }
    cairn_buf_add_text(out, "]}");
}

void condition_filter(dice *d, const world *w, const sample *s, cairn_buf *out)
{
    cairn_buf_add_text(out, "\"filter\":");
    expression(d, w, s, DEPTH, out);
}

/* ---- the rest ---- */

void condition_query(dice *d, const sample *s, cairn_buf *out)
{
    static const char *const OPS[] = {"eq", "neq", "lt", "lte", "gt", "gte"};
    choice c = any_property(d, s);
    double number;
    cairn_buf_add_text(out, "\"query\":{\"");
    cairn_buf_add_span(out, c.member.key);
    if (c.kind == '"' && c.member.value.n <= PATTERN_MAX && dice_one_in(d, 2)) {
        cairn_buf_printf(out, "\":{\"%s\":", dice_one_in(d, 2) ? "startsWith" : "contains");
        cairn_buf_add_span(out, c.member.value);
    } else if (c.kind == '0' && cairn_json_number(c.member.value, &number)) {
        cairn_buf_printf(out, dice_one_in(d, 3) ? "\":{\"%s\":\"%.10g\"" : "\":{\"%s\":%.10g", OPS[dice_below(d, 6)],
                         number);
    } else {
        cairn_buf_printf(out, "\":{\"%s\":", OPS[dice_below(d, 6)]);
        if (c.kind == '"')
            cairn_buf_add_span(out, c.member.value);
        else
            cairn_buf_add_text(out, dice_one_in(d, 2) ? "\"2012\"" : "1.5");
    }
    cairn_buf_add_text(out, "}}");
}

static bool is_word_byte(char byte)
{
    char lower = (char)(byte | 32);
    return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9');
}

/* A run of letters and digits of the id or the title. */
static cairn_span any_word(dice *d, const sample *s)
{
    cairn_span title = cairn_json_get(cairn_json_get(s->line, "properties"), "title");
    cairn_span text = cairn_json_kind(title) == '"' && dice_one_in(d, 2) ? title : s->id;
    size_t from = dice_below(d, text.n), n = 0;
    while (from < text.n && !is_word_byte(text.p[from]))
        from++;
    while (from && is_word_byte(text.p[from - 1]))
        from--;
    while (from + n < text.n && is_word_byte(text.p[from + n]))
        n++;
    return n ? cairn_span_make(text.p + from, n) : cairn_span_of("x");
}

void condition_text(dice *d, const sample *s, cairn_buf *out)
{
    static const char *const BETWEEN[] = {" ", " AND ", " OR ", ",", " +", " -"};
    bool list = dice_one_in(d, 4);
    cairn_buf_add_text(out, list ? "\"q\":[\"" : "\"q\":\"");
    for (size_t n = dice_below(d, 3);; n--) {
        cairn_span word = any_word(d, s);
        for (size_t i = 0; i < word.n; i++) /* AND and OR in upper case are operators */
            cairn_buf_add_byte(out, (char)(word.p[i] >= 'A' && word.p[i] <= 'Z' ? word.p[i] | 32 : word.p[i]));
        if (n == 0)
            break;
        cairn_buf_add_text(out, list ? "\",\"" : BETWEEN[dice_below(d, 6)]);
    }
    cairn_buf_add_text(out, list ? "\"]" : "\"");
}

void condition_sort(dice *d, const sample *s, cairn_buf *out)
{
    cairn_span used[3];
    size_t n = 0;
    cairn_buf_add_text(out, "\"sortby\":[");
    for (size_t wanted = 1 + dice_below(d, 3), tries = 0; n < wanted && tries < 10; tries++) {
        choice c = any_property(d, s);
        bool again = false;
        for (size_t i = 0; i < n; i++)
            again |= cairn_span_equal(used[i], c.member.key);
        if (again)
            continue;
        used[n] = c.member.key;
        cairn_buf_add_text(out, n++ ? ",{\"field\":\"" : "{\"field\":\"");
        cairn_buf_add_span(out, c.member.key);
        cairn_buf_printf(out, "\",\"direction\":\"%s\"}", dice_one_in(d, 2) ? "asc" : "desc");
    }
    cairn_buf_add_byte(out, ']');
}

void condition_fields(dice *d, const sample *s, cairn_buf *out)
{
    static const char *const PLAIN[] = {"assets",           "links",     "bbox", "properties", "geometry",
                                        "assets.data.href", "collection"};
    cairn_buf_add_text(out, "\"fields\":{");
    for (int side = 0; side < 2; side++) {
        cairn_buf_add_text(out, side ? ",\"exclude\":[" : "\"include\":[");
        for (size_t i = 0, n = dice_below(d, 4); i < n; i++) {
            choice c = any_property(d, s);
            cairn_buf_add_text(out, i ? ",\"" : "\"");
            if (dice_one_in(d, 2))
                cairn_buf_add_text(out, PLAIN[dice_below(d, sizeof PLAIN / sizeof *PLAIN)]);
            else
                cairn_buf_add_span(out, c.member.key);
            cairn_buf_add_byte(out, '"');
        }
        cairn_buf_add_byte(out, ']');
    }
    cairn_buf_add_byte(out, '}');
}
