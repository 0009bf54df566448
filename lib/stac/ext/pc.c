#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "pc:count", .type = CAIRN_EXT_INTEGER, .title = "Points", .summary = true},
    {.name = "pc:type",
     .type = CAIRN_EXT_STRING,
     .title = "Kind of sensor",
     .description = "lidar, eopc, radar, sonar or other",
     .summary = true},
    {.name = "pc:encoding", .type = CAIRN_EXT_STRING, .title = "Encoding", .summary = true},
    {.name = "pc:density", .type = CAIRN_EXT_NUMBER, .title = "Points a unit of area", .summary = true},
    {.name = "pc:schemas",
     .type = CAIRN_EXT_ARRAY,
     .title = "Dimensions",
     .description = "Objects with name, size and type",
     .older = {"pc:schema"}},
    {.name = "pc:statistics", .type = CAIRN_EXT_ARRAY, .title = "Statistics"},
};

const cairn_ext cairn_ext_of_pc = {.prefix = "pc",
                                   .title = "Point cloud",
                                   .schema = "https://stac-extensions.github.io/pointcloud/v1.0.0/schema.json",
                                   CAIRN_EXT_FIELDS(fields)};
