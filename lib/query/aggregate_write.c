/* Telling what was counted. */
#include "query/aggregate_parts.h"

#include <stdio.h>
#include <stdlib.h>

/* One aggregation to be told of. */
typedef struct telling {
    const cairn_aggregation *all;
    const cairn_aggregate_wanted *wanted;
    const cairn_aggregate_running *running;
    const cairn_count **buckets;
    size_t n;
    cairn_buf *out;
} telling;

static int64_t number_of(const cairn_count *count)
{
    int64_t number = 0;
    memcpy(&number, count->key.p, sizeof number);
    return number;
}

static cairn_cell cell_of(const cairn_count *count)
{
    cairn_cell cell = {0, 0};
    memcpy(&cell, count->key.p, sizeof cell);
    return cell;
}

/* ---- order ---- */

static int by_number(const void *a, const void *b)
{
    int64_t x = number_of(*(cairn_count *const *)a), y = number_of(*(cairn_count *const *)b);
    return (x > y) - (x < y);
}

static int by_count(const cairn_count *a, const cairn_count *b)
{
    return (a->count < b->count) - (a->count > b->count);
}

static int by_cell(const void *a, const void *b)
{
    const cairn_count *x = *(cairn_count *const *)a, *y = *(cairn_count *const *)b;
    int order = by_count(x, y);
    cairn_cell left = cell_of(x), right = cell_of(y);
    if (order == 0)
        order = (left.x > right.x) - (left.x < right.x);
    return order ? order : (left.y > right.y) - (left.y < right.y);
}

static int by_text(const void *a, const void *b)
{
    const cairn_count *x = *(cairn_count *const *)a, *y = *(cairn_count *const *)b;
    int order = by_count(x, y);
    return order ? order : cairn_span_compare(x->key, y->key);
}

static bool is_by_number(cairn_aggregate_kind kind)
{
    return kind == CAIRN_AGGREGATE_TIMES || kind == CAIRN_AGGREGATE_STEPS || kind == CAIRN_AGGREGATE_RANGES;
}

static bool is_by_cell(cairn_aggregate_kind kind)
{
    return kind == CAIRN_AGGREGATE_CENTROID || kind == CAIRN_AGGREGATE_FOOTPRINT;
}

static bool sort_buckets(telling *t)
{
    const cairn_counter *counter = &t->running->counter;
    cairn_aggregate_kind kind = t->wanted->known->kind;
    t->buckets = calloc(counter->n + 1, sizeof(cairn_count *));
    if (!t->buckets)
        return false;
    for (size_t i = 0; i < counter->room; i++)
        if (counter->at[i].key.p)
            t->buckets[t->n++] = &counter->at[i];
    qsort(t->buckets, t->n, sizeof(cairn_count *),
          is_by_number(kind) ? by_number
          : is_by_cell(kind) ? by_cell
                             : by_text);
    return true;
}

/* ---- buckets ---- */

static void open_bucket(const telling *t, cairn_span key, const char *data_type, uint64_t frequency, bool first)
{
    cairn_buf_add_text(t->out, first ? "{\"key\":" : ",{\"key\":");
    cairn_buf_add_json_string(t->out, key);
    cairn_buf_printf(t->out, ",\"data_type\":\"%s\",\"frequency\":%llu", data_type, (unsigned long long)frequency);
}

static void put_plain(const telling *t, cairn_span key, const char *data_type, const cairn_count *count, bool first)
{
    open_bucket(t, key, data_type, count->count, first);
    cairn_buf_add_byte(t->out, '}');
}

/* `from` belongs to it, `to` does not; an end that is not there is open. */
static void put_range(const telling *t, const double *from, const double *to, uint64_t frequency, bool first)
{
    char key[64], left[24] = "*", right[24] = "*";
    if (from)
        snprintf(left, sizeof left, "%.1f", *from);
    if (to)
        snprintf(right, sizeof right, "%.1f", *to);
    int n = snprintf(key, sizeof key, "%s-%s", left, right);
    open_bucket(t, cairn_span_make(key, (size_t)n), "numeric", frequency, first);
    if (from)
        cairn_buf_printf(t->out, ",\"from\":%g", *from);
    if (to)
        cairn_buf_printf(t->out, ",\"to\":%g", *to);
    cairn_buf_add_byte(t->out, '}');
}

/* All of them, also those without items. */
static void put_ranges(const telling *t)
{
    const double *edges = cairn_aggregate_edges;
    for (size_t range = 0, next = 0; range <= CAIRN_AGGREGATE_EDGES; range++) {
        bool has = next < t->n && number_of(t->buckets[next]) == (int64_t)range;
        put_range(t, range ? &edges[range - 1] : NULL, range < CAIRN_AGGREGATE_EDGES ? &edges[range] : NULL,
                  has ? t->buckets[next]->count : 0, range == 0);
        next += has;
    }
}

static void put_step(const telling *t, const cairn_count *count, bool first)
{
    double from = (double)number_of(count) * CAIRN_AGGREGATE_STEP, to = from + CAIRN_AGGREGATE_STEP;
    put_range(t, &from, &to, count->count, first);
}

static void put_time(const telling *t, const cairn_count *count, bool first)
{
    char text[CAIRN_TIME_TEXT_MAX], key[CAIRN_TIME_TEXT_MAX + 8];
    size_t n = cairn_time_format((cairn_time){number_of(count), 0}, text);
    int length = snprintf(key, sizeof key, "%.*s.000Z", (int)n - 1, text); /* as the extension spells it */
    put_plain(t, cairn_span_make(key, (size_t)length), "datetime", count, first);
}

static void put_cell(const telling *t, const cairn_count *count, bool first)
{
    char key[CAIRN_GRID_KEY_MAX];
    int precision = cairn_aggregate_precision(t->all->request, t->wanted);
    size_t n = cairn_grid_key(t->wanted->known->grid, precision, cell_of(count), key);
    put_plain(t, cairn_span_make(key, n), "string", count, first);
}

static void put_term(const telling *t, const cairn_count *count, bool first)
{
    const char *data_type = count->key.p[0] == '0' ? "numeric" : "string";
    put_plain(t, cairn_span_make(count->key.p + 1, count->key.n - 1), data_type, count, first);
}

static void put_bucket(const telling *t, const cairn_count *count, bool first)
{
    cairn_aggregate_kind kind = t->wanted->known->kind;
    if (kind == CAIRN_AGGREGATE_TIMES)
        put_time(t, count, first);
    else if (kind == CAIRN_AGGREGATE_STEPS)
        put_step(t, count, first);
    else if (kind == CAIRN_AGGREGATE_TERMS)
        put_term(t, count, first);
    else if (is_by_cell(kind))
        put_cell(t, count, first);
    else
        put_plain(t, count->key, "string", count, first);
}

/* ---- distributions ---- */

/* Items that no bucket accounts for: without a value, or in buckets that are left out (items with arrays once for
 * each of these). */
static uint64_t overflow_of(const telling *t, size_t told)
{
    uint64_t items = t->running->without;
    for (size_t i = told; i < t->n; i++)
        items += t->buckets[i]->count;
    return items;
}

static cairn_code refuse_buckets(const telling *t, cairn_error *error)
{
    char name[80];
    cairn_error_set(error, CAIRN_INVALID,
                    "%s has more than %d buckets; expected a lower precision, a longer interval, or a narrower search",
                    cairn_quote(t->wanted->name, name, sizeof name), CAIRN_AGGREGATE_BUCKETS_MAX);
    cairn_error_at_parameter(error, "aggregations");
    return CAIRN_INVALID;
}

static cairn_code put_distribution(telling *t, cairn_error *error)
{
    cairn_aggregate_kind kind = t->wanted->known->kind;
    if (!sort_buckets(t))
        return cairn_error_set(error, CAIRN_NOMEM, "no memory left for the buckets of an aggregation");
    bool may_leave_out = !is_by_number(kind) && kind != CAIRN_AGGREGATE_FOOTPRINT;
    if (t->n > CAIRN_AGGREGATE_BUCKETS_MAX && !may_leave_out)
        return refuse_buckets(t, error);
    size_t told = t->n > CAIRN_AGGREGATE_BUCKETS_MAX ? CAIRN_AGGREGATE_BUCKETS_MAX : t->n;
    cairn_buf_printf(t->out, ",\"data_type\":\"frequency_distribution\",\"overflow\":%llu",
                     (unsigned long long)overflow_of(t, told));
    if (kind == CAIRN_AGGREGATE_TIMES)
        cairn_buf_printf(t->out, ",\"interval\":\"%s\"", cairn_calendar_names[t->all->request->calendar]);
    cairn_buf_add_text(t->out, ",\"buckets\":[");
    if (kind == CAIRN_AGGREGATE_RANGES)
        put_ranges(t);
    for (size_t i = 0; i < told && kind != CAIRN_AGGREGATE_RANGES; i++)
        put_bucket(t, t->buckets[i], i == 0);
    cairn_buf_add_byte(t->out, ']');
    return CAIRN_OK;
}

static void put_instant(const telling *t, cairn_time time)
{
    char text[CAIRN_TIME_TEXT_MAX];
    cairn_buf_add_text(t->out, ",\"data_type\":\"datetime\",\"value\":");
    if (t->all->has_time)
        cairn_buf_add_json_string(t->out, cairn_span_make(text, cairn_time_format(time, text)));
    else
        cairn_buf_add_text(t->out, "null");
}

static cairn_code put_estimate(const telling *t, cairn_error *error)
{
    cairn_estimate_result result;
    bool cube = t->wanted->known->kind == CAIRN_AGGREGATE_CUBE;
    cairn_code code = cairn_estimate_result_of(t->all->estimate, &result, error);
    if (code != CAIRN_OK)
        return cairn_error_at_parameter(error, "cube_crs");
    cairn_buf_add_text(t->out, ",\"data_type\":\"integer\",\"value\":");
    if (cube && !result.has_cube)
        cairn_buf_add_text(t->out, "null");
    else
        cairn_buf_printf(t->out, "%llu", (unsigned long long)(cube ? result.whole.bytes : result.bytes));
    cairn_buf_add_byte(t->out, ',');
    if (cube)
        cairn_estimate_write_cube(&result, t->out);
    else
        cairn_estimate_write_arrays(&result, t->out);
    return CAIRN_OK;
}

static cairn_code put_aggregation(telling *t, cairn_error *error)
{
    cairn_aggregate_kind kind = t->wanted->known->kind;
    cairn_buf_add_text(t->out, "{\"name\":");
    cairn_buf_add_json_string(t->out, t->wanted->name);
    cairn_code code = CAIRN_OK;
    if (kind == CAIRN_AGGREGATE_COUNT)
        cairn_buf_printf(t->out, ",\"data_type\":\"integer\",\"value\":%llu", (unsigned long long)t->all->items);
    else if (kind == CAIRN_AGGREGATE_FIRST || kind == CAIRN_AGGREGATE_LAST)
        put_instant(t, kind == CAIRN_AGGREGATE_FIRST ? t->all->first : t->all->last);
    else if (kind == CAIRN_AGGREGATE_ARRAYS || kind == CAIRN_AGGREGATE_CUBE)
        code = put_estimate(t, error);
    else
        code = put_distribution(t, error);
    cairn_buf_add_byte(t->out, '}');
    free(t->buckets);
    return code;
}

cairn_code cairn_aggregation_write(const cairn_aggregation *all, cairn_buf *out, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < all->request->n && code == CAIRN_OK; i++) {
        telling t = {.all = all, .wanted = &all->request->at[i], .running = &all->at[i], .out = out};
        if (i)
            cairn_buf_add_byte(out, ',');
        code = put_aggregation(&t, error);
    }
    if (code == CAIRN_OK && out->failed)
        code = cairn_error_set(error, CAIRN_NOMEM, "the aggregations do not fit in memory");
    return code;
}
