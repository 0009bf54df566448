#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_alignment_and_use(void **state)
{
    (void)state;
    cairn_arena *arena = cairn_arena_new(1 << 20);
    for (size_t n = 0; n < 300; n++) {
        char *p = cairn_arena_alloc(arena, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        memset(p, (int)n, n);
    }
    assert_true(cairn_arena_used(arena) >= 300 * 299 / 2);
    cairn_arena_free(arena);
}

static void test_cap(void **state)
{
    (void)state;
    cairn_arena *arena = cairn_arena_new(1000);
    assert_null(cairn_arena_alloc(arena, 2000));
    assert_null(cairn_arena_alloc(arena, SIZE_MAX));
    assert_null(cairn_arena_alloc(arena, SIZE_MAX - 7));
    assert_null(cairn_arena_calloc(arena, SIZE_MAX / 2, 3));
    assert_non_null(cairn_arena_alloc(arena, 1000));
    assert_null(cairn_arena_alloc(arena, 100));
    assert_null(cairn_arena_copy(arena, cairn_span_of("a text that is longer than what is left")).p);
    assert_null(cairn_arena_printf(arena, "%500d", 1).p);
    cairn_arena_reset(arena);
    assert_int_equal(cairn_arena_used(arena), 0);
    assert_non_null(cairn_arena_alloc(arena, 900));
    cairn_arena_free(arena);
}

static void test_calloc_is_zero_after_reset(void **state)
{
    (void)state;
    cairn_arena *arena = cairn_arena_new(1 << 16);
    memset(cairn_arena_alloc(arena, 4000), 0xAA, 4000);
    cairn_arena_reset(arena);
    const char *p = cairn_arena_calloc(arena, 40, 100);
    for (int i = 0; i < 4000; i++)
        assert_int_equal(p[i], 0);
    cairn_arena_free(arena);
}

static void test_copies(void **state)
{
    (void)state;
    cairn_arena *arena = cairn_arena_new(1 << 16);
    cairn_span copy = cairn_arena_copy(arena, cairn_span_make("a\0b", 3));
    assert_int_equal(copy.n, 3);
    assert_memory_equal(copy.p, "a\0b", 4);
    assert_non_null(cairn_arena_copy(arena, CAIRN_SPAN_NONE).p);
    cairn_span text = cairn_arena_printf(arena, "%s-%d", "x", 42);
    assert_string_equal(text.p, "x-42");
    assert_int_equal(text.n, 4);
    cairn_arena_free(arena);
}

static int order[8];
static int order_n;

static void note(void *object)
{
    order[order_n++] = *(int *)object;
}

static void test_deferred(void **state)
{
    (void)state;
    int one = 1, two = 2, three = 3;
    order_n = 0;
    cairn_arena *arena = cairn_arena_new(1 << 16);
    assert_true(cairn_arena_defer(arena, note, &one));
    assert_true(cairn_arena_defer(arena, note, &two));
    cairn_arena_reset(arena);
    assert_int_equal(order_n, 2);
    assert_int_equal(order[0], 2);
    assert_int_equal(order[1], 1);
    cairn_arena_reset(arena);
    assert_int_equal(order_n, 2);
    assert_true(cairn_arena_defer(arena, note, &three));
    cairn_arena_free(arena);
    assert_int_equal(order_n, 3);

    cairn_arena *none = cairn_arena_new(0);
    assert_false(cairn_arena_defer(none, note, &one));
    cairn_arena_free(none);
    assert_int_equal(order_n, 3);
    cairn_arena_free(NULL);
}

/* Big and small requests in many rounds: nothing overlaps (the sanitizer sees to the bounds). */
static void test_rounds(void **state)
{
    (void)state;
    cairn_arena *arena = cairn_arena_new(8 << 20);
    for (int round = 0; round < 20; round++) {
        char *parts[200];
        for (int i = 0; i < 200; i++) {
            parts[i] = cairn_arena_alloc(arena, (size_t)(i * i % 30011) + 1);
            assert_non_null(parts[i]);
            memset(parts[i], i, (size_t)(i * i % 30011) + 1);
        }
        for (int i = 0; i < 200; i++)
            assert_int_equal((unsigned char)parts[i][i * i % 30011], i);
        cairn_arena_reset(arena);
    }
    cairn_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alignment_and_use),
        cmocka_unit_test(test_cap),
        cmocka_unit_test(test_calloc_is_zero_after_reset),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_deferred),
        cmocka_unit_test(test_rounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
