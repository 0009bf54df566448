/* What the storage extension says of where an asset lies: v1 (storage:platform, storage:region,
 * storage:requester_pays, on the asset or the item's properties) and v2 (storage:refs into the properties'
 * storage:schemes); the account of an Azure container also from the storage options that xarray is told
 * (xarray:storage_options, table:storage_options). */
#ifndef CAIRN_HREF_STORAGE_H
#define CAIRN_HREF_STORAGE_H

#include "base/arena.h"
#include "href/object.h"

/* A scheme of storage:schemes, in so far as it is known what it says. */
typedef struct cairn_storage_scheme {
    cairn_span name; /* as written, between the quotes */
    unsigned stores; /* CAIRN_HREFS_* whose objects it may be about */
    cairn_span bucket;
    cairn_storage storage;
} cairn_storage_scheme;

/* What the properties of an item say for all of its assets, read once: they may be many. */
typedef struct cairn_item_storage {
    cairn_storage fields;          /* version 1 */
    cairn_storage_scheme *schemes; /* by name, and of one name as written */
    size_t n;
} cairn_item_storage;

/* `properties`: checked text; absent when there are none. Schemes are kept in the arena, strings may be. False when it
 * is full. O(n log n). */
bool cairn_item_storage_read(cairn_span properties, cairn_arena *arena, cairn_item_storage *out);

/* For an object that `asset` (or an alternate) names, checked text. Strings may live in the arena. */
cairn_storage cairn_storage_of(const cairn_object *object, cairn_span asset, const cairn_item_storage *item,
                               cairn_arena *arena);

#endif
