/* The properties of an item, without a parse of the whole. */
#ifndef CAIRN_STORE_PROPERTIES_H
#define CAIRN_STORE_PROPERTIES_H

#include "base/span.h"

/* The text of `properties` in an item's open form (stac/document.h), "{}" where it is no object. */
cairn_span cairn_properties_of(cairn_span open);

#endif
