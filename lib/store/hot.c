#include "store/hot.h"

#include "base/json.h"

/* A number is never given to another property. Below 256. */
static const struct {
    unsigned number;
    cairn_span name;
} hot[] = {
    {1, CAIRN_SPAN_LIT("eo:cloud_cover")},           {2, CAIRN_SPAN_LIT("gsd")},
    {3, CAIRN_SPAN_LIT("view:off_nadir")},           {4, CAIRN_SPAN_LIT("sat:relative_orbit")},
    {5, CAIRN_SPAN_LIT("view:sun_elevation")},       {6, CAIRN_SPAN_LIT("eo:snow_cover")},
    {7, CAIRN_SPAN_LIT("s2:snow_ice_percentage")},   {8, CAIRN_SPAN_LIT("s2:nodata_pixel_percentage")},
    {9, CAIRN_SPAN_LIT("landsat:cloud_cover_land")}, {10, CAIRN_SPAN_LIT("sat:absolute_orbit")},
    {11, CAIRN_SPAN_LIT("forecast:perturbed")},
};
enum { N_HOT = sizeof hot / sizeof *hot, TEXT_MAX = 255 };

static size_t place_of(cairn_span name)
{
    size_t at = 0;
    while (at < N_HOT && !cairn_span_equal(hot[at].name, name))
        at++;
    return at;
}

unsigned cairn_hot_number(cairn_span name)
{
    size_t at = place_of(name);
    return at < N_HOT ? hot[at].number : 0;
}

/* `key` as it is written, perhaps with escapes. */
static size_t place_of_key(cairn_span key)
{
    if (!key.n || !memchr(key.p, '\\', key.n))
        return place_of(key);
    size_t at = 0;
    while (at < N_HOT && !cairn_json_key_is(key, hot[at].name.p))
        at++;
    return at;
}

static bool is_hot(cairn_span value)
{
    char kind = cairn_json_kind(value);
    return (kind == '0' || kind == 't' || kind == 'f') && value.n <= TEXT_MAX;
}

bool cairn_hot_make(cairn_span properties, cairn_buf *out)
{
    cairn_span values[N_HOT] = {0};
    cairn_json_member member;
    cairn_json_walk walk = cairn_json_walk_object(properties);
    while (cairn_json_next_member(&walk, &member)) {
        size_t at = place_of_key(member.key);
        if (at < N_HOT) /* of one name that comes twice the last one counts, hot or not */
            values[at] = is_hot(member.value) ? member.value : CAIRN_SPAN_NONE;
    }
    for (size_t i = 0; i < N_HOT; i++)
        if (values[i].p) {
            cairn_buf_add_byte(out, (char)hot[i].number);
            cairn_buf_add_byte(out, (char)values[i].n);
            cairn_buf_add_span(out, values[i]);
        }
    return !out->failed;
}

cairn_span cairn_hot_get(cairn_span bytes, unsigned number)
{
    while (bytes.n >= 2) {
        size_t n = (unsigned char)bytes.p[1];
        if (!n || bytes.n - 2 < n)
            break;
        cairn_span value = cairn_span_make(bytes.p + 2, n);
        if ((unsigned char)bytes.p[0] == number)
            return is_hot(value) ? value : CAIRN_SPAN_NONE;
        bytes = cairn_span_make(bytes.p + 2 + n, bytes.n - 2 - n);
    }
    return CAIRN_SPAN_NONE;
}
