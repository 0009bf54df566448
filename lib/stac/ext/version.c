#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "version", .type = CAIRN_EXT_STRING, .title = "Version", .summary = true},
    {.name = "deprecated",
     .type = CAIRN_EXT_BOOLEAN,
     .title = "Deprecated",
     .description = "There is something that should be used instead"},
    {.name = "experimental",
     .type = CAIRN_EXT_BOOLEAN,
     .title = "Experimental",
     .description = "May change or go away"},
};

const cairn_ext cairn_ext_of_version = {.prefix = "",
                                        .title = "Versioning indicators",
                                        .schema = "https://stac-extensions.github.io/version/v1.2.0/schema.json",
                                        CAIRN_EXT_FIELDS(fields)};
