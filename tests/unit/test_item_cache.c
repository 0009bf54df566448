// LINK: store_sqlite
/* The cache of unpacked texts against a plain list of what each key has: never an older text, whatever is overwritten.
 */
#include "store/sqlite/item_cache.h"

#include "noise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { KEYS = 300, BYTES = 1 << 20 };

/* What the "catalog" has for a key: a text that names key and version, and is some kilobytes long. */
static cairn_span text_of(char *out, int64_t key, unsigned version)
{
    size_t n = (size_t)sprintf(out, "{\"key\":%d,\"version\":%u,\"fill\":\"", (int)key, version);
    size_t fill = (size_t)(key * 7919 % 14000);
    memset(out + n, 'a' + (int)(key % 26), fill);
    return cairn_span_make(out, n + fill);
}

typedef struct fixture {
    item_cache *cache;
    cairn_codec *codec;
    cairn_buf packed;
    unsigned versions[KEYS];
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->cache = item_cache_new(BYTES);
    f->codec = cairn_codec_new(1);
    f->packed = (cairn_buf)CAIRN_BUF_INIT(1 << 20);
    *state = f;
    return !f->cache || !f->codec;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    item_cache_free(f->cache);
    cairn_codec_free(f->codec);
    cairn_buf_free(&f->packed);
    free(f);
    return 0;
}

static cairn_item_row row_of(fixture *f, int64_t key)
{
    char text[20000];
    cairn_item_row row = {.changed = key, .traits = f->versions[key]};
    cairn_buf_reset(&f->packed);
    assert_true(cairn_pack(f->codec, text_of(text, key, f->versions[key]), &f->packed, &row.body));
    return row;
}

static void assert_item(const fixture *f, const cached_item *item, int64_t key)
{
    char text[20000];
    cairn_span want = text_of(text, key, f->versions[key]);
    assert_int_equal(item->length, want.n);
    assert_memory_equal(item->text, want.p, want.n);
    assert_int_equal(item->crc, cairn_crc32(want));
    assert_int_equal(item->traits, f->versions[key]);
}

/* As a session does. Says whether it was found as it is. */
static bool ask(fixture *f, int64_t key)
{
    const cached_item *item = item_cache_get(f->cache, key);
    if (item) {
        assert_item(f, item, key);
        return true;
    }
    cairn_item_row row = row_of(f, key);
    item = item_cache_confirm(f->cache, key, &row);
    if (!item)
        assert_int_equal(item_cache_enter(f->cache, f->codec, key, &row, &item, NULL), CAIRN_OK);
    assert_non_null(item);
    assert_item(f, item, key);
    return false;
}

static void test_random(void **state)
{
    fixture *f = *state;
    uint64_t epoch = 1;
    size_t found = 0, asked = 0;
    for (int round = 0; round < 3000; round++) {
        if (next_random(4) == 0) {
            epoch++;
            for (uint32_t n = next_random(20); n; n--)
                f->versions[1 + next_random(KEYS - 1)]++;
        }
        item_cache_begin(f->cache, epoch);
        for (uint32_t n = next_random(60); n; n--, asked++)
            found += ask(f, 1 + next_random(next_random(3) ? 20 : KEYS - 1));
    }
    assert_true(found > asked / 4);
}

/* What was entered twice comes back while it is in the ring, and is gone when the ring has gone round. */
static void test_ring(void **state)
{
    fixture *f = *state;
    item_cache_begin(f->cache, 1);
    assert_false(ask(f, 5));
    assert_true(ask(f, 5));
    for (int64_t key = 6; key < KEYS; key++)
        ask(f, key);
    assert_true(ask(f, KEYS - 1));
    assert_null(item_cache_get(f->cache, 5));
}

/* A row that does not unpack is not kept; nor one that is too large. */
static void test_refused(void **state)
{
    fixture *f = *state;
    cairn_error error = CAIRN_ERROR_INIT;
    const cached_item *item;
    item_cache_begin(f->cache, 1);
    cairn_item_row row = row_of(f, 9);
    row.body.crc ^= 1;
    assert_int_equal(item_cache_enter(f->cache, f->codec, 9, &row, &item, &error), CAIRN_CORRUPT);
    assert_null(item);
    assert_null(item_cache_get(f->cache, 9));
    char *large = calloc(1, BYTES / 4);
    row.body = (cairn_packed){CAIRN_ENCODING_PLAIN, 0, BYTES / 4, {large, BYTES / 4}};
    assert_int_equal(item_cache_enter(f->cache, f->codec, 9, &row, &item, NULL), CAIRN_OK);
    assert_null(item);
    free(large);
    assert_null(item_cache_new(1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_random, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ring, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
