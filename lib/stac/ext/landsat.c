#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "landsat:scene_id", .type = CAIRN_EXT_STRING, .title = "Scene identifier"},
    {.name = "landsat:collection_category",
     .type = CAIRN_EXT_STRING,
     .title = "Collection category",
     .description = "T1, T2, RT and others",
     .summary = true},
    {.name = "landsat:collection_number", .type = CAIRN_EXT_STRING, .title = "Collection number", .summary = true},
    {.name = "landsat:wrs_type",
     .type = CAIRN_EXT_STRING,
     .title = "WRS type",
     .description = "1 or 2",
     .summary = true},
    {.name = "landsat:wrs_path", .type = CAIRN_EXT_STRING, .title = "WRS path", .indexed = true},
    {.name = "landsat:wrs_row", .type = CAIRN_EXT_STRING, .title = "WRS row", .indexed = true},
    {.name = "landsat:cloud_cover_land",
     .type = CAIRN_EXT_NUMBER,
     .title = "Cloud cover over land",
     .unit = "%",
     .summary = true},
    {.name = "landsat:correction",
     .type = CAIRN_EXT_STRING,
     .title = "Processing level",
     .description = "L1TP, L2SP and others",
     .summary = true},
    {.name = "landsat:product_generated", .type = CAIRN_EXT_TIME, .title = "Product generated"},
};

const cairn_ext cairn_ext_of_landsat = {.prefix = "landsat",
                                        .title = "Landsat",
                                        .schema = "https://stac-extensions.github.io/landsat/v2.0.0/schema.json",
                                        CAIRN_EXT_FIELDS(fields)};
