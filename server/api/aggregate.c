/* /aggregate and /collections/{collectionId}/aggregate (STAC API Aggregation 0.3.0): one pass over all items that a
 * search matches, in one read transaction; what can't be counted in time, or is too much, is an error and never a part
 * of the answer. */
#include "api/aggregations.h"

#include "api/links.h"
#include "api/page.h"
#include "base/json.h"

enum { SCRATCH_MAX_BYTES = 1 << 28 };

/* A request on its way. */
typedef struct counting {
    cairn_call *call;
    cairn_search search;
    cairn_aggregate_request *request;
    cairn_aggregation *aggregation;
    cairn_arena *scratch; /* of one item */
    cairn_buf text;       /* of one item, where it is wanted */
    uint64_t items;
} counting;

/* ---- reading ---- */

static cairn_code read_parameters(counting *c)
{
    cairn_call *call = c->call;
    const cairn_request *request = call->request;
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < request->n_params && !code; i++) {
        const cairn_param *param = &request->params[i];
        bool known;
        code = cairn_aggregate_set(&c->request, param->name, param->value, false, request->arena, &known, &call->error);
        if (!code && !known)
            code = cairn_search_set(&c->search, param->name, param->value, &call->api->options->limits, request->arena,
                                    &known, &call->error);
    }
    return code;
}

static cairn_code check_body(cairn_call *call, cairn_span body)
{
    cairn_code code = cairn_json_check(body, CAIRN_CQL2_JSON_DEPTH, NULL, &call->error);
    if (!code && cairn_json_kind(cairn_span_trim(body)) != '{')
        code = cairn_error_set(&call->error, CAIRN_INVALID,
                               "expected a JSON object such as {\"aggregations\": [\"total_count\"]}");
    if (code)
        cairn_error_at_parameter(&call->error, "body");
    return code;
}

/* Takes a member of the body, or appends it to what is left for the search. */
static cairn_code read_member(counting *c, const cairn_json_member *member, cairn_buf *rest)
{
    cairn_arena *arena = c->call->request->arena;
    bool known = false;
    cairn_span name = cairn_json_string(cairn_span_make(member->key.p - 1, member->key.n + 2), arena);
    if (!name.p)
        return cairn_error_no_memory(&c->call->error);
    cairn_code code = cairn_aggregate_set(&c->request, name, member->value, true, arena, &known, &c->call->error);
    if (code || known)
        return code;
    cairn_buf_add_byte(rest, rest->n ? ',' : '{');
    cairn_buf_add_span(rest, member->whole);
    return CAIRN_OK;
}

static cairn_code read_body(counting *c)
{
    cairn_call *call = c->call;
    const cairn_api_options *options = call->api->options;
    cairn_span body = call->request->body;
    cairn_buf rest = CAIRN_BUF_INIT(body.n + 2);
    cairn_code code = check_body(call, body);
    cairn_json_walk walk = cairn_json_walk_object(code ? CAIRN_SPAN_NONE : cairn_span_trim(body));
    for (cairn_json_member member; !code && cairn_json_next_member(&walk, &member);)
        code = read_member(c, &member, &rest);
    cairn_buf_add_text(&rest, rest.n ? "}" : "{}");
    if (!code && rest.failed)
        code = cairn_error_no_memory(&call->error);
    if (!code)
        code = cairn_search_from_json(&c->search, cairn_buf_span(&rest), &options->limits,
                                      options->ignore_unknown_params, call->request->arena, &call->error);
    cairn_buf_free(&rest);
    return code;
}

/* ---- counting ---- */

static cairn_code count_item(void *context, const cairn_item_row *row, cairn_error *error)
{
    counting *c = context;
    uint64_t budget = c->call->api->options->aggregate_budget;
    cairn_aggregate_item item = {.collection = row->collection,
                                 .properties = row->properties,
                                 .time = row->time,
                                 .has_place = row->has_place,
                                 .box = row->box,
                                 .footprint = row->footprint};
    if (++c->items > budget)
        return cairn_error_set(error, CAIRN_INVALID,
                               "more than %llu items match, which is more than this server aggregates; expected a "
                               "narrower search, for example by datetime or collections",
                               (unsigned long long)budget);
    cairn_arena_reset(c->scratch);
    if (cairn_aggregate_wants_text(c->request)) {
        cairn_buf_reset(&c->text);
        cairn_code code = cairn_row_text(c->call->session, row, false, &c->text, error);
        if (code)
            return code;
        item.text = cairn_buf_span(&c->text);
    }
    return cairn_aggregation_add(c->aggregation, &item, c->call->session->geos, c->scratch, error);
}

static cairn_code count_items(counting *c)
{
    cairn_call *call = c->call;
    bool footprint = cairn_aggregate_wants_footprint(c->request);
    const cairn_page page = {.limit = UINT32_MAX,
                             .without_body = !cairn_aggregate_wants_text(c->request),
                             .with_properties = footprint || cairn_aggregate_wants_properties(c->request),
                             .without_footprint = !footprint,
                             .any_order = true};
    cairn_result result;
    c->search.sort.n = 0;
    cairn_code code = cairn_session_search(call->session, &c->search, &page, call->request->arena, count_item, c,
                                           &result, &call->error);
    cairn_arena_settle(c->scratch);
    if (!code && (result.cut || result.more))
        code = cairn_error_set(&call->error, CAIRN_DEADLINE,
                               "there was no time to look at all items; try a narrower search");
    return code;
}

static cairn_code count_collection(void *context, const cairn_collection_row *row, cairn_error *error)
{
    counting *c = context;
    const cairn_search *search = &c->search;
    if (search->n_collections && !cairn_list_has(search->collections, search->n_collections, row->id))
        return CAIRN_OK;
    return cairn_aggregation_add_many(c->aggregation, row->id, row->items, error);
}

/* Do the counts that collections have tell everything? */
static bool is_known_beforehand(const counting *c)
{
    const cairn_search *s = &c->search;
    cairn_aggregate_asked asked;
    if (s->n_ids || s->has_box || s->intersects.p || s->has_datetime || s->filter || s->text)
        return false;
    for (size_t i = 0; cairn_aggregate_asked_at(c->request, i, &asked); i++)
        if (!asked.from_collections)
            return false;
    return true;
}

static cairn_code count(counting *c)
{
    cairn_call *call = c->call;
    if (!is_known_beforehand(c))
        return count_items(c);
    if (call->collection_id.p)
        return cairn_session_collection(call->session, call->collection_id, count_collection, c, &call->error);
    return cairn_session_collections(call->session, NULL, count_collection, c, &call->error);
}

/* ---- answering ---- */

void cairn_aggregate_links_add(const cairn_call *call, cairn_buf *out)
{
    if (call->request->method != CAIRN_POST)
        cairn_link_add(call, out, "self", "application/json", cairn_page_path(call, CAIRN_SPAN_NONE), CAIRN_SPAN_NONE);
    cairn_link_add(call, out, "root", "application/json", cairn_span_of("/"), CAIRN_SPAN_NONE);
    if (!call->collection_id.p)
        return;
    cairn_span path = cairn_path_of_collection(call->request->arena, call->collection_id, false);
    cairn_link_add(call, out, "parent", "application/json", path, CAIRN_SPAN_NONE);
    cairn_link_add(call, out, "collection", "application/json", path, CAIRN_SPAN_NONE);
}

static cairn_code write_answer(counting *c)
{
    cairn_buf *out = &c->call->response->body;
    cairn_buf_add_text(out, "{\"type\":\"AggregationCollection\",\"aggregations\":[");
    cairn_code code = cairn_aggregation_write(c->aggregation, out, &c->call->error);
    cairn_buf_add_text(out, "],\"links\":[");
    cairn_aggregate_links_add(c->call, out);
    cairn_buf_add_text(out, "]}");
    return code;
}

/* Everything between reading and counting. */
static cairn_code check(counting *c)
{
    cairn_call *call = c->call;
    c->search.null_geometry_hits = call->api->options->null_geometry_hits;
    cairn_code code = CAIRN_OK;
    if (call->collection_id.p)
        code = cairn_session_has_collection(call->session, call->collection_id, &call->error);
    if (!code && call->collection_id.p)
        code = cairn_search_in_collection(call, &c->search);
    if (!code)
        code = cairn_search_check(&c->search, &call->error);
    if (!code)
        code = cairn_aggregate_check(c->request, &call->error);
    return code ? code : cairn_aggregations_check(call, c->request);
}

static cairn_code answer(counting *c)
{
    cairn_code code = check(c);
    if (code)
        return code;
    if (c->search.has_box)
        cairn_aggregate_set_box(c->request, c->search.box);
    c->aggregation = cairn_aggregation_new(c->request);
    c->scratch = cairn_arena_new(SCRATCH_MAX_BYTES);
    c->text = (cairn_buf)CAIRN_BUF_INIT(SCRATCH_MAX_BYTES);
    if (!c->aggregation || !c->scratch)
        code = cairn_error_set(&c->call->error, CAIRN_NOMEM, "no memory left for the aggregations");
    if (!code)
        code = count(c);
    if (!code)
        code = write_answer(c);
    cairn_buf_free(&c->text);
    cairn_arena_free(c->scratch);
    cairn_aggregation_free(c->aggregation);
    return code;
}

cairn_code cairn_get_aggregate(cairn_call *call)
{
    counting c = {.call = call};
    cairn_code code = read_parameters(&c);
    return code ? code : answer(&c);
}

cairn_code cairn_post_aggregate(cairn_call *call)
{
    counting c = {.call = call};
    cairn_code code = read_body(&c);
    return code ? code : answer(&c);
}
