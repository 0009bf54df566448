/* What the fuzz targets of CQL2 share: whatever is read can be written both ways and is read as the same tree again. */
#ifndef CAIRN_FUZZ_CQL2_H
#define CAIRN_FUZZ_CQL2_H

#include "fuzz.h"

#include "query/cql2/parse.h"
#include "query/cql2/print.h"

enum { FUZZ_ARENA = 64 << 20, FUZZ_TEXT = 16 << 20 };

typedef cairn_code fuzz_parse(cairn_span text, const cairn_cql2_limits *limits, cairn_arena *arena, cairn_cql2 *out,
                              cairn_error *error);
typedef bool fuzz_print(const cairn_cql2_node *node, cairn_buf *out);

/* The limits are small, so that they are met; printing may make a text longer. */
static const cairn_cql2_limits FUZZ_LIMITS = {1 << 16, 500, 200, 100};
static const cairn_cql2_limits FUZZ_WIDER = {1 << 24, 1000, 200, 100};

static inline void fuzz_round_trip(const cairn_cql2 *filter, fuzz_print *print, fuzz_parse *parse, cairn_arena *arena)
{
    cairn_buf text = CAIRN_BUF_INIT(FUZZ_TEXT), again = CAIRN_BUF_INIT(FUZZ_TEXT);
    cairn_cql2 second;
    cairn_error error = CAIRN_ERROR_INIT;
    FUZZ_ASSERT(print(filter->root, &text));
    FUZZ_ASSERT(parse(cairn_buf_span(&text), &FUZZ_WIDER, arena, &second, &error) == CAIRN_OK);
    FUZZ_ASSERT(cairn_cql2_equal(filter->root, second.root));
    FUZZ_ASSERT(filter->nodes == second.nodes && filter->vertices == second.vertices);
    FUZZ_ASSERT(print(second.root, &again));
    FUZZ_ASSERT(cairn_span_equal(cairn_buf_span(&text), cairn_buf_span(&again)));
    cairn_buf_free(&text);
    cairn_buf_free(&again);
}

static inline int fuzz_cql2(const uint8_t *data, size_t size, fuzz_parse *parse)
{
    cairn_cql2 filter;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_span text = cairn_span_make(size ? (const char *)data : "", size);
    cairn_arena *arena = cairn_arena_new(FUZZ_ARENA);
    FUZZ_ASSERT(arena);
    cairn_code code = parse(text, &FUZZ_LIMITS, arena, &filter, &error);
    FUZZ_ASSERT(code == CAIRN_OK || code == CAIRN_INVALID || code == CAIRN_TOO_LARGE);
    if (code == CAIRN_OK) {
        FUZZ_ASSERT(filter.root->height < CAIRN_CQL2_MAX_DEPTH);
        fuzz_round_trip(&filter, cairn_cql2_print_text, cairn_cql2_parse_text, arena);
        fuzz_round_trip(&filter, cairn_cql2_print_json, cairn_cql2_parse_json, arena);
        cairn_error refusal = CAIRN_ERROR_INIT;
        FUZZ_ASSERT(cairn_cql2_check(&filter, &refusal) == CAIRN_OK || refusal.message[0]);
    } else {
        FUZZ_ASSERT(error.message[0] && error.offset >= 0 && (size_t)error.offset <= size);
    }
    cairn_arena_free(arena);
    return 0;
}

#endif
