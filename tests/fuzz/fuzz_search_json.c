// LINK: query
/* Any bytes as the body of POST /search. What is taken keeps the promises of cairn_search. */
#include "fuzz.h"

#include "query/search.h"

static void check_list(const cairn_span *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        FUZZ_ASSERT(list[i].n > 0);
        FUZZ_ASSERT(i == 0 || cairn_span_compare(list[i - 1], list[i]) < 0);
        FUZZ_ASSERT(cairn_list_has(list, n, list[i]));
    }
}

static void check(const cairn_search *search)
{
    check_list(search->ids, search->n_ids);
    check_list(search->collections, search->n_collections);
    FUZZ_ASSERT(search->limit <= cairn_search_defaults.max_limit);
    FUZZ_ASSERT(search->sort.n <= CAIRN_SORT_MAX_KEYS);
    FUZZ_ASSERT(!search->filter || search->filter->root);
    FUZZ_ASSERT(!search->has_datetime || cairn_time_compare(search->datetime.start, search->datetime.end) <= 0);
    FUZZ_ASSERT(!search->has_box || (search->box.south <= search->box.north && search->box.west >= -180 &&
                                     search->box.east <= 180 && search->box.south >= -90 && search->box.north <= 90));
}

static void try_area(const cairn_search *search, cairn_arena *arena)
{
    cairn_area *area;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_geos *geos = cairn_geos_new();
    FUZZ_ASSERT(geos);
    cairn_code code = cairn_search_area(search, geos, arena, &area, &error);
    FUZZ_ASSERT(code == CAIRN_OK || code == error.code);
    FUZZ_ASSERT(code != CAIRN_OK || !!area == (search->has_box || search->intersects.p));
    cairn_arena_free(arena); /* before the context that the area was made with */
    cairn_geos_free(geos);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cairn_search search = {0};
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_arena *arena = cairn_arena_new((size_t)16 << 20);
    FUZZ_ASSERT(arena);
    cairn_span body = cairn_span_make((const char *)data, size);
    cairn_code code = cairn_search_from_json(&search, body, NULL, size % 2, arena, &error);
    if (code == CAIRN_OK)
        code = cairn_search_check(&search, &error);
    FUZZ_ASSERT(code == error.code);
    FUZZ_ASSERT(code == CAIRN_OK || error.message[0]);
    if (code != CAIRN_OK) {
        cairn_arena_free(arena);
        return 0;
    }
    check(&search);
    try_area(&search, arena);
    return 0;
}
