#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "classification:classes",
     .type = CAIRN_EXT_ARRAY,
     .title = "Classes",
     .description = "Objects with value and name"},
    {.name = "classification:bitfields",
     .type = CAIRN_EXT_ARRAY,
     .title = "Bit fields",
     .description = "Objects with offset, length and classes"},
    {.name = "classification:classes",
     .type = CAIRN_EXT_ARRAY,
     .title = "Classes of a band",
     .of_band = true,
     .older = {"raster:bands.classification:classes"}},
    {.name = "classification:bitfields",
     .type = CAIRN_EXT_ARRAY,
     .title = "Bit fields of a band",
     .of_band = true,
     .older = {"raster:bands.classification:bitfields"}},
};

const cairn_ext cairn_ext_of_classification = {
    .prefix = "classification",
    .title = "Classification",
    .schema = "https://stac-extensions.github.io/classification/v2.0.0/schema.json",
    CAIRN_EXT_FIELDS(fields)};
