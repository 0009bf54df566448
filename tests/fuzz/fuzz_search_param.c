// LINK: query
/* Lines of name=value as decoded GET parameters. What is taken keeps the promises of cairn_search. */
#include "fuzz.h"

#include "query/names.h"
#include "query/search.h"

static void set(cairn_search *search, cairn_span line, cairn_arena *arena)
{
    bool known = false;
    cairn_error error = CAIRN_ERROR_INIT;
    const char *equals = line.n ? memchr(line.p, '=', line.n) : NULL;
    size_t cut = equals ? (size_t)(equals - line.p) : line.n;
    cairn_span name = {line.p, cut}, value = {line.p + cut, 0};
    if (equals)
        value = cairn_span_make(equals + 1, line.n - cut - 1);
    cairn_code code = cairn_search_set(search, name, value, NULL, arena, &known, &error);
    FUZZ_ASSERT(code == error.code);
    FUZZ_ASSERT(code == CAIRN_OK || (known && error.message[0] && (error.parameter[0] || code == CAIRN_NOMEM)));
    if (!known)
        cairn_name_nearest(name, cairn_search_names);
}

static void check_list(const cairn_span *list, size_t n)
{
    for (size_t i = 1; i < n; i++)
        FUZZ_ASSERT(cairn_span_compare(list[i - 1], list[i]) < 0);
}

static void check(cairn_search *search)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_code code = cairn_search_check(search, &error);
    FUZZ_ASSERT(code == error.code);
    FUZZ_ASSERT(code == CAIRN_OK || (error.message[0] && (error.parameter[0] || code == CAIRN_NOMEM)));
    FUZZ_ASSERT(code != CAIRN_OK || !(search->has_box && search->intersects.p));
    FUZZ_ASSERT(code != CAIRN_OK || !search->filter || search->filter->root);
    FUZZ_ASSERT(!search->has_box || (search->box.south <= search->box.north && search->box.west >= -180 &&
                                     search->box.east <= 180 && search->box.south >= -90 && search->box.north <= 90));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cairn_search search = {0};
    cairn_arena *arena = cairn_arena_new((size_t)16 << 20);
    FUZZ_ASSERT(arena);
    const char *at = (const char *)data, *end = at + size;
    while (at && at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        set(&search, cairn_span_make(at, (size_t)((newline ? newline : end) - at)), arena);
        at = newline ? newline + 1 : NULL;
    }
    check_list(search.ids, search.n_ids);
    check_list(search.collections, search.n_collections);
    FUZZ_ASSERT(search.limit <= cairn_search_defaults.max_limit);
    check(&search);
    cairn_arena_free(arena);
    return 0;
}
