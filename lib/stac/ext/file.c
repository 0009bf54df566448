#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "file:size", .type = CAIRN_EXT_INTEGER, .title = "Size", .unit = "B"},
    {.name = "file:header_size", .type = CAIRN_EXT_INTEGER, .title = "Size of the header", .unit = "B"},
    {.name = "file:checksum",
     .type = CAIRN_EXT_STRING,
     .title = "Checksum",
     .description = "A multihash in hexadecimal",
     .older = {"checksum:multihash"}},
    {.name = "file:byte_order",
     .type = CAIRN_EXT_STRING,
     .title = "Byte order",
     .description = "big-endian or little-endian"},
    {.name = "file:local_path", .type = CAIRN_EXT_STRING, .title = "Local path"},
    {.name = "file:values",
     .type = CAIRN_EXT_ARRAY,
     .title = "Values",
     .description = "Objects with values and summary"},
};

const cairn_ext cairn_ext_of_file = {.prefix = "file",
                                     .title = "File info",
                                     .schema = "https://stac-extensions.github.io/file/v2.1.0/schema.json",
                                     CAIRN_EXT_FIELDS(fields)};
