/* Conditions on times: of the item itself, and of properties that are known to hold times. */
#include "query/cql2/envelope_parts.h"

static const int64_t YEAR_0 = INT64_C(-62167219200), YEAR_10000 = INT64_C(253402300800), DAY = 86400;

/* ---- properties that hold times ---- */

/* An end as the index holds it; *has is false where it is open, or where texts don't order as times do. */
static bool text_end(cairn_cql2_enveloper *e, cairn_time time, bool *has, cairn_sort_value *out)
{
    char text[CAIRN_SORT_TIME_MAX];
    *has = time.sec >= YEAR_0 && time.sec < YEAR_10000;
    if (!*has)
        return true;
    size_t n = cairn_sort_time(time, text);
    *out =
        (cairn_sort_value){.type = CAIRN_SORT_STRING, .text = cairn_arena_copy(e->run.arena, cairn_span_make(text, n))};
    return out->text.p != NULL;
}

/* A value that is a date is a day, which the index holds as its midnight. */
static cairn_time midnight_before(cairn_time time)
{
    if (cairn_time_is_open(time))
        return time;
    int64_t since = (time.sec - YEAR_0) % DAY;
    return (cairn_time){time.sec - since - (since < 0 ? DAY : 0), 0};
}

static bool bound_meets(cairn_cql2_enveloper *e, const cairn_cql2_property *property, cairn_interval time,
                        cairn_cql2_envelope *out)
{
    cairn_sort_value low, high;
    bool has_low, has_high;
    if (!text_end(e, midnight_before(time.start), &has_low, &low) || !text_end(e, time.end, &has_high, &high))
        return false;
    if (!has_low && !has_high)
        return true;
    cairn_cql2_bound *bound = cairn_cql2_envelope_bound(e, property, out);
    if (!bound)
        return false;
    bound->has_low = has_low;
    bound->has_high = has_high;
    if (has_low)
        bound->low = low;
    if (has_high)
        bound->high = high;
    return true;
}

/* ---- any property ---- */

static bool is_everything(cairn_interval time)
{
    return time.start.sec == INT64_MIN && time.end.sec == INT64_MAX;
}

/* The property, an instant or a day, has an instant in common with `time`. */
static bool property_meets(cairn_cql2_enveloper *e, const cairn_cql2_property *property, cairn_interval time,
                           cairn_cql2_envelope *out)
{
    if (is_everything(time))
        return true;
    if (property->field == CAIRN_CQL2_IN_PROPERTIES && property->is_time)
        return bound_meets(e, property, time, out);
    if (property->field != CAIRN_CQL2_DATETIME && property->field != CAIRN_CQL2_START_DATETIME &&
        property->field != CAIRN_CQL2_END_DATETIME)
        return true;
    out->has_time = true; /* a range begins and ends with these, exchanged or not */
    out->time = time;
    return true;
}

/* Where `value KIND time` may lie; a day is neither before nor after what happens in it. */
static cairn_interval compared(cairn_cql2_kind kind, cairn_interval time)
{
    switch (kind) {
    case CAIRN_CQL2_K_EQ:
        return time;
    case CAIRN_CQL2_K_LT:
        return (cairn_interval){CAIRN_TIME_MIN, time.start};
    case CAIRN_CQL2_K_LE:
        return (cairn_interval){CAIRN_TIME_MIN, time.end};
    case CAIRN_CQL2_K_GT:
        return (cairn_interval){time.end, CAIRN_TIME_MAX};
    case CAIRN_CQL2_K_GE:
        return (cairn_interval){time.start, CAIRN_TIME_MAX};
    default:
        return (cairn_interval){CAIRN_TIME_MIN, CAIRN_TIME_MAX};
    }
}

bool cairn_cql2_envelope_compare_time(cairn_cql2_enveloper *e, cairn_cql2_kind kind,
                                      const cairn_cql2_property *property, cairn_interval time,
                                      cairn_cql2_envelope *out)
{
    cairn_interval within = compared(kind, time);
    if (property->field == CAIRN_CQL2_DATETIME) { /* null where an item has only a range */
        out->has_instant = true;
        out->instant = within;
    }
    return property_meets(e, property, within, out);
}

/* ---- T_ functions ---- */

/* What `a` meets when `a KIND b` is as wanted. */
static cairn_interval related(cairn_cql2_kind kind, bool wanted, cairn_interval b)
{
    const cairn_interval everything = {CAIRN_TIME_MIN, CAIRN_TIME_MAX};
    switch (kind) {
    case CAIRN_CQL2_K_T_AFTER:
        return wanted ? (cairn_interval){b.end, everything.end} : (cairn_interval){everything.start, b.end};
    case CAIRN_CQL2_K_T_BEFORE:
        return wanted ? (cairn_interval){everything.start, b.start} : (cairn_interval){b.start, everything.end};
    case CAIRN_CQL2_K_T_DISJOINT:
        return wanted ? everything : b;
    default: /* all others have an instant in common */
        return wanted ? b : everything;
    }
}

static cairn_cql2_kind exchanged(cairn_cql2_kind kind)
{
    return kind == CAIRN_CQL2_K_T_AFTER    ? CAIRN_CQL2_K_T_BEFORE
           : kind == CAIRN_CQL2_K_T_BEFORE ? CAIRN_CQL2_K_T_AFTER
                                           : kind;
}

/* The start_datetime of INTERVAL(start_datetime, end_datetime), which is the item's range; NULL for others. */
static const cairn_cql2_property *range_of(const cairn_cql2_node *node)
{
    bool is_range = node->kind == CAIRN_CQL2_K_INTERVAL && node->args[0]->kind == CAIRN_CQL2_K_PROPERTY &&
                    node->args[1]->kind == CAIRN_CQL2_K_PROPERTY &&
                    node->args[0]->property.field == CAIRN_CQL2_START_DATETIME &&
                    node->args[1]->property.field == CAIRN_CQL2_END_DATETIME;
    return is_range ? &node->args[0]->property : NULL;
}

bool cairn_cql2_envelope_temporal(cairn_cql2_enveloper *e, const cairn_cql2_node *node, bool wanted,
                                  cairn_cql2_envelope *out)
{
    bool second = e->constant[node->args[0]->index];
    const cairn_cql2_node *a = node->args[second], *b = node->args[!second];
    const cairn_cql2_property *property = a->kind == CAIRN_CQL2_K_PROPERTY ? &a->property : range_of(a);
    cairn_interval time;
    if (!e->constant[b->index] || !property)
        return true;
    if (!cairn_cql2_run_temporal(&e->run, b, &time)) {
        out->nothing = true;
        return e->run.code == CAIRN_OK;
    }
    return property_meets(e, property, related(second ? exchanged(node->kind) : node->kind, wanted, time), out);
}
