/* A property of items as a JSON Schema (OGC API Features Part 3, 6.1: queryables; Part 5: sortables). */
#ifndef CAIRN_API_PROPERTY_SCHEMA_H
#define CAIRN_API_PROPERTY_SCHEMA_H

#include "api/property_union.h"
#include "base/buf.h"

/* Can items be sorted by it: has one of them a number, string or boolean? */
bool cairn_property_has_order(const cairn_united_property *property);

/* Appends an object: title, description and unit from the registry of extensions; the types that the items have; the
 * format of times; the range of numbers; the values where they are few. */
void cairn_property_schema_add(const cairn_united_property *property, cairn_buf *out);

#endif
