// LINK: query
/* tests/oracles/test_fields.py compares many more cases with Python. */
#include "query/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ITEM                                                                                                           \
    "{\"type\":\"Feature\",\"stac_version\":\"1.1.0\",\"id\":\"i\",\"collection\":\"c\",\"geometry\":null,"            \
    "\"properties\":{\"datetime\":\"t\",\"eo:cloud_cover\":1.50,\"a\":{\"b\":1,\"c\":2},\"a.b\":3},"                   \
    "\"assets\":{\"B04\":{\"href\":\"x\",\"title\":\"y\"},\"B04.tif\":{\"href\":\"z\"}},\"links\":["
#define LICENSE "{\"rel\":\"license\",\"href\":\"https://example.com\"},"
#define FOUR    "{\"type\":\"Feature\",\"stac_version\":\"1.1.0\",\"id\":\"i\",\"collection\":\"c\""

typedef cairn_code read_fields(cairn_span text, cairn_arena *arena, const cairn_fields **out, cairn_error *error);

static cairn_arena *arena;

static int start(void **state)
{
    (void)state;
    arena = cairn_arena_new(1 << 20);
    return arena ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    cairn_arena_free(arena);
    return 0;
}

static const cairn_fields *read(read_fields *how, const char *text)
{
    const cairn_fields *fields = NULL;
    cairn_error error = CAIRN_ERROR_INIT;
    if (how(cairn_span_of(text), arena, &fields, &error) != CAIRN_OK)
        fail_msg("%s: %s", text, error.message);
    return fields;
}

static void expect_sent(read_fields *how, const char *asked, const char *open, const char *sent)
{
    cairn_buf out = CAIRN_BUF_INIT(1 << 16);
    assert_true(cairn_buf_add_text(&out, ">"));
    assert_true(cairn_fields_write(read(how, asked), cairn_span_of(open), &out));
    assert_true(cairn_buf_add_byte(&out, '\0'));
    assert_string_equal(out.p + 1, sent);
    assert_int_equal(out.p[0], '>');
    cairn_buf_free(&out);
}

static void expect_refusal(read_fields *how, const char *asked, cairn_code code, const char *message)
{
    const cairn_fields *fields;
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(how(cairn_span_of(asked), arena, &fields, &error), code);
    assert_string_equal(error.parameter, "fields");
    if (!strstr(error.message, message))
        fail_msg("%s: %s", asked, error.message);
}

static void test_included_by_get(void **state)
{
    (void)state;
    expect_sent(cairn_fields_from_text, "geometry", ITEM LICENSE, FOUR ",\"geometry\":null}");
    expect_sent(cairn_fields_from_text, "+geometry,,-geometry", ITEM, FOUR ",\"geometry\":null}");
    expect_sent(cairn_fields_from_text, " eo:cloud_cover", ITEM, FOUR ",\"properties\":{\"eo:cloud_cover\":1.50}}");
    expect_sent(cairn_fields_from_text, "properties.datetime", ITEM, FOUR ",\"properties\":{\"datetime\":\"t\"}}");
    expect_sent(cairn_fields_from_text, "none,assets.B02.href", ITEM, FOUR "}");
    expect_sent(cairn_fields_from_text, "links,-collection", ITEM LICENSE,
                "{\"type\":\"Feature\",\"stac_version\":\"1.1.0\",\"id\":\"i\",\"links\":[" LICENSE);
}

static void test_keys_with_dots(void **state)
{
    (void)state;
    expect_sent(cairn_fields_from_text, "assets.B04.tif.href", ITEM,
                FOUR ",\"assets\":{\"B04.tif\":{\"href\":\"z\"}}}");
    expect_sent(cairn_fields_from_text, "assets.B04", ITEM,
                FOUR ",\"assets\":{\"B04\":{\"href\":\"x\",\"title\":\"y\"}}}");
    expect_sent(cairn_fields_from_text, "a.b", ITEM, FOUR ",\"properties\":{\"a\":{\"b\":1},\"a.b\":3}}");
    expect_sent(cairn_fields_from_text, "a,-a.b", ITEM, FOUR ",\"properties\":{\"a\":{\"c\":2}}}");
}

static void test_the_default_set(void **state)
{
    (void)state;
    const char *sent =
        FOUR ",\"geometry\":null,\"properties\":{\"datetime\":\"t\"},\"assets\":{\"B04\":{\"href\":\"x\","
             "\"title\":\"y\"},\"B04.tif\":{\"href\":\"z\"}},\"links\":[";
    expect_sent(cairn_fields_from_text, "", ITEM, sent);
    expect_sent(cairn_fields_from_json, "{}", ITEM, sent);
    expect_sent(cairn_fields_from_json, "{\"include\":null,\"exclude\":[]}", ITEM, sent);
    expect_sent(cairn_fields_from_text, "-assets,-geometry,-properties,-links", ITEM LICENSE, FOUR "}");
    expect_sent(cairn_fields_from_json, "{\"include\":[],\"exclude\":[\"assets\",\"geometry\",\"datetime\"]}",
                ITEM LICENSE, FOUR ",\"links\":[" LICENSE);
}

static void test_a_range_is_sent_for_a_missing_datetime(void **state)
{
    (void)state;
    const char *item = "{\"type\":\"Feature\",\"properties\":{\"a\":1,\"datetime\":null,\"end_datetime\":\"e\","
                       "\"start_datetime\":\"s\"},\"links\":[";
    expect_sent(cairn_fields_from_text, "", item,
                "{\"type\":\"Feature\",\"properties\":{\"datetime\":null,\"end_datetime\":\"e\","
                "\"start_datetime\":\"s\"},\"links\":[");
    expect_sent(cairn_fields_from_text, "-links,-properties", item, "{\"type\":\"Feature\"}");
    expect_sent(cairn_fields_from_text, "datetime", item, "{\"type\":\"Feature\",\"properties\":{\"datetime\":null}}");
}

static void test_all_but(void **state)
{
    (void)state;
    expect_sent(cairn_fields_from_json, "{\"exclude\":[\"properties\",\"assets.B04\",\"stac_version\"]}", ITEM LICENSE,
                "{\"type\":\"Feature\",\"id\":\"i\",\"collection\":\"c\",\"geometry\":null,"
                "\"assets\":{\"B04.tif\":{\"href\":\"z\"}},\"links\":[" LICENSE);
    expect_sent(cairn_fields_from_json, "{\"exclude\":[\"links.href\",\"x\"]}", "{\"links\":[" LICENSE,
                "{\"links\":[" LICENSE);
}

static void test_escaped_keys(void **state)
{
    (void)state;
    const char *item =
        "{\"type\":\"Feature\",\"properties\":{\"a\\/b\":1,\"\\u00e9\":2,\"c\\\"\":{\"d\\n\":3,\"e\":4}},"
        "\"links\":[";
    expect_sent(cairn_fields_from_text, "a/b,\xC3\xA9", item,
                "{\"type\":\"Feature\",\"properties\":{\"a\\/b\":1,\"\\u00e9\":2}}");
    expect_sent(cairn_fields_from_json, "{\"include\":[\"c\\\".d\\n\"]}", item,
                "{\"type\":\"Feature\",\"properties\":{\"c\\\"\":{\"d\\n\":3}}}");
}

static void test_collections(void **state)
{
    (void)state;
    const char *collection = "{\"type\":\"Collection\",\"id\":\"c\",\"title\":\"t\",\"license\":\"other\","
                             "\"properties\":{\"title\":\"no\"},\"summaries\":{\"a\":[1],\"b\":[2]},\"links\":[";
    expect_sent(cairn_fields_from_text, "title,summaries.a", collection,
                "{\"type\":\"Collection\",\"id\":\"c\",\"title\":\"t\",\"summaries\":{\"a\":[1]}}");
    expect_sent(cairn_fields_from_text, "", collection,
                "{\"type\":\"Collection\",\"id\":\"c\",\"license\":\"other\",\"links\":[");
}

static void test_wants(void **state)
{
    (void)state;
    const cairn_fields *some = read(cairn_fields_from_text, "datetime,links.href,geometry.type");
    assert_false(cairn_fields_want_links(some));
    assert_true(cairn_fields_want(some, "properties") && cairn_fields_want(some, "geometry"));
    assert_false(cairn_fields_want(some, "assets"));
    const cairn_fields *rest = read(cairn_fields_from_json, "{\"exclude\":[\"assets\",\"properties.a\"]}");
    assert_true(cairn_fields_want_links(rest) && cairn_fields_want(rest, "properties"));
    assert_false(cairn_fields_want(rest, "assets"));
    assert_true(cairn_fields_want(read(cairn_fields_from_text, ""), "assets"));
}

static void test_refusals(void **state)
{
    (void)state;
    expect_refusal(cairn_fields_from_json, "null", CAIRN_INVALID, "null");
    expect_refusal(cairn_fields_from_json, "[\"id\"]", CAIRN_INVALID, "\"include\"");
    expect_refusal(cairn_fields_from_json, "{\"include\":\"id\"}", CAIRN_INVALID, "\"id\"");
    expect_refusal(cairn_fields_from_json, "{\"exclude\":[null]}", CAIRN_INVALID, "null");
    expect_refusal(cairn_fields_from_json, "{\"only\":[]}", CAIRN_INVALID, "only");
    expect_refusal(cairn_fields_from_text, "id, - ", CAIRN_INVALID, "sign");
    expect_refusal(cairn_fields_from_text, "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q", CAIRN_TOO_LARGE, "16");
}

static void test_a_full_buffer_and_a_full_arena(void **state)
{
    (void)state;
    for (size_t room = 0; room < 60; room++) {
        cairn_buf out = CAIRN_BUF_INIT(room);
        assert_false(cairn_fields_write(read(cairn_fields_from_text, "a.b,geometry"), cairn_span_of(ITEM), &out));
        cairn_buf_free(&out);
    }
    for (size_t cap = 0; cap < 1000; cap += 16) {
        const cairn_fields *fields;
        cairn_error error = CAIRN_ERROR_INIT;
        cairn_arena *small = cairn_arena_new(cap);
        assert_int_equal(cairn_fields_from_text(cairn_span_of("a,b,-c"), small, &fields, &error), CAIRN_NOMEM);
        cairn_arena_free(small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_included_by_get), cmocka_unit_test(test_keys_with_dots),
        cmocka_unit_test(test_the_default_set), cmocka_unit_test(test_a_range_is_sent_for_a_missing_datetime),
        cmocka_unit_test(test_all_but),         cmocka_unit_test(test_escaped_keys),
        cmocka_unit_test(test_collections),     cmocka_unit_test(test_wants),
        cmocka_unit_test(test_refusals),        cmocka_unit_test(test_a_full_buffer_and_a_full_arena),
    };
    return cmocka_run_group_tests_name("fields", tests, start, stop);
}
