#include "stac/ext_table.h"

#include "base/secret.h"

/* The entry of that name, or the free slot where it would stand. */
static cairn_ext_entry *slot_of(const cairn_ext_table *table, cairn_span name, bool of_band)
{
    size_t mask = table->room - 1;
    for (size_t i = cairn_hash64(name) + of_band;; i++) {
        cairn_ext_entry *entry = &table->slots[i & mask];
        if (!entry->field || (entry->of_band == of_band && cairn_span_equal(entry->name, name)))
            return entry;
    }
}

static bool add_name(cairn_ext_table *table, cairn_span name, bool of_band, const cairn_ext *ext,
                     const cairn_ext_field *field)
{
    cairn_ext_entry *entry = slot_of(table, name, of_band);
    if (entry->field)
        return true;
    if (2 * (table->n + 1) > table->room)
        return false;
    table->n++;
    *entry = (cairn_ext_entry){name, of_band, ext, field};
    return true;
}

bool cairn_ext_table_add(cairn_ext_table *table, const cairn_ext *ext, bool older)
{
    enum { OLDER = sizeof ext->fields->older / sizeof *ext->fields->older };
    bool fits = true;
    for (size_t i = 0; i < ext->n_fields && fits; i++) {
        const cairn_ext_field *field = &ext->fields[i];
        if (!older)
            fits = add_name(table, cairn_span_of(field->name), field->of_band, ext, field);
        for (size_t k = 0; older && fits && k < OLDER && field->older[k]; k++)
            fits = add_name(table, cairn_span_of(field->older[k]), false, ext, field);
    }
    return fits;
}

const cairn_ext_entry *cairn_ext_table_find(const cairn_ext_table *table, cairn_span name, bool of_band)
{
    if (!table->room || !name.p)
        return NULL;
    const cairn_ext_entry *entry = slot_of(table, name, of_band);
    return entry->field ? entry : NULL;
}
