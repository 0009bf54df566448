#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "auth:schemes", .type = CAIRN_EXT_OBJECT, .title = "Authentication schemes", .description = "By name"},
    {.name = "auth:refs", .type = CAIRN_EXT_ARRAY, .title = "References to authentication schemes"},
};

const cairn_ext cairn_ext_of_auth = {.prefix = "auth",
                                     .title = "Authentication",
                                     .schema = "https://stac-extensions.github.io/authentication/v1.1.0/schema.json",
                                     CAIRN_EXT_FIELDS(fields)};
