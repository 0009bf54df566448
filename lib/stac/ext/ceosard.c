#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "ceosard:type",
     .type = CAIRN_EXT_STRING,
     .title = "Type",
     .description = "optical or radar",
     .summary = true},
    {.name = "ceosard:specification",
     .type = CAIRN_EXT_STRING,
     .title = "Specification",
     .description = "SR, ST, NRB and others",
     .summary = true},
    {.name = "ceosard:specification_version",
     .type = CAIRN_EXT_STRING,
     .title = "Version of the specification",
     .summary = true},
};

const cairn_ext cairn_ext_of_ceosard = {.prefix = "ceosard",
                                        .title = "CEOS-ARD",
                                        .schema = "https://stac-extensions.github.io/ceos-ard/v0.2.0/schema.json",
                                        CAIRN_EXT_FIELDS(fields)};
