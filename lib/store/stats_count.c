#include "store/stats_count.h"

#include "base/json.h"
#include "base/number.h"
#include "base/secret.h"
#include "query/sort.h"

#include <stdlib.h>

/* ---- values ---- */

static void end_values(stats_count *count)
{
    for (size_t i = 0; i < count->n_values; i++)
        free((char *)count->values[i].text.p);
    free(count->values);
    count->values = NULL;
    count->n_values = count->cap_values = 0;
    count->endless = true;
}

void stats_count_free(stats_count *count)
{
    end_values(count);
}

/* A string in its shortest spelling: escapes that need not be are decoded. Absent when it is too long for a value, or
 * the arena is full. */
static cairn_span plain_string(cairn_span json, cairn_arena *scratch)
{
    enum { ESCAPED = 6 }; /* bytes of an escape of one byte */
    if (json.n > (size_t)CAIRN_PROPERTY_VALUE_BYTES * ESCAPED)
        return CAIRN_SPAN_NONE;
    if (memchr(json.p, '\\', json.n)) {
        cairn_buf buf = CAIRN_BUF_INIT(CAIRN_PROPERTY_VALUE_BYTES * (ESCAPED + 1));
        cairn_span text = cairn_json_string(json, scratch);
        bool ok = text.p && cairn_buf_add_json_string(&buf, text);
        json = ok ? cairn_arena_copy(scratch, cairn_buf_span(&buf)) : CAIRN_SPAN_NONE;
        cairn_buf_free(&buf);
    }
    return json.n > CAIRN_PROPERTY_VALUE_BYTES ? CAIRN_SPAN_NONE : json;
}

/* What the value is told from others by; false for what is not enumerated. */
static bool key_of(cairn_span json, cairn_arena *scratch, stats_value *key)
{
    *key = (stats_value){.kind = cairn_json_kind(json), .text = json};
    switch (key->kind) {
    case '0':
        return cairn_json_number(json, &key->number);
    case '"':
        key->text = plain_string(json, scratch);
        key->hash = key->text.p ? cairn_hash64(key->text) : 0;
        return key->text.p != NULL;
    case 't':
    case 'f':
        return true;
    default:
        return false;
    }
}

static stats_value *find_value(const stats_count *count, const stats_value *key)
{
    for (size_t i = 0; i < count->n_values; i++) {
        stats_value *v = &count->values[i];
        if (v->kind == key->kind && v->hash == key->hash && v->number == key->number &&
            (key->kind != '"' || cairn_span_equal(v->text, key->text)))
            return v;
    }
    return NULL;
}

static bool append_value(stats_count *count, const stats_value *key, uint64_t times, uint64_t item)
{
    char spelled[CAIRN_NUMBER_PRINT_MAX];
    stats_value new = *key;
    if (new.kind == '0') /* +0: the shortest spelling of both zeros */
        new.text = cairn_span_make(spelled, cairn_number_print(new.number + 0.0, spelled));
    if (count->n_values == count->cap_values) {
        size_t cap = count->cap_values ? 2 * count->cap_values : 4;
        stats_value *values = realloc(count->values, cap * sizeof *values);
        if (!values)
            return false;
        count->values = values;
        count->cap_values = cap;
    }
    char *copy = malloc(new.text.n + 1);
    if (!copy)
        return false;
    memcpy(copy, new.text.p, new.text.n);
    new.text.p = copy;
    new.count = times;
    new.item = item;
    count->values[count->n_values++] = new;
    return true;
}

static bool value_in(stats_count *count, cairn_span json, uint64_t item, cairn_arena *scratch)
{
    stats_value key, *found;
    if (!key_of(json, scratch, &key)) {
        end_values(count);
        return true;
    }
    if ((found = find_value(count, &key))) {
        found->count += found->item != item;
        found->item = item;
        return true;
    }
    if (count->n_values < CAIRN_PROPERTY_VALUES_MAX)
        return append_value(count, &key, 1, item);
    end_values(count);
    return true;
}

static void value_out(stats_count *count, cairn_span json, uint64_t item, cairn_arena *scratch)
{
    stats_value key, *found = key_of(json, scratch, &key) ? find_value(count, &key) : NULL;
    if (!found) {
        count->stale = true;
        return;
    }
    if (found->item == item)
        return;
    found->item = item;
    found->count--;
}

static void remove_unused(stats_count *count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count->n_values; i++)
        if (count->values[i].count)
            count->values[kept++] = count->values[i];
        else
            free((char *)count->values[i].text.p);
    count->n_values = kept;
}

static bool value_change(stats_count *count, cairn_span json, bool in, uint64_t item, cairn_arena *scratch)
{
    if (in)
        return value_in(count, json, item, scratch);
    value_out(count, json, item, scratch);
    return true;
}

/* Each member of an array once for the item. */
static bool members_change(stats_count *count, cairn_span array, bool in, uint64_t item, cairn_arena *scratch)
{
    cairn_json_walk walk = cairn_json_walk_array(array);
    cairn_span member;
    bool ok = true;
    while (ok && !count->endless && cairn_json_next_element(&walk, &member))
        if (!cairn_json_is_null(member))
            ok = value_change(count, member, in, item, scratch);
    return ok;
}

static bool values_change(stats_count *count, cairn_span json, bool in, uint64_t item, cairn_arena *scratch)
{
    char kind = cairn_json_kind(json);
    if (count->endless || kind == 'n' || kind == 0)
        return true;
    if (kind == '[')
        return members_change(count, json, in, item, scratch);
    return value_change(count, json, in, item, scratch);
}

/* ---- extremes ---- */

/* `order` of the value to the extreme, if there is one: negative is beyond it. True when the value becomes the extreme.
 */
static bool extreme_in(uint64_t *items, int order, bool any)
{
    if (!any || order < 0) {
        *items = 1;
        return true;
    }
    *items += order == 0;
    return false;
}

/* False when that can't be. */
static bool extreme_out(uint64_t *items, int order)
{
    if (order > 0)
        return true;
    if (order < 0 || *items == 0)
        return false;
    --*items;
    return true;
}

static int order_of(double a, double b)
{
    return (a > b) - (a < b);
}

static void number_in(stats_count *c, double v)
{
    if (extreme_in(&c->minimum_items, order_of(v, c->minimum), c->has_range))
        c->minimum = v;
    if (extreme_in(&c->maximum_items, order_of(c->maximum, v), c->has_range))
        c->maximum = v;
    c->has_range = true;
}

static void number_out(stats_count *c, double v)
{
    c->stale |= !c->has_range || !extreme_out(&c->minimum_items, order_of(v, c->minimum)) ||
                !extreme_out(&c->maximum_items, order_of(c->maximum, v));
}

static void time_in(stats_count *c, cairn_time v)
{
    if (extreme_in(&c->first_items, cairn_time_compare(v, c->first), c->has_span))
        c->first = v;
    if (extreme_in(&c->last_items, cairn_time_compare(c->last, v), c->has_span))
        c->last = v;
    c->has_span = true;
}

static void time_out(stats_count *c, cairn_time v)
{
    c->stale |= !c->has_span || !extreme_out(&c->first_items, cairn_time_compare(v, c->first)) ||
                !extreme_out(&c->last_items, cairn_time_compare(c->last, v));
}

/* ---- one value of an item ---- */

typedef struct reading {
    char kind;
    bool is_integer, is_time, has_number;
    double number;
    cairn_time time;
} reading;

static bool read_time(cairn_span json, cairn_arena *scratch, cairn_time *out)
{
    enum { SHORTEST = sizeof "\"2020-01-01T00:00:00Z\"" - 1, LONGEST = 200 };
    if (json.n < SHORTEST || json.n > LONGEST || (json.p[1] != '\\' && (json.p[1] < '0' || json.p[1] > '9')))
        return false;
    cairn_span text = cairn_json_string(json, scratch);
    return text.p && cairn_time_parse(text, out, NULL) == CAIRN_OK;
}

static reading read_value(cairn_span json, cairn_arena *scratch)
{
    reading r = {.kind = cairn_json_kind(json)};
    long long whole;
    if (r.kind == '0') {
        r.has_number = cairn_json_number(json, &r.number);
        r.is_integer = cairn_json_integer(json, &whole);
        r.number += 0.0; /* no negative zero */
    }
    if (r.kind == '"')
        r.is_time = read_time(json, scratch, &r.time);
    return r;
}

static void kind_change(stats_count *c, const reading *r, uint64_t step)
{
    switch (r->kind) {
    case '0':
        *(r->is_integer ? &c->integers : &c->numbers) += step;
        break;
    case '"':
        c->strings += step;
        c->times += r->is_time ? step : 0;
        break;
    case 't':
    case 'f':
        c->booleans += step;
        break;
    case '[':
        c->arrays += step;
        break;
    case '{':
        c->objects += step;
        break;
    default:
        break;
    }
}

/* Where nothing is left there are no extremes either. */
static void forget_ranges(stats_count *c)
{
    if (c->integers + c->numbers == 0) {
        c->has_range = false;
        c->minimum_items = c->maximum_items = 0;
    }
    if (c->times == 0) {
        c->has_span = false;
        c->first_items = c->last_items = 0;
    }
}

/* Extremes first in, then out, so that one which stays is not lost between. */
static void ranges_change(stats_count *c, const reading *out, const reading *in, bool numbers_left, bool times_left)
{
    if (in->has_number)
        number_in(c, in->number);
    if (in->is_time)
        time_in(c, in->time);
    if (out->has_number && numbers_left)
        number_out(c, out->number);
    if (out->is_time && times_left)
        time_out(c, out->time);
}

bool stats_count_change(stats_count *count, cairn_span old, cairn_span json, uint64_t item, cairn_arena *scratch)
{
    reading out = read_value(old, scratch), in = read_value(json, scratch);
    kind_change(count, &out, UINT64_MAX); /* -1 */
    forget_ranges(count);
    bool empty = stats_count_items(count) == 0, numbers_left = count->integers + count->numbers > 0;
    bool times_left = count->times > 0;
    kind_change(count, &in, 1);
    ranges_change(count, &out, &in, numbers_left, times_left);
    /* Values the other way round, so that there are not too many of them between. */
    if (!values_change(count, old, false, item, scratch))
        return false;
    if (old.p)
        remove_unused(count);
    if (empty) /* nothing is left that there could be too much of */
        count->endless = false;
    return values_change(count, json, true, item + 1, scratch);
}

/* ---- loading ---- */

/* Canonical text is that of RFC 3339 without the zone. */
static bool load_time(cairn_span text, cairn_time *out)
{
    char whole[CAIRN_SORT_TIME_MAX + 1];
    if (!text.p || text.n >= CAIRN_SORT_TIME_MAX)
        return false;
    memcpy(whole, text.p, text.n);
    whole[text.n] = 'Z';
    return cairn_time_parse(cairn_span_make(whole, text.n + 1), out, NULL) == CAIRN_OK;
}

bool stats_count_load_ranges(stats_count *c, const cairn_property *p)
{
    c->has_range = p->has_range && p->integers + p->numbers > 0;
    if (c->has_range) {
        c->minimum = p->minimum;
        c->maximum = p->maximum;
        c->minimum_items = p->minimum_items;
        c->maximum_items = p->maximum_items;
    }
    c->has_span = p->times > 0;
    if (!c->has_span)
        return true;
    c->first_items = p->first_items;
    c->last_items = p->last_items;
    return load_time(p->first, &c->first) && load_time(p->last, &c->last);
}

bool stats_count_load_value(stats_count *count, const cairn_property_value *value, cairn_arena *scratch)
{
    stats_value key;
    if (value->count == 0 || count->n_values == CAIRN_PROPERTY_VALUES_MAX || !key_of(value->json, scratch, &key) ||
        find_value(count, &key)) {
        count->stale = true;
        return true;
    }
    return append_value(count, &key, value->count, 0);
}
