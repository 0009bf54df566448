/* bbox by bbox-crs: what the numbers mean is known when both are there. */
#include "base/json.h"
#include "query/search_read.h"
#include "stac/crs.h"

static const char GET_EXAMPLE[] = "bbox=100.0,0.0,105.0,1.0", POST_EXAMPLE[] = "\"bbox\": [100.0, 0.0, 105.0, 1.0]";

static bool is_array(const cairn_search_raw *raw)
{
    return cairn_span_starts(raw->bbox, "[");
}

static cairn_code explain(cairn_search_reader *reader, const cairn_error *why)
{
    bool elsewhere = !reader->search->raw.bbox_crs.n && strstr(why->message, "is not within");
    cairn_error said = *why;
    said.code = CAIRN_OK; /* what is set already stays */
    cairn_error_set(&said, why->code, "%s%s", why->message,
                    elsewhere ? "; give bbox-crs for coordinates of another system" : "");
    return cairn_search_explain(reader, CAIRN_SEARCH_BBOX, &said,
                                is_array(&reader->search->raw) ? POST_EXAMPLE : GET_EXAMPLE);
}

static cairn_code read_degrees(cairn_search_reader *reader)
{
    cairn_search *search = reader->search;
    cairn_error why = CAIRN_ERROR_INIT;
    cairn_code code = is_array(&search->raw) ? cairn_box_from_json(search->raw.bbox, &search->box, &why)
                                             : cairn_box_from_text(search->raw.bbox, &search->box, &why);
    return code == CAIRN_OK ? code : explain(reader, &why);
}

/* The four numbers, heights left out, as they are written. */
static cairn_code read_corners(cairn_search_reader *reader, cairn_span corners[4])
{
    const cairn_search_raw *raw = &reader->search->raw;
    cairn_error why = CAIRN_ERROR_INIT;
    cairn_span array = raw->bbox, at[6] = {{0}};
    if (!is_array(raw))
        array = cairn_arena_printf(reader->arena, "[%.*s]", CAIRN_SPAN_FMT(raw->bbox));
    if (!array.p)
        return cairn_search_no_memory(reader);
    bool good = cairn_json_check(array, 1, NULL, NULL) == CAIRN_OK;
    size_t n = good ? cairn_json_count(array) : 0, filled = 0;
    double number;
    cairn_json_walk walk = cairn_json_walk_array(array);
    for (cairn_span element; good && filled < 6 && cairn_json_next_element(&walk, &element); filled++) {
        good = cairn_json_number(element, &number);
        at[filled] = element;
    }
    if (!good || (n != 4 && n != 6)) {
        cairn_error_set(&why, CAIRN_INVALID, "expected 4 or 6 numbers");
        return explain(reader, &why);
    }
    corners[0] = at[0];
    corners[1] = at[1];
    corners[2] = at[n / 2];
    corners[3] = at[n / 2 + 1];
    return CAIRN_OK;
}

/* Latitude first: the rules are those of CRS84 once the axes are exchanged. */
static cairn_code read_latlon(cairn_search_reader *reader)
{
    cairn_span c[4] = {CAIRN_SPAN_NONE, CAIRN_SPAN_NONE, CAIRN_SPAN_NONE, CAIRN_SPAN_NONE};
    cairn_error why = CAIRN_ERROR_INIT;
    cairn_code code = read_corners(reader, c);
    if (code != CAIRN_OK)
        return code;
    cairn_span array = cairn_arena_printf(reader->arena, "[%.*s,%.*s,%.*s,%.*s]", CAIRN_SPAN_FMT(c[1]),
                                          CAIRN_SPAN_FMT(c[0]), CAIRN_SPAN_FMT(c[3]), CAIRN_SPAN_FMT(c[2]));
    if (!array.p)
        return cairn_search_no_memory(reader);
    if (cairn_box_from_json(array, &reader->search->box, &why) == CAIRN_OK)
        return CAIRN_OK;
    cairn_error_context(&why, "as latitude, longitude, latitude, longitude");
    return explain(reader, &why);
}

static cairn_code refuse_crs(cairn_search_reader *reader, cairn_span name)
{
    return cairn_search_refuse(
        reader, CAIRN_SEARCH_BBOX_CRS, "a coordinate reference system that is known", name,
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84, EPSG:4326 (latitude first) or EPSG:32633");
}

static cairn_code read_projected(cairn_search_reader *reader, const cairn_crs *crs)
{
    cairn_span c[4] = {CAIRN_SPAN_NONE, CAIRN_SPAN_NONE, CAIRN_SPAN_NONE, CAIRN_SPAN_NONE};
    double corners[4] = {0};
    cairn_error why = CAIRN_ERROR_INIT;
    cairn_code code = read_corners(reader, c);
    if (code != CAIRN_OK)
        return code;
    for (size_t i = 0; i < 4; i++)
        cairn_json_number(c[i], &corners[i]);
    code = cairn_crs_box(crs, corners, &reader->search->box, &why);
    if (code == CAIRN_OK)
        return CAIRN_OK;
    if (code == CAIRN_NOT_FOUND)
        return refuse_crs(reader, reader->search->raw.bbox_crs);
    return cairn_search_fail(reader, CAIRN_SEARCH_BBOX, code, "%s", why.message);
}

cairn_code cairn_search_finish_bbox(cairn_search_reader *reader)
{
    const cairn_search_raw *raw = &reader->search->raw;
    cairn_crs crs = {"OGC:CRS84"};
    cairn_code code;
    if (raw->bbox_crs.n && !cairn_crs_of(raw->bbox_crs, &crs))
        return refuse_crs(reader, raw->bbox_crs);
    if (!raw->bbox.p)
        return CAIRN_OK;
    if (cairn_crs_is_crs84(&crs))
        code = read_degrees(reader);
    else
        code = cairn_crs_is_latlon(&crs) ? read_latlon(reader) : read_projected(reader, &crs);
    reader->search->has_box = code == CAIRN_OK;
    return code;
}
