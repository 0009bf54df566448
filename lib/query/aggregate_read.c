/* Reading what aggregations are asked for. */
#include "query/aggregate_parts.h"
#include "query/names.h"

#include <stdio.h>

static const char AGGREGATIONS[] = "aggregations", INTERVAL[] = "datetime_frequency_interval";
static const char ASSETS[] = "array_assets", CRS[] = "cube_crs", RESOLUTION[] = "cube_resolution";
static const char PRECISION_END[] = "_precision", FREQUENCY_END[] = "_frequency";

const char *const cairn_aggregate_parameters[] = {AGGREGATIONS,
                                                  INTERVAL,
                                                  "centroid_geohash_grid_frequency_precision",
                                                  "centroid_geotile_grid_frequency_precision",
                                                  "geometry_geohash_grid_frequency_precision",
                                                  "geometry_geotile_grid_frequency_precision",
                                                  "grid_geohash_frequency_precision",
                                                  "grid_geotile_frequency_precision",
                                                  ASSETS,
                                                  CRS,
                                                  RESOLUTION,
                                                  NULL};

typedef struct reader {
    cairn_aggregate_request *request;
    cairn_arena *arena;
    const char *parameter;
    cairn_error *error;
} reader;

static cairn_code refuse(const reader *r, const char *expected, cairn_span found)
{
    char quoted[80];
    cairn_error_set(r->error, CAIRN_INVALID, "expected %s, found '%s'", expected,
                    cairn_quote(found, quoted, sizeof quoted));
    cairn_error_at_parameter(r->error, r->parameter);
    return CAIRN_INVALID;
}

/* ---- aggregations ---- */

static const cairn_aggregate_known *find_known(cairn_span name)
{
    for (size_t i = 0; i < CAIRN_AGGREGATE_KNOWN; i++)
        if (cairn_span_is(name, cairn_aggregate_table[i].info.name))
            return &cairn_aggregate_table[i];
    return NULL;
}

static cairn_code refuse_name(const reader *r, cairn_span name)
{
    const char *names[CAIRN_AGGREGATE_KNOWN + 1] = {NULL};
    char quoted[96];
    for (size_t i = 0; i < CAIRN_AGGREGATE_KNOWN; i++)
        names[i] = cairn_aggregate_table[i].info.name;
    const char *nearest = cairn_name_nearest(name, names);
    cairn_error_set(r->error, CAIRN_INVALID, "no aggregation is called '%s'%s%s%s; /aggregations lists them",
                    cairn_quote(name, quoted, sizeof quoted), nearest ? "; did you mean '" : "", nearest ? nearest : "",
                    nearest ? "'?" : "");
    cairn_error_at_parameter(r->error, r->parameter);
    return CAIRN_INVALID;
}

/* NAME_frequency of a property: its name, or the absent span. */
static cairn_span property_in(cairn_span name)
{
    size_t end = sizeof FREQUENCY_END - 1;
    bool fits = cairn_span_ends(name, FREQUENCY_END) && name.n > end;
    return fits ? cairn_span_make(name.p, name.n - end) : CAIRN_SPAN_NONE;
}

static cairn_code resolve(const reader *r, cairn_aggregate_wanted *one)
{
    cairn_cql2_property property;
    if (!one->property.p)
        return CAIRN_OK;
    if (!cairn_cql2_property_of(one->property, r->arena, &property))
        return cairn_aggregate_no_memory(r->error);
    if (property.field != CAIRN_CQL2_IN_PROPERTIES)
        return refuse_name(r, one->name);
    return cairn_cql2_sources_of(&property, r->arena, &one->sources, &one->n_sources)
               ? CAIRN_OK
               : cairn_aggregate_no_memory(r->error);
}

static bool is_wanted_already(const cairn_aggregate_request *request, cairn_span name)
{
    for (size_t i = 0; i < request->n; i++)
        if (cairn_span_equal(request->at[i].name, name))
            return true;
    return false;
}

static cairn_code take_name(const reader *r, cairn_span text)
{
    char most[64];
    cairn_aggregate_request *request = r->request;
    if (text.n == 0 || is_wanted_already(request, text))
        return CAIRN_OK;
    if (request->n == CAIRN_AGGREGATE_MAX) {
        snprintf(most, sizeof most, "no more than %d aggregations", CAIRN_AGGREGATE_MAX);
        return refuse(r, most, text);
    }
    cairn_aggregate_wanted one = {.known = find_known(text), .name = cairn_arena_copy(r->arena, text)};
    if (!one.name.p)
        return cairn_aggregate_no_memory(r->error);
    one.property = one.known ? cairn_span_of(one.known->info.property) : property_in(one.name);
    if (!one.known && !one.property.p)
        return refuse_name(r, text);
    if (!one.known)
        one.known = &cairn_aggregate_generic;
    cairn_code code = resolve(r, &one);
    if (code == CAIRN_OK)
        request->at[request->n++] = one;
    return code;
}

static cairn_code take_list(const reader *r, cairn_span list, cairn_code (*take)(const reader *, cairn_span))
{
    cairn_code code = CAIRN_OK;
    while (list.n && code == CAIRN_OK) {
        const char *comma = memchr(list.p, ',', list.n);
        size_t n = comma ? (size_t)(comma - list.p) : list.n, step = comma ? n + 1 : n;
        code = take(r, cairn_span_trim(cairn_span_make(list.p, n)));
        list = cairn_span_make(list.p + step, list.n - step);
    }
    return code;
}

static cairn_code take_array(const reader *r, cairn_span array, cairn_code (*take)(const reader *, cairn_span))
{
    static const char EXPECTED[] = "an array of strings";
    cairn_code code = CAIRN_OK;
    if (cairn_json_kind(array) != '[')
        return refuse(r, EXPECTED, array);
    cairn_json_walk walk = cairn_json_walk_array(array);
    for (cairn_span element; code == CAIRN_OK && cairn_json_next_element(&walk, &element);) {
        if (cairn_json_kind(element) != '"')
            return refuse(r, EXPECTED, element);
        cairn_span name = cairn_json_string(element, r->arena);
        code = name.p ? take(r, name) : cairn_aggregate_no_memory(r->error);
    }
    return code;
}

/* ---- how they are counted ---- */

static cairn_code take_interval(const reader *r, cairn_span text)
{
    for (int i = 0; i < CAIRN_CALENDARS; i++)
        if (cairn_span_is(text, cairn_calendar_names[i])) {
            r->request->calendar = (cairn_calendar)i;
            return CAIRN_OK;
        }
    return refuse(r, "year, quarter, month, week, day, hour, minute or second", text);
}

static bool is_digits(cairn_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return text.n > 0 && (text.n == 1 || text.p[0] != '0');
}

static cairn_code take_precision(const reader *r, cairn_span number)
{
    char expected[64];
    cairn_span name = cairn_span_make(r->parameter, strlen(r->parameter) - strlen(PRECISION_END));
    const cairn_aggregate_known *known = find_known(name);
    int from = cairn_grid_coarsest(known->grid), to = cairn_grid_finest(known->grid);
    long long precision;
    snprintf(expected, sizeof expected, "a whole number from %d to %d", from, to);
    if (!cairn_json_integer(number, &precision) || precision < from || precision > to)
        return refuse(r, expected, number);
    r->request->precision[known - cairn_aggregate_table] = (int)precision;
    return CAIRN_OK;
}

/* ---- how arrays and cubes are measured ---- */

static cairn_code take_asset(const reader *r, cairn_span key)
{
    char most[64];
    cairn_estimate_wanted *wanted = &r->request->estimate;
    cairn_span *assets = (cairn_span *)wanted->assets;
    if (key.n == 0)
        return CAIRN_OK;
    if (!assets)
        assets = cairn_arena_calloc(r->arena, CAIRN_ESTIMATE_ASSETS_MAX, sizeof *assets);
    if (!assets)
        return cairn_aggregate_no_memory(r->error);
    wanted->assets = assets;
    if (wanted->n_assets == CAIRN_ESTIMATE_ASSETS_MAX) {
        snprintf(most, sizeof most, "no more than %d assets", CAIRN_ESTIMATE_ASSETS_MAX);
        return refuse(r, most, key);
    }
    assets[wanted->n_assets] = cairn_arena_copy(r->arena, key);
    return assets[wanted->n_assets++].p ? CAIRN_OK : cairn_aggregate_no_memory(r->error);
}

static cairn_code take_crs(const reader *r, cairn_span text)
{
    r->request->estimate.has_crs = cairn_crs_of(text, &r->request->estimate.crs);
    return r->request->estimate.has_crs ? CAIRN_OK : refuse(r, "a reference system such as EPSG:32633", text);
}

static cairn_code take_resolution(const reader *r, cairn_span number)
{
    double value;
    if (cairn_json_check(number, 1, NULL, NULL) != CAIRN_OK || !cairn_json_number(number, &value) || value <= 0 ||
        value > 1e9)
        return refuse(r, "a number above 0, in units of the reference system", number);
    r->request->estimate.resolution = value;
    return CAIRN_OK;
}

/* ---- parameters ---- */

static int parameter_of(cairn_span name)
{
    for (int i = 0; cairn_aggregate_parameters[i]; i++)
        if (cairn_span_is(name, cairn_aggregate_parameters[i]))
            return i;
    return -1;
}

static cairn_code take_text(const reader *r, cairn_span text)
{
    if (text.n == 0)
        return CAIRN_OK;
    if (r->parameter == AGGREGATIONS)
        return take_list(r, text, take_name);
    if (r->parameter == ASSETS)
        return take_list(r, text, take_asset);
    if (r->parameter == CRS)
        return take_crs(r, text);
    if (r->parameter == RESOLUTION)
        return take_resolution(r, text);
    if (r->parameter == INTERVAL)
        return take_interval(r, text);
    return is_digits(text) ? take_precision(r, text) : refuse(r, "a whole number", text);
}

static cairn_code take_json(const reader *r, cairn_span value)
{
    bool is_string = cairn_json_kind(value) == '"';
    if (cairn_json_is_null(value))
        return CAIRN_OK;
    bool is_list = r->parameter == AGGREGATIONS || r->parameter == ASSETS;
    if (r->parameter == RESOLUTION && cairn_json_kind(value) == '0')
        return take_resolution(r, value);
    if (!is_list && r->parameter != INTERVAL && r->parameter != CRS)
        return cairn_json_kind(value) == '0' ? take_precision(r, value) : refuse(r, "a whole number", value);
    if (!is_string && is_list)
        return take_array(r, value, r->parameter == ASSETS ? take_asset : take_name);
    if (!is_string)
        return refuse(r, "a string", value);
    cairn_span text = cairn_json_string(value, r->arena);
    return text.p ? take_text(r, text) : cairn_aggregate_no_memory(r->error);
}

static cairn_aggregate_request *new_request(cairn_arena *arena)
{
    cairn_aggregate_request *request = cairn_arena_calloc(arena, 1, sizeof *request);
    if (!request)
        return NULL;
    request->calendar = CAIRN_CALENDAR_MONTH;
    for (size_t i = 0; i < CAIRN_AGGREGATE_KNOWN; i++)
        request->precision[i] = cairn_grid_coarsest(cairn_aggregate_table[i].grid);
    return request;
}

cairn_code cairn_aggregate_set(cairn_aggregate_request **request, cairn_span name, cairn_span value, bool json,
                               cairn_arena *arena, bool *known, cairn_error *error)
{
    int parameter = parameter_of(name);
    *known = parameter >= 0;
    if (!*known)
        return CAIRN_OK;
    if (!*request && !(*request = new_request(arena)))
        return cairn_aggregate_no_memory(error);
    reader r = {*request, arena, cairn_aggregate_parameters[parameter], error};
    if ((*request)->given & 1UL << parameter) {
        cairn_error_set(error, CAIRN_INVALID, "given twice, expected it once");
        cairn_error_at_parameter(error, r.parameter);
        return CAIRN_INVALID;
    }
    (*request)->given |= 1UL << parameter;
    return json ? take_json(&r, value) : take_text(&r, value);
}

cairn_code cairn_aggregate_check(const cairn_aggregate_request *request, cairn_error *error)
{
    if (request && request->n)
        return CAIRN_OK;
    cairn_error_set(error, CAIRN_INVALID,
                    "no aggregation is asked for, expected a list such as total_count,datetime_frequency; "
                    "/aggregations lists them");
    cairn_error_at_parameter(error, AGGREGATIONS);
    return CAIRN_INVALID;
}

bool cairn_aggregate_wants_properties(const cairn_aggregate_request *request)
{
    for (size_t i = 0; i < request->n; i++)
        if (request->at[i].property.p)
            return true;
    return false;
}

bool cairn_aggregate_wants_text(const cairn_aggregate_request *request)
{
    for (size_t i = 0; i < request->n; i++)
        if (request->at[i].known->kind == CAIRN_AGGREGATE_ARRAYS || request->at[i].known->kind == CAIRN_AGGREGATE_CUBE)
            return true;
    return false;
}

void cairn_aggregate_set_box(cairn_aggregate_request *request, cairn_box box)
{
    request->estimate.has_box = true;
    request->estimate.box = box;
}

bool cairn_aggregate_wants_footprint(const cairn_aggregate_request *request)
{
    for (size_t i = 0; i < request->n; i++)
        if (request->at[i].known->kind == CAIRN_AGGREGATE_CENTROID ||
            request->at[i].known->kind == CAIRN_AGGREGATE_FOOTPRINT)
            return true;
    return false;
}
