/* Decides on one row: by its index columns, then by its footprint, its words, and the filter last. */
#include "store/hot.h"
#include "store/sqlite/search.h"

static cairn_code out_of_time(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_DEADLINE, "out of time");
}

/* ---- the row as a record ---- */

/* The row as a filter and sort keys see it. */
typedef struct row_record {
    sqlite_session *session;
    const item_row *row;
    cairn_cql2_item item;
    cairn_cql2_record inside; /* over `item` */
    cairn_span hot;
    bool knows_hot;
    cairn_code fault; /* of reading, the first one */
    cairn_error *error;
} row_record;

static bool note(row_record *r, cairn_code code)
{
    r->fault = r->fault ? r->fault : code;
    return code == CAIRN_OK;
}

static bool load_properties(row_record *r)
{
    if (r->item.properties.p)
        return true;
    return note(r, row_properties(r->session, r->row->key, &r->item.properties, r->error));
}

static cairn_span hot_of(row_record *r, unsigned number)
{
    if (!r->knows_hot && r->row->is_whole)
        r->hot = r->row->hot;
    else if (!r->knows_hot && !note(r, row_hot(r->session, r->row->key, &r->hot, r->error)))
        return CAIRN_SPAN_NONE;
    r->knows_hot = true;
    return cairn_hot_get(r->hot, number);
}

/* A member of the properties by just this name, without the properties. */
static bool find_hot(row_record *r, const cairn_cql2_property *property, cairn_span *out)
{
    unsigned number;
    if (r->item.properties.p || property->n != 1 || !(number = cairn_hot_number(property->path[0])))
        return false;
    *out = hot_of(r, number);
    return out->p != NULL;
}

static bool record_value(void *self, const cairn_cql2_property *property, cairn_arena *scratch, cairn_span *out)
{
    row_record *r = self;
    *out = CAIRN_SPAN_NONE;
    if (r->fault)
        return false;
    if (property->field == CAIRN_CQL2_IN_ITEM) {
        if (!r->item.json.p && !note(r, row_body(r->session, r->row->key, &r->item.json, r->error)))
            return false;
    } else if (find_hot(r, property, out)) {
        return true;
    } else if (r->fault || !load_properties(r)) {
        return false;
    }
    return r->inside.value(&r->item, property, scratch, out);
}

static cairn_code footprint_of(sqlite_session *session, const item_row *row, cairn_span *out, cairn_error *error)
{
    if (!row->is_whole)
        return row_footprint(session, row->key, out, error);
    *out = row->footprint;
    return CAIRN_OK;
}

static bool record_place(void *self, cairn_box *box, cairn_span *wkb)
{
    row_record *r = self;
    if (!r->row->has_place || r->fault)
        return false;
    *box = r->row->box;
    if (!r->item.wkb.p && !note(r, footprint_of(r->session, r->row, &r->item.wkb, r->error)))
        return false;
    *wkb = r->item.wkb;
    return true;
}

static void record_times(void *self, cairn_cql2_times *out)
{
    row_record *r = self;
    *out = (cairn_cql2_times){0};
    if (!r->fault && load_properties(r))
        r->inside.times(&r->item, out);
}

/* Whatever of datetime, start and end the item has, they are one instant. */
static bool record_moment(void *self, cairn_time *out)
{
    const row_record *r = self;
    const item_row *row = r->row;
    *out = row->position.time;
    return !cairn_time_is_open(*out) && cairn_time_compare(row->range.start, *out) == 0 &&
           cairn_time_compare(row->range.end, *out) == 0;
}

static void row_record_open(row_record *r, sqlite_session *session, const item_row *row, cairn_cql2_record *record,
                            cairn_error *error)
{
    static const cairn_span empty = CAIRN_SPAN_LIT("{}");
    r->session = session;
    r->row = row;
    r->fault = CAIRN_OK;
    r->knows_hot = false;
    r->error = error;
    cairn_cql2_item_open(&r->item, empty, session->texts->scratch, &r->inside);
    r->item.json = r->item.properties = CAIRN_SPAN_NONE;
    *record = (cairn_cql2_record){
        .self = r,
        .id = row->position.id,
        .collection = row->position.collection,
        .value = record_value,
        .place = record_place,
        .times = record_times,
        .moment = record_moment,
    };
}

cairn_code row_position(search_run *run, const item_row *row, cairn_sort_value *keys, cairn_position *out,
                        cairn_error *error)
{
    const cairn_sort *sort = &run->search->sort;
    row_record r;
    cairn_cql2_record record;
    *out = row->position;
    out->keys = keys;
    out->n_keys = sort->n;
    if (sort->n == 0)
        return CAIRN_OK;
    row_record_open(&r, run->session, row, &record, error);
    bool done = cairn_sort_values(sort, &record, row->position.time, run->session->texts->scratch, keys);
    if (r.fault)
        return r.fault;
    return done ? CAIRN_OK : out_of_memory(error);
}

/* ---- by the index ---- */

static bool is_named(const search_run *run, const item_row *row)
{
    const narrowed *narrow = &run->narrow;
    return (!narrow->n_collections ||
            cairn_list_has(narrow->collections, narrow->n_collections, row->position.collection)) &&
           (!narrow->n_ids || cairn_list_has(narrow->ids, narrow->n_ids, row->position.id));
}

/* The stretch from the first to the last of the range and the sort time. */
static cairn_interval stretch_of(const item_row *row)
{
    cairn_interval stretch = row->range;
    cairn_time time = row->position.time;
    if (cairn_time_is_open(time))
        return stretch;
    if (cairn_time_compare(time, stretch.start) < 0)
        stretch.start = time;
    if (cairn_time_compare(time, stretch.end) > 0)
        stretch.end = time;
    return stretch;
}

static bool is_within_filter(const cairn_cql2_envelope *filter, const item_row *row)
{
    cairn_time time = row->position.time;
    if (filter->has_instant &&
        (cairn_time_compare(time, filter->instant.start) < 0 || cairn_time_compare(time, filter->instant.end) > 0))
        return false;
    if (filter->has_time && !cairn_interval_meets(stretch_of(row), filter->time))
        return false;
    return !filter->has_box || (row->has_place && cairn_box_meets(row->box, filter->box));
}

/* ---- by the footprint ---- */

static bool box_decides(const search_run *run, const item_row *row, bool *match)
{
    if (!row->has_place) {
        *match = run->search->null_geometry_hits;
        return true;
    }
    cairn_box area = cairn_area_box(run->area);
    if (!cairn_box_meets(area, row->box)) {
        *match = false;
        return true;
    }
    cairn_tell tell = cairn_area_tell(run->area, row->box);
    *match = tell == CAIRN_TELL_WITHIN || (tell == CAIRN_TELL_NOTHING && cairn_area_has_side(run->area, row->box, 0));
    return *match || tell != CAIRN_TELL_NOTHING;
}

static cairn_code is_in_area(search_run *run, const item_row *row, bool *match, cairn_error *error)
{
    cairn_span footprint;
    if (!run->area || box_decides(run, row, match))
        return CAIRN_OK;
    if (session_is_late(run->session)) /* an area of many parts may take long for each footprint */
        return out_of_time(error);
    cairn_code code = footprint_of(run->session, row, &footprint, error);
    return code ? code : cairn_area_meets(run->area, row->box, footprint, match, error);
}

/* ---- by what is written in the item ---- */

static cairn_code has_words(search_run *run, const item_row *row, bool *match, cairn_error *error)
{
    row_texts *texts = run->session->texts;
    cairn_span properties;
    if (!run->search->text)
        return CAIRN_OK;
    cairn_code code = row_properties(run->session, row->key, &properties, error);
    if (code)
        return code;
    cairn_buf_reset(&texts->words);
    if (!cairn_text_words(row->position.id, properties, texts->scratch, &texts->words))
        return out_of_memory(error);
    *match = cairn_text_matches(run->search->text, cairn_buf_span(&texts->words));
    return CAIRN_OK;
}

static cairn_code passes_filter(search_run *run, const item_row *row, bool *match, cairn_error *error)
{
    row_record r;
    cairn_cql2_record record;
    cairn_truth truth;
    cairn_error fault = CAIRN_ERROR_INIT; /* of the evaluator, to which a fault of reading is one of memory */
    if (!run->matcher)
        return CAIRN_OK;
    run->fetched += run->n_bounds > 0;
    cairn_code code = bounds_allow(run, row, match, error);
    if (code || !*match)
        return code;
    run->evaluated++;
    row_record_open(&r, run->session, row, &record, error);
    code = cairn_cql2_match(run->matcher, &record, run->session->texts->scratch, &truth, &fault);
    *match = truth == CAIRN_TRUE;
    if (r.fault)
        return r.fault;
    return code ? cairn_error_set(error, code, "%s", fault.message) : CAIRN_OK;
}

static cairn_code look_inside(search_run *run, const item_row *row, bool *match, cairn_error *error)
{
    if (!run->search->text && !run->matcher)
        return CAIRN_OK;
    if (session_is_late(run->session))
        return out_of_time(error);
    cairn_code code = has_words(run, row, match, error);
    return code || !*match ? code : passes_filter(run, row, match, error);
}

cairn_code row_matches(search_run *run, const item_row *row, bool *match, cairn_error *error)
{
    enum { ROWS_BETWEEN_CLOCKS = 64 };
    const cairn_search *search = run->search;
    *match = false;
    if (++run->looked_at % ROWS_BETWEEN_CLOCKS == 0 && session_is_late(run->session))
        return out_of_time(error);
    if ((search->has_datetime && !cairn_interval_meets(row->range, search->datetime)) || !is_named(run, row) ||
        !is_within_filter(&run->narrow.filter, row))
        return CAIRN_OK;
    row_texts_forget(run->session);
    *match = true;
    cairn_code code = is_in_area(run, row, match, error);
    return code || !*match ? code : look_inside(run, row, match, error);
}

bool run_area_tells(const search_run *run)
{
    return run->area && !cairn_area_is_box(run->area);
}

/* Where the items' rows are many times what a session's cache holds, each of them is likely to cost a page from
 * elsewhere: some microseconds at best, the time of many rows on a disk. */
cairn_code run_weigh_rows(search_run *run, cairn_error *error)
{
    enum { CACHED = 8, ELSEWHERE = 64, ROW_BYTES = 200 };
    const sqlite_store *store = (const sqlite_store *)run->session->base.store;
    const collection_facts *all;
    cairn_code code = facts_of_all(run->session, &all, error);
    if (!code)
        run->row_cost = all->items > store->options.cache_bytes / ROW_BYTES ? ELSEWHERE : CACHED;
    return code;
}

uint64_t run_cost(const search_run *run)
{
    enum { UNPACKING = 7 };
    return run->looked_at + run->fetched * run->row_cost +
           (run->session->texts->unpacked - run->unpacked_before) * UNPACKING;
}

double run_micros(const search_run *run)
{
    static const double look = 0.4, fetch = 2.5, node = 2, evaluate = 0.7, unpack = 7;
    return (double)run->looked_at * look + (double)run->fetched * fetch + (double)run->nodes * node +
           (double)run->evaluated * evaluate + (double)(run->session->texts->unpacked - run->unpacked_before) * unpack;
}
