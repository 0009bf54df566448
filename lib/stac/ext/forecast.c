#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "forecast:reference_datetime",
     .type = CAIRN_EXT_TIME,
     .title = "Reference time",
     .description = "What is later than this is predicted",
     .indexed = true,
     .summary = true},
    {.name = "forecast:horizon",
     .type = CAIRN_EXT_STRING,
     .title = "Horizon",
     .description = "From the reference time on: an ISO 8601 duration, such as PT6H",
     .summary = true},
    {.name = "forecast:duration",
     .type = CAIRN_EXT_STRING,
     .title = "Duration",
     .description = "Of the period that is forecast: an ISO 8601 duration",
     .summary = true},
    {.name = "forecast:variable", .type = CAIRN_EXT_STRING, .title = "Variable", .summary = true},
    {.name = "forecast:perturbed",
     .type = CAIRN_EXT_BOOLEAN,
     .title = "Perturbed",
     .description = "A member of an ensemble, not the control run",
     .summary = true},
};

const cairn_ext cairn_ext_of_forecast = {.prefix = "forecast",
                                         .title = "Forecast",
                                         .schema = "https://stac-extensions.github.io/forecast/v0.2.0/schema.json",
                                         CAIRN_EXT_FIELDS(fields)};
