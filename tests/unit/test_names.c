// LINK: query
#include "query/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const NAMES[] = {"bbox",  "datetime", "intersects", "ids", "collections",
                                    "limit", "token",    "filter",     NULL};

static const struct {
    const char *unknown, *nearest;
} cases[] = {
    {"bbx", "bbox"},
    {"bobx", "bbox"}, /* a transposition is one edit */
    {"BBOX", "bbox"},
    {"box", "bbox"},
    {"date_time", "datetime"},
    {"Datetime", "datetime"},
    {"dateTimes", "datetime"},
    {"collection", "collections"},
    {"collctions", "collections"},
    {"id", "ids"},
    {"limits", "limit"},
    {"lmiit", "limit"},
    {"intersect", "intersects"},
    {"tokne", "token"},
    {"filters", "filter"},
    {"xyz", NULL},
    {"", NULL},
    {"q", NULL},
    {"isd", "ids"},
    {"bo", NULL}, /* of short names, two edits are another name */
    {"cloud_cover", NULL},
    {"datetimedatetimedatetime", NULL},
};

static void finds_the_nearest(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *nearest = cairn_name_nearest(cairn_span_of(cases[i].unknown), NAMES);
        if (!cases[i].nearest && nearest)
            fail_msg("'%s' is near '%s', expected none", cases[i].unknown, nearest);
        if (cases[i].nearest && (!nearest || strcmp(nearest, cases[i].nearest) != 0))
            fail_msg("'%s' is near '%s', expected '%s'", cases[i].unknown, nearest ? nearest : "nothing",
                     cases[i].nearest);
    }
}

static void bounds_long_names(void **state)
{
    (void)state;
    char name[5000];
    memset(name, 'b', sizeof name);
    static const char *const LONG[] = {
        "a-name-that-is-far-longer-than-any-parameter-of-the-interface-ever-was-or-will-be", NULL};
    assert_null(cairn_name_nearest(cairn_span_make(name, sizeof name), NAMES));
    assert_null(cairn_name_nearest(cairn_span_of("a-name-that-is-far-longer"), LONG));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_nearest),
        cmocka_unit_test(bounds_long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
