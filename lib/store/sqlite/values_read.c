/* The index of promoted properties, as searches see it: which there is, what it may give, and where. */
#include "store/sqlite/search.h"

#include <math.h>

/* ---- which there is ---- */

static cairn_code refresh(sqlite_session *session, cairn_error *error)
{
    cairn_code code = sqlite3_get_autocommit(session->db) ? session_read_generation(session, error) : CAIRN_OK;
    if (code || (session->promoted.arena && session->promoted_at == session->epoch))
        return code;
    slots_free(&session->promoted);
    code = slots_load(session->db, &session->promoted, error);
    session->promoted_at = session->epoch;
    if (code)
        slots_free(&session->promoted);
    return code;
}

cairn_code session_slot(sqlite_session *session, const cairn_cql2_property *property, const slot **out,
                        cairn_error *error)
{
    cairn_span name = cairn_cql2_property_key(property);
    *out = NULL;
    cairn_code code = refresh(session, error);
    for (size_t i = 0; !code && i < session->promoted.n && !*out; i++) {
        const slot *slot = &session->promoted.list[i];
        if (slot->current && cairn_span_equal(slot->property.name, name))
            *out = slot;
    }
    return code;
}

/* ---- bounds ---- */

const cairn_cql2_bound *bound_of(const search_run *run, const cairn_cql2_property *property)
{
    const cairn_cql2_envelope *filter = &run->narrow.filter;
    cairn_span name = cairn_cql2_property_key(property);
    for (size_t i = 0; i < filter->n_bounds; i++)
        if (!filter->bounds[i].member && cairn_span_equal(cairn_cql2_property_key(filter->bounds[i].property), name))
            return &filter->bounds[i];
    return NULL;
}

void bound_limits(const cairn_cql2_bound *bound, cairn_sort_value *low, cairn_sort_value *high)
{
    /* Ends of each type: the next type's least value stands for what no string is above. */
    static const cairn_sort_value least[] = {{.type = CAIRN_SORT_NUMBER, .number = -INFINITY},
                                             {.type = CAIRN_SORT_STRING, .text = {"", 0}},
                                             {.type = CAIRN_SORT_BOOLEAN, .number = 0}};
    static const cairn_sort_value greatest[] = {{.type = CAIRN_SORT_NUMBER, .number = INFINITY},
                                                {.type = CAIRN_SORT_BOOLEAN, .number = 0},
                                                {.type = CAIRN_SORT_BOOLEAN, .number = 1}};
    *low = least[CAIRN_SORT_NUMBER];
    *high = greatest[CAIRN_SORT_BOOLEAN];
    if (!bound)
        return;
    if (bound->n_values) {
        *low = bound->values[0];
        *high = bound->values[bound->n_values - 1];
        return;
    }
    *low = bound->has_low ? bound->low : least[bound->high.type];
    *high = bound->has_high ? bound->high : greatest[bound->low.type];
}

/* ---- collections ---- */

static cairn_code add_slot(search_run *run, collection_list *list, size_t *room, sqlite3_int64 slot, cairn_error *error)
{
    enum { FIRST = 64 };
    if (list->n == *room) {
        size_t more = *room ? *room * 2 : FIRST;
        sqlite3_int64 *slots = cairn_arena_calloc(run->arena, more, sizeof *slots);
        if (!slots)
            return out_of_memory(error);
        if (list->n)
            memcpy(slots, list->slots, list->n * sizeof *slots);
        list->slots = slots;
        *room = more;
    }
    list->slots[list->n++] = slot;
    return CAIRN_OK;
}

/* The slot in the statement's row; *found is false when there is none. */
static cairn_code step_slot(search_run *run, sqlite3_stmt *statement, bool *found, sqlite3_int64 *slot,
                            cairn_error *error)
{
    int rc = sqlite3_step(statement);
    *found = rc == SQLITE_ROW;
    if (*found)
        *slot = sqlite3_column_int64(statement, 0);
    cairn_code code = *found || rc == SQLITE_DONE ? CAIRN_OK : db_error(run->session->db, rc, "searching", error);
    sqlite3_reset(statement);
    return code;
}

static cairn_code named_collections(search_run *run, collection_list *out, cairn_error *error)
{
    size_t room = 0;
    const collection_facts *facts;
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; !code && i < run->narrow.n_collections; i++) {
        code = facts_of(run->session, run->narrow.collections[i], &facts, error);
        if (!code && facts->exists)
            code = add_slot(run, out, &room, facts->slot, error);
    }
    return code;
}

cairn_code value_collections(search_run *run, sqlite3_int64 property, collection_list *out, cairn_error *error)
{
    size_t room = 0;
    sqlite3_stmt *statement;
    sqlite3_int64 slot = INT64_MIN;
    bool found = true;
    *out = (collection_list){0};
    if (run->narrow.n_collections)
        return named_collections(run, out, error);
    cairn_code code = session_query(run->session, Q_VALUE_COLLECTION, &statement, error);
    while (!code && found) {
        sqlite3_bind_int64(statement, 1, property);
        sqlite3_bind_int64(statement, 2, slot);
        code = step_slot(run, statement, &found, &slot, error);
        if (!code && found)
            code = add_slot(run, out, &room, slot, error);
    }
    return code;
}

/* ---- what is known of them ---- */

/* Reads what is known of the property in a collection; *known is false where the catalog knows nothing. Reset the
 * statement when done. */
static cairn_code read_known(search_run *run, const slot *slot, sqlite3_int64 collection, property_row *out,
                             bool *known, sqlite3_stmt **statement, cairn_error *error)
{
    cairn_code code = session_query(run->session, Q_STATISTICS, statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(*statement, 1, collection);
    db_bind_span(*statement, 2, slot->property.name);
    int rc = sqlite3_step(*statement);
    *known = rc == SQLITE_ROW && property_read(*statement, out);
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        return CAIRN_OK;
    code = db_error(run->session->db, rc, "searching", error);
    sqlite3_reset(*statement);
    return code;
}

bool bound_has(const cairn_cql2_bound *bound, const cairn_sort_value *value)
{
    cairn_sort_value low, high;
    for (size_t i = 0; i < bound->n_values; i++)
        if (cairn_sort_value_compare(&bound->values[i], value) == 0)
            return true;
    bound_limits(bound, &low, &high);
    return !bound->n_values && cairn_sort_value_compare(&low, value) <= 0 &&
           cairn_sort_value_compare(value, &high) <= 0;
}

static uint64_t count_enumerated(search_run *run, const slot *slot, const cairn_property *p,
                                 const cairn_cql2_bound *bound)
{
    uint64_t count = 0;
    for (size_t i = 0; i < p->n_values; i++) {
        cairn_sort_value value;
        if (cairn_sort_value_of(&slot->property, p->values[i].json, run->session->texts->scratch, &value) &&
            bound_has(bound, &value))
            count += p->values[i].count;
    }
    return count;
}

static bool time_of_text(cairn_span text, double *out)
{
    cairn_time time;
    const char *repair;
    if (cairn_time_parse_lenient(text, &time, &repair, NULL))
        return false;
    *out = (double)time.sec;
    return true;
}

/* The share of [from, to] that the bound covers. */
static double share_of(double from, double to, double low, double high)
{
    double covered = fmin(to, high) - fmax(from, low);
    if (covered < 0)
        return 0;
    return to > from ? covered / (to - from) : 1;
}

static uint64_t count_spread(const cairn_property *p, const cairn_cql2_bound *bound)
{
    uint64_t items = cairn_property_items(p), some = items / CAIRN_PROPERTY_VALUES_MAX + 1;
    cairn_sort_value low, high;
    double from, to, least = -INFINITY, most = INFINITY;
    if (bound->n_values || bound->member)
        return some * (bound->n_values ? bound->n_values : 1);
    bound_limits(bound, &low, &high);
    if (low.type == CAIRN_SORT_NUMBER)
        return p->has_range ? (uint64_t)((double)(p->integers + p->numbers) *
                                         share_of(p->minimum, p->maximum, low.number, high.number))
                            : 0;
    if (p->has_times && time_of_text(p->first, &from) && time_of_text(p->last, &to)) {
        if (bound->has_low)
            time_of_text(low.text, &least);
        if (bound->has_high)
            time_of_text(high.text, &most);
        return (uint64_t)((double)p->times * share_of(from, to, least, most));
    }
    return p->strings / 4 + 1; /* LIKE 'a%' and the like */
}

/* Of many collections some are asked, and stand for the others. */
cairn_code value_estimate(search_run *run, const slot *slot, const cairn_cql2_bound *bound,
                          const collection_list *collections, bool *known, uint64_t *out, cairn_error *error)
{
    enum { MOST_ASKED = 256 };
    property_row row;
    sqlite3_stmt *statement;
    size_t step = collections->n / MOST_ASKED + 1;
    uint64_t sum = 0;
    *known = collections->n == 0;
    for (size_t i = 0; i < collections->n; i += step) {
        bool here;
        cairn_code code = read_known(run, slot, collections->slots[i], &row, &here, &statement, error);
        if (code)
            return code;
        if (here)
            sum += row.property.enumerated ? count_enumerated(run, slot, &row.property, bound)
                                           : count_spread(&row.property, bound);
        *known |= here;
        sqlite3_reset(statement);
        cairn_arena_reset(run->session->texts->scratch);
    }
    *out = sum * step;
    return CAIRN_OK;
}

static uint64_t largest_value(const cairn_property *p)
{
    uint64_t most = 0;
    for (size_t i = 0; p->enumerated && i < p->n_values; i++)
        most = p->values[i].count > most ? p->values[i].count : most;
    return most;
}

cairn_code value_largest_group(search_run *run, const slot *slot, uint64_t *out, cairn_error *error)
{
    collection_list collections;
    property_row row;
    sqlite3_stmt *statement;
    *out = 0;
    cairn_code code = value_collections(run, slot->number * 2, &collections, error);
    for (size_t i = 0; !code && i < collections.n; i++) {
        bool known;
        code = read_known(run, slot, collections.slots[i], &row, &known, &statement, error);
        if (code)
            return code;
        *out += known ? largest_value(&row.property) : 0;
        sqlite3_reset(statement);
    }
    return code;
}

/* ---- is there an item without a value? ---- */

cairn_code value_is_everywhere(search_run *run, const slot *slot, bool *out, cairn_error *error)
{
    collection_list collections;
    sqlite3_stmt *statement;
    uint64_t values = 0, items = 0;
    *out = false;
    cairn_code code = value_collections(run, slot->number * 2, &collections, error);
    if (!code)
        code = session_query(run->session, Q_VALUE_COUNT, &statement, error);
    for (size_t i = 0; !code && i < collections.n; i++) {
        bool found;
        sqlite3_int64 count = 0;
        sqlite3_bind_int64(statement, 1, slot->number * 2);
        sqlite3_bind_int64(statement, 2, collections.slots[i]);
        code = step_slot(run, statement, &found, &count, error);
        values += (uint64_t)count;
    }
    if (!code)
        code = count_items(run, &items, error);
    *out = !code && values == items;
    return code;
}
