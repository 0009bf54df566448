/* Counting items. */
#include "base/number.h"
#include "query/aggregate_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEYS_MAX_BYTES = 128 << 20, SAFE_STEPS = 1 << 30 };

/* An item on its way into one aggregation. */
typedef struct adding {
    cairn_aggregation *all;
    const cairn_aggregate_wanted *wanted;
    cairn_aggregate_running *running;
    const cairn_aggregate_item *item;
    cairn_cql2_members *members; /* of the item's properties */
    cairn_geos *geos;
    cairn_arena *scratch;
    cairn_error *error;
} adding;

cairn_aggregation *cairn_aggregation_new(const cairn_aggregate_request *request)
{
    cairn_aggregation *all = calloc(1, sizeof *all);
    if (!all)
        return NULL;
    all->request = request;
    all->keys = cairn_arena_new(KEYS_MAX_BYTES);
    bool measured = cairn_aggregate_wants_text(request);
    if (all->keys && measured)
        all->estimate = cairn_estimate_new(&request->estimate);
    if (all->keys && (all->estimate || !measured))
        return all;
    cairn_arena_free(all->keys);
    free(all);
    return NULL;
}

void cairn_aggregation_free(cairn_aggregation *all)
{
    if (!all)
        return;
    for (size_t i = 0; i < all->request->n; i++)
        cairn_counter_free(&all->at[i].counter);
    cairn_estimate_free(all->estimate);
    cairn_arena_free(all->keys);
    free(all);
}

/* ---- keys ---- */

static cairn_code refuse_keys(const adding *a)
{
    char name[80];
    cairn_error_set(a->error, CAIRN_INVALID,
                    "the aggregations up to %s have more than %d different values; expected a narrower search, or a "
                    "lower precision",
                    cairn_quote(a->wanted->name, name, sizeof name), CAIRN_AGGREGATE_KEYS_MAX);
    cairn_error_at_parameter(a->error, "aggregations");
    return CAIRN_INVALID;
}

static cairn_code count_key(const adding *a, cairn_span key, uint64_t times)
{
    cairn_counter *counter = &a->running->counter;
    size_t before = counter->n;
    if (!cairn_counter_add(counter, key, times, a->all->items, a->all->keys))
        return cairn_aggregate_no_memory(a->error);
    a->all->n_keys += counter->n - before;
    return a->all->n_keys > CAIRN_AGGREGATE_KEYS_MAX ? refuse_keys(a) : CAIRN_OK;
}

static cairn_code count_number(const adding *a, int64_t key)
{
    return count_key(a, cairn_span_make((const char *)&key, sizeof key), 1);
}

static cairn_code count_cell(const adding *a, cairn_cell cell)
{
    return count_key(a, cairn_span_make((const char *)&cell, sizeof cell), 1);
}

static cairn_code count_none(const adding *a)
{
    a->running->without++;
    return CAIRN_OK;
}

/* ---- properties ---- */

/* The value under the first of its names that has one; absent: none, or null. */
static cairn_code find_value(const adding *a, cairn_span *out)
{
    for (size_t i = 0; i < a->wanted->n_sources; i++) {
        const cairn_cql2_source *source = &a->wanted->sources[i];
        if (!cairn_cql2_members_lookup(a->members, &source->property, a->scratch, out) ||
            !cairn_cql2_change_value(source->change, *out, a->scratch, out))
            return cairn_aggregate_no_memory(a->error);
        if (out->p && !cairn_json_is_null(*out))
            return CAIRN_OK;
    }
    *out = CAIRN_SPAN_NONE;
    return CAIRN_OK;
}

/* The kind of value and its text: numbers as doubles, strings decoded. *key is absent for what is no term. */
static cairn_code term_of(const adding *a, cairn_span json, cairn_span *key)
{
    char kind = cairn_json_kind(json), number[CAIRN_NUMBER_PRINT_MAX];
    cairn_span text = json;
    double value;
    *key = CAIRN_SPAN_NONE;
    if (kind == '"')
        text = cairn_json_string(json, a->scratch);
    else if (kind == '0' && cairn_json_number(json, &value))
        text = cairn_span_make(number, cairn_number_print(value, number));
    else if (kind != 't' && kind != 'f')
        return CAIRN_OK;
    if (text.p && text.n > CAIRN_AGGREGATE_TERM_BYTES)
        return CAIRN_OK;
    *key = text.p ? cairn_arena_printf(a->scratch, "%c%.*s", kind, CAIRN_SPAN_FMT(text)) : CAIRN_SPAN_NONE;
    return key->p ? CAIRN_OK : cairn_aggregate_no_memory(a->error);
}

static cairn_code count_term(const adding *a, cairn_span json, bool *counted)
{
    cairn_span key;
    cairn_code code = term_of(a, json, &key);
    if (code != CAIRN_OK || !key.p)
        return code;
    *counted = true;
    return count_key(a, key, 1);
}

/* Of an array, each of its members. */
static cairn_code add_terms(const adding *a)
{
    cairn_span value, element;
    bool counted = false;
    cairn_code code = find_value(a, &value);
    if (code != CAIRN_OK)
        return code;
    if (cairn_json_kind(value) != '[')
        code = count_term(a, value, &counted);
    cairn_json_walk walk = cairn_json_walk_array(value);
    while (code == CAIRN_OK && cairn_json_next_element(&walk, &element))
        code = count_term(a, element, &counted);
    return code != CAIRN_OK || counted ? code : count_none(a);
}

static cairn_code add_range(const adding *a)
{
    cairn_span json;
    double value;
    int64_t range = 0;
    cairn_code code = find_value(a, &json);
    if (code != CAIRN_OK)
        return code;
    if (!cairn_json_number(json, &value))
        return count_none(a);
    while (range < CAIRN_AGGREGATE_EDGES && value >= cairn_aggregate_edges[range])
        range++;
    return count_number(a, range);
}

static cairn_code add_step(const adding *a)
{
    cairn_span json;
    double value;
    cairn_code code = find_value(a, &json);
    if (code != CAIRN_OK)
        return code;
    if (!cairn_json_number(json, &value) || fabs(value) > SAFE_STEPS)
        return count_none(a);
    return count_number(a, (int64_t)floor(value / CAIRN_AGGREGATE_STEP));
}

/* ---- times and places ---- */

static cairn_code add_time(const adding *a)
{
    if (cairn_time_is_open(a->item->time))
        return count_none(a);
    return count_number(a, cairn_calendar_start(a->all->request->calendar, a->item->time.sec));
}

static cairn_code add_centroid(const adding *a)
{
    double lon, lat;
    if (!a->item->has_place)
        return count_none(a);
    cairn_code code = cairn_footprint_centroid(a->geos, a->item->box, a->item->footprint, &lon, &lat, a->error);
    if (code != CAIRN_OK)
        return code;
    int precision = cairn_aggregate_precision(a->all->request, a->wanted);
    return count_cell(a, cairn_grid_cell(a->wanted->known->grid, precision, lon, lat));
}

static cairn_code refuse_cells(const adding *a)
{
    char parameter[CAIRN_ERROR_PARAMETER_MAX];
    const char *name = a->wanted->known->info.name;
    int precision = cairn_aggregate_precision(a->all->request, a->wanted);
    snprintf(parameter, sizeof parameter, "%s_precision", name);
    cairn_error_set(a->error, CAIRN_INVALID,
                    "an item has more than %d cells of %s at precision %d; expected a lower precision, or a narrower "
                    "search",
                    CAIRN_AGGREGATE_ITEM_CELLS_MAX, name, precision);
    cairn_error_at_parameter(a->error, parameter);
    return CAIRN_INVALID;
}

static cairn_code add_footprint(const adding *a)
{
    const cairn_aggregate_item *item = a->item;
    cairn_cell *cells = NULL;
    size_t n = 0;
    cairn_error why = CAIRN_ERROR_INIT;
    if (!item->has_place)
        return count_none(a);
    cairn_code code =
        cairn_grid_cells(a->wanted->known->grid, cairn_aggregate_precision(a->all->request, a->wanted), item->box,
                         item->footprint, CAIRN_AGGREGATE_ITEM_CELLS_MAX, a->geos, a->scratch, &cells, &n, &why);
    if (code == CAIRN_TOO_LARGE)
        return refuse_cells(a);
    if (code != CAIRN_OK)
        return cairn_error_set(a->error, code, "%s", why.message);
    for (size_t i = 0; i < n && code == CAIRN_OK; i++)
        code = count_cell(a, cells[i]);
    return code;
}

/* ---- items ---- */

static cairn_code add_one(const adding *a)
{
    switch (a->wanted->known->kind) {
    case CAIRN_AGGREGATE_TIMES:
        return add_time(a);
    case CAIRN_AGGREGATE_TERMS:
        return add_terms(a);
    case CAIRN_AGGREGATE_RANGES:
        return add_range(a);
    case CAIRN_AGGREGATE_STEPS:
        return add_step(a);
    case CAIRN_AGGREGATE_COLLECTION:
        return count_key(a, a->item->collection, 1);
    case CAIRN_AGGREGATE_CENTROID:
        return add_centroid(a);
    case CAIRN_AGGREGATE_FOOTPRINT:
        return add_footprint(a);
    default:
        return CAIRN_OK;
    }
}

static void keep_time(cairn_aggregation *all, cairn_time time)
{
    if (cairn_time_is_open(time))
        return;
    if (!all->has_time || cairn_time_compare(time, all->first) < 0)
        all->first = time;
    if (!all->has_time || cairn_time_compare(time, all->last) > 0)
        all->last = time;
    all->has_time = true;
}

cairn_code cairn_aggregation_add(cairn_aggregation *all, const cairn_aggregate_item *item, cairn_geos *geos,
                                 cairn_arena *scratch, cairn_error *error)
{
    cairn_cql2_members members = {.object = item->properties, .arena = scratch};
    cairn_code code = CAIRN_OK;
    all->items++;
    keep_time(all, item->time);
    if (all->estimate)
        code = cairn_estimate_add(all->estimate, item->text, item->time, scratch, error);
    for (size_t i = 0; i < all->request->n && code == CAIRN_OK; i++) {
        const adding a = {all, &all->request->at[i], &all->at[i], item, &members, geos, scratch, error};
        code = add_one(&a);
    }
    return code;
}

cairn_code cairn_aggregation_add_many(cairn_aggregation *all, cairn_span collection, uint64_t n, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    if (n == 0)
        return CAIRN_OK;
    all->items += n;
    for (size_t i = 0; i < all->request->n && code == CAIRN_OK; i++) {
        const adding a = {.all = all, .wanted = &all->request->at[i], .running = &all->at[i], .error = error};
        if (a.wanted->known->kind == CAIRN_AGGREGATE_COLLECTION)
            code = count_key(&a, collection, n);
    }
    return code;
}
