#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "cube:dimensions", .type = CAIRN_EXT_OBJECT, .title = "Dimensions", .description = "By name"},
    {.name = "cube:variables", .type = CAIRN_EXT_OBJECT, .title = "Variables", .description = "By name"},
};

const cairn_ext cairn_ext_of_cube = {.prefix = "cube",
                                     .title = "Data cube",
                                     .schema = "https://stac-extensions.github.io/datacube/v2.3.0/schema.json",
                                     CAIRN_EXT_FIELDS(fields)};
