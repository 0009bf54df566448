#include "stac/ready/band_fields.h"

const cairn_band_field cairn_band_fields[CAIRN_BAND_FIELDS] = {
    {{"name", "name", NULL}, CAIRN_BAND_STRING, CAIRN_SLOTS, false},
    {{"description", "description", NULL}, CAIRN_BAND_WORDS, CAIRN_SLOTS, false},
    {{"eo:common_name", "common_name", NULL}, CAIRN_BAND_COMMON_NAME, CAIRN_SLOT_COMMON_NAME, true},
    {{"eo:center_wavelength", "center_wavelength", NULL}, CAIRN_BAND_NUMBER, CAIRN_SLOT_CENTER_WAVELENGTH, true},
    {{"eo:full_width_half_max", "full_width_half_max", NULL}, CAIRN_BAND_NUMBER, CAIRN_SLOT_FULL_WIDTH_HALF_MAX, true},
    {{"eo:solar_illumination", "solar_illumination", NULL}, CAIRN_BAND_POSITIVE, CAIRN_SLOT_SOLAR_ILLUMINATION, true},
    {{"data_type", NULL, "data_type"}, CAIRN_BAND_DATA_TYPE, CAIRN_SLOT_DATA_TYPE, false},
    {{"nodata", NULL, "nodata"}, CAIRN_BAND_NODATA, CAIRN_SLOT_NODATA, false},
    {{"unit", NULL, "unit"}, CAIRN_BAND_STRING, CAIRN_SLOT_UNIT, false},
    {{"statistics", NULL, "statistics"}, CAIRN_BAND_STATISTICS, CAIRN_SLOTS, false},
    {{"raster:bits_per_sample", NULL, "bits_per_sample"}, CAIRN_BAND_INTEGER, CAIRN_SLOT_BITS_PER_SAMPLE, true},
    {{"raster:sampling", NULL, "sampling"}, CAIRN_BAND_SAMPLING, CAIRN_SLOT_SAMPLING, true},
    {{"raster:scale", NULL, "scale"}, CAIRN_BAND_NUMBER, CAIRN_SLOT_SCALE, true},
    {{"raster:offset", NULL, "offset"}, CAIRN_BAND_NUMBER, CAIRN_SLOT_OFFSET, true},
    {{"raster:spatial_resolution", NULL, "spatial_resolution"}, CAIRN_BAND_NUMBER, CAIRN_SLOT_SPATIAL_RESOLUTION, true},
    {{"raster:histogram", NULL, "histogram"}, CAIRN_BAND_HISTOGRAM, CAIRN_SLOT_HISTOGRAM, true},
};

static bool is_one_of(cairn_span value, const char *const *names)
{
    for (; *names; names++)
        if (cairn_json_string_is(value, *names))
            return true;
    return false;
}

static bool is_number(cairn_span value)
{
    return cairn_json_kind(value) == '0';
}

/* eo v1.1.0's; version 2 has four more, see cairn_band_value_in(). */
static bool is_common_name(cairn_span value, cairn_band_list list)
{
    static const char *const names[] = {"coastal", "blue", "green",  "red",    "rededge", "yellow",
                                        "pan",     "nir",  "nir08",  "nir09",  "cirrus",  "swir16",
                                        "swir22",  "lwir", "lwir11", "lwir12", NULL};
    static const char *const later[] = {"green05", "rededge071", "rededge075", "rededge078", NULL};
    return is_one_of(value, names) || (list == CAIRN_LIST_BANDS && is_one_of(value, later));
}

static bool is_data_type(cairn_span value)
{
    static const char *const names[] = {"int8",   "int16",    "int32",    "int64",   "uint8",   "uint16",
                                        "uint32", "uint64",   "float16",  "float32", "float64", "cint16",
                                        "cint32", "cfloat32", "cfloat64", "other",   NULL};
    return is_one_of(value, names);
}

static bool is_nodata(cairn_span value)
{
    static const char *const names[] = {"nan", "inf", "-inf", NULL};
    return is_number(value) || is_one_of(value, names);
}

static bool is_sampling(cairn_span value)
{
    static const char *const names[] = {"area", "point", NULL};
    return is_one_of(value, names);
}

static bool key_is_one_of(cairn_span key, const char *const *names)
{
    for (; *names; names++)
        if (cairn_span_is(key, *names))
            return true;
    return false;
}

/* An object of numbers with no other member: raster v1.1.0 allows none. */
static bool is_statistics(cairn_span value)
{
    static const char *const names[] = {"mean", "minimum", "maximum", "stddev", "valid_percent", NULL};
    cairn_json_walk walk = cairn_json_walk_object(value);
    cairn_json_member member;
    size_t n = 0;
    double number = 0;
    for (; cairn_json_next_member(&walk, &member); n++)
        if (!key_is_one_of(member.key, names) || !cairn_json_number(member.value, &number) ||
            (cairn_span_is(member.key, "valid_percent") && (number < 0 || number > 100)))
            return false;
    return n > 0;
}

static bool are_buckets(cairn_span value)
{
    cairn_json_walk walk = cairn_json_walk_array(value);
    cairn_span element;
    long long number;
    size_t n = 0;
    for (; cairn_json_next_element(&walk, &element); n++)
        if (!cairn_json_integer(element, &number))
            return false;
    return n >= 3;
}

static bool is_histogram(cairn_span value)
{
    static const char *const names[] = {"count", "min", "max", "buckets", NULL};
    cairn_json_walk walk = cairn_json_walk_object(value);
    cairn_json_member member;
    size_t n = 0;
    for (; cairn_json_next_member(&walk, &member); n++)
        if (!key_is_one_of(member.key, names) ||
            !(cairn_span_is(member.key, "buckets") ? are_buckets(member.value) : is_number(member.value)))
            return false;
    return n == 4;
}

bool cairn_band_value_fits(const cairn_band_field *field, cairn_band_list list, cairn_span value)
{
    double number;
    long long whole;
    switch (field->kind) {
    case CAIRN_BAND_STRING:
        return cairn_json_kind(value) == '"';
    case CAIRN_BAND_WORDS:
        return cairn_json_kind(value) == '"' && value.n > 2;
    case CAIRN_BAND_NUMBER:
        return is_number(value);
    case CAIRN_BAND_POSITIVE:
        return cairn_json_number(value, &number) && number >= 0;
    case CAIRN_BAND_INTEGER:
        return cairn_json_integer(value, &whole);
    case CAIRN_BAND_COMMON_NAME:
        return is_common_name(value, list);
    case CAIRN_BAND_DATA_TYPE:
        return is_data_type(value);
    case CAIRN_BAND_NODATA:
        return is_nodata(value);
    case CAIRN_BAND_SAMPLING:
        return is_sampling(value);
    case CAIRN_BAND_STATISTICS:
        return is_statistics(value);
    case CAIRN_BAND_HISTOGRAM:
        return is_histogram(value);
    }
    return false;
}

cairn_span cairn_band_value_in(const cairn_band_field *field, cairn_band_list list, cairn_span value)
{
    if (cairn_band_value_fits(field, list, value))
        return value;
    if (field->kind != CAIRN_BAND_COMMON_NAME || !is_common_name(value, CAIRN_LIST_BANDS))
        return CAIRN_SPAN_NONE;
    return cairn_json_string_is(value, "green05") ? cairn_span_of("\"green\"") : cairn_span_of("\"rededge\"");
}
