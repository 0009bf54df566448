// LINK: query
/* Any bytes as `sortby` of a GET, and of a POST when they are JSON. What is taken can be written in one spelling, sorts
 * items in a total order, and says the same when its spelling is read. */
#include "fuzz.h"

#include "base/json.h"
#include "query/sort.h"

static const char *const ITEMS[] = {
    "{\"id\":\"i\",\"collection\":\"c\",\"properties\":{\"datetime\":null,\"start_datetime\":\"2020-01-01T00:00:00Z\","
    "\"a\":1,\"b\":\"x\",\"c\":true,\"d\":[1],\"e\":null,\"x\":{\"y\":\"2020-01-01\"},\"created\":\"2020-01-01\"}}",
    "{\"id\":\"j\",\"collection\":\"c\",\"stac_version\":\"1.0.0\",\"properties\":{\"datetime\":\"2021-01-01T00:00:"
    "00Z\","
    "\"a\":\"1\",\"b\":-2.5,\"c\":false,\"x\":{\"y\":7},\"created\":\"soon\",\"proj:epsg\":4326}}",
    "{\"id\":\"k\",\"properties\":{}}",
};
enum { N_ITEMS = sizeof ITEMS / sizeof *ITEMS };

static cairn_position place_of(const cairn_sort *sort, size_t number, cairn_arena *arena)
{
    cairn_cql2_item item;
    cairn_cql2_record record;
    cairn_sort_value *keys = cairn_arena_calloc(arena, sort->n + 1, sizeof *keys);
    cairn_time time = {(int64_t)number * 1000, 0};
    cairn_cql2_item_open(&item, cairn_span_of(ITEMS[number]), arena, &record);
    FUZZ_ASSERT(keys && cairn_sort_values(sort, &record, time, arena, keys));
    return (cairn_position){time, CAIRN_SPAN_LIT("c"), record.id, keys, sort->n};
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static void check_order(const cairn_sort *sort, cairn_arena *arena)
{
    cairn_position places[N_ITEMS];
    for (size_t i = 0; i < N_ITEMS; i++)
        places[i] = place_of(sort, i, arena);
    for (size_t i = 0; i < N_ITEMS; i++)
        for (size_t j = 0; j < N_ITEMS; j++) {
            int order = sign(cairn_sort_compare(sort, &places[i], &places[j]));
            FUZZ_ASSERT(order == -sign(cairn_sort_compare(sort, &places[j], &places[i])));
            FUZZ_ASSERT((order == 0) == (i == j));
            for (size_t k = 0; k < N_ITEMS && order < 0; k++)
                FUZZ_ASSERT(cairn_sort_compare(sort, &places[j], &places[k]) >= 0 ||
                            cairn_sort_compare(sort, &places[i], &places[k]) < 0);
        }
}

/* A signature whose names have no comma and no backslash can be read. */
static void check_signature(const cairn_sort *sort, cairn_arena *arena)
{
    cairn_sort again;
    cairn_span signature = cairn_sort_signature(sort, arena);
    FUZZ_ASSERT(signature.p && (signature.n == 0) == (sort->n == 0));
    if (memchr(signature.p, '\\', signature.n))
        return;
    FUZZ_ASSERT(cairn_sort_from_text(signature, arena, &again, NULL) == CAIRN_OK && again.n == sort->n);
    FUZZ_ASSERT(cairn_span_equal(cairn_sort_signature(&again, arena), signature));
}

static void check(cairn_code code, const cairn_sort *sort, const cairn_error *error, cairn_arena *arena)
{
    FUZZ_ASSERT(code == error->code);
    FUZZ_ASSERT(code != CAIRN_INVALID || (error->message[0] && strcmp(error->parameter, "sortby") == 0));
    FUZZ_ASSERT(sort->n <= CAIRN_SORT_MAX_KEYS && (code == CAIRN_OK || sort->n == 0));
    if (code != CAIRN_OK)
        return;
    check_signature(sort, arena);
    check_order(sort, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cairn_sort sort;
    cairn_error get = CAIRN_ERROR_INIT, post = CAIRN_ERROR_INIT;
    cairn_span text = cairn_span_make(size ? (const char *)data : "", size);
    cairn_arena *arena = cairn_arena_new((size_t)64 << 20);
    FUZZ_ASSERT(arena);
    check(cairn_sort_from_text(text, arena, &sort, &get), &sort, &get, arena);
    if (cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL) == CAIRN_OK)
        check(cairn_sort_from_json(cairn_span_trim(text), arena, &sort, &post), &sort, &post, arena);
    cairn_arena_free(arena);
    return 0;
}
