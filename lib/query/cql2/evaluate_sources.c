/* Fields that have another name, or another shape, in older or newer documents: one table. */
#include "query/cql2/evaluate_value.h"

enum { PARTS = 2 };

/* X(newer, older): a field of the bands. */
#define BAND_FIELDS(X)                                                                                                 \
    X("name", "eo:bands", "name")                                                                                      \
    X("description", "eo:bands", "description")                                                                        \
    X("eo:common_name", "eo:bands", "common_name")                                                                     \
    X("eo:center_wavelength", "eo:bands", "center_wavelength")                                                         \
    X("eo:full_width_half_max", "eo:bands", "full_width_half_max")                                                     \
    X("eo:solar_illumination", "eo:bands", "solar_illumination")                                                       \
    X("data_type", "raster:bands", "data_type")                                                                        \
    X("nodata", "raster:bands", "nodata")                                                                              \
    X("statistics", "raster:bands", "statistics")                                                                      \
    X("unit", "raster:bands", "unit")                                                                                  \
    X("raster:bits_per_sample", "raster:bands", "bits_per_sample")                                                     \
    X("raster:histogram", "raster:bands", "histogram")                                                                 \
    X("raster:offset", "raster:bands", "offset")                                                                       \
    X("raster:sampling", "raster:bands", "sampling")                                                                   \
    X("raster:scale", "raster:bands", "scale")                                                                         \
    X("raster:spatial_resolution", "raster:bands", "spatial_resolution")

static const struct generation {
    const char *newer[PARTS], *older[PARTS];
    cairn_cql2_change to_newer, to_older;
    bool last; /* nothing follows in the path: what is below has names of its own */
} GENERATIONS[] = {
    {{"proj:code"}, {"proj:epsg"}, CAIRN_CQL2_TO_CODE, CAIRN_CQL2_TO_EPSG, true},
#define X(new_field, old_bands, old_field)                                                                             \
    {{"bands", new_field}, {old_bands, old_field}, CAIRN_CQL2_SAME, CAIRN_CQL2_SAME, false},
    BAND_FIELDS(X)
#undef X
        {{"bands"}, {"eo:bands"}, CAIRN_CQL2_SAME, CAIRN_CQL2_SAME, true},
    {{"bands"}, {"raster:bands"}, CAIRN_CQL2_SAME, CAIRN_CQL2_SAME, true},
};
enum { N_GENERATIONS = sizeof GENERATIONS / sizeof *GENERATIONS };

static size_t count_parts(const char *const *names)
{
    return names[1] ? 2 : 1;
}

static bool stands_at(const cairn_cql2_property *property, size_t at, const char *const *names, bool last)
{
    size_t n = count_parts(names);
    if (at + n > property->n || (last && at + n != property->n))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!cairn_span_is(property->path[at + i], names[i]))
            return false;
    return true;
}

/* The property with `to` in the place of `from` at `at`. */
static bool rename_at(const cairn_cql2_property *property, size_t at, const char *const *from, const char *const *to,
                      cairn_arena *arena, cairn_cql2_property *out)
{
    size_t gone = count_parts(from), come = count_parts(to);
    cairn_span *path = cairn_arena_calloc(arena, property->n + PARTS, sizeof *path);
    if (!path)
        return false;
    memcpy(path, property->path, at * sizeof *path);
    for (size_t i = 0; i < come; i++)
        path[at + i] = cairn_span_of(to[i]);
    memcpy(path + at + come, property->path + at + gone, (property->n - at - gone) * sizeof *path);
    *out = *property;
    out->path = path;
    out->n = property->n - gone + come;
    return true;
}

bool cairn_cql2_sources_of(const cairn_cql2_property *property, cairn_arena *arena, const cairn_cql2_source **out,
                           size_t *n)
{
    cairn_cql2_source *sources = cairn_arena_calloc(arena, N_GENERATIONS + 1, sizeof *sources);
    if (!sources)
        return false;
    sources[0] = (cairn_cql2_source){*property, CAIRN_CQL2_SAME};
    *out = sources;
    *n = 1;
    for (size_t i = 0; i < N_GENERATIONS; i++) {
        const struct generation *g = &GENERATIONS[i];
        for (size_t at = 0; at < property->n; at++) {
            bool is_newer = stands_at(property, at, g->newer, g->last);
            if (!is_newer && !stands_at(property, at, g->older, g->last))
                continue;
            cairn_cql2_source *source = &sources[(*n)++];
            source->change = is_newer ? g->to_newer : g->to_older;
            if (!rename_at(property, at, is_newer ? g->newer : g->older, is_newer ? g->older : g->newer, arena,
                           &source->property))
                return false;
            break;
        }
    }
    return true;
}

/* ---- changing ---- */

static void change_one(cairn_cql2_change change, cairn_span json, cairn_buf *out)
{
    long long code;
    cairn_span text = json.n > 2 ? cairn_span_make(json.p + 1, json.n - 2) : CAIRN_SPAN_NONE;
    if (change == CAIRN_CQL2_TO_CODE && cairn_json_integer(json, &code))
        cairn_buf_printf(out, "\"EPSG:%lld\"", code);
    else if (change == CAIRN_CQL2_TO_EPSG && cairn_json_kind(json) == '"' && cairn_span_starts(text, "EPSG:") &&
             text.n < 16 && text.n > 5 && text.p[5] >= '1' && text.p[5] <= '9' &&
             strspn(text.p + 5, "0123456789") == text.n - 5 /* ends at the quote */)
        cairn_buf_add(out, text.p + 5, text.n - 5);
    else
        cairn_buf_add_text(out, "null");
}

bool cairn_cql2_change_value(cairn_cql2_change change, cairn_span json, cairn_arena *arena, cairn_span *out)
{
    cairn_span element;
    *out = json;
    if (change == CAIRN_CQL2_SAME || !json.p)
        return true;
    cairn_buf buf = CAIRN_BUF_INIT(64 + 32 * json.n);
    if (cairn_json_kind(json) == '[') {
        cairn_json_walk walk = cairn_json_walk_array(json);
        for (char between = '['; cairn_json_next_element(&walk, &element); between = ',') {
            cairn_buf_add_byte(&buf, between);
            change_one(change, element, &buf);
        }
        cairn_buf_add_text(&buf, buf.n ? "]" : "[]");
    } else {
        change_one(change, json, &buf);
    }
    *out = buf.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(arena, cairn_buf_span(&buf));
    cairn_buf_free(&buf);
    return out->p != NULL;
}
