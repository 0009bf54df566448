// LINK: api store_memory
#include "api.h"

#include "base/json.h"
#include "base/uri.h"

#include <zlib.h>

enum { N_ITEMS = 20 };

#define ITEM(collection, id, lon, day)                                                                                 \
    "{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"" id "\",\"collection\":\"" collection                  \
    "\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[" lon ",1]},\"bbox\":[" lon ",1," lon                        \
    ",1],\"properties\":{\"datetime\":\"2020-01-" day "T00:00:00Z\",\"note\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}" \
    ",\"links\":[{\"rel\":\"license\",\"href\":\"https://example.com/l\"}],\"assets\":{}}"

/* Collections "a" (N_ITEMS items, i00 the newest) and "b c/ä" (one item with the id "x/y%?#"). */
static void fill(fixture *f, cairn_writer *writer)
{
    for (int i = 0; i < N_ITEMS; i++) {
        cairn_span json = cairn_arena_printf(f->arena, ITEM("a", "i%02d", "%d", "%02d"), i, i, i, i, 31 - i);
        put(f, writer, json.p);
    }
    put(f, writer, ITEM("b c/\xc3\xa4", "x/y%?#", "100", "01"));
}

static int setup(void **state)
{
    const cairn_api_options options = {.count_budget = 10000, .count_budget_one = 1000000};
    return open_api(state, fill, &options);
}

/* ---- asking ---- */

static cairn_span decoded(fixture *f, cairn_span text)
{
    cairn_span copy = cairn_uri_decode(f->arena, text);
    assert_non_null(copy.p);
    return copy;
}

static cairn_span until(cairn_span *rest, const char *separators)
{
    size_t n = 0;
    while (n < rest->n && !strchr(separators, rest->p[n]))
        n++;
    cairn_span piece = {rest->p, n};
    size_t used = n < rest->n ? n + 1 : n;
    *rest = cairn_span_make(rest->p + used, rest->n - used);
    return piece;
}

static void set_target(fixture *f, cairn_request *request, cairn_span target)
{
    cairn_span path = until(&target, "?");
    request->path = path;
    until(&path, "/");
    while (path.n)
        request->segments[request->n_segments++] = decoded(f, until(&path, "/"));
    while (target.n) {
        cairn_param *param = &request->params[request->n_params++];
        cairn_span pair = until(&target, "&");
        param->name = decoded(f, until(&pair, "="));
        param->value = decoded(f, pair);
    }
}

#define BASE "https://example.org/stac"

/* Sends what f->request says to `target`, and gives the body, NUL-terminated. */
static cairn_span send(fixture *f, cairn_method method, cairn_span target)
{
    f->request.method = method;
    f->request.arena = f->arena;
    f->request.base_url = cairn_span_of(BASE);
    f->request.n_segments = f->request.n_params = 0;
    set_target(f, &f->request, target);
    cairn_buf_free(&f->response.body);
    ASSERT_OK(cairn_api_answer(f->api, f->session, &f->request, &f->response));
    return cairn_arena_copy(f->arena, cairn_buf_span(&f->response.body));
}

static cairn_span get(fixture *f, const char *target, int status)
{
    cairn_span body = send(f, CAIRN_GET, cairn_span_of(target));
    if (f->response.status != status)
        print_error("%s: %.*s\n", target, CAIRN_SPAN_FMT(body));
    assert_int_equal(f->response.status, status);
    if (!f->response.gzipped && strcmp(f->response.content_type, "text/html; charset=utf-8") != 0)
        ASSERT_OK(cairn_json_check(body, CAIRN_JSON_MAX_DEPTH, NULL, &f->error));
    return body;
}

static cairn_span post(fixture *f, const char *target, cairn_span json, int status)
{
    f->request.body = json;
    cairn_span body = send(f, CAIRN_POST, cairn_span_of(target));
    f->request.body = CAIRN_SPAN_NONE;
    if (f->response.status != status)
        print_error("%.*s: %.*s\n", CAIRN_SPAN_FMT(json), CAIRN_SPAN_FMT(body));
    assert_int_equal(f->response.status, status);
    ASSERT_OK(cairn_json_check(body, CAIRN_JSON_MAX_DEPTH, NULL, &f->error));
    return body;
}

/* ---- looking ---- */

static cairn_span link_of(cairn_span document, const char *rel)
{
    cairn_json_walk walk = cairn_json_walk_array(cairn_json_get(document, "links"));
    cairn_span link;
    while (cairn_json_next_element(&walk, &link))
        if (cairn_json_string_is(cairn_json_get(link, "rel"), rel))
            return link;
    return CAIRN_SPAN_NONE;
}

static cairn_span string_of(fixture *f, cairn_span object, const char *name)
{
    return cairn_json_string(cairn_json_get(object, name), f->arena);
}

/* The target of a link's href on this server, NUL-terminated. */
static cairn_span target_of(fixture *f, cairn_span link)
{
    cairn_span href = string_of(f, link, "href");
    assert_true(cairn_span_starts(href, BASE "/"));
    return cairn_arena_copy(f->arena, cairn_span_make(href.p + strlen(BASE), href.n - strlen(BASE)));
}

static cairn_span ids_of(fixture *f, cairn_span page)
{
    cairn_buf ids = CAIRN_BUF_INIT(MAX_TEXT);
    cairn_json_walk walk = cairn_json_walk_array(cairn_json_get(page, "features"));
    cairn_span item;
    while (cairn_json_next_element(&walk, &item)) {
        cairn_buf_add_span(&ids, string_of(f, item, "id"));
        cairn_buf_add_byte(&ids, ' ');
    }
    cairn_span text = cairn_arena_copy(f->arena, cairn_buf_span(&ids));
    cairn_buf_free(&ids);
    return text;
}

static long long number_of(cairn_span page, const char *name)
{
    long long number = -1;
    cairn_json_integer(cairn_json_get(page, name), &number);
    return number;
}

static cairn_span inflated(fixture *f, cairn_span gzip)
{
    char *text = malloc(MAX_TEXT);
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)gzip.p,
                       .avail_in = (unsigned)gzip.n,
                       .next_out = (unsigned char *)text,
                       .avail_out = MAX_TEXT};
    assert_int_equal(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    cairn_span copy = cairn_arena_copy(f->arena, cairn_span_make(text, stream.total_out));
    inflateEnd(&stream);
    free(text);
    return copy;
}

/* ---- tests ---- */

static const char *const FORWARD[] = {"i00 i01 i02 i03 i04 i05 i06 ", "i07 i08 i09 i10 i11 i12 i13 ",
                                      "i14 i15 i16 i17 i18 i19 x/y%?# "};
enum { N_PAGES = 3 };

static void pages_by_get(void **state)
{
    fixture *f = *state;
    cairn_span page = get(f, "/search?limit=7&datetime=../2030-01-01T00:00:00Z", 200);
    assert_null(link_of(page, "prev").p);
    assert_int_equal(number_of(page, "numberMatched"), N_ITEMS + 1);
    for (int i = 0;; i++) {
        assert_string_equal(ids_of(f, page).p, FORWARD[i]);
        assert_int_equal(number_of(page, "numberReturned"), 7);
        if (i == N_PAGES - 1)
            break;
        page = send(f, CAIRN_GET, target_of(f, link_of(page, "next")));
    }
    assert_null(link_of(page, "next").p);
    for (int i = N_PAGES - 2; i >= 0; i--) {
        page = send(f, CAIRN_GET, target_of(f, link_of(page, "prev")));
        assert_string_equal(ids_of(f, page).p, FORWARD[i]);
        assert_non_null(link_of(page, "next").p);
        assert_int_equal(number_of(page, "numberMatched"), -1);
    }
    assert_null(link_of(page, "prev").p);
    page = send(f, CAIRN_GET, target_of(f, link_of(page, "next")));
    assert_string_equal(ids_of(f, page).p, FORWARD[1]);
}

static cairn_span follow_by_post(fixture *f, cairn_span page, const char *rel)
{
    cairn_span link = link_of(page, rel);
    assert_true(cairn_json_string_is(cairn_json_get(link, "method"), "POST"));
    assert_true(cairn_span_is(cairn_json_get(link, "merge"), "false"));
    assert_true(cairn_span_is(cairn_json_get(cairn_json_get(link, "body"), "bbox"), "[-180.0,-9e1,180,90]"));
    return post(f, target_of(f, link).p, cairn_json_get(link, "body"), 200);
}

static void pages_by_post(void **state)
{
    fixture *f = *state;
    cairn_span body = cairn_span_of(" {\"limit\": 7, \"token\": null, \"bbox\": [-180.0, -9e1, 180, 90]} ");
    cairn_span page = post(f, "/search", body, 200);
    for (int i = 0; i < N_PAGES; i++) {
        assert_string_equal(ids_of(f, page).p, FORWARD[i]);
        if (i < N_PAGES - 1)
            page = follow_by_post(f, page, "next");
    }
    assert_null(link_of(page, "next").p);
    assert_false(f->response.cacheable);
    page = follow_by_post(f, page, "prev");
    assert_string_equal(ids_of(f, page).p, FORWARD[1]);
}

static void items_of_a_collection(void **state)
{
    fixture *f = *state;
    cairn_span page = get(f, "/collections/a/items", 200);
    assert_string_equal(f->response.content_type, "application/geo+json");
    assert_true(cairn_span_is(string_of(f, link_of(page, "self"), "href"), BASE "/collections/a/items"));
    assert_true(cairn_span_is(string_of(f, link_of(page, "collection"), "href"), BASE "/collections/a"));
    assert_true(cairn_span_is(string_of(f, link_of(page, "root"), "href"), BASE "/"));
    assert_int_equal(number_of(page, "numberMatched"), N_ITEMS);
    assert_int_equal(number_of(page, "numberReturned"), CAIRN_DEFAULT_LIMIT);
    page = send(f, CAIRN_GET, target_of(f, link_of(page, "next")));
    assert_null(link_of(page, "next").p);
    page = get(f, "/collections/a/items?datetime=1999-01-01T00:00:00Z", 200);
    assert_int_equal(number_of(page, "numberMatched"), 0);
    get(f, "/collections/nowhere/items", 404);
    page = get(f, "/search?collections=nowhere", 200);
    assert_int_equal(number_of(page, "numberReturned"), 0);
}

static void odd_ids_have_links_that_work(void **state)
{
    fixture *f = *state;
    cairn_span page = get(f, "/search?ids=x%2Fy%25%3F%23", 200);
    cairn_json_walk walk = cairn_json_walk_array(cairn_json_get(page, "features"));
    cairn_span item;
    assert_true(cairn_json_next_element(&walk, &item));
    assert_true(cairn_span_is(string_of(f, link_of(item, "self"), "href"),
                              BASE "/collections/b%20c%2F%C3%A4/items/x%2Fy%25%3F%23"));
    assert_non_null(link_of(item, "license").p);
    cairn_span same = get(f, target_of(f, link_of(item, "self")).p, 200);
    assert_true(cairn_span_equal(same, item));
    cairn_span collection = get(f, target_of(f, link_of(item, "collection")).p, 200);
    assert_true(cairn_span_is(string_of(f, collection, "id"), "b c/\xc3\xa4"));
    assert_true(cairn_span_equal(string_of(f, link_of(collection, "self"), "href"),
                                 string_of(f, link_of(item, "collection"), "href")));
}

static void gzip_holds_the_same_text(void **state)
{
    fixture *f = *state;
    const char *const targets[] = {"/search?limit=100",
                                   "/search?limit=100&profile=source",
                                   "/collections/a/items?limit=3",
                                   "/collections/a/items/i03",
                                   "/search?ids=none",
                                   "/",
                                   "/api",
                                   "/collections"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        f->request.accepts_gzip = false;
        cairn_span plain = get(f, targets[i], 200);
        assert_false(f->response.gzipped);
        f->request.accepts_gzip = true;
        cairn_span gzip = get(f, targets[i], 200);
        assert_true(f->response.gzipped || plain.n <= 1024);
        assert_true(cairn_span_equal(plain, f->response.gzipped ? inflated(f, gzip) : gzip));
        f->request.accepts_gzip = false;
    }
}

static void the_source_has_its_own_words(void **state)
{
    fixture *f = *state;
    assert_null(cairn_json_get(get(f, "/collections/a/items/i03", 200), "words").p);
    assert_true(f->response.vary_profile);
    assert_non_null(cairn_json_get(get(f, "/collections/a/items/i03?profile=source", 200), "words").p);
    assert_false(f->response.vary_profile);
    f->request.accept_profile = cairn_span_of("source");
    cairn_span page = get(f, "/search?limit=2", 200);
    f->request.accept_profile = CAIRN_SPAN_NONE;
    page = send(f, CAIRN_GET, target_of(f, link_of(page, "next")));
    assert_non_null(strstr(page.p, "of the source"));
    page = post(f, "/search?profile=source", cairn_span_of("{\"limit\":1}"), 200);
    assert_non_null(strstr(page.p, "of the source"));
    assert_true(cairn_span_is(target_of(f, link_of(page, "next")), "/search?profile=source"));
    get(f, "/search?profile=other", 400);
    get(f, "/search?profile=source&profile=source", 400);
}

static void a_page_ends_at_its_bytes(void **state)
{
    fixture *f = *state;
    f->options.max_page_bytes = 1;
    cairn_span page = get(f, "/search?limit=5", 200);
    assert_int_equal(number_of(page, "numberReturned"), 1);
    for (int i = 1; i <= N_ITEMS; i++)
        page = send(f, CAIRN_GET, target_of(f, link_of(page, "next")));
    assert_string_equal(ids_of(f, page).p, "x/y%?# ");
    assert_null(link_of(page, "next").p);
}

static void assert_says(cairn_span body, const char *words)
{
    if (!strstr(body.p, words))
        print_error("expected %s in %s\n", words, body.p);
    assert_non_null(strstr(body.p, words));
}

static void wrong_requests(void **state)
{
    fixture *f = *state;
    assert_says(get(f, "/search?bbbox=1,2,3,4", 400), "did you mean \\\"bbox\\\"");
    assert_says(get(f, "/search?limit=0", 400), "limit");
    assert_says(get(f, "/search?bbox=0,0,1,1&intersects={}", 400), "intersects");
    assert_says(get(f, "/search?f=xml", 400), "f: unknown format");
    assert_says(get(f, "/search?token=AAAA", 400), "token");
    assert_says(get(f, "/collections/a/items?collections=b", 400), "collections: expected \\\"a\\\"");
    get(f, "/collections/a/items?collections=a,b", 200);
    assert_says(get(f, "/?limit=1", 400), "limit");
    assert_says(get(f, "/searchh", 404), "/search");
    assert_says(get(f, "/collections/a/items/none", 404), "none");
    assert_says(post(f, "/search?limit=1", cairn_span_of("{}"), 400), "body");
    assert_says(post(f, "/search", cairn_span_of("[]"), 400), "object");
    assert_says(post(f, "/search", cairn_span_of("{\"limits\":1}"), 400), "limit");
    assert_says(post(f, "/search", cairn_span_of("{\"ids\":\"x\"}"), 400), "ids");
    post(f, "/search", cairn_span_of("{\"collections\":\"a\"}"), 200);
    f->options.ignore_unknown_params = true;
    get(f, "/search?bbbox=1,2,3,4&key=k", 200);
    assert_says(get(f, "/search?filter=1%3D", 400), "filter");
}

static void ignored_parameters_are_not_in_links(void **state)
{
    fixture *f = *state;
    f->options.ignore_unknown_params = true;
    cairn_span page = get(f, "/search?limit=1&key=secret", 200);
    assert_null(strstr(page.p, "secret"));
}

static void methods_and_media(void **state)
{
    fixture *f = *state;
    post(f, "/collections", cairn_span_of("{}"), 405);
    assert_int_equal(f->response.allow, CAIRN_GET | CAIRN_HEAD | CAIRN_OPTIONS);
    send(f, CAIRN_OTHER_METHOD, cairn_span_of("/search"));
    assert_int_equal(f->response.status, 405);
    assert_int_equal(f->response.allow, CAIRN_GET | CAIRN_HEAD | CAIRN_OPTIONS | CAIRN_POST);
    send(f, CAIRN_OPTIONS, cairn_span_of("/search"));
    assert_int_equal(f->response.status, 204);
    assert_int_equal(f->response.body.n, 0);
    f->request.accept = cairn_span_of("text/html");
    get(f, "/search", 406);
    get(f, "/search?f=json", 200);
    get(f, "/api.html", 200);
    f->request.accept = CAIRN_SPAN_NONE;
    f->request.content_type = cairn_span_of("text/plain");
    post(f, "/search", cairn_span_of("{}"), 415);
    f->request.content_type = cairn_span_of("application/json; charset=utf-8");
    post(f, "/search", cairn_span_of("{}"), 200);
}

static void landing_page(void **state)
{
    fixture *f = *state;
    cairn_span page = get(f, "/", 200);
    assert_true(cairn_span_is(string_of(f, page, "id"), "test"));
    const char *const rels[] = {"self",        "root", "service-desc", "service-doc",
                                "conformance", "data", "search",       "child"};
    for (size_t i = 0; i < sizeof rels / sizeof *rels; i++) {
        cairn_span link = link_of(page, rels[i]);
        assert_non_null(link.p);
        assert_non_null(cairn_json_get(link, "type").p);
        if (strcmp(rels[i], "search") != 0)
            get(f, target_of(f, link).p, 200);
    }
    cairn_span classes = cairn_json_get(get(f, "/conformance", 200), "conformsTo");
    assert_true(cairn_span_equal(cairn_json_get(page, "conformsTo"), classes));
    f->options.id = cairn_span_of("mine");
    f->options.title = cairn_span_of("a \"title\"");
    assert_true(cairn_span_is(string_of(f, get(f, "/", 200), "id"), "mine"));
    assert_true(cairn_span_is(string_of(f, get(f, "/", 200), "title"), "a \"title\""));
}

static void the_definition_names_this_server(void **state)
{
    fixture *f = *state;
    cairn_span json = get(f, "/api", 200);
    assert_true(cairn_span_is(cairn_json_get(json, "servers"), "[{\"url\":\"" BASE "/\"}]"));
    f->request.accept = cairn_span_of("application/vnd.oai.openapi;version=3.0");
    cairn_span yaml = send(f, CAIRN_GET, cairn_span_of("/api"));
    assert_string_equal(f->response.content_type, "application/vnd.oai.openapi;version=3.0");
    assert_true(f->response.vary_accept);
    assert_true(cairn_span_starts(yaml, "openapi: 3"));
    assert_non_null(strstr(yaml.p, "\nservers: [{\"url\":\"" BASE "/\"}]\n"));
}

/* An answer needs little of the arena; one that is too small gives 503, at whatever allocation it ends. */
static void a_small_arena_is_no_crash(void **state)
{
    fixture *f = *state;
    const char body[] =
        "{\"limit\":2,\"ids\":[\"i01\",\"i02\",\"i03\"],\"intersects\":{\"type\":\"Polygon\",\"coordinates\":"
        "[[[-1,-1],[50,-1],[50,50],[-1,50],[-1,-1]]]}}";
    bool worked = false;
    for (size_t cap = 0; cap < 1 << 17 && !worked; cap += 40) {
        cairn_request request = {.method = CAIRN_POST, .path = cairn_span_of("/search"), .n_segments = 1};
        request.segments[0] = cairn_span_of("search");
        request.body = cairn_span_of(body);
        request.base_url = cairn_span_of(BASE);
        request.arena = cairn_arena_new(cap);
        assert_non_null(request.arena);
        cairn_response response;
        ASSERT_OK(cairn_api_answer(f->api, f->session, &request, &response));
        worked = response.status == 200;
        assert_true(worked || response.status == 503);
        cairn_buf_free(&response.body);
        cairn_arena_free(request.arena);
    }
    assert_true(worked);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, close_api)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_by_get),
        TEST(pages_by_post),
        TEST(items_of_a_collection),
        TEST(odd_ids_have_links_that_work),
        TEST(gzip_holds_the_same_text),
        TEST(the_source_has_its_own_words),
        TEST(a_page_ends_at_its_bytes),
        TEST(wrong_requests),
        TEST(ignored_parameters_are_not_in_links),
        TEST(methods_and_media),
        TEST(landing_page),
        TEST(the_definition_names_this_server),
        TEST(a_small_arena_is_no_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
