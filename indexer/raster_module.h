/* Between raster.c and the module that knows GDAL (raster_gdal.c): the functions of raster.h. */
#ifndef CAIRN_INDEXER_RASTER_MODULE_H
#define CAIRN_INDEXER_RASTER_MODULE_H

#include "indexer/raster.h"

typedef struct cairn_raster_module {
    size_t size; /* of cairn_raster: a module of another version is not taken */
    const char *(*version)(void);
    cairn_code (*start)(const cairn_raster_options *options, cairn_error *error);
    cairn_code (*open)(cairn_span href, cairn_arena *arena, cairn_raster *out, cairn_error *error);
} cairn_raster_module;

extern const cairn_raster_module cairn_raster_gdal;

#endif
