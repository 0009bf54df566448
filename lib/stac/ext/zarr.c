#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "zarr:consolidated", .type = CAIRN_EXT_BOOLEAN, .title = "Consolidated"},
    {.name = "zarr:node_type", .type = CAIRN_EXT_STRING, .title = "Kind of node", .description = "group or array"},
    {.name = "zarr:zarr_format", .type = CAIRN_EXT_INTEGER, .title = "Version of the format"},
};

const cairn_ext cairn_ext_of_zarr = {.prefix = "zarr",
                                     .title = "Zarr",
                                     .schema = "https://stac-extensions.github.io/zarr/v1.1.0/schema.json",
                                     CAIRN_EXT_FIELDS(fields)};
