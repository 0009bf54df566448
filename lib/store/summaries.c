#include "store/summaries.h"

#include "base/json.h"
#include "stac/ext.h"

#include <stdlib.h>

bool cairn_summaries_begin(cairn_summaries *summaries, cairn_span declared, cairn_arena *arena)
{
    *summaries = (cairn_summaries){.arena = arena};
    if (!declared.p)
        return true;
    cairn_buf whole = CAIRN_BUF_INIT(declared.n + 2);
    bool ok = cairn_document_close(declared, CAIRN_SPAN_NONE, &whole);
    cairn_span object = ok ? cairn_json_get(cairn_buf_span(&whole), "summaries") : CAIRN_SPAN_NONE;
    if (object.p)
        summaries->declared = cairn_arena_copy(arena, object);
    ok = ok && !object.p == !summaries->declared.p;
    cairn_buf_free(&whole);
    return ok;
}

/* What the document declares of the property; absent when nothing. */
static cairn_span declared_of(const cairn_summaries *summaries, cairn_span name)
{
    cairn_json_walk walk = cairn_json_walk_object(summaries->declared);
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        cairn_span quoted = cairn_span_make(member.key.p - 1, member.key.n + 2);
        cairn_span key = cairn_json_string(quoted, summaries->arena);
        if (key.p && cairn_span_equal(key, name))
            return member.value;
    }
    return CAIRN_SPAN_NONE;
}

static bool is_registered(cairn_span name)
{
    const cairn_ext_field *field = cairn_ext_find(name, NULL);
    return field && field->summary && !field->of_band;
}

static int compare_values(const void *a, const void *b)
{
    cairn_span x = *(const cairn_span *)a, y = *(const cairn_span *)b;
    double left, right;
    if (!cairn_json_number(x, &left) || !cairn_json_number(y, &right) || left == right)
        return cairn_span_compare(x, y);
    return left < right ? -1 : 1;
}

static bool take_values(cairn_arena *arena, const cairn_property *property, cairn_summary *out)
{
    cairn_span *values = cairn_arena_calloc(arena, property->n_values + 1, sizeof *values);
    for (size_t i = 0; values && i < property->n_values; i++) {
        values[i] = cairn_arena_copy(arena, property->values[i].json);
        if (!values[i].p)
            return false;
    }
    if (values && property->n_values)
        qsort(values, property->n_values, sizeof *values, compare_values);
    out->values = values;
    out->n_values = property->n_values;
    return values != NULL;
}

/* A declared range has the numbers or times of the items, whatever else they have. Without one there is a range of what
 * at least half of the values are, since it says nothing of the others. */
static bool take_range(cairn_arena *arena, const cairn_property *property, cairn_span declared, cairn_summary *out)
{
    char kind = cairn_json_kind(declared) == '{' ? cairn_json_kind(cairn_json_get(declared, "minimum")) : '\0';
    uint64_t numbers = property->integers + property->numbers;
    bool mostly = numbers >= cairn_property_items(property) - numbers;
    bool of_times = kind == '"' ? property->times > 0 : !kind && property->has_times && !numbers && !property->booleans;
    bool of_numbers = property->has_range && kind != '"' && (kind || mostly);
    if (of_numbers) {
        out->minimum = cairn_arena_copy(arena, property->minimum_json);
        out->maximum = cairn_arena_copy(arena, property->maximum_json);
    } else if (of_times) {
        out->minimum = cairn_arena_printf(arena, "\"%.*sZ\"", CAIRN_SPAN_FMT(property->first));
        out->maximum = cairn_arena_printf(arena, "\"%.*sZ\"", CAIRN_SPAN_FMT(property->last));
    }
    return !(of_numbers || of_times) || (out->minimum.p && out->maximum.p);
}

static bool grow(cairn_summaries *summaries)
{
    if (summaries->n < summaries->room)
        return true;
    size_t room = summaries->room ? summaries->room * 2 : 16;
    cairn_summary *at = cairn_arena_calloc(summaries->arena, room, sizeof *at);
    if (!at)
        return false;
    if (summaries->n)
        memcpy(at, summaries->at, summaries->n * sizeof *at);
    summaries->at = at;
    summaries->room = room;
    return true;
}

cairn_code cairn_summaries_add(void *context, const cairn_property *property, cairn_error *error)
{
    cairn_summaries *summaries = context;
    cairn_arena *arena = summaries->arena;
    cairn_summary summary = {0};
    cairn_span declared = declared_of(summaries, property->name);
    if (!cairn_property_items(property) || (!declared.p && !is_registered(property->name)))
        return CAIRN_OK;
    summary.name = cairn_arena_copy(arena, property->name);
    if (!summary.name.p || !take_range(arena, property, declared, &summary) ||
        (property->enumerated && !take_values(arena, property, &summary)) || !grow(summaries))
        return cairn_error_set(error, CAIRN_NOMEM, "no memory for the summaries of a collection");
    if (summary.minimum.p || summary.n_values)
        summaries->at[summaries->n++] = summary;
    return CAIRN_OK;
}
