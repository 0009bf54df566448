/* A store in memory, and the API over it: what the tests of its answers share. */
#ifndef CAIRN_TEST_API_H
#define CAIRN_TEST_API_H

#include "api/api.h"
#include "base/patch.h"
#include "store/memory/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MAX_TEXT = 1 << 20 };

typedef struct fixture {
    cairn_arena *arena;
    cairn_store *store;
    cairn_session *session;
    cairn_codec *codec;
    cairn_api_options options;
    cairn_api *api;
    cairn_request request;
    cairn_response response;
    cairn_error error;
} fixture;

#define ASSERT_OK(call) assert_int_equal((call), CAIRN_OK)

/* The item, and words of its source that are more than its own. */
static void put(fixture *f, cairn_writer *writer, const char *json)
{
    cairn_read_options options = {0};
    cairn_item item;
    cairn_put what;
    bool made;
    cairn_buf packed = CAIRN_BUF_INIT(MAX_TEXT);
    cairn_buf patch = CAIRN_BUF_INIT(MAX_TEXT);
    cairn_item_record record = {.item = &item};
    assert_non_null(cairn_buf_reserve(&packed, MAX_TEXT / 2));
    ASSERT_OK(cairn_item_read(f->session->geos, cairn_span_of(json), &options, f->arena, &item, &f->error));
    ASSERT_OK(cairn_writer_ensure_collection(writer, item.collection, true, &made, &f->error));
    assert_true(cairn_pack(f->codec, item.body, &packed, &record.body));
    cairn_span words =
        cairn_arena_printf(f->arena, "{\"words\":\"of the source\",%.*s", (int)item.body.n - 1, item.body.p + 1);
    assert_true(cairn_patch_make(item.body, words, &patch));
    assert_true(cairn_pack(f->codec, cairn_buf_span(&patch), &packed, &record.source));
    ASSERT_OK(cairn_writer_put_item(writer, &record, CAIRN_CONFLICT_REPLACE, &what, &f->error));
    cairn_buf_free(&packed);
    cairn_buf_free(&patch);
    cairn_arena_settle(f->arena);
}

/* `fill` puts what the store is to have; it is committed then. The options' file name and limits are set here. */
static int open_api(void **state, void (*fill)(fixture *f, cairn_writer *writer), const cairn_api_options *options)
{
    fixture *f = calloc(1, sizeof *f);
    cairn_writer *writer;
    f->arena = cairn_arena_new(64 << 20);
    f->codec = cairn_codec_new(6);
    f->store = cairn_memory_store_new();
    f->options = *options;
    f->options.file_name = cairn_span_of("test");
    f->options.limits = cairn_search_defaults;
    ASSERT_OK(cairn_session_open(f->store, &f->session, &f->error));
    ASSERT_OK(cairn_writer_open(f->store, &writer, &f->error));
    ASSERT_OK(cairn_writer_begin(writer, &f->error));
    fill(f, writer);
    ASSERT_OK(cairn_writer_commit(writer, &f->error));
    ASSERT_OK(cairn_writer_close(writer, &f->error));
    f->api = cairn_api_new(&f->options);
    assert_non_null(f->api);
    *state = f;
    return 0;
}

static int close_api(void **state)
{
    fixture *f = *state;
    cairn_buf_free(&f->response.body);
    cairn_api_free(f->api);
    cairn_codec_free(f->codec);
    cairn_session_close(f->session);
    cairn_store_close(f->store);
    cairn_arena_free(f->arena);
    free(f);
    return 0;
}

#endif
