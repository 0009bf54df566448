#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "proj:code",
     .type = CAIRN_EXT_STRING,
     .title = "Coordinate reference system",
     .description = "Authority and code, such as EPSG:32633",
     .indexed = true,
     .summary = true,
     .older = {"proj:epsg", "eo:epsg"},
     .change = CAIRN_EXT_EPSG_CODE},
    {.name = "proj:wkt2", .type = CAIRN_EXT_STRING, .title = "Coordinate reference system as WKT2"},
    {.name = "proj:projjson", .type = CAIRN_EXT_OBJECT, .title = "Coordinate reference system as PROJJSON"},
    {.name = "proj:geometry", .type = CAIRN_EXT_OBJECT, .title = "Footprint in the data's system"},
    {.name = "proj:bbox", .type = CAIRN_EXT_ARRAY, .title = "Box in the data's system"},
    {.name = "proj:centroid", .type = CAIRN_EXT_OBJECT, .title = "Centroid", .description = "lat and lon in degrees"},
    {.name = "proj:shape", .type = CAIRN_EXT_ARRAY, .title = "Shape", .description = "Rows and columns in pixels"},
    {.name = "proj:transform",
     .type = CAIRN_EXT_ARRAY,
     .title = "Affine transform",
     .description = "From pixel and line to coordinates, row by row"},
};

const cairn_ext cairn_ext_of_proj = {.prefix = "proj",
                                     .title = "Projection",
                                     .schema = "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
                                     CAIRN_EXT_FIELDS(fields)};
