// LINK: store_memory
/* What of completed items outlives reading their source again. */
#include "store/enriched.h"

#include "base/patch.h"
#include "store/memory/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define ITEM(properties) "{\"id\":\"1\",\"collection\":\"c\",\"properties\":{" properties "},\"links\":["
static const char SOURCE[] = ITEM("\"n\":1");
static const char MARKED[] = ITEM("\"n\":1,\"proj:epsg\":32633,\"cairn:enriched\":\"2024-06-01T00:00:00Z\"");
static const char UNMARKED[] = ITEM("\"n\":1,\"proj:epsg\":32633,\"cairn:enriched\":null");

typedef struct fixture {
    cairn_store *store;
    cairn_writer *writer;
    cairn_codec *codec;
    cairn_error error;
} fixture;

#define ASSERT_OK(call) assert_int_equal((call), CAIRN_OK)

static int setup(void **state)
{
    bool made;
    fixture *f = calloc(1, sizeof *f);
    f->store = cairn_memory_store_new();
    f->codec = cairn_codec_new(6);
    cairn_error_clear(&f->error);
    *state = f;
    ASSERT_OK(cairn_writer_open(f->store, &f->writer, &f->error));
    ASSERT_OK(cairn_writer_begin(f->writer, &f->error));
    ASSERT_OK(cairn_writer_ensure_collection(f->writer, cairn_span_of("c"), true, &made, &f->error));
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    ASSERT_OK(cairn_writer_close(f->writer, &f->error));
    cairn_store_close(f->store);
    cairn_codec_free(f->codec);
    free(f);
    return 0;
}

/* `source` NULL: the body is the source's own words. */
static cairn_put put(fixture *f, const char *body, const char *source, cairn_conflict conflict)
{
    cairn_put what;
    cairn_item item = {.id = cairn_span_of("1"), .collection = cairn_span_of("c"), .body = cairn_span_of(body)};
    cairn_item_record record = {.item = &item};
    cairn_buf patch = CAIRN_BUF_INIT(1 << 16), one = CAIRN_BUF_INIT(1 << 16), two = CAIRN_BUF_INIT(1 << 16);
    assert_true(cairn_pack(f->codec, item.body, &one, &record.body));
    if (source) {
        assert_true(cairn_patch_make(item.body, cairn_span_of(source), &patch));
        assert_true(cairn_pack(f->codec, cairn_buf_span(&patch), &two, &record.source));
    }
    ASSERT_OK(cairn_writer_put_item(f->writer, &record, conflict, &what, &f->error));
    cairn_buf_free(&patch);
    cairn_buf_free(&one);
    cairn_buf_free(&two);
    return what;
}

static void the_same_source_changes_nothing(void **state)
{
    fixture *f = *state;
    assert_int_equal(put(f, SOURCE, NULL, CAIRN_CONFLICT_REPLACE), CAIRN_PUT_ADDED);
    assert_int_equal(put(f, MARKED, SOURCE, CAIRN_CONFLICT_REPLACE), CAIRN_PUT_REPLACED);
    assert_int_equal(put(f, SOURCE, NULL, CAIRN_CONFLICT_REPLACE), CAIRN_PUT_UNCHANGED);
    assert_int_equal(put(f, SOURCE, NULL, CAIRN_CONFLICT_ERROR), CAIRN_PUT_UNCHANGED);
    /* read by a version that makes another body of the same words */
    assert_int_equal(put(f, ITEM("\"n\":1,\"m\":2"), SOURCE, CAIRN_CONFLICT_REPLACE), CAIRN_PUT_UNCHANGED);
}

static void another_source_replaces(void **state)
{
    fixture *f = *state;
    put(f, MARKED, SOURCE, CAIRN_CONFLICT_REPLACE);
    assert_int_equal(put(f, ITEM("\"n\":2"), NULL, CAIRN_CONFLICT_REPLACE), CAIRN_PUT_REPLACED);
    assert_int_equal(put(f, SOURCE, NULL, CAIRN_CONFLICT_REPLACE), CAIRN_PUT_REPLACED);
}

static void what_is_completed_anew_replaces(void **state)
{
    fixture *f = *state;
    put(f, MARKED, SOURCE, CAIRN_CONFLICT_REPLACE);
    assert_int_equal(
        put(f, ITEM("\"n\":1,\"cairn:enriched\":\"2025-01-01T00:00:00Z\""), SOURCE, CAIRN_CONFLICT_REPLACE),
        CAIRN_PUT_REPLACED);
}

static void without_a_mark_bodies_count(void **state)
{
    fixture *f = *state;
    put(f, UNMARKED, SOURCE, CAIRN_CONFLICT_REPLACE);
    assert_int_equal(put(f, SOURCE, NULL, CAIRN_CONFLICT_REPLACE), CAIRN_PUT_REPLACED);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        STORE_TEST(the_same_source_changes_nothing),
        STORE_TEST(another_source_replaces),
        STORE_TEST(what_is_completed_anew_replaces),
        STORE_TEST(without_a_mark_bodies_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
