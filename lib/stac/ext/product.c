#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "product:type",
     .type = CAIRN_EXT_STRING,
     .title = "Product type",
     .description = "GRD, SLC, S2MSI2A and others",
     .indexed = true,
     .summary = true,
     .older = {"sar:product_type", "s2:product_type", "sar:type"}},
    {.name = "product:timeliness",
     .type = CAIRN_EXT_STRING,
     .title = "Timeliness",
     .description = "An ISO 8601 duration, such as PT3H",
     .summary = true},
    {.name = "product:timeliness_category",
     .type = CAIRN_EXT_STRING,
     .title = "Category of timeliness",
     .description = "NRT, STC, NTC and others",
     .summary = true},
    {.name = "product:acquisition_type",
     .type = CAIRN_EXT_STRING,
     .title = "Acquisition type",
     .description = "nominal, calibration or other",
     .summary = true},
};

const cairn_ext cairn_ext_of_product = {.prefix = "product",
                                        .title = "Product",
                                        .schema = "https://stac-extensions.github.io/product/v1.0.0/schema.json",
                                        CAIRN_EXT_FIELDS(fields)};
