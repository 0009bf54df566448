#include "query/search.h"

#include "base/json.h"
#include "query/names.h"
#include "query/search_read.h"

static const char BBOX_EXAMPLE[] = "\"bbox\": [100.0, 0.0, 105.0, 1.0]";
static const char DATETIME_EXAMPLE[] = "\"datetime\": \"2020-01-01T00:00:00Z/2020-12-31T23:59:59Z\"";
static const char INTERSECTS_EXAMPLE[] = "\"intersects\": {\"type\": \"Point\", \"coordinates\": [7.1, 50.7]}";
static const char LIMIT_EXAMPLE[] = "\"limit\": 100";

static bool is_empty_array(cairn_span value)
{
    return cairn_json_kind(value) == '[' && cairn_json_count(value) == 0;
}

static cairn_code post_bbox(cairn_search_reader *reader, cairn_span value)
{
    cairn_error why = CAIRN_ERROR_INIT;
    if (is_empty_array(value))
        return CAIRN_OK;
    if (cairn_box_from_json(value, &reader->search->box, &why) != CAIRN_OK)
        return cairn_search_explain(reader, CAIRN_SEARCH_BBOX, &why, BBOX_EXAMPLE);
    reader->search->has_box = true;
    return CAIRN_OK;
}

static cairn_code post_datetime(cairn_search_reader *reader, cairn_span value)
{
    if (cairn_json_kind(value) != '"')
        return cairn_search_refuse(reader, CAIRN_SEARCH_DATETIME, "a string", value, DATETIME_EXAMPLE);
    cairn_span text = cairn_json_string(value, reader->arena);
    return text.p ? cairn_search_take_datetime(reader, text, DATETIME_EXAMPLE) : cairn_search_no_memory(reader);
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
    if (cairn_json_kind(value) != '"')
        return cairn_search_refuse(reader, CAIRN_SEARCH_TOKEN, "a string", value,
                                   "the body of a 'next' or 'prev' link as it is");
    cairn_span token = cairn_json_string(value, reader->arena);
    return token.p ? cairn_search_take_token(reader, token) : cairn_search_no_memory(reader);
}

static cairn_code (*const POSTERS[CAIRN_SEARCH_PARAMETERS])(cairn_search_reader *, cairn_span) = {
    [CAIRN_SEARCH_BBOX] = post_bbox,   [CAIRN_SEARCH_DATETIME] = post_datetime,
    [CAIRN_SEARCH_IDS] = post_ids,     [CAIRN_SEARCH_INTERSECTS] = post_intersects,
    [CAIRN_SEARCH_LIMIT] = post_limit, [CAIRN_SEARCH_COLLECTIONS] = post_collections,
    [CAIRN_SEARCH_TOKEN] = post_token,
};

static cairn_code refuse_unknown(cairn_span name, cairn_error *error)
{
    char quoted[64];
    const char *nearest = cairn_name_nearest(name, cairn_search_names);
    cairn_quote(name, quoted, sizeof quoted);
    if (nearest)
        cairn_error_set(error, CAIRN_INVALID, "no search parameter is called '%s'; did you mean '%s'?", quoted,
                        nearest);
    else
        cairn_error_set(error, CAIRN_INVALID,
                        "no search parameter is called '%s'; expected bbox, datetime, intersects, ids, collections, "
                        "limit or token",
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
    if (parameter >= 0) {
        cairn_code code = cairn_search_once(reader, parameter);
        return code != CAIRN_OK || cairn_json_is_null(member->value) ? code : POSTERS[parameter](reader, member->value);
    }
    if (cairn_search_is_unsupported(name))
        return cairn_json_is_null(member->value) ? CAIRN_OK : cairn_search_refuse_unsupported(name, reader->error);
    return ignore_unknown ? CAIRN_OK : refuse_unknown(name, reader->error);
}

cairn_code cairn_search_from_json(cairn_search *search, cairn_span body, const cairn_search_limits *limits,
                                  bool ignore_unknown, cairn_arena *arena, cairn_error *error)
{
    cairn_search_reader reader = {search, limits ? limits : &cairn_search_defaults, arena, error};
    cairn_code code = cairn_json_check(body, CAIRN_JSON_MAX_DEPTH, NULL, error);
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
