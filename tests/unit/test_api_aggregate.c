// LINK: api store_memory
#include "api.h"

#include "base/clock.h"
#include "base/json.h"

#define ITEM(collection, id, day, geometry, properties)                                                                \
    "{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"" id "\",\"collection\":\"" collection                  \
    "\",\"geometry\":" geometry ",\"properties\":{\"datetime\":\"" day "T00:00:00Z\"" properties                       \
    "},\"links\":[],\"assets\":{}}"
#define PLACE(lon) "{\"type\":\"Point\",\"coordinates\":[" lon ",1]}"

static const char *const ITEMS[] = {
    ITEM("a", "1", "2020-01-01", PLACE("1"), ",\"eo:cloud_cover\":1,\"platform\":\"p\",\"orbit\":\"up\""),
    ITEM("a", "2", "2020-01-31", PLACE("2"), ",\"eo:cloud_cover\":50,\"platform\":\"q\",\"orbit\":\"up\""),
    ITEM("a", "3", "2020-02-01", PLACE("3"), ",\"platform\":\"p\",\"orbit\":\"down\",\"other\":{\"a\":1}"),
    ITEM("a", "4", "2021-01-01", "null", ",\"orbit\":null"),
    ITEM("b", "1", "2019-06-01", PLACE("-100"), ",\"grid:code\":\"MGRS-1\",\"proj:epsg\":4326"),
};
enum { N_ITEMS = sizeof ITEMS / sizeof *ITEMS };

/* Collections "a" (four items), "b" (one) and "empty". */
static void fill(fixture *f, cairn_writer *writer)
{
    bool made;
    for (int i = 0; i < N_ITEMS; i++)
        put(f, writer, ITEMS[i]);
    ASSERT_OK(cairn_writer_ensure_collection(writer, cairn_span_of("empty"), true, &made, &f->error));
}

static int setup(void **state)
{
    const cairn_api_options options = {.max_page_bytes = 32 << 20, .aggregate_budget = 1000};
    return open_api(state, fill, &options);
}

/* ---- asking ---- */

static cairn_span piece(const char **at, const char *ends)
{
    size_t n = strcspn(*at, ends);
    cairn_span text = cairn_span_make(*at, n);
    *at += n + ((*at)[n] != '\0');
    return text;
}

/* "a/b" and "name=value&name=value", decoded already. */
static cairn_request request_of(fixture *f, cairn_method method, const char *path, const char *query)
{
    cairn_request request = {.method = method,
                             .path = cairn_span_of(path),
                             .arena = f->arena,
                             .base_url = cairn_span_of("https://example.org"),
                             .deadline = f->request.deadline};
    while (*path)
        request.segments[request.n_segments++] = piece(&path, "/");
    while (*query) {
        cairn_param *param = &request.params[request.n_params++];
        param->name = piece(&query, "=");
        param->value = piece(&query, "&");
    }
    return request;
}

static cairn_span answer(fixture *f, cairn_request *request, int status)
{
    cairn_buf_free(&f->response.body);
    ASSERT_OK(cairn_api_answer(f->api, f->session, request, &f->response));
    cairn_span body = cairn_arena_copy(f->arena, cairn_buf_span(&f->response.body));
    if (f->response.status != status)
        fail_msg("expected %d, got %d: %s", status, f->response.status, body.p);
    ASSERT_OK(cairn_json_check(body, CAIRN_JSON_MAX_DEPTH, NULL, &f->error));
    return body;
}

static cairn_span get(fixture *f, const char *path, const char *query, int status)
{
    cairn_request request = request_of(f, CAIRN_GET, path, query);
    return answer(f, &request, status);
}

static cairn_span post(fixture *f, const char *path, const char *body, int status)
{
    cairn_request request = request_of(f, CAIRN_POST, path, "");
    request.body = cairn_span_of(body);
    return answer(f, &request, status);
}

static void says(cairn_span body, const char *part)
{
    if (!strstr(body.p, part))
        fail_msg("%s\n does not say\n%s", body.p, part);
}

static void says_not(cairn_span body, const char *part)
{
    if (strstr(body.p, part))
        fail_msg("%s\n says\n%s", body.p, part);
}

/* ---- /aggregations ---- */

static void lists_what_makes_sense(void **state)
{
    fixture *f = *state;
    cairn_span all = get(f, "aggregations", "", 200);
    says(all,
         "{\"name\":\"total_count\",\"data_type\":\"integer\"},{\"name\":\"datetime_max\",\"data_type\":\"datetime\"}");
    says(all, "{\"name\":\"grid_code_frequency\",\"data_type\":\"frequency_distribution\","
              "\"frequency_distribution_data_type\":\"string\"}");
    says(all, "{\"name\":\"orbit_frequency\",\"data_type\":\"frequency_distribution\","
              "\"frequency_distribution_data_type\":\"string\"}");
    says(all, "{\"name\":\"proj:epsg_frequency\",\"data_type\":\"frequency_distribution\","
              "\"frequency_distribution_data_type\":\"numeric\"}");
    says(all, "geometry_geotile_grid_frequency");
    says(all, "{\"rel\":\"self\",\"type\":\"application/json\",\"href\":\"https://example.org/aggregations\"}");
    says(all, "{\"rel\":\"root\",\"type\":\"application/json\",\"href\":\"https://example.org/\"}");
    says_not(all,
             "\"platform_frequency\",\"data_type\":\"frequency_distribution\",\"frequency_distribution_data_type\":"
             "\"string\"},{\"name\":\"platform_frequency\"");
    says_not(all, "sun_elevation");
    says_not(all, "geohex");
    says_not(all, "\"other_frequency");
    says_not(all, "\"eo:cloud_cover_frequency");

    cairn_span b = get(f, "collections/b/aggregations", "", 200);
    says(b, "grid_code_frequency");
    says_not(b, "cloud_cover_frequency");
    says_not(b, "orbit");
    says(b, "{\"rel\":\"collection\",\"type\":\"application/json\",\"href\":\"https://example.org/collections/b\"}");
    says(get(f, "collections/empty/aggregations", "", 200), "total_count");
    get(f, "collections/none/aggregations", "", 404);
}

/* ---- /aggregate ---- */

static void counts_by_get(void **state)
{
    fixture *f = *state;
    cairn_span body = get(f, "aggregate", "aggregations=total_count,datetime_frequency&bbox=0,0,10,10", 200);
    says(body, "{\"type\":\"AggregationCollection\",\"aggregations\":[{\"name\":\"total_count\",\"data_type\":"
               "\"integer\",\"value\":3},");
    says(body, "{\"key\":\"2020-01-01T00:00:00.000Z\",\"data_type\":\"datetime\",\"frequency\":2}");
    says(body, "\"href\":\"https://example.org/aggregate?aggregations=total_count%2Cdatetime_frequency&bbox=");
    says(get(f, "collections/a/aggregate", "aggregations=platform_frequency&filter=eo:cloud_cover < 10", 200),
         "\"overflow\":0,\"buckets\":[{\"key\":\"p\",\"data_type\":\"string\",\"frequency\":1}]");
    says(get(f, "aggregate", "aggregations=total_count&q=1", 200), "\"value\":2}");
    says(get(f, "aggregate", "aggregations=total_count&limit=1&sortby=id&fields=id", 200), "\"value\":5}");
    says(get(f, "aggregate", "aggregations=centroid_geotile_grid_frequency&centroid_geotile_grid_frequency_precision=1",
             200),
         "\"overflow\":1,\"buckets\":[{\"key\":\"1/1/0\",\"data_type\":\"string\",\"frequency\":3},{\"key\":\"1/0/0\"");
}

static void counts_by_post(void **state)
{
    fixture *f = *state;
    cairn_span body =
        post(f, "aggregate",
             "{\"aggregations\":[\"datetime_frequency\"],\"datetime_frequency_interval\":\"year\","
             "\"collections\":[\"a\"],\"filter\":{\"op\":\"=\",\"args\":[{\"property\":\"orbit\"},\"up\"]}}",
             200);
    says(body, "\"interval\":\"year\",\"buckets\":[{\"key\":\"2020-01-01T00:00:00.000Z\",\"data_type\":\"datetime\","
               "\"frequency\":2}]");
    says_not(body, "\"self\"");
    says(post(f, "aggregate", "{\"aggregations\":\"total_count\",\"limit\":1}", 200), "\"value\":5}");
    says(post(f, "collections/b/aggregate", "{\"aggregations\":[\"total_count\"]}", 200), "\"value\":1}");
    says(post(f, "aggregate", "{\"aggregations\":[\"orbit_frequency\"],\"query\":{\"orbit\":{\"neq\":\"up\"}}}", 200),
         "\"buckets\":[{\"key\":\"down\",\"data_type\":\"string\",\"frequency\":1}]");
}

/* What the collections know by themselves is the same as what is counted. */
static void takes_known_counts(void **state)
{
    fixture *f = *state;
    static const char EXPECTED[] =
        "\"overflow\":0,\"buckets\":[{\"key\":\"a\",\"data_type\":\"string\",\"frequency\":4},"
        "{\"key\":\"b\",\"data_type\":\"string\",\"frequency\":1}]";
    f->options.aggregate_budget = 0;
    cairn_span body = get(f, "aggregate", "aggregations=collection_frequency,total_count", 200);
    says(body, EXPECTED);
    says(body, "\"value\":5}");
    says(get(f, "aggregate", "aggregations=total_count&collections=b,none", 200), "\"value\":1}");
    says(get(f, "collections/empty/aggregate", "aggregations=total_count", 200), "\"value\":0}");
    f->options.aggregate_budget = 5;
    says(get(f, "aggregate", "aggregations=collection_frequency,datetime_min", 200), EXPECTED);
}

static void refuses(void **state)
{
    fixture *f = *state;
    says(get(f, "aggregate", "", 400), "no aggregation is asked for");
    says(get(f, "aggregate", "aggregations=total", 400), "no aggregation is called 'total'");
    says(get(f, "aggregate", "aggregations=orbet_frequency", 400), "did you mean 'orbit'?");
    says(get(f, "aggregate", "aggregations=xyzxyz_frequency", 400), "/aggregations lists");
    says(get(f, "aggregate", "aggregations=total_count&bbox=1", 400), "bbox");
    says(get(f, "aggregate", "aggregations=total_count&nothing=1", 400), "unknown parameter");
    says(get(f, "aggregate", "aggregations=total_count&grid_geohash_frequency_precision=13", 400), "from 1 to 12");
    says(get(f, "aggregate", "aggregations=total_count&filter=a <", 400), "filter");
    says(post(f, "aggregate", "[]", 400), "a JSON object");
    says(post(f, "aggregate", "{\"aggregations\":[\"total_count\"", 400), "JSON");
    says(post(f, "aggregate", "{\"aggregations\":[\"total_count\"],\"boxes\":1}", 400), "boxes");
    get(f, "collections/none/aggregate", "aggregations=total_count", 404);
    post(f, "collections/none/aggregate", "{\"aggregations\":[\"total_count\"]}", 404);
    says(get(f, "collections/b/aggregate", "aggregations=total_count&collections=a", 400),
         "the collection of the path");
}

/* A collection answers what it lists, the whole catalog anything. */
static void collections_answer_what_they_list(void **state)
{
    fixture *f = *state;
    says(get(f, "collections/b/aggregate", "aggregations=cloud_cover_frequency", 400), "no item has the property");
    get(f, "collections/b/aggregate", "aggregations=orbit_frequency", 400);
    get(f, "collections/a/aggregate", "aggregations=orbit_frequency,cloud_cover_frequency", 200);
    get(f, "aggregate", "aggregations=sun_elevation_frequency,orbit_frequency", 200);
    says(get(f, "aggregate", "aggregations=proj:code_frequency", 200), "\"key\":\"EPSG:4326\"");
}

static void keeps_to_its_budgets(void **state)
{
    fixture *f = *state;
    f->options.aggregate_budget = 4;
    says(get(f, "aggregate", "aggregations=datetime_min", 400), "more than 4 items match");
    get(f, "aggregate", "aggregations=datetime_min&collections=a", 200);
    f->request.deadline = cairn_clock_now() - 1;
    get(f, "aggregate", "aggregations=datetime_min&collections=a", 503);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, close_api)
    const struct CMUnitTest tests[] = {
        TEST(lists_what_makes_sense), TEST(counts_by_get), TEST(counts_by_post),
        TEST(takes_known_counts),     TEST(refuses),       TEST(collections_answer_what_they_list),
        TEST(keeps_to_its_budgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
