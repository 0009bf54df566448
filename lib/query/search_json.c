#include "query/search.h"

#include "base/json.h"
#include "query/names.h"
#include "query/search_read.h"

/* A filter may be nested so deep, in an object. */
enum { BODY_DEPTH = CAIRN_CQL2_JSON_DEPTH + 1 };

static const char DATETIME_EXAMPLE[] = "\"datetime\": \"2020-01-01T00:00:00Z/2020-12-31T23:59:59Z\"";
static const char INTERSECTS_EXAMPLE[] = "\"intersects\": {\"type\": \"Point\", \"coordinates\": [7.1, 50.7]}";
static const char LIMIT_EXAMPLE[] = "\"limit\": 100";

static bool is_empty_array(cairn_span value)
{
    return cairn_json_kind(value) == '[' && cairn_json_count(value) == 0;
}

static cairn_code post_bbox(cairn_search_reader *reader, cairn_span value)
{
    if (cairn_json_kind(value) != '[')
        return cairn_search_refuse(reader, CAIRN_SEARCH_BBOX, "an array of 4 or 6 numbers", value,
                                   "\"bbox\": [100.0, 0.0, 105.0, 1.0]");
    if (!is_empty_array(value))
        reader->search->raw.bbox = value;
    return CAIRN_OK;
}

static cairn_code post_string(cairn_search_reader *reader, int parameter, cairn_span value, const char *example,
                              cairn_span *out)
{
    if (cairn_json_kind(value) != '"')
        return cairn_search_refuse(reader, parameter, "a string", value, example);
    *out = cairn_json_string(value, reader->arena);
    return out->p ? CAIRN_OK : cairn_search_no_memory(reader);
}

static cairn_code post_datetime(cairn_search_reader *reader, cairn_span value)
{
    cairn_span text = CAIRN_SPAN_NONE;
    cairn_code code = post_string(reader, CAIRN_SEARCH_DATETIME, value, DATETIME_EXAMPLE, &text);
    return code == CAIRN_OK ? cairn_search_take_datetime(reader, text, DATETIME_EXAMPLE) : code;
}

static cairn_code post_intersects(cairn_search_reader *reader, cairn_span value)
{
    if (cairn_json_kind(value) != '{')
        return cairn_search_refuse(reader, CAIRN_SEARCH_INTERSECTS, "a GeoJSON geometry as a JSON object", value,
                                   INTERSECTS_EXAMPLE);
    cairn_search_take_intersects(reader, value);
    return CAIRN_OK;
}

static const char *list_example(int parameter)
{
    return parameter == CAIRN_SEARCH_IDS ? "\"ids\": [\"a\", \"b\"]" : "\"collections\": [\"a\", \"b\"]";
}

static cairn_code post_list(cairn_search_reader *reader, int parameter, cairn_span value)
{
    cairn_span *list = NULL;
    size_t n = cairn_json_count(value), filled = 0;
    if (cairn_json_kind(value) != '[')
        return cairn_search_refuse(reader, parameter, "an array of strings", value, list_example(parameter));
    cairn_code code = cairn_search_new_list(reader, parameter, n, &list);
    if (code != CAIRN_OK)
        return code;
    cairn_json_walk walk = cairn_json_walk_array(value);
    for (cairn_span element; filled < n && cairn_json_next_element(&walk, &element); filled++) {
        if (cairn_json_kind(element) != '"')
            return cairn_search_refuse(reader, parameter, "an array of strings", element, list_example(parameter));
        list[filled] = cairn_json_string(element, reader->arena);
        if (!list[filled].p)
            return cairn_search_no_memory(reader);
    }
    return cairn_search_take_list(reader, parameter, list, filled);
}

static cairn_code post_ids(cairn_search_reader *reader, cairn_span value)
{
    return post_list(reader, CAIRN_SEARCH_IDS, value);
}

/* A bare string is taken as a list of one: clients and stac-api-validator send it. */
static cairn_code post_collections(cairn_search_reader *reader, cairn_span value)
{
    if (cairn_json_kind(value) != '"')
        return post_list(reader, CAIRN_SEARCH_COLLECTIONS, value);
    cairn_span *list = NULL;
    cairn_span name = cairn_json_string(value, reader->arena);
    cairn_code code = cairn_search_new_list(reader, CAIRN_SEARCH_COLLECTIONS, 1, &list);
    if (code != CAIRN_OK)
        return code;
    if (!name.p)
        return cairn_search_no_memory(reader);
    list[0] = name;
    return name.n ? cairn_search_take_list(reader, CAIRN_SEARCH_COLLECTIONS, list, 1) : CAIRN_OK;
}

/* A number beyond every integer type is as good as the maximum. */
static bool is_huge(cairn_span value)
{
    double number = 0;
    return cairn_json_kind(value) == '0' && value.p[0] != '-' && (!cairn_json_number(value, &number) || number > 9e18);
}

static cairn_code post_limit(cairn_search_reader *reader, cairn_span value)
{
    long long limit = 0;
    if (is_huge(value))
        limit = UINT32_MAX;
    else if (!cairn_json_integer(value, &limit) || limit < 1)
        return cairn_search_refuse(reader, CAIRN_SEARCH_LIMIT, "a whole number of 1 or more", value, LIMIT_EXAMPLE);
    cairn_search_take_limit(reader, (uint64_t)limit);
    return CAIRN_OK;
}

static cairn_code post_token(cairn_search_reader *reader, cairn_span value)
{
    cairn_span token = CAIRN_SPAN_NONE;
    cairn_code code =
        post_string(reader, CAIRN_SEARCH_TOKEN, value, "the body of a 'next' or 'prev' link as it is", &token);
    return code == CAIRN_OK ? cairn_search_take_token(reader, token) : code;
}

static cairn_code post_bbox_crs(cairn_search_reader *reader, cairn_span value)
{
    return post_string(reader, CAIRN_SEARCH_BBOX_CRS, value, "\"bbox-crs\": \"EPSG:4326\"",
                       &reader->search->raw.bbox_crs);
}

static cairn_code post_filter(cairn_search_reader *reader, cairn_span value)
{
    bool is_text = cairn_json_kind(value) == '"';
    cairn_span filter = is_text ? cairn_json_string(value, reader->arena) : value;
    if (!filter.p)
        return cairn_search_no_memory(reader);
    if (filter.n == 0)
        return cairn_search_refuse_empty(reader, CAIRN_SEARCH_FILTER);
    cairn_search_take_filter(reader, filter, !is_text, false);
    return CAIRN_OK;
}

static cairn_code post_filter_lang(cairn_search_reader *reader, cairn_span value)
{
    cairn_span name = CAIRN_SPAN_NONE;
    cairn_code code = post_string(reader, CAIRN_SEARCH_FILTER_LANG, value, "\"filter-lang\": \"cql2-json\"", &name);
    return code == CAIRN_OK ? cairn_search_take_filter_lang(reader, name) : code;
}

static cairn_code post_filter_crs(cairn_search_reader *reader, cairn_span value)
{
    cairn_span name = CAIRN_SPAN_NONE;
    cairn_code code = post_string(reader, CAIRN_SEARCH_FILTER_CRS, value,
                                  "\"filter-crs\": \"http://www.opengis.net/def/crs/OGC/1.3/CRS84\"", &name);
    return code == CAIRN_OK ? cairn_search_take_filter_crs(reader, name) : code;
}

static bool is_empty(cairn_span value)
{
    return cairn_span_is(value, "\"\"") || is_empty_array(value);
}

static cairn_code post_q(cairn_search_reader *reader, cairn_span value)
{
    if (is_empty(value))
        return cairn_search_refuse_empty(reader, CAIRN_SEARCH_Q);
    return cairn_text_from_json(value, NULL, reader->arena, &reader->search->text, reader->error);
}

static cairn_code post_sortby(cairn_search_reader *reader, cairn_span value)
{
    if (is_empty(value))
        return CAIRN_OK;
    return cairn_sort_from_json(value, reader->arena, &reader->search->sort, reader->error);
}

static cairn_code post_fields(cairn_search_reader *reader, cairn_span value)
{
    return cairn_fields_from_json(value, reader->arena, &reader->search->fields, reader->error);
}

static cairn_code post_asset_href_mode(cairn_search_reader *reader, cairn_span value)
{
    return post_string(reader, CAIRN_SEARCH_ASSET_HREF_MODE, value, "\"asset-href-mode\": \"https\"",
                       &reader->search->asset_href_mode);
}

static cairn_code (*const POSTERS[CAIRN_SEARCH_PARAMETERS])(cairn_search_reader *, cairn_span) = {
    [CAIRN_SEARCH_BBOX] = post_bbox,
    [CAIRN_SEARCH_DATETIME] = post_datetime,
    [CAIRN_SEARCH_IDS] = post_ids,
    [CAIRN_SEARCH_INTERSECTS] = post_intersects,
    [CAIRN_SEARCH_LIMIT] = post_limit,
    [CAIRN_SEARCH_COLLECTIONS] = post_collections,
    [CAIRN_SEARCH_TOKEN] = post_token,
    [CAIRN_SEARCH_BBOX_CRS] = post_bbox_crs,
    [CAIRN_SEARCH_FILTER] = post_filter,
    [CAIRN_SEARCH_FILTER_LANG] = post_filter_lang,
    [CAIRN_SEARCH_FILTER_CRS] = post_filter_crs,
    [CAIRN_SEARCH_QUERY] = cairn_search_take_query,
    [CAIRN_SEARCH_Q] = post_q,
    [CAIRN_SEARCH_SORTBY] = post_sortby,
    [CAIRN_SEARCH_FIELDS] = post_fields,
    [CAIRN_SEARCH_ASSET_HREF_MODE] = post_asset_href_mode,
};

/* What says how to answer is no part of the search. */
static bool is_of_query_string(cairn_span name)
{
    return cairn_span_is(name, "f") || cairn_span_is(name, "profile") || cairn_span_is(name, "explain");
}

static cairn_code refuse_unknown(cairn_span name, cairn_error *error)
{
    char quoted[64];
    const char *nearest = cairn_name_nearest(name, cairn_search_names);
    cairn_quote(name, quoted, sizeof quoted);
    if (is_of_query_string(name))
        cairn_error_set(error, CAIRN_INVALID, "'%s' belongs into the query string, not into the body", quoted);
    else if (nearest)
        cairn_error_set(error, CAIRN_INVALID, "no search parameter is called '%s'; did you mean '%s'?", quoted,
                        nearest);
    else
        cairn_error_set(
            error, CAIRN_INVALID,
            "no search parameter is called '%s'; expected bbox, bbox-crs, datetime, intersects, ids, "
            "collections, limit, filter, filter-lang, filter-crs, query, q, sortby, fields, asset-href-mode or "
            "token",
            quoted);
    cairn_error_at_parameter(error, quoted);
    return CAIRN_INVALID;
}

static cairn_code read_member(cairn_search_reader *reader, const cairn_json_member *member, bool ignore_unknown)
{
    cairn_span quoted = cairn_span_make(member->key.p - 1, member->key.n + 2);
    cairn_span name = cairn_json_string(quoted, reader->arena);
    if (!name.p)
        return cairn_search_no_memory(reader);
    int parameter = cairn_search_parameter(name);
    if (parameter < 0)
        return ignore_unknown ? CAIRN_OK : refuse_unknown(name, reader->error);
    cairn_code code = cairn_search_once(reader, parameter);
    bool is_none = parameter != CAIRN_SEARCH_FIELDS && cairn_json_is_null(member->value);
    return code != CAIRN_OK || is_none ? code : POSTERS[parameter](reader, member->value);
}

cairn_code cairn_search_from_json(cairn_search *search, cairn_span body, const cairn_search_limits *limits,
                                  bool ignore_unknown, cairn_arena *arena, cairn_error *error)
{
    cairn_search_reader reader = {search, limits ? limits : &cairn_search_defaults, arena, error};
    cairn_code code = cairn_json_check(body, BODY_DEPTH, NULL, error);
    search->raw.arena = arena;
    if (code != CAIRN_OK) {
        cairn_error_at_parameter(error, "body");
        return code;
    }
    body = cairn_span_trim(body);
    if (cairn_json_kind(body) != '{') {
        cairn_error_set(error, CAIRN_INVALID, "expected a JSON object such as {\"limit\": 100}");
        cairn_error_at_parameter(error, "body");
        return CAIRN_INVALID;
    }
    body = cairn_arena_copy(arena, body);
    if (!body.p)
        return cairn_search_no_memory(&reader);
    cairn_json_walk walk = cairn_json_walk_object(body);
    for (cairn_json_member member; code == CAIRN_OK && cairn_json_next_member(&walk, &member);)
        code = read_member(&reader, &member, ignore_unknown);
    return code;
}
