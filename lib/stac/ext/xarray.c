#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "xarray:open_kwargs", .type = CAIRN_EXT_OBJECT, .title = "Arguments of the opener"},
    {.name = "xarray:storage_options", .type = CAIRN_EXT_OBJECT, .title = "Options of the file system"},
};

const cairn_ext cairn_ext_of_xarray = {.prefix = "xarray",
                                       .title = "xarray assets",
                                       .schema = "https://stac-extensions.github.io/xarray-assets/v1.0.0/schema.json",
                                       CAIRN_EXT_FIELDS(fields)};
