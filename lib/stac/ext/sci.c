#include "stac/ext.h"

static const cairn_ext_field fields[] = {
    {.name = "sci:doi", .type = CAIRN_EXT_STRING, .title = "DOI", .description = "Of the data, not as a URL"},
    {.name = "sci:citation", .type = CAIRN_EXT_STRING, .title = "Citation"},
    {.name = "sci:acknowledgement", .type = CAIRN_EXT_STRING, .title = "Acknowledgement"},
    {.name = "sci:publications",
     .type = CAIRN_EXT_ARRAY,
     .title = "Publications",
     .description = "Objects with doi and citation"},
};

const cairn_ext cairn_ext_of_sci = {.prefix = "sci",
                                    .title = "Scientific citation",
                                    .schema = "https://stac-extensions.github.io/scientific/v1.0.0/schema.json",
                                    CAIRN_EXT_FIELDS(fields)};
