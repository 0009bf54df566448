/* Private to lib/stac: which files PROJ may open. A definition of a reference system can name files (grids, +init=),
 * and definitions come from anybody. */
#ifndef CAIRN_STAC_CRS_FILES_H
#define CAIRN_STAC_CRS_FILES_H

#include <proj.h>
#include <stdbool.h>

/* From now on the context reads regular files in PROJ's own folders (its search path) and no other, and writes none.
 * False where PROJ can't be told so. */
bool cairn_crs_guard_files(PJ_CONTEXT *context);

#endif
