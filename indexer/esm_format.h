/* What format intake-esm is to open an asset as. */
#ifndef CAIRN_INDEXER_ESM_FORMAT_H
#define CAIRN_INDEXER_ESM_FORMAT_H

#include "base/arena.h"

/* The formats, as the column `format` has them: those that intake-esm knows (DataFormat of its source), then those for
 * which its user names the engine himself (xarray_open_kwargs). */
typedef enum cairn_esm_format {
    CAIRN_ESM_NETCDF,
    CAIRN_ESM_ZARR,
    CAIRN_ESM_REFERENCE, /* a kerchunk file */
    CAIRN_ESM_OPENDAP,
    CAIRN_ESM_TIFF,
    CAIRN_ESM_GRIB,
    CAIRN_ESM_FORMATS,
} cairn_esm_format;
extern const char *const cairn_esm_format_names[]; /* NULL-terminated */

/* The format of an asset by its media type, and where that tells nothing, by roles, key and the end of its href. False:
 * it is none of these, or a document about the data (a role of metadata, thumbnail, overview or visual). `key` and
 * `href` are decoded, `asset` is checked text. */
bool cairn_esm_format_of(cairn_span key, cairn_span href, cairn_span asset, cairn_arena *scratch,
                         cairn_esm_format *out);

#endif
