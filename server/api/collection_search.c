/* /collections: all of them, or those that a search asks for (STAC API Collection Search, OGC API Common Part 2).
 *
 * Without `limit` a page holds all that match, up to the size of a page. In the order of ids a page is written while
 * the collections go by; any other order is gathered and sorted first. Either way all are looked at, so that the count
 * is exact. */
#include "query/collection_search.h"
#include "api/call.h"
#include "api/collection_links.h"
#include "api/links.h"
#include "api/page.h"
#include "api/params.h"
#include "query/token.h"

#include <stdlib.h>

enum { SCRATCH_BYTES = 1 << 28 };

typedef struct match {
    cairn_position at;
    size_t bytes; /* of its document */
} match;

typedef struct listing {
    cairn_call *call;
    cairn_search search;
    bool newest_first;
    cairn_collection_search *asked;
    cairn_span token_key;
    cairn_token token; /* where the page begins or ends, when search.token is given */
    cairn_arena *scratch;

    match *matches; /* gathered; malloc'ed */
    size_t n, room;

    unsigned long long matched;
    uint32_t returned;
    size_t begun;        /* length of the body in front of the first collection */
    bool before, behind; /* there are matches in front of the page, behind it */
    cairn_position first, last;
} listing;

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "the collections do not fit in memory");
}

/* ---- reading ---- */

static cairn_code read_parameters(listing *l)
{
    cairn_call *call = l->call;
    const cairn_request *request = call->request;
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < request->n_params && !code; i++) {
        const cairn_param *param = &request->params[i];
        bool known;
        if (!cairn_params_has(cairn_params_known(call), param->name))
            continue;
        code = cairn_search_set(&l->search, param->name, param->value, &call->api->options->limits, request->arena,
                                &known, &call->error);
        /* To items that is the default order, which needs no keys. */
        if (cairn_span_is(param->name, "sortby") && cairn_span_trim(param->value).n && !l->search.sort.n)
            l->newest_first = true;
    }
    return code ? code : cairn_search_check(&l->search, &call->error);
}

static cairn_code read_token(listing *l)
{
    cairn_call *call = l->call;
    cairn_arena *arena = call->request->arena;
    cairn_catalog_info info;
    cairn_code code = cairn_session_info(call->session, arena, &info, &call->error);
    if (code)
        return code;
    l->token_key = info.token_key;
    if (l->search.token.p)
        code = cairn_token_read(l->search.token, &l->search.sort, l->token_key, arena, &l->token, &call->error);
    if (code || !l->token.position.collection.n)
        return code;
    cairn_error_set(&call->error, CAIRN_INVALID,
                    "the page token is one of items; expected that of a 'next' or 'prev' link of /collections");
    return cairn_error_at_parameter(&call->error, "token");
}

/* ---- writing ---- */

static bool is_full(const listing *l)
{
    const cairn_api_options *options = l->call->api->options;
    uint32_t limit = l->search.limit ? l->search.limit : UINT32_MAX;
    return l->returned >= limit || (l->returned && l->call->response->body.n - l->begun >= options->max_page_bytes);
}

static cairn_code write_row(void *context, const cairn_collection_row *row, cairn_error *error)
{
    listing *l = context;
    cairn_buf *out = &l->call->response->body;
    if (l->returned++)
        cairn_buf_add_byte(out, ',');
    return cairn_collection_add(l->call, row, l->search.fields, out, error);
}

/* The next match in the order of ids. */
static cairn_code write_match(listing *l, const cairn_collection_row *row, const cairn_position *at, cairn_error *error)
{
    if (l->search.token.p && cairn_collection_search_compare(l->asked, at, &l->token.position) <= 0) {
        l->before = true;
        return CAIRN_OK;
    }
    l->behind = is_full(l);
    if (l->behind)
        return CAIRN_OK;
    cairn_arena *arena = l->call->request->arena;
    if ((!l->returned && !cairn_position_copy(arena, at, &l->first)) || !cairn_position_copy(arena, at, &l->last))
        return no_memory(error);
    return write_row(l, row, error);
}

/* ---- gathering ---- */

static cairn_code gather_match(listing *l, const cairn_collection_row *row, const cairn_position *at,
                               cairn_error *error)
{
    if (l->n == l->room) {
        size_t room = l->room ? 2 * l->room : 256;
        match *grown = reallocarray(l->matches, room, sizeof *grown);
        if (!grown)
            return no_memory(error);
        l->matches = grown;
        l->room = room;
    }
    match *m = &l->matches[l->n++];
    m->bytes = row->body.n;
    return cairn_position_copy(l->call->request->arena, at, &m->at) ? CAIRN_OK : no_memory(error);
}

static int compare_matches(const void *a, const void *b, void *context)
{
    const match *x = a, *y = b;
    return cairn_collection_search_compare(context, &x->at, &y->at);
}

/* How many come before the token's place; `or_there`: the one at the place among them. */
static size_t count_before(const listing *l, bool or_there)
{
    size_t n = 0;
    while (n < l->n && cairn_collection_search_compare(l->asked, &l->matches[n].at, &l->token.position) < or_there)
        n++;
    return n;
}

/* The page's matches: [from, to). */
static void find_window(const listing *l, size_t *from, size_t *to)
{
    size_t limit = l->search.limit ? l->search.limit : SIZE_MAX, bytes = 0, n = 0;
    uint64_t most = l->call->api->options->max_page_bytes;
    bool backward = l->search.token.p && l->token.backward;
    size_t at = !l->search.token.p ? 0 : count_before(l, !backward), left = backward ? at : l->n - at;
    for (; n < left && n < limit && (n == 0 || bytes < most); n++)
        bytes += l->matches[backward ? at - 1 - n : at + n].bytes;
    *from = backward ? at - n : at;
    *to = backward ? at : at + n;
}

static cairn_code write_gathered(listing *l)
{
    size_t from, to;
    cairn_code code = CAIRN_OK;
    if (l->n)
        qsort_r(l->matches, l->n, sizeof *l->matches, compare_matches, l->asked);
    find_window(l, &from, &to);
    for (size_t i = from; i < to && !code; i++)
        code = cairn_session_collection(l->call->session, l->matches[i].at.id, write_row, l, &l->call->error);
    l->before = from > 0;
    l->behind = to < l->n;
    if (from < to) {
        l->first = l->matches[from].at;
        l->last = l->matches[to - 1].at;
    }
    return code;
}

/* ---- all collections go by ---- */

static bool is_in_order(const listing *l)
{
    return !cairn_collection_search_sorts(l->asked) && !(l->search.token.p && l->token.backward);
}

static cairn_code look_at(void *context, const cairn_collection_row *row, cairn_error *error)
{
    listing *l = context;
    cairn_position at;
    bool matches;
    cairn_arena_reset(l->scratch);
    cairn_code code = cairn_collection_search_match(l->asked, row->id, row->body, l->scratch, &matches, &at, error);
    if (code || !matches)
        return code;
    l->matched++;
    return is_in_order(l) ? write_match(l, row, &at, error) : gather_match(l, row, &at, error);
}

static cairn_code write_collections(listing *l)
{
    cairn_call *call = l->call;
    cairn_buf_add_text(&call->response->body, "{\"collections\":[");
    l->begun = call->response->body.n;
    cairn_code code = cairn_session_collections(call->session, l->search.text, look_at, l, &call->error);
    return code || is_in_order(l) ? code : write_gathered(l);
}

/* ---- links and counts ---- */

static cairn_code add_page_link(const listing *l, const char *rel, bool backward, cairn_buf *out)
{
    cairn_call *call = l->call;
    cairn_buf text = CAIRN_BUF_INIT(CAIRN_TOKEN_MAX);
    cairn_token token = {.backward = backward, .position = backward ? l->first : l->last};
    cairn_code code =
        cairn_token_write(&token, &l->search.sort, l->token_key, call->request->arena, &text, &call->error);
    if (!code)
        cairn_link_add(call, out, rel, "application/json", cairn_page_path(call, cairn_buf_span(&text)),
                       CAIRN_SPAN_NONE);
    cairn_buf_free(&text);
    return code || !out->failed ? code : no_memory(&call->error);
}

static cairn_code add_tail(const listing *l)
{
    const cairn_call *call = l->call;
    cairn_buf *out = &call->response->body;
    cairn_code code = CAIRN_OK;
    cairn_buf_add_text(out, "],\"links\":[");
    cairn_link_add(call, out, "self", "application/json", cairn_page_path(call, l->search.token), CAIRN_SPAN_NONE);
    cairn_link_add(call, out, "root", "application/json", cairn_span_of("/"), CAIRN_SPAN_NONE);
    cairn_link_add(call, out, "parent", "application/json", cairn_span_of("/"), CAIRN_SPAN_NONE);
    cairn_link_add(call, out, CAIRN_REL_QUERYABLES, "application/schema+json", cairn_span_of("/collections-queryables"),
                   cairn_span_of("What collections can be filtered by"));
    cairn_link_add(call, out, CAIRN_REL_SORTABLES, "application/schema+json", cairn_span_of("/collections-sortables"),
                   cairn_span_of("What collections can be sorted by"));
    if (l->returned && l->behind)
        code = add_page_link(l, "next", false, out);
    if (l->returned && l->before && !code)
        code = add_page_link(l, "prev", true, out);
    cairn_buf_printf(out, "],\"numberMatched\":%llu,\"numberReturned\":%lu}", l->matched, (unsigned long)l->returned);
    return code;
}

cairn_code cairn_get_collections(cairn_call *call)
{
    listing l = {.call = call, .scratch = cairn_arena_new(SCRATCH_BYTES)};
    cairn_code code = l.scratch ? read_parameters(&l) : no_memory(&call->error);
    if (!code)
        code = read_token(&l);
    if (!code)
        code = cairn_collection_search_new(&l.search, l.newest_first, call->session->geos, call->request->arena,
                                           &l.asked, &call->error);
    if (!code)
        code = write_collections(&l);
    if (!code)
        code = add_tail(&l);
    free(l.matches);
    cairn_arena_free(l.scratch);
    return code;
}
