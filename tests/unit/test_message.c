// LINK: indexer
/* What stands in front of a message is not said again by it. */
#include "indexer/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *place, *message, *expected;
} examples[] = {
    {"/id", "id: expected a non-empty string, found 7", "expected a non-empty string, found 7"},
    {"/geometry", "geometry: it crosses", "it crosses"},
    {"/geometry/coordinates/0", "geometry: position", "position"},
    {"bbox", "bbox: expected 4 numbers", "expected 4 numbers"},
    /* another name, a part of a name, a word without a colon, no place */
    {"/bbox", "geometry: expected", "geometry: expected"},
    {"/a_geometry", "geometry: expected", "geometry: expected"},
    {"/geometry", "geometries: expected", "geometries: expected"},
    {"/id", "id is missing", "id is missing"},
    {"", "JSON: expected", "JSON: expected"},
    {"/", ": x", ": x"},
    /* nothing would be left */
    {"/id", "id: ", "id: "},
    {"/id", "id:", "id:"},
    {"/id", "id", "id"},
    {"/id", "", ""},
};

static void test_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cairn_span got = cairn_message_behind(cairn_span_of(examples[i].place), cairn_span_of(examples[i].message));
        assert_int_equal(got.n, strlen(examples[i].expected));
        assert_memory_equal(got.p, examples[i].expected, got.n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
