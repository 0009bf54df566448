#include "api/negotiate.h"

#include <stdio.h>
#include <strings.h>

const cairn_representation cairn_as_json[] = {{"application/json", "json", false}, {NULL, NULL, false}};
const cairn_representation cairn_as_geojson[] = {{"application/geo+json", "geojson", false}, {NULL, NULL, false}};
const cairn_representation cairn_as_items[] = {
    {"application/geo+json", "geojson", false},
    {"application/x-ndjson", "ndjson", true},
    {"application/ndjson", "ndjson", true},
    {"application/geo+json-seq", "geojsonseq", true},
    {"text/csv; charset=utf-8; header=present", "csv", true},
    {NULL, NULL, false},
};
const cairn_representation cairn_as_openapi[] = {
    {"application/vnd.oai.openapi+json;version=3.0", "json", false},
    {"application/vnd.oai.openapi;version=3.0", "yaml", false},
    {"application/yaml", "yaml", false},
    {NULL, NULL, false},
};
const cairn_representation cairn_as_html[] = {{"text/html; charset=utf-8", "html", false}, {NULL, NULL, false}};

typedef struct media_range {
    cairn_span media; /* without parameters */
    int quality;      /* thousandths */
} media_range;

static cairn_span cut_at(cairn_span *rest, char separator)
{
    const char *end = rest->n ? memchr(rest->p, separator, rest->n) : NULL;
    cairn_span piece = {rest->p, end ? (size_t)(end - rest->p) : rest->n};
    size_t used = end ? piece.n + 1 : piece.n;
    *rest = cairn_span_make(rest->p + used, rest->n - used);
    return cairn_span_trim(piece);
}

static bool is_word(cairn_span text, const char *word)
{
    return text.n && text.n == strlen(word) && strncasecmp(text.p, word, text.n) == 0;
}

static bool ends_in_word(cairn_span text, const char *word)
{
    size_t n = strlen(word);
    return text.n >= n && strncasecmp(text.p + text.n - n, word, n) == 0;
}

/* "0.75" in thousandths; what is not of that form counts as 1. */
static int read_quality(cairn_span text)
{
    if (!text.n || (text.p[0] != '0' && text.p[0] != '1'))
        return 1000;
    int quality = text.p[0] == '1' ? 1000 : 0;
    int weight = 100;
    for (size_t i = 2; i < text.n && i < 5 && text.p[1] == '.'; i++, weight /= 10) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return 1000;
        quality += (text.p[i] - '0') * weight;
    }
    return quality > 1000 ? 1000 : quality;
}

static bool next_range(cairn_span *accept, media_range *range)
{
    while (accept->n) {
        cairn_span rest = cut_at(accept, ',');
        range->media = cut_at(&rest, ';');
        range->quality = 1000;
        while (rest.n) {
            cairn_span parameter = cut_at(&rest, ';');
            cairn_span name = cut_at(&parameter, '=');
            if (is_word(name, "q"))
                range->quality = read_quality(cairn_span_trim(parameter));
        }
        if (range->media.n)
            return true;
    }
    return false;
}

/* 4 the same type, 3 JSON for a kind of JSON, 2 type/..., 1 anything, 0 no match. */
static int specificity(cairn_span range, cairn_span media)
{
    if (range.n == media.n && strncasecmp(range.p, media.p, media.n) == 0)
        return 4;
    if (is_word(range, "application/json") && ends_in_word(media, "+json"))
        return 3;
    if (is_word(range, "*/*") || is_word(range, "*"))
        return 1;
    if (!cairn_span_ends(range, "/*") || media.n < range.n)
        return 0;
    return strncasecmp(range.p, media.p, range.n - 1) == 0 ? 2 : 0;
}

static int quality_of(cairn_span accept, const char *content_type)
{
    cairn_span rest = cairn_span_of(content_type);
    cairn_span media = cut_at(&rest, ';');
    media_range range;
    int best = 0;
    int quality = 0;
    while (next_range(&accept, &range)) {
        int fits = specificity(range.media, media);
        if (fits > best) {
            best = fits;
            quality = range.quality;
        }
    }
    return quality;
}

bool cairn_media_is_json(cairn_span media)
{
    cairn_span type = cut_at(&media, ';');
    return is_word(type, "application/json") || ends_in_word(type, "+json");
}

static bool accepts_some_json(cairn_span accept)
{
    media_range range;
    while (next_range(&accept, &range))
        if (range.quality > 0 &&
            (cairn_media_is_json(range.media) || is_word(range.media, "*/*") || is_word(range.media, "application/*")))
            return true;
    return false;
}

const cairn_representation *cairn_negotiate(const cairn_representation *list, cairn_span accept)
{
    if (!cairn_span_trim(accept).n || list == cairn_as_html)
        return list;
    const cairn_representation *best = NULL;
    int quality = 0;
    for (const cairn_representation *as = list; as->content_type; as++) {
        int its = quality_of(accept, as->content_type);
        if (its > quality) {
            best = as;
            quality = its;
        }
    }
    return best ? best : accepts_some_json(accept) ? list : NULL;
}

static bool means_format(const cairn_representation *as, cairn_span format)
{
    bool json = cairn_span_is(format, "json") || cairn_span_is(format, "geojson");
    return cairn_span_is(format, as->format) || (json && cairn_span_ends(cairn_span_of(as->format), "json"));
}

/* "geojson, ndjson, csv": each once. */
static const char *list_formats(const cairn_representation *list, char *out, size_t size)
{
    size_t n = 0;
    for (const cairn_representation *as = list; as->content_type && n < size; as++)
        if (as == list || strcmp(as->format, as[-1].format) != 0)
            n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "", as->format);
    return out;
}

cairn_code cairn_negotiate_format(const cairn_representation *list, cairn_span format, const cairn_representation **out,
                                  cairn_error *error)
{
    for (const cairn_representation *as = list; as->content_type; as++) {
        if (means_format(as, format)) {
            *out = as;
            return CAIRN_OK;
        }
    }
    char quoted[80], known[80];
    cairn_error_set(error, CAIRN_INVALID, "unknown format \"%s\"; this path knows %s",
                    cairn_quote(format, quoted, sizeof quoted), list_formats(list, known, sizeof known));
    return cairn_error_at_parameter(error, "f");
}
