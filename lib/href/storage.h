/* What the storage extension says of where an asset lies: v1 (storage:platform, storage:region,
 * storage:requester_pays, on the asset or the item's properties) and v2 (storage:refs into the properties'
 * storage:schemes); the account of an Azure container also from the storage options that xarray is told
 * (xarray:storage_options, table:storage_options). */
#ifndef CAIRN_HREF_STORAGE_H
#define CAIRN_HREF_STORAGE_H

#include "base/arena.h"
#include "href/object.h"

/* For an object that `asset` (or an alternate) names, checked text; `properties` are the item's, absent when there are
 * none. Strings may live in the arena. */
cairn_storage cairn_storage_of(const cairn_object *object, cairn_span asset, cairn_span properties, cairn_arena *arena);

#endif
