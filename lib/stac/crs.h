/* Coordinate reference systems by PROJ, which stands behind crs*.c alone. Definitions may come from anybody: PROJ reads
 * no files for them but those in its own folders (grids), and has no network.
 * Thread-safety: each thread has a PROJ context of its own, made on first use. */
#ifndef CAIRN_STAC_CRS_H
#define CAIRN_STAC_CRS_H

#include "base/error.h"
#include "stac/geometry.h"

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

/* ---- reference systems as requests name them (OGC API Features Part 2) ---- */

typedef struct cairn_crs {
    char name[32]; /* "EPSG:32633", "OGC:CRS84" */
} cairn_crs;

/* From "EPSG:32633", "http://www.opengis.net/def/crs/EPSG/0/32633", "urn:ogc:def:crs:EPSG::32633", "CRS84"; authorities
 * EPSG, OGC and ESRI; square brackets around it are left out. False for what is no such name; whether PROJ knows it, is
 * said by cairn_crs_box(). */
bool cairn_crs_of(cairn_span text, cairn_crs *out);
/* Degrees, longitude first. */
bool cairn_crs_is_crs84(const cairn_crs *crs);
/* The same degrees, latitude first: EPSG:4326 and EPSG:4979. */
bool cairn_crs_is_latlon(const cairn_crs *crs);
/* The name of a system that is given by its definition (WKT, PROJJSON) or by another authority's name: EPSG's, else
 * that of the authority which the definition names itself. True only where PROJ is sure: the definitions are equivalent
 * and no second system is. Answers are remembered by each thread, since asking takes milliseconds. */
bool cairn_crs_identify(cairn_span definition, cairn_crs *out);
/* The name of the system that a bare number stands for: EPSG's, else ESRI's, whose numbers are often given as EPSG's.
 * False when PROJ knows neither. Remembered as well. */
bool cairn_crs_of_number(long long number, cairn_crs *out);
/* The definition of a named system ("IAU_2015:30100") as WKT of ISO 19162:2019 on one line; absent when PROJ doesn't
 * know it, or at the arena's cap. */
cairn_span cairn_crs_wkt2(cairn_span name, cairn_arena *arena);

/* The box in CRS84 that holds a box of another system; `corners`: the lower corner, then the upper one, axes in the
 * order that the system's authority defines. Edges are followed at 499 points each; over the antimeridian west > east,
 * and a box around a pole has all longitudes. CAIRN_NOT_FOUND when PROJ doesn't know the system; CAIRN_INVALID when the
 * corners are the wrong way round, or lie where it isn't defined. */
cairn_code cairn_crs_box(const cairn_crs *crs, const double corners[4], cairn_box *out, cairn_error *error);

#endif
