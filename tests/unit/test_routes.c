// LINK: api store_memory
#include "api/call.h"
#include "api/links.h"
#include "api/openapi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static cairn_arena *arena;

static int make_arena(void **state)
{
    (void)state;
    arena = cairn_arena_new(1 << 20);
    return arena ? 0 : -1;
}

static int free_arena(void **state)
{
    (void)state;
    cairn_arena_free(arena);
    return 0;
}

/* The segments between the slashes of `path`, taken as decoded. */
static cairn_request request_for(const char *path)
{
    cairn_request request = {.method = CAIRN_GET, .path = cairn_span_of(path), .arena = arena};
    while (*path == '/' && path[1]) {
        size_t n = strcspn(path + 1, "/");
        request.segments[request.n_segments++] = cairn_span_make(path + 1, n);
        path += n + 1;
    }
    return request;
}

static const char *operation_of(const char *path)
{
    cairn_span collection, item;
    cairn_request request = request_for(path);
    const cairn_route *route = cairn_route_match(&request, &collection, &item);
    return route ? route->info.operation_id : "none";
}

static void each_path_finds_its_route(void **state)
{
    (void)state;
    assert_string_equal(operation_of("/"), "getLandingPage");
    assert_string_equal(operation_of("/conformance"), "getConformance");
    assert_string_equal(operation_of("/api"), "getOpenapi");
    assert_string_equal(operation_of("/api.html"), "getOpenapiHtml");
    assert_string_equal(operation_of("/healthz"), "getHealth");
    assert_string_equal(operation_of("/collections"), "getCollections");
    assert_string_equal(operation_of("/collections/a"), "getCollection");
    assert_string_equal(operation_of("/collections/items"), "getCollection");
    assert_string_equal(operation_of("/collections/a/items"), "getItems");
    assert_string_equal(operation_of("/collections/a/items/b"), "getItem");
    assert_string_equal(operation_of("/search"), "getSearch");
    assert_string_equal(operation_of("/Search"), "none");
    assert_string_equal(operation_of("/collections/a/items/b/c"), "none");
    assert_string_equal(operation_of("/collections/a/b"), "none");
}

static void ids_may_be_anything(void **state)
{
    (void)state;
    cairn_span collection, item;
    cairn_request request = request_for("/collections/x/items/y");
    request.segments[1] = cairn_span_of("a/b c%");
    request.segments[3] = cairn_span_of("..");
    assert_non_null(cairn_route_match(&request, &collection, &item));
    assert_true(cairn_span_is(collection, "a/b c%"));
    assert_true(cairn_span_is(item, ".."));
}

static void assert_suggests(const char *path, const char *expected)
{
    cairn_request request = request_for(path);
    cairn_span suggestion = cairn_route_suggest(&request);
    if (!expected)
        assert_null(suggestion.p);
    else
        assert_string_equal(suggestion.p, expected);
}

static void near_paths_are_suggested(void **state)
{
    (void)state;
    assert_suggests("/searchh", "/search");
    assert_suggests("/collection", "/collections");
    assert_suggests("/Collections/a", "/collections/a");
    assert_suggests("/collections/a b/item", "/collections/a%20b/items");
    assert_suggests("/xyzzy", NULL);
    assert_suggests("/a/b/c/d/e", NULL);
}

static void ids_are_coded_in_paths(void **state)
{
    (void)state;
    assert_string_equal(cairn_path_of_collection(arena, cairn_span_of("a/b c%\xc3\xa4"), true).p,
                        "/collections/a%2Fb%20c%25%C3%A4/items");
    assert_string_equal(cairn_path_of_collection(arena, cairn_span_of(".."), false).p, "/collections/%2E%2E");
    assert_string_equal(cairn_path_join(arena, NULL, 0).p, "/");
}

static void yaml_is(const char *yaml, const char *json)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_buf out = CAIRN_BUF_INIT(1 << 16);
    assert_int_equal(cairn_yaml_to_json(cairn_span_of(yaml), &out, &error), CAIRN_OK);
    cairn_buf_add_byte(&out, '\0');
    assert_string_equal(out.p, json);
    cairn_buf_free(&out);
}

static void yaml_becomes_json(void **state)
{
    (void)state;
    yaml_is("a: 1\nb: [x, '2', 3.5, true, null, 1.0.0]\n'200':\n  c: {}\n",
            "{\"a\":1,\"b\":[\"x\",\"2\",3.5,true,null,\"1.0.0\"],\"200\":{\"c\":{}}}");
    yaml_is("- text: |\n    two\n    lines\n- folded: >-\n    a\n    b\n-\n",
            "[{\"text\":\"two\\nlines\\n\"},{\"folded\":\"a b\"},null]");
    yaml_is("d: 2020-01-01T00:00:00Z/..\n200: x\n", "{\"d\":\"2020-01-01T00:00:00Z/..\",\"200\":\"x\"}");
}

static void broken_yaml_is_refused(void **state)
{
    (void)state;
    const char *const broken[] = {"a: [1\n", "a: &x 1\nb: *x\n", "\t- a\n"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        cairn_error error = CAIRN_ERROR_INIT;
        cairn_buf out = CAIRN_BUF_INIT(1 << 16);
        assert_int_equal(cairn_yaml_to_json(cairn_span_of(broken[i]), &out, &error), CAIRN_INVALID);
        cairn_buf_free(&out);
    }
}

static void statuses(void **state)
{
    (void)state;
    cairn_response response = {0};
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_error_set(&error, CAIRN_INVALID, "expected \"a\"");
    cairn_error_at_parameter(&error, "bbox");
    cairn_api_error(&response, 0, &error);
    cairn_buf_add_byte(&response.body, '\0');
    assert_int_equal(response.status, 400);
    assert_string_equal(response.body.p,
                        "{\"code\":\"InvalidParameterValue\",\"description\":\"bbox: expected \\\"a\\\"\"}");

    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_error_set(&fault, CAIRN_IO, "near \"SELECT\": syntax error");
    cairn_api_error(&response, 0, &fault);
    cairn_buf_add_byte(&response.body, '\0');
    assert_int_equal(response.status, 500);
    assert_null(strstr(response.body.p, "SELECT"));
    cairn_buf_free(&response.body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_finds_its_route),
        cmocka_unit_test(ids_may_be_anything),
        cmocka_unit_test(near_paths_are_suggested),
        cmocka_unit_test(ids_are_coded_in_paths),
        cmocka_unit_test(yaml_becomes_json),
        cmocka_unit_test(broken_yaml_is_refused),
        cmocka_unit_test(statuses),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
