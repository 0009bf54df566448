/* Internal to lib/stac: what is asked of GEOS, in terms of WKB. */
#ifndef CAIRN_STAC_GEOS_H
#define CAIRN_STAC_GEOS_H

#include "stac/geometry.h"

enum { CAIRN_GEOS_REASON_MAX = 160 };

/* Whether the geometry is valid (OGC simple features); when not, `reason` says why and where: "Self-intersection at
 * [10.5, 20]". CAIRN_INVALID when GEOS can't read the bytes at all. */
cairn_code cairn_geos_validate(cairn_geos *geos, cairn_span wkb, bool *valid, char reason[CAIRN_GEOS_REASON_MAX],
                               cairn_error *error);

/* A polygon to be mended. */
typedef struct cairn_broken {
    cairn_span wkb;
    bool tangled; /* is so large, or crosses itself so often, that GEOS's linework method would take minutes: its
                     structure method, by which what is wound around twice is not left out, takes over */
} cairn_broken;

/* Makes each of the polygons valid and unites them; the answer (in the arena) keeps areas if there are any, else lines
 * and points, and is empty (n == 0) when nothing is left. */
cairn_code cairn_geos_mend(cairn_geos *geos, const cairn_broken *polygons, size_t n, cairn_arena *arena,
                           cairn_span *out_wkb, cairn_error *error);

/* A geometry that is compared with many others. Belongs to the arena. */
typedef struct cairn_prepared cairn_prepared;
cairn_code cairn_geos_prepare(cairn_geos *geos, cairn_span wkb, cairn_arena *arena, cairn_prepared **out,
                              cairn_error *error);

/* True when the geometry of `wkb` has a point in common with one of the prepared ones. CAIRN_CORRUPT when GEOS can't
 * read the bytes. */
cairn_code cairn_geos_meets(cairn_geos *geos, cairn_prepared *const *prepared, size_t n, cairn_span wkb, bool *meets,
                            cairn_error *error);

/* The union of the prepared ones as one, of which nothing overlaps. */
cairn_code cairn_geos_unite(cairn_geos *geos, cairn_prepared *const *prepared, size_t n, cairn_arena *arena,
                            cairn_prepared **out, cairn_error *error);
/* Whether `wkb relation prepared` holds. CAIRN_CORRUPT when GEOS can't tell. */
cairn_code cairn_geos_relates(cairn_geos *geos, const cairn_prepared *prepared, cairn_relation relation, cairn_span wkb,
                              bool *holds, cairn_error *error);
/* Whether `a relation b` holds. */
cairn_code cairn_geos_relate(cairn_geos *geos, const cairn_prepared *a, cairn_relation relation,
                             const cairn_prepared *b, bool *holds, cairn_error *error);

/* The centroid; `eastward`: negative x are taken as x + 360. CAIRN_CORRUPT when GEOS can't tell. */
cairn_code cairn_geos_centroid(cairn_geos *geos, cairn_span wkb, bool eastward, double *x, double *y,
                               cairn_error *error);

#endif
