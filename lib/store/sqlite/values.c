/* What the index of promoted properties holds of an item. */
#include "store/sqlite/internal.h"

#include "query/cql2/evaluate_value.h"

#include <stdlib.h>

int values_compare(const index_value *a, const index_value *b)
{
    if (a->property != b->property)
        return a->property < b->property ? -1 : 1;
    return cairn_sort_value_compare(&a->value, &b->value);
}

static int by_value(const void *a, const void *b)
{
    return values_compare(a, b);
}

static bool append(index_values *values, sqlite3_int64 property, const cairn_sort_value *value, cairn_arena *arena)
{
    enum { FIRST = 32 };
    if (value->type == CAIRN_SORT_NONE)
        return true;
    if (values->n == values->cap) {
        size_t cap = values->cap ? 2 * values->cap : FIRST;
        index_value *list = cairn_arena_calloc(arena, cap, sizeof *list);
        if (!list)
            return false;
        if (values->n)
            memcpy(list, values->list, values->n * sizeof *list);
        values->list = list;
        values->cap = cap;
    }
    values->list[values->n++] = (index_value){property, *value};
    return true;
}

/* The value, or the members of an array, of one property. */
static bool append_json(index_values *values, const slot *slot, cairn_span json, cairn_arena *arena)
{
    cairn_sort_value value;
    cairn_json_walk walk = cairn_json_walk_array(json);
    cairn_span member;
    if (cairn_json_kind(json) != '[')
        return cairn_sort_value_of(&slot->property, json, arena, &value) &&
               append(values, slot->number * 2, &value, arena);
    while (cairn_json_next_element(&walk, &member))
        if (!cairn_sort_value_of(&slot->property, member, arena, &value) ||
            !append(values, slot->number * 2 + 1, &value, arena))
            return false;
    return true;
}

/* As in filters and sorts: the first of its names that the item has a value under. */
static bool append_slot(index_values *values, const slot *slot, cairn_span properties, cairn_arena *arena)
{
    for (size_t i = 0; i < slot->n_sources; i++) {
        cairn_span json = CAIRN_SPAN_NONE;
        if (!cairn_cql2_lookup(properties, &slot->sources[i].property, arena, &json) ||
            !cairn_cql2_change_value(slot->sources[i].change, json, arena, &json))
            return false;
        if (json.p && !cairn_json_is_null(json))
            return append_json(values, slot, json, arena);
    }
    return true;
}

bool values_make(const slot *list, size_t n, cairn_span properties, cairn_arena *arena, index_values *out)
{
    *out = (index_values){0};
    for (size_t i = 0; i < n; i++)
        if (!append_slot(out, &list[i], properties, arena))
            return false;
    if (out->n < 2)
        return true;
    qsort(out->list, out->n, sizeof *out->list, by_value);
    size_t kept = 1;
    for (size_t i = 1; i < out->n; i++)
        if (values_compare(&out->list[i], &out->list[kept - 1]) != 0)
            out->list[kept++] = out->list[i];
    out->n = kept;
    return true;
}

void values_bind(sqlite3_stmt *statement, int index, const cairn_sort_value *value)
{
    if (value->type == CAIRN_SORT_NUMBER)
        sqlite3_bind_double(statement, index, value->number);
    else if (value->type == CAIRN_SORT_STRING)
        db_bind_span(statement, index, value->text);
    else
        sqlite3_bind_blob(statement, index, value->number != 0 ? "\1" : "\0", 1, SQLITE_STATIC);
}
