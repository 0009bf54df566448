/* Counts the properties of the items of one collection: what store/property.h tells of them. The result does not depend
 * on the order in which items were counted in and out, with two exceptions: ranges, as
 * cairn_stats_is_loose() says; and values that were found too many to be
 * enumerated, or none to be (too long, objects), stay so while an item has the property, until all items are counted
 * anew.
 *
 * Only members of `properties` themselves are counted; of members with one name the last one. Of more than
 * CAIRN_PROPERTY_NAMES_MAX names those are told that are first by their bytes. Cost: a hash look-up a member; memory is
 * bounded by the limits of property.h. Thread-safety: none. */
#ifndef CAIRN_STORE_STATS_H
#define CAIRN_STORE_STATS_H

#include "store/property.h"

typedef struct cairn_stats cairn_stats;

/* NULL when out of memory. */
cairn_stats *cairn_stats_new(void);
void cairn_stats_free(cairn_stats *stats);
/* Back to no items. */
void cairn_stats_clear(cairn_stats *stats);

/* Counts an item in, out, or in the place of another, by its `properties`: checked text; what is no object has no
 * members. False when out of memory: the counts are then to be thrown away. */
bool cairn_stats_add(cairn_stats *stats, cairn_span properties);
bool cairn_stats_drop(cairn_stats *stats, cairn_span properties);
bool cairn_stats_replace(cairn_stats *stats, cairn_span old, cairn_span properties);

/* A range is wider than what is left, since nothing that has its least or greatest value is: until all items are
 * counted anew. */
bool cairn_stats_is_loose(const cairn_stats *stats);

/* What was counted out can't be told from what is left: clear, and count all items anew. */
bool cairn_stats_is_stale(const cairn_stats *stats);

/* Values that were not enumerated may be few enough now, since some were counted out and no more items have one than
 * may be enumerated: that is seen by counting anew. */
bool cairn_stats_may_end(const cairn_stats *stats);

/* Calls `sink` for each property by name (bytes ascending); texts live until it returns. `collection` is handed
 * through. */
cairn_code cairn_stats_each(cairn_stats *stats, cairn_span collection, cairn_property_sink sink, void *context,
                            cairn_error *error);

/* ---- for a store that keeps the counts ---- */

/* Takes up what cairn_stats_each() told before, in its order, into empty counts. What can't be true makes them stale.
 * False when out of memory. */
bool cairn_stats_load(cairn_stats *stats, const cairn_property *property);
/* As cairn_stats_each(), but only those that changed since the counts were loaded or settled, and those that no item
 * has any more (all their counts are 0). */
cairn_code cairn_stats_each_changed(cairn_stats *stats, cairn_property_sink sink, void *context, cairn_error *error);
/* True when all that was kept must be replaced by cairn_stats_each(): not only the changed ones. */
bool cairn_stats_is_new(const cairn_stats *stats);
/* What was counted is kept now. */
void cairn_stats_settle(cairn_stats *stats);

#endif
