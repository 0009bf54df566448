#include "base/patch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Makes and applies a patch; returns its size. */
static size_t round_trip(cairn_span from, cairn_span to)
{
    cairn_buf patch = CAIRN_BUF_INIT(1 << 22), back = CAIRN_BUF_INIT(1 << 22);
    assert_true(cairn_patch_make(from, to, &patch));
    assert_int_equal(cairn_patch_apply(from, cairn_buf_span(&patch), &back, NULL), CAIRN_OK);
    assert_true(cairn_span_equal(cairn_buf_span(&back), to));
    size_t n = patch.n;
    cairn_buf_free(&patch);
    cairn_buf_free(&back);
    return n;
}

static void test_small(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "a",
                                        "ab",
                                        "abcabcabcabcabcabc",
                                        "the quick brown fox",
                                        "the quick fox",
                                        "the quick brown brown brown fox jumps over the quick brown fox"};
    enum { COUNT = sizeof texts / sizeof texts[0] };
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++)
            round_trip(cairn_span_of(texts[i]), cairn_span_of(texts[j]));
    assert_int_equal(round_trip(cairn_span_of("same"), cairn_span_of("same")), 0);
}

static void test_insert_is_small(void **state)
{
    (void)state;
    enum { SIZE = 15000 };
    char from[SIZE], to[SIZE + 40];
    for (int i = 0; i < SIZE; i++)
        from[i] = (char)('a' + (i * 7 + i / 13 * 5 + i / 401) % 26);
    memcpy(to, from, 9000);
    memset(to + 9000, '#', 20);
    memcpy(to + 9020, from + 9000, 3000);
    memset(to + 12020, '$', 20);
    memcpy(to + 12040, from + 12000, 3000);
    assert_true(round_trip((cairn_span){from, SIZE}, (cairn_span){to, SIZE + 40}) < 60);
}

/* Random edits of a text with much repetition. */
static void test_random_edits(void **state)
{
    (void)state;
    uint32_t seed = 12345;
    for (int run = 0; run < 300; run++) {
        char from[3000], to[6000];
        size_t n = 0, m = 0;
#define NEXT (seed = seed * 1664525u + 1013904223u, seed >> 16)
        for (size_t length = NEXT % sizeof from; n < length; n++)
            from[n] = (char)('a' + NEXT % (unsigned)(1 + run % 26));
        for (size_t i = 0; i < n && m < sizeof to - 100;) {
            switch (NEXT % 60) {
            case 0:
                i += NEXT % 50;
                break;
            case 1:
                for (unsigned k = NEXT % 50; k; k--)
                    to[m++] = (char)('A' + NEXT % 26);
                break;
            default:
                to[m++] = from[i++];
            }
        }
        round_trip((cairn_span){from, n}, (cairn_span){to, m});
    }
}

static void test_large_repetition_is_quick(void **state)
{
    (void)state;
    enum { SIZE = 1000000 };
    char *from = malloc(SIZE), *to = malloc(SIZE);
    assert_non_null(from);
    assert_non_null(to);
    memset(from, 'x', SIZE);
    memset(to, 'x', SIZE);
    from[0] = 'a', to[0] = 'b', from[SIZE - 1] = 'c', to[SIZE - 1] = 'd', to[SIZE / 2] = 'e';
    round_trip((cairn_span){from, SIZE}, (cairn_span){to, SIZE});
    free(from);
    free(to);
}

static void test_corrupt(void **state)
{
    (void)state;
    static const cairn_span bad[] = {
        CAIRN_SPAN_LIT("\x05"),
        CAIRN_SPAN_LIT("\x05\x00"),
        CAIRN_SPAN_LIT("\x0b\x00\x00"),
        CAIRN_SPAN_LIT("\x05\x06\x00"),
        CAIRN_SPAN_LIT("\x05\x05\x02x"),
        CAIRN_SPAN_LIT("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00\x00\x00"),
        CAIRN_SPAN_LIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02\x00"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cairn_buf out = CAIRN_BUF_INIT(1000);
        cairn_error error = CAIRN_ERROR_INIT;
        assert_int_equal(cairn_patch_apply(cairn_span_of("0123456789"), bad[i], &out, &error), CAIRN_CORRUPT);
        assert_true(error.message[0]);
        cairn_buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small),        cmocka_unit_test(test_insert_is_small),
        cmocka_unit_test(test_random_edits), cmocka_unit_test(test_large_repetition_is_quick),
        cmocka_unit_test(test_corrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
