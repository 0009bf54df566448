/* stac_extensions: projection v1.2.0, eo v1.1.0 and raster v1.1.0 in place of other versions of these three, and where
 * their fields are in use. Only where the item then passes their schemas. */
#include "stac/ready/parts.h"

static const struct {
    const char *stem, *version;
} schemas[CAIRN_READY_EXTENSIONS] = {
    [CAIRN_READY_PROJECTION] = {CAIRN_READY_SCHEMA "projection/v", "1.2.0/schema.json"},
    [CAIRN_READY_EO] = {CAIRN_READY_SCHEMA "eo/v", "1.1.0/schema.json"},
    [CAIRN_READY_RASTER] = {CAIRN_READY_SCHEMA "raster/v", "1.1.0/schema.json"},
};

/* ---- whether a field passes ---- */

static bool is_kind(cairn_span value, char kind)
{
    return cairn_json_kind(value) == kind;
}

static bool is_kind_or_null(cairn_span value, char kind)
{
    return is_kind(value, kind) || cairn_json_is_null(value);
}

static bool is_whole(cairn_span value)
{
    long long number;
    return cairn_json_integer(value, &number);
}

static bool are_numbers(cairn_span value, size_t n, size_t or_n)
{
    cairn_json_walk walk = cairn_json_walk_array(value);
    cairn_span element;
    size_t count = 0;
    for (; cairn_json_next_element(&walk, &element); count++)
        if (!is_kind(element, '0') || count > or_n)
            return false;
    return count == n || count == or_n;
}

static bool is_within(cairn_span value, double low, double high)
{
    double number;
    return cairn_json_number(value, &number) && number >= low && number <= high;
}

static bool is_shape(cairn_span value)
{
    cairn_json_walk walk = cairn_json_walk_array(value);
    cairn_span element;
    size_t n = 0;
    for (; cairn_json_next_element(&walk, &element); n++)
        if (!is_whole(element))
            return false;
    return n == 2;
}

static bool field_fits(cairn_ready_slot slot, cairn_span value)
{
    switch (slot) {
    case CAIRN_SLOT_EPSG:
        return is_whole(value) || cairn_json_is_null(value);
    case CAIRN_SLOT_CODE:
    case CAIRN_SLOT_WKT2:
        return is_kind_or_null(value, '"');
    case CAIRN_SLOT_PROJJSON:
        return is_kind_or_null(value, '{');
    case CAIRN_SLOT_PROJ_GEOMETRY:
        return is_kind(value, '{');
    case CAIRN_SLOT_CENTROID:
        return is_within(cairn_json_get(value, "lat"), -90, 90) && is_within(cairn_json_get(value, "lon"), -180, 180);
    case CAIRN_SLOT_PROJ_BBOX:
        return are_numbers(value, 4, 6);
    case CAIRN_SLOT_SHAPE:
        return is_shape(value);
    case CAIRN_SLOT_TRANSFORM:
        return are_numbers(value, 6, 9);
    case CAIRN_SLOT_CLOUD_COVER:
    case CAIRN_SLOT_SNOW_COVER:
        return is_within(value, 0, 100);
    case CAIRN_SLOT_EO_BANDS:
        return cairn_ready_bands_fit(value, CAIRN_READY_EO);
    case CAIRN_SLOT_RASTER_BANDS:
        return cairn_ready_bands_fit(value, CAIRN_READY_RASTER);
    default:
        return false; /* version 2 alone has it there */
    }
}

/* ---- what the item has ---- */

typedef struct usage {
    bool used, unfit;
    bool settled; /* it is declared in the right version, whatever is used: nobody needs to look */
} usage;

static void look_at(cairn_ready *r, const cairn_ready_object *object, bool is_asset, usage out[CAIRN_READY_EXTENSIONS])
{
    for (int slot = CAIRN_SLOT_CODE; slot < CAIRN_SLOTS; slot++) {
        if (!object->at[slot])
            continue;
        cairn_ready_extension extension = cairn_ready_extension_of(object->at[slot]->key);
        if (extension == CAIRN_READY_NONE || (extension == CAIRN_READY_RASTER && !is_asset))
            continue;
        out[extension].used = true;
        if (!out[extension].settled && !out[extension].unfit)
            out[extension].unfit = !field_fits((cairn_ready_slot)slot, cairn_ready_text(r, object->at[slot]));
    }
    for (int e = 0; e < CAIRN_READY_EXTENSIONS; e++)
        if (object->unknown[e] && (is_asset || e != CAIRN_READY_RASTER))
            out[e].used = out[e].unfit = true;
}

static void look_at_item(cairn_ready *r, usage out[CAIRN_READY_EXTENSIONS])
{
    bool bands = false;
    for (size_t i = 0; i < r->n_assets; i++) {
        look_at(r, &r->assets[i], true, out);
        bands |= r->assets[i].at[CAIRN_SLOT_EO_BANDS] != NULL;
    }
    if (!r->properties.node)
        return;
    look_at(r, &r->properties, false, out);
    /* eo allows bands among the properties only beside those of assets. */
    if (r->properties.at[CAIRN_SLOT_EO_BANDS] && !bands)
        out[CAIRN_READY_EO].unfit = true;
}

/* ---- the list ---- */

static cairn_ready_extension schema_of(cairn_span uri)
{
    if (uri.n < 2 || !cairn_span_starts(uri, "\"" CAIRN_READY_SCHEMA))
        return CAIRN_READY_NONE;
    uri = cairn_span_make(uri.p + 1, uri.n - 2);
    for (int e = 0; e < CAIRN_READY_EXTENSIONS; e++)
        if (cairn_span_starts(uri, schemas[e].stem))
            return (cairn_ready_extension)e;
    return CAIRN_READY_NONE;
}

typedef struct listing {
    cairn_buf text;
    bool named[CAIRN_READY_EXTENSIONS]; /* one of its versions */
    bool changed;
} listing;

static void add_uri(listing *l, cairn_span uri)
{
    if (l->text.n > 1)
        cairn_buf_add_byte(&l->text, ',');
    cairn_buf_add_span(&l->text, uri);
}

static void add_schema(listing *l, int e)
{
    if (l->text.n > 1)
        cairn_buf_add_byte(&l->text, ',');
    cairn_buf_printf(&l->text, "\"%s%s\"", schemas[e].stem, schemas[e].version);
}

static bool is_current(cairn_span uri, int e)
{
    size_t stem = strlen(schemas[e].stem) + 1;
    return cairn_span_is(cairn_span_make(uri.p + stem, uri.n - stem - 1), schemas[e].version);
}

/* Finds what is declared as it is to be, once: whether fields fit then changes nothing. */
static void settle(cairn_span list, usage out[CAIRN_READY_EXTENSIONS])
{
    int versions[CAIRN_READY_EXTENSIONS] = {0};
    cairn_json_walk walk = cairn_json_walk_array(list);
    cairn_span uri;
    while (cairn_json_next_element(&walk, &uri)) {
        cairn_ready_extension e = schema_of(uri);
        if (e != CAIRN_READY_NONE)
            out[e].settled = versions[e]++ == 0 && is_current(uri, e);
    }
}

static void write_named(listing *l, cairn_span uri, const usage *use)
{
    cairn_ready_extension e = schema_of(uri);
    if (e == CAIRN_READY_NONE || use[e].unfit) {
        if (e != CAIRN_READY_NONE)
            l->named[e] = true;
        add_uri(l, uri);
        return;
    }
    if (!l->named[e] && is_current(uri, e))
        add_uri(l, uri);
    else if (!l->named[e])
        add_schema(l, e);
    l->changed |= l->named[e] || !is_current(uri, e);
    l->named[e] = true;
}

void cairn_ready_extensions(cairn_ready *r)
{
    usage use[CAIRN_READY_EXTENSIONS] = {{false, false, false}};
    cairn_jnode *node = cairn_j_get(r->arena, r->item, "stac_extensions");
    cairn_span list = node ? cairn_ready_text(r, node) : CAIRN_SPAN_NONE, uri;
    if (list.p && !cairn_json_is_null(list) && cairn_json_kind(list) != '[')
        return;
    settle(list, use);
    look_at_item(r, use);
    listing l = {.text = CAIRN_BUF_INIT((size_t)1 << 26)};
    cairn_json_walk walk = cairn_json_walk_array(list);
    cairn_buf_add_byte(&l.text, '[');
    while (cairn_json_next_element(&walk, &uri))
        write_named(&l, uri, use);
    for (int e = 0; e < CAIRN_READY_EXTENSIONS; e++)
        if (use[e].used && !use[e].unfit && !l.named[e]) {
            add_schema(&l, e);
            l.changed = true;
        }
    cairn_buf_add_byte(&l.text, ']');
    if (l.changed) {
        cairn_span text = cairn_ready_take(r, &l.text);
        r->failed |= !text.p || !cairn_j_set(r->arena, r->item, "stac_extensions", text);
        r->changed = true;
    } else {
        cairn_buf_free(&l.text);
    }
}
