// LINK: base
#include "base/delta.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TEXT = 3000 };

static bool applies(cairn_span from, cairn_span delta, cairn_span to)
{
    char *room = malloc(to.n + 1); /* of just that size: the sanitizers see what goes beyond */
    assert_non_null(room);
    bool ok = cairn_delta_apply(from, delta, room, to.n) && memcmp(room, to.p, to.n) == 0;
    free(room);
    return ok;
}

static void round_trip(cairn_span from, cairn_span to)
{
    cairn_buf delta = CAIRN_BUF_INIT(1 << 20);
    assert_true(cairn_delta_make(from, to, &delta));
    assert_true(applies(from, cairn_buf_span(&delta), to));
    char *room = malloc(to.n + 1);
    assert_non_null(room);
    assert_false(cairn_delta_apply(from, cairn_buf_span(&delta), room, to.n + 1));
    if (to.n)
        assert_false(cairn_delta_apply(from, cairn_buf_span(&delta), room, to.n - 1));
    free(room);
    cairn_buf_free(&delta);
}

static void edits_come_back(void **state)
{
    (void)state;
    char from[TEXT], to[TEXT + 100];
    for (size_t i = 0; i < TEXT; i++)
        from[i] = "{\"href\":\"https://example.org/a\"},"[i * i % 33];
    srand(1);
    for (int round = 0; round < 300; round++) {
        size_t n = 0;
        for (size_t i = 0; i < TEXT; i++) {
            if (rand() % 200 == 0)
                continue;
            if (rand() % 150 == 0 && n < TEXT + 50)
                to[n++] = (char)rand();
            if (n < TEXT + 100)
                to[n++] = from[i];
        }
        round_trip(cairn_span_make(from, TEXT), cairn_span_make(to, n));
    }
    round_trip(cairn_span_of(""), cairn_span_of("all is new"));
    round_trip(cairn_span_of("all goes"), cairn_span_of(""));
    round_trip(cairn_span_of("the same"), cairn_span_of("the same"));
    round_trip(cairn_span_of(""), cairn_span_of(""));
}

static void numbers_come_first(void **state)
{
    (void)state;
    cairn_buf delta = CAIRN_BUF_INIT(1 << 20);
    assert_true(cairn_delta_make(cairn_span_of("a text with one word"), cairn_span_of("a text with two word"), &delta));
    assert_int_equal(delta.p[0], 3); /* keep, drop, add */
    assert_int_equal(delta.n, 4 + (unsigned char)delta.p[3]);
    cairn_buf_free(&delta);
}

/* Whatever stands there: it is refused or it fits. */
static void broken_ones_stay_within_their_bounds(void **state)
{
    (void)state;
    cairn_span from = cairn_span_of("what it is made of, with some length to it"),
               to = cairn_span_of("what it was made from, of some length");
    cairn_buf delta = CAIRN_BUF_INIT(1 << 20);
    assert_true(cairn_delta_make(from, to, &delta));
    srand(2);
    for (int round = 0; round < 20000; round++) {
        char *changed = malloc(delta.n), *room = malloc(to.n);
        assert_true(changed && room);
        memcpy(changed, delta.p, delta.n);
        for (int k = rand() % 3; k >= 0; k--)
            changed[(size_t)rand() % delta.n] = (char)rand();
        cairn_delta_apply(from, cairn_span_make(changed, 1 + (size_t)rand() % delta.n), room, to.n);
        free(changed);
        free(room);
    }
    cairn_buf_free(&delta);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_come_back),
        cmocka_unit_test(numbers_come_first),
        cmocka_unit_test(broken_ones_stay_within_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
