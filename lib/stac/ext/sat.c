#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "sat:platform_international_designator",
     .type = CAIRN_EXT_STRING,
     .title = "International designator",
     .description = "COSPAR identifier of the platform",
     .summary = true},
    {.name = "sat:orbit_cycle",
     .type = CAIRN_EXT_INTEGER,
     .title = "Orbit cycle",
     .description = "Repeat cycle of the orbit",
     .unit = "d",
     .summary = true},
    {.name = "sat:orbit_state",
     .type = CAIRN_EXT_STRING,
     .title = "Orbit state",
     .description = "ascending, descending or geostationary",
     .indexed = true,
     .summary = true},
    {.name = "sat:relative_orbit",
     .type = CAIRN_EXT_INTEGER,
     .title = "Relative orbit",
     .indexed = true,
     .summary = true},
    {.name = "sat:absolute_orbit", .type = CAIRN_EXT_INTEGER, .title = "Absolute orbit"},
    {.name = "sat:anx_datetime", .type = CAIRN_EXT_TIME, .title = "Time of the ascending node crossing"},
    {.name = "sat:orbit_state_vectors", .type = CAIRN_EXT_OBJECT, .title = "Orbit state vectors"},
};

const cairn_ext cairn_ext_of_sat = {.prefix = "sat",
                                    .title = "Satellite",
                                    .schema = "https://stac-extensions.github.io/sat/v1.2.0/schema.json",
                                    CAIRN_EXT_FIELDS(fields)};
