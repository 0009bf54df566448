#include "query/collection_search.h"

#include "query/cql2/evaluate.h"
#include "stac/collection.h"

struct cairn_collection_search {
    const cairn_search *search;
    bool newest_first;
    cairn_geos *geos;
    cairn_cql2_matcher *matcher; /* NULL: no filter */
};

/* A collection as a record of filters. */
typedef struct record {
    cairn_span json;
    cairn_extents extents;
    cairn_geos *geos;
    cairn_arena *scratch;
    bool place_known, has_place;
    cairn_footprint place;
    cairn_code fault;
    cairn_error *error;
} record;

/* ---- the record ---- */

static bool value_of(void *self, const cairn_cql2_property *property, cairn_arena *scratch, cairn_span *out)
{
    const record *r = self;
    return cairn_cql2_lookup(r->json, property, scratch, out);
}

static void times_of(void *self, cairn_cql2_times *out)
{
    const record *r = self;
    *out = (cairn_cql2_times){0};
    if (!r->extents.n_intervals)
        return;
    out->has_start = out->has_end = true;
    out->start = r->extents.intervals[0].start;
    out->end = r->extents.intervals[0].end;
}

static void write_position(double x, double y, cairn_buf *out)
{
    cairn_buf_add_text(out, out->n && out->p[out->n - 1] == ']' ? ",[" : "[");
    cairn_buf_add_json_number(out, x);
    cairn_buf_add_byte(out, ',');
    cairn_buf_add_json_number(out, y);
    cairn_buf_add_byte(out, ']');
}

/* From one side to the other and, for a polygon, back. In steps: an edge of more than half the way around would be read
 * as going the other way. */
static void write_sides(cairn_box box, bool back, cairn_buf *out)
{
    enum { STEPS = 4 };
    double x[STEPS + 1];
    for (int i = 0; i <= STEPS; i++)
        x[i] = i < STEPS ? box.west + i * ((box.east - box.west) / STEPS) : box.east;
    for (int i = 0; i <= STEPS; i++)
        write_position(x[i], box.south, out);
    for (int i = STEPS; i >= 0 && back; i--)
        write_position(x[i], box.north, out);
    if (back)
        write_position(x[0], box.south, out);
}

/* A box without an area is a line or a point: as polygons they would be dropped beside others. */
static void write_part(cairn_box box, cairn_buf *out)
{
    bool thin = box.west == box.east, flat = box.south == box.north;
    if (thin && flat) {
        cairn_buf_add_text(out, "{\"type\":\"Point\",\"coordinates\":");
        write_position(box.west, box.south, out);
        cairn_buf_add_byte(out, '}');
    } else if (thin) {
        cairn_buf_add_text(out, "{\"type\":\"LineString\",\"coordinates\":[");
        write_position(box.west, box.south, out);
        write_position(box.west, box.north, out);
        cairn_buf_add_text(out, "]}");
    } else {
        cairn_buf_add_text(out, flat ? "{\"type\":\"LineString\",\"coordinates\":["
                                     : "{\"type\":\"Polygon\",\"coordinates\":[[");
        write_sides(box, !flat, out);
        cairn_buf_add_text(out, flat ? "]}" : "]]}");
    }
}

/* Boxes within the first add nothing to it. */
static cairn_span write_boxes(const record *r)
{
    cairn_buf text = CAIRN_BUF_INIT((size_t)1 << 24);
    cairn_box halves[2];
    cairn_buf_add_text(&text, "{\"type\":\"GeometryCollection\",\"geometries\":[");
    for (size_t i = 0; i < r->extents.n_boxes && !text.failed; i++) {
        if (i && cairn_box_contains(r->extents.boxes[0], r->extents.boxes[i]))
            continue;
        size_t n = cairn_box_split(r->extents.boxes[i], halves);
        for (size_t k = 0; k < n; k++) {
            if (i || k)
                cairn_buf_add_byte(&text, ',');
            write_part(halves[k], &text);
        }
    }
    cairn_buf_add_text(&text, "]}");
    cairn_span geojson = text.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(r->scratch, cairn_buf_span(&text));
    cairn_buf_free(&text);
    return geojson;
}

static cairn_code read_place(record *r)
{
    cairn_warnings repairs = {0};
    cairn_span geojson = write_boxes(r);
    if (!geojson.p)
        return cairn_error_set(r->error, CAIRN_NOMEM, "the place of a collection needs too much memory");
    return cairn_footprint_read(r->geos, geojson, false, NULL, r->scratch, &r->place, &repairs, r->error);
}

static bool place_of(void *self, cairn_box *box, cairn_span *wkb)
{
    record *r = self;
    if (!r->place_known) {
        r->place_known = true;
        r->fault = r->extents.n_boxes ? read_place(r) : CAIRN_OK;
        r->has_place = !r->fault && r->place.present;
    }
    *box = r->place.box;
    *wkb = r->place.wkb;
    return r->has_place;
}

/* ---- matching ---- */

static bool meets_box(const cairn_search *search, const cairn_extents *extents)
{
    for (size_t i = 0; i < extents->n_boxes && search->has_box; i++)
        if (cairn_box_meets(search->box, extents->boxes[i]))
            return true;
    return !search->has_box;
}

static bool meets_time(const cairn_search *search, const cairn_extents *extents)
{
    for (size_t i = 0; i < extents->n_intervals && search->has_datetime; i++)
        if (cairn_interval_meets(search->datetime, extents->intervals[i]))
            return true;
    return !search->has_datetime;
}

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "a collection needs more memory than a request may use");
}

static cairn_code meets_filter(const cairn_collection_search *search, const cairn_cql2_record *record_of, record *r,
                               bool *matches)
{
    cairn_truth truth = CAIRN_TRUE;
    cairn_code code = CAIRN_OK;
    if (search->matcher)
        code = cairn_cql2_match(search->matcher, record_of, r->scratch, &truth, r->error);
    *matches = truth == CAIRN_TRUE;
    return code ? code : r->fault;
}

/* Without a sort by time, all stand at one time: the order goes on with the id. */
static cairn_code place_in_order(const cairn_collection_search *search, const cairn_cql2_record *record_of,
                                 const record *r, cairn_position *at)
{
    const cairn_sort *sort = &search->search->sort;
    cairn_time start = r->extents.n_intervals ? r->extents.intervals[0].start : CAIRN_TIME_MIN;
    if (search->newest_first)
        at->time = start;
    if (!sort->n)
        return CAIRN_OK;
    cairn_sort_value *keys = cairn_arena_calloc(r->scratch, sort->n, sizeof *keys);
    if (!keys || !cairn_sort_values(sort, record_of, start, r->scratch, keys))
        return no_memory(r->error);
    at->keys = keys;
    at->n_keys = sort->n;
    return CAIRN_OK;
}

static bool looks_inside(const cairn_collection_search *search)
{
    return search->matcher || search->search->has_box || search->search->has_datetime ||
           cairn_collection_search_sorts(search);
}

static cairn_code open_record(record *r, cairn_span open)
{
    cairn_buf whole = CAIRN_BUF_INIT(open.n + 16);
    if (cairn_document_close(open, cairn_span_of(""), &whole))
        r->json = cairn_arena_copy(r->scratch, cairn_buf_span(&whole));
    cairn_buf_free(&whole);
    return r->json.p && cairn_extents_read(r->json, r->scratch, &r->extents) ? CAIRN_OK : no_memory(r->error);
}

cairn_code cairn_collection_search_match(cairn_collection_search *search, cairn_span id, cairn_span open,
                                         cairn_arena *scratch, bool *matches, cairn_position *at, cairn_error *error)
{
    record r = {.geos = search->geos, .scratch = scratch, .error = error};
    cairn_cql2_record record_of = {.self = &r, .id = id, .value = value_of, .place = place_of, .times = times_of};
    *at = (cairn_position){.time = CAIRN_TIME_MIN, .collection = cairn_span_of(""), .id = id};
    *matches = true;
    if (!looks_inside(search))
        return CAIRN_OK;
    cairn_code code = open_record(&r, open);
    if (code)
        return code;
    *matches = meets_box(search->search, &r.extents) && meets_time(search->search, &r.extents);
    if (*matches)
        code = meets_filter(search, &record_of, &r, matches);
    return code || !*matches ? code : place_in_order(search, &record_of, &r, at);
}

/* ---- the whole ---- */

cairn_code cairn_collection_search_new(const cairn_search *search, bool newest_first, cairn_geos *geos,
                                       cairn_arena *arena, cairn_collection_search **out, cairn_error *error)
{
    cairn_collection_search *made = cairn_arena_calloc(arena, 1, sizeof *made);
    if (!made)
        return no_memory(error);
    *made = (cairn_collection_search){.search = search, .newest_first = newest_first, .geos = geos};
    *out = made;
    return search->filter ? cairn_cql2_matcher_new(search->filter, geos, arena, &made->matcher, error) : CAIRN_OK;
}

bool cairn_collection_search_sorts(const cairn_collection_search *search)
{
    return search->newest_first || search->search->sort.n > 0;
}

int cairn_collection_search_compare(const cairn_collection_search *search, const cairn_position *a,
                                    const cairn_position *b)
{
    return cairn_sort_compare(&search->search->sort, a, b);
}
