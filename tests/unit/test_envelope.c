// LINK: query
/* The envelope of a filter: what it says in plain cases, and that no match ever lies outside of it. */
#include "cql2.h"

#include "query/cql2/envelope.h"
#include "query/cql2/evaluate_value.h"
#include "stac/item.h"

typedef struct fixture {
    cairn_arena *arena, *scratch;
    cairn_geos *geos;
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->arena = cairn_arena_new(TEST_ARENA);
    f->scratch = cairn_arena_new(TEST_ARENA);
    f->geos = cairn_geos_new();
    *state = f;
    return f->arena && f->scratch && f->geos ? 0 : -1;
}

static int teardown(void **state)
{
    fixture *f = *state;
    cairn_arena_free(f->arena);
    cairn_arena_free(f->scratch);
    cairn_geos_free(f->geos);
    free(f);
    return 0;
}

/* ---- plain cases ---- */

static cairn_span print_time(cairn_time time, cairn_arena *arena)
{
    char text[CAIRN_TIME_TEXT_MAX];
    size_t n = cairn_time_format(time, text);
    return cairn_arena_copy(arena, cairn_span_make(text, n));
}

static void print_interval(cairn_buf *out, const char *name, cairn_interval time, cairn_arena *arena)
{
    cairn_buf_printf(out, "%s[%s,%s] ", name, print_time(time.start, arena).p, print_time(time.end, arena).p);
}

static void print_value(cairn_buf *out, const cairn_sort_value *value)
{
    if (value->type == CAIRN_SORT_STRING)
        cairn_buf_printf(out, "'%.*s'", CAIRN_SPAN_FMT(value->text));
    else if (value->type == CAIRN_SORT_BOOLEAN)
        cairn_buf_add_text(out, value->number != 0 ? "true" : "false");
    else
        cairn_buf_printf(out, "%g", value->number);
}

static void print_bound(cairn_buf *out, const cairn_cql2_bound *bound)
{
    cairn_buf_printf(out, "%s%.*s", bound->member ? "member " : "",
                     CAIRN_SPAN_FMT(cairn_cql2_property_key(bound->property)));
    for (size_t i = 0; i < bound->n_values; i++) {
        cairn_buf_add_text(out, i ? "|" : "=");
        print_value(out, &bound->values[i]);
    }
    if (!bound->n_values) {
        cairn_buf_add_text(out, "[");
        if (bound->has_low)
            print_value(out, &bound->low);
        cairn_buf_add_text(out, ",");
        if (bound->has_high)
            print_value(out, &bound->high);
        cairn_buf_add_text(out, "]");
    }
    cairn_buf_add_text(out, " ");
}

static void print_list(cairn_buf *out, const char *name, const cairn_span *list, size_t n)
{
    if (!list)
        return;
    cairn_buf_add_text(out, name);
    for (size_t i = 0; i < n; i++)
        cairn_buf_printf(out, "%s%.*s", i ? "|" : "=", CAIRN_SPAN_FMT(list[i]));
    cairn_buf_add_text(out, " ");
}

static cairn_span describe(const cairn_cql2_envelope *e, cairn_arena *arena)
{
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    if (e->nothing) {
        cairn_buf_add_text(&out, "nothing ");
    } else {
        print_list(&out, "id", e->ids, e->n_ids);
        print_list(&out, "collection", e->collections, e->n_collections);
        if (e->has_instant)
            print_interval(&out, "instant", e->instant, arena);
        if (e->has_time)
            print_interval(&out, "time", e->time, arena);
        if (e->has_box)
            cairn_buf_printf(&out, "box(%g,%g,%g,%g) ", e->box.west, e->box.south, e->box.east, e->box.north);
        for (size_t i = 0; i < e->n_bounds; i++)
            print_bound(&out, &e->bounds[i]);
    }
    cairn_span text = cairn_arena_copy(arena, cairn_span_trim(cairn_buf_span(&out)));
    cairn_buf_free(&out);
    return text;
}

static void read_filter(cairn_span text, cairn_arena *arena, cairn_cql2 *filter)
{
    cairn_error error = CAIRN_ERROR_INIT;
    if (cairn_cql2_parse_text(text, NULL, arena, filter, &error) != CAIRN_OK)
        fail_msg("%.*s: %s", CAIRN_SPAN_FMT(text), error.message);
}

#define Y(year) "20" #year "-01-01T00:00:00Z"

static const struct {
    const char *filter, *envelope;
} CASES[] = {
    {"TRUE", ""},
    {"FALSE", "nothing"},
    {"1 > 2 OR a = 1", "a=1"},
    {"a = 1", "a=1"},
    {"1 < a", "a[1,]"},
    {"properties.a <= -2", "a[,-2]"},
    {"NOT a < 3", "a[3,]"},
    {"NOT (a < 3 OR a >= 5)", "a[3,5]"},
    {"a > 3 AND a < 5 AND b = 'x'", "a[3,5] b='x'"},
    {"a > 3 AND a = 'x'", "nothing"},
    {"a = 3 AND a = 4", "nothing"},
    {"a = 3 OR a = 4 OR a IN (5, 3)", "a=3|4|5"},
    {"(a IN (1, 2, 3) AND a > 1) OR a = 7", "a=1|2|3|7"},
    {"a = 3 OR a > 5", "a[3,]"},
    {"a = 3 OR b = 3", ""},
    {"a = 3 OR a = 'x'", "a=3|'x'"},
    {"a > 3 OR a > 'x'", ""},
    {"a = 3 OR FALSE", "a=3"},
    {"a <> 3", ""},
    {"NOT a <> 3", "a=3"},
    {"a BETWEEN 2 AND 4", "a[2,4]"},
    {"a NOT BETWEEN 2 AND 4", ""},
    {"a = 1 + 2 * 3", "a=7"},
    {"a = 1 / 0", "nothing"},
    {"a + 1 = 3", ""},
    {"a IN (1, 2)", "a=1|2"},
    {"a NOT IN (1, 2)", ""},
    {"a", "a=true"},
    {"NOT a", "a=false"},
    {"a IS NULL", ""},
    {"a IS NOT NULL", ""},
    {"a LIKE 'ab%c'", "a['ab','ac']"},
    {"a LIKE 'a\\_b'", "a='a_b'"},
    {"a LIKE '%b'", "a['',]"},
    {"CASEI(a) LIKE 'ab%'", ""},
    {"a NOT LIKE 'ab%'", ""},
    {"id = 'x' OR id IN ('z', 'y', 'x')", "id=x|y|z"},
    {"id = 'x' AND id = 'y'", "nothing"},
    {"id = 5", "nothing"},
    {"id > 'x'", ""},
    {"collection IN ('b', 'a') AND collection <> 'a'", "collection=a|b"},
    {"collection = 'a' AND (id = 'x' OR id = 'y')", "id=x|y collection=a"},
    {"collection = 'a' OR id = 'x'", ""},
    {"datetime >= TIMESTAMP('" Y(20) "') AND datetime < TIMESTAMP('" Y(21) "')",
     "instant[" Y(20) "," Y(21) "] time[" Y(20) "," Y(21) "]"},
    {"datetime = DATE('2020-01-01')",
     "instant[" Y(20) ",2020-01-01T23:59:59.999999999Z] time[" Y(20) ",2020-01-01T23:59:59.999999999Z]"},
    {"datetime > '" Y(21) "' AND datetime < '" Y(20) "'", "nothing"},
    {"T_INTERSECTS(datetime, INTERVAL('" Y(20) "', '" Y(21) "'))", "time[" Y(20) "," Y(21) "]"},
    {"T_AFTER(datetime, TIMESTAMP('" Y(20) "'))", "time[" Y(20) ",..]"},
    {"NOT T_DISJOINT(TIMESTAMP('" Y(20) "'), datetime)", "time[" Y(20) "," Y(20) "]"},
    {"T_BEFORE(TIMESTAMP('" Y(20) "'), datetime)", "time[" Y(20) ",..]"},
    {"T_DURING(INTERVAL(start_datetime, end_datetime), INTERVAL('" Y(20) "', '..'))", "time[" Y(20) ",..]"},
    {"T_DURING(INTERVAL(start_datetime, datetime), INTERVAL('" Y(20) "', '..'))", ""},
    {"start_datetime <= '" Y(20) "' AND end_datetime >= '" Y(21) "'", "time[" Y(21) "," Y(20) "]"},
    {"created < '2020-01-01T12:00:00Z'", "created[,'2020-01-01T12:00:00']"},
    {"created >= '2020-01-01T12:00:00.25Z'", "created['2020-01-01T00:00:00',]"},
    {"created = DATE('2020-01-01')", "created['2020-01-01T00:00:00','2020-01-01T23:59:59.999999999']"},
    {"created = 'x'", "nothing"},
    {"created = 5", "nothing"},
    {"a = DATE('2020-01-01')", ""},
    {"S_INTERSECTS(geometry, BBOX(1, 2, 3, 4))", "box(1,2,3,4)"},
    {"S_WITHIN(POINT(1 2), geometry)", "box(1,2,1,2)"},
    {"NOT S_DISJOINT(geometry, BBOX(170, 2, -170, 4))", "box(170,2,-170,4)"},
    {"S_DISJOINT(geometry, BBOX(1, 2, 3, 4))", ""},
    {"NOT S_INTERSECTS(geometry, BBOX(1, 2, 3, 4))", ""},
    {"S_INTERSECTS(geometry, BBOX(0, 0, 9, 9)) AND S_INTERSECTS(geometry, BBOX(3, 3, 4, 4))", "box(3,3,4,4)"},
    {"S_INTERSECTS(geometry, BBOX(0, 0, 1, 1)) OR S_INTERSECTS(geometry, BBOX(3, 3, 4, 4))", "box(0,0,4,4)"},
    {"S_INTERSECTS(a, BBOX(0, 0, 1, 1))", ""},
    {"A_CONTAINS(a, ('x', 'y'))", "member a='x'"},
    {"A_OVERLAPS(a, ('x', 'y'))", "member a='x'|'y'"},
    {"A_CONTAINEDBY(('x'), a)", "member a='x'"},
    {"A_CONTAINEDBY(a, ('x'))", ""},
    {"A_CONTAINS(a, ('x')) AND A_CONTAINS(a, ('y'))", "member a='x' member a='y'"},
    {"NOT A_OVERLAPS(a, ('x', 'y'))", ""},
    {"coalesce(a, TRUE)", ""},
};

static void says_what_is_plain(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        cairn_cql2 filter;
        cairn_cql2_envelope envelope;
        read_filter(cairn_span_of(CASES[i].filter), f->arena, &filter);
        assert_true(cairn_cql2_envelope_of(&filter, f->arena, &envelope));
        cairn_span text = describe(&envelope, f->arena);
        if (!cairn_span_is(text, CASES[i].envelope))
            fail_msg("%s: expected \"%s\", found \"%.*s\"", CASES[i].filter, CASES[i].envelope, CAIRN_SPAN_FMT(text));
        cairn_arena_reset(f->arena);
    }
}

/* A long list that many conditions meet is narrowed where it stands. */
static void needs_little_memory(void **state)
{
    enum { VALUES = 4000, CONDITIONS = 1900, MEMORY = 16 << 20 };
    (void)state;
    cairn_cql2 filter;
    cairn_cql2_envelope envelope;
    cairn_buf text = CAIRN_BUF_INIT(1 << 20);
    cairn_arena *arena = cairn_arena_new(MEMORY);
    assert_non_null(arena);
    for (int i = 0; i < VALUES; i++)
        cairn_buf_printf(&text, "%s%d", i ? "," : "a IN (", i);
    cairn_buf_add_byte(&text, ')');
    for (int i = 0; i < CONDITIONS; i++)
        cairn_buf_printf(&text, " AND a > %d", i);
    read_filter(cairn_buf_span(&text), arena, &filter);
    assert_true(cairn_cql2_envelope_of(&filter, arena, &envelope));
    assert_int_equal(envelope.n_bounds, 1);
    assert_int_equal(envelope.bounds[0].n_values, VALUES - CONDITIONS + 1); /* ends belong to it */
    cairn_arena_free(arena);
    cairn_buf_free(&text);
}

/* ---- chance ---- */

static uint64_t seed = 20260;

static unsigned chance(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 11) % below);
}

#define ONE_OF(list) (list)[chance(sizeof(list) / sizeof *(list))]

static const char *const NAMES[] = {"a", "b", "proj:code", "created", "title", "proj:epsg"};
static const char *const SCALARS[] = {
    "0",
    "1",
    "2",
    "3",
    "2.5",
    "-1",
    "'x'",
    "'xy'",
    "'y'",
    "''",
    "TRUE",
    "FALSE",
    "'EPSG:1'",
    "'EPSG:2'",
    "'2020-01-02'",
    "'2020-01-02T12:00:00Z'",
    "DATE('2020-01-02')",
    "TIMESTAMP('2020-01-03T00:00:00Z')",
};
static const char *const TIMES[] = {
    "DATE('2020-01-01')",
    "DATE('2020-01-03')",
    "TIMESTAMP('2020-01-02T00:00:00Z')",
    "TIMESTAMP('2020-01-02T12:00:00Z')",
    "TIMESTAMP('2020-01-04T00:00:00.5Z')",
};
static const char *const MOMENTS[] = {"datetime", "start_datetime", "end_datetime", "created", "a"};
static const char *const COMPARISONS[] = {"=", "<>", "<", "<=", ">", ">="};
static const char *const T_NAMES[] = {"T_AFTER",  "T_BEFORE",       "T_CONTAINS", "T_DISJOINT",   "T_DURING",
                                      "T_EQUALS", "T_FINISHEDBY",   "T_FINISHES", "T_INTERSECTS", "T_MEETS",
                                      "T_METBY",  "T_OVERLAPPEDBY", "T_OVERLAPS", "T_STARTEDBY",  "T_STARTS"};
static const char *const S_NAMES[] = {"S_INTERSECTS", "S_EQUALS",   "S_DISJOINT", "S_TOUCHES",
                                      "S_WITHIN",     "S_OVERLAPS", "S_CROSSES",  "S_CONTAINS"};
static const char *const PLACES[] = {"BBOX(0, 0, 4, 4)",
                                     "BBOX(3, 3, 6, 6)",
                                     "BBOX(175, 0, -175, 4)",
                                     "POINT(2 2)",
                                     "LINESTRING(0 0, 4 4)",
                                     "POLYGON((1 1, 3 1, 3 3, 1 3, 1 1))",
                                     "MULTIPOINT((178 2), (-178 2))"};
static const char *const A_NAMES[] = {"A_EQUALS", "A_CONTAINS", "A_CONTAINEDBY", "A_OVERLAPS"};
static const char *const PATTERNS[] = {"x%", "%", "x", "_y", "EPSG%", "2020-01-0%", "x\\%", "xy"};

static void add_exchangeable(cairn_buf *out, const char *name, const char *a, const char *b)
{
    bool exchanged = chance(3) == 0;
    cairn_buf_printf(out, "%s(%s, %s)", name, exchanged ? b : a, exchanged ? a : b);
}

static const char *moment(char *room, size_t size)
{
    if (chance(3))
        return ONE_OF(MOMENTS);
    snprintf(room, size, "INTERVAL(%s, %s)",
             chance(3)   ? "start_datetime"
             : chance(2) ? "'..'"
                         : "datetime",
             chance(3) ? "end_datetime" : "'..'");
    return room;
}

static const char *interval(char *room, size_t size)
{
    static const char *const STARTS[] = {"'..'", "'2020-01-01'", "'2020-01-02T12:00:00Z'"};
    static const char *const ENDS[] = {"'..'", "'2020-01-02'", "'2020-01-03T12:00:00Z'"};
    if (chance(2))
        return ONE_OF(TIMES);
    snprintf(room, size, "INTERVAL(%s, %s)", ONE_OF(STARTS), ONE_OF(ENDS));
    return room;
}

static void add_leaf(cairn_buf *out)
{
    char a[96], b[96];
    switch (chance(11)) {
    case 0:
        cairn_buf_printf(out, "%s %s %s", ONE_OF(NAMES), ONE_OF(COMPARISONS), ONE_OF(SCALARS));
        return;
    case 1:
        cairn_buf_printf(out, "%s %s %s", ONE_OF(SCALARS), ONE_OF(COMPARISONS), ONE_OF(NAMES));
        return;
    case 2:
        cairn_buf_printf(out, "%s %s %s", ONE_OF(MOMENTS), ONE_OF(COMPARISONS), ONE_OF(TIMES));
        return;
    case 3:
        cairn_buf_printf(out, "%s BETWEEN %s AND %s", ONE_OF(NAMES), chance(2) ? "0" : "'x'", chance(2) ? "2" : "'y'");
        return;
    case 4:
        cairn_buf_printf(out, "%s IN (%s, %s, %s)", ONE_OF(NAMES), ONE_OF(SCALARS), ONE_OF(SCALARS), ONE_OF(SCALARS));
        return;
    case 5:
        cairn_buf_printf(out, "%s LIKE '%s'", ONE_OF(NAMES), ONE_OF(PATTERNS));
        return;
    case 6:
        add_exchangeable(out, ONE_OF(T_NAMES), moment(a, sizeof a), interval(b, sizeof b));
        return;
    case 7:
        add_exchangeable(out, ONE_OF(S_NAMES), "geometry", ONE_OF(PLACES));
        return;
    case 8:
        snprintf(b, sizeof b, "(%s, %s)", ONE_OF(SCALARS), ONE_OF(SCALARS));
        add_exchangeable(out, ONE_OF(A_NAMES), ONE_OF(NAMES), b);
        return;
    case 9:
        cairn_buf_printf(out, "%s %s '%c'", chance(2) ? "id" : "collection", chance(2) ? "=" : ONE_OF(COMPARISONS),
                         'a' + (char)chance(3));
        return;
    default:
        cairn_buf_add_text(out, chance(3) ? ONE_OF(NAMES) : chance(2) ? "TRUE" : "1 / 0 = 1");
        if (chance(2))
            cairn_buf_add_text(out, " IS NULL");
    }
}

static void add_tree(cairn_buf *out, int depth)
{
    unsigned n = 2 + chance(2);
    if (depth == 0 || chance(3) == 0) {
        add_leaf(out);
        return;
    }
    if (chance(4) == 0)
        cairn_buf_add_text(out, "NOT ");
    const char *between = chance(2) ? " AND " : " OR ";
    for (unsigned i = 0; i < n; i++) {
        cairn_buf_add_text(out, i ? between : "(");
        cairn_buf_add_text(out, "(");
        add_tree(out, depth - 1);
        cairn_buf_add_text(out, ")");
    }
    cairn_buf_add_text(out, ")");
}

/* ---- records ---- */

static const char *const VALUES[] = {
    "0",
    "1",
    "2",
    "3",
    "2.5",
    "\"x\"",
    "\"xy\"",
    "\"y\"",
    "true",
    "false",
    "null",
    "[\"x\",1,\"2020-01-02\"]",
    "[\"x\",\"xy\"]",
    "[]",
    "{\"x\":1}",
    "\"EPSG:1\"",
    "\"2020-01-02\"",
    "\"2020-01-02T12:00:00.5Z\"",
    "[1,2]",
    "1e400",
    "[\"EPSG:1\",\"EPSG:2\"]",
};
static const char *const STAMPS[] = {"\"2020-01-01T00:00:00Z\"",      "\"2020-01-02T12:00:00Z\"",
                                     "\"2020-01-03T00:00:00Z\"",      "\"2020-01-04T00:00:00.5Z\"",
                                     "\"2019-12-31T23:59:59+01:00\"", "\"2020-01-02\""};
static const char *const GEOMETRIES[] = {
    "null",
    "{\"type\":\"Point\",\"coordinates\":[2,2]}",
    "{\"type\":\"Polygon\",\"coordinates\":[[[3,3],[9,3],[9,9],[3,9],[3,3]]]}",
    "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,4],[0,4],[0,0]]]}",
    "{\"type\":\"Polygon\",\"coordinates\":[[[178,0],[182,0],[182,4],[178,4],[178,0]]]}",
    "{\"type\":\"LineString\",\"coordinates\":[[0,4],[4,0]]}",
};

static void add_property(cairn_buf *out, const char *name, const char *value)
{
    cairn_buf_printf(out, ",\"%s\":%s", name, value);
}

static cairn_span random_item(cairn_arena *arena)
{
    cairn_buf out = CAIRN_BUF_INIT(1 << 16);
    bool ranged = chance(2), instant = !ranged || chance(2);
    cairn_buf_printf(&out,
                     "{\"type\":\"Feature\",\"stac_version\":\"1.1.0\",\"id\":\"%c\",\"collection\":\"%c\","
                     "\"geometry\":%s,\"bbox\":[0,0,1,1],\"links\":[],\"assets\":{},\"properties\":{\"datetime\":%s",
                     'a' + (char)chance(3), 'a' + (char)chance(3), ONE_OF(GEOMETRIES),
                     instant ? ONE_OF(STAMPS) : "null");
    if (ranged && (!instant || chance(4)))
        add_property(&out, "start_datetime", ONE_OF(STAMPS));
    if (ranged)
        add_property(&out, "end_datetime", ONE_OF(STAMPS));
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (chance(3))
            add_property(&out, NAMES[i], chance(3) && i == 3 ? ONE_OF(STAMPS) : ONE_OF(VALUES));
    cairn_buf_add_text(&out, "}}");
    cairn_span text = cairn_arena_copy(arena, cairn_buf_span(&out));
    cairn_buf_free(&out);
    assert_int_equal(cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
    return text;
}

enum { RECORDS = 400, FILTERS = 4000, CHECKED = 60 };

typedef struct record {
    cairn_item item;
    cairn_cql2_item view;
    cairn_cql2_record record;
} record;

static void make_record(fixture *f, record *r)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_span json = random_item(f->arena);
    if (cairn_item_read(f->geos, json, &(cairn_read_options){0}, f->arena, &r->item, &error) != CAIRN_OK)
        fail_msg("%.*s: %s", CAIRN_SPAN_FMT(json), error.message);
    cairn_cql2_item_open(&r->view, json, f->arena, &r->record);
    r->view.has_place = r->item.footprint.present;
    r->view.box = r->item.footprint.box;
    r->view.wkb = r->item.footprint.wkb;
}

/* ---- is a record within? ---- */

static bool fits(const cairn_cql2_bound *bound, const cairn_sort_value *value)
{
    for (size_t i = 0; i < bound->n_values; i++)
        if (cairn_sort_value_compare(&bound->values[i], value) == 0)
            return true;
    if (bound->n_values)
        return false;
    return (!bound->has_low || (bound->low.type == value->type && cairn_sort_value_compare(&bound->low, value) <= 0)) &&
           (!bound->has_high ||
            (bound->high.type == value->type && cairn_sort_value_compare(value, &bound->high) <= 0));
}

/* The first of the property's names that the record has a value under. */
static cairn_span value_of(fixture *f, const record *r, const cairn_cql2_property *property)
{
    const cairn_cql2_source *sources;
    size_t n;
    cairn_span json = CAIRN_SPAN_NONE;
    assert_true(cairn_cql2_sources_of(property, f->scratch, &sources, &n));
    for (size_t i = 0; i < n && (!json.p || cairn_json_is_null(json)); i++) {
        assert_true(r->record.value(r->record.self, &sources[i].property, f->scratch, &json));
        assert_true(cairn_cql2_change_value(sources[i].change, json, f->scratch, &json));
    }
    return json;
}

static bool within_bound(fixture *f, const record *r, const cairn_cql2_bound *bound)
{
    cairn_span json = value_of(f, r, bound->property), element;
    cairn_sort_value value;
    if (!bound->member)
        return cairn_sort_value_of(bound->property, json, f->scratch, &value) && fits(bound, &value);
    cairn_json_walk walk = cairn_json_walk_array(json);
    while (cairn_json_next_element(&walk, &element))
        if (cairn_sort_value_of(bound->property, element, f->scratch, &value) && fits(bound, &value))
            return true;
    return false;
}

static bool within_time(const cairn_item *item, const cairn_cql2_envelope *e)
{
    cairn_interval stretch = item->range;
    if (item->has_datetime && cairn_time_compare(item->datetime, stretch.start) < 0)
        stretch.start = item->datetime;
    if (item->has_datetime && cairn_time_compare(item->datetime, stretch.end) > 0)
        stretch.end = item->datetime;
    if (e->has_instant && (!item->has_datetime || cairn_time_compare(item->datetime, e->instant.start) < 0 ||
                           cairn_time_compare(item->datetime, e->instant.end) > 0))
        return false;
    return !e->has_time || cairn_interval_meets(stretch, e->time);
}

static bool has(const cairn_span *list, size_t n, cairn_span value)
{
    for (size_t i = 0; i < n; i++)
        if (cairn_span_equal(list[i], value))
            return true;
    return list == NULL;
}

static bool within(fixture *f, const record *r, const cairn_cql2_envelope *e)
{
    if (e->nothing || !within_time(&r->item, e) || !has(e->ids, e->n_ids, r->item.id) ||
        !has(e->collections, e->n_collections, r->item.collection))
        return false;
    if (e->has_box && !(r->item.footprint.present && cairn_box_meets(r->item.footprint.box, e->box)))
        return false;
    for (size_t i = 0; i < e->n_bounds; i++)
        if (!within_bound(f, r, &e->bounds[i]))
            return false;
    return true;
}

typedef struct tally {
    size_t matches, left_out, refused;
} tally;

static void check_filter(fixture *f, record *records, tally *t)
{
    cairn_arena *arena = cairn_arena_new(TEST_ARENA);
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_buf text = CAIRN_BUF_INIT(1 << 16);
    cairn_cql2 filter;
    cairn_cql2_envelope envelope;
    cairn_cql2_matcher *matcher;
    add_tree(&text, 3);
    if (cairn_cql2_parse_text(cairn_buf_span(&text), NULL, arena, &filter, &error) != CAIRN_OK ||
        cairn_cql2_matcher_new(&filter, f->geos, arena, &matcher, &error) != CAIRN_OK) {
        t->refused++; /* operands that can't be compared */
    } else {
        assert_true(cairn_cql2_envelope_of(&filter, arena, &envelope));
        for (size_t i = 0; i < CHECKED; i++) {
            record *r = &records[chance(RECORDS)];
            cairn_truth truth;
            assert_int_equal(cairn_cql2_match(matcher, &r->record, f->scratch, &truth, &error), CAIRN_OK);
            bool inside = within(f, r, &envelope);
            if (truth == CAIRN_TRUE && !inside)
                fail_msg("%.*s\nmatches %.*s\nwhich is outside of %.*s", CAIRN_SPAN_FMT(cairn_buf_span(&text)),
                         CAIRN_SPAN_FMT(r->view.json), CAIRN_SPAN_FMT(describe(&envelope, arena)));
            t->matches += truth == CAIRN_TRUE;
            t->left_out += !inside;
            cairn_arena_reset(f->scratch);
        }
    }
    cairn_buf_free(&text);
    cairn_arena_free(arena);
}

static void holds_every_match(void **state)
{
    fixture *f = *state;
    record *records = calloc(RECORDS, sizeof *records);
    tally t = {0};
    assert_non_null(records);
    for (size_t i = 0; i < RECORDS; i++)
        make_record(f, &records[i]);
    for (size_t i = 0; i < FILTERS; i++)
        check_filter(f, records, &t);
    assert_true(t.refused < FILTERS / 2);
    assert_true(t.matches > FILTERS); /* else nothing was tested */
    assert_true(t.left_out > FILTERS);
    free(records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(says_what_is_plain, setup, teardown),
        cmocka_unit_test(needs_little_memory),
        cmocka_unit_test_setup_teardown(holds_every_match, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
