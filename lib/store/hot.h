/* The numbers and booleans that filters and sorts ask for most, beside an item's place: so that `eo:cloud_cover < 20`
 * is decided without the item's properties being inflated.
 *
 * Form: for each of them (number of the property, one byte; length, one byte; JSON text as the item has it). A
 * property's number belongs to it for ever (hot.c). Only direct members of `properties` whose value is a number, true
 * or false with a text of at most 255 bytes; what is not there must be looked for in the properties. */
#ifndef CAIRN_STORE_HOT_H
#define CAIRN_STORE_HOT_H

#include "base/buf.h"

/* The number of the property `name`, such as eo:cloud_cover; 0: it is not one of them. */
unsigned cairn_hot_number(cairn_span name);
/* Appends the hot form of the text of `properties` (checked JSON; absent: of none); nothing where there is nothing hot.
 */
bool cairn_hot_make(cairn_span properties, cairn_buf *out);
/* The JSON text of property `number`; absent when it is not in there, or the bytes are no hot form. */
cairn_span cairn_hot_get(cairn_span hot, unsigned number);

#endif
