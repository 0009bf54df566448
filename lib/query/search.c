#include "query/search.h"

#include "base/json.h"
#include "query/search_read.h"

const cairn_search_limits cairn_search_defaults = {.max_limit = 10000, .max_list = 10000, .max_vertices = 100000};

static const char DATETIME_EXAMPLE[] = "datetime=2020-01-01T00:00:00Z/2020-12-31T23:59:59Z";
static const char INTERSECTS_EXAMPLE[] = "intersects={\"type\":\"Point\",\"coordinates\":[7.1,50.7]}";

static const char BBOX_EXAMPLE[] = "bbox=100.0,0.0,105.0,1.0";
static const char QUERY_EXAMPLE[] = "query={\"eo:cloud_cover\":{\"lt\":10}}";

static cairn_code get_bbox(cairn_search_reader *reader, cairn_span value)
{
    if (cairn_span_starts(value, "["))
        return cairn_search_refuse(reader, CAIRN_SEARCH_BBOX, "numbers without brackets", value, BBOX_EXAMPLE);
    reader->search->raw.bbox = value;
    return CAIRN_OK;
}

static cairn_code get_bbox_crs(cairn_search_reader *reader, cairn_span value)
{
    reader->search->raw.bbox_crs = value;
    return CAIRN_OK;
}

static cairn_code get_datetime(cairn_search_reader *reader, cairn_span value)
{
    return cairn_search_take_datetime(reader, value, DATETIME_EXAMPLE);
}

static cairn_code get_intersects(cairn_search_reader *reader, cairn_span value)
{
    cairn_error why = CAIRN_ERROR_INIT;
    if (cairn_json_check(value, CAIRN_JSON_MAX_DEPTH, NULL, &why) != CAIRN_OK)
        return cairn_search_explain(reader, CAIRN_SEARCH_INTERSECTS, &why, INTERSECTS_EXAMPLE);
    value = cairn_span_trim(value);
    if (cairn_json_is_null(value))
        return CAIRN_OK;
    if (cairn_json_kind(value) != '{')
        return cairn_search_refuse(reader, CAIRN_SEARCH_INTERSECTS, "a GeoJSON geometry", value, INTERSECTS_EXAMPLE);
    cairn_search_take_intersects(reader, value);
    return CAIRN_OK;
}

static cairn_code get_list(cairn_search_reader *reader, int parameter, cairn_span value)
{
    size_t n = 1, filled = 0;
    for (size_t i = 0; i < value.n; i++)
        n += value.p[i] == ',';
    cairn_span *list = NULL;
    cairn_code code = cairn_search_new_list(reader, parameter, n, &list);
    if (code != CAIRN_OK)
        return code;
    const char *at = value.p, *end = value.p + value.n;
    while (filled < n) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        list[filled++] = cairn_span_make(at, (size_t)((comma ? comma : end) - at));
        at = comma ? comma + 1 : end;
    }
    return cairn_search_take_list(reader, parameter, list, n);
}

static cairn_code get_ids(cairn_search_reader *reader, cairn_span value)
{
    return get_list(reader, CAIRN_SEARCH_IDS, value);
}

static cairn_code get_collections(cairn_search_reader *reader, cairn_span value)
{
    return get_list(reader, CAIRN_SEARCH_COLLECTIONS, value);
}

static cairn_code get_limit(cairn_search_reader *reader, cairn_span value)
{
    uint64_t limit = 0;
    bool digits = true;
    for (size_t i = 0; i < value.n && digits; i++) {
        digits = value.p[i] >= '0' && value.p[i] <= '9';
        if (limit <= UINT32_MAX) /* more digits can only make it larger than any maximum */
            limit = limit * 10 + (uint64_t)(value.p[i] - '0');
    }
    if (!digits || limit == 0)
        return cairn_search_refuse(reader, CAIRN_SEARCH_LIMIT, "a whole number of 1 or more", value, "limit=100");
    cairn_search_take_limit(reader, limit);
    return CAIRN_OK;
}

static cairn_code get_token(cairn_search_reader *reader, cairn_span value)
{
    return cairn_search_take_token(reader, value);
}

static cairn_code get_filter(cairn_search_reader *reader, cairn_span value)
{
    cairn_search_take_filter(reader, value, false, true);
    return CAIRN_OK;
}

static cairn_code get_query(cairn_search_reader *reader, cairn_span value)
{
    cairn_error why = CAIRN_ERROR_INIT;
    if (cairn_json_check(value, CAIRN_JSON_MAX_DEPTH, NULL, &why) != CAIRN_OK)
        return cairn_search_explain(reader, CAIRN_SEARCH_QUERY, &why, QUERY_EXAMPLE);
    value = cairn_span_trim(value);
    return cairn_json_is_null(value) ? CAIRN_OK : cairn_search_take_query(reader, value);
}

static cairn_code get_q(cairn_search_reader *reader, cairn_span value)
{
    return cairn_text_from_string(value, NULL, reader->arena, &reader->search->text, reader->error);
}

static cairn_code get_sortby(cairn_search_reader *reader, cairn_span value)
{
    return cairn_sort_from_text(value, reader->arena, &reader->search->sort, reader->error);
}

static cairn_code get_fields(cairn_search_reader *reader, cairn_span value)
{
    return cairn_fields_from_text(value, reader->arena, &reader->search->fields, reader->error);
}

static cairn_code get_asset_href_mode(cairn_search_reader *reader, cairn_span value)
{
    reader->search->asset_href_mode = value;
    return CAIRN_OK;
}

static cairn_code (*const GETTERS[CAIRN_SEARCH_PARAMETERS])(cairn_search_reader *, cairn_span) = {
    [CAIRN_SEARCH_BBOX] = get_bbox,
    [CAIRN_SEARCH_DATETIME] = get_datetime,
    [CAIRN_SEARCH_IDS] = get_ids,
    [CAIRN_SEARCH_INTERSECTS] = get_intersects,
    [CAIRN_SEARCH_LIMIT] = get_limit,
    [CAIRN_SEARCH_COLLECTIONS] = get_collections,
    [CAIRN_SEARCH_TOKEN] = get_token,
    [CAIRN_SEARCH_BBOX_CRS] = get_bbox_crs,
    [CAIRN_SEARCH_FILTER] = get_filter,
    [CAIRN_SEARCH_FILTER_LANG] = cairn_search_take_filter_lang,
    [CAIRN_SEARCH_FILTER_CRS] = cairn_search_take_filter_crs,
    [CAIRN_SEARCH_QUERY] = get_query,
    [CAIRN_SEARCH_Q] = get_q,
    [CAIRN_SEARCH_SORTBY] = get_sortby,
    [CAIRN_SEARCH_FIELDS] = get_fields,
    [CAIRN_SEARCH_ASSET_HREF_MODE] = get_asset_href_mode,
};

static cairn_code take_empty(cairn_search_reader *reader, int parameter)
{
    switch (parameter) {
    case CAIRN_SEARCH_IDS:
    case CAIRN_SEARCH_COLLECTIONS:
        return cairn_search_take_list(reader, parameter, NULL, 0);
    case CAIRN_SEARCH_FILTER:
    case CAIRN_SEARCH_QUERY:
    case CAIRN_SEARCH_Q:
        return cairn_search_refuse_empty(reader, parameter);
    case CAIRN_SEARCH_FIELDS:
        return get_fields(reader, cairn_span_of(""));
    default:
        return CAIRN_OK;
    }
}

cairn_code cairn_search_set(cairn_search *search, cairn_span name, cairn_span value, const cairn_search_limits *limits,
                            cairn_arena *arena, bool *known, cairn_error *error)
{
    cairn_search_reader reader = {search, limits ? limits : &cairn_search_defaults, arena, error};
    int parameter = cairn_search_parameter(name);
    *known = parameter >= 0;
    if (parameter < 0)
        return CAIRN_OK;
    search->raw.arena = arena;
    cairn_code code = cairn_search_once(&reader, parameter);
    if (code != CAIRN_OK)
        return code;
    if (value.n == 0)
        return take_empty(&reader, parameter);
    value = cairn_arena_copy(arena, value);
    return value.p ? GETTERS[parameter](&reader, value) : cairn_search_no_memory(&reader);
}

cairn_code cairn_search_check(cairn_search *search, cairn_error *error)
{
    cairn_search_reader reader = {.search = search, .arena = search->raw.arena, .error = error};
    if (!reader.arena) /* nothing was given */
        return CAIRN_OK;
    cairn_code code = cairn_search_finish_bbox(&reader);
    if (code == CAIRN_OK && search->has_box && search->intersects.p)
        code = cairn_search_fail(&reader, CAIRN_SEARCH_BBOX, CAIRN_INVALID,
                                 "bbox and intersects are given together, expected only one of them");
    return code == CAIRN_OK ? cairn_search_finish_filter(&reader) : code;
}

cairn_code cairn_search_area(const cairn_search *search, cairn_geos *geos, cairn_arena *arena, cairn_area **out,
                             cairn_error *error)
{
    *out = NULL;
    if (search->has_box)
        return cairn_area_from_box(geos, search->box, arena, out, error);
    if (!search->intersects.p)
        return CAIRN_OK;
    cairn_search_reader reader = {.error = error};
    cairn_geometry_limits limits = {.max_vertices = search->max_vertices};
    cairn_error why = CAIRN_ERROR_INIT;
    if (cairn_area_from_geojson(geos, search->intersects, &limits, arena, out, &why) == CAIRN_OK)
        return CAIRN_OK;
    return cairn_search_explain(&reader, CAIRN_SEARCH_INTERSECTS, &why,
                                "{\"type\":\"Point\",\"coordinates\":[7.1,50.7]}");
}
