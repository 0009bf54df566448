/* By sort keys. An index that has the first key gives the rows in groups of equal values, which are sorted by the rest;
 * else all matches are looked at, as one group. */
#include "store/sqlite/search.h"

#include <math.h>

static cairn_code refuse(const search_run *run, size_t key, cairn_error *error)
{
    char quoted[80];
    const cairn_cql2_property *property = &run->search->sort.keys[key].property;
    bool can_be_promoted = property->field == CAIRN_CQL2_IN_PROPERTIES;
    cairn_quote(cairn_cql2_property_key(property), quoted, sizeof quoted);
    cairn_error_set(error, CAIRN_INVALID,
                    "sorting by '%s' would have to look at more than %llu items; expected a narrower search "
                    "(collections, bbox, datetime, filter)%s%s%s",
                    quoted, (unsigned long long)run->page->sort_budget,
                    can_be_promoted ? ", or an index made by `cairn queryables add CATALOG " : "",
                    can_be_promoted ? quoted : "", can_be_promoted ? "`" : "");
    cairn_error_at_parameter(error, "sortby");
    return CAIRN_INVALID;
}

cairn_code sort_check_budget(const search_run *run, size_t key, uint64_t since, cairn_error *error)
{
    if (!run->page->sort_budget || run->looked_at - since < run->page->sort_budget)
        return CAIRN_OK;
    return refuse(run, key < run->search->sort.n ? key : run->search->sort.n - 1, error);
}

static cairn_code take(search_run *run, void *context, const item_row *row, bool *full, cairn_error *error)
{
    *full = false;
    cairn_code code = sort_check_budget(run, 0, 0, error);
    return code ? code : best_offer(context, row, error);
}

/* Where nothing narrows the walk, the collections tell how long it is. */
static cairn_code check_length(search_run *run, uint64_t items, cairn_error *error)
{
    const cairn_cql2_envelope *filter = &run->narrow.filter;
    bool narrowed = run->search->has_datetime || filter->has_time || filter->has_instant;
    if (narrowed || !run->page->sort_budget || items <= run->page->sort_budget)
        return CAIRN_OK;
    return refuse(run, 0, error);
}

static cairn_code sort_all(search_run *run, uint64_t items, cairn_error *error)
{
    best best;
    bool ended;
    cairn_code code = check_length(run, items, error);
    if (code || (code = best_begin(&best, run, error)))
        return code;
    run->plan.way = "sort of all";
    run->counting = run->page->count_budget > 0;
    code = scan_rows(run, NULL, false, take, &best, &ended, error);
    run->counted = !code && run->counting;
    if (!code)
        code = best_flush(&best, error);
    best_end(&best);
    return code;
}

/* Names are in order over all collections. */
static cairn_code names_are_worth_it(search_run *run, uint64_t items, bool *out, cairn_error *error)
{
    enum { SHARE = 4 };
    const collection_facts *all;
    *out = !run->narrow.n_collections;
    cairn_code code = *out ? CAIRN_OK : facts_of_all(run->session, &all, error);
    if (!code && !*out)
        *out = all->items / SHARE <= items;
    return code;
}

/* By an index, where one has the first key. */
static cairn_code sort_by_index(search_run *run, cairn_error *error)
{
    const cairn_cql2_property *property = &run->search->sort.keys[0].property;
    const slot *slot;
    if (property->field == CAIRN_CQL2_DATETIME)
        return time_order(run, error);
    if (property->field == CAIRN_CQL2_ID)
        return name_order(run, error);
    cairn_code code = session_slot(run->session, property, &slot, error);
    return code ? code : value_order(run, slot, error);
}

cairn_code sort_has_index(search_run *run, uint64_t items, bool *out, cairn_error *error)
{
    const cairn_cql2_property *property = &run->search->sort.keys[0].property;
    const slot *slot = NULL;
    cairn_code code = CAIRN_OK;
    *out = property->field == CAIRN_CQL2_DATETIME;
    if (property->field == CAIRN_CQL2_ID)
        return names_are_worth_it(run, items, out, error);
    if (property->field == CAIRN_CQL2_IN_PROPERTIES)
        code = session_slot(run->session, property, &slot, error);
    *out |= slot != NULL;
    return code;
}

/* Few items are sorted sooner than they are found in an index; and where a stretch of time is asked for, the index has
 * many other items among them. */
static bool are_few(const search_run *run, uint64_t expected)
{
    enum { PAGES = 4, FEW_IN_TIME = 10000 };
    const cairn_cql2_envelope *filter = &run->narrow.filter;
    bool timed = run->search->has_datetime || filter->has_time || filter->has_instant;
    bool allowed = !run->page->sort_budget || expected < run->page->sort_budget;
    return allowed && (expected / PAGES <= run->page->limit || (timed && expected <= FEW_IN_TIME));
}

/* ---- what the index of a property costs, beside a look at all ---- */

/* In microseconds, about. */
static const double LOOK = 0.5;  /* at a row of the default order */
static const double STEP = 3;    /* of a walk over values */
static const double SEEK = 2;    /* for an item's row */
static const double INSIDE = 10; /* an item's properties, unpacked and looked into */

static double inside_all(const search_run *run, double rows)
{
    return run->matcher || run->search->text ? rows * INSIDE : 0;
}

/* Of the expected rows, those that match; no more than a guess. What an index was asked for before has many. */
static double guess_matches(const search_run *run, double expected)
{
    enum { SHARE_OF_FILTER = 8 };
    bool probed = run->area || run->search->text;
    double matches = probed ? fmin(expected, MAX_CANDIDATES) : expected;
    return run->matcher ? matches / SHARE_OF_FILTER : matches;
}

static double count_cost(const search_run *run, double expected)
{
    const cairn_page *page = run->page;
    return page->position ? 0 : fmin(expected * LOOK + inside_all(run, expected), (double)page->count_budget);
}

/* The walk meets items outside of the stretch of time too, and ends when the page is full and the group is over. */
static cairn_code walk_cost(search_run *run, const slot *slot, double items, double expected, double *out,
                            cairn_error *error)
{
    uint64_t group = 0;
    cairn_code code = run->search->sort.n > 1 ? value_largest_group(run, slot, &group, error) : CAIRN_OK;
    double wanted = (double)run->page->limit + 1;
    double steps = fmin(items, wanted * items / fmax(1, guess_matches(run, expected)) + (double)group);
    double within = steps * fmin(1, expected / fmax(1, items));
    *out = steps * STEP + within * SEEK + inside_all(run, within) + wanted * INSIDE + count_cost(run, expected);
    return code;
}

static cairn_code all_is_cheaper(search_run *run, uint64_t items, uint64_t expected, bool *out, cairn_error *error)
{
    const cairn_cql2_property *property = &run->search->sort.keys[0].property;
    const slot *slot = NULL;
    double walk = 0, all = (double)expected * (LOOK + INSIDE);
    cairn_code code = CAIRN_OK;
    *out = are_few(run, expected);
    if (!*out || property->field != CAIRN_CQL2_IN_PROPERTIES)
        return CAIRN_OK;
    code = session_slot(run->session, property, &slot, error);
    if (!code && slot)
        code = walk_cost(run, slot, (double)items, (double)expected, &walk, error);
    *out = !slot || all <= walk;
    return code;
}

cairn_code sort_rows(search_run *run, uint64_t items, cairn_error *error)
{
    bool indexed = false, all = false;
    uint64_t expected;
    cairn_code code = estimate_items(run, &expected, error);
    if (!code)
        code = all_is_cheaper(run, items, expected, &all, error);
    if (!code && !all)
        code = sort_has_index(run, items, &indexed, error);
    if (code || !indexed)
        return code ? code : sort_all(run, items, error);
    code = sort_by_index(run, error);
    return code ? code : scan_count(run, error);
}
