// LINK: stac
#include "stac/seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void what_was_kept_is_found_or_was_replaced(void **state)
{
    (void)state;
    enum { TEXTS = 4 * CAIRN_SEEN_TEXTS };
    cairn_seen *seen = calloc(1, sizeof *seen);
    char text[TEXTS][40];
    int found = 0;
    bool answer;
    assert_non_null(seen);
    for (int i = 0; i < TEXTS; i++) {
        snprintf(text[i], sizeof text[i], "[{\"name\":\"B%d\"}]", i);
        assert_false(cairn_seen_find(seen, cairn_span_of(text[i]), &answer));
        cairn_seen_keep(seen, cairn_span_of(text[i]), i % 3 == 0);
        assert_true(cairn_seen_find(seen, cairn_span_of(text[i]), &answer));
        assert_int_equal(answer, i % 3 == 0);
    }
    for (int i = 0; i < TEXTS; i++)
        if (cairn_seen_find(seen, cairn_span_of(text[i]), &answer)) {
            assert_int_equal(answer, i % 3 == 0);
            found++;
        }
    assert_in_range(found, CAIRN_SEEN_TEXTS / 2, CAIRN_SEEN_TEXTS);
    free(seen);
}

static void empty_and_long_texts_are_not_kept(void **state)
{
    (void)state;
    cairn_seen *seen = calloc(1, sizeof *seen);
    char text[CAIRN_SEEN_BYTES + 1];
    bool answer;
    assert_non_null(seen);
    memset(text, 'x', sizeof text);
    const cairn_span none[] = {CAIRN_SPAN_NONE, cairn_span_of(""), cairn_span_make(text, sizeof text)};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        cairn_seen_keep(seen, none[i], true);
        assert_false(cairn_seen_find(seen, none[i], &answer));
    }
    cairn_seen_keep(seen, cairn_span_make(text, CAIRN_SEEN_BYTES), true);
    assert_true(cairn_seen_find(seen, cairn_span_make(text, CAIRN_SEEN_BYTES), &answer));
    free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_kept_is_found_or_was_replaced),
        cmocka_unit_test(empty_and_long_texts_are_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
