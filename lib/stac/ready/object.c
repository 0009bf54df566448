#include "stac/ready/parts.h"

static const char *const names[CAIRN_SLOTS] = {
    [CAIRN_SLOT_HREF] = "href",
    [CAIRN_SLOT_TYPE] = "type",
    [CAIRN_SLOT_ROLES] = "roles",
    [CAIRN_SLOT_BANDS] = "bands",
    [CAIRN_SLOT_DATA_TYPE] = "data_type",
    [CAIRN_SLOT_NODATA] = "nodata",
    [CAIRN_SLOT_UNIT] = "unit",
    [CAIRN_SLOT_CODE] = "proj:code",
    [CAIRN_SLOT_EPSG] = "proj:epsg",
    [CAIRN_SLOT_WKT2] = "proj:wkt2",
    [CAIRN_SLOT_PROJJSON] = "proj:projjson",
    [CAIRN_SLOT_PROJ_GEOMETRY] = "proj:geometry",
    [CAIRN_SLOT_CENTROID] = "proj:centroid",
    [CAIRN_SLOT_PROJ_BBOX] = "proj:bbox",
    [CAIRN_SLOT_SHAPE] = "proj:shape",
    [CAIRN_SLOT_TRANSFORM] = "proj:transform",
    [CAIRN_SLOT_EO_BANDS] = "eo:bands",
    [CAIRN_SLOT_CLOUD_COVER] = "eo:cloud_cover",
    [CAIRN_SLOT_SNOW_COVER] = "eo:snow_cover",
    [CAIRN_SLOT_RASTER_BANDS] = "raster:bands",
    [CAIRN_SLOT_COMMON_NAME] = "eo:common_name",
    [CAIRN_SLOT_CENTER_WAVELENGTH] = "eo:center_wavelength",
    [CAIRN_SLOT_FULL_WIDTH_HALF_MAX] = "eo:full_width_half_max",
    [CAIRN_SLOT_SOLAR_ILLUMINATION] = "eo:solar_illumination",
    [CAIRN_SLOT_BITS_PER_SAMPLE] = "raster:bits_per_sample",
    [CAIRN_SLOT_SAMPLING] = "raster:sampling",
    [CAIRN_SLOT_SCALE] = "raster:scale",
    [CAIRN_SLOT_OFFSET] = "raster:offset",
    [CAIRN_SLOT_SPATIAL_RESOLUTION] = "raster:spatial_resolution",
    [CAIRN_SLOT_HISTOGRAM] = "raster:histogram",
};

const char *cairn_ready_slot_name(cairn_ready_slot slot)
{
    return names[slot];
}

cairn_ready_extension cairn_ready_extension_of(cairn_span key)
{
    return cairn_span_starts(key, "proj:")     ? CAIRN_READY_PROJECTION
           : cairn_span_starts(key, "eo:")     ? CAIRN_READY_EO
           : cairn_span_starts(key, "raster:") ? CAIRN_READY_RASTER
                                               : CAIRN_READY_NONE;
}

/* Keys that are written with escapes are not looked for: nobody writes these names so, and what is not found is left
 * as it is. */
static void note(cairn_ready_object *object, cairn_jnode *member)
{
    cairn_ready_extension extension = cairn_ready_extension_of(member->key);
    int from = extension == CAIRN_READY_NONE ? CAIRN_SLOT_HREF : CAIRN_SLOT_CODE;
    int to = extension == CAIRN_READY_NONE ? CAIRN_SLOT_CODE : CAIRN_SLOTS;
    for (int slot = from; slot < to; slot++)
        if (cairn_span_is(member->key, names[slot])) {
            object->at[slot] = member;
            return;
        }
    if (extension != CAIRN_READY_NONE)
        object->unknown[extension] = true;
}

void cairn_ready_object_read(cairn_ready *r, cairn_jnode *node, cairn_ready_object *out)
{
    *out = (cairn_ready_object){.node = node};
    for (cairn_jnode *member = cairn_j_children(r->arena, node); member; member = member->next)
        note(out, member);
    if (node->kind != CAIRN_J_OBJECT)
        r->failed = true;
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
    cairn_jnode *node = value.p ? cairn_j_set(r->arena, object->node, names[slot], value) : NULL;
    if (node)
        object->at[slot] = node;
    else
        r->failed = true;
    r->changed = true;
}

void cairn_ready_drop(cairn_ready *r, cairn_ready_object *object, cairn_ready_slot slot)
{
    cairn_j_remove(r->arena, object->node, names[slot]);
    object->at[slot] = NULL;
    r->changed = true;
}

cairn_span cairn_ready_take(cairn_ready *r, cairn_buf *buf)
{
    cairn_span text = buf->failed ? CAIRN_SPAN_NONE : cairn_arena_copy(r->arena, cairn_buf_span(buf));
    cairn_buf_free(buf);
    if (!text.p)
        r->failed = true;
    return text;
}

bool cairn_ready_numbers(cairn_span array, double *out, size_t n)
{
    cairn_json_walk walk = cairn_json_walk_array(array);
    cairn_span element;
    size_t i = 0;
    for (; cairn_json_next_element(&walk, &element); i++)
        if (i >= n || !cairn_json_number(element, &out[i]))
            return false;
    return i == n;
}
