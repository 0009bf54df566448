#include "api/page.h"

#include "api/auth.h"
#include "api/items.h"
#include "base/clock.h"
#include "query/token.h"
#include "store/notes.h"

typedef struct item_sink {
    cairn_call *call;
    cairn_item_writer writer;
    size_t n;
    size_t most; /* items of the page */
} item_sink;

/* A page in one piece of memory, as large as the first item lets expect: growing would copy it again and again. */
static void reserve_page(item_sink *sink)
{
    enum { AT_ONCE = 8 << 20 };
    cairn_buf *out = sink->writer.body.out;
    if (sink->most > 1 && out->n <= AT_ONCE / sink->most)
        cairn_buf_reserve(out, out->n * sink->most);
}

static cairn_code add_item(void *context, const cairn_item_row *row, cairn_error *error)
{
    enum { BETWEEN_CLOCKS = 16 };
    item_sink *sink = context;
    /* What was found in time is given, but not when somebody waits behind it. */
    if (sink->n % BETWEEN_CLOCKS == BETWEEN_CLOCKS - 1 && cairn_call_is_late(sink->call))
        return cairn_error_set(error, CAIRN_DEADLINE, "out of time");
    if (sink->n == 1)
        reserve_page(sink);
    if (sink->n++)
        cairn_buf_add_byte(cairn_body_text(&sink->writer.body), ',');
    return cairn_item_writer_add(&sink->writer, row, error);
}

static item_sink begin_items(cairn_call *call, const cairn_fields *fields)
{
    item_sink sink = {.call = call};
    /* Fields, the source's own words and signatures are made by editing the stored text, which can't be spliced: they
     * are compressed as a whole. */
    bool edited = call->source || fields || call->hrefs.mode == CAIRN_HREF_SIGNED;
    call->response->gzipped = call->request->accepts_gzip && !edited;
    cairn_item_writer_begin(&sink.writer, call, fields, &call->response->body, call->response->gzipped);
    return sink;
}

static cairn_code end_items(item_sink *sink, cairn_code code)
{
    if (!code)
        code = cairn_body_end(&sink->writer.body, &sink->call->error);
    if (!code)
        cairn_item_writer_tell(&sink->writer, sink->call->response);
    else if (sink->writer.body.lacks_keys)
        cairn_auth_lacks_keys(sink->call);
    cairn_item_writer_free(&sink->writer);
    return code;
}

cairn_code cairn_get_item(cairn_call *call)
{
    item_sink sink = begin_items(call, NULL);
    cairn_code code =
        cairn_session_item(call->session, call->collection_id, call->item_id, add_item, &sink, &call->error);
    return end_items(&sink, code);
}

static cairn_code set_page(cairn_call *call, cairn_page_request *request)
{
    const cairn_api_options *options = call->api->options;
    const cairn_search *search = request->search;
    cairn_catalog_info info;
    cairn_code code = cairn_session_info(call->session, call->request->arena, &info, &call->error);
    if (code)
        return code;
    request->token_key = info.token_key;
    request->page.limit = search->limit ? search->limit : CAIRN_DEFAULT_LIMIT;
    if (request->page.limit > options->limits.max_limit)
        request->page.limit = options->limits.max_limit;
    request->page.max_bytes = options->max_page_bytes;
    request->page.sort_budget = options->sort_budget;
    if (!search->token.p) {
        request->page.count_budget = request->page.limit == 1 ? options->count_budget_one : options->count_budget;
        return CAIRN_OK;
    }
    cairn_token token;
    code = cairn_token_read(search->token, &search->sort, info.token_key, call->request->arena, &token, &call->error);
    if (code)
        return code;
    request->position = token.position;
    request->page.position = &request->position;
    request->page.backward = token.backward;
    return CAIRN_OK;
}

/* The links of the list itself, beside next and prev. */
static void add_own_links(const cairn_call *call, const cairn_page_request *request, cairn_buf *out)
{
    cairn_arena *arena = call->request->arena;
    if (call->request->method != CAIRN_POST)
        cairn_link_add(call, out, "self", "application/geo+json", cairn_page_path(call, request->search->token),
                       CAIRN_SPAN_NONE);
    cairn_link_add(call, out, "root", "application/json", cairn_span_of("/"), CAIRN_SPAN_NONE);
    if (!call->collection_id.p)
        return;
    cairn_span path = cairn_path_of_collection(arena, call->collection_id, false);
    cairn_link_add(call, out, "parent", "application/json", path, CAIRN_SPAN_NONE);
    cairn_link_add(call, out, "collection", "application/json", path, CAIRN_SPAN_NONE);
}

/* All matches are on this page. */
static bool is_whole(const cairn_page_request *request)
{
    return !request->page.position && !request->result.more;
}

/* A guess has a name that no client takes for the count. */
static void add_counts(const cairn_page_request *request, cairn_buf *out)
{
    const cairn_result *result = &request->result;
    cairn_buf_printf(out, ",\"numberReturned\":%lu", (unsigned long)result->returned);
    if (result->matched_known || is_whole(request))
        cairn_buf_printf(out, ",\"numberMatched\":%llu",
                         (unsigned long long)(result->matched_known ? result->matched : result->returned));
    else if (result->estimate_known)
        cairn_buf_printf(out, ",\"cairn:numberEstimated\":%llu", (unsigned long long)result->estimate);
}

/* What can't be told (the deadline, the arena) is not: the answer is there. */
static void add_notes(cairn_call *call, const cairn_search *search, cairn_buf *out)
{
    cairn_notes notes;
    cairn_error ignored = CAIRN_ERROR_INIT;
    if (cairn_notes_of(call->session, search, call->request->arena, &notes, &ignored) != CAIRN_OK)
        notes.n = 0;
    cairn_buf_add_text(out, ",\"notes\":");
    cairn_notes_print(&notes, out);
}

static void add_explanation(cairn_call *call, const cairn_page_request *request, cairn_buf *out)
{
    const cairn_result *result = &request->result;
    cairn_buf_printf(out, ",\"cairn:explain\":{\"plan\":\"%s\",\"index\":", result->plan.way ? result->plan.way : "");
    if (result->plan.index.p)
        cairn_buf_add_json_string(out, result->plan.index);
    else
        cairn_buf_add_text(out, "null");
    cairn_buf_printf(out, ",\"candidates\":%llu,\"rowsLookedAt\":%llu,\"filterEvaluated\":%llu",
                     (unsigned long long)result->plan.candidates, (unsigned long long)result->looked_at,
                     (unsigned long long)result->plan.evaluated);
    cairn_buf_printf(out, ",\"rowsReturned\":%lu,\"cutByDeadline\":%s,\"milliseconds\":%.3f",
                     (unsigned long)result->returned, result->cut ? "true" : "false",
                     (double)(cairn_clock_now() - request->started) / 1e6);
    add_notes(call, request->search, out);
    cairn_buf_add_byte(out, '}');
}

static cairn_code add_tail(cairn_call *call, const cairn_page_request *request, cairn_buf *out)
{
    cairn_buf_add_text(out, "],\"links\":[");
    add_own_links(call, request, out);
    cairn_code code = cairn_page_links_add(call, request, out);
    cairn_buf_add_byte(out, ']');
    add_counts(request, out);
    call->response->momentary = call->explain || request->result.cut;
    if (call->explain)
        add_explanation(call, request, out);
    cairn_buf_add_byte(out, '}');
    return code;
}

cairn_code cairn_page_answer(cairn_call *call, cairn_search *search, uint32_t *returned)
{
    cairn_page_request request = {.search = search, .started = cairn_clock_now()};
    search->null_geometry_hits = call->api->options->null_geometry_hits;
    cairn_code code = cairn_search_check(search, &call->error);
    if (!code)
        code = set_page(call, &request);
    if (code)
        return code;
    item_sink sink = begin_items(call, search->fields);
    sink.most = request.page.limit;
    cairn_buf_add_text(cairn_body_text(&sink.writer.body), "{\"type\":\"FeatureCollection\",\"features\":[");
    code = cairn_session_search(call->session, search, &request.page, call->request->arena, add_item, &sink,
                                &request.result, &call->error);
    if (!code)
        code = add_tail(call, &request, cairn_body_text(&sink.writer.body));
    *returned = request.result.returned;
    return end_items(&sink, code);
}
