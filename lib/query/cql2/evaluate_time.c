/* Instants, intervals, and the T_ functions: Allen's relations of closed intervals (OWL Time), for instants too. */
#include "query/cql2/evaluate_value.h"

enum { LAST_SECOND = 86399, LAST_NANOSECOND = 999999999 };

cairn_cql2_value cairn_cql2_value_day(cairn_time midnight)
{
    cairn_time last = {midnight.sec + LAST_SECOND, LAST_NANOSECOND};
    return (cairn_cql2_value){.type = CAIRN_CQL2_V_INSTANT, .time = {midnight, last}};
}

/* "2020-12-31", without anything behind it. */
static bool is_date(cairn_span text)
{
    return text.n == 10;
}

bool cairn_cql2_value_instant(const cairn_cql2_value *value, cairn_interval *out)
{
    const char *repair;
    cairn_time time;
    if (value->type == CAIRN_CQL2_V_INSTANT) {
        *out = value->time;
        return true;
    }
    if (value->type != CAIRN_CQL2_V_STRING || cairn_time_parse_lenient(value->text, &time, &repair, NULL) != CAIRN_OK)
        return false;
    *out = is_date(value->text) ? cairn_cql2_value_day(time).time : (cairn_interval){time, time};
    return true;
}

bool cairn_cql2_is_about_time(const cairn_cql2_node *node)
{
    for (size_t i = 0; i < node->n; i++)
        if (node->args[i]->kind == CAIRN_CQL2_K_PROPERTY && node->args[i]->property.is_time)
            return true;
    return false;
}

/* ---- intervals ---- */

static bool end_of(cairn_cql2_run *run, const cairn_cql2_node *node, cairn_interval *out)
{
    if (node->kind == CAIRN_CQL2_K_OPEN) {
        *out = (cairn_interval){CAIRN_TIME_MIN, CAIRN_TIME_MAX};
        return true;
    }
    cairn_cql2_value value = cairn_cql2_value_of(run, node);
    return cairn_cql2_value_instant(&value, out);
}

cairn_cql2_value cairn_cql2_run_interval(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_interval start, end;
    if (!end_of(run, node->args[0], &start) || !end_of(run, node->args[1], &end) ||
        cairn_time_compare(start.start, end.end) > 0)
        return CAIRN_CQL2_NULL;
    return (cairn_cql2_value){.type = CAIRN_CQL2_V_INTERVAL, .time = {start.start, end.end}};
}

/* The range of an item whose datetime is null; its ends are exchanged where ingest does so, too. */
static bool range_of(const cairn_cql2_record *record, cairn_interval *out)
{
    cairn_cql2_times times = {0};
    record->times(record->self, &times);
    if (times.has_instant || !(times.has_start || times.has_end))
        return false;
    *out = (cairn_interval){times.has_start ? times.start : CAIRN_TIME_MIN, times.has_end ? times.end : CAIRN_TIME_MAX};
    if (cairn_time_compare(out->start, out->end) > 0)
        *out = (cairn_interval){out->end, out->start};
    return true;
}

static bool is_datetime(const cairn_cql2_node *node)
{
    return node->kind == CAIRN_CQL2_K_PROPERTY && node->property.field == CAIRN_CQL2_DATETIME;
}

bool cairn_cql2_run_temporal(cairn_cql2_run *run, const cairn_cql2_node *node, cairn_interval *out)
{
    const cairn_cql2_record *record = run->record;
    cairn_time moment;
    if (is_datetime(node) && record->moment && record->moment(record->self, &moment)) {
        *out = (cairn_interval){moment, moment};
        return true;
    }
    cairn_cql2_value value = cairn_cql2_value_of(run, node);
    if (value.type == CAIRN_CQL2_V_INTERVAL) {
        *out = value.time;
        return true;
    }
    if (value.type == CAIRN_CQL2_V_NULL && is_datetime(node))
        return range_of(run->record, out);
    return cairn_cql2_value_instant(&value, out);
}

/* ---- relations ---- */

/* How the ends of two intervals lie: a's start to b's start, a's start to b's end, and so on; -1, 0, 1. */
typedef struct ends {
    int start_start, start_end, end_start, end_end;
} ends;

static bool relation_holds(cairn_cql2_kind kind, ends e)
{
    switch (kind) {
    case CAIRN_CQL2_K_T_AFTER:
        return e.start_end > 0;
    case CAIRN_CQL2_K_T_BEFORE:
        return e.end_start < 0;
    case CAIRN_CQL2_K_T_DISJOINT:
        return e.start_end > 0 || e.end_start < 0;
    case CAIRN_CQL2_K_T_INTERSECTS:
        return e.start_end <= 0 && e.end_start >= 0;
    case CAIRN_CQL2_K_T_EQUALS:
        return e.start_start == 0 && e.end_end == 0;
    case CAIRN_CQL2_K_T_CONTAINS:
        return e.start_start < 0 && e.end_end > 0;
    case CAIRN_CQL2_K_T_DURING:
        return e.start_start > 0 && e.end_end < 0;
    case CAIRN_CQL2_K_T_FINISHEDBY:
        return e.start_start < 0 && e.end_end == 0;
    case CAIRN_CQL2_K_T_FINISHES:
        return e.start_start > 0 && e.end_end == 0;
    case CAIRN_CQL2_K_T_STARTEDBY:
        return e.start_start == 0 && e.end_end > 0;
    case CAIRN_CQL2_K_T_STARTS:
        return e.start_start == 0 && e.end_end < 0;
    case CAIRN_CQL2_K_T_MEETS:
        return e.end_start == 0;
    case CAIRN_CQL2_K_T_METBY:
        return e.start_end == 0;
    case CAIRN_CQL2_K_T_OVERLAPS:
        return e.start_start < 0 && e.end_start > 0 && e.end_end < 0;
    default: /* T_OVERLAPPEDBY */
        return e.start_start > 0 && e.start_end < 0 && e.end_end > 0;
    }
}

cairn_cql2_value cairn_cql2_run_time(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_interval a, b;
    if (!cairn_cql2_run_temporal(run, node->args[0], &a) || !cairn_cql2_run_temporal(run, node->args[1], &b))
        return CAIRN_CQL2_NULL;
    ends e = {cairn_time_compare(a.start, b.start), cairn_time_compare(a.start, b.end),
              cairn_time_compare(a.end, b.start), cairn_time_compare(a.end, b.end)};
    return cairn_cql2_value_truth(relation_holds(node->kind, e) ? CAIRN_TRUE : CAIRN_FALSE);
}
