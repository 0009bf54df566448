#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "order:status",
     .type = CAIRN_EXT_STRING,
     .title = "Status",
     .description = "orderable, ordered, pending, shipping, succeeded, failed or canceled"},
    {.name = "order:id", .type = CAIRN_EXT_STRING, .title = "Order identifier"},
    {.name = "order:date", .type = CAIRN_EXT_TIME, .title = "Time of the order"},
    {.name = "order:expiration_date", .type = CAIRN_EXT_TIME, .title = "End of the order"},
};

const cairn_ext cairn_ext_of_order = {.prefix = "order",
                                      .title = "Order",
                                      .schema = "https://stac-extensions.github.io/order/v1.1.0/schema.json",
                                      CAIRN_EXT_FIELDS(fields)};
