#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "processing:level",
     .type = CAIRN_EXT_STRING,
     .title = "Processing level",
     .description = "L1C, L2A and others",
     .indexed = true,
     .summary = true},
    {.name = "processing:facility", .type = CAIRN_EXT_STRING, .title = "Facility", .summary = true},
    {.name = "processing:datetime",
     .type = CAIRN_EXT_TIME,
     .title = "Time of processing",
     .summary = true,
     .older = {"s2:generation_time"}},
    {.name = "processing:version",
     .type = CAIRN_EXT_STRING,
     .title = "Version of the processor",
     .summary = true,
     .older = {"s2:processing_baseline"}},
    {.name = "processing:software", .type = CAIRN_EXT_OBJECT, .title = "Software", .description = "Versions by name"},
    {.name = "processing:lineage", .type = CAIRN_EXT_STRING, .title = "Lineage"},
    {.name = "processing:expression",
     .type = CAIRN_EXT_OBJECT,
     .title = "Expression",
     .description = "How the data were computed: format and expression"},
};

const cairn_ext cairn_ext_of_processing = {.prefix = "processing",
                                           .title = "Processing",
                                           .schema = "https://stac-extensions.github.io/processing/v1.2.0/schema.json",
                                           CAIRN_EXT_FIELDS(fields)};
