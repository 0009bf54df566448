// LINK: api
#include "api/negotiate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *negotiated(const cairn_representation *list, const char *accept)
{
    const cairn_representation *as = cairn_negotiate(list, cairn_span_of(accept));
    return as ? as->content_type : "406";
}

#define GEOJSON "application/geo+json"
#define OPENAPI "application/vnd.oai.openapi"

static void any_kind_of_json_will_do(void **state)
{
    (void)state;
    const char *const good[] = {
        NULL,
        "",
        "*/*",
        "application/*",
        "application/json",
        GEOJSON,
        "Application/GEO+JSON",
        "application/ld+json",
        "text/html, application/json;q=0.1",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "application/geo+json;q=0, application/json",
        " application/json ; charset=utf-8 ; q=0.5 ",
        "application/json;q=x",
        ",,*/*",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_string_equal(negotiated(cairn_as_geojson, good[i]), GEOJSON);
}

static void what_is_no_json_will_not(void **state)
{
    (void)state;
    const char *const bad[] = {"text/html",
                               "application/xml",
                               "text/*",
                               "application/json;q=0",
                               "*/*;q=0",
                               "image/png, text/html;q=0.9",
                               "application/json;q=0.000"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(negotiated(cairn_as_json, bad[i]), "406");
}

static void the_better_form_wins(void **state)
{
    (void)state;
    assert_string_equal(negotiated(cairn_as_openapi, NULL), OPENAPI "+json;version=3.0");
    assert_string_equal(negotiated(cairn_as_openapi, "*/*"), OPENAPI "+json;version=3.0");
    assert_string_equal(negotiated(cairn_as_openapi, OPENAPI "+json;version=3.0"), OPENAPI "+json;version=3.0");
    assert_string_equal(negotiated(cairn_as_openapi, OPENAPI ";version=3.0"), OPENAPI ";version=3.0");
    assert_string_equal(negotiated(cairn_as_openapi, "application/yaml"), "application/yaml");
    assert_string_equal(negotiated(cairn_as_openapi, "application/yaml, */*;q=0.1"), "application/yaml");
    assert_string_equal(negotiated(cairn_as_openapi, "application/yaml;q=0.2, */*;q=0.3"), OPENAPI "+json;version=3.0");
    assert_string_equal(negotiated(cairn_as_openapi, "application/json"), OPENAPI "+json;version=3.0");
    assert_string_equal(negotiated(cairn_as_openapi, "text/html"), "406");
    assert_string_equal(negotiated(cairn_as_openapi, "application/json, application/yaml"),
                        OPENAPI "+json;version=3.0");
    assert_string_equal(negotiated(cairn_as_openapi, "application/json;q=0.5, application/yaml"), "application/yaml");
    assert_string_equal(negotiated(cairn_as_items, "application/json, application/x-ndjson"), GEOJSON);
    assert_string_equal(negotiated(cairn_as_items, "application/json, text/csv;q=0.5"), GEOJSON);
    assert_string_equal(negotiated(cairn_as_items, "application/json;q=0.4, application/x-ndjson;q=0.5"),
                        "application/x-ndjson");
    assert_string_equal(negotiated(cairn_as_items, GEOJSON ";q=0.1, application/json, application/x-ndjson;q=0.5"),
                        "application/x-ndjson");
    assert_string_equal(negotiated(cairn_as_html, "application/json"), "text/html; charset=utf-8");
}

static const char *formatted(const cairn_representation *list, const char *format)
{
    cairn_error error = CAIRN_ERROR_INIT;
    const cairn_representation *as = NULL;
    if (cairn_negotiate_format(list, cairn_span_of(format), &as, &error) == CAIRN_OK)
        return as->content_type;
    assert_string_equal(error.parameter, "f");
    return "400";
}

static void f_names_a_form(void **state)
{
    (void)state;
    assert_string_equal(formatted(cairn_as_json, "json"), "application/json");
    assert_string_equal(formatted(cairn_as_json, "geojson"), "application/json");
    assert_string_equal(formatted(cairn_as_geojson, "json"), GEOJSON);
    assert_string_equal(formatted(cairn_as_geojson, "geojson"), GEOJSON);
    assert_string_equal(formatted(cairn_as_openapi, "yaml"), OPENAPI ";version=3.0");
    assert_string_equal(formatted(cairn_as_openapi, "json"), OPENAPI "+json;version=3.0");
    assert_string_equal(formatted(cairn_as_html, "html"), "text/html; charset=utf-8");
    assert_string_equal(formatted(cairn_as_html, "json"), "400");
    assert_string_equal(formatted(cairn_as_json, "html"), "400");
    assert_string_equal(formatted(cairn_as_json, ""), "400");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_kind_of_json_will_do),
        cmocka_unit_test(what_is_no_json_will_not),
        cmocka_unit_test(the_better_form_wins),
        cmocka_unit_test(f_names_a_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
