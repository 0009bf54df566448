#include "stac/ready/band_fields.h"

#define NONE                                                                                                           \
    {                                                                                                                  \
        NULL, 0                                                                                                        \
    }

const cairn_band_field cairn_band_fields[CAIRN_BAND_FIELDS] = {
    {{CAIRN_SPAN_LIT("name"), CAIRN_SPAN_LIT("name"), NONE}, CAIRN_BAND_STRING, CAIRN_SLOTS, false},
    {{CAIRN_SPAN_LIT("description"), CAIRN_SPAN_LIT("description"), NONE}, CAIRN_BAND_WORDS, CAIRN_SLOTS, false},
    {{CAIRN_SPAN_LIT("eo:common_name"), CAIRN_SPAN_LIT("common_name"), NONE},
     CAIRN_BAND_COMMON_NAME,
     CAIRN_SLOT_COMMON_NAME,
     true},
    {{CAIRN_SPAN_LIT("eo:center_wavelength"), CAIRN_SPAN_LIT("center_wavelength"), NONE},
     CAIRN_BAND_NUMBER,
     CAIRN_SLOT_CENTER_WAVELENGTH,
     true},
    {{CAIRN_SPAN_LIT("eo:full_width_half_max"), CAIRN_SPAN_LIT("full_width_half_max"), NONE},
     CAIRN_BAND_NUMBER,
     CAIRN_SLOT_FULL_WIDTH_HALF_MAX,
     true},
    {{CAIRN_SPAN_LIT("eo:solar_illumination"), CAIRN_SPAN_LIT("solar_illumination"), NONE},
     CAIRN_BAND_POSITIVE,
     CAIRN_SLOT_SOLAR_ILLUMINATION,
     true},
    {{CAIRN_SPAN_LIT("data_type"), NONE, CAIRN_SPAN_LIT("data_type")},
     CAIRN_BAND_DATA_TYPE,
     CAIRN_SLOT_DATA_TYPE,
     false},
    {{CAIRN_SPAN_LIT("nodata"), NONE, CAIRN_SPAN_LIT("nodata")}, CAIRN_BAND_NODATA, CAIRN_SLOT_NODATA, false},
    {{CAIRN_SPAN_LIT("unit"), NONE, CAIRN_SPAN_LIT("unit")}, CAIRN_BAND_STRING, CAIRN_SLOT_UNIT, false},
    {{CAIRN_SPAN_LIT("statistics"), NONE, CAIRN_SPAN_LIT("statistics")}, CAIRN_BAND_STATISTICS, CAIRN_SLOTS, false},
    {{CAIRN_SPAN_LIT("raster:bits_per_sample"), NONE, CAIRN_SPAN_LIT("bits_per_sample")},
     CAIRN_BAND_INTEGER,
     CAIRN_SLOT_BITS_PER_SAMPLE,
     true},
    {{CAIRN_SPAN_LIT("raster:sampling"), NONE, CAIRN_SPAN_LIT("sampling")},
     CAIRN_BAND_SAMPLING,
     CAIRN_SLOT_SAMPLING,
     true},
    {{CAIRN_SPAN_LIT("raster:scale"), NONE, CAIRN_SPAN_LIT("scale")}, CAIRN_BAND_NUMBER, CAIRN_SLOT_SCALE, true},
    {{CAIRN_SPAN_LIT("raster:offset"), NONE, CAIRN_SPAN_LIT("offset")}, CAIRN_BAND_NUMBER, CAIRN_SLOT_OFFSET, true},
    {{CAIRN_SPAN_LIT("raster:spatial_resolution"), NONE, CAIRN_SPAN_LIT("spatial_resolution")},
     CAIRN_BAND_NUMBER,
     CAIRN_SLOT_SPATIAL_RESOLUTION,
     true},
    {{CAIRN_SPAN_LIT("raster:histogram"), NONE, CAIRN_SPAN_LIT("histogram")},
     CAIRN_BAND_HISTOGRAM,
     CAIRN_SLOT_HISTOGRAM,
     true},
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
