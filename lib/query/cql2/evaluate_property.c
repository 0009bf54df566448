/* What a property of the record is. */
#include "query/cql2/evaluate_value.h"

cairn_cql2_value cairn_cql2_value_json(cairn_cql2_run *run, cairn_span json)
{
    double number;
    cairn_cql2_value value = {.type = CAIRN_CQL2_V_OTHER, .json = json};
    switch (cairn_json_kind(json)) {
    case 0:
    case 'n':
        return CAIRN_CQL2_NULL;
    case 't':
        return cairn_cql2_value_truth(CAIRN_TRUE);
    case 'f':
        return cairn_cql2_value_truth(CAIRN_FALSE);
    case '0':
        return cairn_json_number(json, &number) ? cairn_cql2_value_number(number) : value;
    case '"':
        value = cairn_cql2_value_string(cairn_json_string(json, run->arena));
        return value.type == CAIRN_CQL2_V_STRING ? value : cairn_cql2_run_full(run);
    case '[':
        value = (cairn_cql2_value){.type = CAIRN_CQL2_V_ARRAY};
        value.array.json = json;
        return value;
    default:
        return value;
    }
}

static cairn_cql2_value value_of_place(const cairn_cql2_record *record)
{
    cairn_cql2_value value = {.type = CAIRN_CQL2_V_PLACE};
    return record->place(record->self, &value.place.box, &value.place.wkb) ? value : CAIRN_CQL2_NULL;
}

static cairn_cql2_value value_of_times(const cairn_cql2_record *record, cairn_cql2_field field)
{
    cairn_cql2_times times = {0};
    record->times(record->self, &times);
    if (field == CAIRN_CQL2_DATETIME)
        return times.has_instant ? cairn_cql2_value_time(times.instant) : CAIRN_CQL2_NULL;
    if (field == CAIRN_CQL2_START_DATETIME)
        return times.has_start ? cairn_cql2_value_time(times.start) : CAIRN_CQL2_NULL;
    return times.has_end ? cairn_cql2_value_time(times.end) : CAIRN_CQL2_NULL;
}

/* The first of its names that the record has a value under. */
static cairn_cql2_value value_of_sources(cairn_cql2_run *run, const cairn_cql2_prepared *known)
{
    cairn_cql2_value value = CAIRN_CQL2_NULL;
    for (size_t i = 0; i < known->n_sources && value.type == CAIRN_CQL2_V_NULL && run->code == CAIRN_OK; i++) {
        const cairn_cql2_source *source = &known->sources[i];
        cairn_span json = CAIRN_SPAN_NONE;
        if (!run->record->value(run->record->self, &source->property, run->arena, &json) ||
            !cairn_cql2_change_value(source->change, json, run->arena, &json))
            return cairn_cql2_run_full(run);
        value = cairn_cql2_value_json(run, json);
    }
    return value;
}

cairn_cql2_value cairn_cql2_run_property(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    switch (node->property.field) {
    case CAIRN_CQL2_ID:
        return cairn_cql2_value_string(run->record->id);
    case CAIRN_CQL2_COLLECTION:
        return cairn_cql2_value_string(run->record->collection);
    case CAIRN_CQL2_PLACE:
        return value_of_place(run->record);
    case CAIRN_CQL2_DATETIME:
    case CAIRN_CQL2_START_DATETIME:
    case CAIRN_CQL2_END_DATETIME:
        return value_of_times(run->record, node->property.field);
    default:
        return value_of_sources(run, run->prepared[node->index]);
    }
}
