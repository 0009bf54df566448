#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "published", .type = CAIRN_EXT_TIME, .title = "Published", .description = "First made available"},
    {.name = "expires", .type = CAIRN_EXT_TIME, .title = "Expires", .description = "No longer valid from then on"},
    {.name = "unpublished", .type = CAIRN_EXT_TIME, .title = "Unpublished", .description = "Withdrawn"},
};

const cairn_ext cairn_ext_of_timestamps = {.prefix = "",
                                           .title = "Timestamps",
                                           .schema = "https://stac-extensions.github.io/timestamps/v1.1.0/schema.json",
                                           CAIRN_EXT_FIELDS(fields)};
