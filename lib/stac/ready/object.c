#include "stac/ready/parts.h"

static const cairn_span names[CAIRN_SLOTS] = {
    [CAIRN_SLOT_HREF] = CAIRN_SPAN_LIT("href"),
    [CAIRN_SLOT_TYPE] = CAIRN_SPAN_LIT("type"),
    [CAIRN_SLOT_ROLES] = CAIRN_SPAN_LIT("roles"),
    [CAIRN_SLOT_BANDS] = CAIRN_SPAN_LIT("bands"),
    [CAIRN_SLOT_DATA_TYPE] = CAIRN_SPAN_LIT("data_type"),
    [CAIRN_SLOT_NODATA] = CAIRN_SPAN_LIT("nodata"),
    [CAIRN_SLOT_UNIT] = CAIRN_SPAN_LIT("unit"),
    [CAIRN_SLOT_CODE] = CAIRN_SPAN_LIT("proj:code"),
    [CAIRN_SLOT_EPSG] = CAIRN_SPAN_LIT("proj:epsg"),
    [CAIRN_SLOT_WKT2] = CAIRN_SPAN_LIT("proj:wkt2"),
    [CAIRN_SLOT_PROJJSON] = CAIRN_SPAN_LIT("proj:projjson"),
    [CAIRN_SLOT_PROJ_GEOMETRY] = CAIRN_SPAN_LIT("proj:geometry"),
    [CAIRN_SLOT_CENTROID] = CAIRN_SPAN_LIT("proj:centroid"),
    [CAIRN_SLOT_PROJ_BBOX] = CAIRN_SPAN_LIT("proj:bbox"),
    [CAIRN_SLOT_SHAPE] = CAIRN_SPAN_LIT("proj:shape"),
    [CAIRN_SLOT_TRANSFORM] = CAIRN_SPAN_LIT("proj:transform"),
    [CAIRN_SLOT_EO_BANDS] = CAIRN_SPAN_LIT("eo:bands"),
    [CAIRN_SLOT_CLOUD_COVER] = CAIRN_SPAN_LIT("eo:cloud_cover"),
    [CAIRN_SLOT_SNOW_COVER] = CAIRN_SPAN_LIT("eo:snow_cover"),
    [CAIRN_SLOT_RASTER_BANDS] = CAIRN_SPAN_LIT("raster:bands"),
    [CAIRN_SLOT_COMMON_NAME] = CAIRN_SPAN_LIT("eo:common_name"),
    [CAIRN_SLOT_CENTER_WAVELENGTH] = CAIRN_SPAN_LIT("eo:center_wavelength"),
    [CAIRN_SLOT_FULL_WIDTH_HALF_MAX] = CAIRN_SPAN_LIT("eo:full_width_half_max"),
    [CAIRN_SLOT_SOLAR_ILLUMINATION] = CAIRN_SPAN_LIT("eo:solar_illumination"),
    [CAIRN_SLOT_BITS_PER_SAMPLE] = CAIRN_SPAN_LIT("raster:bits_per_sample"),
    [CAIRN_SLOT_SAMPLING] = CAIRN_SPAN_LIT("raster:sampling"),
    [CAIRN_SLOT_SCALE] = CAIRN_SPAN_LIT("raster:scale"),
    [CAIRN_SLOT_OFFSET] = CAIRN_SPAN_LIT("raster:offset"),
    [CAIRN_SLOT_SPATIAL_RESOLUTION] = CAIRN_SPAN_LIT("raster:spatial_resolution"),
    [CAIRN_SLOT_HISTOGRAM] = CAIRN_SPAN_LIT("raster:histogram"),
};

cairn_ready_extension cairn_ready_extension_of(cairn_span key)
{
    return cairn_span_starts(key, "proj:")     ? CAIRN_READY_PROJECTION
           : cairn_span_starts(key, "eo:")     ? CAIRN_READY_EO
           : cairn_span_starts(key, "raster:") ? CAIRN_READY_RASTER
                                               : CAIRN_READY_NONE;
}

/* A key that is written with escapes is the same key: to take it for another would be to write over its value. */
static void note(cairn_ready_object *object, cairn_jnode *member)
{
    bool escaped = member->key.n && memchr(member->key.p, '\\', member->key.n);
    cairn_ready_extension extension = cairn_ready_extension_of(member->key);
    int from = extension == CAIRN_READY_NONE ? CAIRN_SLOT_HREF : CAIRN_SLOT_CODE;
    int to = extension == CAIRN_READY_NONE && !escaped ? CAIRN_SLOT_CODE : CAIRN_SLOTS;
    for (int slot = from; slot < to; slot++)
        if (escaped ? cairn_json_key_is(member->key, names[slot].p) : cairn_span_equal(member->key, names[slot])) {
            object->at[slot] = member;
            return;
        }
    if (extension != CAIRN_READY_NONE)
        object->unknown[extension] = true;
}

void cairn_ready_object_read(cairn_ready *r, cairn_jnode *node, cairn_ready_object *out)
{
    *out = (cairn_ready_object){.node = node, .was_raw = node->kind == CAIRN_J_RAW};
    for (cairn_jnode *member = cairn_j_children(r->arena, node); member; member = member->next)
        note(out, member);
    if (node->kind != CAIRN_J_OBJECT)
        r->failed = true;
}

void cairn_ready_object_close(const cairn_ready_object *object)
{
    if (object->node && object->was_raw && !object->changed)
        object->node->kind = CAIRN_J_RAW;
}

cairn_span cairn_ready_text(cairn_ready *r, const cairn_jnode *node)
{
    cairn_span text = node->kind == CAIRN_J_RAW ? node->raw : cairn_j_text(node, r->arena);
    if (!text.p)
        r->failed = true;
    return text;
}

cairn_span cairn_ready_get(cairn_ready *r, const cairn_ready_object *object, cairn_ready_slot slot)
{
    cairn_span text = object->at[slot] ? cairn_ready_text(r, object->at[slot]) : CAIRN_SPAN_NONE;
    return cairn_json_is_null(text) ? CAIRN_SPAN_NONE : text;
}

void cairn_ready_put(cairn_ready *r, cairn_ready_object *object, cairn_ready_slot slot, cairn_span value)
{
    cairn_jnode *node = value.p ? cairn_j_set(r->arena, object->node, names[slot].p, value) : NULL;
    if (node)
        object->at[slot] = node;
    else
        r->failed = true;
    object->changed = r->changed = true;
}

void cairn_ready_drop(cairn_ready *r, cairn_ready_object *object, cairn_ready_slot slot)
{
    cairn_j_remove(r->arena, object->node, names[slot].p);
    object->at[slot] = NULL;
    object->changed = r->changed = true;
}

cairn_span cairn_ready_take(cairn_ready *r, cairn_buf *buf)
{
    cairn_span text = buf->failed ? CAIRN_SPAN_NONE : cairn_arena_copy(r->arena, cairn_buf_span(buf));
    cairn_buf_free(buf);
    if (!text.p)
        r->failed = true;
    return text;
}

size_t cairn_ready_numbers(cairn_span array, double *out, size_t most)
{
    cairn_json_walk walk = cairn_json_walk_array(array);
    cairn_span element;
    size_t n = 0;
    for (; cairn_json_next_element(&walk, &element); n++)
        if (n == most || !cairn_json_number(element, &out[n]))
            return 0;
    return n;
}
