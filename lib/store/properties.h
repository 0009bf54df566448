/* The properties of an item, without a parse of the whole. */
#ifndef CAIRN_STORE_PROPERTIES_H
#define CAIRN_STORE_PROPERTIES_H

#include "store/pack.h"

/* The text of `properties` in an item's open form (stac/document.h), "{}" where it is no object. */
cairn_span cairn_properties_of(cairn_span open);

/* Packs an item's open form so that its properties are a block of their own inside of it, and need not be kept twice:
 * the bytes of `properties` are a part of those of `body`. Where that can't be, they are packed apart. `inside` is
 * their text, by cairn_properties_of(). All is appended to `out`, as by cairn_pack(). False when `out` failed. */
bool cairn_properties_pack(cairn_codec *codec, cairn_span open, cairn_span inside, cairn_buf *out, cairn_packed *body,
                           cairn_packed *properties);

/* Where the properties' bytes lie in the body's: false when they do not. */
bool cairn_properties_within(const cairn_packed *body, const cairn_packed *properties, size_t *at);

#endif
