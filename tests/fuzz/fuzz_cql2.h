/* What the fuzz targets of CQL2 share: whatever is read can be written both ways, is read as the same tree again, and
 * is as true of an item as before. */
#ifndef CAIRN_FUZZ_CQL2_H
#define CAIRN_FUZZ_CQL2_H

#include "fuzz.h"

#include "query/cql2/evaluate.h"
#include "query/cql2/parse.h"
#include "query/cql2/print.h"

enum { FUZZ_ARENA = 64 << 20, FUZZ_TEXT = 16 << 20 };

typedef cairn_code fuzz_parse(cairn_span text, const cairn_cql2_limits *limits, cairn_arena *arena, cairn_cql2 *out,
                              cairn_error *error);
typedef bool fuzz_print(const cairn_cql2_node *node, cairn_buf *out);

/* The limits are small, so that they are met; printing may make a text longer. */
static const cairn_cql2_limits FUZZ_LIMITS = {1 << 16, 500, 200, 100};
static const cairn_cql2_limits FUZZ_WIDER = {1 << 24, 1000, 200, 100};

/* An item with properties of every type and a place. */
static inline void fuzz_open_item(cairn_geos *geos, cairn_cql2_item *item, cairn_cql2_record *record,
                                  cairn_arena *arena)
{
    static const char JSON[] =
        "{\"type\":\"Feature\",\"id\":\"i\",\"collection\":\"c\",\"properties\":{\"datetime\":null,"
        "\"start_datetime\":\"2020-01-01T00:00:00Z\",\"end_datetime\":\"2020-02-01T00:00:00Z\",\"a\":1,\"b\":\"x\","
        "\"c\":true,\"d\":[1,\"x\",null,[2]],\"e\":null,\"x\":{\"y\":\"2020-01-01\"},\"values\":[\"a\",\"b\"],\"foo\":-"
        "2.5},"
        "\"assets\":{\"B\":{\"roles\":[\"data\"]}}}";
    static const char PLACE[] = "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[10,0],[10,10],[0,10],[0,0]]]}";
    cairn_footprint footprint;
    cairn_warnings warnings = {0};
    FUZZ_ASSERT(cairn_footprint_read(geos, cairn_span_of(PLACE), true, NULL, arena, &footprint, &warnings, NULL) == 0);
    cairn_cql2_item_open(item, cairn_span_of(JSON), arena, record);
    item->has_place = true;
    item->box = footprint.box;
    item->wkb = footprint.wkb;
}

/* CAIRN_UNKNOWN too when the filter is refused; what is not refused can be answered. */
static inline cairn_truth fuzz_match(const cairn_cql2 *filter, cairn_arena *arena)
{
    static cairn_geos *geos;
    cairn_cql2_matcher *matcher;
    cairn_cql2_item item;
    cairn_cql2_record record;
    cairn_truth truth = CAIRN_UNKNOWN;
    cairn_error error = CAIRN_ERROR_INIT;
    if (!geos)
        geos = cairn_geos_new();
    FUZZ_ASSERT(geos);
    if (cairn_cql2_matcher_new(filter, geos, arena, &matcher, &error) != CAIRN_OK) {
        FUZZ_ASSERT(error.code == CAIRN_INVALID && error.message[0]);
        return truth;
    }
    fuzz_open_item(geos, &item, &record, arena);
    FUZZ_ASSERT(cairn_cql2_match(matcher, &record, arena, &truth, &error) == CAIRN_OK);
    return truth;
}

static inline void fuzz_round_trip(const cairn_cql2 *filter, cairn_truth truth, fuzz_print *print, fuzz_parse *parse,
                                   cairn_arena *arena)
{
    cairn_buf text = CAIRN_BUF_INIT(FUZZ_TEXT), again = CAIRN_BUF_INIT(FUZZ_TEXT);
    cairn_cql2 second;
    cairn_error error = CAIRN_ERROR_INIT;
    FUZZ_ASSERT(print(filter->root, &text));
    FUZZ_ASSERT(parse(cairn_buf_span(&text), &FUZZ_WIDER, arena, &second, &error) == CAIRN_OK);
    FUZZ_ASSERT(cairn_cql2_equal(filter->root, second.root));
    FUZZ_ASSERT(filter->nodes == second.nodes && filter->vertices == second.vertices);
    FUZZ_ASSERT(fuzz_match(&second, arena) == truth);
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
        cairn_truth truth = fuzz_match(&filter, arena);
        fuzz_round_trip(&filter, truth, cairn_cql2_print_text, cairn_cql2_parse_text, arena);
        fuzz_round_trip(&filter, truth, cairn_cql2_print_json, cairn_cql2_parse_json, arena);
        cairn_error refusal = CAIRN_ERROR_INIT;
        FUZZ_ASSERT(cairn_cql2_check(&filter, &refusal) == CAIRN_OK || refusal.message[0]);
    } else {
        FUZZ_ASSERT(error.message[0] && error.offset >= 0 && (size_t)error.offset <= size);
    }
    cairn_arena_free(arena);
    return 0;
}

#endif
