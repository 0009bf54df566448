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

/* ---- finding them: one walk over the properties ---- */

static void note(const slots *slots, cairn_span name, cairn_span value, cairn_span *found)
{
    for (size_t at = slots_place(slots, name); slots->names[at].name.p; at = (at + 1) & (slots->n_names - 1))
        if (cairn_span_equal(slots->names[at].name, name))
            found[slots->names[at].place] = value;
}

/* What stands under the name of each source; the last of equal names counts. False at the arena's cap. */
static bool find_all(const slots *slots, cairn_span properties, cairn_arena *arena, cairn_span *found)
{
    cairn_json_walk walk = cairn_json_walk_object(properties);
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        cairn_span name = member.key;
        if (memchr(name.p, '\\', name.n))
            name = cairn_json_string(cairn_span_make(name.p - 1, name.n + 2), arena);
        if (!name.p)
            return false;
        note(slots, name, member.value, found);
    }
    return true;
}

/* As in filters and sorts: the first of its names that the item has a value under. */
static bool append_slot(index_values *values, const slot *slot, const cairn_span *found, cairn_span properties,
                        cairn_arena *arena)
{
    for (size_t i = 0; i < slot->n_sources; i++) {
        const cairn_cql2_source *source = &slot->sources[i];
        cairn_span json = found[i];
        if (!slots_is_plain(source) && !cairn_cql2_lookup(properties, &source->property, arena, &json))
            return false;
        if (!json.p)
            continue;
        if (!cairn_cql2_change_value(source->change, json, arena, &json))
            return false;
        if (!cairn_json_is_null(json))
            return append_json(values, slot, json, arena);
    }
    return true;
}

static void sort_unique(index_values *values)
{
    size_t kept = 1;
    if (values->n < 2)
        return;
    qsort(values->list, values->n, sizeof *values->list, by_value);
    for (size_t i = 1; i < values->n; i++)
        if (values_compare(&values->list[i], &values->list[kept - 1]) != 0)
            values->list[kept++] = values->list[i];
    values->n = kept;
}

bool values_make(const slots *slots, cairn_span properties, cairn_arena *arena, index_values *out)
{
    cairn_span *found = cairn_arena_calloc(arena, slots->n_sources + 1, sizeof *found);
    *out = (index_values){0};
    if (!found || !find_all(slots, properties, arena, found))
        return false;
    for (size_t i = 0; i < slots->n; i++) {
        if (!append_slot(out, &slots->list[i], found, properties, arena))
            return false;
        found += slots->list[i].n_sources;
    }
    sort_unique(out);
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
