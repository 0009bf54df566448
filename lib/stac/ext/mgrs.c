#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "mgrs:utm_zone",
     .type = CAIRN_EXT_INTEGER,
     .title = "UTM zone",
     .description = "Not given in the polar regions",
     .summary = true},
    {.name = "mgrs:latitude_band", .type = CAIRN_EXT_STRING, .title = "Latitude band", .summary = true},
    {.name = "mgrs:grid_square", .type = CAIRN_EXT_STRING, .title = "Grid square"},
};

const cairn_ext cairn_ext_of_mgrs = {.prefix = "mgrs",
                                     .title = "Military Grid Reference System",
                                     .schema = "https://stac-extensions.github.io/mgrs/v1.0.0/schema.json",
                                     CAIRN_EXT_FIELDS(fields)};
