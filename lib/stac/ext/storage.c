#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "storage:schemes", .type = CAIRN_EXT_OBJECT, .title = "Storage schemes"},
    {.name = "storage:refs", .type = CAIRN_EXT_ARRAY, .title = "References to storage schemes"},
    {.name = "storage:platform",
     .type = CAIRN_EXT_STRING,
     .title = "Storage platform",
     .description = "In version 1 of the extension",
     .summary = true},
    {.name = "storage:region",
     .type = CAIRN_EXT_STRING,
     .title = "Storage region",
     .description = "In version 1 of the extension",
     .summary = true},
    {.name = "storage:requester_pays",
     .type = CAIRN_EXT_BOOLEAN,
     .title = "Requester pays",
     .description = "In version 1 of the extension",
     .summary = true},
    {.name = "storage:tier",
     .type = CAIRN_EXT_STRING,
     .title = "Storage tier",
     .description = "In version 1 of the extension",
     .summary = true},
};

const cairn_ext cairn_ext_of_storage = {.prefix = "storage",
                                        .title = "Storage",
                                        .schema = "https://stac-extensions.github.io/storage/v2.0.0/schema.json",
                                        CAIRN_EXT_FIELDS(fields)};
