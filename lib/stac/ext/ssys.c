#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "ssys:targets",
     .type = CAIRN_EXT_ARRAY,
     .title = "Target bodies",
     .description = "Mars, Moon, Europa and others",
     .summary = true},
    {.name = "ssys:target_class",
     .type = CAIRN_EXT_STRING,
     .title = "Class of the target",
     .description = "planet, satellite, comet and others",
     .summary = true},
    {.name = "ssys:local_time",
     .type = CAIRN_EXT_STRING,
     .title = "Local time",
     .description = "Text that sorts by time"},
};

const cairn_ext cairn_ext_of_ssys = {.prefix = "ssys",
                                     .title = "Solar system",
                                     .schema = "https://stac-extensions.github.io/ssys/v1.1.0/schema.json",
                                     CAIRN_EXT_FIELDS(fields)};
