/* Queryables and sortables: JSON Schemas of what filters and sorts may name (STAC API Filter and Sort extensions; OGC
 * API Features Part 3 and Part 5). */
#ifndef CAIRN_API_QUERYABLES_H
#define CAIRN_API_QUERYABLES_H

#include "api/negotiate.h"

/* application/schema+json */
extern const cairn_representation cairn_as_schema[];

#endif
