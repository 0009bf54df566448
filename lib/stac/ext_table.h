/* Inside lib/stac: the names of fields, and what is behind cairn_ext_find(). See ext.h. */
#ifndef CAIRN_STAC_EXT_TABLE_H
#define CAIRN_STAC_EXT_TABLE_H

#include "stac/ext.h"

typedef struct cairn_ext_entry {
    cairn_span name;
    bool of_band; /* the name is that of a member of a band */
    const cairn_ext *ext;
    const cairn_ext_field *field; /* NULL: a free slot */
} cairn_ext_entry;

/* Open addressing. `slots` are zeroed at first, their number is a power of two. */
typedef struct cairn_ext_table {
    cairn_ext_entry *slots;
    size_t room, n;
} cairn_ext_table;

/* Adds the extension's own names of fields, or their older ones; a name that is there stays what it was. False when
 * the table would be more than half full. */
bool cairn_ext_table_add(cairn_ext_table *table, const cairn_ext *ext, bool older);
/* NULL: none. */
const cairn_ext_entry *cairn_ext_table_find(const cairn_ext_table *table, cairn_span name, bool of_band);

/* Made by CMake from the names of the files in lib/stac/ext. */
extern const cairn_ext *const cairn_ext_built_in[];
extern const size_t cairn_ext_n_built_in;

/* The built-in field, own name or older, or NULL. */
const cairn_ext_field *cairn_ext_built_in_field(cairn_span name, bool of_band);

/* What was loaded (ext_load.c). */
const cairn_ext *cairn_ext_loaded_at(size_t index);
const cairn_ext_table *cairn_ext_loaded(void);

#endif
