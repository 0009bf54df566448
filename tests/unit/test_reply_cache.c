// LINK: http
/* The cache of replies by itself: its bounds, its crowded buckets, many threads. What it keeps is made by libmicrohttpd
 * without a connection. */
#include "http/reply_cache.h"

#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const cairn_reply GET = {.method = CAIRN_GET};

static cairn_response answer_of(size_t n)
{
    cairn_response response = {.status = 200, .content_type = "text/plain", .cacheable = true};
    response.body = (cairn_buf)CAIRN_BUF_INIT(1 << 20);
    memset(cairn_buf_reserve(&response.body, n), 'x', n);
    response.body.n = n;
    return response;
}

static cairn_served_stamp stamp_of(unsigned char c)
{
    return (cairn_served_stamp){1, {{c}}};
}

static bool has(cairn_reply_cache *cache, const char *key, unsigned char stamp)
{
    cairn_served_stamp now = stamp_of(stamp);
    cairn_kept *kept = cairn_reply_cache_find(cache, cairn_span_of(key), &now);
    if (kept)
        cairn_kept_release(kept);
    return kept != NULL;
}

/* As a request does: it looks first. */
static void ask(cairn_reply_cache *cache, const char *key, unsigned char stamp, size_t n)
{
    cairn_served_stamp now = stamp_of(stamp);
    if (has(cache, key, stamp))
        return;
    cairn_response response = answer_of(n);
    if (!cairn_reply_cache_wants(cache, CAIRN_GET, &response)) {
        cairn_buf_free(&response.body);
        return;
    }
    cairn_kept *kept = cairn_reply_cache_add(cache, cairn_span_of(key), &now, &GET, &response);
    assert_non_null(kept);
    assert_int_equal(kept->bytes, n);
    cairn_kept_release(kept);
}

static void test_kept_until_something_is_committed(void **state)
{
    (void)state;
    cairn_reply_cache *cache = cairn_reply_cache_new(1 << 20);
    ask(cache, "a", 1, 100);
    assert_true(has(cache, "a", 1));
    assert_false(has(cache, "b", 1));
    assert_false(has(cache, "a", 2));
    assert_false(has(cache, "a", 1)); /* gone for good */
    cairn_reply_cache_free(cache);
}

/* An answer that was worked out while something was committed is for its asker only. */
static void test_overtaken_answer_is_not_kept(void **state)
{
    (void)state;
    cairn_reply_cache *cache = cairn_reply_cache_new(1 << 20);
    cairn_served_stamp before = stamp_of(1);
    assert_false(has(cache, "a", 1));
    assert_false(has(cache, "a", 2)); /* another request, after a commit */
    cairn_response response = answer_of(10);
    cairn_kept *kept = cairn_reply_cache_add(cache, cairn_span_of("a"), &before, &GET, &response);
    cairn_kept_release(kept);
    assert_false(has(cache, "a", 2));
    cairn_reply_cache_free(cache);
}

static void test_bounded_and_oldest_goes_first(void **state)
{
    enum { BYTES = 1 << 20, BODY = 20000, ASKED = 500 };
    (void)state;
    char key[32];
    size_t found = 0;
    cairn_reply_cache *cache = cairn_reply_cache_new(BYTES);
    for (int i = 0; i < ASKED; i++) {
        snprintf(key, sizeof key, "key %d", i);
        ask(cache, key, 1, BODY);
        assert_true(has(cache, "key 0", 1)); /* asked for all the time */
    }
    for (int i = 0; i < ASKED; i++) {
        snprintf(key, sizeof key, "key %d", i);
        found += has(cache, key, 1);
    }
    assert_true(found > BYTES / BODY / 2);
    assert_true(found <= BYTES / BODY);
    assert_true(has(cache, key, 1)); /* the newest */
    assert_false(has(cache, "key 1", 1));
    cairn_reply_cache_free(cache);
}

/* Keys that a foe has chosen for one bucket: eight of them stay, none of the other buckets suffers. */
static void test_crowded_bucket(void **state)
{
    enum { ALIKE = 40, MASK = 0xfff };
    (void)state;
    char key[32];
    size_t alike = 0, found = 0;
    cairn_reply_cache *cache = cairn_reply_cache_new(1 << 24); /* 4096 buckets */
    unsigned numbers[ALIKE];
    uint64_t bucket = cairn_hash64(cairn_span_of("0")) & MASK;
    ask(cache, "bystander", 1, 10);
    for (unsigned i = 0; alike < ALIKE; i++) {
        snprintf(key, sizeof key, "%u", i);
        if ((cairn_hash64(cairn_span_of(key)) & MASK) == bucket) {
            ask(cache, key, 1, 10);
            numbers[alike++] = i;
        }
    }
    for (size_t i = 0; i < ALIKE; i++) {
        snprintf(key, sizeof key, "%u", numbers[i]);
        found += has(cache, key, 1);
    }
    assert_int_equal(found, 8);
    assert_true(has(cache, "bystander", 1));
    cairn_reply_cache_free(cache);
}

static void test_what_is_not_kept(void **state)
{
    (void)state;
    cairn_reply_cache *cache = cairn_reply_cache_new(1 << 20);
    cairn_response good = answer_of(10), bad;
    assert_true(cairn_reply_cache_wants(cache, CAIRN_GET, &good));
    bad = good, bad.status = 404;
    assert_false(cairn_reply_cache_wants(cache, CAIRN_GET, &bad));
    bad = good, bad.private_seconds = 1;
    assert_false(cairn_reply_cache_wants(cache, CAIRN_POST, &bad));
    bad = good, bad.momentary = true;
    assert_false(cairn_reply_cache_wants(cache, CAIRN_GET, &bad));
    bad = good, bad.cacheable = false;
    assert_false(cairn_reply_cache_wants(cache, CAIRN_GET, &bad));
    assert_true(cairn_reply_cache_wants(cache, CAIRN_POST, &bad));
    bad = good, bad.body.n = 1 << 16;
    assert_false(cairn_reply_cache_wants(cache, CAIRN_GET, &bad));
    bad = good, bad.location = cairn_span_of("/");
    assert_false(cairn_reply_cache_wants(cache, CAIRN_GET, &bad));
    cairn_buf_free(&good.body);
    cairn_reply_cache_free(cache);
}

/* ---- many threads, few keys, little room, and commits now and then ---- */

static _Atomic unsigned commits;

static void *ask_a_lot(void *context)
{
    enum { TURNS = 3000, KEYS = 60, COMMIT_EVERY = 500 };
    cairn_reply_cache *cache = context;
    char key[32];
    for (unsigned i = 0, x = 1; i < TURNS; i++) {
        x = x * 1103515245 + 12345;
        snprintf(key, sizeof key, "key %u", (x >> 16) % KEYS);
        ask(cache, key, (unsigned char)atomic_load(&commits), 1 + (x >> 8) % 3000);
        if (i % COMMIT_EVERY == 0)
            atomic_fetch_add(&commits, 1);
    }
    return NULL;
}

static void test_many_threads(void **state)
{
    enum { THREADS = 4 };
    (void)state;
    pthread_t threads[THREADS];
    cairn_reply_cache *cache = cairn_reply_cache_new(1 << 16);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_a_lot, cache), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    cairn_reply_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept_until_something_is_committed),
        cmocka_unit_test(test_overtaken_answer_is_not_kept),
        cmocka_unit_test(test_bounded_and_oldest_goes_first),
        cmocka_unit_test(test_crowded_bucket),
        cmocka_unit_test(test_what_is_not_kept),
        cmocka_unit_test(test_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
