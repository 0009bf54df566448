#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "s1:datatake_id", .type = CAIRN_EXT_STRING, .title = "Datatake identifier"},
    {.name = "s1:instrument_configuration_ID",
     .type = CAIRN_EXT_STRING,
     .title = "Instrument configuration",
     .summary = true},
    {.name = "s1:orbit_source",
     .type = CAIRN_EXT_STRING,
     .title = "Source of the orbit",
     .description = "PREORB, POEORB and others",
     .summary = true},
    {.name = "s1:processing_datetime", .type = CAIRN_EXT_TIME, .title = "Time of processing"},
    {.name = "s1:processing_level", .type = CAIRN_EXT_STRING, .title = "Processing level", .summary = true},
    {.name = "s1:product_identifier", .type = CAIRN_EXT_STRING, .title = "Product identifier"},
    {.name = "s1:product_timeliness", .type = CAIRN_EXT_STRING, .title = "Timeliness", .summary = true},
    {.name = "s1:resolution",
     .type = CAIRN_EXT_STRING,
     .title = "Resolution class",
     .description = "full, high or medium",
     .summary = true},
    {.name = "s1:slice_number", .type = CAIRN_EXT_STRING, .title = "Slice"},
    {.name = "s1:total_slices", .type = CAIRN_EXT_STRING, .title = "Slices in all"},
    {.name = "s1:shape", .type = CAIRN_EXT_ARRAY, .title = "Shape"},
};

const cairn_ext cairn_ext_of_s1 = {.prefix = "s1",
                                   .title = "Sentinel-1",
                                   .schema = "https://stac-extensions.github.io/sentinel-1/v0.2.0/schema.json",
                                   CAIRN_EXT_FIELDS(fields)};
