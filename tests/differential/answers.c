#include "tests/differential/answers.h"

#include "api/api.h"
#include "base/json.h"

#include <stdio.h>

static const cairn_api_options OPTIONS = {.file_name = CAIRN_SPAN_LIT("differential"),
                                          .limits = {.max_limit = 10000, .max_list = 10000, .max_vertices = 100000},
                                          .max_page_bytes = (uint64_t)1 << 28,
                                          .count_budget = UINT64_MAX,
                                          .count_budget_one = UINT64_MAX,
                                          .aggregate_budget = UINT64_MAX};

static const char *const DOCUMENTS[] = {"queryables", "sortables", "aggregations", "collections", "children"};
enum { N_DOCUMENTS = sizeof DOCUMENTS / sizeof *DOCUMENTS };

static const char AGGREGATIONS[] =
    "\"aggregations\":[\"total_count\",\"datetime_min\",\"datetime_max\",\"datetime_frequency\",\"collection_"
    "frequency\","
    "\"cloud_cover_frequency\",\"platform_frequency\",\"grid_code_frequency\",\"centroid_geohash_grid_frequency\"]";

static bool answer(world *w, const cairn_api *api, int who, cairn_request request, cairn_response *out)
{
    cairn_arena *arena = cairn_arena_new((size_t)1 << 32);
    request.arena = arena;
    request.base_url = cairn_span_of("http://localhost");
    bool good = arena && cairn_api_answer(api, w->parties[who].session, &request, out) == CAIRN_OK;
    cairn_arena_free(arena);
    return good;
}

static cairn_request get(const char *name)
{
    cairn_request request = {.method = CAIRN_GET, .path = cairn_span_of(name), .n_segments = 1};
    request.segments[0] = cairn_span_of(name);
    return request;
}

static cairn_request post(const char *name, cairn_span body)
{
    cairn_request request = get(name);
    request.method = CAIRN_POST;
    request.content_type = cairn_span_of("application/json");
    request.body = body;
    return request;
}

/* Tokens are signed with each catalog's own key: what stands after the name of one is passed over. */
static size_t past_token(cairn_span text, size_t at)
{
    static const char *const NAMES[] = {"token=", "\"token\":\""};
    for (int i = 0; i < 2; i++) {
        size_t n = strlen(NAMES[i]);
        if (text.n - at < n || memcmp(text.p + at, NAMES[i], n) != 0)
            continue;
        for (at += n; at < text.n && text.p[at] != '"' && text.p[at] != '&';)
            at++;
        break;
    }
    return at;
}

static bool same_text(cairn_span a, cairn_span b, size_t *where)
{
    size_t i = 0, j = 0;
    while (i < a.n && j < b.n) {
        i = past_token(a, i);
        j = past_token(b, j);
        if (i == a.n || j == b.n || a.p[i] != b.p[j])
            break;
        i++;
        j++;
    }
    *where = i;
    return i == a.n && j == b.n;
}

static bool same(world *w, const cairn_api *api, cairn_request request)
{
    cairn_response answers[PARTIES] = {{0}};
    size_t where = 0;
    bool good = true;
    for (int i = 0; i < PARTIES; i++)
        good = answer(w, api, i, request, &answers[i]) && good;
    good = good && answers[TESTED].status == answers[ORACLE].status &&
           same_text(cairn_buf_span(&answers[TESTED].body), cairn_buf_span(&answers[ORACLE].body), &where);
    if (!good) {
        printf("answers differ: %.*s: %d, the oracle says %d, from byte %zu\n", CAIRN_SPAN_FMT(request.path),
               answers[TESTED].status, answers[ORACLE].status, where);
        for (int i = 0; i < PARTIES; i++) {
            size_t from = where > 200 ? where - 200 : 0, n = answers[i].body.n;
            printf("  %s: ...%.*s\n", i == ORACLE ? "oracle" : "tested", (int)(n - from > 500 ? 500 : n - from),
                   answers[i].body.p + from);
        }
    }
    for (int i = 0; i < PARTIES; i++)
        cairn_buf_free(&answers[i].body);
    return good;
}

/* The inquiry without what has no meaning for it, and with aggregations. */
static bool make_aggregate(const inquiry *asked, cairn_buf *out)
{
    cairn_json_walk walk = cairn_json_walk_object(cairn_buf_span(&asked->json));
    cairn_buf_add_byte(out, '{');
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        if (cairn_json_key_is(member.key, "sortby") || cairn_json_key_is(member.key, "fields"))
            continue;
        cairn_buf_add_span(out, member.whole);
        cairn_buf_add_byte(out, ',');
    }
    cairn_buf_add_text(out, AGGREGATIONS);
    return cairn_buf_add_byte(out, '}');
}

bool same_answers(world *w, dice *d, const inquiry *asked)
{
    cairn_api_options options = OPTIONS;
    options.null_geometry_hits = asked->null_geometry_hits;
    cairn_api *api = cairn_api_new(&options);
    cairn_buf aggregate = CAIRN_BUF_INIT((size_t)1 << 24);
    bool good = api && make_aggregate(asked, &aggregate) &&
                same(w, api, post("search", cairn_buf_span(&asked->json))) &&
                same(w, api, post("aggregate", cairn_buf_span(&aggregate))) &&
                (!dice_one_in(d, 50) || same(w, api, get(DOCUMENTS[dice_below(d, N_DOCUMENTS)])));
    cairn_buf_free(&aggregate);
    cairn_api_free(api);
    return good;
}
