#include "stac/item_rules.h"

static const char *const POINTER_DATETIME = "/properties/datetime";

/* One of the three timestamps. */
typedef struct stamp {
    const char *pointer;
    cairn_span value; /* absent when missing */
    bool given;       /* neither missing nor null */
    bool readable;
    cairn_time time;
} stamp;

/* Reads what is given; a fault is in `fault`, and CAIRN_INVALID. */
static cairn_code read_stamp(cairn_record *record, stamp *s, cairn_error *fault)
{
    char quoted[CAIRN_RECORD_QUOTE];
    const char *repair = NULL;
    cairn_span text = cairn_json_string(s->value, record->arena);
    if (!text.p)
        return cairn_error_set(fault, CAIRN_INVALID,
                               "expected an RFC 3339 timestamp such as 2020-01-02T03:04:05Z, found %s",
                               cairn_record_quote(s->value, quoted));
    cairn_code code = record->options->strict ? cairn_time_parse(text, &s->time, fault)
                                              : cairn_time_parse_lenient(text, &s->time, &repair, fault);
    s->readable = code == CAIRN_OK;
    if (repair)
        cairn_warn(record->warnings, record->arena, s->pointer, "\"%s\" is no RFC 3339 timestamp: %s",
                   cairn_quote(text, quoted, sizeof quoted), repair);
    return code;
}

static stamp stamp_of(const cairn_members *properties, const char *name, const char *pointer)
{
    stamp s = {.pointer = pointer, .value = cairn_members_get(properties, name)};
    s.given = s.value.p && !cairn_json_is_null(s.value);
    return s;
}

static cairn_code read_datetime(cairn_record *record, stamp *s)
{
    cairn_error fault = CAIRN_ERROR_INIT;
    if (!s->given || read_stamp(record, s, &fault) == CAIRN_OK)
        return CAIRN_OK;
    return cairn_record_refuse(record, s->pointer, "%s", fault.message);
}

/* An unreadable end is left out where there is a datetime to fall back on. */
static cairn_code read_end(cairn_record *record, stamp *s, bool has_datetime)
{
    cairn_error fault = CAIRN_ERROR_INIT;
    if (!s->given || read_stamp(record, s, &fault) == CAIRN_OK)
        return CAIRN_OK;
    if (!has_datetime)
        return cairn_record_refuse(record, s->pointer, "%s", fault.message);
    return cairn_record_mend(record, s->pointer, "left out of the index", "%s", fault.message);
}

static cairn_code check_missing(cairn_record *record, const stamp *datetime, bool has_range)
{
    if (!has_range)
        return cairn_record_refuse(record, POINTER_DATETIME,
                                   "expected an RFC 3339 timestamp such as 2020-01-02T03:04:05Z, or null with "
                                   "start_datetime and end_datetime, found %s",
                                   datetime->value.p ? "null without them" : "nothing");
    if (datetime->value.p)
        return CAIRN_OK;
    return cairn_record_mend(record, POINTER_DATETIME, "taken as null, with the range given", "datetime is missing");
}

static cairn_code take_range(cairn_record *record, const stamp *start, const stamp *end, cairn_item *item)
{
    cairn_code code = CAIRN_OK;
    item->range.start = start->readable ? start->time : CAIRN_TIME_MIN;
    item->range.end = end->readable ? end->time : CAIRN_TIME_MAX;
    if (start->readable != end->readable)
        code = cairn_record_mend(record, start->readable ? end->pointer : start->pointer, "this end is taken as open",
                                 "start_datetime and end_datetime belong together");
    if (code == CAIRN_OK && cairn_time_compare(item->range.start, item->range.end) > 0) {
        item->range = (cairn_interval){end->time, start->time};
        code = cairn_record_mend(record, start->pointer, "indexed with the two exchanged",
                                 "start_datetime is after end_datetime");
    }
    return code;
}

cairn_code cairn_item_read_times(cairn_record *record, const cairn_members *properties, cairn_item *item)
{
    stamp datetime = stamp_of(properties, "datetime", POINTER_DATETIME);
    stamp start = stamp_of(properties, "start_datetime", "/properties/start_datetime");
    stamp end = stamp_of(properties, "end_datetime", "/properties/end_datetime");
    cairn_code code = read_datetime(record, &datetime);
    if (code == CAIRN_OK)
        code = read_end(record, &start, datetime.given);
    if (code == CAIRN_OK)
        code = read_end(record, &end, datetime.given);
    if (code == CAIRN_OK && !datetime.given)
        code = check_missing(record, &datetime, start.readable || end.readable);
    if (code != CAIRN_OK)
        return code;
    item->has_datetime = datetime.given;
    item->datetime = datetime.time;
    item->range = (cairn_interval){datetime.time, datetime.time};
    return start.readable || end.readable ? take_range(record, &start, &end, item) : CAIRN_OK;
}
