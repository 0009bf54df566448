#include "stac/arrays.h"

#include <math.h>
#include <stdio.h>
#include <strings.h>

uint64_t cairn_saturated_product(uint64_t a, uint64_t b)
{
    uint64_t out;
    return __builtin_mul_overflow(a, b, &out) ? UINT64_MAX : out;
}

uint64_t cairn_saturated_sum(uint64_t a, uint64_t b)
{
    uint64_t out;
    return __builtin_add_overflow(a, b, &out) ? UINT64_MAX : out;
}

unsigned cairn_data_type_bytes(cairn_span name)
{
    static const struct {
        const char *name;
        unsigned bytes;
    } types[] = {{"uint8", 1},  {"int8", 1},    {"uint16", 2},  {"int16", 2},    {"float16", 2},
                 {"uint32", 4}, {"int32", 4},   {"float32", 4}, {"cint16", 4},   {"uint64", 8},
                 {"int64", 8},  {"float64", 8}, {"cint32", 8},  {"cfloat32", 8}, {"cfloat64", 16}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (cairn_span_is(name, types[i].name))
            return types[i].bytes;
    return 0;
}

/* ---- which assets ---- */

static bool has_role(cairn_span asset, const char *role)
{
    cairn_json_walk walk = cairn_json_walk_array(cairn_json_get(asset, "roles"));
    for (cairn_span element; cairn_json_next_element(&walk, &element);)
        if (cairn_json_string_is(element, role))
            return true;
    return false;
}

static bool begins_with(cairn_span text, const char *prefix)
{
    return text.n >= strlen(prefix) && strncasecmp(text.p, prefix, strlen(prefix)) == 0;
}

static bool is_data_type_of_media(cairn_span type)
{
    static const char *const types[] = {"image/tiff",
                                        "image/x.geotiff",
                                        "image/vnd.stac.geotiff",
                                        "image/jp2",
                                        "application/netcdf",
                                        "application/x-netcdf",
                                        "application/x-hdf",
                                        "application/vnd+zarr",
                                        "application/vnd.zarr",
                                        "application/x-zarr",
                                        "application/grib",
                                        "application/x-grib",
                                        "application/wmo-grib",
                                        NULL};
    for (const char *const *t = types; *t; t++)
        if (begins_with(type, *t))
            return true;
    return false;
}

static bool is_data(cairn_span asset, cairn_arena *arena)
{
    static const char *const others[] = {"thumbnail", "overview", "visual", "metadata", NULL};
    for (const char *const *other = others; *other; other++)
        if (has_role(asset, *other))
            return false;
    cairn_span type = cairn_json_string(cairn_json_get(asset, "type"), arena);
    return type.p ? is_data_type_of_media(type) : has_role(asset, "data");
}

static bool is_wanted(const cairn_arrays *arrays, cairn_span key, cairn_span asset)
{
    if (!arrays->wanted)
        return is_data(asset, arrays->arena);
    for (size_t i = 0; i < arrays->n_wanted; i++)
        if (cairn_span_equal(arrays->wanted[i], key))
            return true;
    return false;
}

/* ---- bands and their types ---- */

static cairn_span bands_of(cairn_span asset)
{
    static const char *const names[] = {"bands", "raster:bands", "eo:bands", NULL};
    for (const char *const *name = names; *name; name++) {
        cairn_span bands = cairn_json_get(asset, *name);
        if (cairn_json_kind(bands) == '[' && cairn_json_count(bands))
            return bands;
    }
    return CAIRN_SPAN_NONE;
}

static unsigned type_bytes(cairn_span object, cairn_arena *arena)
{
    return cairn_data_type_bytes(cairn_json_string(cairn_json_get(object, "data_type"), arena));
}

/* The sum over all bands of an array of them; 0 when one has no type that is known. */
static uint64_t sum_of_types(cairn_span bands, cairn_arena *arena)
{
    uint64_t sum = 0;
    cairn_json_walk walk = cairn_json_walk_array(bands);
    for (cairn_span band; cairn_json_next_element(&walk, &band);) {
        unsigned bytes = type_bytes(band, arena);
        if (!bytes)
            return 0;
        sum += bytes;
    }
    return sum;
}

/* A type of the asset, or else of the item, holds for bands that say none. */
static void read_bands(const cairn_arrays *arrays, cairn_span asset, cairn_array *out)
{
    cairn_span bands = bands_of(asset), raster = cairn_json_get(asset, "raster:bands");
    out->bands = bands.p ? cairn_json_count(bands) : 1;
    out->value_bytes = sum_of_types(bands, arrays->arena);
    if (!out->value_bytes && cairn_json_count(raster) == out->bands)
        out->value_bytes = sum_of_types(raster, arrays->arena);
    unsigned bytes = type_bytes(asset, arrays->arena);
    if (!bytes)
        bytes = type_bytes(arrays->properties, arrays->arena);
    if (!out->value_bytes)
        out->value_bytes = out->bands * bytes;
}

/* ---- grids ---- */

/* The asset's own word counts, else the item's. */
static cairn_span field_of(const cairn_arrays *arrays, cairn_span asset, const char *name)
{
    cairn_span value = cairn_json_get(asset, name);
    return value.p && !cairn_json_is_null(value) ? value : cairn_json_get(arrays->properties, name);
}

static bool read_numbers(cairn_span array, double *out, size_t n)
{
    cairn_json_walk walk = cairn_json_walk_array(array);
    cairn_span element;
    for (size_t i = 0; i < n; i++)
        if (!cairn_json_next_element(&walk, &element) || !cairn_json_number(element, &out[i]) || !isfinite(out[i]))
            return false;
    return true;
}

/* proj:shape is height, width. */
static bool read_shape(cairn_span shape, uint64_t *height, uint64_t *width)
{
    cairn_json_walk walk = cairn_json_walk_array(shape);
    cairn_span element;
    long long sides[2];
    for (int i = 0; i < 2; i++)
        if (!cairn_json_next_element(&walk, &element) || !cairn_json_integer(element, &sides[i]) || sides[i] <= 0)
            return false;
    *height = (uint64_t)sides[0];
    *width = (uint64_t)sides[1];
    return true;
}

static bool read_crs(const cairn_arrays *arrays, cairn_span asset, cairn_crs *out)
{
    cairn_span code = field_of(arrays, asset, "proj:code");
    long long epsg;
    if (cairn_json_kind(code) == '"')
        return cairn_crs_of(cairn_json_string(code, arrays->arena), out);
    if (!cairn_json_integer(field_of(arrays, asset, "proj:epsg"), &epsg) || epsg <= 0 || epsg > INT32_MAX)
        return false;
    snprintf(out->name, sizeof out->name, "EPSG:%lld", epsg);
    return true;
}

/* x = t0 col + t1 row + t2, y = t3 col + t4 row + t5 */
static bool place_by_transform(const double t[6], double height, double width, cairn_array *out)
{
    double x[4] = {t[2], t[2] + t[0] * width, t[2] + t[1] * height, t[2] + t[0] * width + t[1] * height};
    double y[4] = {t[5], t[5] + t[3] * width, t[5] + t[4] * height, t[5] + t[3] * width + t[4] * height};
    double box[4] = {x[0], y[0], x[0], y[0]};
    for (int i = 1; i < 4; i++) {
        box[0] = fmin(box[0], x[i]);
        box[1] = fmin(box[1], y[i]);
        box[2] = fmax(box[2], x[i]);
        box[3] = fmax(box[3], y[i]);
    }
    memcpy(out->box, box, sizeof box);
    out->resolution[0] = hypot(t[0], t[3]);
    out->resolution[1] = hypot(t[1], t[4]);
    return true;
}

static bool place_by_box(const double box[4], double height, double width, cairn_array *out)
{
    memcpy(out->box, box, sizeof out->box);
    out->resolution[0] = (box[2] - box[0]) / width;
    out->resolution[1] = (box[3] - box[1]) / height;
    return true;
}

static void read_grid(const cairn_arrays *arrays, cairn_span asset, uint64_t height, uint64_t width, cairn_array *out)
{
    double numbers[6];
    bool placed = read_numbers(field_of(arrays, asset, "proj:transform"), numbers, 6)
                      ? place_by_transform(numbers, (double)height, (double)width, out)
                      : read_numbers(field_of(arrays, asset, "proj:bbox"), numbers, 4) &&
                            place_by_box(numbers, (double)height, (double)width, out);
    out->has_grid = placed && out->resolution[0] > 0 && out->resolution[1] > 0 && out->box[0] < out->box[2] &&
                    out->box[1] < out->box[3] && read_crs(arrays, asset, &out->crs);
}

/* ---- cubes ---- */

static bool values_of_dimension(cairn_span dimensions, cairn_span name, cairn_arena *arena, uint64_t *out)
{
    cairn_json_walk walk = cairn_json_walk_object(dimensions);
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        cairn_span key = cairn_json_string(cairn_span_make(member.key.p - 1, member.key.n + 2), arena);
        cairn_span values = cairn_json_get(member.value, "values");
        double extent[2], step;
        if (!cairn_span_equal(key, name))
            continue;
        *out = cairn_json_count(values);
        if (*out)
            return true;
        if (!cairn_json_number(cairn_json_get(member.value, "step"), &step) || step == 0 ||
            !read_numbers(cairn_json_get(member.value, "extent"), extent, 2))
            return false;
        double n = floor(fabs((extent[1] - extent[0]) / step) + 1.5);
        *out = n < 1e18 ? (uint64_t)n : 0;
        return *out > 0;
    }
    return false;
}

/* How many values a variable has: its shape (as xstac writes it), else that of its dimensions. */
static bool values_of_variable(cairn_span variable, cairn_span dimensions, cairn_arena *arena, uint64_t *out)
{
    cairn_span shape = cairn_json_get(variable, "shape"), element;
    bool by_shape = cairn_json_kind(shape) == '[';
    cairn_json_walk walk = cairn_json_walk_array(by_shape ? shape : cairn_json_get(variable, "dimensions"));
    *out = 1;
    while (cairn_json_next_element(&walk, &element)) {
        long long side = 0;
        uint64_t n = 0;
        if (by_shape && cairn_json_integer(element, &side) && side > 0)
            n = (uint64_t)side;
        else if (!by_shape && !values_of_dimension(dimensions, cairn_json_string(element, arena), arena, &n))
            return false;
        if (!n)
            return false;
        *out = cairn_saturated_product(*out, n);
    }
    return true;
}

/* All data variables together; a value of them has no common size, so only `bytes` is told. */
static void read_cube(const cairn_arrays *arrays, cairn_span asset, cairn_array *out)
{
    cairn_span dimensions = field_of(arrays, asset, "cube:dimensions");
    cairn_json_walk walk = cairn_json_walk_object(field_of(arrays, asset, "cube:variables"));
    uint64_t values, bytes = 0, n = 0;
    bool typed = true;
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        if (cairn_json_string_is(cairn_json_get(member.value, "type"), "auxiliary"))
            continue;
        if (!values_of_variable(member.value, dimensions, arrays->arena, &values))
            return;
        unsigned size = type_bytes(member.value, arrays->arena);
        typed = typed && size;
        bytes = cairn_saturated_sum(bytes, cairn_saturated_product(values, size));
        out->values = cairn_saturated_sum(out->values, values);
        n++;
    }
    if (!n)
        return;
    out->has_values = true;
    out->bands = n;
    out->bytes = typed ? bytes : 0;
    out->value_bytes = typed && out->values ? bytes / out->values * n : 0;
}

static void read_array(const cairn_arrays *arrays, cairn_span asset, cairn_array *out)
{
    uint64_t height, width;
    if (!read_shape(field_of(arrays, asset, "proj:shape"), &height, &width)) {
        read_cube(arrays, asset, out);
        return;
    }
    uint64_t pixels = cairn_saturated_product(height, width);
    read_bands(arrays, asset, out);
    out->has_values = true;
    out->values = cairn_saturated_product(pixels, out->bands);
    out->bytes = cairn_saturated_product(pixels, out->value_bytes);
    read_grid(arrays, asset, height, width, out);
}

cairn_arrays cairn_arrays_of(cairn_span item, const cairn_span *wanted, size_t n_wanted, cairn_arena *arena)
{
    return (cairn_arrays){.assets = cairn_json_walk_object(cairn_json_get(item, "assets")),
                          .properties = cairn_json_get(item, "properties"),
                          .wanted = wanted,
                          .n_wanted = n_wanted,
                          .arena = arena};
}

bool cairn_arrays_next(cairn_arrays *arrays, cairn_array *out)
{
    for (cairn_json_member member; cairn_json_next_member(&arrays->assets, &member);) {
        cairn_span key = cairn_json_string(cairn_span_make(member.key.p - 1, member.key.n + 2), arrays->arena);
        if (cairn_json_kind(member.value) != '{' || !is_wanted(arrays, key, member.value))
            continue;
        *out = (cairn_array){.asset = key, .bands = 1};
        read_array(arrays, member.value, out);
        return true;
    }
    return false;
}
