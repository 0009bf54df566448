/* A record over the JSON of an item. */
#include "query/cql2/evaluate.h"

#include "base/json.h"

static cairn_cql2_members *members_of(cairn_cql2_item *item)
{
    if (item->members.object.p != item->properties.p)
        item->members = (cairn_cql2_members){.object = item->properties, .arena = item->arena};
    return &item->members;
}

static bool item_value(void *self, const cairn_cql2_property *property, cairn_arena *scratch, cairn_span *out)
{
    cairn_cql2_item *item = self;
    if (property->field == CAIRN_CQL2_IN_PROPERTIES)
        return cairn_cql2_members_lookup(members_of(item), property, scratch, out);
    return cairn_cql2_lookup(item->json, property, scratch, out);
}

static bool item_place(void *self, cairn_box *box, cairn_span *wkb)
{
    const cairn_cql2_item *item = self;
    *box = item->box;
    *wkb = item->wkb;
    return item->has_place;
}

static bool read_time(cairn_cql2_item *item, const char *name, cairn_time *out)
{
    const char *repair;
    cairn_span text = cairn_json_string(cairn_cql2_members_get(members_of(item), name), item->arena);
    return text.p && cairn_time_parse_lenient(text, out, &repair, NULL) == CAIRN_OK;
}

static void item_times(void *self, cairn_cql2_times *out)
{
    cairn_cql2_item *item = self;
    if (!item->times_known) {
        item->times.has_instant = read_time(item, "datetime", &item->times.instant);
        item->times.has_start = read_time(item, "start_datetime", &item->times.start);
        item->times.has_end = read_time(item, "end_datetime", &item->times.end);
        item->times_known = true;
    }
    *out = item->times;
}

void cairn_cql2_item_open(cairn_cql2_item *item, cairn_span json, cairn_arena *arena, cairn_cql2_record *record)
{
    *item = (cairn_cql2_item){.json = json, .properties = cairn_json_get(json, "properties"), .arena = arena};
    *record = (cairn_cql2_record){
        .self = item,
        .id = cairn_json_string(cairn_json_get(json, "id"), arena),
        .collection = cairn_json_string(cairn_json_get(json, "collection"), arena),
        .value = item_value,
        .place = item_place,
        .times = item_times,
    };
}
