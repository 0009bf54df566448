#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "mlm:name", .type = CAIRN_EXT_STRING, .title = "Name of the model"},
    {.name = "mlm:architecture", .type = CAIRN_EXT_STRING, .title = "Architecture", .summary = true},
    {.name = "mlm:tasks", .type = CAIRN_EXT_ARRAY, .title = "Tasks", .summary = true},
    {.name = "mlm:framework", .type = CAIRN_EXT_STRING, .title = "Framework", .summary = true},
    {.name = "mlm:framework_version", .type = CAIRN_EXT_STRING, .title = "Version of the framework", .summary = true},
    {.name = "mlm:memory_size", .type = CAIRN_EXT_INTEGER, .title = "Size in memory", .unit = "B"},
    {.name = "mlm:total_parameters", .type = CAIRN_EXT_INTEGER, .title = "Parameters"},
    {.name = "mlm:pretrained", .type = CAIRN_EXT_BOOLEAN, .title = "Pretrained", .summary = true},
    {.name = "mlm:pretrained_source", .type = CAIRN_EXT_STRING, .title = "Source of the pretraining"},
    {.name = "mlm:batch_size_suggestion", .type = CAIRN_EXT_INTEGER, .title = "Suggested batch size"},
    {.name = "mlm:accelerator", .type = CAIRN_EXT_STRING, .title = "Accelerator", .summary = true},
    {.name = "mlm:accelerator_constrained",
     .type = CAIRN_EXT_BOOLEAN,
     .title = "Needs its accelerator",
     .summary = true},
    {.name = "mlm:accelerator_summary", .type = CAIRN_EXT_STRING, .title = "Summary of the accelerator"},
    {.name = "mlm:accelerator_count", .type = CAIRN_EXT_INTEGER, .title = "Number of accelerators"},
    {.name = "mlm:input", .type = CAIRN_EXT_ARRAY, .title = "Inputs"},
    {.name = "mlm:output", .type = CAIRN_EXT_ARRAY, .title = "Outputs"},
    {.name = "mlm:hyperparameters", .type = CAIRN_EXT_OBJECT, .title = "Hyperparameters"},
};

const cairn_ext cairn_ext_of_mlm = {.prefix = "mlm",
                                    .title = "Machine learning model",
                                    .schema = "https://stac-extensions.github.io/mlm/v1.5.2/schema.json",
                                    CAIRN_EXT_FIELDS(fields)};
