/* Reading filter, filter-lang, filter-crs and query, and joining them to one tree. */
#include "query/cql2/build.h"
#include "query/query_ext.h"
#include "query/search_read.h"

#include "stac/crs.h"

static const char TEXT[] = "cql2-text", JSON[] = "cql2-json";

cairn_code cairn_search_take_filter_lang(cairn_search_reader *reader, cairn_span name)
{
    if (name.n && !cairn_span_is(name, TEXT) && !cairn_span_is(name, JSON))
        return cairn_search_refuse(reader, CAIRN_SEARCH_FILTER_LANG, "cql2-text or cql2-json", name,
                                   "filter-lang=cql2-text");
    reader->search->raw.filter_lang = name;
    return CAIRN_OK;
}

cairn_code cairn_search_take_filter_crs(cairn_search_reader *reader, cairn_span name)
{
    char quoted[80];
    cairn_crs crs;
    if (name.n == 0 || (cairn_crs_of(name, &crs) && cairn_crs_is_crs84(&crs)))
        return CAIRN_OK;
    return cairn_search_fail(reader, CAIRN_SEARCH_FILTER_CRS, CAIRN_INVALID,
                             "geometries in a filter are in CRS84, longitude before latitude (EPSG:4326 has them the "
                             "other way round); expected http://www.opengis.net/def/crs/OGC/1.3/CRS84, found '%s'",
                             cairn_quote(name, quoted, sizeof quoted));
}

void cairn_search_take_filter(cairn_search_reader *reader, cairn_span filter, bool is_json, bool by_get)
{
    cairn_search_raw *raw = &reader->search->raw;
    raw->filter = filter;
    raw->filter_is_json = is_json;
    raw->filter_by_get = by_get;
    reader->search->max_vertices = reader->limits->max_vertices;
}

cairn_code cairn_search_take_query(cairn_search_reader *reader, cairn_span json)
{
    return cairn_query_ext_read(json, reader->arena, &reader->search->raw.query, reader->error);
}

/* ---- when all is there ---- */

static cairn_code refuse_language(cairn_search_reader *reader, const char *expected, const char *language)
{
    char quoted[80];
    return cairn_search_fail(reader, CAIRN_SEARCH_FILTER, CAIRN_INVALID,
                             "expected %s, since filter-lang is %s, found '%s'", expected, language,
                             cairn_quote(reader->search->raw.filter, quoted, sizeof quoted));
}

/* Who sends JSON in a GET without saying so gets an error about a brace, and should know why. */
static cairn_code explain_fault(cairn_search_reader *reader, const cairn_error *why)
{
    const cairn_search_raw *raw = &reader->search->raw;
    bool hint = raw->filter_by_get && !raw->filter_lang.n && cairn_span_starts(cairn_span_trim(raw->filter), "{");
    cairn_error_set(reader->error, why->code, "%s%s", why->message,
                    hint ? "; for CQL2-JSON, give filter-lang=cql2-json" : "");
    cairn_error_at_parameter(reader->error, "filter");
    if (reader->error && reader->error->offset < 0)
        reader->error->offset = why->offset;
    return why->code;
}

static cairn_code parse_filter(cairn_search_reader *reader, bool json, cairn_cql2 *out)
{
    const cairn_search *search = reader->search;
    cairn_cql2_limits limits = cairn_cql2_defaults;
    cairn_error why = CAIRN_ERROR_INIT;
    if (search->max_vertices)
        limits.max_vertices = search->max_vertices;
    cairn_code code = json ? cairn_cql2_parse_json(search->raw.filter, &limits, reader->arena, out, &why)
                           : cairn_cql2_parse_text(search->raw.filter, &limits, reader->arena, out, &why);
    if (code == CAIRN_OK)
        code = cairn_cql2_check(out, &why);
    return code == CAIRN_OK ? code : explain_fault(reader, &why);
}

static cairn_code read_filter(cairn_search_reader *reader, cairn_cql2 *out)
{
    const cairn_search_raw *raw = &reader->search->raw;
    bool says_json = cairn_span_is(raw->filter_lang, JSON), says_text = cairn_span_is(raw->filter_lang, TEXT);
    if (raw->filter_is_json && says_text)
        return refuse_language(reader, "CQL2-Text as a string", TEXT);
    if (!raw->filter_is_json && !raw->filter_by_get && says_json)
        return refuse_language(reader, "CQL2-JSON as an object", JSON);
    return parse_filter(reader, raw->filter_is_json || says_json, out);
}

/* Both trees are this search's own, so their nodes may be numbered anew. */
static cairn_code join(cairn_search_reader *reader, const cairn_cql2 *a, const cairn_cql2 *b, cairn_cql2 *out)
{
    cairn_cql2_builder builder;
    cairn_cql2_list both = {0};
    cairn_error why = CAIRN_ERROR_INIT;
    if (cairn_cql2_begin(&builder, CAIRN_SPAN_NONE, NULL, reader->arena, &why) == CAIRN_OK &&
        cairn_cql2_append(&builder, &both, a->root) && cairn_cql2_append(&builder, &both, b->root))
        cairn_cql2_finish(&builder, cairn_cql2_make(&builder, CAIRN_CQL2_K_AND, 0, &both), out);
    return builder.code == CAIRN_OK ? CAIRN_OK : explain_fault(reader, &why);
}

cairn_code cairn_search_finish_filter(cairn_search_reader *reader)
{
    cairn_search *search = reader->search;
    const cairn_cql2 *query = search->raw.query;
    if (!search->raw.filter.p) {
        search->filter = query;
        return CAIRN_OK;
    }
    cairn_cql2 *filter = cairn_arena_calloc(reader->arena, 1, sizeof *filter);
    cairn_cql2 *whole = cairn_arena_calloc(reader->arena, 1, sizeof *whole);
    if (!filter || !whole)
        return cairn_search_no_memory(reader);
    cairn_code code = read_filter(reader, filter);
    if (code == CAIRN_OK && query)
        code = join(reader, filter, query, whole);
    if (code == CAIRN_OK)
        search->filter = query ? whole : filter;
    return code;
}
