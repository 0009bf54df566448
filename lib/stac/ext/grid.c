#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "grid:code",
     .type = CAIRN_EXT_STRING,
     .title = "Grid code",
     .description = "Designation of the grid and the cell, such as MGRS-35NKA",
     .indexed = true},
};

const cairn_ext cairn_ext_of_grid = {.prefix = "grid",
                                     .title = "Grid",
                                     .schema = "https://stac-extensions.github.io/grid/v1.1.0/schema.json",
                                     CAIRN_EXT_FIELDS(fields)};
