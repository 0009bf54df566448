// LINK: store_memory
#include "store/memory/memory.h"

#include "base/clock.h"
#include "base/patch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A catalog with the collections a and b and seven items, see fill(). */
typedef struct fixture {
    cairn_arena *arena;
    cairn_store *store;
    cairn_session *session;
    cairn_writer *writer;
    cairn_codec *codec;
    cairn_geos *geos;
    cairn_buf packed;
    cairn_error error;
} fixture;

#define ASSERT_OK(call) assert_int_equal((call), CAIRN_OK)

static cairn_code put(fixture *f, const char *collection, const char *id, cairn_interval range, const char *geometry,
                      const char *body, cairn_conflict conflict, cairn_put *what)
{
    cairn_warnings warnings = {0};
    cairn_item item = {.id = cairn_span_of(id),
                       .collection = cairn_span_of(collection),
                       .has_datetime = cairn_time_compare(range.start, range.end) == 0,
                       .datetime = range.start,
                       .range = range,
                       .traits = (unsigned)range.end.sec};
    ASSERT_OK(cairn_footprint_read(f->geos, cairn_span_of(geometry), true, NULL, f->arena, &item.footprint, &warnings,
                                   &f->error));
    cairn_item_record record = {.item = &item};
    cairn_buf source = CAIRN_BUF_INIT(1 << 16);
    f->packed.n = 0;
    assert_non_null(cairn_buf_reserve(&f->packed, 1 << 16));
    assert_true(cairn_pack(f->codec, cairn_span_of(body), &f->packed, &record.body));
    assert_true(cairn_patch_make(cairn_span_of(body), cairn_span_of("{\"source\":[{},"), &source));
    assert_true(cairn_pack(f->codec, cairn_buf_span(&source), &f->packed, &record.source));
    cairn_code code = cairn_writer_put_item(f->writer, &record, conflict, what, &f->error);
    cairn_buf_free(&source);
    return code;
}

static cairn_interval at(int64_t start, int64_t end)
{
    return (cairn_interval){{start, 0}, {end, 0}};
}

static const char POINT[] = "{\"type\":\"Point\",\"coordinates\":[10,10]}";
static const char SQUARE[] = "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,4],[0,4],[0,0]]]}";
static const char LINE[] = "{\"type\":\"LineString\",\"coordinates\":[[-10,-10],[20,20]]}";

/* Open forms of one length. */
#define BODY(id, collection, properties)                                                                               \
    "{\"id\":\"" id "\",\"collection\":\"" collection "\",\"properties\":{" properties "},\"links\":["
enum { BODY_BYTES = sizeof BODY("1", "a", "\"n\":1,\"title\":\"red\"") - 1 };
static const char A1[] = BODY("1", "a", "\"n\":1,\"title\":\"red\"");
static const char B1[] = BODY("1", "b", "\"n\":9,\"title\":\"fox\"");
static const char OTHER[] = "{\"id\":\"1\",\"properties\":{},\"links\":[";

/* The order of what is made here: a/4 a/2 a/3 b/2 b/1 a/1 b/6. */
static void fill(fixture *f)
{
    bool made;
    cairn_put what;
    ASSERT_OK(cairn_writer_begin(f->writer, &f->error));
    ASSERT_OK(cairn_writer_ensure_collection(f->writer, cairn_span_of("a"), true, &made, &f->error));
    ASSERT_OK(cairn_writer_ensure_collection(f->writer, cairn_span_of("b"), true, &made, &f->error));
    ASSERT_OK(put(f, "a", "1", at(10, 10), POINT, A1, CAIRN_CONFLICT_REPLACE, &what));
    ASSERT_OK(put(f, "a", "2", at(30, 30), SQUARE, BODY("2", "a", "\"n\":2,\"title\":\"fox\""), CAIRN_CONFLICT_REPLACE,
                  &what));
    ASSERT_OK(
        put(f, "a", "3", at(30, 30), "null", BODY("3", "a", "\"n\":3,\"title\":12345"), CAIRN_CONFLICT_REPLACE, &what));
    ASSERT_OK(
        put(f, "a", "4", at(40, 60), LINE, BODY("4", "a", "\"n\":2,\"title\":\"red\""), CAIRN_CONFLICT_REPLACE, &what));
    ASSERT_OK(put(f, "b", "1", at(20, 20), POINT, B1, CAIRN_CONFLICT_REPLACE, &what));
    ASSERT_OK(put(f, "b", "2", at(30, 30), SQUARE, BODY("2", "b", "\"n\":4,\"other\":\"red\""), CAIRN_CONFLICT_REPLACE,
                  &what));
    ASSERT_OK(put(f, "b", "6", (cairn_interval){CAIRN_TIME_MIN, {15, 0}}, SQUARE,
                  BODY("6", "b", "\"n\":5,\"title\":\"Fox\""), CAIRN_CONFLICT_REPLACE, &what));
    assert_int_equal(what, CAIRN_PUT_ADDED);
    ASSERT_OK(cairn_writer_commit(f->writer, &f->error));
}

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->arena = cairn_arena_new(16 << 20);
    f->store = cairn_memory_store_new();
    f->codec = cairn_codec_new(6);
    f->geos = cairn_geos_new();
    f->packed = (cairn_buf)CAIRN_BUF_INIT(1 << 20);
    cairn_error_clear(&f->error);
    *state = f;
    return !f->store || cairn_session_open(f->store, &f->session, &f->error) != CAIRN_OK ||
           cairn_writer_open(f->store, &f->writer, &f->error) != CAIRN_OK;
}

static int teardown(void **state)
{
    fixture *f = *state;
    cairn_session_close(f->session);
    ASSERT_OK(cairn_writer_close(f->writer, &f->error));
    cairn_store_close(f->store);
    cairn_codec_free(f->codec);
    cairn_geos_free(f->geos);
    cairn_buf_free(&f->packed);
    cairn_arena_free(f->arena);
    free(f);
    return 0;
}

/* ---- searching ---- */

typedef struct names {
    fixture *f;
    char text[256];
    cairn_code answer;
} names;

static cairn_code add_name(void *context, const cairn_item_row *row, cairn_error *error)
{
    (void)error;
    names *n = context;
    size_t used = strlen(n->text);
    snprintf(n->text + used, sizeof n->text - used, "%.*s/%.*s ", CAIRN_SPAN_FMT(row->collection),
             CAIRN_SPAN_FMT(row->id));
    return n->answer;
}

static cairn_result ask(fixture *f, const char *json, cairn_page page, const char *expected)
{
    cairn_search search = {0};
    cairn_result result;
    names got = {.f = f};
    ASSERT_OK(cairn_search_from_json(&search, cairn_span_of(json), NULL, false, f->arena, &f->error));
    ASSERT_OK(cairn_search_check(&search, &f->error));
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    ASSERT_OK(cairn_session_search(f->session, &search, &page, f->arena, add_name, &got, &result, &f->error));
    ASSERT_OK(cairn_session_end(f->session, &f->error));
    if (strcmp(got.text, expected) != 0)
        fail_msg("%s: got %s, expected %s", json, got.text, expected);
    return result;
}

static const cairn_page ALL = {.limit = UINT32_MAX, .count_budget = 1};

static void finds_and_orders(void **state)
{
    fixture *f = *state;
    fill(f);
    ask(f, "{}", ALL, "a/4 a/2 a/3 b/2 b/1 a/1 b/6 ");
    ask(f, "{\"collections\":[\"b\"]}", ALL, "b/2 b/1 b/6 ");
    ask(f, "{\"collections\":[\"c\"]}", ALL, "");
    ask(f, "{\"ids\":[\"1\",\"4\",\"x\"]}", ALL, "a/4 b/1 a/1 ");
    ask(f, "{\"ids\":[\"1\"],\"collections\":[\"b\",\"c\"]}", ALL, "b/1 ");
    ask(f, "{\"datetime\":\"1970-01-01T00:00:30Z\"}", ALL, "a/2 a/3 b/2 ");
    ask(f, "{\"datetime\":\"1970-01-01T00:00:50Z\"}", ALL, "a/4 ");
    ask(f, "{\"datetime\":\"1970-01-01T00:01:00Z/..\"}", ALL, "a/4 ");
    ask(f, "{\"datetime\":\"1970-01-01T00:01:00.1Z/..\"}", ALL, "");
    ask(f, "{\"datetime\":\"../1970-01-01T00:00:10Z\"}", ALL, "a/1 b/6 ");
    ask(f, "{\"bbox\":[3,3,3,3]}", ALL, "a/4 a/2 b/2 b/6 ");
    ask(f, "{\"bbox\":[4,4,20,9.9]}", ALL, "a/4 a/2 b/2 b/6 ");
    ask(f, "{\"bbox\":[-10,5,-1,20]}", ALL, ""); /* in the line's box, not on the line */
    ask(f, "{\"bbox\":[9,9,8,11]}", ALL, "a/4 b/1 a/1 ");
    ask(f, "{\"intersects\":{\"type\":\"Point\",\"coordinates\":[10,10]}}", ALL, "a/4 b/1 a/1 ");
    cairn_result result = ask(f, "{\"bbox\":[3,3,3,3],\"datetime\":\"1970-01-01T00:00:30Z\"}", ALL, "a/2 b/2 ");
    assert_true(result.matched_known && result.matched == 2 && result.returned == 2 && !result.more);
    assert_true(cairn_span_is(result.first.collection, "a") && cairn_span_is(result.last.collection, "b"));
}

static void finds_items_without_a_place_when_asked(void **state)
{
    fixture *f = *state;
    fill(f);
    cairn_result result;
    names got = {.f = f};
    cairn_search search = {.has_box = true, .box = {100, 50, 101, 51}, .null_geometry_hits = true};
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    ASSERT_OK(cairn_session_search(f->session, &search, &ALL, f->arena, add_name, &got, &result, &f->error));
    ASSERT_OK(cairn_session_end(f->session, &f->error));
    assert_string_equal(got.text, "a/3 ");
}

static void pages_in_both_directions(void **state)
{
    fixture *f = *state;
    fill(f);
    cairn_position b2 = {{30, 0}, CAIRN_SPAN_LIT("b"), CAIRN_SPAN_LIT("2"), NULL, 0};
    cairn_position gone = {{30, 0}, CAIRN_SPAN_LIT("a"), CAIRN_SPAN_LIT("25"), NULL, 0};
    cairn_result result = ask(f, "{}", (cairn_page){.limit = 3}, "a/4 a/2 a/3 ");
    assert_true(result.more && !result.matched_known);
    assert_true(ask(f, "{}", (cairn_page){.limit = 3, .position = &result.last}, "b/2 b/1 a/1 ").more);
    assert_false(ask(f, "{}", (cairn_page){.limit = 3, .position = &b2}, "b/1 a/1 b/6 ").more);
    assert_false(ask(f, "{}", (cairn_page){.limit = 4, .position = &b2}, "b/1 a/1 b/6 ").more);
    assert_true(ask(f, "{}", (cairn_page){.limit = 2, .position = &b2, .backward = true}, "a/2 a/3 ").more);
    assert_false(ask(f, "{}", (cairn_page){.limit = 3, .position = &b2, .backward = true}, "a/4 a/2 a/3 ").more);
    ask(f, "{}", (cairn_page){.limit = 1, .position = &gone}, "a/3 ");
    ask(f, "{}", (cairn_page){.limit = 1, .position = &gone, .backward = true}, "a/2 ");
    result = ask(f, "{}", (cairn_page){.limit = 3, .position = &b2, .count_budget = 9}, "b/1 a/1 b/6 ");
    assert_int_equal(result.matched, 7); /* of the search, not of what is left */
    assert_true(ask(f, "{}", (cairn_page){.limit = 0}, "").more);
}

static void ends_pages_by_bytes(void **state)
{
    fixture *f = *state;
    fill(f);
    assert_true(ask(f, "{}", (cairn_page){.limit = 9, .max_bytes = 1}, "a/4 ").more);
    assert_true(ask(f, "{}", (cairn_page){.limit = 9, .max_bytes = 2 * BODY_BYTES}, "a/4 a/2 ").more);
    assert_true(ask(f, "{}", (cairn_page){.limit = 9, .max_bytes = 3 * BODY_BYTES - 1}, "a/4 a/2 ").more);
    assert_false(
        ask(f, "{}", (cairn_page){.limit = 9, .max_bytes = 7 * BODY_BYTES}, "a/4 a/2 a/3 b/2 b/1 a/1 b/6 ").more);
    cairn_position b2 = {{30, 0}, CAIRN_SPAN_LIT("b"), CAIRN_SPAN_LIT("2"), NULL, 0};
    cairn_page page = {.limit = 9, .max_bytes = 2 * BODY_BYTES, .position = &b2, .backward = true};
    assert_true(ask(f, "{}", page, "a/2 a/3 ").more);
    page.without_body = true;
    ask(f, "{}", page, "a/4 a/2 a/3 ");
}

static void ends_with_the_sink(void **state)
{
    fixture *f = *state;
    fill(f);
    cairn_search search = {0};
    cairn_result result;
    names got = {.f = f, .answer = CAIRN_IO};
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    assert_int_equal(cairn_session_search(f->session, &search, &ALL, f->arena, add_name, &got, &result, &f->error),
                     CAIRN_IO);
    ASSERT_OK(cairn_session_end(f->session, &f->error));
    assert_string_equal(got.text, "a/4 ");
}

static void keeps_to_the_deadline(void **state)
{
    fixture *f = *state;
    fill(f);
    cairn_search search = {0};
    cairn_result result;
    names got = {.f = f};
    assert_int_equal(cairn_session_search(f->session, &search, &ALL, f->arena, add_name, &got, &result, &f->error),
                     CAIRN_INTERNAL); /* not begun */
    cairn_error_clear(&f->error);
    ASSERT_OK(cairn_session_begin(f->session, cairn_clock_now() - 1, &f->error));
    assert_int_equal(cairn_session_search(f->session, &search, &ALL, f->arena, add_name, &got, &result, &f->error),
                     CAIRN_DEADLINE);
    cairn_error_clear(&f->error);
    ASSERT_OK(cairn_session_end(f->session, &f->error));
}

/* ---- writing ---- */

static void resolves_conflicts(void **state)
{
    fixture *f = *state;
    cairn_put what;
    fill(f);
    ASSERT_OK(cairn_writer_begin(f->writer, &f->error));
    ASSERT_OK(put(f, "a", "1", at(10, 10), POINT, A1, CAIRN_CONFLICT_ERROR, &what));
    assert_int_equal(what, CAIRN_PUT_UNCHANGED);
    ASSERT_OK(put(f, "a", "1", at(10, 10), POINT, OTHER, CAIRN_CONFLICT_SKIP, &what));
    assert_int_equal(what, CAIRN_PUT_SKIPPED);
    assert_int_equal(put(f, "a", "1", at(11, 11), POINT, A1, CAIRN_CONFLICT_ERROR, &what), CAIRN_CONFLICT);
    cairn_error_clear(&f->error);
    ASSERT_OK(put(f, "a", "1", at(50, 50), SQUARE, OTHER, CAIRN_CONFLICT_REPLACE, &what));
    assert_int_equal(what, CAIRN_PUT_REPLACED);
    assert_int_equal(put(f, "x", "1", at(50, 50), POINT, OTHER, CAIRN_CONFLICT_REPLACE, &what), CAIRN_NOT_FOUND);
    cairn_error_clear(&f->error);
    ask(f, "{}", ALL, "a/4 a/2 a/3 b/2 b/1 a/1 b/6 "); /* not committed yet */
    ASSERT_OK(cairn_writer_commit(f->writer, &f->error));
    ask(f, "{}", ALL, "a/1 a/4 a/2 a/3 b/2 b/1 b/6 ");
    ask(f, "{\"bbox\":[10,10,10,10]}", ALL, "a/4 b/1 "); /* no trace of the old place */
}

static void deletes(void **state)
{
    fixture *f = *state;
    uint64_t items;
    fill(f);
    ASSERT_OK(cairn_writer_begin(f->writer, &f->error));
    ASSERT_OK(cairn_writer_delete_item(f->writer, cairn_span_of("b"), cairn_span_of("2"), &f->error));
    assert_int_equal(cairn_writer_delete_item(f->writer, cairn_span_of("b"), cairn_span_of("2"), &f->error),
                     CAIRN_NOT_FOUND);
    cairn_error_clear(&f->error);
    ASSERT_OK(cairn_writer_delete_collection(f->writer, cairn_span_of("a"), &items, &f->error));
    assert_int_equal(items, 4);
    assert_int_equal(cairn_writer_delete_collection(f->writer, cairn_span_of("a"), &items, &f->error), CAIRN_NOT_FOUND);
    cairn_error_clear(&f->error);
    ASSERT_OK(cairn_writer_commit(f->writer, &f->error));
    ask(f, "{}", ALL, "b/1 b/6 ");
}

static void rolls_back(void **state)
{
    fixture *f = *state;
    uint64_t items;
    cairn_put what;
    fill(f);
    ASSERT_OK(cairn_writer_begin(f->writer, &f->error));
    ASSERT_OK(cairn_writer_delete_collection(f->writer, cairn_span_of("a"), &items, &f->error));
    ASSERT_OK(put(f, "b", "7", at(90, 90), POINT, OTHER, CAIRN_CONFLICT_REPLACE, &what));
    cairn_writer_rollback(f->writer);
    ask(f, "{}", ALL, "a/4 a/2 a/3 b/2 b/1 a/1 b/6 ");
    assert_int_equal(cairn_writer_commit(f->writer, &f->error), CAIRN_INTERNAL);
    cairn_error_clear(&f->error);
    cairn_writer *second;
    assert_int_equal(cairn_writer_open(f->store, &second, &f->error), CAIRN_BUSY);
    cairn_error_clear(&f->error);
}

static cairn_code check_texts(void *context, const cairn_item_row *row, cairn_error *error)
{
    fixture *f = context;
    cairn_buf text = CAIRN_BUF_INIT(1000);
    ASSERT_OK(cairn_row_text(f->session, row, false, &text, error));
    assert_true(cairn_span_is(cairn_buf_span(&text), B1));
    cairn_buf_reset(&text);
    ASSERT_OK(cairn_row_text(f->session, row, true, &text, error));
    assert_true(cairn_span_is(cairn_buf_span(&text), "{\"source\":[{},"));
    cairn_buf_free(&text);
    return CAIRN_OK;
}

static void gives_one_item(void **state)
{
    fixture *f = *state;
    fill(f);
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    ASSERT_OK(cairn_session_item(f->session, cairn_span_of("b"), cairn_span_of("1"), check_texts, f, &f->error));
    assert_int_equal(cairn_session_item(f->session, cairn_span_of("b"), cairn_span_of("3"), check_texts, f, &f->error),
                     CAIRN_NOT_FOUND);
    cairn_error_clear(&f->error);
    ASSERT_OK(cairn_session_end(f->session, &f->error));
}

/* ---- collections and the catalog ---- */

typedef struct seen {
    int n;
    bool made;
    uint64_t items;
    cairn_extent extent;
    char body[2000], source[2000], title[100];
} seen;

static cairn_code see_collection(void *context, const cairn_collection_row *row, cairn_error *error)
{
    (void)error;
    seen *s = context;
    s->n++;
    s->made = row->made;
    s->items = row->items;
    s->extent = row->extent;
    snprintf(s->body, sizeof s->body, "%.*s", CAIRN_SPAN_FMT(row->body));
    snprintf(s->source, sizeof s->source, "%.*s", CAIRN_SPAN_FMT(row->source));
    snprintf(s->title, sizeof s->title, "%.*s", CAIRN_SPAN_FMT(row->title));
    return CAIRN_OK;
}

/* Its box and the summary of n are too narrow for the items. */
#define DECLARED                                                                                                       \
    "{\"id\":\"b\",\"title\":\"B\",\"extent\":{\"spatial\":{\"bbox\":[[0,0,4,4]]},\"temporal\":{\"interval\":[[null,"  \
    "null]]}},"                                                                                                        \
    "\"summaries\":{\"n\":{\"minimum\":5,\"maximum\":6}},\"links\":["

static void keeps_collections(void **state)
{
    fixture *f = *state;
    seen s = {0};
    cairn_put what;
    bool made = true;
    const cairn_collection given = {
        .id = CAIRN_SPAN_LIT("b"), .title = CAIRN_SPAN_LIT("B"), .body = CAIRN_SPAN_LIT(DECLARED)};
    fill(f);
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    ASSERT_OK(cairn_session_collection(f->session, cairn_span_of("b"), see_collection, &s, &f->error));
    assert_true(s.made && s.items == 3 && s.extent.has_box && s.extent.has_time);
    assert_true(s.extent.box.west == 0 && s.extent.box.east == 10 && s.extent.box.north == 10);
    assert_true(s.extent.time.start.sec == INT64_MIN && s.extent.time.end.sec == 30);
    assert_non_null(strstr(s.body, "\"id\":\"b\""));
    ASSERT_OK(cairn_session_collections(f->session, NULL, see_collection, &s, &f->error));
    assert_int_equal(s.n, 3);
    assert_int_equal(cairn_session_collection(f->session, cairn_span_of("x"), see_collection, &s, &f->error),
                     CAIRN_NOT_FOUND);
    cairn_error_clear(&f->error);
    ASSERT_OK(cairn_session_end(f->session, &f->error));

    ASSERT_OK(cairn_writer_begin(f->writer, &f->error));
    ASSERT_OK(cairn_writer_put_collection(f->writer, &given, CAIRN_CONFLICT_ERROR, &what, &f->error));
    assert_int_equal(what, CAIRN_PUT_REPLACED); /* a made one always */
    ASSERT_OK(cairn_writer_put_collection(f->writer, &given, CAIRN_CONFLICT_ERROR, &what, &f->error));
    assert_int_equal(what, CAIRN_PUT_UNCHANGED);
    cairn_collection other = given;
    other.body = cairn_span_of("{\"id\":\"b\",\"links\":[");
    assert_int_equal(cairn_writer_put_collection(f->writer, &other, CAIRN_CONFLICT_ERROR, &what, &f->error),
                     CAIRN_CONFLICT);
    cairn_error_clear(&f->error);
    ASSERT_OK(cairn_writer_put_collection(f->writer, &other, CAIRN_CONFLICT_SKIP, &what, &f->error));
    assert_int_equal(what, CAIRN_PUT_SKIPPED);
    ASSERT_OK(cairn_writer_ensure_collection(f->writer, cairn_span_of("b"), true, &made, &f->error));
    assert_false(made);
    assert_int_equal(cairn_writer_ensure_collection(f->writer, cairn_span_of("x"), false, &made, &f->error),
                     CAIRN_NOT_FOUND);
    cairn_error_clear(&f->error);
    ASSERT_OK(cairn_writer_commit(f->writer, &f->error));
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    ASSERT_OK(cairn_session_collection(f->session, cairn_span_of("b"), see_collection, &s, &f->error));
    assert_true(!s.made && s.items == 3);
    assert_string_equal(s.source, DECLARED);
    assert_non_null(strstr(s.body, "\"bbox\":[[0,0,10,10]]"));
    assert_non_null(strstr(s.body, "\"n\":{\"minimum\":4,\"maximum\":9}"));
    assert_null(strstr(s.body, "\"other\"")); /* nobody asked for a summary of it */
    assert_string_equal(s.title, "B");
    ASSERT_OK(cairn_session_end(f->session, &f->error));
}

static cairn_catalog_info info_of(fixture *f)
{
    cairn_catalog_info info;
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    ASSERT_OK(cairn_session_info(f->session, f->arena, &info, &f->error));
    ASSERT_OK(cairn_session_end(f->session, &f->error));
    return info;
}

/* ---- filters, free text, sorts ---- */

static void filters(void **state)
{
    fixture *f = *state;
    fill(f);
    cairn_result result = ask(f, "{\"filter\":\"n > 3\"}", ALL, "b/2 b/1 b/6 ");
    assert_int_equal(result.plan.evaluated, 7);
    ask(f, "{\"filter\":\"NOT (title = 'fox')\"}", ALL, "a/4 a/1 b/6 "); /* unknown is no match */
    ask(f, "{\"filter\":\"title IS NULL OR collection = 'b'\"}", ALL, "b/2 b/1 b/6 ");
    ask(f,
        "{\"filter\":{\"op\":\"s_intersects\",\"args\":[{\"property\":\"geometry\"},{\"type\":\"Point\","
        "\"coordinates\":[10,10]}]}}",
        ALL, "a/4 b/1 a/1 ");
    ask(f, "{\"filter\":\"n > 1\",\"bbox\":[3,3,3,3],\"collections\":[\"a\"]}", ALL, "a/4 a/2 ");
    ask(f, "{\"query\":{\"n\":{\"lt\":3}},\"filter\":\"title = 'red'\"}", ALL, "a/4 a/1 ");
}

static void finds_words(void **state)
{
    fixture *f = *state;
    fill(f);
    ask(f, "{\"q\":\"FOX\"}", ALL, "a/2 b/1 b/6 ");
    ask(f, "{\"q\":[\"fox\",\"4\"]}", ALL, "a/4 a/2 b/1 b/6 "); /* an id */
    ask(f, "{\"q\":\"fox\",\"filter\":\"n < 9\"}", ALL, "a/2 b/6 ");
    ask(f, "{\"q\":\"wolf\"}", ALL, "");
}

static void sorts(void **state)
{
    fixture *f = *state;
    static const char BY_TITLE[] = "{\"sortby\":[{\"field\":\"title\",\"direction\":\"asc\"}]}";
    fill(f);
    ask(f, "{\"sortby\":[{\"field\":\"n\",\"direction\":\"desc\"}]}", ALL, "b/1 b/6 b/2 a/3 a/4 a/2 a/1 ");
    ask(f, "{\"sortby\":[{\"field\":\"properties.title\",\"direction\":\"desc\"},{\"field\":\"id\"}]}", ALL,
        "a/1 a/4 b/1 a/2 b/6 a/3 b/2 ");
    ask(f, BY_TITLE, ALL, "a/3 b/6 a/2 b/1 a/4 a/1 b/2 ");
    cairn_result page = ask(f, BY_TITLE, (cairn_page){.limit = 3}, "a/3 b/6 a/2 ");
    assert_true(page.more && page.last.n_keys == 1 && cairn_span_is(page.last.keys[0].text, "fox"));
    cairn_result next = ask(f, BY_TITLE, (cairn_page){.limit = 3, .position = &page.last}, "b/1 a/4 a/1 ");
    assert_false(ask(f, BY_TITLE, (cairn_page){.limit = 3, .position = &next.last}, "b/2 ").more);
    assert_true(ask(f, BY_TITLE, (cairn_page){.limit = 2, .position = &next.first, .backward = true}, "b/6 a/2 ").more);
}

static cairn_code check_properties(void *context, const cairn_item_row *row, cairn_error *error)
{
    (void)context, (void)error;
    assert_true(cairn_span_is(row->properties, "{\"n\":9,\"title\":\"fox\"}"));
    assert_true(row->range.start.sec == 20 && row->range.end.sec == 20);
    assert_true(row->has_place && row->box.west == 10 && row->footprint.n == 21);
    assert_null(row->body.bytes.p);
    return CAIRN_OK;
}

static void gives_properties(void **state)
{
    fixture *f = *state;
    cairn_span id = CAIRN_SPAN_LIT("1"), collection = CAIRN_SPAN_LIT("b");
    const cairn_search search = {.ids = &id, .n_ids = 1, .collections = &collection, .n_collections = 1};
    const cairn_page page = {.limit = UINT32_MAX, .without_body = true, .with_properties = true, .any_order = true};
    cairn_result result;
    fill(f);
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    ASSERT_OK(cairn_session_search(f->session, &search, &page, f->arena, check_properties, f, &result, &f->error));
    assert_int_equal(result.returned, 1);
    ASSERT_OK(cairn_session_end(f->session, &f->error));
}

/* ---- what is known of properties ---- */

typedef struct lines {
    char text[1000];
} lines;

static cairn_code see_property(void *context, const cairn_property *property, cairn_error *error)
{
    (void)error;
    lines *l = context;
    size_t n = strlen(l->text);
    snprintf(l->text + n, sizeof l->text - n, "%.*s/%.*s:%d,%d,%d ", CAIRN_SPAN_FMT(property->collection),
             CAIRN_SPAN_FMT(property->name), (int)property->integers, (int)property->strings, (int)property->n_values);
    return CAIRN_OK;
}

static void counts_properties(void **state)
{
    fixture *f = *state;
    lines all = {""}, one = {""};
    fill(f);
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    ASSERT_OK(cairn_session_properties(f->session, CAIRN_SPAN_NONE, see_property, &all, &f->error));
    assert_string_equal(all.text, "a/n:4,0,3 a/title:1,3,3 b/n:3,0,3 b/other:0,1,1 b/title:0,2,2 ");
    ASSERT_OK(cairn_session_properties(f->session, cairn_span_of("b"), see_property, &one, &f->error));
    assert_string_equal(one.text, "b/n:3,0,3 b/other:0,1,1 b/title:0,2,2 ");
    ASSERT_OK(cairn_session_end(f->session, &f->error));
}

static cairn_code see_promoted(void *context, const cairn_promoted *promoted, cairn_error *error)
{
    (void)error;
    lines *l = context;
    size_t n = strlen(l->text);
    if (!promoted->built_in || cairn_span_is(promoted->name, "eo:cloud_cover"))
        snprintf(l->text + n, sizeof l->text - n, "%.*s ", CAIRN_SPAN_FMT(promoted->name));
    return CAIRN_OK;
}

static void see_all_promoted(fixture *f, const char *expected)
{
    lines l = {""};
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    ASSERT_OK(cairn_session_promoted(f->session, see_promoted, &l, &f->error));
    ASSERT_OK(cairn_session_end(f->session, &f->error));
    assert_string_equal(l.text, expected);
}

static cairn_code promote(fixture *f, const char *name)
{
    cairn_error_clear(&f->error);
    return cairn_writer_promote(f->writer, cairn_span_of(name), NULL, NULL, NULL, &f->error);
}

static void promotes_names(void **state)
{
    fixture *f = *state;
    see_all_promoted(f, "eo:cloud_cover ");
    ASSERT_OK(cairn_writer_begin(f->writer, &f->error));
    ASSERT_OK(promote(f, "n"));
    assert_int_equal(promote(f, "n"), CAIRN_CONFLICT);
    assert_int_equal(promote(f, "eo:cloud_cover"), CAIRN_CONFLICT);
    assert_int_equal(promote(f, "geometry"), CAIRN_INVALID);
    assert_int_equal(promote(f, ""), CAIRN_INVALID);
    cairn_error_clear(&f->error);
    ASSERT_OK(cairn_writer_commit(f->writer, &f->error));
    see_all_promoted(f, "eo:cloud_cover n ");
    ASSERT_OK(cairn_writer_begin(f->writer, &f->error));
    ASSERT_OK(cairn_writer_demote(f->writer, cairn_span_of("n"), &f->error));
    assert_int_equal(cairn_writer_demote(f->writer, cairn_span_of("n"), &f->error), CAIRN_NOT_FOUND);
    cairn_error_clear(&f->error);
    ASSERT_OK(cairn_writer_commit(f->writer, &f->error));
    see_all_promoted(f, "eo:cloud_cover ");
}

static void counts_by_time(void **state)
{
    fixture *f = *state;
    uint64_t count;
    cairn_time newest;
    cairn_span a = CAIRN_SPAN_LIT("a");
    fill(f);
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    ASSERT_OK(cairn_session_times(f->session, a, at(10, 30), 100, &count, &newest, &f->error));
    assert_true(count == 3 && newest.sec == 30);
    ASSERT_OK(cairn_session_times(f->session, a, at(10, 30), 2, &count, &newest, &f->error));
    assert_int_equal(count, 2);
    ASSERT_OK(cairn_session_times(f->session, a, at(11, 29), 2, &count, &newest, &f->error));
    assert_int_equal(count, 0);
    ASSERT_OK(cairn_session_end(f->session, &f->error));
}

static cairn_code see_traits(void *context, const cairn_traits_row *row, cairn_error *error)
{
    (void)error;
    cairn_buf_printf(context, "%.*s %u:%llu ", CAIRN_SPAN_FMT(row->collection), row->traits,
                     (unsigned long long)row->items);
    return CAIRN_OK;
}

static void counts_traits(void **state)
{
    fixture *f = *state;
    cairn_buf all = CAIRN_BUF_INIT(1 << 12);
    fill(f);
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    ASSERT_OK(cairn_session_traits(f->session, cairn_span_of("a"), see_traits, &all, &f->error));
    assert_true(cairn_span_is(cairn_buf_span(&all), "a 10:1 a 30:2 a 60:1 "));
    cairn_buf_reset(&all);
    ASSERT_OK(cairn_session_traits(f->session, CAIRN_SPAN_NONE, see_traits, &all, &f->error));
    assert_true(cairn_span_is(cairn_buf_span(&all), "a 10:1 a 30:2 a 60:1 b 15:1 b 20:1 b 30:1 "));
    cairn_buf_free(&all);
    ASSERT_OK(cairn_session_end(f->session, &f->error));
}

static void finds_collections_by_words(void **state)
{
    fixture *f = *state;
    const cairn_text_query *text;
    seen s = {0};
    fill(f);
    ASSERT_OK(cairn_text_from_string(cairn_span_of("b"), NULL, f->arena, &text, &f->error));
    ASSERT_OK(cairn_session_begin(f->session, 0, &f->error));
    ASSERT_OK(cairn_session_collections(f->session, text, see_collection, &s, &f->error));
    ASSERT_OK(cairn_session_end(f->session, &f->error));
    assert_int_equal(s.n, 1);
    assert_non_null(strstr(s.body, "\"id\":\"b\""));
}

static void tells_about_the_catalog(void **state)
{
    fixture *f = *state;
    cairn_catalog_info before = info_of(f);
    assert_null(before.id.p);
    assert_int_equal(before.token_key.n, 32);
    fill(f);
    const cairn_catalog first = {.id = CAIRN_SPAN_LIT("root"), .title = CAIRN_SPAN_LIT("Root")};
    const cairn_catalog second = {.id = CAIRN_SPAN_LIT("other")};
    ASSERT_OK(cairn_writer_begin(f->writer, &f->error));
    ASSERT_OK(cairn_writer_set_catalog(f->writer, &first, true, &f->error));
    ASSERT_OK(cairn_writer_set_catalog(f->writer, &second, true, &f->error));
    ASSERT_OK(cairn_writer_commit(f->writer, &f->error));
    cairn_catalog_info info = info_of(f);
    assert_true(info.items == 7 && info.collections == 2 && info.generation != before.generation && info.bytes > 0);
    assert_true(cairn_span_is(info.id, "root") && cairn_span_is(info.title, "Root") && !info.description.p);
    assert_true(cairn_span_equal(info.token_key, before.token_key));
    ASSERT_OK(cairn_writer_begin(f->writer, &f->error));
    ASSERT_OK(cairn_writer_set_catalog(f->writer, &second, false, &f->error));
    ASSERT_OK(cairn_writer_commit(f->writer, &f->error));
    info = info_of(f);
    assert_true(cairn_span_is(info.id, "other") && !info.title.p);
    uint64_t findings = 1;
    assert_int_equal(cairn_store_check(f->store, NULL, NULL, NULL, &findings, &f->error), CAIRN_UNSUPPORTED);
    cairn_error_clear(&f->error);
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(finds_and_orders),
        STORE_TEST(finds_items_without_a_place_when_asked),
        STORE_TEST(pages_in_both_directions),
        STORE_TEST(ends_pages_by_bytes),
        STORE_TEST(ends_with_the_sink),
        STORE_TEST(keeps_to_the_deadline),
        STORE_TEST(resolves_conflicts),
        STORE_TEST(deletes),
        STORE_TEST(rolls_back),
        STORE_TEST(gives_one_item),
        STORE_TEST(keeps_collections),
        STORE_TEST(tells_about_the_catalog),
        STORE_TEST(filters),
        STORE_TEST(finds_words),
        STORE_TEST(sorts),
        STORE_TEST(gives_properties),
        STORE_TEST(counts_properties),
        STORE_TEST(promotes_names),
        STORE_TEST(counts_by_time),
        STORE_TEST(counts_traits),
        STORE_TEST(finds_collections_by_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
