/* Coordinate reference systems by PROJ. The only file behind which <proj.h> stands is crs.c.
 * Thread-safety: each thread has a PROJ context of its own, made on first use. */
#ifndef CAIRN_STAC_CRS_H
#define CAIRN_STAC_CRS_H

#include "base/error.h"

typedef struct cairn_projection cairn_projection;

/* A transformation from `crs` ("EPSG:32633", a urn:ogc:def:crs..., WKT, PROJJSON) to degrees lon/lat (CRS84), x first
 * in the source as GeoJSON 2008 had it. CAIRN_INVALID when PROJ doesn't know it. The caller frees it. */
cairn_code cairn_projection_to_lonlat(cairn_span crs, cairn_projection **out, cairn_error *error);
/* False when the point can't be transformed. */
bool cairn_projection_apply(cairn_projection *projection, double *x, double *y);
void cairn_projection_free(cairn_projection *projection);
/* True when the name means lon/lat already (CRS84, and EPSG:4326 as GeoJSON 2008 used it). */
bool cairn_crs_is_lonlat(cairn_span crs);
const char *cairn_proj_version(void);

#endif
