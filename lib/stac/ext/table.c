#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "table:columns",
     .type = CAIRN_EXT_ARRAY,
     .title = "Columns",
     .description = "Objects with name, description and type"},
    {.name = "table:primary_geometry", .type = CAIRN_EXT_STRING, .title = "Column of the geometry"},
    {.name = "table:row_count", .type = CAIRN_EXT_INTEGER, .title = "Rows", .summary = true},
    {.name = "table:storage_options", .type = CAIRN_EXT_OBJECT, .title = "Options of the file system"},
    {.name = "table:tables", .type = CAIRN_EXT_OBJECT, .title = "Tables", .description = "By name"},
};

const cairn_ext cairn_ext_of_table = {.prefix = "table",
                                      .title = "Table",
                                      .schema = "https://stac-extensions.github.io/table/v1.2.0/schema.json",
                                      CAIRN_EXT_FIELDS(fields)};
