#include "query/sort.h"

#include "query/cql2/evaluate_value.h"

/* ---- values ---- */

static const cairn_sort_value NONE = {.type = CAIRN_SORT_NONE};

size_t cairn_sort_time(cairn_time time, char out[CAIRN_SORT_TIME_MAX])
{
    char text[CAIRN_TIME_TEXT_MAX];
    out[0] = '\0';
    if (cairn_time_is_open(time))
        return 0;
    size_t n = cairn_time_format(time, text) - 1; /* without the Z */
    if (time.nsec)
        while (text[n - 1] == '0')
            n--;
    memcpy(out, text, n);
    out[n] = '\0';
    return n;
}

static bool value_of_time(cairn_time time, cairn_arena *arena, cairn_sort_value *out)
{
    char text[CAIRN_SORT_TIME_MAX];
    size_t n = cairn_sort_time(time, text);
    *out = NONE;
    if (n == 0)
        return true;
    *out = (cairn_sort_value){.type = CAIRN_SORT_STRING, .text = cairn_arena_copy(arena, cairn_span_make(text, n))};
    return out->text.p != NULL;
}

static bool value_of_string(const cairn_cql2_property *property, cairn_span text, cairn_arena *arena,
                            cairn_sort_value *out)
{
    cairn_time time;
    const char *repair;
    if (property->is_time && cairn_time_parse_lenient(text, &time, &repair, NULL) == CAIRN_OK)
        return value_of_time(time, arena, out);
    *out = (cairn_sort_value){.type = CAIRN_SORT_STRING, .text = text};
    return true;
}

bool cairn_sort_value_of(const cairn_cql2_property *property, cairn_span json, cairn_arena *arena,
                         cairn_sort_value *out)
{
    char kind = cairn_json_kind(json);
    *out = NONE;
    if (kind == '"') {
        cairn_span text = cairn_json_string(json, arena);
        return text.p && value_of_string(property, text, arena, out);
    }
    if (kind == 't' || kind == 'f')
        *out = (cairn_sort_value){.type = CAIRN_SORT_BOOLEAN, .number = kind == 't'};
    else if (kind == '0' && cairn_json_number(json, &out->number))
        out->type = CAIRN_SORT_NUMBER;
    return true;
}

/* ---- of a record ---- */

static bool value_of_text(cairn_span text, cairn_sort_value *out)
{
    *out = text.p ? (cairn_sort_value){.type = CAIRN_SORT_STRING, .text = text} : NONE;
    return true;
}

static bool value_of_end(const cairn_cql2_record *record, bool start, cairn_arena *arena, cairn_sort_value *out)
{
    cairn_cql2_times times = {0};
    record->times(record->self, &times);
    if (start ? times.has_start : times.has_end)
        return value_of_time(start ? times.start : times.end, arena, out);
    *out = NONE;
    return true;
}

/* The first of its names that the record has a value under, as in filters. */
static bool value_of_sources(const cairn_sort_key *key, const cairn_cql2_record *record, cairn_arena *arena,
                             cairn_sort_value *out)
{
    *out = NONE;
    for (size_t i = 0; i < key->n_sources; i++) {
        const cairn_cql2_source *source = &key->sources[i];
        cairn_span json = CAIRN_SPAN_NONE;
        if (!record->value(record->self, &source->property, arena, &json) ||
            !cairn_cql2_change_value(source->change, json, arena, &json))
            return false;
        if (json.p && !cairn_json_is_null(json))
            return cairn_sort_value_of(&key->property, json, arena, out);
    }
    return true;
}

static bool value_of_key(const cairn_sort_key *key, const cairn_cql2_record *record, cairn_time time,
                         cairn_arena *arena, cairn_sort_value *out)
{
    switch (key->property.field) {
    case CAIRN_CQL2_ID:
        return value_of_text(record->id, out);
    case CAIRN_CQL2_COLLECTION:
        return value_of_text(record->collection, out);
    case CAIRN_CQL2_DATETIME:
        return value_of_time(time, arena, out);
    case CAIRN_CQL2_START_DATETIME:
    case CAIRN_CQL2_END_DATETIME:
        return value_of_end(record, key->property.field == CAIRN_CQL2_START_DATETIME, arena, out);
    default:
        return value_of_sources(key, record, arena, out);
    }
}

bool cairn_sort_values(const cairn_sort *sort, const cairn_cql2_record *record, cairn_time time, cairn_arena *arena,
                       cairn_sort_value *out)
{
    for (size_t i = 0; i < sort->n; i++)
        if (!value_of_key(&sort->keys[i], record, time, arena, &out[i]))
            return false;
    return true;
}

/* ---- order ---- */

int cairn_sort_value_compare(const cairn_sort_value *a, const cairn_sort_value *b)
{
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (a->type == CAIRN_SORT_NONE)
        return 0;
    if (a->type == CAIRN_SORT_STRING)
        return cairn_span_compare(a->text, b->text);
    return (a->number > b->number) - (a->number < b->number);
}

int cairn_sort_compare(const cairn_sort *sort, const cairn_position *a, const cairn_position *b)
{
    for (size_t i = 0; i < sort->n; i++) {
        const cairn_sort_value *x = &a->keys[i], *y = &b->keys[i];
        int order = cairn_sort_value_compare(x, y);
        if (order == 0)
            continue;
        bool one_lacks = x->type == CAIRN_SORT_NONE || y->type == CAIRN_SORT_NONE;
        return sort->keys[i].descending && !one_lacks ? -order : order;
    }
    return cairn_position_compare(a, b);
}
