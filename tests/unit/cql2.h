/* What the tests of CQL2 share: reading files of examples, and the two ways there and back. */
#ifndef CAIRN_TEST_CQL2_H
#define CAIRN_TEST_CQL2_H

#include "base/json.h"
#include "query/cql2/parse.h"
#include "query/cql2/print.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

enum { TEST_ARENA = 64 << 20 };

/* Prints the tree both ways, reads both again and wants equal trees; and that the spelling is settled. */
static inline void assert_round_trip(const cairn_cql2 *filter, cairn_arena *arena)
{
    for (int json = 0; json < 2; json++) {
        cairn_buf first = CAIRN_BUF_INIT(16 << 20), second = CAIRN_BUF_INIT(16 << 20);
        cairn_cql2 again;
        cairn_error error = CAIRN_ERROR_INIT;
        assert_true((json ? cairn_cql2_print_json : cairn_cql2_print_text)(filter->root, &first));
        cairn_code code =
            (json ? cairn_cql2_parse_json : cairn_cql2_parse_text)(cairn_buf_span(&first), NULL, arena, &again, &error);
        if (code != CAIRN_OK)
            fail_msg("%.*s: %s", CAIRN_SPAN_FMT(cairn_buf_span(&first)), error.message);
        if (!cairn_cql2_equal(filter->root, again.root))
            fail_msg("reads differently: %.*s", CAIRN_SPAN_FMT(cairn_buf_span(&first)));
        assert_true((json ? cairn_cql2_print_json : cairn_cql2_print_text)(again.root, &second));
        assert_true(cairn_span_equal(cairn_buf_span(&first), cairn_buf_span(&second)));
        cairn_buf_free(&first);
        cairn_buf_free(&second);
    }
}

/* Calls `test` with every line of a file of the test data; returns how many there were. */
static inline size_t each_line(const char *path, cairn_arena *arena, void (*test)(cairn_span line, cairn_arena *arena))
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0, count = 0;
    assert_non_null(file);
    for (ssize_t n; (n = getline(&line, &room, file)) > 0; count++) {
        cairn_span text = cairn_span_trim(cairn_span_make(line, (size_t)n));
        assert_int_equal(cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
        test(text, arena);
        cairn_arena_reset(arena);
    }
    free(line);
    fclose(file);
    return count;
}

#endif
