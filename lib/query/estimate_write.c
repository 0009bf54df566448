/* An estimate as JSON. */
#include "query/estimate.h"

static void put(cairn_buf *out, const char *name, uint64_t value)
{
    cairn_buf_printf(out, ",\"%s\":%llu", name, (unsigned long long)value);
}

static void put_asset(const cairn_estimate_asset *asset, cairn_buf *out)
{
    cairn_buf_add_text(out, "{\"key\":");
    cairn_buf_add_json_string(out, asset->key);
    put(out, "count", asset->arrays);
    put(out, "bytes", asset->bytes);
    put(out, "unknown", asset->unknown);
    put(out, "bands", asset->bands);
    if (asset->value_bytes)
        put(out, "value_bytes", asset->value_bytes);
    cairn_buf_add_byte(out, '}');
}

void cairn_estimate_write_arrays(const cairn_estimate_result *r, cairn_buf *out)
{
    cairn_buf_printf(out, "\"arrays\":{\"items\":%llu", (unsigned long long)r->items);
    put(out, "items_with_arrays", r->items_with);
    put(out, "items_unknown", r->items_unknown);
    put(out, "count", r->arrays);
    put(out, "unknown", r->unknown_arrays);
    put(out, "times", r->times);
    put(out, "of_other_assets", r->others);
    cairn_buf_add_text(out, ",\"assets\":[");
    for (size_t i = 0; i < r->n_assets; i++) {
        if (i)
            cairn_buf_add_byte(out, ',');
        put_asset(&r->assets[i], out);
    }
    cairn_buf_add_text(out, "]}");
}

static void put_numbers(cairn_buf *out, const char *name, const double *numbers, size_t n)
{
    cairn_buf_printf(out, ",\"%s\":[", name);
    for (size_t i = 0; i < n; i++) {
        if (i)
            cairn_buf_add_byte(out, ',');
        cairn_buf_add_json_number(out, numbers[i]);
    }
    cairn_buf_add_byte(out, ']');
}

static void put_cube(const cairn_estimate_cube *cube, cairn_buf *out)
{
    put_numbers(out, "box", cube->box, 4);
    cairn_buf_printf(out, ",\"shape\":[%llu,%llu]", (unsigned long long)cube->height, (unsigned long long)cube->width);
    put(out, "values", cube->values);
    put(out, "bytes", cube->bytes);
    put(out, "float64_bytes", cube->float64_bytes);
    put(out, "chunk_side", cube->chunk_side);
    put(out, "chunk_bytes", cube->chunk_bytes);
    put(out, "chunks", cube->chunks);
    put(out, "workers", cube->workers);
}

void cairn_estimate_write_cube(const cairn_estimate_result *r, cairn_buf *out)
{
    if (!r->has_cube) {
        cairn_buf_add_text(out, "\"cube\":null");
        return;
    }
    cairn_buf_add_text(out, "\"cube\":{\"crs\":");
    cairn_buf_add_json_string(out, cairn_span_of(r->crs.name));
    put(out, "crs_count", r->systems);
    put(out, "arrays_without_grid", r->gridless);
    put_numbers(out, "resolution", r->resolution, 2);
    put(out, "bands", r->bands);
    if (r->value_bytes)
        put(out, "value_bytes", r->value_bytes);
    put(out, "times", r->times);
    put_cube(&r->whole, out);
    if (r->has_cut) {
        cairn_buf_add_text(out, ",\"in_bbox\":{\"crs\":");
        cairn_buf_add_json_string(out, cairn_span_of(r->crs.name));
        put_cube(&r->cut, out);
        cairn_buf_add_byte(out, '}');
    }
    cairn_buf_add_byte(out, '}');
}
