/* Traits of items, counted anew for each question. Items lie by collection, so each is counted at one stretch. */
#include "store/memory/internal.h"

#include <stdlib.h>

static int compare_traits(const void *a, const void *b)
{
    unsigned left = *(const unsigned *)a, right = *(const unsigned *)b;
    return (left > right) - (left < right);
}

/* Tells of each value, how often it is in the list. */
static cairn_code tell(cairn_span collection, unsigned *list, size_t n, cairn_traits_sink sink, void *context,
                       cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    if (n)
        qsort(list, n, sizeof *list, compare_traits);
    for (size_t from = 0, to; code == CAIRN_OK && from < n; from = to) {
        for (to = from + 1; to < n && list[to] == list[from];)
            to++;
        code = sink(context, &(cairn_traits_row){collection, list[from], to - from}, error);
    }
    return code;
}

cairn_code memory_traits(cairn_session *session, cairn_span collection, cairn_traits_sink sink, void *context,
                         cairn_error *error)
{
    const memory_state *state = memory_session_state(session, error);
    if (!state)
        return error ? error->code : CAIRN_INTERNAL;
    unsigned *list = calloc(state->items.n + 1, sizeof *list);
    cairn_code code = CAIRN_OK;
    if (!list)
        return cairn_error_no_memory(error);
    for (size_t i = 0; code == CAIRN_OK && i < state->items.n;) {
        cairn_span group = memory_item_at(state, i)->record.group;
        size_t n = 0;
        for (; i < state->items.n && cairn_span_equal(memory_item_at(state, i)->record.group, group); i++)
            list[n++] = memory_item_at(state, i)->traits;
        if (!collection.p || cairn_span_equal(group, collection))
            code = tell(group, list, n, sink, context, error);
    }
    free(list);
    return code;
}
