/* How many items a walk would have to look at. */
#include "store/sqlite/search.h"

/* The share of [start, end] that lies within the stored seconds; an item more or less does not matter. */
static double share_of(double start, double end, sqlite3_int64 newest, sqlite3_int64 oldest)
{
    double from = oldest == INT64_MAX ? start : -(double)oldest, to = newest == INT64_MIN ? end : -(double)newest;
    double covered = (to < end ? to : end) - (from > start ? from : start);
    if (covered < 0)
        return 0;
    return end > start && covered < end - start ? covered / (end - start) : 1;
}

static cairn_code add_share(search_run *run, cairn_span collection, uint64_t *out, cairn_error *error)
{
    const collection_facts *facts;
    sqlite3_int64 newest, oldest;
    cairn_code code = facts_of(run->session, collection, &facts, error);
    if (!code)
        code = narrow_times(run, collection, &newest, &oldest, error);
    if (!code)
        *out += (uint64_t)((double)facts->items * share_of((double)facts->start, (double)facts->end, newest, oldest));
    return code;
}

cairn_code estimate_items(search_run *run, uint64_t *out, cairn_error *error)
{
    const narrowed *narrow = &run->narrow;
    cairn_code code = CAIRN_OK;
    *out = 0;
    if (!narrow->n_collections)
        return add_share(run, CAIRN_SPAN_NONE, out, error);
    for (size_t i = 0; !code && i < narrow->n_collections; i++)
        code = add_share(run, narrow->collections[i], out, error);
    return code;
}
