#include "indexer/known.h"

#include "base/fixed.h"

#include <stdio.h>

/* ---- gathering ---- */

/* Where the name is, or belongs. */
static size_t place_of(const cairn_knowns *knowns, cairn_span name, bool *found)
{
    size_t low = 0, high = knowns->n;
    *found = false;
    while (low < high && !*found) {
        size_t middle = (low + high) / 2;
        int order = cairn_span_compare(knowns->at[middle].property.name, name);
        *found = order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

const cairn_known *cairn_knowns_find(const cairn_knowns *knowns, cairn_span name)
{
    bool found;
    size_t at = place_of(knowns, name, &found);
    return found ? &knowns->at[at] : NULL;
}

static cairn_known *insert(cairn_knowns *knowns, size_t at, cairn_span name)
{
    if (knowns->n == knowns->room) {
        size_t room = knowns->room ? 2 * knowns->room : 64;
        cairn_known *list = cairn_arena_calloc(knowns->arena, room, sizeof *list);
        if (!list)
            return NULL;
        if (knowns->n)
            memcpy(list, knowns->at, knowns->n * sizeof *list);
        knowns->at = list;
        knowns->room = room;
    }
    name = cairn_arena_copy(knowns->arena, name);
    if (!name.p)
        return NULL;
    memmove(knowns->at + at + 1, knowns->at + at, (knowns->n - at) * sizeof *knowns->at);
    knowns->at[at] = (cairn_known){.property = {.name = name, .enumerated = true}};
    knowns->n++;
    return &knowns->at[at];
}

static bool keep_text(cairn_arena *arena, cairn_span *to, cairn_span text)
{
    *to = cairn_arena_copy(arena, text);
    return to->p != NULL;
}

static bool join_range(cairn_arena *arena, cairn_property *all, const cairn_property *one)
{
    bool ok = true;
    if (!one->has_range)
        return true;
    if (!all->has_range || one->minimum < all->minimum) {
        all->minimum = one->minimum;
        ok = keep_text(arena, &all->minimum_json, one->minimum_json);
    }
    if (!all->has_range || one->maximum > all->maximum) {
        all->maximum = one->maximum;
        ok = ok && keep_text(arena, &all->maximum_json, one->maximum_json);
    }
    all->has_range = true;
    return ok;
}

static bool join_times(cairn_arena *arena, cairn_property *all, const cairn_property *one)
{
    bool ok = true, first = !all->times;
    all->times += one->times;
    all->has_times = all->times > 0 && all->times == all->strings;
    if (!one->times)
        return true;
    if (first || cairn_span_compare(one->first, all->first) < 0)
        ok = keep_text(arena, &all->first, one->first);
    if (first || cairn_span_compare(one->last, all->last) > 0)
        ok = ok && keep_text(arena, &all->last, one->last);
    return ok;
}

/* The list of all collections is as long as it gets; the values are those of one catalog. */
static bool join_values(cairn_arena *arena, cairn_property *all, const cairn_property *one)
{
    cairn_property_value *list = cairn_arena_calloc(arena, all->n_values + one->n_values + 1, sizeof *list);
    if (!list)
        return false;
    size_t n = all->n_values;
    if (n)
        memcpy(list, all->values, n * sizeof *list);
    for (size_t i = 0; i < one->n_values; i++) {
        size_t k = 0;
        while (k < n && !cairn_span_equal(list[k].json, one->values[i].json))
            k++;
        if (k == n && !keep_text(arena, &list[n++].json, one->values[i].json))
            return false;
        list[k].count += one->values[i].count;
    }
    all->values = list;
    all->n_values = n;
    return true;
}

static cairn_code join(void *context, const cairn_property *one, cairn_error *error)
{
    cairn_knowns *knowns = context;
    bool found;
    size_t at = place_of(knowns, one->name, &found);
    cairn_known *known = found ? &knowns->at[at] : insert(knowns, at, one->name);
    if (!known)
        return cairn_error_no_memory(error);
    cairn_property *all = &known->property;
    all->integers += one->integers;
    all->numbers += one->numbers;
    all->strings += one->strings;
    all->booleans += one->booleans;
    all->arrays += one->arrays;
    all->objects += one->objects;
    all->enumerated = all->enumerated && one->enumerated;
    bool ok = join_range(knowns->arena, all, one) && join_times(knowns->arena, all, one) &&
              (!all->enumerated || join_values(knowns->arena, all, one));
    return ok ? CAIRN_OK : cairn_error_no_memory(error);
}

static bool is_nested(const cairn_knowns *knowns, cairn_span name)
{
    bool nested = false, found;
    for (size_t n = 0; n < name.n && !nested; n++)
        if (name.p[n] == '.') {
            size_t at = place_of(knowns, cairn_span_make(name.p, n), &found);
            nested = found && knowns->at[at].property.objects;
        }
    return nested;
}

static cairn_code mark(void *context, const cairn_promoted *promoted, cairn_error *error)
{
    cairn_knowns *knowns = context;
    bool found, nested = is_nested(knowns, promoted->name);
    size_t at = place_of(knowns, promoted->name, &found);
    if (!found && (knowns->of_one ? !nested : promoted->built_in && promoted->items == 0))
        return CAIRN_OK;
    cairn_known *known = found ? &knowns->at[at] : insert(knowns, at, promoted->name);
    if (!known)
        return cairn_error_no_memory(error);
    known->has_index = true;
    known->built_in = promoted->built_in;
    known->nested = nested;
    known->indexed = promoted->items;
    return CAIRN_OK;
}

cairn_code cairn_knowns_read(cairn_knowns *knowns, cairn_session *session, cairn_span collection, cairn_error *error)
{
    cairn_arena_reset(knowns->arena);
    knowns->at = NULL;
    knowns->n = knowns->room = 0;
    knowns->of_one = collection.p != NULL;
    cairn_code code = cairn_session_properties(session, collection, join, knowns, error);
    if (code == CAIRN_OK)
        code = cairn_session_promoted(session, mark, knowns, error);
    for (size_t i = 0; i < knowns->n; i++)
        cairn_property_values_sort((cairn_property_value *)knowns->at[i].property.values,
                                   knowns->at[i].property.n_values);
    return code;
}

/* ---- types ---- */

enum { TYPES = 6 };

/* The names of the types that occur; returns how many. */
static size_t types_of(const cairn_property *p, const char *names[TYPES])
{
    size_t n = 0;
    if (p->numbers)
        names[n++] = "number";
    else if (p->integers)
        names[n++] = "integer";
    if (p->strings)
        names[n++] = p->has_times ? "time" : "string";
    if (p->booleans)
        names[n++] = "boolean";
    if (p->arrays)
        names[n++] = "array";
    if (p->objects)
        names[n++] = "object";
    return n;
}

/* ---- text ---- */

enum { NAME_MIN = 12, NAME_MAX = 48 };

static void add_types(const cairn_property *p, cairn_buf *out)
{
    const char *names[TYPES];
    char text[64];
    size_t n = types_of(p, names), used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? "/" : "", names[i]);
    cairn_buf_printf(out, "  %-15s", n ? text : "-");
}

/* JSON has its own escapes, for control characters too. */
static const char *show_json(cairn_span json, char *out, size_t out_size)
{
    cairn_fixed line = cairn_fixed_begin(out, out_size, 0);
    cairn_fixed_add_line(&line, json, CAIRN_FIXED_BLANK);
    return out;
}

static void add_some_values(const cairn_property *p, cairn_buf *out)
{
    enum { SHOWN = 4 };
    char quoted[80];
    for (size_t i = 0; i < p->n_values && i < SHOWN; i++)
        cairn_buf_printf(out, "%s%s (%llu)", i ? ", " : "", show_json(p->values[i].json, quoted, sizeof quoted),
                         (unsigned long long)p->values[i].count);
    if (p->n_values > SHOWN)
        cairn_buf_printf(out, " and %zu more", p->n_values - SHOWN);
}

static void add_contents(const cairn_property *p, cairn_buf *out)
{
    if (p->has_times)
        cairn_buf_printf(out, "%.*sZ to %.*sZ", CAIRN_SPAN_FMT(p->first), CAIRN_SPAN_FMT(p->last));
    else if (p->has_range)
        cairn_buf_printf(out, "%.*s to %.*s", CAIRN_SPAN_FMT(p->minimum_json), CAIRN_SPAN_FMT(p->maximum_json));
    if (p->enumerated && p->n_values && !p->has_times && (p->strings || p->booleans || p->arrays)) {
        cairn_buf_add_text(out, p->has_range ? "; " : "");
        add_some_values(p, out);
    }
}

/* Of a property that no item has under this name. */
static void add_index_only(const cairn_knowns *knowns, const cairn_known *known, cairn_buf *out)
{
    cairn_buf_add_text(out, "index only");
    if (!knowns->of_one)
        cairn_buf_printf(out, ", of %llu item%s", (unsigned long long)known->indexed, known->indexed == 1 ? "" : "s");
    if (known->nested)
        cairn_buf_add_text(out, ": nested in objects");
    else if (known->indexed)
        cairn_buf_add_text(out, ": under another name");
}

bool cairn_knowns_text(const cairn_knowns *knowns, cairn_buf *out)
{
    char name[4 * CAIRN_PROPERTY_NAME_BYTES + 1];
    int width = NAME_MIN;
    for (size_t i = 0; i < knowns->n; i++)
        if (knowns->at[i].property.name.n > (size_t)width && width < NAME_MAX)
            width = knowns->at[i].property.name.n < NAME_MAX ? (int)knowns->at[i].property.name.n : NAME_MAX;
    cairn_buf_printf(out, "%-*s  %-15s  %10s  %-8s  %s\n", width, "property", "type", "items", "index", "values");
    for (size_t i = 0; i < knowns->n; i++) {
        const cairn_known *known = &knowns->at[i];
        const cairn_property *p = &known->property;
        uint64_t items = cairn_property_items(p);
        cairn_buf_printf(out, "%-*s", width, cairn_quote(p->name, name, sizeof name));
        add_types(p, out);
        cairn_buf_printf(out, "  %10llu  %-8s  ", (unsigned long long)items,
                         !known->has_index ? "-"
                         : known->built_in ? "built-in"
                                           : "added");
        if (items)
            add_contents(p, out);
        else
            add_index_only(knowns, known, out);
        while (out->n && out->p[out->n - 1] == ' ')
            out->n--;
        cairn_buf_add_byte(out, '\n');
    }
    return !out->failed;
}

/* ---- JSON ---- */

static void add_json_time(cairn_buf *out, const char *name, cairn_span time)
{
    cairn_buf_printf(out, ",\"%s\":\"%.*sZ\"", name, CAIRN_SPAN_FMT(time));
}

static void add_json_values(const cairn_property *p, cairn_buf *out)
{
    cairn_buf_add_text(out, ",\"values\":[");
    for (size_t i = 0; i < p->n_values; i++) {
        cairn_buf_add_text(out, i ? ",{\"value\":" : "{\"value\":");
        cairn_buf_add_span(out, p->values[i].json);
        cairn_buf_printf(out, ",\"items\":%llu}", (unsigned long long)p->values[i].count);
    }
    cairn_buf_add_byte(out, ']');
}

static void add_json(const cairn_knowns *knowns, const cairn_known *known, cairn_buf *out)
{
    const cairn_property *p = &known->property;
    const char *names[TYPES];
    size_t n = types_of(p, names);
    cairn_buf_add_text(out, "{\"name\":");
    cairn_buf_add_json_string(out, p->name);
    cairn_buf_add_text(out, ",\"types\":[");
    for (size_t i = 0; i < n; i++)
        cairn_buf_printf(out, "%s\"%s\"", i ? "," : "", names[i]);
    cairn_buf_printf(out, "],\"items\":%llu", (unsigned long long)cairn_property_items(p));
    if (p->has_range)
        cairn_buf_printf(out, ",\"minimum\":%.*s,\"maximum\":%.*s", CAIRN_SPAN_FMT(p->minimum_json),
                         CAIRN_SPAN_FMT(p->maximum_json));
    if (p->has_times) {
        add_json_time(out, "first", p->first);
        add_json_time(out, "last", p->last);
    }
    if (p->enumerated && p->n_values)
        add_json_values(p, out);
    if (known->has_index)
        cairn_buf_printf(out, ",\"index\":\"%s\"", known->built_in ? "built-in" : "added");
    else
        cairn_buf_add_text(out, ",\"index\":null");
    if (known->has_index && !knowns->of_one)
        cairn_buf_printf(out, ",\"indexed_items\":%llu", (unsigned long long)known->indexed);
    cairn_buf_add_byte(out, '}');
}

bool cairn_knowns_json(const cairn_knowns *knowns, cairn_buf *out)
{
    cairn_buf_add_text(out, "{\"properties\":[");
    for (size_t i = 0; i < knowns->n; i++) {
        cairn_buf_add_text(out, i ? ",\n" : "\n");
        add_json(knowns, &knowns->at[i], out);
    }
    return cairn_buf_add_text(out, knowns->n ? "\n]}\n" : "]}\n");
}
