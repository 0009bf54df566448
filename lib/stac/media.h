/* Media types of files by their names, as STAC's best practices and IANA's registry spell them. Read-only. */
#ifndef CAIRN_STAC_MEDIA_H
#define CAIRN_STAC_MEDIA_H

#include "base/span.h"

/* By the end of a path's last name, without regard to case: "a/b.tif" is "image/tiff; application=geotiff". Whether a
 * TIFF is cloud-optimized only a look into it can tell. The metadata of Zarr stores (.zarray, zarr.json ...) is JSON.
 * NULL: not known. */
const char *cairn_media_of_name(cairn_span path);

#endif
