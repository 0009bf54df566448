#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "alternate",
     .type = CAIRN_EXT_OBJECT,
     .title = "Alternate locations",
     .description = "Of an asset, by name"},
    {.name = "alternate:name", .type = CAIRN_EXT_STRING, .title = "Name of the location"},
};

const cairn_ext cairn_ext_of_alternate = {.prefix = "alternate",
                                          .title = "Alternate assets",
                                          .schema =
                                              "https://stac-extensions.github.io/alternate-assets/v1.2.0/schema.json",
                                          CAIRN_EXT_FIELDS(fields)};
