/* `bands` of STAC 1.1, and eo:bands and raster:bands of the extensions' first versions: the same bands in two words.
 * Bands are matched by their places. */
#include "base/fixed.h"
#include "stac/ready/band_fields.h"
#include "stac/seen.h"

/* More are left as they are, as is what would be written anew for each band at such a length. */
enum { MOST_BANDS = 4096, MOST_COPIED_BYTES = 64 << 10 };

typedef struct band {
    cairn_span text[CAIRN_LISTS]; /* as it stands in the list, or absent */
    cairn_span value[CAIRN_LISTS][CAIRN_BAND_FIELDS];
    cairn_span made_name; /* a JSON string, where no list has one and eo:bands should; else absent */
} band;

typedef struct asset_bands {
    cairn_ready_object *asset;
    bool has[CAIRN_LISTS]; /* it has the list, and it is one of objects */
    size_t n;
    band *at;
    cairn_span common[CAIRN_BAND_FIELDS]; /* what the asset says of all its bands */
    bool moves;                           /* some of that can't stay on the asset */
} asset_bands;

static const cairn_ready_slot slots[CAIRN_LISTS] = {
    [CAIRN_LIST_BANDS] = CAIRN_SLOT_BANDS,
    [CAIRN_LIST_EO] = CAIRN_SLOT_EO_BANDS,
    [CAIRN_LIST_RASTER] = CAIRN_SLOT_RASTER_BANDS,
};

/* ---- reading ---- */

/* The number of elements when all are objects and they are not too many; else 0. */
static size_t count_objects(cairn_span list)
{
    cairn_json_walk walk = cairn_json_walk_array(list);
    cairn_span element;
    size_t n = 0;
    for (; cairn_json_next_element(&walk, &element); n++)
        if (cairn_json_kind(element) != '{' || n == MOST_BANDS)
            return 0;
    return n;
}

static void read_band(cairn_span text, cairn_band_list list, band *out)
{
    cairn_json_walk walk = cairn_json_walk_object(text);
    cairn_json_member member;
    out->text[list] = text;
    while (cairn_json_next_member(&walk, &member))
        for (size_t f = 0; f < CAIRN_BAND_FIELDS; f++)
            if (member.key.n && cairn_span_equal(member.key, cairn_band_fields[f].name[list])) {
                out->value[list][f] = member.value;
                break;
            }
}

static void read_list(cairn_span text, cairn_band_list list, asset_bands *b)
{
    cairn_json_walk walk = cairn_json_walk_array(text);
    cairn_span element;
    for (size_t i = 0; i < b->n && cairn_json_next_element(&walk, &element); i++)
        read_band(element, list, &b->at[i]);
}

/* What an asset says of its bands: fields of version 2, and data_type, nodata and unit of STAC 1.1. */
static bool read_common(cairn_ready *r, asset_bands *b)
{
    bool any = false;
    for (size_t f = 0; f < CAIRN_BAND_FIELDS; f++) {
        const cairn_band_field *field = &cairn_band_fields[f];
        cairn_span value = field->asset == CAIRN_SLOTS ? CAIRN_SPAN_NONE : cairn_ready_get(r, b->asset, field->asset);
        if (value.p && cairn_band_value_fits(field, CAIRN_LIST_BANDS, value)) {
            b->common[f] = value;
            any |= field->moves;
        }
    }
    return any;
}

/* How many bands the asset has; 0 when its lists disagree, when one is no list of objects, or when it has none. */
static size_t count_bands(cairn_ready *r, asset_bands *b, bool common)
{
    size_t n = 0;
    for (int list = 0; list < CAIRN_LISTS; list++) {
        if (!b->asset->at[slots[list]])
            continue;
        size_t count = count_objects(cairn_ready_get(r, b->asset, slots[list]));
        if (count == 0 || (n && count != n))
            return 0;
        b->has[list] = true;
        n = count;
    }
    return n ? n : common;
}

static size_t common_bytes(const asset_bands *b)
{
    size_t bytes = 0;
    for (size_t f = 0; f < CAIRN_BAND_FIELDS; f++)
        bytes += b->common[f].n;
    return bytes;
}

enum {
    NAME,
    FIRST_OF_EO = 2,
    LAST_OF_EO = 5
}; /* in the order of the fields: name and description are no field of eo */

static bool has_name(const band *band)
{
    for (int list = 0; list < CAIRN_LISTS; list++)
        if (band->value[list][NAME].p && !cairn_json_is_null(band->value[list][NAME]))
            return true;
    return false;
}

static bool says_eo(const asset_bands *b, const band *band)
{
    for (int f = FIRST_OF_EO; f <= LAST_OF_EO; f++)
        if (band->value[CAIRN_LIST_BANDS][f].p || b->common[f].p)
            return true;
    return false;
}

/* odc-stac asks each of eo:bands for its name and ends when one has none, so a band is called after its asset. */
static void make_names(cairn_ready *r, asset_bands *b)
{
    cairn_span key = b->asset->node->key;
    bool wanted = b->has[CAIRN_LIST_EO];
    for (size_t i = 0; i < b->n && !wanted; i++)
        wanted = says_eo(b, &b->at[i]);
    if (!wanted || key.n * b->n > MOST_COPIED_BYTES)
        return;
    for (size_t i = 0; i < b->n && !r->failed; i++) {
        if (has_name(&b->at[i]))
            continue;
        b->at[i].made_name = b->n == 1 ? cairn_arena_printf(r->arena, "\"%.*s\"", CAIRN_SPAN_FMT(key))
                                       : cairn_arena_printf(r->arena, "\"%.*s.%zu\"", CAIRN_SPAN_FMT(key), i + 1);
        r->failed = !b->at[i].made_name.p;
    }
}

static bool read_bands(cairn_ready *r, asset_bands *b)
{
    b->moves = read_common(r, b);
    b->n = count_bands(r, b, b->moves);
    if (b->n == 0 || common_bytes(b) * b->n > MOST_COPIED_BYTES)
        return false;
    b->at = cairn_arena_calloc(r->arena, b->n, sizeof *b->at);
    if (!b->at) {
        r->failed = true;
        return false;
    }
    for (int list = 0; list < CAIRN_LISTS; list++)
        if (b->has[list])
            read_list(cairn_ready_get(r, b->asset, slots[list]), (cairn_band_list)list, b);
    make_names(r, b);
    return !r->failed;
}

/* ---- what a list lacks ---- */

/* What the extension takes for granted where a scale or offset is null, since stackstac calculates with it. */
static cairn_span default_of(const cairn_band_field *field)
{
    return field->asset == CAIRN_SLOT_SCALE    ? cairn_span_of("1")
           : field->asset == CAIRN_SLOT_OFFSET ? cairn_span_of("0")
                                               : CAIRN_SPAN_NONE;
}

/* What is known of a band's field, in the words of `bands`. */
static cairn_span known(const asset_bands *b, size_t i, size_t f)
{
    const cairn_band_field *field = &cairn_band_fields[f];
    const cairn_span(*value)[CAIRN_BAND_FIELDS] = b->at[i].value;
    for (int list = 0; list < CAIRN_LISTS; list++)
        if (value[list][f].p && cairn_band_value_fits(field, (cairn_band_list)list, value[list][f]))
            return value[list][f];
    if (f == NAME && b->at[i].made_name.p)
        return b->at[i].made_name;
    if (b->common[f].p)
        return b->common[f];
    return cairn_json_is_null(value[CAIRN_LIST_RASTER][f]) ? default_of(field) : CAIRN_SPAN_NONE;
}

/* What is to be added to the list for a band, or absent; nulls are filled. */
static cairn_span lacks(const asset_bands *b, cairn_band_list list, size_t i, size_t f)
{
    const cairn_band_field *field = &cairn_band_fields[f];
    cairn_span own = b->at[i].value[list][f];
    if (!field->name[list].p || (own.p && !cairn_json_is_null(own)))
        return CAIRN_SPAN_NONE;
    return cairn_band_value_in(field, list, known(b, i, f));
}

static bool list_lacks(const asset_bands *b, cairn_band_list list)
{
    for (size_t i = 0; i < b->n; i++)
        for (size_t f = 0; f < CAIRN_BAND_FIELDS; f++)
            if (lacks(b, list, i, f).p)
                return true;
    return false;
}

static bool band_lacks(const asset_bands *b, cairn_band_list list, size_t i, size_t from)
{
    for (size_t f = from; f < CAIRN_BAND_FIELDS; f++)
        if (lacks(b, list, i, f).p)
            return true;
    return false;
}

/* A list that is not there is made when each band has something to say in it: schemas allow no empty bands. stackstac
 * takes an asset with one raster:bands only. Before STAC 1.1 nobody looks for `bands`, which would take much room. */
static bool may_make(const cairn_ready *r, const asset_bands *b, cairn_band_list list)
{
    bool any = false;
    if (list == CAIRN_LIST_BANDS && !r->has_core_bands && !b->moves)
        return false;
    if (list == CAIRN_LIST_RASTER && b->n != 1)
        return false;
    for (size_t i = 0; i < b->n; i++) {
        if (list != CAIRN_LIST_BANDS && !band_lacks(b, list, i, 0))
            return false;
        any |= band_lacks(b, list, i, list == CAIRN_LIST_EO ? FIRST_OF_EO : 0);
    }
    return any;
}

/* ---- writing ---- */

static void add_member(cairn_buf *out, bool *first, cairn_span name, cairn_span value)
{
    cairn_buf_add_text(out, *first ? "\"" : ",\"");
    cairn_buf_add_span(out, name);
    cairn_buf_add_text(out, "\":");
    cairn_buf_add_span(out, value);
    *first = false;
}

/* The members of the band as they stand; nulls that are filled get their value. */
static void write_own(cairn_buf *out, bool *first, const asset_bands *b, cairn_band_list list, size_t i, bool *filled)
{
    cairn_json_walk walk = cairn_json_walk_object(b->at[i].text[list]);
    cairn_json_member member;
    while (cairn_json_next_member(&walk, &member)) {
        cairn_span value = CAIRN_SPAN_NONE;
        for (size_t f = 0; f < CAIRN_BAND_FIELDS && cairn_json_is_null(member.value); f++)
            if (member.key.n && cairn_span_equal(member.key, cairn_band_fields[f].name[list])) {
                value = lacks(b, list, i, f);
                filled[f] |= value.p != NULL;
            }
        cairn_buf_add_text(out, *first ? "" : ",");
        cairn_buf_add(out, member.whole.p, (size_t)(member.value.p - member.whole.p));
        cairn_buf_add_span(out, value.p ? value : member.value);
        *first = false;
    }
}

static void write_band(cairn_buf *out, const asset_bands *b, cairn_band_list list, size_t i)
{
    bool first = true, filled[CAIRN_BAND_FIELDS] = {false};
    cairn_buf_add_byte(out, '{');
    write_own(out, &first, b, list, i, filled);
    for (size_t f = 0; f < CAIRN_BAND_FIELDS; f++) {
        cairn_span value = filled[f] ? CAIRN_SPAN_NONE : lacks(b, list, i, f);
        if (value.p)
            add_member(out, &first, cairn_band_fields[f].name[list], value);
    }
    cairn_buf_add_byte(out, '}');
}

static cairn_span list_text(cairn_ready *r, const asset_bands *b, cairn_band_list list)
{
    cairn_buf buf = CAIRN_BUF_INIT((size_t)1 << 26);
    cairn_buf_add_byte(&buf, '[');
    for (size_t i = 0; i < b->n && !buf.failed; i++) {
        if (i)
            cairn_buf_add_byte(&buf, ',');
        write_band(&buf, b, list, i);
    }
    cairn_buf_add_byte(&buf, ']');
    return cairn_ready_take(r, &buf);
}

/* What `fill_bands` goes by, as one text: lists, and whether there are `bands` in the item's version. Absent when it
 * goes by more: what the asset says of all its bands, or a key that is too long to be a name. */
static cairn_span lists_of(cairn_ready *r, const cairn_ready_object *asset, char out[CAIRN_SEEN_BYTES])
{
    enum { LONGEST_KEY = 256 };
    cairn_fixed text = cairn_fixed_begin(out, CAIRN_SEEN_BYTES, 0);
    bool more = asset->node->key.n > LONGEST_KEY;
    for (size_t f = 0; f < CAIRN_BAND_FIELDS; f++)
        more |= cairn_band_fields[f].asset != CAIRN_SLOTS && asset->at[cairn_band_fields[f].asset];
    cairn_fixed_add(&text, r->has_core_bands ? "1" : "0", 1);
    for (int list = 0; list < CAIRN_LISTS && !more; list++) {
        cairn_span value = asset->at[slots[list]] ? cairn_ready_text(r, asset->at[slots[list]]) : CAIRN_SPAN_NONE;
        more = value.n + 2 > CAIRN_SEEN_BYTES - text.n;
        cairn_fixed_add(&text, "\1", 1); /* stands in no JSON */
        if (!more && value.n)
            cairn_fixed_add(&text, value.p, value.n);
    }
    return more ? CAIRN_SPAN_NONE : cairn_span_make(out, text.n);
}

/* True when something was. */
static bool fill_bands(cairn_ready *r, cairn_ready_object *asset)
{
    asset_bands b = {.asset = asset};
    cairn_span text[CAIRN_LISTS] = {CAIRN_SPAN_NONE};
    bool filled = false;
    if (!read_bands(r, &b))
        return r->failed;
    for (int list = 0; list < CAIRN_LISTS && !r->failed; list++)
        if (b.has[list] ? list_lacks(&b, (cairn_band_list)list) : may_make(r, &b, (cairn_band_list)list))
            text[list] = list_text(r, &b, (cairn_band_list)list);
    for (int list = 0; list < CAIRN_LISTS && !r->failed; list++)
        if (text[list].p) {
            cairn_ready_put(r, asset, slots[list], text[list]);
            filled = true;
        }
    for (size_t f = 0; f < CAIRN_BAND_FIELDS && !r->failed; f++)
        if (cairn_band_fields[f].moves && b.common[f].p) {
            cairn_ready_drop(r, asset, cairn_band_fields[f].asset);
            filled = true;
        }
    return filled || r->failed;
}

/* Most lists of a collection say all, item by item the same. */
static void fill_bands_once(cairn_ready *r, cairn_ready_object *asset)
{
    static _Thread_local cairn_seen seen;
    char text[CAIRN_SEEN_BYTES];
    bool full = false;
    cairn_span lists = lists_of(r, asset, text);
    if (lists.p && cairn_seen_find(&seen, lists, &full) && full)
        return;
    if (!fill_bands(r, asset) && lists.p)
        cairn_seen_keep(&seen, lists, true);
}

/* Nothing to do for an asset without lists and without what only version 2 has on one. */
static bool has_bands(const cairn_ready_object *asset)
{
    if (asset->at[CAIRN_SLOT_BANDS] || asset->at[CAIRN_SLOT_EO_BANDS] || asset->at[CAIRN_SLOT_RASTER_BANDS])
        return true;
    for (int slot = CAIRN_SLOT_COMMON_NAME; slot < CAIRN_SLOTS; slot++)
        if (asset->at[slot])
            return true;
    return false;
}

void cairn_ready_bands(cairn_ready *r)
{
    for (size_t i = 0; i < r->n_assets && !r->failed; i++)
        if (has_bands(&r->assets[i]))
            fill_bands_once(r, &r->assets[i]);
}

/* ---- whether lists pass the schemas ---- */

static bool bands_fit(cairn_span text, cairn_band_list list)
{
    cairn_json_walk walk = cairn_json_walk_array(text);
    cairn_span element;
    if (count_objects(text) == 0)
        return false;
    while (cairn_json_next_element(&walk, &element)) {
        band one = {0};
        read_band(element, list, &one);
        if (element.n <= 2)
            return false;
        for (size_t f = 0; f < CAIRN_BAND_FIELDS; f++)
            if (one.value[list][f].p && !cairn_band_value_fits(&cairn_band_fields[f], list, one.value[list][f]))
                return false;
    }
    return true;
}

bool cairn_ready_bands_fit(cairn_span text, cairn_ready_extension extension)
{
    static _Thread_local cairn_seen seen[CAIRN_LISTS];
    cairn_band_list list = extension == CAIRN_READY_EO ? CAIRN_LIST_EO : CAIRN_LIST_RASTER;
    bool fit;
    if (cairn_seen_find(&seen[list], text, &fit))
        return fit;
    fit = bands_fit(text, list);
    cairn_seen_keep(&seen[list], text, fit);
    return fit;
}
