/* Inside the query room: what reading and writing fields have in common. */
#ifndef CAIRN_QUERY_FIELDS_NAMES_H
#define CAIRN_QUERY_FIELDS_NAMES_H

#include "query/fields.h"

typedef struct cairn_field_name {
    cairn_span path; /* "properties.eo:cloud_cover" */
    bool wanted;
} cairn_field_name;

/* Sorted by bytes, without duplicates: the names below one place stand next to each other. */
typedef struct cairn_field_names {
    cairn_field_name *p;
    size_t n;
} cairn_field_names;

struct cairn_fields {
    cairn_field_names item;          /* with "properties." in front of what is no member of an item */
    cairn_field_names item_in_range; /* the same for an item without a datetime: the default set differs */
    cairn_field_names collection;
    bool all_but;     /* what no name speaks of is sent */
    bool wants_links; /* the whole member */
};

/* The names in `from` that begin with `key` behind the first `at` bytes, which all of them share: whether one ends
 * there (NULL: none does), and those that go on with a dot. */
const cairn_field_name *cairn_field_names_find(cairn_field_names from, size_t at, cairn_span key,
                                               cairn_field_names *below);

#endif
